"""An environment for each bot, made from its lock when it is first wanted, and kept in a cache."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.bench.peers.field import HERE, Peer

LOCKS: Final = HERE / "locks"
_WEB_CLIENT: Final = "node_modules/@slack/web-api/dist/WebClient.js"
_OWN_ADDRESS: Final = "'https://slack.com/api/'"


def cache() -> Path:
    """Return the folder that all environments lie in."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "slipway-bench"


def version(peer: Peer) -> str:
    """Return which version its lock names."""
    if peer.is_node:
        lock = json.loads((LOCKS / peer.environment / "package-lock.json").read_text())
        return str(lock["packages"][f"node_modules/{peer.package}"]["version"])
    lock_text = (LOCKS / f"{peer.environment}.lock").read_text()
    found = re.search(rf"^{re.escape(peer.package)}==(\S+)", lock_text, re.MULTILINE)
    if found is None:
        raise LookupError(peer.package)
    return found[1]


def is_possible(peer: Peer) -> bool:
    """Whether this machine has what the peer's environment is made with."""
    return not peer.is_node or (
        shutil.which("node") is not None and shutil.which("npm") is not None
    )


def made(peer: Peer) -> Path:
    """Return the peer's environment, which is made first where it is not there."""
    name = peer.environment
    source = LOCKS / name if peer.is_node else LOCKS / f"{name}.lock"
    folder = cache() / f"{name}-{_fingerprint(source)}"
    if not (folder / ".made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        if peer.is_node:
            _make_node(source, folder)
        else:
            _make_python(source, folder)
        (folder / ".made").touch()
    return folder


def _fingerprint(source: Path) -> str:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    parts = [sys.version.encode(), *(each.read_bytes() for each in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _make_python(lock: Path, folder: Path) -> None:
    _run([sys.executable, "-m", "venv", str(folder)])
    python = str(folder / "bin" / "python")
    _run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)])


def _make_node(source: Path, folder: Path) -> None:
    shutil.copytree(source, folder)
    _run([_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
    client = folder / _WEB_CLIENT
    if "hubot" in source.name and client.exists():  # its adapter has no setting for the address
        text = client.read_text()
        if _OWN_ADDRESS not in text:
            raise LookupError(_OWN_ADDRESS)
        client.write_text(text.replace(_OWN_ADDRESS, "process.env.SLACK_API_URL"))


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(name)
    return found


def _run(words: list[str], folder: Path | None = None) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)
