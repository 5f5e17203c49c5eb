"""The sandbox's life: it ends what it started, and cleans up after one that could not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.ports import PAGE, kept_port
from bot.sandbox.slack import loopback_socket
from tests.processes.forks import PATIENCE
from tests.processes.running import Program, lives, until


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Program]:
    """Return a sandbox that keeps its folders in one of our own."""
    words = [sys.executable, "-m", "bot.cli", "sandbox", "--no-browser", "--port", "0"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TMPDIR": str(tmp_path),
    }
    program = Program("sandbox", words, environment, tmp_path)
    yield program
    started = _started(tmp_path)
    program.end()
    until(lambda: not any(lives(each) for each in started), "the sandbox to be gone")


def _started(folder: Path) -> set[int]:
    """Return the processes of all sandboxes that left their notes."""
    notes = folder.glob("slipway-sandbox-*/processes.json")
    return {pid for note in notes for pid, _ in json.loads(note.read_text())[1:]}


def _folders(folder: Path) -> list[Path]:
    return list(folder.glob("slipway-sandbox-*"))


def _run(sandbox: Program) -> None:
    sandbox.start()
    until(lambda: "Sandbox ready: http://" in sandbox.text(), "the sandbox to be ready", 60)


def test_its_end_is_the_end_of_all(sandbox: Program, tmp_path: Path) -> None:
    """SIGTERM ends the sandbox well, with every process that it started and its folder."""
    _run(sandbox)
    started = _started(tmp_path)
    assert len(started) == 3  # Redis, the bot, the workers' supervisor

    sandbox.terminate()

    assert sandbox.code(PATIENCE) == 0, sandbox.text()
    assert not [each for each in started if lives(each)]
    assert not _folders(tmp_path)


def test_the_next_one_cleans_up(sandbox: Program, tmp_path: Path) -> None:
    """What a killed sandbox left is gone once the next one is ready; a running one is let be."""
    _run(sandbox)
    left, folders = _started(tmp_path), _folders(tmp_path)

    sandbox.kill()
    _run(sandbox)

    until(lambda: not any(lives(each) for each in left), "the old processes to be gone")
    assert not folders[0].exists()
    assert all(lives(each) for each in _started(tmp_path))

    other = Program("other", sandbox.words, sandbox.environment, tmp_path)
    _run(other)
    assert all(lives(each) for each in _started(tmp_path))
    assert len(_folders(tmp_path)) == 2
    other.end()


def test_what_is_kept_stays(tmp_path: Path) -> None:
    """With --keep the folder is there after the end, and the next start leaves it alone."""
    lines = (
        "from bot.sandbox.processes import home",
        "with home(keep=True) as kept: (kept / 'slipway.db').touch()",
        "with home() as other: assert other != kept and (kept / 'slipway.db').exists()",
        "assert kept.exists() and not other.exists()",
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    words = [sys.executable, "-c", "\n".join(lines)]
    subprocess.run(words, env=environment, check=True)
    assert len(_folders(tmp_path)) == 1


def test_the_page_is_found_where_it_was() -> None:
    """The port is the same at each start while it is free; else it is another one that is."""
    first = kept_port()
    assert first in {*PAGE, 0}
    with loopback_socket(first) as taken:
        taken.listen()
        assert kept_port() != taken.getsockname()[1]
