"""Rules about the moment of a press: the whole of what each of them says."""

from typing import Final

import pytest

from bot.core.codes import rules as codes
from bot.core.records import UserId
from bot.core.rules import Facts, Seen
from tests.core.rules.found import (
    OPERATIONS,
    YES,
    Table,
    cases,
    found,
    moot,
    no,
    wish,
    world,
)
from tests.core.rules.known import LATE
from tests.journal.builders import ANN, BOB, SECOND

PLAN: Final = OPERATIONS["planned"].plan
UNCERTAIN: Final = OPERATIONS["uncertain"]
NO_OPERATION: Final = world(operation=None)


def said(*who: UserId) -> Facts:
    """Return what is known where these people said already that a lost call had no effect."""
    phase = UNCERTAIN.phase.model_copy(update={"said": who})
    return world(operation=UNCERTAIN.model_copy(update={"phase": phase}))


def past(how: str) -> codes.PastGate:
    """Return how the gate was passed."""
    return codes.PastGate(how=how)


GATES: Final[Table] = {
    "phase": {
        "an open gate": (wish("approve"), world(now=LATE - SECOND), YES),
        "a gate that closes now": (wish("approve"), world(now=LATE), moot(past("too_late"))),
        "cancelled after the gate": (wish("cancel"), world(now=LATE), YES),
        "no plan yet": (wish("reject"), world("asked"), no(codes.NotReady())),
        "no gate is needed": (
            wish("approve"),
            world("asked, no gate"),
            moot(past("needs_none")),
        ),
        "approved": (wish("reject"), world("queued"), moot(past("approved"))),
        "rejected": (wish("approve"), world("rejected"), moot(past("rejected"))),
        "expired": (wish("approve"), world("expired"), moot(past("expired"))),
        "cancelled": (wish("approve"), world("cancelled"), moot(past("cancelled"))),
        "sent": (
            wish("cancel"),
            world("submitting"),
            moot(codes.NotCancellable(has_ended=False)),
        ),
        "ended": (
            wish("cancel"),
            world("succeeded"),
            moot(codes.NotCancellable(has_ended=True)),
        ),
        "read meanwhile": (wish("look again"), world("watching"), moot(codes.MovedOn())),
        "stalled": (wish("keep waiting"), world("stalled"), YES),
        "a press of any phase": (wish("roll back"), world(), None),
        "for a command": (wish("deploy"), world(), None),
        "without an operation": (wish("approve"), NO_OPERATION, None),
    },
    "digest": {
        "of the present plan": (wish("approve"), world(), YES),
        "its beginning": (
            wish("approve", seen=Seen(round=1, digest=PLAN.digest[:12])),
            world(),
            YES,
        ),
        "its end": (
            wish("approve", seen=Seen(round=1, digest=PLAN.digest[-12:])),
            world(),
            no(codes.Stale()),
        ),
        "none": (wish("approve", seen=None), world(), no(codes.Stale())),
        "for a rejection": (wish("reject", seen=None), world(), None),
        "without an operation": (wish("approve"), NO_OPERATION, None),
    },
    "settle": {
        "too early": (
            wish("not executed"),
            world("uncertain", now=LATE - SECOND),
            no(codes.TooEarly(until=LATE)),
        ),
        "from then on": (wish("not executed"), world("uncertain", now=LATE), YES),
        "for another press": (wish("look again"), world("uncertain"), None),
        "nothing is uncertain": (wish("not executed"), world("watching"), None),
        "without an operation": (wish("not executed"), NO_OPERATION, None),
    },
    "twice": {
        "first approval": (wish("approve"), world(), YES),
        "second approval": (wish("approve"), world("queued"), moot(codes.ApprovedAlready())),
        "first word": (wish("not executed"), said(), YES),
        "second word": (wish("not executed"), said(ANN, BOB), moot(codes.SaidAlready())),
        "after somebody else's": (wish("not executed"), said(ANN), YES),
        "nothing is uncertain": (wish("not executed"), world("watching"), None),
        "of nobody": (wish("approve"), world("queued", person=None), None),
        "for another press": (wish("reject"), world("queued"), None),
        "without an operation": (wish("approve"), NO_OPERATION, None),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(GATES))
def test_a_press_counts_in_its_time_and_once(rule: str, case: str) -> None:
    """Who presses too early, too late, twice or about another plan is told which of it."""
    intent, known, answer = GATES[rule][case]
    assert found(rule, intent, known) == answer
