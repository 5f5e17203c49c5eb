"""What the service answers to a command or a press; `bot.views.answers` finds the words."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from pydantic import Field, SerializeAsAny

from bot.core.codes import Denied, Reason, Value
from bot.core.codes.systems import StatusOf
from bot.core.estimates import Estimate
from bot.core.figures import Report
from bot.core.incidents import AnyIncidentEvent, Incident, OutsideChange, TimelineEntry
from bot.core.operation import Operation, RecoveryOption
from bot.core.plan import PlanDraft
from bot.core.policy import Policy
from bot.core.queue import Line
from bot.core.records import (
    Action,
    Asked,
    ChannelId,
    IncidentId,
    Json,
    Moment,
    OperationId,
    Record,
    TargetName,
    UserId,
)
from bot.core.rows import Act, UnreadableOperation
from bot.core.rules import Change, Decision, Finding, GateState, RollBack
from bot.core.suspects import Ranking
from bot.core.system import Entry, Found, LiveValues, Offer, StatusReport
from bot.core.target import Target, TargetEvent

_VERB: Final = r"^[a-z_]*$"  # the name of a verb


class Caller(Record):
    """Who acts, from one verified payload; ids only, since names prove nothing."""

    user: UserId
    team: str
    channel: ChannelId | Literal[""]  # "": nowhere, as whoever used a shortcut
    message_ts: str | None = None  # of the message whose button was pressed
    thread_ts: str | None = None  # of the thread that it was said, or pressed, in


class Wish(NamedTuple):
    """A change that somebody asks for; the same *delivery* twice is one operation."""

    change: Change
    by: Caller
    delivery: str


class Recorded(Record):
    """A new operation is in the journal."""

    operation: Operation
    approvers: tuple[str, ...] = ()  # ids of the people and groups that may approve it
    queue_is_down: bool = False  # it starts when Redis is back
    warned: Reason | None = None  # what the lock says that only warns
    line: Line | None = None  # where it waits for its turn
    replaces: OperationId | None = None  # the older one whose place it took there
    passes: OperationId | None = None  # what made way for it


class Repeated(Record):
    """The same was asked before and is under way: nothing new was recorded."""

    operation: Operation


class DryRun(Record):
    """What would be done; nothing was recorded."""

    target: Target
    asked: Asked
    draft: PlanDraft
    policy: Policy
    approvals: int  # how many distinct people would have to approve
    approvers: tuple[str, ...] = ()  # ids of the people and groups that then may
    no_rollback: Reason | None = None  # why, where there is no way back
    check: Literal["none", "passed", "refused", "unknown"] = "none"  # by the API itself
    check_says: Reason | None = None  # why, where it did not pass
    breaks_glass: bool = False
    passed_over: tuple[Reason, ...] = ()  # what people hold, and would not hold it
    waits: Reason | None = None  # behind whom it would wait in line
    barred: tuple[Reason, ...] = ()  # what people hold, and would refuse it now
    warned: Reason | None = None  # what a lock says that only warns


class Help(Record):
    """The commands, with examples on targets that this person may change."""

    example_target: str  # "" where this person may change nothing
    can_approve: bool
    verb: str = Field("", pattern=_VERB)  # whose usage is asked for; "": everything


class TargetLine(Record):
    """One target with what is known of it without asking its cloud."""

    target: Target
    title: str  # the system's name for people
    holder: Operation | UnreadableOperation | None = None  # the open operation that holds it
    latest: Operation | UnreadableOperation | None = None  # the newest operation that ended
    holds: tuple[Reason, ...] = ()  # what locks, freezes and a halt say of it
    waiting: int = 0  # how many wait for it


class Targets(Record):
    """The targets that were asked for: all of them, or those that have a word."""

    lines: tuple[TargetLine, ...]
    word: str = ""  # what was looked for


class LiveState(Record):
    """What a target's cloud said of it, and when."""

    headline: Value = ""  # "running 1.3.0"; "": nothing
    replicas: Value = ""  # "2 of 3 ready"; "": it has no such number
    at: Moment

    @property
    def version(self) -> str:
        """The version that runs; "" where the cloud names none in so many words."""
        return str(self._now.get("version") or "")

    @property
    def status(self) -> Value:
        """How it is, without the version where that is known by itself."""
        word = str(self._now.get("status") or "")
        return StatusOf(status=word).reason if self._now else self.headline

    @property
    def _now(self) -> Mapping[str, Json]:
        if isinstance(self.headline, Reason) and self.headline.key == StatusOf.key:
            return self.headline.params
        return {}


