"""Operations: one requested change of one target, with its plan, its phase and its steps."""

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from bot.core.codes import Kept, KeptIfAny, Value
from bot.core.errors import Verdict
from bot.core.expectation import Expectation
from bot.core.plan import Plan, PlannedStep
from bot.core.records import (
    Action,
    ChannelId,
    IncidentId,
    Moment,
    OperationId,
    Parameters,
    Record,
    TargetName,
    UserId,
)


class Waiting(Record):
    """It stands in the line of its target, and is planned when its turn comes.

    Once `starts_by` is set it has the target, and its requester has until then to start it.
    """

    kind: Literal["waiting"] = "waiting"
    since: Moment  # since when it stands there
    place: int  # in the line: the lowest is next, rollbacks before all others
    behind: OperationId | None = None  # the rollback that it stepped aside for
    starts_by: Moment | None = None


class AwaitingApproval(Record):
    """People decide: the gate is closed until enough distinct ones approved."""

    kind: Literal["awaiting_approval"] = "awaiting_approval"
    expires_at: Moment
    reminded: int = 0  # how often people were reminded of it


class Queued(Record):
    """Nothing stands in its way; a worker will grant the first permit."""

    kind: Literal["queued"] = "queued"


class RecoveryOption(Record):
    """What people may do about a step that failed, or whose remote task waits for them.

    After a failure it begins an operation that follows this one; else it is a `step` of this one.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")  # comes back as `Parameters.way`: "retry"
    label: Kept  # on the button: "Skip 2 risks"
    explanation: Kept  # what it will do, for who presses it
    items: tuple[str, ...] = ()  # what it is about, in the system's words
    wants_reason: bool = False
    is_dangerous: bool = False
    step: PlannedStep | None = None  # what is sent for it while the operation runs


class Running(Record):
    """Step `step` (from 0) is ready to be sent, being sent, or being watched.

    `ways` are there while what is watched waits for people.
    """

    kind: Literal["running"] = "running"
    step: int
    stage: Literal["ready", "submitting", "watching"]
    ways: tuple[RecoveryOption, ...] = ()
    waits_since: Moment | None = None  # for people
    reminded: int = 0  # how often they were reminded of it


class Uncertain(Record):
    """A mutating call's answer was lost: it is read back, and never sent again."""

    kind: Literal["uncertain"] = "uncertain"
    step: int
    since: Moment
    sent_at: Moment
    reason: Kept
    request_id: str = ""
    decide_after: Moment  # from then on a person may say "not executed"
    is_settled: bool = False  # read once more after that, and nothing was found
    said: tuple[UserId, ...] = ()  # who said "not executed", where it takes several people
    said_executed: tuple[UserId, ...] = ()  # who said the opposite


class Stalled(Record):
    """The remote task gave no end in time, vanished or cannot be read: people decide."""

    kind: Literal["stalled"] = "stalled"
    step: int
    since: Moment
    reason: Kept


class Succeeded(Record):
    """The API said that the last step succeeded, or people did of a call whose answer was lost."""

    kind: Literal["succeeded"] = "succeeded"
    at: Moment
    said_by: tuple[UserId, ...] = ()  # whose word it is, where the API's was lost


class Countdown(Record):
    """Until when people may say no to the rollback that follows a failure by itself."""

    until: Moment
    held_by: UserId | None = None  # who said no
    reason: KeptIfAny = None  # why it was not begun all the same
    rollback: OperationId | None = None  # what was begun

    @property
    def is_running(self) -> bool:
        """Whether nothing has come of it yet."""
        return self.held_by is None and self.reason is None and self.rollback is None


class Failed(Record):
    """The API said no, or the plan could not be made; `code` is stable, `reason` is for people."""

    kind: Literal["failed"] = "failed"
    at: Moment
    code: str
    reason: Kept
    ways: tuple[RecoveryOption, ...] = ()
    doubt: Uncertain | None = None  # what people decided on, where they said "not executed"
    surfaced: str = ""  # the remote task that came to light all the same
    countdown: Countdown | None = None  # where a rollback follows by itself


class Rejected(Record):
    """A person said no at the gate."""

    kind: Literal["rejected"] = "rejected"
    at: Moment
    by: UserId
    reason: str


class Expired(Record):
    """Nobody decided in time."""

    kind: Literal["expired"] = "expired"
    at: Moment
    reason: KeptIfAny = None  # where it was no approval that was waited for


