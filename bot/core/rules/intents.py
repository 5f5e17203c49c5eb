"""Intents: what somebody wishes to happen, typed. A command, a press and a form become one."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal, Self, TypeAlias

from bot.core.codes import Code
from bot.core.codes.rules import MovedOn
from bot.core.events import Event
from bot.core.incidents import AnyIncidentEvent, Incident
from bot.core.operation import Operation
from bot.core.records import Asked, OperationId, ProposalId, Record, UserId
from bot.core.rules.facts import Facts
from bot.core.target import TargetEvent

# A line of a policy, or who may decide where it lists no approvers, or cancel; the admins; what is
# one's own; or what whoever asked for the operation may alone.
RightName: TypeAlias = Literal[
    "request",
    "rollback",
    "hold",
    "continue",
    "dismiss",
    "approve",
    "reject",
    "cancel",
    "decide",
    "lock",
    "unlock",
    "freeze",
    "review",
    "admin",
    "own",
    "requester",
]


# A form for the reason, where one is wanted; a view, of which nothing becomes; or what would be
# done, where the policy wants it shown.
Opens: TypeAlias = Literal["nothing", "reason", "review", "details", "preview"]


class Change(Record):
    """A new operation; for a question of it alone, a dry run."""

    kind: Literal["change"] = "change"
    target: str  # as typed, in lower case
    asked: Asked
    reason: str = ""
    dry_run: bool = False
    break_glass: bool = False  # approvals, locks of people and freezes shall not hold it
    rollback_of: OperationId | None = None  # the operation that it undoes
    follows: OperationId | None = None  # the failed operation that it goes on with
    proposal: ProposalId | None = None  # that it takes up


class Seen(Record):
    """Which plan the pressed card showed."""

    round: int
    digest: str  # the beginning of it


class Press(Record):
    """What a button of an operation does, or the word for it.

    A button is a class: it says who may press it and when, and what becomes of that.
    """

    right: ClassVar[RightName | None]  # None: whoever may ask may press it
    is_requesters: ClassVar[bool] = False  # whether the requester may, listed or not
    opens: ClassVar[Opens] = "nothing"  # before anything becomes of it
    opens_in_menu: ClassVar[Opens] = "nothing"  # likewise, where a menu cannot ask by itself
    needs_reason: ClassVar[bool] = True  # of a form that it opens
    # In which it can have an effect; where there are none, a rule of its own says it.
    phases: ClassVar[tuple[type[Record], ...]] = ()

    kind: str
    operation: OperationId
    seen: Seen | None = None  # None: the wish was typed, or the value did not say

    @classmethod
    def of(cls, operation: Operation) -> tuple[Self, ...]:
        """Return every press of this kind that *operation* may have, as its card shows it."""
        seen = Seen(round=operation.round, digest=operation.plan.digest)
        return (cls(operation=operation.id, seen=seen),)  # type: ignore[call-arg] # each has its kind

    def too_late(self, operation: Operation) -> Code:  # noqa: ARG002 - some say more
        """Say what keeps it from having an effect in the phase of *operation*."""
        return MovedOn()

    def informed(self, facts: Facts) -> Self:  # noqa: ARG002 - some say by which right they count
        """Return it with what it takes from *facts* that allow it."""
        return self

    def becomes(self, operation: Operation, by: UserId, now: datetime) -> Event | Change | None:
        """Return what *by* makes happen: an event, a new operation; None: only a look.

        Raises:
            NotImplementedError: the class does not say.
        """
        raise NotImplementedError


class TargetIntent(Record):
    """A wish about a target that begins no operation: it says who may, and what becomes of it."""

    right: ClassVar[RightName]
    is_holders: ClassVar[bool] = False  # whether whoever locked the target may, listed or not
    is_of_policies: ClassVar[bool] = False  # whether it may name a policy, or all
    is_of_targets: ClassVar[bool] = True  # whether it may name a target

    kind: str
    target: str  # as typed, in lower case

    def becomes(self, facts: Facts, by: UserId) -> TargetEvent:
        """Return what *by* makes happen.

        Raises:
            NotImplementedError: the class does not say.
        """
        raise NotImplementedError


class LimitedIntent(TargetIntent):
    """A wish that may hold for a time only; where neither is given, until somebody ends it."""

    length: timedelta | None = None
    until: datetime | None = None  # naive where it was typed without a zone


class IncidentIntent(Record):
    """A wish about an incident: it says in which phase it may be, and what becomes of it."""

    begins: ClassVar[bool] = False  # whether it opens one
    ends: ClassVar[bool] = False  # whether it ends what the incident holds
    wants: ClassVar[Literal["open", "closed", "any"]] = "any"

    kind: str
    incident: str = ""  # its id; "": that of the channel
    targets: tuple[str, ...] = ()  # as typed, in lower case

    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        """Return what *by* makes happen.

        Raises:
            NotImplementedError: the class does not say.
        """
        raise NotImplementedError


class Prepare(Record):
    """Make the plan from the live state: Slipway's own intent."""

    kind: Literal["prepare"] = "prepare"
    operation: OperationId


class TakeTurn(Record):
    """Give an operation its target, for which it waited: Slipway's own intent."""

    kind: Literal["take_turn"] = "take_turn"
    operation: OperationId


class Send(Record):
    """Grant the permit of this step: Slipway's own intent, right before each call."""

    kind: Literal["send"] = "send"
    operation: OperationId
    step: int


class Ask(Record):
    """Know something: nothing is changed."""

    kind: Literal["ask"] = "ask"
    topic: str  # the name of its verb
    subject: str = ""  # a target or an operation, as typed
    word: str = ""  # what the answer is narrowed to
    person: UserId | None = None  # whom it is about, where that is somebody else


Intent: TypeAlias = Change | TargetIntent | IncidentIntent | Press | TakeTurn | Prepare | Send | Ask
