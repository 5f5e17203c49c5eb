"""Writes docs/systems.md: `make docs`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bot.sandbox.clouds.http.wire import Route
from bot.systems import system
from tests.documents import cce, cloudpods, servicestage
from tests.documents.lines import Document, Line, Section

SECTIONS: Final[tuple[Section, ...]] = (
    *servicestage.SECTIONS,
    *cce.SECTIONS,
    *cloudpods.SECTIONS,
)

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "systems.md"
_HEAD: Final = """\
# Documents and systems

What the vendors' documents show, line by line: the command that does it, what plays it in the
sandbox, and the tests that keep it. Written by `make docs` from `tests/documents`. A test holds
that no call of a system lacks its line, and that commands, simulators and tests are there.
"""
_PLACE: Final = re.compile(r"\{[^{}]+\}")


def written() -> str:
    """Return the page."""
    return "".join((_HEAD, *map(_section, SECTIONS)))


def player(line: Line, section: Section) -> Route | None:
    """Return what plays the line's call; None: the line shows none.

    Raises:
        LookupError: the simulator does not know the call.
    """
    if not line.call:
        return None
    method, _, path = line.call.partition(" ")
    filled = _PLACE.sub("x", path)
    for route in section.routes:
        if route.method == method and route.match(filled) is not None:
            return route
    raise LookupError(line.call)


def documents() -> dict[str, Document]:
    """Return every document by its title."""
    lines = (line for section in SECTIONS for line in section.lines)
    return {line.document.title: line.document for line in lines}


def _section(section: Section) -> str:
    title = system(section.system).spec.title
    head = "| document | line | command | simulator | test |\n|---|---|---|---|---|\n"
    rows = "".join(_row(line, section) for line in section.lines)
    return f"\n## {title} (`{section.system}`)\n\n{head}{rows}"


def _row(line: Line, section: Section) -> str:
    shown = f"{line.words}<br>`{line.call}`" if line.call else line.words
    commands = "<br>".join(f"`{each}`" for each in line.commands) or f"none: {line.why_not}"
    cells = (
        f"[{line.document.title}]({line.document.address})",
        shown,
        commands,
        _played(player(line, section)),
        "<br>".join(map(_test, line.tests)),
    )
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |\n"


def _played(route: Route | None) -> str:
    if route is None:
        return "[authentication](../bot/sandbox/clouds/huawei/authentication.py)"
    plays = _handler(route.handle)
    name = ".".join(_names(plays.__qualname__))
    file = Path(inspect.getfile(plays)).resolve().relative_to(ROOT)
    return f"[`{name}`](../{file})"


def _handler(handle: Any) -> Any:
    """Return the function that plays a call, whatever it is bound into."""
    while True:
        held = getattr(handle, "func", None)
        inner = [each.cell_contents for each in getattr(handle, "__closure__", None) or ()]
        held = held or next((each for each in inner if callable(each) and each != handle), None)
        if held is None or isinstance(held, type):
            return handle
        handle = held


def _names(qualified: str) -> Iterator[str]:
    """Yield the names that lead to a handler, but for what is local to it."""
    yield from qualified.partition(".<locals>")[0].split(".")


def _test(node: str) -> str:
    file, _, name = node.partition("::")
    return f"[`{name or Path(file).stem}`](../{file})"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
