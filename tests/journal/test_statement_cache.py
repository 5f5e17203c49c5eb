"""What is compiled before any process is forked."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import get_args

from sqlalchemy import Engine, Select, UpdateBase, event

import bot.journal
from bot.core import events as ev
from bot.core.slack_pace import Order
from bot.core.surfaces import Subject, whispered
from bot.journal import Journal, warm_up
from bot.journal.statement_cache import STORES
from tests.core.builders import foreign
from tests.journal.builders import (
    ANN,
    CHANNEL,
    NOON,
    SECOND,
    accepted,
    an_id,
    an_operation,
    apply,
    approved,
    create,
    permitted,
    planned,
    succeeded,
)

LATER = NOON + timedelta(hours=1)


def test_warming_up_leaves_nothing(journal: Journal) -> None:
    """No operation, no message, no lock and no link of the audit comes of it."""
    before = journal.audit.verify()

    warm_up(journal.database)

    assert journal.operations.recent(10) == ()
    assert journal.outbox.next_due(NOON) is None
    assert journal.audit.verify() == before


def test_after_it_a_whole_life_compiles_nothing(journal: Journal) -> None:
    """Whatever an operation and its messages go through is known before, or forks pay for it."""
    warm_up(journal.database)

    with compiling(journal.database) as compiled:
        _live(journal)

    assert compiled == []


def test_every_module_with_statements_is_warmed_up() -> None:
    """A store that is added is warmed up like the others."""
    found = {
        module.name
        for module in pkgutil.iter_modules(bot.journal.__path__, "bot.journal.")
        if any(
            isinstance(each, Select | UpdateBase)
            for each in vars(importlib.import_module(module.name)).values()
        )
    }

    assert found - {"bot.journal.journal"} == {store.__name__ for store in STORES}


@contextmanager
def compiling(engine: Engine) -> Iterator[list[str]]:
    """Give the statements that are compiled while the block runs."""
    compiled: list[str] = []

    def note(*told: object) -> None:
        hit = getattr(told[4], "cache_hit", None)
        if hit is not None and hit.name == "CACHE_MISS":
            compiled.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield compiled
    event.remove(engine, "before_cursor_execute", note)


def _live(journal: Journal) -> None:
    operation = an_operation()
    create(journal, operation)
    journal.outbox.show(whispered(ANN, CHANNEL, "recorded"), at=NOON)
    course = (
        planned(operation),
        approved(operation),
        permitted(),
        ev.NotAccepted(at=NOON, step=0, attempt=1, reason=foreign("busy"), retry_at=NOON),
        permitted(attempt=2),
        accepted(attempt=2),
        ev.TaskSeen(at=NOON, step=0, detail=foreign("half")),
        succeeded(at=NOON + SECOND),
    )
    apply(journal, operation.id, *course)
    _show(journal)
    _ask(journal)


def _show(journal: Journal) -> None:
    outbox, lease = journal.outbox, timedelta(seconds=1)
    for later in (LATER, 2 * (LATER - NOON) + NOON):  # a reply can only follow its card
        outbox.is_any_due(later)
        for row in outbox.claim(later, 9, lease, joined_by=lambda _: 9):
            outbox.postpone(row, later, in_doubt=False, error="busy")
            outbox.stand_back([row], row.lane, later)
            outbox.sent(row, "1.0", row.wanted, later)
            outbox.give_up(row)
        for order in get_args(Order):
            outbox.claim(later, 9, lease, joined_by=lambda _: 9, order=order)
    outbox.next_due(LATER)
    outbox.backlog(LATER)


def _ask(journal: Journal) -> None:
    asked = journal.operations
    asked.load_many([an_id(1)])
    asked.events(an_id(1))
    asked.holder("checkout")
    asked.latest("checkout")
    asked.standing("checkout")
    asked.rollback_of(an_id(1))
    asked.follower_of(an_id(1))
    asked.past_steps("checkout")
    asked.all_open()
    asked.said_not_executed(NOON)
    journal.step_times.of("checkout", "deploy", ["step-0"])
    journal.surfaces.surface_at(CHANNEL, "1.0")
    journal.surfaces.cards_of(an_id(1))
    journal.surfaces.may_show(CHANNEL, "1.0", Subject(kind="operation", id=an_id(1)))
