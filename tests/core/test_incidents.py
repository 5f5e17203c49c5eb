"""Incidents: the one table of phases and events, and the names of channels."""

from datetime import timedelta
from itertools import product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import incidents as inc
from bot.core.errors import IllegalEventError
from bot.core.incidents import ACCEPTS, AnyIncidentEvent, Incident, happened, opened
from tests.journal.builders import ANN, BOB, NOON

EVENTS: Final[dict[str, AnyIncidentEvent]] = {
    each.kind: each
    for each in (
        inc.Opened(at=NOON, by=ANN),
        inc.ChannelMade(at=NOON, by="slipway", channel="C0INC", name="inc-1118-x"),
        inc.StepFailed(at=NOON, by="slipway", step="pin", code="restricted_action"),
        inc.Noted(at=NOON, by=ANN, text="x"),
        inc.MessageMarked(at=NOON, by=ANN, channel="C0INC", ts="1.1", author=BOB, text="x"),
        inc.MessageUnmarked(at=NOON, by=ANN, channel="C0INC", ts="1.1"),
        inc.UpdateGiven(at=NOON, by=ANN, text="better"),
        inc.LeadChanged(at=NOON, by=ANN, lead=BOB),
        inc.SeverityChanged(at=NOON, by=ANN, severity=1, before=3),
        inc.TargetsAdded(at=NOON, by=ANN, targets=("search",)),
        inc.TargetsRemoved(at=NOON, by=ANN, targets=("checkout",)),
        inc.IncidentClosed(at=NOON, by=ANN, summary="DNS"),
        inc.IncidentReopened(at=NOON, by=ANN),
        inc.Exported(at=NOON, by=ANN),
        inc.UpdateAsked(at=NOON + timedelta(hours=1), by="slipway", since=NOON),
        inc.QuietAsked(at=NOON + timedelta(hours=8), by="slipway", since=NOON),
        inc.LeadGone(at=NOON, by="slipway", lead=ANN),
        inc.MessageDeleted(at=NOON, by="slipway", channel="C0INC", ts="1.1", author=BOB, text="x"),
        inc.OutsideSeen(
            at=NOON,
            by="slipway",
            changes=(inc.OutsideChange(target="checkout", revision="12", changed_at=NOON),),
        ),
    )
}
# also of what is closed
LATE: Final = {
    "channel_made",
    "step_failed",
    "noted",
    "marked",
    "unmarked",
    "exported",
    "outside_seen",
    "message_deleted",
}


def an_incident(**fields: object) -> Incident:
    """Return an open incident of checkout."""
    known: dict[str, object] = {
        "id": "inc-7f3k2a",
        "title": "Checkout 5xx",
        "severity": 3,
        "opener": ANN,
        "lead": ANN,
        "opened_at": NOON,
        "asked_in": "C0DEPLOYS",
    }
    first = Incident.model_validate({**known, **fields})
    return opened(first, inc.Opened(at=NOON, by=ANN, targets=("checkout",)))


def closed() -> Incident:
    """Return the same, closed."""
    return happened(an_incident(), inc.IncidentClosed(at=NOON, by=ANN, summary="DNS"))


@pytest.mark.parametrize(("kind", "phase"), [*product(EVENTS, ("open", "closed"))])
def test_every_pair_is_in_the_table_or_raises(kind: str, phase: str) -> None:
    """An open incident takes all but its opening and reopening; a closed one what comes late."""
    incident, event = an_incident() if phase == "open" else closed(), EVENTS[kind]
    wanted = kind not in {"opened", "reopened"} if phase == "open" else kind in LATE | {"reopened"}
    assert (phase in ACCEPTS.get(type(event), ())) is wanted
    if wanted:
        assert happened(incident, event).sequence == incident.sequence + 1
    else:
        with pytest.raises(IllegalEventError):
            happened(incident, event)


