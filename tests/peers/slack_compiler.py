"""Slack's own types of its blocks, `@slack/types`, with the compiler that holds payloads to them.

A payload is a literal of its type, so that a member which Slack does not name is an error, too.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.peers.node_packages import package

# What version 3.2.0 has no type for, and is left out of what is compiled.
UNTYPED: Final = {
    "data_visualization": "a chart, newer than the package: slackblocks alone judges it",
}
_TYPES: Final = {"message": "KnownBlock[]", "modal": "ModalView", "home": "HomeView"}
_HEAD: Final = 'import type { HomeView, KnownBlock, ModalView } from "@slack/types";\n'
_ERROR: Final = re.compile(r"payloads\.ts\((\d+),\d+\): error (TS\d+: .*)")
_OPTIONS: Final = ("--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler")


class Compiler:
    """Slack's types, for programs that are written in a folder."""

    def __init__(self, folder: Path) -> None:
        installed = package("typescript").parent
        (folder / "node_modules").symlink_to(installed)
        self._folder = folder

    def complaints(self, payloads: Mapping[str, tuple[str, Any]]) -> dict[str, str]:
        """Return what is wrong with each of *payloads*, by its name: surface and payload."""
        lines = [
            f"export const p{at}: {_TYPES[surface]} = {json.dumps(_typed(payload))};"
            for at, (surface, payload) in enumerate(payloads.values())
        ]
        (self._folder / "payloads.ts").write_text(_HEAD + "\n".join(lines) + "\n", "utf-8")
        names, found = list(payloads), dict[str, str]()
        for line, what in _ERROR.findall(said := self._compiled()):
            found.setdefault(names[int(line) - 2], what)
        assert found or not said.strip(), said
        return found

    def _compiled(self) -> str:
        tsc = self._folder / "node_modules" / ".bin" / "tsc"
        words = [str(tsc), *_OPTIONS, "payloads.ts"]
        ended = subprocess.run(words, cwd=self._folder, capture_output=True, text=True, check=False)
        return ended.stdout + ended.stderr


def _typed(payload: Any) -> Any:
    """Return *payload* without the blocks that have no type."""
    if isinstance(payload, list):
        return [each for each in payload if each.get("type") not in UNTYPED]
    return payload
