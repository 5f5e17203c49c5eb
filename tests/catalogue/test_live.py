"""A slipway.yaml that changes while a process runs: what counts, and what is told of it."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from bot.app.resources import now
from bot.catalogue import LiveCatalogue
from bot.core.errors import ConfigurationError, JournalUnavailableError
from bot.journal import Journal, journal_on, migrate, open_engine
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


def test_what_is_forgotten_is_read_again(
    live: LiveCatalogue, caplog: pytest.LogCaptureFixture
) -> None:
    """A SIGHUP reads the file whether it looks changed or not, and says so."""
    first = live()
    live.forget()
    assert live() == first
    assert live() is live.present
    assert _told(caplog) == [("INFO", "catalogue.reloaded")]


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


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty journal."""
    engine = open_engine(f"sqlite:///{tmp_path / 'slipway.db'}")
    migrate(engine)
    return journal_on(engine)


def shared(path: Path, journal: Journal, **more: str) -> LiveCatalogue:
    """Return what a process has that shares the content with the others."""
    live = LiveCatalogue(path, {**ENVIRONMENT, **more})
    live.share(journal.configurations, now)
    return live


def approvals(live: LiveCatalogue) -> int:
    """Return what a policy of the content in force wants."""
    return live().policies["prod"].approvals


def asking_for(approvals: int) -> str:
    """Return a file that wants so many approvals."""
    return a_file(policy=f"    approvals: {approvals}\n")


@pytest.mark.parametrize("end", [BROKEN, "targets: [", "", None])
def test_v53_who_remembers_less_has_what_is_in_force(
    path: Path, journal: Journal, end: str | None
) -> None:
    """V53: one process took a change, then the file broke: the others do not go back behind it."""
    bot, worker = shared(path, journal), shared(path, journal)
    rewritten(path, asking_for(2))
    assert approvals(bot) == 2
    path.unlink() if end is None else rewritten(path, end)

    assert (approvals(worker), approvals(bot)) == (2, 2)
    assert worker.is_faulty
    rewritten(path, asking_for(3))
    assert (approvals(worker), approvals(bot)) == (3, 3)
    assert not worker.is_faulty


def test_v53_a_content_that_comes_back_is_in_force_again(path: Path, journal: Journal) -> None:
    """V53: what came into force last counts, also where it was in force before."""
    bot, worker = shared(path, journal), shared(path, journal)
    for text in (asking_for(2), asking_for(1), asking_for(2), asking_for(1)):
        rewritten(path, text)
        bot()
    rewritten(path, BROKEN)
    assert approvals(worker) == 1
    late = journal.configurations.newest()
    assert late is not None
    assert late.content == asking_for(1)


def test_v53_who_cannot_know_what_is_in_force_does_nothing(path: Path, tmp_path: Path) -> None:
    """V53: with a broken file and no journal nobody can tell, and nobody goes on as before."""
    journal = journal_on(open_engine(f"sqlite:///{tmp_path / 'away' / 'slipway.db'}"))
    worker = shared(path, journal)
    assert approvals(worker) == 1
    rewritten(path, BROKEN)
    for _ in range(2):
        with pytest.raises(JournalUnavailableError):
            worker()
    assert worker.is_faulty
    rewritten(path, asking_for(2))
    assert approvals(worker) == 2


def test_v53_a_secret_that_is_written_out_is_not_kept(path: Path, journal: Journal) -> None:
    """V53: of such a content the journal has the hash; who needs the rest refuses to guess."""
    secret = "MIIFwrittenout"
    open_file = asking_for(2).replace("${TOKEN}", secret)
    bot, worker = shared(path, journal), shared(path, journal)
    rewritten(path, open_file)
    assert approvals(bot) == 2
    kept = journal.configurations.newest()
    assert kept is not None
    assert secret not in kept.content
    rewritten(path, BROKEN)
    assert approvals(bot) == 2
    with pytest.raises(ConfigurationError, match="content in force is another one"):
        worker()


def test_v53_who_lacks_a_variable_of_what_is_in_force_does_nothing(
    path: Path, journal: Journal
) -> None:
    """V53: a process that cannot read what is in force does not go on with what was before."""
    bot, worker = shared(path, journal, NEW="MIIFnew"), shared(path, journal)
    rewritten(path, asking_for(2).replace("${TOKEN}", "${NEW}"))
    assert approvals(bot) == 2
    with pytest.raises(ConfigurationError, match="NEW"):
        worker()


def test_v53_what_could_not_be_kept_is_kept_later(path: Path, tmp_path: Path) -> None:
    """V53: a journal that was away when the content changed has it as soon as it is back."""
    engine = open_engine(f"sqlite:///{tmp_path / 'later' / 'slipway.db'}")
    journal = journal_on(engine)
    bot = shared(path, journal)
    (tmp_path / "later").mkdir()
    migrate(engine)
    bot.keep()
    kept = journal.configurations.newest()
    assert kept is not None
    assert kept.content == a_file()
