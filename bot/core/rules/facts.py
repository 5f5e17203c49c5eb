"""Facts: all that the rules know. One gatherer reads them, for the bot and the workers alike."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from pydantic import Field

from bot.core.codes import Reason, Value
from bot.core.incidents import Incident
from bot.core.operation import Operation
from bot.core.plan import Plan
from bot.core.policy import ANYONE, Member, Policy
from bot.core.proposal import AnyProposal
from bot.core.queue import Line
from bot.core.records import (
    Action,
    ChannelId,
    Moment,
    OperationId,
    Record,
    TargetName,
    UserId,
)
from bot.core.target import Scope, Target, TargetEvent

E = TypeVar("E", bound=TargetEvent)


class Abilities(Record):
    """What the target's system can do."""

    title: str  # "ServiceStage v3 component"
    actions: frozenset[Action]
    takes_values: bool = False
    options: Mapping[Action, tuple[str, ...]] = Field(default_factory=dict)  # of the vendor's own
    cancels: bool = False  # whether something that its API has open can be closed
    takes_json: bool = False  # whether a value may be an object or a list
    strategies: tuple[str, ...] = ()  # "one-batch", "rolling:N": a capital stands for 1 to 99
    no_rollback: Reason | None = None  # why, where the API has no way back


class Newest(Record):
    """The newest operation of the target of which something was sent, or still may be."""

    id: OperationId
    is_open: bool
    makes_way: bool = False  # for a rollback: it waits for people, or is held back unsent
    sent: OperationId | None = None  # the newest of which something was sent


class Undone(Record):
    """What was done to the target last, where that was a rollback that succeeded."""

    operation: OperationId
    by: UserId
    at: Moment
    before: Value
    after: Value


class Counting(Record):
    """A failed operation of the target that is rolled back by itself, if nobody says no."""

    operation: OperationId
    until: Moment


class OverdueReview(Record):
    """An operation that nobody reviewed in time."""

    operation: OperationId
    due: Moment


class Ends(Record):
    """When what is wished would end."""

    at: datetime | None  # None: the clocks of the zone skip that time
    zone: str = ""  # the one that was meant, where none was typed
    typed: str = ""  # as it was typed


class Facts(Record):
    """What is known at the moment of a decision.

    `person` is who acts. Where it is None, somebody is meant: every rule about people says yes if
    there may be anybody whom it would allow.
    """

    now: datetime
    team: str = ""  # the workspace that Slipway is installed in
    person: Member | None = None
    is_anybody: bool = False  # no person is meant, but whoever may
    is_draining: bool = False
    aliases: tuple[frozenset[str], ...] = ()  # accounts of one person each
    local: Mapping[str, datetime] = Field(default_factory=dict)  # zone of a freeze → present moment
    word: str = ""  # the target's name as it was typed
    near: tuple[str, ...] = ()  # names of targets that look like it
    target: Target | None = None
    policy: Policy | None = None  # as it is in slipway.yaml now
    abilities: Abilities | None = None
    operation: Operation | None = None  # the one that the intent is about
    is_on_card: bool = True  # where a button was pressed: it stands on a card of the operation
    newest: Newest | None = None
    line: Line | None = None  # of the target, where somebody asks what is waited for
    undone: Undone | None = None
    counting: Counting | None = None  # where somebody's turn comes
    scope: Scope | None = None  # of a wish that may name a policy, or all
    ends: Ends | None = None  # of a wish that is limited in time
    lines: Mapping[str, int] = Field(default_factory=dict)  # of slipway.yaml, by what they say
    admins: tuple[str, ...] = ()  # of the installation, as slipway.yaml lists them
    kept: tuple[TargetEvent, ...] = ()  # what people did about the target, as far as it stays
    overdue: OverdueReview | None = None  # of what the person broke the glass for
    delegator: Member | None = None  # whose approvals somebody else shall give
    delegate: Member | None = None  # who shall give them
    approve_somewhere: tuple[str, ...] = ()  # ids of all who may, where that delegation counts
    delegators: tuple[Member, ...] = ()  # in whose place the person may approve now
    principals: tuple[Member | None, ...] = ()  # of each approval, before a permit: whose right
    rolled_back_by: OperationId | None = None
    replaces_what_failed: bool = False  # the operation took a version back that had failed
    continued_by: OperationId | None = None
    requester: Member | None = None  # of the operation, before a permit
    approvers: tuple[Member, ...] = ()  # who approved it, before a permit
    asked_in: ChannelId | None = None  # where a change is asked for
    incident: Incident | None = None  # the one that the intent is about
    lead: Member | None = None  # who shall lead it, where that is somebody else
    named: tuple[TargetName, ...] = ()  # the targets that a wish about an incident names
    openers: tuple[str, ...] = ()  # who may open incidents, as slipway.yaml lists them
    ending: tuple[str, ...] = ()  # who may approve on a target of the incident
    proposal: AnyProposal | None = None  # the one that is taken up, or dismissed
    live_plan: Plan | None = None  # what would be planned now, before the first permit

    @property
    def name(self) -> str:
        """The name of the target that is meant, as slipway.yaml has it.

        Raises:
            ValueError: no target is known.
        """
        if self.target is None:
            msg = "a wish was allowed without its target"
            raise ValueError(msg)
        return self.target.name

    @property
    def is_listed_approver(self) -> bool:
        """Whether the delegator may approve anywhere that the delegation is about."""
        person, listed = self.delegator, self.approve_somewhere
        return person is not None and (
            ANYONE in listed or person.id in listed or bool(person.groups & set(listed))
        )

    def placed(self, place: str) -> str:
        """Return *place* with its line: "policies.prod.approve, slipway.yaml:57"."""
        above, _, _ = place.rpartition(".")
        line = self.lines.get(place) or self.lines.get(above)
        return f"{place}, slipway.yaml:{line}" if line else place

    def all_kept(self, kind: type[E]) -> tuple[E, ...]:
        """Return all that is kept of the target, its policy and all as events of this kind."""
        return tuple(each for each in self.kept if isinstance(each, kind))

    def is_same(self, account: str, other: str | None) -> bool:
        """Return whether both accounts are one person's."""
        return account == other or any({account, other} <= each for each in self.aliases)

    def wanted(self, listed: Iterable[str], requester: str, *approved: str) -> tuple[str, ...]:
        """Return whom of *listed* an approval may come from: nobody gives it twice, or to himself.

        What a group has in it is not asked for: it stays.
        """
        may_approve_own = self.policy is not None and self.policy.self_approval
        gone = approved if may_approve_own else (requester, *approved)
        return tuple(
            each for each in listed if not any(self.is_same(each, other) for other in gone)
        )

    def kept_as(self, kind: type[E]) -> E | None:
        """Return what is kept of the target as an event of this kind."""
        return next((each for each in self.kept if isinstance(each, kind)), None)
