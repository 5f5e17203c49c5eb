"""Operations at every place of their life, events that fit them, people and policies.

The operations and events themselves are those of `tests.journal.builders`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, get_args

from pydantic import BaseModel, TypeAdapter

from bot.core import events as ev
from bot.core.codes import Legacy, Reason
from bot.core.estimates import Estimate
from bot.core.events import Event
from bot.core.lifecycle import transition
from bot.core.operation import BreakGlass, Operation, Queued, RecoveryOption, Waiting
from bot.core.plan import Observation, Plan, PlannedStep
from bot.core.policy import Member, Policy
from tests.journal.builders import (
    ANN,
    BOB,
    HOUR,
    NOON,
    SECOND,
    accepted,
    an_id,
    an_operation,
    permitted,
    planned,
    succeeded,
)

TEAM: Final = "T0SLIPWAY"
STEPS: Final = 2  # of every planned operation here


def foreign(words: str) -> Reason:
    """Return a reason in somebody else's words, as journals of older versions hold them."""
    return Legacy(words=words).reason


def a_plan(operation: Operation, revision: str = "1.3.0") -> Plan:
    """Return the plan as it is made where *revision* runs."""
    made = planned(operation, steps=STEPS).plan
    return made.model_copy(update={"observed": Observation(revision=revision)})


def led(operation: Operation, *events: Event) -> Operation:
    """Return what *events* make of *operation*."""
    for event in events:
        operation = transition(operation, event).operation
    return operation


def _asked() -> Operation:
    return an_operation()


def _planned() -> Operation:
    return led(_asked(), ev.Planned(at=NOON, plan=a_plan(_asked())))


def _queued() -> Operation:
    operation = _planned()
    return led(operation, ev.ApprovalGiven(at=NOON, by=BOB, digest=operation.plan.digest))


def _lost(operation: Operation) -> Event:
    return fitting("answer_lost", operation)


def _uncertain() -> Operation:
    sent = led(_queued(), permitted())
    return led(sent, _lost(sent))


def _uncertain_at_the_last() -> Operation:
    sent = led(led(_queued(), permitted(), accepted(), succeeded()), permitted(step=1))
    return led(sent, _lost(sent))


def _at_the_last_step() -> Operation:
    first = led(_queued(), permitted(), accepted(), succeeded())
    return led(first, permitted(step=1), accepted(step=1))


def _waiting() -> Operation:
    watched = led(_queued(), permitted(), accepted())
    return led(watched, fitting("task_waits", watched))


ON: Final = RecoveryOption(
    name="on",
    label=foreign("Next"),
    explanation=foreign("the next batch"),
    step=PlannedStep(name="more", parameters={"batch": 2}),
)
USUAL: Final = Estimate(p50=60.0, p90=90.0, p95=100.0, p99=120.0, last=50.0, samples=9)


def _in_line() -> Operation:
    return an_operation(phase=Waiting(since=NOON, place=2))


PLACES: Final[dict[str, Callable[[], Operation]]] = {
    "in line": _in_line,
    "offered": lambda: led(_in_line(), fitting("turn_offered", _in_line())),
    "asked": _asked,
    "asked, no gate": lambda: an_operation(phase=Queued(), approvals_needed=0),
    "planned": _planned,
    "queued": _queued,
    "submitting": lambda: led(_queued(), permitted()),
    "postponed": lambda: led(
        _queued(),
        permitted(),
        ev.NotAccepted(at=NOON, step=0, attempt=1, reason=foreign("busy"), retry_at=NOON + SECOND),
    ),
    "watching": lambda: led(_queued(), permitted(expected=USUAL), accepted()),
    "ready for the last": lambda: led(_queued(), permitted(), accepted(), succeeded()),
    "watching the last": _at_the_last_step,
    "uncertain": _uncertain,
    "uncertain for two": lambda: _uncertain().model_copy(update={"approvals_needed": 2}),
    "uncertain at the last": _uncertain_at_the_last,
    "uncertain at the last, for two": lambda: _uncertain_at_the_last().model_copy(
        update={"approvals_needed": 2}
    ),
    "not executed": lambda: led(_uncertain(), ev.NotExecuted(at=NOON + HOUR, by=BOB)),
    "waiting": _waiting,
    "stalled": lambda: led(
        _queued(), permitted(), accepted(), ev.WatchStalled(at=NOON, step=0, reason=foreign("late"))
    ),
    "succeeded": lambda: led(_at_the_last_step(), succeeded(step=1)),
    "glass broken": lambda: led(_at_the_last_step(), succeeded(step=1)).model_copy(
        update={"break_glass": BreakGlass(due=NOON + 24 * HOUR)}
    ),
    "failed": lambda: led(
        _at_the_last_step(), ev.StepFailed(at=NOON, step=1, reason=foreign("crash"))
    ),
    "counting": lambda: led(
        _at_the_last_step().model_copy(update={"rollback_after": HOUR}),
        ev.StepFailed(at=NOON, step=1, reason=foreign("crash")),
    ),
    "rejected": lambda: led(_planned(), ev.ApprovalRefused(at=NOON, by=BOB, reason="no")),
    "expired": lambda: led(_planned(), ev.ApprovalLapsed(at=NOON + HOUR)),
    "cancelled": lambda: led(_planned(), ev.Withdrawn(at=NOON, by=ANN)),
}


