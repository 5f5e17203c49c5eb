"""Operations in every phase, brought there by the real transitions; events of every kind."""

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.core import events as ev
from bot.core.estimates import Estimate
from bot.core.events import Event
from bot.core.lifecycle import begun, transition
from bot.core.operation import (
    Awaited,
    AwaitingApproval,
    BreakGlass,
    Operation,
    Passed,
    Queued,
    RecoveryOption,
    TaskLine,
    Waiting,
)
from bot.core.plan import Change, Observation, Plan, PlanDraft, PlannedStep
from bot.core.policy import Policy
from bot.core.queue import Line, Spot
from bot.core.records import Parameters
from bot.core.rules import Abilities, Facts, Newest
from bot.core.rules.lock import LockedByPerson
from bot.core.target import Target
from bot.core.verbs import offers
from bot.views.buttons import CardFacts
from bot.views.words import Locale
from tests.core.builders import foreign

NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EN: Final = Locale()
ANN, SUE, TOM = "U0ANN", "U0SUE", "U0TOM"
FACTS: Final = CardFacts(
    now=NOON + timedelta(minutes=3),
    usual=Estimate(p50=40.0, p90=240.0, last=30.0, samples=9),
    title="ServiceStage v3 component",
    may_decide=("S0SRE", "U0SUE"),
    names={"U0ANN": "Ann", "U0SUE": "Sue"},
)
DRAFT: Final = PlanDraft(
    observed=Observation(revision="1.3.0", status="RUNNING"),
    steps=(PlannedStep(name="precheck"), PlannedStep(name="deploy")),
    before="1.3.0",
    after="1.4.0",
    changes=(Change(name="image", before="shop/checkout:1.3.0", after="shop/checkout:1.4.0"),),
)
PLAN: Final = Plan(
    target="checkout",
    action="deploy",
    parameters=Parameters(version="1.4.0"),
    policy_version="0123456789abcdef",
)
MADE: Final = PLAN.made(DRAFT)
REQUESTED: Final = begun(
    Operation(
        id="op-0123456789",
        target="checkout",
        system="servicestage-v3",
        connection="huawei",
        action="deploy",
        parameters=PLAN.parameters,
        policy="prod",
        requester=ANN,
        channel="C0DEPLOYS",
        reason="totals were wrong",
        created_at=NOON,
        plan=PLAN,
        phase=AwaitingApproval(expires_at=NOON + timedelta(hours=1)),
        approvals_needed=1,
        approval_window=timedelta(hours=1),
        deadline=timedelta(hours=2),
    )
).operation
TARGET: Final = Target(
    name="checkout",
    system="servicestage-v3",
    connection="huawei",
    channel="C0DEPLOYS",
    policy="prod",
    aliases=("co",),
)
KNOWN: Final = Facts(
    now=FACTS.now,
    policy=Policy(name="prod", request=(ANN,), approve=("S0SRE", SUE)),
    target=TARGET,
    abilities=Abilities(
        title=FACTS.title, actions=frozenset({"deploy", "rollback"}), takes_values=True
    ),
)


def offering(operation: Operation, facts: CardFacts = FACTS, **known: object) -> CardFacts:
    """Return *facts* with what the rules offer about *operation*; *known*: what they know else."""
    newest = Newest(id=operation.id, is_open=not operation.is_final)
    rules = KNOWN.model_copy(update={"now": facts.now, "newest": newest, **known})
    return facts.model_copy(
        update={
            "offers": offers(operation, rules),
            "rolled_back_by": rules.rolled_back_by,
            "gone_on_with": rules.continued_by,
        }
    )


ROWS: Final = (
    TaskLine(name="Pull image", status="SUCCEEDED", state="done"),
    TaskLine(name="Roll out", status="RUNNING", detail="1 of 2 pods ready", state="running"),
    TaskLine(name="Check", status="INIT", state="pending"),
)
BROKEN_ROWS: Final = (
    ROWS[0],
    TaskLine(name="Roll out", status="FAILED", detail="pod crashed", state="failed"),
)