def test_what_comes_of_each() -> None:
    """Each event changes what it says, and nothing else but the sequence."""
    changed: dict[str, dict[str, object]] = {
        "channel_made": {"channel": "C0INC", "channel_name": "inc-1118-x"},
        "update_given": {"update": "better"},
        "lead_changed": {"lead": BOB},
        "severity_changed": {"severity": 1},
        "targets_added": {"targets": ("checkout", "search")},
        "targets_removed": {"targets": ()},
        "closed": {"phase": inc.Closed(at=NOON, by=ANN, summary="DNS")},
        "step_failed": {},
        "noted": {},
        "marked": {},
        "unmarked": {},
    }
    for kind, fields in changed.items():
        before = an_incident()
        after = happened(before, EVENTS[kind])
        assert after == before.model_copy(update={**fields, "sequence": 2}), kind
    again = happened(closed(), EVENTS["reopened"])
    assert (again.is_open, again.closed_at, again.summary) == (True, None, "")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Checkout 5xx!", "inc-1121-checkout-5xx"),
        ("  --x--  ", "inc-1121-x"),
        ("结账失败", "inc-1121-checkout"),
        ("Zahlung über PayPal", "inc-1121-zahlung-ber-paypal"),
        ("x" * 200, "inc-1121-" + "x" * 67),
    ],
)
def test_what_a_channel_is_called(title: str, name: str) -> None:
    """Letters and digits of the title, else the first target; cut, and numbered where taken."""
    names = list(inc.channel_names(an_incident(title=title), "inc-"))
    assert names[:3] == [name, f"{name}-2", f"{name}-3"]
    assert names[-1] == "inc-1121-7f3k2a"


@given(st.text(max_size=200), st.sampled_from(["inc-", "i", "very-long-prefix-12-"]))
def test_every_name_is_one_that_slack_takes(title: str, prefix: str) -> None:
    """Whatever the title is, in any script; and none of them twice."""
    names = list(inc.channel_names(an_incident(title=title), prefix))
    assert all(inc.is_channel_name(each) for each in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", EVENTS)
def test_a_private_incident_shows_nothing_outside(kind: str) -> None:
    """Everything of it stands in its own channel; without one, its opener alone is told."""
    for channel in (None, "C0INC"):
        incident = an_incident(is_private=True, announce="C0ALL", channel=channel)
        shown = inc.shown_of(EVENTS[kind], incident)
        told = [each for each in shown if each.kind.startswith("incident_")]
        if channel is not None:
            assert {each.channel for each in told} <= {"C0INC", ""}
        if kind == "step_failed" and channel is None:
            assert [(each.kind, each.channel) for each in shown] == [("direct", ANN)]


def test_a_message_stands_in_the_timeline_as_long_as_it_is_marked() -> None:
    """Of one that was edited, both texts; one that is unmarked is out, and in again when marked."""

    def mark(ts: str, text: str) -> inc.MessageMarked:
        return inc.MessageMarked(at=NOON, by=ANN, channel="C0INC", ts=ts, author=BOB, text=text)

    gone = inc.MessageUnmarked(at=NOON, by=ANN, channel="C0INC", ts="1.1")

    def texts(*events: AnyIncidentEvent) -> list[str]:
        entries = inc.timeline_of(an_incident(), events, ())
        return [str(getattr(each.event, "text", "")) for each in entries]

    assert texts(mark("1.1", "a"), mark("1.1", "a"), mark("2.2", "b")) == ["a", "b"]
    assert texts(mark("1.1", "a"), mark("1.1", "a, edited")) == ["a", "a, edited"]
    assert texts(mark("1.1", "a"), mark("2.2", "b"), gone) == ["b"]
    assert texts(mark("1.1", "a"), gone, mark("1.1", "a")) == ["a"]


def test_a_channel_is_not_made_twice() -> None:
    """Who was slow in making it is overtaken by whoever found it meanwhile."""
    made = happened(an_incident(channel=None), EVENTS["channel_made"])
    assert made.channel == "C0INC"
    with pytest.raises(IllegalEventError):
        happened(made, EVENTS["channel_made"])
