"""When people are asked how an incident stands, and whether it is over."""

from datetime import timedelta
from typing import Final

import pytest

from bot.core import incidents as inc
from bot.core.incidents import AnyIncidentEvent, question_due
from bot.core.records import SLIPWAY
from tests.core.test_incidents import an_incident
from tests.journal.builders import ANN, NOON

MINUTE: Final = timedelta(minutes=1)
OPENED: Final[AnyIncidentEvent] = inc.Opened(at=NOON, by=ANN)


def noted(minutes: float) -> inc.Noted:
    """Return a note, so many minutes after the opening."""
    return inc.Noted(at=NOON + minutes * MINUTE, by=ANN, text="x")


def updated(minutes: float) -> inc.UpdateGiven:
    """Return an update."""
    return inc.UpdateGiven(at=NOON + minutes * MINUTE, by=ANN, text="x")


def asked(minutes: float) -> inc.UpdateAsked:
    """Return that somebody was asked for one."""
    return inc.UpdateAsked(at=NOON + minutes * MINUTE, by=SLIPWAY, since=NOON)


def quiet(minutes: float) -> inc.QuietAsked:
    """Return that people were asked whether it is over."""
    return inc.QuietAsked(at=NOON + minutes * MINUTE, by=SLIPWAY, since=NOON)


@pytest.mark.parametrize(
    ("severity", "events", "minutes", "kind"),
    [
        (1, [], 29, None),
        (1, [], 30, "update_asked"),
        (2, [], 59, None),
        (2, [], 60, "update_asked"),
        (3, [], 239, None),
        (3, [], 240, "update_asked"),
        (4, [], 24 * 60, "update_asked"),
        (1, [updated(20)], 49, None),
        (1, [updated(20)], 50, "update_asked"),
        (1, [noted(20)], 30, "update_asked"),  # a note tells the channel nothing
        (1, [asked(30)], 59, None),
        (1, [asked(30)], 60, "update_asked"),
        (1, [asked(30), asked(60), asked(90)], 180, None),  # nobody answers
        (1, [asked(30), asked(60), asked(90), updated(100)], 130, "update_asked"),
        (1, [], 240, "quiet_asked"),
        (1, [noted(60)], 299, "update_asked"),
        (1, [noted(60)], 300, "quiet_asked"),
        (1, [quiet(240)], 900, None),
        (1, [quiet(240), noted(250), asked(260), asked(300), asked(340)], 400, None),
        (1, [quiet(240), noted(250)], 490, "quiet_asked"),
        (3, [updated(1439)], 1440, None),
    ],
)
def test_what_is_asked_when(
    severity: int, events: list[AnyIncidentEvent], minutes: float, kind: str | None
) -> None:
    """By severity, three times in a row at most; a quiet one is asked about once."""
    incident = an_incident(severity=severity)
    due = question_due(incident, [OPENED, *events], [], NOON + minutes * MINUTE)
    assert (due.kind if due else None) == kind


def test_an_operation_is_a_sign_of_life() -> None:
    """While something is done to its targets nobody asks whether it is over."""
    incident, now = an_incident(severity=1), NOON + 240 * MINUTE
    events: list[AnyIncidentEvent] = [OPENED, asked(30), asked(60), asked(90)]
    assert question_due(incident, events, [NOON + 200 * MINUTE], now) is None
    assert question_due(incident, events, [], now) is not None
