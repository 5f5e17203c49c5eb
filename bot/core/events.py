"""Events: what happened to an operation. The journal keeps them in order, for ever."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from bot.core.codes import Kept, KeptIfAny
from bot.core.errors import Verdict
from bot.core.expectation import Estimate
from bot.core.operation import Awaited, RecoveryOption, TaskLine
from bot.core.plan import Plan, PlannedStep
from bot.core.records import SLIPWAY, Moment, OperationId, Record, Urgency, UserId


class _Event(Record):
    card: ClassVar[Urgency] = "notable"  # how soon a card shows it
    reply: ClassVar[Urgency | None] = "notable"  # how soon the thread tells it; None: never

    at: Moment
    by: UserId = SLIPWAY


class Requested(_Event):
    """Somebody asked for it; always the first event."""

    reply: ClassVar[Urgency | None] = None

    kind: Literal["requested"] = "requested"


class Planned(_Event):
    """The live state was read and the plan made; the gate can be decided from now on."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = None

    kind: Literal["planned"] = "planned"
    plan: Plan


class PlanRefused(_Event):
    """No plan can be made: no change, no such revision, target unknown to the cloud."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["plan_refused"] = "plan_refused"
    code: str
    reason: Kept


class AnswerAwaited(_Event):
    """The live state, or who may, cannot be read: it is tried again and again, and said once."""

    reply: ClassVar[Urgency | None] = None

    kind: Literal["answer_awaited"] = "answer_awaited"
    awaited: Awaited


class HeldBack(_Event):
    """A lock, a freeze or a halt keeps the next permit back: said once for each reason."""

    card: ClassVar[Urgency] = "decisive"

    kind: Literal["held_back"] = "held_back"
    reason: Kept


class ApprovalGiven(_Event):
    """One entitled person approved this digest."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["approval_given"] = "approval_given"
    digest: str
    gates: tuple[str, ...] = ()  # those of several that the person could open
    behalf: UserId | None = None  # by whose right, where that is not one's own
    is_escalated: bool = False  # by a right that began when the time grew short


class ApprovalReminded(_Event):
    """The time to approve grows short: whoever can is called once more, and others as well."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["approval_reminded"] = "approval_reminded"
    who: tuple[str, ...] = ()  # ids of the people and groups that can open what is closed
    escalated: tuple[str, ...] = ()  # those of them who could not before
    missing: int
    until: Moment


class Reviewed(_Event):
    """Somebody said whether it was right to break the glass."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["reviewed"] = "reviewed"
    verdict: Literal["justified", "not_justified"]
    note: str = ""


class ReviewReminded(_Event):
    """The review of a broken glass is not there yet."""

    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["review_reminded"] = "review_reminded"
    who: tuple[str, ...] = ()  # ids of the people and groups that can review it
    due: Moment


class ApprovalsVoided(_Event):
    """What was approved is not what would happen now; `plan` is what would."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["approvals_voided"] = "approvals_voided"
    plan: Plan
    reason: Kept


class ApprovalRefused(_Event):
    """One entitled person said no."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["approval_refused"] = "approval_refused"
    reason: str


class ApprovalLapsed(_Event):
    """Nobody decided in time."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["approval_lapsed"] = "approval_lapsed"


class Withdrawn(_Event):
    """A person cancelled it, or a right that it stood on is gone."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["withdrawn"] = "withdrawn"
    reason: KeptIfAny = None


class TurnCame(_Event):
    """It has its target now, and is planned: by itself, or because its requester started it."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["turn_came"] = "turn_came"


class TurnOffered(_Event):
    """It has its target now, and waited for long: until `until` its requester may start it."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["turn_offered"] = "turn_offered"
    until: Moment


class TurnLapsed(_Event):
    """Its requester did not start it in time."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["turn_lapsed"] = "turn_lapsed"


class SteppedAside(_Event):
    """It lets a rollback go first: its plan and its approvals are void, and it is next after it."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["stepped_aside"] = "stepped_aside"
    rollback: OperationId
    place: int


class PlanExtended(_Event):
    """Before step `step` can be sent, `steps` have to be done; they take its place."""

    kind: Literal["plan_extended"] = "plan_extended"
    step: int
    steps: tuple[PlannedStep, ...] = Field(min_length=1)
    reason: Kept


class PermitGranted(_Event):
    """The right to send this step's mutating call once; on disk before the first byte leaves."""

    reply: ClassVar[Urgency | None] = None

    kind: Literal["permit_granted"] = "permit_granted"
    step: int
    attempt: int
    expected: Estimate | None = None  # of the first permit: how long it all usually takes


class NotAccepted(_Event):
    """Proof that the attempt was not accepted: the next one may be permitted at `retry_at`."""

    kind: Literal["not_accepted"] = "not_accepted"
    step: int
    attempt: int
    reason: Kept
    retry_at: Moment
    verdict: Verdict | None = None  # where an answer said it


class TaskAccepted(_Event):
    """The API took the call and named its remote task."""

    kind: Literal["task_accepted"] = "task_accepted"
    step: int
    attempt: int
    task: str
    request_id: str = ""
    detail: KeptIfAny = None


class CallRefused(_Event):
    """The API declined the call, in its own words; nothing was executed."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["call_refused"] = "call_refused"
    step: int
    attempt: int
    code: str
    reason: Kept
    request_id: str = ""


class AnswerLost(_Event):
    """The call may have been executed: no usable answer came, or the worker died."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["answer_lost"] = "answer_lost"
    step: int
    attempt: int
    reason: Kept
    sent_at: Moment
    request_id: str = ""
    decide_after: Moment


