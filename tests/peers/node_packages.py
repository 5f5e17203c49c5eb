"""Peers that are written in JavaScript, installed exactly as their lock says, outside of the tree.

They need Node and npm. Where these are missing, the tests are skipped and say so; with
SLIPWAY_REQUIRE_NODE=1 they fail instead, as in continuous integration.

    python -m tests.peers.node_packages     installs them before any test needs them
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

FILES: Final = Path(__file__).parent / "node"
INSTALLED: Final = Path(__file__).parents[2] / ".tools" / "peers"
REQUIRED: Final = "SLIPWAY_REQUIRE_NODE"  # set to 1: a missing Node fails the tests
INSTALLING: Final = 50.0  # seconds
_NEEDED: Final = ("package.json", "package-lock.json")


def node() -> str:
    """Return the interpreter; skip, or fail where it is required, when something is missing."""
    lacking = [name for name in ("node", "npm") if shutil.which(name) is None]
    if lacking:
        give_up(f"{' and '.join(lacking)} not on the PATH")
    return str(shutil.which("node"))


def package(name: str) -> Path:
    """Return the folder of an installed package, after installing them all where that is due."""
    node()
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with (INSTALLED / "set-up.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # one test process installs, the others wait
        wanted = hashlib.sha256(b"".join((FILES / each).read_bytes() for each in _NEEDED))
        stamp = INSTALLED / ".installed"
        if not stamp.exists() or stamp.read_text() != wanted.hexdigest():
            _install()
            stamp.write_text(wanted.hexdigest())
    return INSTALLED / "node_modules" / name


def give_up(why: str) -> None:
    """Skip the test, or fail it where Node is required."""
    refuse = pytest.fail if os.environ.get(REQUIRED) == "1" else pytest.skip
    refuse(f"no peer in JavaScript is asked: {why}")


def _install() -> None:
    for each in _NEEDED:
        shutil.copy(FILES / each, INSTALLED / each)
    words = [shutil.which("npm") or "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        words, cwd=INSTALLED, capture_output=True, text=True, check=False, timeout=INSTALLING
    )
    if done.returncode:
        give_up(f"npm could not install: {done.stderr[-300:]}")


if __name__ == "__main__":
    package("emulate")
