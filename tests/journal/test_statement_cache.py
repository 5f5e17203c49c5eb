"""The rehearsal that comes before any process is forked."""

from sqlalchemy import Engine, event

from bot.journal import SqlJournal
from tests.journal.builders import NOON, Given


def test_a_rehearsal_leaves_nothing(journal: SqlJournal) -> None:
    """No operation, no message, no lock and no link of the audit comes of it."""
    before = journal.verify_audit()

    journal.rehearse()

    assert journal.recent(10) == ()
    assert journal.next_due(NOON) is None
    assert journal.verify_audit() == before


def test_a_second_rehearsal_compiles_nothing(engine: Engine) -> None:
    """What one process rehearsed is known to all that come after it, or it would be for nothing."""
    journal = SqlJournal(engine, Given(NOON))
    journal.rehearse()
    compiled: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(*told: object) -> None:
        hit = getattr(told[4], "cache_hit", None)
        if hit is not None and hit.name == "CACHE_MISS":
            compiled.append(str(told[2]))

    journal.rehearse()

    assert compiled == []