def at(seconds: float) -> datetime:
    """Return the moment so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


PLANNED: Final = ev.Planned(at=at(2), plan=MADE)
AWAITED: Final = ev.AnswerAwaited(
    at=at(31),
    awaited=Awaited(since=NOON, connection="huawei", reason=foreign("HTTP 503: <b>down</b>")),
)
HELD_BACK: Final = ev.HeldBack(
    at=at(45),
    reason=LockedByPerson(by=SUE, since=NOON, words="<b>Black Friday</b>").reason,
)
ASIDE: Final = ev.SteppedAside(at=at(31), by=SUE, rollback="op-9876543210", place=0)
OFFERED: Final = ev.TurnOffered(at=at(900), until=at(1_500))
CAME: Final = ev.TurnCame(at=at(120))
LAPSED: Final = ev.TurnLapsed(at=at(1_500))
APPROVED: Final = ev.ApprovalGiven(at=at(30), by=SUE, digest=MADE.digest)
PERMIT: Final = ev.PermitGranted(at=at(40), step=0, attempt=1)
ACCEPTED: Final = ev.TaskAccepted(
    at=at(41), step=0, attempt=1, task="JOB-1", request_id="req-1", detail=foreign("two instances")
)
PRECHECKED: Final = ev.StepSucceeded(at=at(60), step=0)
SECOND_PERMIT: Final = ev.PermitGranted(at=at(61), step=1, attempt=1)
SECOND_ACCEPTED: Final = ev.TaskAccepted(at=at(62), step=1, attempt=1, task="JOB-2")
SEEN: Final = ev.TaskSeen(
    at=at(80), step=1, detail=foreign("rolling"), tasks=ROWS, note=foreign("status 'ODD'")
)
LOST: Final = ev.AnswerLost(
    at=at(71),
    step=1,
    attempt=1,
    reason=foreign("no answer within 10 s"),
    sent_at=at(61),
    request_id="req-2",
    decide_after=at(961),
)
STALLED: Final = ev.WatchStalled(at=at(7_240), step=1, reason=foreign("no end within 2 h"))
USUAL: Final = Estimate(p50=40.0, p90=60.0, p95=65.0, p99=70.0, last=30.0, samples=9)
EXPECTED: Final = PERMIT.model_copy(update={"expected": USUAL})
LATE: Final = ev.RanLate(at=at(120), step=1, usual=USUAL)
STUCK: Final = ev.SeemedStuck(at=at(200), step=1, usual=USUAL, moved_at=at(80))
AWAITING: Final = ev.DecisionAwaited(at=at(1_900), step=0, since=at(58))
SUCCESS: Final = ev.StepSucceeded(at=at(112), step=1)
FAILURE: Final = ev.StepFailed(at=at(112), step=1, reason=foreign("pods crash"), tasks=BROKEN_ROWS)
STOPPED: Final = ev.RollbackHeld(at=at(130), by=SUE)
BEGUN: Final = ev.RollbackBegun(at=at(172), rollback="op-9876543210")
FORGONE: Final = ev.RollbackForgone(at=at(172), reason=HELD_BACK.reason)
RETRY: Final = RecoveryOption(
    name="retry", label=foreign("Retry"), explanation=foreign("the upgrade is tried once more")
)
SKIP: Final = RecoveryOption(
    name="skip",
    label=foreign("Skip 2 risks"),
    explanation=foreign("disk usage on node-1 and node-2 is not looked at"),
    items=("disk:node-1,node-2",),
    wants_reason=True,
)
ABANDON: Final = RecoveryOption(
    name="cancel",
    label=foreign("Cancel"),
    explanation=foreign("the workflow ends, nodes stay mixed"),
    is_dangerous=True,
)
FINDINGS: Final = (
    TaskLine(name="node-1: disk usage", status="Risk", detail="85 % of /var is in use"),
    TaskLine(name="kernel", status="Success", state="done"),
    TaskLine(name="node-2: disk usage", status="Risk"),
    TaskLine(name="node-3: kubelet", status="Failed", detail="no answer <in> 5 s", state="failed"),
    TaskLine(name="add-ons", status="Init", state="pending"),
)
WITH_WAYS: Final = ev.StepFailed(
    at=at(112), step=1, reason=foreign("two risks"), tasks=FINDINGS, ways=(RETRY, SKIP, ABANDON)
)
EXTENDED: Final = ev.PlanExtended(
    at=at(61),
    step=1,
    steps=(PlannedStep(name="precheck"),),
    reason=foreign("the precheck has expired"),
)
CALL_REFUSED: Final = ev.CallRefused(
    at=at(42),
    step=0,
    attempt=1,
    code="SVCSTG.00100401",
    reason=foreign("quota <full>"),
    request_id="req-9",
)

NEXT: Final = RecoveryOption(
    name="continue_deploy",
    label=foreign("Next batch"),
    explanation=foreign("the next batch comes out"),
    step=PlannedStep(name="continue_deploy"),
)
WAITS: Final = ev.TaskWaits(
    at=at(58), step=0, detail=foreign("one of two batches is out"), ways=(NEXT,)
)
GONE_ON: Final = ev.StepAdded(
    at=at(75), by=SUE, step=0, option="continue_deploy", label=foreign("Next batch")
)
BACK: Final = ev.TakenBack(at=at(75), by=SUE, step=0)

_TO_SECOND = (PLANNED, APPROVED, PERMIT, ACCEPTED, PRECHECKED, SECOND_PERMIT)
_TIMED = (PLANNED, APPROVED, EXPECTED, ACCEPTED, PRECHECKED, SECOND_PERMIT, SECOND_ACCEPTED, SEEN)
_WATCHED = (*_TO_SECOND, SECOND_ACCEPTED, SEEN)
STORIES: Final[dict[str, tuple[Event, ...]]] = {
    "requested": (),
    "awaiting_the_cloud": (AWAITED,),
    "held_back": (PLANNED, APPROVED, HELD_BACK),
    "stepped_aside": (PLANNED, ASIDE),
    "turn_offered": (PLANNED, ASIDE, OFFERED),
    "turn_came": (PLANNED, ASIDE, CAME),
    "turn_lapsed": (PLANNED, ASIDE, OFFERED, LAPSED),
    "awaiting_approval": (PLANNED,),
    "queued": (PLANNED, APPROVED),
    "submitting": (PLANNED, APPROVED, PERMIT),
    "watching_first": (PLANNED, APPROVED, PERMIT, ACCEPTED),
    "ready_for_second": (PLANNED, APPROVED, PERMIT, ACCEPTED, PRECHECKED),
    "watching": _WATCHED,
    "timed": _TIMED,
    "late": (*_TIMED, LATE),
    "stuck": (*_TIMED, LATE, STUCK),
    "waiting": (PLANNED, APPROVED, PERMIT, ACCEPTED, WAITS),
    "gone_on": (PLANNED, APPROVED, PERMIT, ACCEPTED, WAITS, GONE_ON),
    "taken_back": (PLANNED, APPROVED, PERMIT, ACCEPTED, WAITS, BACK),
    "uncertain": (*_TO_SECOND, LOST),
    "stalled": (*_WATCHED, STALLED),
    "succeeded": (*_WATCHED, SUCCESS),
    "failed": (*_WATCHED, FAILURE),
    "failed_with_ways": (*_WATCHED, WITH_WAYS),
    "extended": (PLANNED, APPROVED, PERMIT, ACCEPTED, PRECHECKED, EXTENDED),
    "call_refused": (PLANNED, APPROVED, PERMIT, CALL_REFUSED),
    "not_executed": (*_TO_SECOND, LOST, ev.NotExecuted(at=at(1_000), by=SUE)),
    "executed": (*_TO_SECOND, LOST, ev.Executed(at=at(1_000), by=SUE)),
    "executed_late": (
        *_TO_SECOND,
        LOST,
        ev.NotExecuted(at=at(1_000), by=SUE),
        ev.ExecutedLate(
            at=at(1_300), step=1, task="JOB-2", evidence=foreign("started 1 s after the call")
        ),
    ),
    "plan_refused": (
        ev.PlanRefused(at=at(2), code="no_change", reason=foreign("1.4.0 runs already")),
    ),
    "rejected": (PLANNED, ev.ApprovalRefused(at=at(30), by=SUE, reason="not on a Friday")),
    "expired": (PLANNED, ev.ApprovalLapsed(at=at(3_600))),
    "cancelled": (PLANNED, ev.Withdrawn(at=at(30), by=ANN, reason=foreign("changed my mind"))),
}


def after(operation: Operation, *events: Event) -> Operation:
    """Return what *events* make of *operation*."""
    for event in events:
        operation = transition(operation, event).operation
    return operation


def told(story: str) -> Operation:
    """Return the operation of one of the `STORIES`."""
    return after(REQUESTED, *STORIES[story])


def in_line() -> Operation:
    """Return an operation that waits for its turn."""
    return REQUESTED.model_copy(update={"phase": Waiting(since=NOON, place=2)})


def line_of(operation: Operation) -> Line:
    """Return a line in which *operation* is second, behind one that runs."""
    other = operation.model_copy(update={"id": "op-00000000zz"})
    spots = (
        Spot(operation=other, position=1, expected_start=at(300)),
        Spot(operation=operation, position=2, expected_start=at(900)),
    )
    return Line(holder=told("watching"), spots=spots)


def without_gate() -> Operation:
    """Return an operation that needs no approval and has no plan yet."""
    return REQUESTED.model_copy(update={"phase": Queued(), "approvals_needed": 0})


def counting() -> Operation:
    """Return an operation that failed, and is rolled back by itself in a minute."""
    asked = REQUESTED.model_copy(update={"rollback_after": timedelta(minutes=1)})
    return after(asked, *STORIES["failed"])


def broken() -> Operation:
    """Return an operation that succeeded behind a broken glass."""
    locked = LockedByPerson(by=SUE, since=NOON, words="stocktaking").reason
    glass = BreakGlass(due=at(86_400), passed=(Passed(rule="lock", why=locked),))
    changed = {"break_glass": glass, "reason": "checkout is down", "approvals": ()}
    return told("succeeded").model_copy(update=changed)


EVENTS: Final[dict[str, tuple[Operation, Event]]] = {
    "requested": (REQUESTED, ev.Requested(at=NOON, by=ANN)),
    "planned": (told("awaiting_approval"), PLANNED),
    "plan_refused": (told("plan_refused"), STORIES["plan_refused"][-1]),
    "answer_awaited": (told("awaiting_the_cloud"), AWAITED),
    "held_back": (told("held_back"), HELD_BACK),
    "turn_came": (told("turn_came"), CAME),
    "turn_offered": (told("turn_offered"), OFFERED),
    "turn_lapsed": (told("turn_lapsed"), LAPSED),
    "stepped_aside": (told("stepped_aside"), ASIDE),
    "approval_given": (told("queued"), APPROVED),
    "approval_reminded": (
        told("awaiting_approval"),
        ev.ApprovalReminded(
            at=at(2_700), who=("S0SRE",), escalated=("S0LEADS",), missing=1, until=at(3_600)
        ),
    ),
    "reviewed": (
        broken(),
        ev.Reviewed(at=at(9_000), by=SUE, verdict="justified", note="sales had stopped"),
    ),
    "review_reminded": (
        broken(),
        ev.ReviewReminded(at=at(14_400), who=("S0SRE",), due=at(86_400)),
    ),
    "approvals_voided": (
        told("awaiting_approval"),
        ev.ApprovalsVoided(at=at(50), plan=MADE, reason=foreign("1.3.1 runs now, not 1.3.0")),
    ),
    "approval_refused": (told("rejected"), STORIES["rejected"][-1]),
    "approval_lapsed": (told("expired"), STORIES["expired"][-1]),
    "withdrawn": (told("cancelled"), STORIES["cancelled"][-1]),
    "plan_extended": (told("extended"), EXTENDED),
    "permit_granted": (told("submitting"), PERMIT),
    "not_accepted": (
        told("watching"),
        ev.NotAccepted(
            at=at(62), step=1, attempt=1, reason=foreign("rate limited"), retry_at=at(90)
        ),
    ),
    "task_accepted": (told("watching"), ACCEPTED),
    "call_refused": (told("call_refused"), CALL_REFUSED),
    "answer_lost": (told("uncertain"), LOST),
    "task_adopted": (
        told("watching"),
        ev.TaskAdopted(
            at=at(90), step=1, task="JOB-2", evidence=foreign("started 1 s after the call")
        ),
    ),
    "settle_time_passed": (
        told("uncertain"),
        ev.SettleTimePassed(
            at=at(1_000), reason=foreign("the last job is the one before our call")
        ),
    ),
    "not_executed": (told("not_executed"), STORIES["not_executed"][-1]),
    "not_executed_said": (
        told("uncertain"),
        ev.NotExecutedSaid(at=at(1_000), by=SUE, said=1, needed=2),
    ),
    "executed": (told("executed"), STORIES["executed"][-1]),
    "executed_said": (
        told("uncertain"),
        ev.ExecutedSaid(at=at(1_000), by=SUE, said=1, needed=2),
    ),
    "executed_late": (told("executed_late"), STORIES["executed_late"][-1]),
    "task_seen": (told("watching"), SEEN),
    "task_waits": (told("waiting"), WAITS),
    "decision_awaited": (after(told("waiting"), AWAITING), AWAITING),
    "ran_late": (told("late"), LATE),
    "seemed_stuck": (told("stuck"), STUCK),
    "rollback_held": (after(counting(), STOPPED), STOPPED),
    "rollback_begun": (after(counting(), BEGUN), BEGUN),
    "rollback_forgone": (after(counting(), FORGONE), FORGONE),
    "step_added": (told("gone_on"), GONE_ON),
    "taken_back": (told("taken_back"), BACK),
    "step_succeeded": (told("succeeded"), SUCCESS),
    "step_failed": (told("failed"), FAILURE),
    "watch_stalled": (told("stalled"), STALLED),
    "wait_extended": (
        told("stalled"),
        ev.WaitExtended(at=at(7_300), by=SUE, extra=timedelta(minutes=30)),
    ),
}
