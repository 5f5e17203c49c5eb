"""Operations live through the real lifecycle on a real database; what must never happen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func, select
from typing_extensions import override

from bot.core import events as ev
from bot.core.effects import TakeLock
from bot.core.errors import ConflictError, IllegalEventError, PermitTakenError
from bot.core.events import Event
from bot.core.lifecycle import transition
from bot.core.operation import Operation
from bot.core.ports import Created, QueueFull, TargetLocked
from bot.core.queue import QueueRules, in_order, steps_aside
from bot.journal import journal_on, migrate
from bot.journal.commits import Commits
from bot.journal.entering import moved
from bot.journal.schema import locks, permits
from tests.core.builders import foreign
from tests.journal.builders import (
    ANN,
    BOB,
    HOUR,
    NOON,
    an_operation,
    create,
    planned,
)
from tests.journal.databases import emptied, opened

LIVES: Final = min(80, settings().max_examples)  # each writes some thirty times to the disk

TARGETS = ("checkout", "billing")
STEPS = 2


def possible(operation: Operation, step: int, attempt: int) -> tuple[Event, ...]:
    """Return one event of each kind, most of which the present phase refuses."""
    plan = planned(operation, steps=STEPS).plan
    digest = operation.plan.digest
    settled = NOON + HOUR
    return (
        ev.Planned(at=NOON, plan=plan),
        ev.PlanRefused(at=NOON, code="no_change", reason=foreign("it runs already")),
        ev.ApprovalGiven(at=NOON, by=BOB, digest=digest),
        ev.ApprovalsVoided(at=NOON, plan=plan, reason=foreign("changed")),
        ev.ApprovalRefused(at=NOON, by=BOB, reason="no"),
        ev.ApprovalLapsed(at=NOON + timedelta(hours=1)),
        ev.Withdrawn(at=NOON, by=ANN),
        ev.TurnCame(at=NOON),
        ev.TurnOffered(at=NOON, until=NOON + HOUR),
        ev.TurnLapsed(at=NOON + HOUR),
        ev.PermitGranted(at=NOON, step=step, attempt=attempt),
        ev.NotAccepted(
            at=NOON, step=step, attempt=attempt, reason=foreign("busy"), retry_at=settled
        ),
        ev.TaskAccepted(at=NOON, step=step, attempt=attempt, task="job-1"),
        ev.CallRefused(at=NOON, step=step, attempt=attempt, code="c", reason=foreign("r")),
        ev.AnswerLost(
            at=NOON,
            step=step,
            attempt=attempt,
            reason=foreign("r"),
            sent_at=NOON,
            decide_after=settled,
        ),
        ev.TaskAdopted(at=NOON, step=step, task="job-1", evidence=foreign("e")),
        ev.SettleTimePassed(at=settled, reason=foreign("nothing new")),
        ev.NotExecutedSaid(at=settled, by=ANN, said=1, needed=2),
        ev.NotExecuted(at=settled, by=BOB),
        ev.ExecutedLate(at=settled, step=step, task="job-1", evidence=foreign("e")),
        ev.TaskSeen(at=NOON, step=step, detail=foreign("half")),
        ev.StepSucceeded(at=NOON, step=step),
        ev.StepFailed(at=NOON, step=step, reason=foreign("no image")),
        ev.WatchStalled(at=NOON, step=step, reason=foreign("late")),
        ev.WaitExtended(at=NOON, by=BOB, extra=timedelta(hours=1)),
    )


KINDS = len(possible(an_operation(), 0, 1))


class Life(RuleBasedStateMachine):
    """People and clouds do anything at any time, some of them on what they saw before."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        emptied(self.engine)
        self.journal = journal_on(self.engine)
        self.known: list[Operation] = []  # as the model has them
        self.seen: list[Operation] = []  # as somebody saw them once
        self.granted: set[tuple[str, int, int]] = set()

    @rule(name=st.sampled_from(TARGETS), back=st.booleans(), room=st.integers(0, 2))
    def somebody_asks(self, name: str, room: int, *, back: bool) -> None:
        """A free target is taken; a rollback passes who waits for people; others wait, or not."""
        number = len(self.known)
        own = {"requester": f"U0W{number}", "action": "rollback" if back else "deploy"}
        operation = an_operation(number, name, **own)
        holder = next((each for each in self._open() if each.target == name), None)
        line = in_order(each for each in self.known if each.target == name and each.is_in_line)
        before = [each for each in line if each.action == "rollback" or not back]
        passes = back and not before and holder is not None and steps_aside(holder)

        made = create(self.journal, operation, queue=QueueRules(room=room))

        if passes and holder is not None:
            assert isinstance(made, Created)
            assert made.passes == holder.id
            self._keep(self.journal.operations.load(holder.id))
            assert self._now(holder.id).is_in_line
        elif holder is None and not before:
            assert made == Created(operation=operation)
        elif room == 0:
            assert made == TargetLocked(holder=holder or before[0])
        elif len([each for each in line if (each.action == "rollback") == back]) >= room:
            assert isinstance(made, QueueFull)
        else:
            assert isinstance(made, Created)
            assert made.operation.is_in_line
        if isinstance(made, Created):
            self.known.append(made.operation)
            self.seen.append(made.operation)

    @precondition(lambda self: self.known)
    @rule(which=st.integers(0, 99), kind=st.integers(0, KINDS - 1), forward=st.booleans())
    def something_happens(self, which: int, kind: int, *, forward: bool) -> None:
        """The lifecycle says what follows; the journal keeps exactly that."""
        index = which % len(self.known)
        before = self.known[index]
        legal = [each for each in self._events(before) if self._follows(before, each)]
        events = legal if forward and legal else self._events(before)
        event = events[kind % len(events)]
        try:
            move = moved(before, event)
        except IllegalEventError:
            return
        taken = any(each.target == before.target for each in self._open())
        commits = Commits(self.journal.database)
        if TakeLock() in move.effects and taken:
            with pytest.raises(ConflictError):
                commits.commit(move)
            return
        commits.commit(move)
        self.known[index] = move.after
        self.seen.append(move.after)
        if isinstance(event, ev.PermitGranted):
            permit = (before.id, event.step, event.attempt)
            assert permit not in self.granted
            self.granted.add(permit)

    @precondition(lambda self: self.seen)
    @rule(which=st.integers(0, 999), kind=st.integers(0, KINDS - 1))
    def somebody_acts_on_an_old_state(self, which: int, kind: int) -> None:
        """A decision about a state that has passed changes nothing."""
        old = self.seen[which % len(self.seen)]
        legal = [each for each in self._events(old) if self._follows(old, each)]
        if old in self.known or not legal:
            return
        move = moved(old, legal[kind % len(legal)])
        with pytest.raises((ConflictError, PermitTakenError)):
            Commits(self.journal.database).commit(move)

    @invariant()
    def the_lock_is_held_exactly_while_open(self) -> None:
        """A target is held by its one operation that does not wait, and by nothing else."""
        with self.engine.connect() as connection:
            held = connection.execute(
                select(locks.c.target, locks.c.operation_id).where(
                    locks.c.operation_id.is_not(None)
                )
            )
            holders = {row.target: row.operation_id for row in held}
        assert holders == {each.target: each.id for each in self._open()}

    @invariant()
    def nobody_loses_a_place(self) -> None:
        """The line has everybody who waits, in the order of their places, rollbacks first."""
        for name in TARGETS:
            waiting = [each for each in self.known if each.target == name and each.is_in_line]
            line = [each.id for each in self.journal.queues.of(name) if each.is_in_line]
            assert line == [each.id for each in in_order(waiting)]
            assert len({each.phase.place for each in waiting}) == len(waiting)  # type: ignore[union-attr] # it waits

    @invariant()
    def who_waits_was_never_sent(self) -> None:
        """Nobody in line has a permit, a plan or an approval."""
        for each in self.known:
            if each.is_in_line:
                assert (each.was_sent, each.plan.is_made, each.approvals) == (False, False, ())

    @invariant()
    def the_record_is_what_the_lifecycle_said(self) -> None:
        """What is read back is what was committed."""
        assert [self.journal.operations.load(each.id) for each in self.known] == self.known

    @invariant()
    def events_are_gapless_and_end_with_the_final(self) -> None:
        """Every sequence has one event, and none follows the last."""
        for operation in self.known:
            sequences = [sequence for sequence, _ in self.journal.operations.events(operation.id)]
            assert sequences == list(range(1, operation.sequence + 1))

    @invariant()
    def permits_are_those_that_were_granted(self) -> None:
        """Each permit stands there once."""
        with self.engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(permits)).scalar_one()
        assert count == len(self.granted)

    @override
    def teardown(self) -> None:
        """The audit has kept every event, and holds."""
        self.journal.audit.seal()
        report = self.journal.audit.verify()
        assert report.faults == ()
        assert report.count == sum(each.sequence for each in self.known)

    def _open(self) -> list[Operation]:
        return [each for each in self.known if each.has_target]

    def _now(self, operation_id: str) -> Operation:
        return next(each for each in self.known if each.id == operation_id)

    def _keep(self, after: Operation) -> None:
        self.known = [after if each.id == after.id else each for each in self.known]
        self.seen.append(after)

    def _events(self, operation: Operation) -> tuple[Event, ...]:
        step = getattr(operation.phase, "step", 0)
        attempt = operation.steps[step].attempt if operation.steps else 0
        fresh = getattr(operation.phase, "stage", "ready") == "ready"
        return possible(operation, step, attempt + 1 if fresh else attempt)

    def _follows(self, operation: Operation, event: Event) -> bool:
        try:
            transition(operation, event)
        except IllegalEventError:
            return False
        return True


@pytest.fixture
def life(tmp_path: Path) -> Iterator[type[Life]]:
    """The machine on a database of its own."""
    with opened(f"sqlite:///{tmp_path / 'life.db'}") as engine:
        migrate(engine)

        class OnDatabase(Life):
            pass

        OnDatabase.engine = engine
        yield OnDatabase


@pytest.mark.timeout(300)  # 80 lives in CI, where three tests share two cores
def test_whatever_happens_the_invariants_hold(life: type[Life]) -> None:
    """Locks, permits, events and audit stay true in every order of events."""
    run_state_machine_as_test(life, settings=settings(max_examples=LIVES, stateful_step_count=30))
