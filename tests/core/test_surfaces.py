"""What an event makes stale: which surfaces, how urgently, and what the thread tells."""

from typing import Final

import pytest

from bot.core.events import Event, Requested
from bot.core.lifecycle import transition
from bot.core.operation import BreakGlass, Operation
from bot.core.surfaces import (
    Show,
    ShowLine,
    ShowPrevious,
    Stale,
    Subject,
    Subscription,
    Tell,
    about,
    is_awaited,
    stale,
    subjects,
)
from tests.core.builders import PLACES, fitting
from tests.core.test_lifecycle import TABLE
from tests.journal.builders import CHANNEL, NOON, an_operation

INCIDENT: Final = "C0INCIDENT"
PAIRS: Final = [(place, kind) for place, row in TABLE.items() for kind in row]

# How urgent the card and the reply are; "": there is none. All other events end an operation.
NEWS: Final[dict[str, tuple[str, str]]] = {
    "planned": ("decisive", "decisive"),
    "answer_awaited": ("notable", ""),
    "held_back": ("decisive", "notable"),
    "approval_given": ("decisive", "decisive"),
    "approval_reminded": ("decisive", "decisive"),
    "reviewed": ("decisive", "decisive"),
    "review_reminded": ("notable", "decisive"),
    "approvals_voided": ("decisive", "decisive"),
    "turn_came": ("decisive", "decisive"),
    "turn_offered": ("decisive", "decisive"),
    "stepped_aside": ("decisive", "decisive"),
    "plan_extended": ("notable", "notable"),
    "permit_granted": ("notable", ""),
    "not_accepted": ("notable", "notable"),
    "task_accepted": ("notable", "notable"),
    "answer_lost": ("decisive", "decisive"),
    "task_adopted": ("decisive", "decisive"),
    "settle_time_passed": ("decisive", "decisive"),
    "not_executed_said": ("decisive", "decisive"),
    "executed_said": ("decisive", "decisive"),
    "executed_late": ("decisive", "decisive"),
    "task_seen": ("progress", ""),
    "task_waits": ("decisive", "decisive"),
    "decision_awaited": ("notable", "decisive"),
    "ran_late": ("notable", "decisive"),
    "seemed_stuck": ("notable", "decisive"),
    "step_added": ("notable", "notable"),
    "taken_back": ("decisive", "decisive"),
    "step_succeeded": ("notable", "notable"),
    "watch_stalled": ("decisive", "decisive"),
    "wait_extended": ("notable", "notable"),
    "rollback_held": ("decisive", "decisive"),
    "rollback_begun": ("decisive", "decisive"),
    "rollback_forgone": ("decisive", "decisive"),
}


def happened(place: str, kind: str, **changes: object) -> tuple[Event, Operation]:
    """Return an event that *place* accepts, and the operation after it."""
    operation = PLACES[place]()
    event = fitting(kind, operation, **changes)
    return event, transition(operation, event).operation


def of_kind(shown: tuple[Stale, ...], kind: type[Stale]) -> list[Stale]:
    """Return those of this kind."""
    return [each for each in shown if isinstance(each, kind)]


@pytest.mark.parametrize(("place", "kind"), PAIRS)
def test_every_event_is_shown(place: str, kind: str) -> None:
    """The card follows every event; its urgency and the thread's are those of the table."""
    event, after = happened(place, kind)
    shown = stale(event, after)
    ended = after.is_final and not PLACES[place]().is_final
    card, reply = ("decisive", "decisive") if ended else NEWS[kind]
    if (place, kind) == ("asked, no gate", "planned"):
        reply = ""  # nobody has to be called

    assert [each.urgency for each in shown if isinstance(each, Show)] == [card]
    assert [each.urgency for each in shown if isinstance(each, Tell)] == ([reply] if reply else [])
    for each in shown:
        if isinstance(each, Tell):
            assert (each.sequence, each.is_last) == (after.sequence, after.is_final)


def test_a_new_card_waits_for_its_plan() -> None:
    """The request alone is shown a moment later, and wakes nobody."""
    first = an_operation()
    [shown] = stale(fitting("requested", first), first)

    assert isinstance(shown, Show)
    assert shown.waits
    assert not is_awaited([shown])
    assert is_awaited(stale(*happened("asked", "planned")))


def test_progress_wakes_nobody() -> None:
    """The sender looks each second by itself, and a card rests longer than that."""
    assert not is_awaited(stale(*happened("watching", "task_seen")))
    assert is_awaited(stale(*happened("watching", "step_succeeded")))


def test_only_a_failure_after_a_permit_is_loud() -> None:
    """The channel hears of a failure that may have touched the cloud, and of no other."""
    loud = {
        kind: [each.broadcast for each in stale(*happened(place, kind)) if isinstance(each, Tell)]
        for place, kind in (
            ("asked", "plan_refused"),
            ("submitting", "call_refused"),
            ("watching the last", "step_succeeded"),
            ("not executed", "executed_late"),
        )
    }
    assert loud == {
        "plan_refused": [False],
        "call_refused": [True],
        "step_succeeded": [False],
        "executed_late": [True],
    }