_OWN: Final[dict[str, dict[str, Any]]] = {  # what each kind has beyond step and attempt
    "requested": {"by": ANN},
    "planned": {},
    "plan_refused": {"code": "no_change", "reason": "it runs"},
    "held_back": {"reason": "frozen"},
    "answer_awaited": {"awaited": {"since": NOON, "connection": "huawei", "reason": "HTTP 503"}},
    "approval_given": {"by": BOB},
    "approval_reminded": {"at": NOON + HOUR / 2, "missing": 1, "until": NOON + HOUR},
    "reviewed": {"by": BOB, "verdict": "justified"},
    "review_reminded": {"at": NOON + 4 * HOUR, "due": NOON + 24 * HOUR},
    "approvals_voided": {"reason": "1.3.1 runs"},
    "approval_refused": {"by": BOB, "reason": "no"},
    "approval_lapsed": {"at": NOON + HOUR},
    "withdrawn": {"by": ANN},
    "turn_came": {},
    "turn_offered": {"until": NOON + HOUR},
    "turn_lapsed": {"at": NOON + HOUR},
    "stepped_aside": {"by": BOB, "rollback": an_id(9), "place": 0},
    "plan_extended": {"steps": (PlannedStep(name="again"),), "reason": "it has expired"},
    "permit_granted": {},
    "not_accepted": {"reason": "busy", "retry_at": NOON + SECOND},
    "task_accepted": {"task": "job-1"},
    "call_refused": {"code": "E1", "reason": "quota"},
    "answer_lost": {"reason": "silence", "sent_at": NOON, "decide_after": NOON + HOUR},
    "task_adopted": {"task": "job-1", "evidence": "same time"},
    "settle_time_passed": {"at": NOON + HOUR, "reason": "nothing is new there"},
    "not_executed_said": {"at": NOON + HOUR, "by": BOB, "said": 1, "needed": 2},
    "not_executed": {"at": NOON + HOUR, "by": BOB},
    "executed_said": {"at": NOON + HOUR, "by": BOB, "said": 1, "needed": 2},
    "executed": {"at": NOON + HOUR, "by": BOB},
    "executed_late": {"at": NOON + 2 * HOUR, "task": "job-1", "evidence": "same time"},
    "task_seen": {"detail": "rolling"},
    "step_succeeded": {},
    "step_failed": {"reason": "crash"},
    "task_waits": {"detail": foreign("a batch is out"), "ways": (ON,)},
    "step_added": {"by": ANN, "option": "on", "label": foreign("Next")},
    "taken_back": {"by": BOB},
    "decision_awaited": {"since": NOON},
    "ran_late": {"usual": USUAL},
    "seemed_stuck": {"usual": USUAL, "moved_at": NOON},
    "watch_stalled": {"reason": "late"},
    "rollback_held": {"by": BOB},
    "rollback_begun": {"at": NOON + HOUR, "rollback": an_id(9)},
    "rollback_forgone": {"at": NOON + HOUR, "reason": foreign("it is locked")},
    "wait_extended": {"by": BOB, "extra": timedelta(minutes=30)},
}
_EVENT: Final[TypeAdapter[Event]] = TypeAdapter(Event)
_UNION, _ = get_args(Event)
_KIND: Final[dict[str, type[BaseModel]]] = {
    each.model_fields["kind"].default: each for each in get_args(_UNION)
}
KINDS: Final = tuple(_KIND)


def fitting(kind: str, operation: Operation, **changes: Any) -> Event:
    """Return an event of *kind* with the step, attempt and digest that *operation* stands at."""
    step = getattr(operation.phase, "step", 0)
    attempt = operation.steps[step].attempt if operation.steps else 0
    plans = {"planned": "1.3.0", "approvals_voided": "1.3.1"}
    present = {
        "at": NOON,
        "step": step,
        "attempt": attempt + 1 if kind == "permit_granted" else attempt,
        "digest": operation.plan.digest,
        "plan": a_plan(operation, plans[kind]) if kind in plans else None,
    }
    known = {name: each for name, each in present.items() if name in _KIND[kind].model_fields}
    return _EVENT.validate_python({"kind": kind, **known, **_OWN[kind], **changes})


def a_member(user: str = ANN, *groups: str, **flags: Any) -> Member:
    """Return a full member of the workspace."""
    given = {
        "team": TEAM,
        "is_bot": False,
        "is_guest": False,
        "is_stranger": False,
        "is_deactivated": False,
        "groups": frozenset(groups),
    }
    return Member(id=user, **{**given, **flags})


def a_policy(**rules: Any) -> Policy:
    """Return a policy that allows nobody anything but what *rules* say."""
    return Policy(name="prod", **rules)
