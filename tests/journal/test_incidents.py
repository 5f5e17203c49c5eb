"""The store of incidents, on both databases: one transaction for all that an event means."""

import pytest

from bot.core import incidents as inc
from bot.core.errors import ConflictError, UnknownIncidentError
from bot.core.incidents import Incident, happened
from bot.core.rules import IncidentFreeze
from bot.journal import Journal
from tests.core.test_incidents import an_incident
from tests.journal.builders import ANN, BOB, HOUR, NOON

OPENED = inc.Opened(at=NOON, by=ANN, targets=("checkout",))
MADE = inc.ChannelMade(at=NOON, by="slipway", channel="C0INC", name="inc-x")


def recorded(journal: Journal, *, delivery: str = "1.1", **fields: object) -> Incident:
    """Record an incident of checkout."""
    return journal.incidents.open(an_incident(**fields), OPENED, delivery=delivery, noted=None)


def keep(journal: Journal, before: Incident, event: inc.AnyIncidentEvent) -> Incident:
    """Record what *event* makes of *before*."""
    return journal.incidents.keep(before, happened(before, event), event)


def held(journal: Journal, target: str = "checkout") -> list[str]:
    """Return the incidents that hold *target*."""
    kept = journal.target_facts.of(target, "prod")
    return [each.incident for each in kept if isinstance(each, IncidentFreeze)]


def test_an_incident_is_read_as_it_was_recorded(journal: Journal) -> None:
    """By its id, by its channel once that is made, and among the open ones."""
    first = recorded(journal)
    assert journal.incidents.load(first.id) == first == journal.incidents.find(first.id)
    assert journal.incidents.open_ones() == journal.incidents.newest(9) == (first,)
    assert journal.incidents.of_channel("C0INC") is None
    with_channel = keep(journal, first, MADE)
    assert journal.incidents.of_channel("C0INC") == with_channel
    assert journal.incidents.events(first.id) == ((1, OPENED), (2, MADE))
    assert journal.incidents.find("inc-000000") is None
    with pytest.raises(UnknownIncidentError):
        journal.incidents.load("inc-000000")


def test_one_delivery_is_recorded_once(journal: Journal) -> None:
    """Opening and notes alike: what was known already is the answer."""
    first = recorded(journal)
    assert recorded(journal, id="inc-000001") == first
    note = inc.Noted(at=NOON, by=ANN, text="x")
    for _ in range(2):
        present = journal.incidents.load(first.id)
        journal.incidents.keep(present, happened(present, note), note, delivery="2.2")
    assert [each.kind for _, each in journal.incidents.events(first.id)] == ["opened", "noted"]


def test_who_was_overtaken_decides_again(journal: Journal) -> None:
    """An event counts for exactly the state that it was decided on."""
    first = recorded(journal)
    keep(journal, first, inc.Noted(at=NOON, by=ANN, text="x"))
    with pytest.raises(ConflictError):
        keep(journal, first, inc.Noted(at=NOON, by=BOB, text="y"))
    assert len(journal.incidents.events(first.id)) == 2


def test_targets_are_held_as_long_as_it_is_open(journal: Journal) -> None:
    """From the opening on, more of them and fewer, and again after reopening."""
    now = recorded(journal)
    assert held(journal) == [now.id]
    now = keep(journal, now, inc.TargetsAdded(at=NOON, by=ANN, targets=("search",)))
    assert held(journal, "search") == [now.id]
    now = keep(journal, now, inc.TargetsRemoved(at=NOON, by=ANN, targets=("checkout",)))
    assert held(journal) == []
    now = keep(journal, now, inc.IncidentClosed(at=NOON + HOUR, by=ANN, summary="DNS"))
    assert held(journal, "search") == []
    assert journal.incidents.open_ones() == ()
    keep(journal, now, inc.IncidentReopened(at=NOON + HOUR, by=ANN))
    assert held(journal, "search") == [now.id]


def test_a_freeze_tells_who_froze_and_since_when(journal: Journal) -> None:
    """At the opening, as a target was added, or at the reopening; nothing else changes that."""

    def since(target: str) -> list[tuple[str, int]]:
        kept = journal.target_facts.of(target, "prod")
        return [(each.by, (each.at - NOON) // HOUR) for each in kept]

    now = recorded(journal)
    now = keep(journal, now, inc.TargetsAdded(at=NOON + HOUR, by=BOB, targets=("search",)))
    now = keep(journal, now, inc.LeadChanged(at=NOON + 2 * HOUR, by=ANN, lead=BOB))
    assert (since("checkout"), since("search")) == ([(ANN, 0)], [(BOB, 1)])
    now = keep(journal, now, inc.IncidentClosed(at=NOON + 3 * HOUR, by=ANN, summary="DNS"))
    keep(journal, now, inc.IncidentReopened(at=NOON + 4 * HOUR, by=BOB))
    assert (since("checkout"), since("search")) == ([(BOB, 4)], [(BOB, 4)])


def test_one_that_does_not_freeze_holds_nothing(journal: Journal) -> None:
    """`freeze: false` keeps everything else of an incident."""
    recorded(journal, freezes=False)
    assert held(journal) == []


def test_the_lead_and_the_channel_of_a_freeze_are_the_present_ones(journal: Journal) -> None:
    """A mend is judged by who leads now, and where."""
    now = keep(journal, recorded(journal), MADE)
    keep(journal, now, inc.LeadChanged(at=NOON, by=ANN, lead=BOB))
    [freeze] = [
        each
        for each in journal.target_facts.of("checkout", "prod")
        if isinstance(each, IncidentFreeze)
    ]
    assert (freeze.lead, freeze.channel) == (BOB, "C0INC")


def test_everything_is_in_the_audit(journal: Journal) -> None:
    """With what was done, by whom, before it is seen."""
    now = recorded(journal)
    keep(journal, now, inc.IncidentClosed(at=NOON, by=BOB, summary="DNS"))
    journal.audit.seal()
    told = [(each["what"], each["who"], each["subject"]) for each in journal.audit.export()]
    assert told == [("incident_opened", ANN, now.id), ("incident_closed", BOB, now.id)]