class TargetRun(Record):
    """What runs of a target: as the journal knows it, and as its cloud said a moment ago.

    Of a version that the cloud names, and Slipway did not bring, nobody knows since when.
    """

    target: TargetName
    version: Value = ""  # what Slipway brought there last; "": it never did
    since: Moment | None = None
    by: str = ""  # who asked for it, as people are called
    live: LiveState | None = None  # None: it did not say in time
    holder: Operation | UnreadableOperation | None = None  # what is going on
    waiting: int = 0  # how many wait behind it
    holds: tuple[Reason, ...] = ()  # what locks, freezes and a halt say of it


class WhatRuns(Record):
    """What runs where."""

    rows: tuple[TargetRun, ...]
    more: int = 0  # targets that are not shown
    as_of: Moment


class TargetStatus(Record):
    """The live state of one target, and what Slipway does with it."""

    line: TargetLine
    report: StatusReport


class OperationStatus(Record):
    """One operation as it stands; `link` leads to its card where it has one."""

    operation: Operation
    link: str = ""
    line: Line | None = None  # where it waits for its turn


class TargetQueue(Record):
    """Who has a target, who waits for it, when whose turn is expected, and what holds them all."""

    target: Target
    line: Line
    holds: tuple[Reason, ...] = ()


class Entries(Record):
    """The cloud's history of a target, or what a rollback may return to."""

    target: Target
    topic: Literal["history", "revisions"]
    entries: tuple[Entry, ...]
    no_rollback: Reason | None = None  # why there is no way back, where its API has none
    acts: tuple[Act, ...] = ()  # what people did about it, the newest first


class Versions(Record):
    """The versions that a target can be given."""

    target: Target
    offers: tuple[Offer, ...]
    is_history: bool = False  # its API lists none: they are those of its history


class Values(Record):
    """The values of a release, those that have *word* in their path."""

    target: Target
    values: LiveValues
    word: str = ""


class Reported(Record):
    """What was measured; `has_charts`: they follow in a message of their own."""

    report: Report
    has_charts: bool = False


class Explained(Record):
    """What every rule says of an operation, or of somebody's wish, in their order."""

    decision: Decision
    operation: Operation | None = None  # that is asked about
    link: str = ""
    person: UserId | None = None  # who wishes, where no operation is asked about
    action: Action | None = None  # None: to approve what waits
    target: str = ""
    then: Moment | None = None  # it has ended: judged by the policy of that time
    is_kept: bool = True  # whether that policy is known still; if not, by the present one
    later: tuple[Finding, ...] = ()  # what would hold the operation once this wish is done
    of_another: UserId | None = None  # whom it judges, where that need not be whoever reads it


class Noted(Record):
    """What a person did about a target is in the journal."""

    event: SerializeAsAny[TargetEvent]


class IncidentDone(Record):
    """What somebody wished about an incident is in the journal."""

    incident: Incident
    event: AnyIncidentEvent
    under_way: tuple[OperationId, ...] = ()  # of its targets, which go on after its end
    others: tuple[IncidentId, ...] = ()  # open ones that hold a target of it as well
    is_thawed: bool = False  # it held its targets until now, and no other incident does


class AlertJoined(Record):
    """The alert whose incident somebody wanted to open stands in one that is open already."""

    incident: Incident


class IncidentStatus(Record):
    """One incident as it stands, with what happened, in order."""

    incident: Incident
    timeline: tuple[TimelineEntry, ...] = ()
    running: Mapping[TargetName, Value] = Field(default_factory=dict)  # what runs, where known


class Suspects(Record):
    """What may have caused an incident: the ranking, and for each suspect the way back or why not.

    No one asks for it: it is what its surface shows.
    """

    ranking: Ranking
    operations: Mapping[OperationId, Operation] = Field(default_factory=dict)
    ways: Mapping[OperationId, RollBack] = Field(default_factory=dict)
    reasons: Mapping[OperationId, Reason] = Field(default_factory=dict)
    unshown: tuple[OperationId, ...] = ()  # whose policy shows no rollback before it is asked for
    outside: tuple[OutsideChange, ...] = ()  # what nobody made through Slipway
    unread: tuple[TargetName, ...] = ()  # whose history could not be read
    hours: int = 24  # how far back it looks


class IncidentList(Record):
    """The incidents that the person may see, the open ones first."""

    incidents: tuple[Incident, ...]


class IncidentFormWanted(Record):
    """A form has to ask for what a wish about an incident wants."""

    verb: str = Field(pattern=_VERB)  # its name: "incident_open", "incident_close" …
    person: UserId  # who fills it
    incident: Incident | None = None  # None: it opens one
    targets: tuple[TargetName, ...] = ()  # that are chosen in it, where it opens one


