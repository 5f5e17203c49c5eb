"""The other end of the SDK's process."""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from bot.systems._huawei.signing import Key

_ROOT: Final = Path(__file__).parents[2]
_KEPT: Final = ("PATH", "LANG", "LD_LIBRARY_PATH")  # no HOME of ours, no proxies


class PeerFaultError(Exception):
    """The SDK could not do what it was asked: a wrong name, or a fault of its own."""


class Door(NamedTuple):
    """Where the SDK calls, and as whom."""

    url: str
    project: str
    access: str
    secret: str
    token: str = ""  # of a temporary key


class Peer:
    """The SDK in its process; one question at a time, from any thread."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = threading.Lock()

    def call(
        self,
        door: Door,
        client: str,
        method: str,
        fields: Mapping[str, str],
        body: Any = None,
        *,
        at: str,
    ) -> dict[str, Any]:
        """Make a call, signed *at* a time; return `answer` or `error`, and what was `lacking`."""
        return self._ask(
            do="call",
            client=client,
            door=door._asdict(),
            method=method,
            fields=dict(fields),
            body=body,
            at=at,
        )

    def signed(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, key: Key
    ) -> dict[str, str]:
        """Return *headers* with what the SDK's signer adds, the time of signing among them."""
        parts = urlsplit(url)
        answer = self._ask(
            do="sign",
            method=method,
            host=parts.netloc,
            path=parts.path,
            query=_pairs(parts.query),
            headers=dict(headers),
            body=base64.b64encode(body).decode(),
            access=key.access,
            secret=key.secret,
        )
        given: dict[str, str] = answer["headers"]
        return given

    def _ask(self, **question: Any) -> dict[str, Any]:
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line or '{"fault": "the process has ended"}')
        if "fault" in answer:
            raise PeerFaultError(answer["fault"])
        return answer


@contextmanager
def opened(home: Path) -> Iterator[Peer]:
    """The SDK in a process of its own, whose HOME is *home*."""
    surroundings = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.peers.program"],
        cwd=_ROOT,
        env={**surroundings, "HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Peer(process)
        finally:
            process.kill()


def _pairs(query: str) -> list[tuple[str, str]]:
    halves = (pair.partition("=") for pair in query.split("&") if pair)
    return [(unquote(name), unquote(value)) for name, _, value in halves]