class Cancelled(Record):
    """Withdrawn before anything was sent."""

    kind: Literal["cancelled"] = "cancelled"
    at: Moment
    by: UserId
    reason: KeptIfAny = None


OpenPhase: TypeAlias = Waiting | AwaitingApproval | Queued | Running | Uncertain | Stalled
FinalPhase: TypeAlias = Succeeded | Failed | Rejected | Expired | Cancelled
Phase: TypeAlias = Annotated[OpenPhase | FinalPhase, Field(discriminator="kind")]


class Quorum(Record):
    """How many distinct people one gate of several wants."""

    gate: str
    needed: int


class Approval(Record):
    """One person's yes to one digest."""

    by: UserId
    at: Moment
    digest: str
    gates: tuple[str, ...] = ()  # those of several that the person could open
    behalf: UserId | None = None  # by whose right, where that is not one's own
    is_escalated: bool = False  # by a right that began when the time grew short


TaskState: TypeAlias = Literal["done", "failed", "running", "pending", "unknown"]


class TaskLine(Record):
    """One row of the remote task, in the vendor's words; its system says what they mean."""

    name: str
    status: str
    detail: str = ""
    state: TaskState = "unknown"


StepPhase: TypeAlias = Literal[
    "pending", "submitting", "watching", "succeeded", "failed", "uncertain", "stalled"
]


class Step(Record):
    """How far one planned step has come."""

    name: str
    phase: StepPhase = "pending"
    attempt: int = 0  # permits granted so far
    declined: tuple[Verdict, ...] = ()  # what the answers to earlier attempts proved
    remote_task: str | None = None
    request_id: str = ""
    started_at: Moment | None = None  # when its first permit was granted
    permitted_at: Moment | None = None  # when its last one was
    finished_at: Moment | None = None
    detail: KeptIfAny = None
    tasks: tuple[TaskLine, ...] = ()
    notes: tuple[Kept, ...] = ()  # what was warned about once: statuses that nobody listed
    quarter: int = 0  # that the thread was told of last
    quarter_at: Moment | None = None


def _raised(form: object) -> object:
    """Read formats 1 to 20, which lack fields that have defaults, and 22, which has no others."""
    return 21 if form in range(1, 23) else form


class Awaited(Record):
    """Whose usable answer is waited for before anything more can be sent."""

    since: Moment
    connection: str = ""  # whose cloud; "": it is Slack
    reason: KeptIfAny = None


class Hold(Record):
    """What keeps the next permit back: a lock, a freeze or a halt."""

    since: Moment
    reason: Kept


class Passed(Record):
    """What a rule said that break-glass does not heed."""

    rule: str
    why: Kept


class Review(Record):
    """What somebody else thinks of it afterwards that the glass was broken."""

    by: UserId
    at: Moment
    verdict: Literal["justified", "not_justified"]
    note: str = ""


class BreakGlass(Record):
    """The requester broke the glass: approvals, locks of people and freezes do not hold it."""

    due: Moment  # when its review has to be there
    passed: tuple[Passed, ...] = ()  # what stood in its way when it was asked for
    reminded: int = 0  # how often people were reminded of the review
    review: Review | None = None