class TargetAbout(Record):
    """What a form says of the target that was chosen in it."""

    target: Target
    title: str  # the system's name for people
    runs: Value | None = None  # as the journal knows
    approvals: int = 0  # how many distinct people have to approve
    approvers: tuple[str, ...] = ()  # ids of the people and groups that may
    wants_reason: bool = False
    takes_values: bool = False
    replicas: Value = ""  # how many run now, where that is asked for and known
    # what is created where no version is named: "": the newest; None: one has to be
    created_version: str | None = None
    holds: tuple[Reason, ...] = ()  # what locks, freezes and a halt say of it
    no_rollback: Reason | None = None  # why, where there is no way back


class ChangeFormWanted(Record):
    """A form has to ask for a change: of which target, and to what."""

    action: Literal["deploy", "rollback", "scale", "create"]
    about: TargetAbout | None = None  # None: no target was chosen yet


class OpenedForm(NamedTuple):
    """A form that somebody has before them, as it was shown last."""

    id: str
    hash: str


class PreviewWanted(Record):
    """A form has to show what a rollback would do, before it is asked for."""

    operation: Operation  # that is taken back
    wants_reason: bool = False
    usual: Estimate | None = None  # how long it takes
    planned: DryRun | None = None  # None: its cloud was not read, or did not answer in time
    refused: Denied | None = None  # why it cannot be done, as far as that is known


class TargetChoice(Record):
    """A target that a form offers."""

    target: Target
    title: str  # the system's name for people


class VersionChoice(Record):
    """A version, or a revision, that a form offers, and where it is known from."""

    version: str
    source: Literal["typed", "cloud", "history", "elsewhere"]
    says: Value = ""  # what its cloud says of it
    is_current: bool = False
    phase: str = ""  # of the operation that brought it here last, or was to
    was_sent: bool = True  # whether that operation changed anything
    at: Moment | None = None  # when that was asked for, or when its cloud says that it was deployed
    where: str = ""  # the other target that it was brought to


Choice: TypeAlias = TargetChoice | VersionChoice


class IncidentHelp(Record):
    """What can be typed about incidents."""


class DiscoveredThing(Record):
    """Something that a connection has, and the target that it is already."""

    system: str
    found: Found
    target: str = ""  # its name in slipway.yaml
    new_name: str = ""  # a name that is free, where it could be a target


class Discovered(Record):
    """What a connection has, as far as it told, and whose lists it refused."""

    connection: str
    things: tuple[DiscoveredThing, ...]
    words: tuple[str, ...] = ()  # what was looked for
    unlisted: tuple[tuple[str, Reason], ...] = ()  # a system, and why it has none here


class ConnectionHealth(Record):
    """Whether a connection answers: it was asked how *target* is."""

    connection: str
    target: TargetName
    why: Reason | None = None  # it gave no usable answer
    is_late: bool = False  # it gave none in time


class Health(Record):
    """Whether Slipway can do what people ask of it."""

    parts: Mapping[str, str]  # what is wrong with each of its parts; "": nothing
    targets: int
    unknown: tuple[str, ...] = ()  # names of slipway.yaml that Slack does not know
    waiting: int = 0  # messages that Slack should have by now
    oldest: float = 0.0  # seconds for which the first of them has waited
    connections: tuple[ConnectionHealth, ...] = ()


class Done(Record):
    """A press or a cancel had its effect; the thread tells it, so nobody is whispered to."""

    operation: Operation


class Unchanged(Record):
    """A press had no effect (any more): the answer is how things stand."""

    operation: Operation
    why: Reason


class FormWanted(Record):
    """A form has to ask for the reason: of a rejection, or of a recovery option."""

    operation: Operation
    option: RecoveryOption | None = None


class ReviewWanted(Record):
    """A form has to ask what somebody thinks of it that the glass was broken."""

    operation: Operation


class DetailsWanted(Record):
    """A view has to show all that is known of the operation."""

    operation: Operation
    gates: tuple[GateState, ...] = ()  # how far each is, where there are several


Outcome: TypeAlias = (
    Recorded
    | Repeated
    | DryRun
    | Help
    | Targets
    | WhatRuns
    | TargetStatus
    | OperationStatus
    | TargetQueue
    | Entries
    | Versions
    | Discovered
    | Health
    | Values
    | Explained
    | Reported
    | Noted
    | IncidentDone
    | AlertJoined
    | IncidentStatus
    | IncidentList
    | IncidentHelp
    | IncidentFormWanted
    | ChangeFormWanted
    | PreviewWanted
    | Done
    | Unchanged
    | FormWanted
    | DetailsWanted
    | ReviewWanted
    | Denied
)
