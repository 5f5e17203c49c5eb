"""Permits: the database decides that each attempt is sent once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text

from bot.core import events as ev
from bot.core.errors import ConflictError, PermitTakenError
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.plan import PlannedStep
from bot.core.rules import HaltBegun, HaltEnded
from bot.journal import Journal
from bot.journal.commits import Commits
from bot.journal.entering import moved
from bot.journal.schema import permits
from tests.core.builders import foreign
from tests.journal.builders import (
    HOUR,
    NOON,
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

LOST = ev.AnswerLost(
    at=NOON, step=0, attempt=1, reason=foreign("reset"), sent_at=NOON, decide_after=NOON + HOUR
)


def queued(journal: Journal) -> Operation:
    """Record an operation that only wants its first permit."""
    create(journal, an_operation())
    return apply(journal, an_id(1), planned(an_operation()), approved(an_operation()))


def granted(engine: Engine) -> Sequence[tuple[int, int, str | None]]:
    """Return step, attempt and outcome of every permit."""
    columns = select(permits.c.step, permits.c.attempt, permits.c.outcome)
    with engine.connect() as connection:
        rows = connection.execute(columns.order_by(permits.c.step, permits.c.attempt))
        return [(row.step, row.attempt, row.outcome) for row in rows]


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([], None),
        ([accepted()], "task_accepted"),
        ([LOST], "answer_lost"),
        ([LOST, accepted()], "task_accepted"),
        (
            [LOST, ev.TaskAdopted(at=NOON, step=0, task="job-1", evidence=foreign("e"))],
            "task_adopted",
        ),
        ([LOST, ev.NotExecuted(at=LOST.decide_after, by="U0BOB")], "not_executed"),
        ([LOST, ev.Executed(at=LOST.decide_after, by="U0BOB")], "executed"),
        (
            [ev.CallRefused(at=NOON, step=0, attempt=1, code="c", reason=foreign("r"))],
            "call_refused",
        ),
    ],
)
def test_a_permit_keeps_its_outcome(
    journal: Journal, engine: Engine, events: list[Event], outcome: str | None
) -> None:
    """What became of the attempt stands in its permit; nothing stands there while unknown."""
    queued(journal)

    apply(journal, an_id(1), permitted(), *events)

    assert granted(engine) == [(0, 1, outcome)]


def test_a_second_attempt_wants_proof_about_the_first(journal: Journal, engine: Engine) -> None:
    """After proof that it was not accepted, the next attempt gets a permit of its own."""
    queued(journal)

    apply(journal, an_id(1), permitted(), _not_accepted(), permitted(attempt=2))

    assert granted(engine) == [(0, 1, "not_accepted"), (0, 2, None)]


@pytest.mark.parametrize("outcome", [None, "answer_lost"])
def test_without_proof_there_is_no_second_attempt(
    journal: Journal, engine: Engine, outcome: str | None
) -> None:
    """Even where a record says ready, a permit without proof forbids every further send."""
    queued(journal)
    ready = apply(journal, an_id(1), permitted(), _not_accepted())
    with engine.begin() as connection:
        connection.execute(permits.update().values(outcome=outcome))

    with pytest.raises(PermitTakenError):
        apply(journal, an_id(1), permitted(attempt=2))

    assert journal.operations.load(an_id(1)) == ready


def test_a_permit_is_granted_once(journal: Journal, engine: Engine) -> None:
    """A state from before the permit, as a restored copy has it, gets no second one."""
    operation = queued(journal)
    with engine.begin() as connection:
        row = {"operation_id": an_id(1), "step": 0, "attempt": 1, "granted_at": NOON}
        connection.execute(permits.insert(), row)
    permit = moved(operation, permitted())

    with pytest.raises(PermitTakenError, match="attempt 1 of step 0"):
        Commits(journal.database).commit(permit)

    assert journal.operations.load(an_id(1)) == operation


def test_of_eight_threads_one_is_permitted(
    journal: Journal, other: Journal, engine: Engine
) -> None:
    """Eight threads of two processes ask for the same permit: one may send."""
    operation = queued(journal)
    permit = moved(operation, permitted())

    def ask(where: Journal) -> bool:
        try:
            Commits(where.database).commit(permit)
        except (ConflictError, PermitTakenError):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, [journal, other] * 4))

    assert sum(answers) == 1
    assert granted(engine) == [(0, 1, None)]


def test_a_detour_gets_permits_of_its_own(journal: Journal, engine: Engine) -> None:
    """Steps that are put in are numbered on: each has its first attempt, and none is taken."""
    create(journal, an_operation())
    plan = planned(an_operation(), steps=2)
    yes = ev.ApprovalGiven(at=NOON, by="U0BOB", digest=plan.plan.digest)
    apply(journal, an_id(1), plan, yes, permitted(), accepted(), succeeded())
    steps = (PlannedStep(name="again"), PlannedStep(name="and again"))
    longer = ev.PlanExtended(at=NOON, step=1, steps=steps, reason=foreign("it has expired"))

    done = [each(step=step) for step in (1, 2, 3) for each in (permitted, accepted, succeeded)]
    end = apply(journal, an_id(1), longer, *done)

    assert granted(engine) == [(step, 1, "task_accepted") for step in range(4)]
    assert [each.name for each in end.steps] == ["step-0", "again", "and again", "step-1"]
    assert end.plan.digest == plan.plan.digest


def test_only_the_holder_is_permitted(journal: Journal, engine: Engine) -> None:
    """An operation whose lock was taken away sends nothing."""
    queued(journal)
    with engine.begin() as connection:
        connection.execute(text("UPDATE locks SET operation_id = NULL, fence = fence + 1"))

    with pytest.raises(ConflictError, match="does not hold checkout"):
        apply(journal, an_id(1), permitted())

    assert granted(engine) == []


def _not_accepted() -> ev.NotAccepted:
    retry_at = NOON + timedelta(minutes=1)
    return ev.NotAccepted(
        at=NOON, step=0, attempt=1, reason=foreign("throttled"), retry_at=retry_at
    )


def test_no_permit_is_granted_under_a_halt(journal: Journal, engine: Engine) -> None:
    """Whoever asked the rules a moment ago gets no permit either; after the halt it is granted."""
    queued(journal)
    halt = HaltBegun(target="all", by="U0LEA", at=NOON, reason="network down")
    journal.target_facts.keep(halt)
    with pytest.raises(ConflictError, match="halted"):
        apply(journal, an_id(1), permitted())
    assert granted(engine) == []
    journal.target_facts.keep(HaltEnded(target="all", by="U0LEA", at=NOON))
    apply(journal, an_id(1), permitted())
    assert granted(engine) == [(0, 1, None)]


def test_between_a_halt_and_permits_one_is_first(journal: Journal, engine: Engine) -> None:
    """Of a halt and twenty permits at the same instant, no permit comes after the halt."""
    numbers = range(1, 21)
    for number in numbers:
        operation = an_operation(number, target=f"shop-{number}")
        create(journal, operation)
        apply(journal, an_id(number), planned(operation), approved(operation))

    def permit(number: int) -> bool:
        if number == 0:
            journal.target_facts.keep(
                HaltBegun(target="all", by="U0LEA", at=NOON, reason="network down")
            )
            return False
        try:
            apply(journal, an_id(number), permitted())
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        came = sum(pool.map(permit, (*range(1, 11), 0, *range(11, 21))))
    kinds = [row["what"] for row in journal.audit.export()]
    assert "permit_granted" not in kinds[kinds.index("halt_begun") :]
    assert len(granted(engine)) == came
