"""What an event wishes for, whole and in order; and what a refused one is told."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from bot.core.effects import Effect, LookAgain, ReleaseLock, RingDoorbell, TakeLock
from bot.core.errors import IllegalEventError
from bot.core.lifecycle import begun, transition
from bot.core.operation import Operation
from tests.core.builders import PLACES, fitting, led
from tests.core.test_lifecycle import TABLE
from tests.journal.builders import HOUR, NOON, SECOND, an_operation

Effects = tuple[Effect, ...]

RINGS: Final[Effects] = (RingDoorbell(),)
LOOKS: Final[Effects] = (LookAgain(),)
FREES: Final[Effects] = (ReleaseLock(),)

FOR_TWO: Final = ("uncertain for two", "uncertain at the last, for two")
DOUBT: Final = ("uncertain", "uncertain at the last", *FOR_TWO)

WISHES: Final[list[tuple[str, tuple[str, ...], Effects]]] = [
    ("planned", ("asked", "asked, no gate"), ()),
    (
        "plan_refused",
        ("asked", "asked, no gate", "planned", "queued", "postponed", "ready for the last"),
        FREES,
    ),
    ("approval_given", ("planned",), RINGS),
    ("approval_reminded", ("planned",), ()),
    ("reviewed", ("glass broken",), ()),
    ("review_reminded", ("glass broken",), ()),
    ("approvals_voided", ("planned", "queued"), ()),
    ("approval_refused", ("asked", "planned"), FREES),
    ("approval_lapsed", ("asked", "planned"), FREES),
    ("withdrawn", ("offered", "asked", "asked, no gate", "planned", "queued"), FREES),
    ("withdrawn", ("in line",), ()),
    ("turn_came", ("in line",), (TakeLock(), RingDoorbell())),
    ("turn_came", ("offered",), RINGS),
    ("turn_offered", ("in line",), (TakeLock(),)),
    ("turn_lapsed", ("offered",), FREES),
    ("stepped_aside", ("offered", "asked", "asked, no gate", "planned", "queued"), FREES),
    (
        "answer_awaited",
        ("asked", "asked, no gate", "queued", "postponed", "ready for the last"),
        (),
    ),
    ("held_back", ("in line", "asked, no gate", "queued", "postponed", "ready for the last"), ()),
    ("plan_extended", ("ready for the last",), RINGS),
    ("permit_granted", ("queued", "postponed", "ready for the last"), ()),
    ("not_accepted", ("submitting",), (LookAgain(at=NOON + SECOND),)),
    ("task_accepted", ("submitting", *DOUBT), LOOKS),
    ("call_refused", ("submitting", *DOUBT), FREES),
    ("answer_lost", ("submitting",), (LookAgain(at=NOON),)),
    ("task_adopted", DOUBT, LOOKS),
    ("settle_time_passed", DOUBT, ()),
    ("not_executed_said", FOR_TWO, ()),
    ("executed_said", FOR_TWO, ()),
    ("not_executed", ("uncertain", "uncertain at the last"), (ReleaseLock(), LookAgain())),
    ("executed", ("uncertain at the last",), FREES),
    ("executed_late", ("not executed",), ()),
    ("task_seen", ("watching", "watching the last", "waiting"), ()),
    ("task_waits", ("watching", "watching the last", "waiting"), ()),
    ("step_added", ("waiting",), RINGS),
    ("taken_back", ("waiting",), FREES),
    ("step_succeeded", ("watching", "waiting", "stalled"), RINGS),
    ("step_succeeded", ("watching the last",), FREES),
    ("step_failed", ("watching", "watching the last", "waiting", "stalled"), FREES),
    ("watch_stalled", ("watching", "watching the last", "waiting"), LOOKS),
    ("wait_extended", ("stalled",), LOOKS),
    ("ran_late", ("watching",), LOOKS),
    ("seemed_stuck", ("watching",), LOOKS),
    ("decision_awaited", ("waiting",), LOOKS),
    ("rollback_held", ("counting",), ()),
    ("rollback_begun", ("counting",), ()),
    ("rollback_forgone", ("counting",), ()),
]
PAIRS: Final = [(place, kind, wishes) for kind, places, wishes in WISHES for place in places]


def test_every_accepted_pair_has_its_wishes() -> None:
    """What the table of transitions accepts stands here as well, once."""
    accepted = [(place, kind) for place, row in TABLE.items() for kind in row]
    assert sorted((place, kind) for place, kind, _ in PAIRS) == sorted(accepted)


@pytest.mark.parametrize(("place", "kind", "wishes"), PAIRS)
def test_an_event_wishes_for_exactly_this(place: str, kind: str, wishes: Effects) -> None:
    """Who goes on, who looks, and what is free: nothing more and nothing less."""
    operation = PLACES[place]()
    assert transition(operation, fitting(kind, operation)).effects == wishes


def _planned_without_a_gate() -> Operation:
    operation = PLACES["asked, no gate"]()
    return led(operation, fitting("planned", operation))


def _approved_once() -> Operation:
    asked = an_operation(approvals_needed=2)
    operation = led(asked, fitting("planned", asked))
    return led(operation, fitting("approval_given", operation))


def test_a_voice_of_several_rings_nobody() -> None:
    """The gate is still closed, so there is nothing to go on with."""
    asked = an_operation(approvals_needed=2)
    operation = led(asked, fitting("planned", asked))
    assert transition(operation, fitting("approval_given", operation)).effects == ()


def _held() -> Operation:
    operation = PLACES["queued"]()
    return led(operation, fitting("held_back", operation))


def _denied_once() -> Operation:
    operation = PLACES["uncertain for two"]()
    return led(operation, fitting("not_executed_said", operation))


def _settled() -> Operation:
    operation = PLACES["uncertain"]()
    return led(operation, fitting("settle_time_passed", operation))


def test_a_request_rings() -> None:
    """A worker makes the plan."""
    assert begun(an_operation()).effects == RINGS


def test_a_changed_plan_without_a_gate_rings_nobody() -> None:
    """Nobody is asked anew: whoever found the change goes on with the work."""
    operation = _planned_without_a_gate()
    assert transition(operation, fitting("approvals_voided", operation)).effects == ()


HERE: Final[dict[str, Callable[[], Operation]]] = {
    **PLACES,
    "approved once": _approved_once,
    "denied once": _denied_once,
    "settled": _settled,
    "held": _held,
}
EARLY: Final = {"at": NOON + HOUR - SECOND}
BLANK: Final = {"plan": an_operation().plan}
ELSEWHERE: Final = "the permit is for another step or attempt"

REASONS: Final[list[tuple[str, str, dict[str, Any], str]]] = [
    ("asked", "approval_given", {}, "another plan was approved"),
    ("planned", "answer_awaited", {}, "it is known already, or nothing is read now"),
    ("held", "held_back", {}, "it is known already"),
    ("asked", "planned", BLANK, "nothing was observed"),
    ("asked, no gate", "permit_granted", {}, "there is no plan yet"),
    ("planned", "planned", {}, "the plan is made already"),
    ("planned", "approval_given", {"at": NOON + HOUR}, "the time to approve is over"),
    ("planned", "approval_given", {"digest": "old"}, "another plan was approved"),
    ("planned", "approval_lapsed", EARLY, "there is still time to approve"),
    ("planned", "approvals_voided", BLANK, "there is no plan to compare"),
    ("approved once", "approval_given", {}, "this person approved before"),
    ("queued", "permit_granted", {"step": 1}, ELSEWHERE),
    ("queued", "permit_granted", {"attempt": 2}, ELSEWHERE),
    ("postponed", "plan_extended", {}, "this step cannot be put off"),
    ("submitting", "call_refused", {"attempt": 0}, "attempt 0 is not the present one"),
    ("watching", "step_succeeded", {"step": 1}, "step 0 is under way"),
    ("waiting", "step_added", {"option": "off"}, "nothing of the kind is offered"),
    ("watching", "taken_back", {}, "it waits for nobody"),
    ("uncertain", "settle_time_passed", EARLY, "it is known already, or too early"),
    ("settled", "settle_time_passed", {}, "it is known already, or too early"),
    ("uncertain", "not_executed", EARLY, "the lost call may still surface"),
    ("uncertain", "not_executed_said", {}, "nobody else has to say so"),
    ("uncertain for two", "not_executed", {}, "it takes 2 people"),
    ("uncertain at the last, for two", "executed", {}, "it takes 2 people"),
    ("uncertain at the last", "executed_said", {}, "nobody else has to say so"),
    ("uncertain at the last", "executed", EARLY, "the lost call may still surface"),
    ("uncertain", "executed", {}, "there are steps after it"),
    ("denied once", "executed_said", {}, "this person said so before"),
    ("denied once", "not_executed_said", {}, "this person said so before"),
    ("denied once", "not_executed", {}, "this person said so before"),
    ("succeeded", "withdrawn", {}, ""),
]


@pytest.mark.parametrize(("place", "kind", "changes", "why"), REASONS)
def test_a_refusal_says_why(place: str, kind: str, changes: dict[str, Any], why: str) -> None:
    """Whoever reads the log learns what stood in the way, where the phase alone does not say it."""
    operation = HERE[place]()
    with pytest.raises(IllegalEventError) as caught:
        transition(operation, fitting(kind, operation, **changes))
    assert str(caught.value) == str(IllegalEventError(operation.phase.kind, kind, why))
