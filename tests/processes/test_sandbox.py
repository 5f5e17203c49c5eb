"""The sandbox's life: it ends what it started, and cleans up after one that could not."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sandbox.ports import PAGE, kept_port
from bot.sandbox.slack import loopback_socket
from tests.processes.forks import PATIENCE, Preloaded
from tests.processes.running import Program, lives, until


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the sandboxes of these tests keep their folders."""
    return tmp_path_factory.mktemp("sandboxes")


@pytest.fixture(scope="module")
def first(ground: Path, forks: Preloaded) -> Iterator[Program]:
    """Keep one sandbox for these tests: each takes seconds to load."""
    with _sandbox("first", ground, forks) as program:
        yield program


@pytest.fixture
def running(first: Program) -> Program:
    """Return a sandbox that runs."""
    if not first.is_running:
        _run(first)
    return first


@contextmanager
def _sandbox(name: str, ground: Path, forks: Preloaded) -> Iterator[Program]:
    """Give a sandbox that is not started yet; at the end it is gone, and all that it started."""
    words = ["sandbox", "--no-browser", "--port", "0"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TMPDIR": str(ground),
    }
    others = _folders(ground)
    program = Program(name, words, environment, ground, forks=forks)
    yield program
    started = _started(_folders(ground) - others)
    program.end()
    until(lambda: not any(lives(each) for each in started), "the sandbox to be gone")


def _started(folders: set[Path]) -> set[int]:
    """Return the processes of sandboxes, as their notes have them."""
    notes = (each / "processes.json" for each in folders)
    return {pid for note in notes for pid, _ in json.loads(note.read_text())[1:]}


def _folders(ground: Path) -> set[Path]:
    return set(ground.glob("slipway-sandbox-*"))


def _run(sandbox: Program) -> None:
    sandbox.start()
    until(lambda: "Sandbox ready: http://" in sandbox.text(), "the sandbox to be ready", 60)


@pytest.mark.usefixtures("running")
def test_the_next_one_cleans_up(ground: Path, forks: Preloaded) -> None:
    """What a killed sandbox left is gone once the next one is ready; a running one is let be."""
    beside = _folders(ground)
    with _sandbox("next", ground, forks) as sandbox:
        _run(sandbox)
        assert len(beside) == 1
        assert all(lives(each) for each in _started(beside))
        left = _folders(ground) - beside
        processes = _started(left)

        sandbox.kill()
        _run(sandbox)

        until(lambda: not any(lives(each) for each in processes), "the old processes to be gone")
        assert not any(each.exists() for each in left)
        assert len(_folders(ground) - beside) == 1
        assert all(lives(each) for each in _started(_folders(ground)))


def test_its_end_is_the_end_of_all(running: Program, ground: Path) -> None:
    """SIGTERM ends the sandbox well, with every process that it started and its folder."""
    started = _started(_folders(ground))
    assert len(started) == 3  # Redis, the bot, the workers' supervisor

    running.terminate()

    assert running.code(PATIENCE) == 0, running.text()
    assert not [each for each in started if lives(each)]
    assert not _folders(ground)


def test_what_is_kept_stays(forks: Preloaded, tmp_path: Path) -> None:
    """With --keep the folder is there after the end, and the next start leaves it alone."""
    lines = (
        "from bot.sandbox.processes import home",
        "with home(keep=True) as kept: (kept / 'slipway.db').touch()",
        "with home() as other: assert other != kept and (kept / 'slipway.db').exists()",
        "assert kept.exists() and not other.exists()",
    )
    forks.told("\n".join(lines), folder=tmp_path, environment={"TMPDIR": str(tmp_path)})
    assert len(_folders(tmp_path)) == 1


def test_the_page_is_found_where_it_was() -> None:
    """The port is the same at each start while it is free; else it is another one that is."""
    first = kept_port()
    assert first in {*PAGE, 0}
    with loopback_socket(first) as taken:
        taken.listen()
        assert kept_port() != taken.getsockname()[1]
