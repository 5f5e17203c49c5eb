"""A slipway.yaml that changes while a process runs: what counts, and what is told of it."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from bot.catalogue import LiveCatalogue
from tests.catalogue.files import ENVIRONMENT, a_file

ROUNDS: Final = 30  # of a race
BROKEN: Final = a_file(policy="    aprovers: [S0SRE]\n    deadline: soon\n")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a right slipway.yaml."""
    path = tmp_path / "slipway.yaml"
    path.write_text(a_file())
    return path


@pytest.fixture
def live(path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[LiveCatalogue]:
    """The catalogue of the one process that tells of changes."""
    live = LiveCatalogue(path, ENVIRONMENT)
    live.tells = True
    with caplog.at_level(logging.INFO, "slipway.catalogue"):
        yield live


def _told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(each.levelname, each.message) for each in caplog.records]


def test_a_change_is_told_once(
    live: LiveCatalogue, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that breaks is an error with all its faults; the same file is no second one."""
    for _ in range(3):
        live()
    assert _told(caplog) == []

    path.write_text(BROKEN)
    for _ in range(3):
        live()
    [record] = caplog.records
    assert (record.levelname, record.message) == ("ERROR", "catalogue.faulty")
    assert vars(record)["faults"] == list(live.faults)
    assert len(live.faults) == 2

    path.write_text(BROKEN.replace("soon", "often"))
    live()
    path.write_text(a_file(policy="    approvals: 2\n"))
    for _ in range(3):
        live()
    assert _told(caplog)[1:] == [("ERROR", "catalogue.faulty"), ("INFO", "catalogue.reloaded")]


def test_a_file_that_goes_away_is_told(
    live: LiveCatalogue, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that cannot be read is faulty like any other, and sound again when it is back."""
    path.unlink()
    without = live.is_faulty
    path.write_text(a_file())
    assert (without, live.is_faulty) == (True, False)
    assert [each for _, each in _told(caplog)] == ["catalogue.faulty", "catalogue.reloaded"]


def test_threads_tell_once_together(
    live: LiveCatalogue, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Sixteen requests at the same moment are one reading of the file."""
    with ThreadPoolExecutor(16) as threads:
        for number in range(ROUNDS):
            rewritten(path, f"{BROKEN}# {number}\n")
            for each in [threads.submit(live) for _ in range(48)]:
                assert each.result().targets
    assert _told(caplog) == [("ERROR", "catalogue.faulty")] * ROUNDS


def test_whoever_is_not_to_tell_is_silent(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each job of a worker reads the file anew; a hundred jobs are no hundred errors."""
    live = LiveCatalogue(path, ENVIRONMENT)
    path.write_text(BROKEN)
    assert live.is_faulty
    assert caplog.records == []


def rewritten(path: Path, text: str) -> None:
    """Replace the file as editors do: another file under the same name."""
    other = path.with_suffix(".new")
    other.write_text(text)
    other.replace(path)


def test_y21_a_change_is_taken_and_a_fault_is_not(tmp_path: Path) -> None:
    """Y21: a right change counts at once; with a fault the old content stays, and says why."""
    path = tmp_path / "slipway.yaml"
    path.write_text(a_file())
    live = LiveCatalogue(path, ENVIRONMENT)
    first = live()
    assert live() is first

    rewritten(path, a_file(policy="    approvals: 2\n"))
    assert live().policies["prod"].approvals == 2

    for broken in (a_file()[:200], "targets: [", "", a_file(policy="    x: 1\n")):
        rewritten(path, broken)
        assert live().policies["prod"].approvals == 2
        assert live.faults

    path.unlink()
    assert live().policies["prod"].approvals == 2
    assert live.faults

    rewritten(path, a_file())
    assert live().policies["prod"].approvals == 1
    assert live.faults == ()
