"""The lifecycle under any order of events, the sensible and the foolish alike."""

from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.core.effects import ReleaseLock, TakeLock
from bot.core.errors import IllegalEventError
from bot.core.events import (
    ApprovalGiven,
    Event,
    ExecutedLate,
    NotExecuted,
    NotExecutedSaid,
    PermitGranted,
)
from bot.core.lifecycle import DETOURS_MAX, transition
from bot.core.operation import AwaitingApproval, Operation, Queued, Running, Uncertain, Waiting
from tests.core.builders import KINDS, a_plan, fitting
from tests.journal.builders import NOON, an_operation

PEOPLE = ("U0ANN", "U0BOB", "U0SUE", "U0TOM")


class Life(RuleBasedStateMachine):
    """One operation, whatever happens to it; what was seen of it is kept beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.operation = an_operation()
        self.permits: list[tuple[int, int]] = []
        self.unproven: set[tuple[int, int]] = set()
        self.released = 0
        self.said: set[str] = set()
        self.rounds: dict[int, set[str]] = {}
        self.seconds = 0

    @initialize(needed=st.integers(0, 3), gone=st.integers(0, 8))
    def begins(self, needed: int, gone: int) -> None:
        """It is asked for under a policy that wants so many approvals, and has come so far."""
        fields: dict[str, Any] = {"approvals_needed": needed}
        if not needed:
            fields["phase"] = Queued()
        self.operation = an_operation(**fields)
        for _ in range(gone):
            self._go_on("task_accepted")

    @rule(kind=st.sampled_from(KINDS), by=st.sampled_from(PEOPLE), revision=st.sampled_from("abc"))
    def something_fitting(self, kind: str, by: str, revision: str) -> None:
        """An event with the step, attempt and digest of now."""
        changes: dict[str, Any] = {"by": by, "at": self._now()}
        if kind in {"planned", "approvals_voided"}:
            changes["plan"] = a_plan(self.operation, revision)
        if kind in {
            "approval_lapsed",
            "settle_time_passed",
            "not_executed_said",
            "not_executed",
            "turn_lapsed",
        }:
            changes.pop("at")
        self._happen(fitting(kind, self.operation, **changes))

    @rule(word=st.sampled_from(["task_accepted", "not_accepted", "plan_extended"]))
    def goes_on(self, word: str) -> None:
        """The usual next event, so that the later steps are reached; or one that puts it off."""
        self._go_on(word)

    def _go_on(self, word: str) -> None:
        match self.operation.phase:
            case Waiting():
                kind = "turn_came"
            case AwaitingApproval() | Queued() if not self.operation.plan.is_made:
                kind = "planned"
            case AwaitingApproval():
                by = PEOPLE[len(self.operation.approvals)]
                self._happen(fitting("approval_given", self.operation, by=by, at=self._now()))
                return
            case Running(stage="ready"):
                kind = "plan_extended" if word == "plan_extended" else "permit_granted"
            case Running(stage="submitting"):
                kind = "not_accepted" if word == "not_accepted" else "task_accepted"
            case Running():
                kind = "step_succeeded"
            case _:
                kind = "permit_granted"
        self._happen(fitting(kind, self.operation, at=self._now()))

    @rule(
        kind=st.sampled_from(KINDS),
        step=st.integers(0, 4),
        attempt=st.integers(0, 3),
        digest=st.sampled_from(["", "old"]),
    )
    def something_foolish(self, kind: str, step: int, attempt: int, digest: str) -> None:
        """An event for a step, attempt or digest that may be none of now's."""
        event = fitting(kind, self.operation)
        changes = {"step": step, "attempt": attempt, "digest": digest}
        known = {name: value for name, value in changes.items() if hasattr(event, name)}
        self._happen(event.model_copy(update=known))

    def _now(self) -> Any:
        self.seconds += 1
        return NOON + timedelta(seconds=self.seconds)

    def _happen(self, event: Event) -> None:
        before = self.operation
        try:
            after, effects = transition(before, event)
        except IllegalEventError:
            return
        if before.is_final:
            assert isinstance(event, ExecutedLate), "an operation that has ended changed"
            assert after.phase.kind == before.phase.kind
        assert after.sequence == before.sequence + 1
        assert effects.count(ReleaseLock()) == int(before.has_target and not after.has_target)
        assert effects.count(TakeLock()) == int(after.has_target and not before.has_target)
        self.released += effects.count(ReleaseLock()) - effects.count(TakeLock())
        self._count(before, after, event)
        self.operation = after

    def _count(self, before: Operation, after: Operation, event: Event) -> None:
        if isinstance(event, ApprovalGiven):
            assert event.digest == after.plan.digest
            voices = self.rounds.setdefault(after.round, set())
            assert event.by not in voices, "one person's voice counted twice"
            voices.add(event.by)
            if isinstance(after.phase, Queued):
                assert len(voices) == after.approvals_needed
        if isinstance(event, NotExecutedSaid):
            assert event.by not in self.said, "one person's word counted twice"
            self.said.add(event.by)
        if isinstance(event, NotExecuted):
            assert len(self.said | {event.by}) == max(1, after.approvals_needed)
        if isinstance(event, PermitGranted):
            permit = (event.step, event.attempt)
            assert permit not in self.permits, "a permit was granted twice"
            assert event.step in {0, *(step + 1 for step, _ in self.permits)}, "a step was skipped"
            assert not self.unproven, "a step was sent again without proof"
            assert len(after.approvals) == after.approvals_needed
            self.permits.append(permit)
            self.unproven.add(permit)
        if event.kind in {"not_accepted", "step_succeeded", "step_added"}:
            self.unproven.clear()
        if after.plan.digest != before.plan.digest:
            assert after.approvals == (), "an approval survived another digest"

    @invariant()
    def the_lock_ends_with_the_operation(self) -> None:
        """It was released once if it is final or in line, and never else."""
        assert self.released == int(not self.operation.has_target)

    @invariant()
    def who_waits_has_no_plan(self) -> None:
        """In line nothing is planned, approved or sent: it is planned when its turn comes."""
        if isinstance(self.operation.phase, Waiting):
            assert not self.operation.plan.is_made
            assert self.operation.approvals == ()
            assert not self.permits

    @invariant()
    def approvals_are_for_this_plan(self) -> None:
        """Whoever approved approved what would happen now, in distinct voices."""
        given = self.operation.approvals
        assert {each.digest for each in given} <= {self.operation.plan.digest}
        assert len({each.by for each in given}) == len(given)

    @invariant()
    def nothing_is_sent_before_it_is_planned_and_approved(self) -> None:
        """A closed gate or a missing plan has no permit behind it."""
        if isinstance(self.operation.phase, AwaitingApproval) or not self.operation.plan.is_made:
            assert not self.permits

    @invariant()
    def detours_have_an_end(self) -> None:
        """A plan grows so often and no oftener, and its steps keep their states beside them."""
        assert self.operation.detours <= DETOURS_MAX
        assert len(self.operation.steps) == len(self.operation.plan.steps)

    @invariant()
    def what_is_uncertain_keeps_its_permit(self) -> None:
        """An attempt whose answer was lost is never forgotten."""
        if isinstance(self.operation.phase, Uncertain):
            assert self.unproven


TestLife = Life.TestCase
