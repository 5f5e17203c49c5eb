"""What an event leaves behind: in the step that it is about, and in the phase that it begins."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from bot.core.codes.operations import NotExecuted, TurnMissed
from bot.core.lifecycle import may_detour, transition
from bot.core.operation import (
    AwaitingApproval,
    Cancelled,
    Expired,
    Failed,
    Operation,
    Phase,
    Queued,
    Rejected,
    Stalled,
    Step,
    TaskLine,
    Uncertain,
    Waiting,
)
from tests.core.builders import PLACES, fitting, foreign, led
from tests.journal.builders import ANN, BOB, HOUR, NOON, SECOND, an_id, an_operation

BEFORE: Final = TaskLine(name="pods", status="1 of 2")
AFTER: Final = TaskLine(name="pods", status="2 of 2")


def _seen() -> Operation:
    watching = PLACES["watching"]()
    return led(watching, fitting("task_seen", watching, tasks=(BEFORE,)))


HERE: Final[dict[str, Callable[[], Operation]]] = {**PLACES, "seen": _seen}
ENDED: Final = {"at": NOON + SECOND}
ANSWERED: Final = {"request_id": "r-7"}
ROLLING: Final = foreign("rolling")
ODD: Final = foreign("odd")
CRASH: Final = foreign("crash")

# What is different in the step afterwards; all the rest of it stays.
MARKS: Final[list[tuple[str, str, dict[str, Any], dict[str, Any]]]] = [
    (
        "queued",
        "permit_granted",
        {},
        {"phase": "submitting", "attempt": 1, "started_at": NOON, "permitted_at": NOON},
    ),
    (
        "submitting",
        "task_accepted",
        {**ANSWERED, "detail": foreign("begun")},
        {"phase": "watching", "remote_task": "job-1", **ANSWERED, "detail": foreign("begun")},
    ),
    ("submitting", "not_accepted", {}, {"phase": "pending", "detail": foreign("busy")}),
    (
        "submitting",
        "call_refused",
        {**ENDED, **ANSWERED},
        {"phase": "failed", "finished_at": NOON + SECOND, **ANSWERED, "detail": foreign("quota")},
    ),
    (
        "submitting",
        "answer_lost",
        ANSWERED,
        {"phase": "uncertain", **ANSWERED, "detail": foreign("silence")},
    ),
    (
        "uncertain",
        "task_adopted",
        {},
        {"phase": "watching", "remote_task": "job-1", "detail": foreign("same time")},
    ),
    ("uncertain", "not_executed", {}, {"phase": "failed", "finished_at": NOON + HOUR}),
    (
        "watching",
        "task_seen",
        {"tasks": (AFTER,)},
        {"detail": ROLLING, "tasks": (AFTER,)},
    ),
    (
        "watching",
        "task_seen",
        {"note": ODD},
        {"detail": ROLLING, "notes": (ODD,)},
    ),
    ("watching", "watch_stalled", {}, {"phase": "stalled", "detail": foreign("late")}),
    ("stalled", "wait_extended", {}, {"phase": "watching"}),
    (
        "seen",
        "step_succeeded",
        {**ENDED, "detail": foreign("done"), "tasks": (AFTER,)},
        {
            "phase": "succeeded",
            "finished_at": NOON + SECOND,
            "detail": foreign("done"),
            "tasks": (AFTER,),
        },
    ),
    (
        "seen",
        "step_failed",
        {**ENDED, "tasks": (AFTER,)},
        {
            "phase": "failed",
            "finished_at": NOON + SECOND,
            "detail": CRASH,
            "tasks": (AFTER,),
        },
    ),
]


@pytest.mark.parametrize(("place", "kind", "said", "marks"), MARKS)
def test_a_step_keeps_what_its_event_said(
    place: str, kind: str, said: dict[str, Any], marks: dict[str, Any]
) -> None:
    """What an answer or a reading said stands in its step, and nothing else of it moves."""
    operation = HERE[place]()
    before, *others = operation.steps
    after, *rest = led(operation, fitting(kind, operation, **said)).steps
    moved = {name for name in Step.model_fields if getattr(before, name) != getattr(after, name)}
    assert {name: getattr(after, name) for name in moved} == marks
    assert rest == others


@pytest.mark.parametrize("kind", ["step_succeeded", "step_failed"])
def test_an_end_without_rows_leaves_the_last_ones(kind: str) -> None:
    """What was last seen of a remote task is not wiped out by an answer that shows nothing."""
    operation = _seen()
    assert led(operation, fitting(kind, operation)).steps[0].tasks == (BEFORE,)


DOUBT: Final = Uncertain(
    step=0,
    since=NOON + SECOND,
    sent_at=NOON,
    reason=foreign("silence"),
    request_id="r-7",
    decide_after=NOON + HOUR,
)


def _doubted() -> Operation:
    sent = PLACES["submitting"]()
    return led(sent, fitting("answer_lost", sent, at=NOON + SECOND, **ANSWERED))


def _denied() -> Operation:
    doubted = _doubted()
    return led(doubted, fitting("not_executed", doubted))


NOT_EXECUTED: Final = Failed(
    at=NOON + HOUR,
    code="not_executed",
    reason=NotExecuted().reason,
    doubt=DOUBT,
)


def _waited() -> Operation:
    planned = PLACES["planned"]()
    return led(planned, fitting("stepped_aside", planned))


PHASES: Final[list[tuple[Callable[[], Operation], str, dict[str, Any], Phase]]] = [
    (
        PLACES["planned"],
        "withdrawn",
        {"reason": "too late"},
        Cancelled(at=NOON, by=ANN, reason=foreign("too late")),
    ),
    (
        PLACES["in line"],
        "turn_offered",
        {},
        Waiting(since=NOON, place=2, starts_by=NOON + HOUR),
    ),
    (PLACES["in line"], "turn_came", {}, AwaitingApproval(expires_at=NOON + HOUR)),
    (
        PLACES["offered"],
        "turn_lapsed",
        {},
        Expired(at=NOON + HOUR, reason=TurnMissed().reason),
    ),
    (
        PLACES["planned"],
        "stepped_aside",
        {"at": NOON + SECOND},
        Waiting(since=NOON + SECOND, place=0, behind=an_id(9)),
    ),
    (_waited, "turn_came", {}, AwaitingApproval(expires_at=NOON + HOUR)),
    (PLACES["planned"], "approval_refused", {}, Rejected(at=NOON, by=BOB, reason="no")),
    (
        PLACES["queued"],
        "plan_refused",
        {},
        Failed(at=NOON, code="no_change", reason=foreign("it runs")),
    ),
    (PLACES["submitting"], "call_refused", {}, Failed(at=NOON, code="E1", reason=foreign("quota"))),
    (
        PLACES["watching"],
        "step_failed",
        {},
        Failed(at=NOON, code="task_failed", reason=CRASH),
    ),
    (PLACES["watching"], "watch_stalled", {}, Stalled(step=0, since=NOON, reason=foreign("late"))),
    (PLACES["submitting"], "answer_lost", {"at": NOON + SECOND, **ANSWERED}, DOUBT),
    (_doubted, "settle_time_passed", {}, DOUBT.model_copy(update={"is_settled": True})),
    (_doubted, "not_executed", {}, NOT_EXECUTED),
    (
        _denied,
        "executed_late",
        {"task": "job-9"},
        NOT_EXECUTED.model_copy(update={"surfaced": "job-9"}),
    ),
]


@pytest.mark.parametrize(("place", "kind", "said", "phase"), PHASES)
def test_a_phase_keeps_why_it_began(
    place: Callable[[], Operation], kind: str, said: dict[str, Any], phase: Phase
) -> None:
    """When, by whom and why: whoever reads the card or the audit finds it in the phase."""
    operation = place()
    assert transition(operation, fitting(kind, operation, **said)).operation.phase == phase


def test_nothing_is_put_before_the_first_step() -> None:
    """What was approved begins with its own first step, though that was not tried either."""
    assert not may_detour(PLACES["queued"](), 0)


def test_who_steps_aside_begins_anew() -> None:
    """No plan, no step, no voice and no old button counts after it."""
    approved = PLACES["queued"]()
    after = led(approved, fitting("stepped_aside", approved))
    assert after.plan == an_operation().plan
    assert (after.steps, after.approvals, after.round) == ((), (), approved.round + 1)


def test_without_a_gate_its_turn_lets_it_go_at_once() -> None:
    """Where nobody has to approve, it is queued as soon as it has its target."""
    waits = PLACES["in line"]().model_copy(update={"approvals_needed": 0})
    assert led(waits, fitting("turn_came", waits)).phase == Queued()
