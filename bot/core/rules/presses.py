"""Presses that the rules know by name; any other stands with its verb."""

from datetime import datetime
from typing import ClassVar, Final, Literal, Self

from typing_extensions import override

from bot.core import events as ev
from bot.core.codes import Code
from bot.core.codes.rules import NotCancellable, PastGate
from bot.core.events import Event
from bot.core.operation import (
    AwaitingApproval,
    Failed,
    Operation,
    Queued,
    Succeeded,
    Uncertain,
    Waiting,
)
from bot.core.records import Action, Asked, Parameters, Record, UserId
from bot.core.rules.facts import Facts
from bot.core.rules.gates import Entitled, chosen
from bot.core.rules.intents import Change, Opens, Press, RightName, Seen

_ONCE: Final[frozenset[Action]] = frozenset({"create", "delete"})  # what cannot be done twice


class GatePress(Press):
    """Decides at the gate, while that is open."""

    right: ClassVar[RightName | None] = "approve"
    phases: ClassVar[tuple[type[Record], ...]] = (AwaitingApproval,)

    @override
    def too_late(self, operation: Operation) -> Code:
        match operation.phase.kind:
            case "rejected" | "expired" | "cancelled":
                return PastGate(how=operation.phase.kind)
            case _:
                return PastGate(how="approved" if operation.approvals else "needs_none")


class Approve(GatePress):
    """Open the gate, as one of those who may; of several, one that is closed."""

    kind: Literal["approve"] = "approve"
    right_used: Entitled | None = None  # by which it counts

    @override
    def informed(self, facts: Facts) -> Self:
        return self.model_copy(update={"right_used": chosen(facts)})

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        used = self.right_used or Entitled(gates=())
        return ev.ApprovalGiven(
            at=now,
            by=by,
            digest=operation.plan.digest,
            gates=used.gates if operation.gates else (),
            behalf=used.behalf,
            is_escalated=used.is_escalated,
        )


class Reject(GatePress):
    """Close the gate; without a reason yet where a form has to ask for it."""

    right: ClassVar[RightName | None] = "reject"
    is_requesters: ClassVar[bool] = True
    opens: ClassVar[Opens] = "reason"

    kind: Literal["reject"] = "reject"
    reason: str | None = None

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        return ev.ApprovalRefused(at=now, by=by, reason=self.reason or "")


class Cancel(Press):
    """Withdraw what was not sent yet."""

    right: ClassVar[RightName | None] = "cancel"
    is_requesters: ClassVar[bool] = True
    phases: ClassVar[tuple[type[Record], ...]] = (Waiting, AwaitingApproval, Queued)

    kind: Literal["cancel"] = "cancel"

    @override
    def too_late(self, operation: Operation) -> Code:
        return NotCancellable(has_ended=operation.is_final)

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        return ev.Withdrawn(at=now, by=by)


class StartNow(Press):
    """Begin what waited for so long that its requester is asked first."""

    right: ClassVar[RightName | None] = "requester"
    is_requesters: ClassVar[bool] = True
    phases: ClassVar[tuple[type[Record], ...]] = (Waiting,)

    kind: Literal["start"] = "start"

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        return ev.TurnCame(at=now, by=by)


class RollBack(Press):
    """Return to what ran before this operation."""

    right: ClassVar[RightName | None] = "rollback"
    opens: ClassVar[Opens] = "preview"
    opens_in_menu: ClassVar[Opens] = "preview"
    needs_reason: ClassVar[bool] = False

    kind: Literal["rollback"] = "rollback"
    reason: str | None = None

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Change:
        parameters = Parameters(revision=operation.revision_before)
        return Change(
            target=operation.target,
            asked=Asked(action="rollback", parameters=parameters),
            reason=self.reason or "",
            rollback_of=operation.id,
        )


class Hold(Press):
    """Say no to the rollback that would follow a failure by itself."""

    right: ClassVar[RightName | None] = "hold"
    is_requesters: ClassVar[bool] = True
    phases: ClassVar[tuple[type[Record], ...]] = (Failed,)

    kind: Literal["hold"] = "hold"

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        return ev.RollbackHeld(at=now, by=by)


class Recover(Press):
    """Go on with what failed, or waits for people, by one of its recovery options."""

    right: ClassVar[RightName | None] = "continue"
    opens: ClassVar[Opens] = "reason"

    kind: Literal["recover"] = "recover"
    option: str
    reason: str | None = None

    @override
    @classmethod
    def of(cls, operation: Operation) -> tuple[Self, ...]:
        seen = Seen(round=operation.round, digest=operation.plan.digest)
        names = dict.fromkeys(each.name for each in operation.ways)
        return tuple(cls(operation=operation.id, seen=seen, option=name) for name in names)

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event | Change:
        option, reason = operation.option(self.option), self.reason or ""
        if option and operation.waits_for_people:
            return ev.StepAdded(
                at=now,
                by=by,
                step=operation.present_step,
                option=option.name,
                label=option.label,
                reason=reason,
            )
        items = option.items if option else ()
        parameters = operation.parameters.model_copy(update={"way": self.option, "items": items})
        return Change(
            target=operation.target,
            asked=Asked(action=operation.action, parameters=parameters),
            reason=reason,
            follows=operation.id,
            rollback_of=operation.rollback_of,
        )


class Again(Press):
    """Ask for the same; whoever may request it may, and it goes through every gate anew."""

    right: ClassVar[RightName | None] = "request"
    opens: ClassVar[Opens] = "reason"
    needs_reason: ClassVar[bool] = False
    phases: ClassVar[tuple[type[Record], ...]] = (Succeeded, Failed)

    kind: Literal["again"] = "again"
    reason: str | None = None

    @override
    @classmethod
    def of(cls, operation: Operation) -> tuple[Self, ...]:
        is_told = isinstance(operation.phase, Failed) and (operation.ways or not operation.was_sent)
        return () if operation.action in _ONCE or is_told else super().of(operation)

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Change:
        parameters = operation.parameters.model_copy(update={"way": None, "items": ()})
        return Change(
            target=operation.target,
            asked=Asked(action=operation.action, parameters=parameters),
            reason=self.reason or "",
        )


class Review(Press):
    """Say whether it was right to break the glass; without a verdict yet where a form asks."""

    right: ClassVar[RightName | None] = "review"
    opens: ClassVar[Opens] = "review"

    kind: Literal["review"] = "review"
    verdict: Literal["justified", "not_justified"] | None = None
    note: str = ""

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        return ev.Reviewed(at=now, by=by, verdict=self.verdict or "not_justified", note=self.note)


class NotExecuted(Press):
    """Say that the lost call had no effect."""

    right: ClassVar[RightName | None] = "decide"
    phases: ClassVar[tuple[type[Record], ...]] = (Uncertain,)

    kind: Literal["not_executed"] = "not_executed"

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        said = len(operation.phase.said) + 1 if isinstance(operation.phase, Uncertain) else 1
        if said < operation.deciders:
            return ev.NotExecutedSaid(at=now, by=by, said=said, needed=operation.deciders)
        return ev.NotExecuted(at=now, by=by)


class Executed(Press):
    """Say that the lost call took effect, and all is done that it was to do."""

    right: ClassVar[RightName | None] = "decide"
    phases: ClassVar[tuple[type[Record], ...]] = (Uncertain,)

    kind: Literal["executed"] = "executed"

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event:
        heard = operation.phase.said_executed if isinstance(operation.phase, Uncertain) else ()
        said = len(heard) + 1
        if said < operation.deciders:
            return ev.ExecutedSaid(at=now, by=by, said=said, needed=operation.deciders)
        return ev.Executed(at=now, by=by)