class Operation(Record):
    """One requested change of one target.

    `format` is the lowest number of those that read it: while hosts are upgraded one after the
    other, the release before works with what this one records, wherever nothing new is in it.
    `sequence` counts the events so far; it is the version that optimistic concurrency checks.
    """

    format: Annotated[Literal[21], BeforeValidator(_raised)] = 21
    id: OperationId
    target: TargetName
    system: str
    connection: str
    action: Action
    parameters: Parameters
    policy: str
    requester: UserId
    channel: ChannelId  # where its card stands
    reason: str = ""
    created_at: Moment
    rollback_of: OperationId | None = None
    follows: OperationId | None = None  # the failed one that it goes on with
    incident: IncidentId | None = None  # whose freeze it passes: a mend
    plan: Plan
    phase: Phase
    steps: tuple[Step, ...] = ()
    approvals: tuple[Approval, ...] = ()
    approvals_needed: int = 0  # at all gates together
    gates: tuple[Quorum, ...] = ()  # where there are several
    irreversible_approvals: int = 0  # at least, where the plan says that nothing undoes it
    rollback_after: timedelta | None = None  # a failure, where people do not say no till then
    approval_window: timedelta  # how long a gate stays open
    break_glass: BreakGlass | None = None
    round: int = 1  # rises when approvals are voided, and with each step that people add
    detours: int = 0  # how often steps were put in before one that was not sent yet
    deadline: timedelta  # from the first permit until `stalled`
    deadline_at: Moment | None = None
    awaits: Awaited | None = None  # until anything else happens
    held: Hold | None = None  # likewise; while it lasts, no deadline passes
    expected: Expectation | None = None  # of its time, from the first permit on
    sequence: int = 0

    def is_overdue(self, now: Moment) -> bool:
        """Return whether its deadline has passed; time in which it was held does not count."""
        if self.deadline_at is None:
            return False
        held = now - self.held.since if self.held else timedelta()
        return now - held >= self.deadline_at

    def is_late(self, now: Moment) -> bool:
        """Return whether it runs longer than hardly any other did; nobody is late for people."""
        return self._is_timed and self.expected is not None and self.expected.is_late(now)

    def is_stuck(self, now: Moment) -> bool:
        """Return whether it runs longer than all others did, and nothing moves."""
        return self._is_timed and self.expected is not None and self.expected.is_stuck(now)

    @property
    def _is_timed(self) -> bool:
        return isinstance(self.phase, Running) and not self.phase.ways and self.held is None

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen to it any more."""
        return isinstance(self.phase, Succeeded | Failed | Rejected | Expired | Cancelled)

    @property
    def is_in_line(self) -> bool:
        """Whether it waits for its turn: until that comes it does not have its target."""
        return isinstance(self.phase, Waiting) and self.phase.starts_by is None

    @property
    def has_target(self) -> bool:
        """Whether nobody else may change its target now."""
        return not (self.is_final or self.is_in_line)

    @property
    def finished_at(self) -> Moment | None:
        """When the final phase began, if it did."""
        if isinstance(self.phase, Succeeded | Failed | Rejected | Expired | Cancelled):
            return self.phase.at
        return None

    @property
    def revision_before(self) -> str | None:
        """What ran well before it and does not run now, where that is known."""
        before = self.plan.observed.revision if self.plan.observed else None
        if self.plan.way_back is not None:
            before = self.plan.way_back.revision
        if isinstance(self.phase, Succeeded):
            runs_now = {self.plan.after, self.parameters.version, self.parameters.revision}
            if before in runs_now:
                return None
        return before or None

    @property
    def version_before(self) -> Value:
        """The same as people name it."""
        way = self.plan.way_back
        if way is None:
            return self.plan.before or self.revision_before or ""
        return way.version or way.revision

    def option(self, name: str) -> RecoveryOption | None:
        """Return the recovery option of this name, where it is offered now."""
        return next((each for each in self.ways if each.name == name), None)

    @property
    def ways(self) -> tuple[RecoveryOption, ...]:
        """What people may choose from now."""
        return self.phase.ways if isinstance(self.phase, Running | Failed) else ()

    @property
    def waits_for_people(self) -> bool:
        """Whether its remote task goes on only when somebody says how."""
        return isinstance(self.phase, Running) and bool(self.phase.ways)

    @property
    def present_step(self) -> int:
        """The step that it is at; 0 where none is under way."""
        return self.phase.step if isinstance(self.phase, Running | Uncertain | Stalled) else 0

    @property
    def deciders(self) -> int:
        """How many people it takes to say whether a lost call was executed."""
        return max(1, self.approvals_needed)

    @property
    def needs_review(self) -> bool:
        """Whether somebody has to review it: not where it ended before anything was sent."""
        is_open = self.break_glass is not None and self.break_glass.review is None
        return is_open and (self.was_sent or not self.is_final)

    @property
    def changed_what_runs(self) -> bool:
        """Whether it ended after its API took a call that replaces what runs."""
        is_by_word = isinstance(self.phase, Succeeded) and bool(self.phase.said_by)
        return (
            isinstance(self.phase, Succeeded | Failed)
            and (is_by_word or any(step.remote_task for step in self.steps))
            and self.action in {"deploy", "rollback"}
        )

    @property
    def countdown(self) -> Countdown | None:
        """Until when people may say no to its rollback, while that is so."""
        found = self.phase.countdown if isinstance(self.phase, Failed) else None
        return found if found and found.is_running else None

    @property
    def was_sent(self) -> bool:
        """Whether a permit was ever granted: something may have reached the cloud."""
        return any(step.attempt for step in self.steps)