def test_a_warning_is_told_and_progress_is_not() -> None:
    """Progress only refreshes the card; what nobody listed is said in the thread."""
    quiet = stale(*happened("watching", "task_seen"))
    warned = stale(*happened("watching", "task_seen", note="status 'ODD'"))

    assert of_kind(quiet, Tell) == []
    assert len(of_kind(warned, Tell)) == 1


@pytest.mark.parametrize(
    ("place", "kind", "changes"),
    [
        ("asked", "planned", True),
        ("planned", "withdrawn", True),
        ("planned", "approval_refused", True),
        ("planned", "approval_lapsed", True),
        ("queued", "plan_refused", True),
        ("queued", "permit_granted", True),
        ("ready for the last", "permit_granted", False),
        ("planned", "stepped_aside", True),
        ("asked", "plan_refused", False),
        ("submitting", "call_refused", False),
        ("watching the last", "step_succeeded", False),
    ],
)
def test_the_card_before_loses_its_buttons_and_gets_them_back(
    place: str,
    kind: str,
    changes: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A plan takes the ways on, a permit the way back; an end without a permit returns both."""
    event, after = happened(place, kind)
    previous = ShowPrevious(target=after.target, operation=about(after), urgency="notable")

    assert of_kind(stale(event, after), ShowPrevious) == ([previous] if changes else [])


@pytest.mark.parametrize(
    ("place", "kind", "moves"),
    [
        ("in line", "turn_came", True),
        ("in line", "turn_offered", True),
        ("in line", "withdrawn", True),
        ("planned", "stepped_aside", True),
        ("asked", "planned", True),
        ("queued", "permit_granted", True),
        ("watching the last", "step_succeeded", True),
        ("planned", "approval_given", False),
        ("watching", "task_seen", False),
        ("in line", "held_back", False),
    ],
)
def test_who_waits_is_shown_where_the_line_moves(
    place: str,
    kind: str,
    moves: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A turn, an end and a plan change who is expected when; what only ticks does not."""
    event, after = happened(place, kind)
    line = ShowLine(target=after.target, operation=about(after), urgency="notable")

    assert of_kind(stale(event, after), ShowLine) == ([line] if moves else [])


def test_a_rollback_moves_the_line_from_its_first_moment() -> None:
    """It comes in before others; anything else comes last."""
    for action in ("rollback", "deploy"):
        asked = an_operation(action=action)
        shown = of_kind(stale(fitting("requested", asked), asked), ShowLine)
        assert bool(shown) == (action == "rollback")


def test_who_subscribed_to_the_target_is_shown_the_card() -> None:
    """Each channel once; what only ticks is less urgent where nobody is for that alone."""
    wants = Subscription(
        subject=Subject(kind="target", id="checkout"), kind="operation_card", channel=INCIDENT
    )
    stands = wants.model_copy(update={"subject": about(an_operation())})
    home = wants.model_copy(update={"channel": CHANNEL})
    places = {
        kind: [
            (each.channel, each.subject, each.urgency)
            for each in stale(*happened(place, kind), subscriptions=(wants, stands, home))
            if isinstance(each, Show)
        ]
        for place, kind in (("watching", "task_seen"), ("planned", "approval_given"))
    }
    subject = about(an_operation())
    assert places == {
        "task_seen": [(CHANNEL, subject, "progress"), (INCIDENT, subject, "background")],
        "approval_given": [(CHANNEL, subject, "decisive"), (INCIDENT, subject, "decisive")],
    }


@pytest.mark.parametrize("is_broken", [True, False])
def test_broken_glass_is_told_wherever_the_card_stands(*, is_broken: bool) -> None:
    """Aloud, once in each channel; a request that waits for people is told nowhere."""
    glass = BreakGlass(due=NOON) if is_broken else None
    operation = an_operation().model_copy(update={"break_glass": glass})
    target = Subject(kind="target", id="checkout")
    wants = Subscription(subject=target, kind="operation_card", channel=INCIDENT)
    stands = wants.model_copy(update={"subject": about(operation)})
    asked = Requested(at=NOON, by=operation.requester)
    told = of_kind(stale(asked, operation, (wants, stands)), Tell)
    aloud = [(each.channel, each.broadcast) for each in told if isinstance(each, Tell)]
    assert aloud == ([(CHANNEL, True), (INCIDENT, True)] if is_broken else [])


def test_an_event_names_its_subjects() -> None:
    """What may be subscribed to: the operation, its target, and who asked."""
    names = [(each.kind, each.id) for each in subjects(an_operation())]
    assert names == [
        ("operation", an_operation().id),
        ("target", "checkout"),
        ("person", an_operation().requester),
    ]
