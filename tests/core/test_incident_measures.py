"""What is measured of an incident: how long, what was done, and by whom."""

from datetime import timedelta
from typing import Final

from bot.core import incidents as inc
from bot.core.incidents import Incident, TimelineEntry, happened, measures_of
from bot.core.operation import Approval, Operation, Succeeded
from tests.core.test_incidents import an_incident
from tests.journal.builders import ANN, BOB, NOON, an_id, an_operation

MINUTE: Final = timedelta(minutes=1)


def ended(incident: Incident, minutes: int) -> Incident:
    """Return *incident*, closed so many minutes after its opening."""
    at = NOON + minutes * MINUTE
    return happened(incident, inc.IncidentClosed(at=at, by=ANN, summary="DNS"))


def operation(number: int, asked: int, succeeded: int | None, by: str = ANN) -> Operation:
    """Return an operation by minutes after the opening; None: it did not succeed."""
    made = an_operation(number, created_at=NOON + asked * MINUTE)
    known: dict[str, object] = {"requester": by}
    if succeeded is not None:
        known["phase"] = Succeeded(at=NOON + succeeded * MINUTE)
    return made.model_copy(update=known)


def entries(*operations: Operation) -> tuple[TimelineEntry, ...]:
    """Return the timeline of an opening, two notes and *operations*."""
    own = (
        inc.Opened(at=NOON, by=ANN),
        inc.Noted(at=NOON, by=BOB, text="x"),
        inc.Noted(at=NOON, by=BOB, text="y"),
        inc.StepFailed(at=NOON, by="slipway", step="pin", code="x"),
    )
    return (
        *(TimelineEntry(at=each.at, by=each.by, event=each) for each in own),
        *(
            TimelineEntry(at=each.created_at, by=each.requester, operation=each)
            for each in operations
        ),
    )


def test_without_any_change_it_was_restored_when_it_was_closed() -> None:
    """Nothing of ours ended it, and nobody knows when it began."""
    found = measures_of(ended(an_incident(), 42), entries())
    assert (found.lasted, found.restored) == (42 * MINUTE, 42 * MINUTE)
    assert (found.detected, found.decided, found.restored_by) == (None, None, None)


def test_it_was_restored_by_the_last_change_that_succeeded() -> None:
    """Neither by one that failed later, nor by one after its end; decided with the first."""
    first, back = operation(1, 5, 8), operation(2, 10, 12, by=BOB)
    bad, late = operation(3, 20, None), operation(4, 30, 50)
    found = measures_of(ended(an_incident(), 42), entries(first, back, bad, late))
    assert found.restored == 12 * MINUTE
    assert found.restored_by == back
    assert found.decided == 5 * MINUTE
    assert [each.id for each in found.operations] == [an_id(n) for n in (1, 2, 3, 4)]


def test_a_monitor_knows_when_it_began() -> None:
    """All is counted from there, and how long it took until somebody opened an incident."""
    incident = an_incident().model_copy(update={"since": NOON - 3 * MINUTE})
    found = measures_of(ended(incident, 42), entries(operation(1, 5, 8)))
    assert (found.detected, found.lasted) == (3 * MINUTE, 45 * MINUTE)
    assert (found.decided, found.restored) == (5 * MINUTE, 11 * MINUTE)
    later = an_incident().model_copy(update={"since": NOON + MINUTE})
    assert measures_of(ended(later, 42), entries()).detected == timedelta()


def test_who_did_what_is_counted_by_person() -> None:
    """Whoever did most comes first; Slipway itself is nobody."""
    approved = operation(1, 5, 8).model_copy(
        update={"approvals": (Approval(by=BOB, at=NOON + 6 * MINUTE, digest="x"),)}
    )
    found = measures_of(ended(an_incident(), 42), entries(approved))
    assert [(each.by, each.done) for each in found.deeds] == [
        (BOB, {"notes": 2, "approvals": 1}),
        (ANN, {"opened": 1, "operations": 1}),
    ]