class TaskAdopted(_Event):
    """Reading found the remote task that the lost call had started."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["task_adopted"] = "task_adopted"
    step: int
    task: str
    evidence: Kept


class SettleTimePassed(_Event):
    """Reading found nothing even after the settle time: people may decide now."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["settle_time_passed"] = "settle_time_passed"
    reason: Kept  # what reading showed


class NotExecutedSaid(_Event):
    """One of the people that it takes said, after the settle time, that the call had no effect."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["not_executed_said"] = "not_executed_said"
    said: int  # how many have said it by now
    needed: int


class NotExecuted(_Event):
    """A person decided, after the settle time, that the lost call had no effect."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["not_executed"] = "not_executed"


class ExecutedSaid(_Event):
    """One of the people that it takes said, after the settle time, that the call took effect."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["executed_said"] = "executed_said"
    said: int  # how many have said it by now
    needed: int


class Executed(_Event):
    """A person decided, after the settle time, that the lost call took effect, and all is done."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["executed"] = "executed"


class ExecutedLate(_Event):
    """Reading found a remote task of the call that people had said was not executed."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["executed_late"] = "executed_late"
    step: int
    task: str
    evidence: Kept


class TaskSeen(_Event):
    """The remote task shows something new; `note` warns about what nobody listed."""

    card: ClassVar[Urgency] = "progress"
    reply: ClassVar[Urgency | None] = None

    kind: Literal["task_seen"] = "task_seen"
    step: int
    detail: Kept
    tasks: tuple[TaskLine, ...] = ()
    note: KeptIfAny = None
    quarter: int = 0  # which the step has passed, where the thread tells it: 25, 50 or 75


class TaskWaits(_Event):
    """The remote task goes on only when somebody says how."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["task_waits"] = "task_waits"
    step: int
    detail: Kept
    tasks: tuple[TaskLine, ...] = ()
    ways: tuple[RecoveryOption, ...] = Field(min_length=1)


class DecisionAwaited(_Event):
    """The remote task has waited for people for long: they are reminded."""

    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["decision_awaited"] = "decision_awaited"
    step: int
    since: Moment


class StepAdded(_Event):
    """A person said how the remote task goes on: what it did so far is done, a step follows."""

    kind: Literal["step_added"] = "step_added"
    step: int
    option: str
    label: KeptIfAny = None  # what the option is called
    reason: str = ""


class TakenBack(_Event):
    """A person takes back what the remote task did so far: a rollback of its own follows."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["taken_back"] = "taken_back"
    step: int


class RanLate(_Event):
    """It runs longer than hardly any other did: said once."""

    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["ran_late"] = "ran_late"
    step: int
    usual: Estimate


class SeemedStuck(_Event):
    """It runs longer than all others did, and nothing has moved for long: said once."""

    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["seemed_stuck"] = "seemed_stuck"
    step: int
    usual: Estimate
    moved_at: Moment  # when something happened last


class StepSucceeded(_Event):
    """The API said that the remote task succeeded."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["step_succeeded"] = "step_succeeded"
    step: int
    detail: KeptIfAny = None
    tasks: tuple[TaskLine, ...] = ()


class StepFailed(_Event):
    """The API said that the remote task failed."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["step_failed"] = "step_failed"
    step: int
    reason: Kept
    tasks: tuple[TaskLine, ...] = ()
    ways: tuple[RecoveryOption, ...] = ()


class WatchStalled(_Event):
    """The deadline passed, the remote task vanished, or it may no longer be read."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["watch_stalled"] = "watch_stalled"
    step: int
    reason: Kept


class RollbackHeld(_Event):
    """Somebody said no to the rollback that would have followed the failure by itself."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["rollback_held"] = "rollback_held"


class RollbackBegun(_Event):
    """Nobody said no: Slipway rolls back what failed, by an operation of its own."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["rollback_begun"] = "rollback_begun"
    rollback: OperationId


class RollbackForgone(_Event):
    """Nobody said no, and yet Slipway may not roll it back by itself: people decide."""

    card: ClassVar[Urgency] = "decisive"
    reply: ClassVar[Urgency | None] = "decisive"

    kind: Literal["rollback_forgone"] = "rollback_forgone"
    reason: Kept
    is_moot: bool = False  # people have acted on the failure already: nobody is told


class WaitExtended(_Event):
    """A person decided to keep waiting for the remote task."""

    kind: Literal["wait_extended"] = "wait_extended"
    extra: timedelta


Event: TypeAlias = Annotated[
    Requested
    | Planned
    | PlanRefused
    | AnswerAwaited
    | HeldBack
    | ApprovalGiven
    | ApprovalReminded
    | Reviewed
    | ReviewReminded
    | ApprovalsVoided
    | ApprovalRefused
    | ApprovalLapsed
    | Withdrawn
    | TurnCame
    | TurnOffered
    | TurnLapsed
    | SteppedAside
    | PlanExtended
    | PermitGranted
    | NotAccepted
    | TaskAccepted
    | CallRefused
    | AnswerLost
    | TaskAdopted
    | SettleTimePassed
    | NotExecutedSaid
    | NotExecuted
    | ExecutedSaid
    | Executed
    | ExecutedLate
    | TaskSeen
    | TaskWaits
    | DecisionAwaited
    | StepAdded
    | TakenBack
    | StepSucceeded
    | StepFailed
    | WatchStalled
    | WaitExtended
    | RanLate
    | SeemedStuck
    | RollbackHeld
    | RollbackBegun
    | RollbackForgone,
    Field(discriminator="kind"),
]
