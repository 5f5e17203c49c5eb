"""The timeline: what stands in it, and how a storm of alerts is told."""

from datetime import timedelta

from bot.core.incidents import Noted, TimelineEntry, timeline_of
from tests.core.test_incidents import an_incident
from tests.journal.builders import ANN, NOON

SECOND = timedelta(seconds=1)


def told(*events: Noted) -> tuple[TimelineEntry, ...]:
    """Return the timeline of these events."""
    return timeline_of(an_incident(), events, ())


def alert(second: float, text: str = "firing: 5xx", by: str = "hook:alerts") -> Noted:
    """Return what a monitor writes so many seconds after noon."""
    return Noted(at=NOON + second * SECOND, by=by, text=text)


def test_of_a_storm_a_few_entries_stand_and_the_rest_is_counted() -> None:
    """Five a minute of each monitor, the same words once; none is lost from the count."""
    entries = told(*(alert(number / 20, f"firing: {number % 40}") for number in range(1_000)))
    assert len(entries) == 5
    assert sum(1 + each.more for each in entries) == 1_000
    same = told(*(alert(number / 20) for number in range(1_000)))
    assert [each.more for each in same] == [999]


def test_an_alert_began_to_fire_before_its_incident_was_opened() -> None:
    """A monitor whose clock is ahead writes nothing into the future, nor behind the end."""
    ahead = an_incident().model_copy(update={"since": NOON + timedelta(days=1)})
    [onset] = timeline_of(ahead, (), ())
    assert (onset.kind, onset.at) == ("onset", ahead.opened_at)


def test_the_next_minute_is_told_anew() -> None:
    """A storm that goes on is seen to go on."""
    entries = told(*(alert(number) for number in range(0, 180, 10)))
    assert [(each.at - NOON) // SECOND for each in entries] == [0, 60, 120]


def test_people_and_other_monitors_are_not_counted_together() -> None:
    """Each note of a person stands there, however many there are, between alerts, too."""
    notes = [alert(number, "I look", by=ANN) for number in range(8)]
    entries = told(alert(0), *notes, alert(8), alert(9, by="hook:other"))
    assert sum(each.by == ANN for each in entries) == 8
    assert [each.more for each in entries if each.by == "hook:alerts"] == [1]
    assert [each.more for each in entries if each.by == "hook:other"] == [0]
