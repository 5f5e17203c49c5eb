"""An incident's timeline: its own events, and what happened to its targets meanwhile."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from bot.core.incidents.events import (
    AnyIncidentEvent,
    IncidentClosed,
    IncidentReopened,
    LeadChanged,
    LeadGone,
    Noted,
    OutsideSeen,
    QuietAsked,
    UpdateAsked,
)
from bot.core.incidents.events import MessageMarked as Marked
from bot.core.incidents.events import MessageUnmarked as Unmarked
from bot.core.incidents.incident import Incident
from bot.core.operation import Approval, Operation
from bot.core.records import HOOK, SLIPWAY, Moment, Record, TargetName, UserId

_KINDS: Final[Mapping[str, str]] = {
    "channel_made": "channel",
    "step_failed": "step",
    "noted": "note",
    "marked": "message",
    "update_given": "update",
    "lead_changed": "lead",
    "severity_changed": "severity",
    "targets_added": "target",
    "targets_removed": "target",
    "outside_seen": "outside",
    "message_deleted": "message",
}  # all others are called as their events are


MINUTE: Final = timedelta(minutes=1)
A_MINUTE: Final = 5  # entries of one monitor in a minute; further ones are counted

# What people are asked is no part of what happened.
_UNTOLD: Final = (Unmarked, UpdateAsked, QuietAsked, LeadGone)


class TimelineEntry(Record):
    """One line of it: an event, what came of an operation, or else the onset that a monitor saw."""

    at: Moment
    by: UserId
    event: AnyIncidentEvent | None = None
    operation: Operation | None = None
    has_ended: bool = False
    approval: Approval | None = None  # of the operation
    more: int = 0  # of a monitor: so many further messages within a minute

    @property
    def kind(self) -> str:
        """What it is, as scripts see it."""
        if self.event is None:
            if self.operation is None:
                return "onset"
            return "approval" if self.approval else "operation"
        return _KINDS.get(self.event.kind, self.event.kind)


def targets_ever(events: Iterable[AnyIncidentEvent]) -> tuple[TargetName, ...]:
    """Return every target that belonged to the incident at some time."""
    named = (each for event in events for each in getattr(event, "targets", ()))
    return tuple(dict.fromkeys(named))


def timeline_of(
    incident: Incident, events: Iterable[AnyIncidentEvent], operations: Iterable[Operation]
) -> tuple[TimelineEntry, ...]:
    """Return what happened, in order; of one moment, the incident's own first."""
    own = [*_onset(incident), *_calmed(_standing(events))]
    found = [entry for each in operations for entry in _of(each, incident)]
    return tuple(sorted([*own, *found], key=lambda each: (each.at, each.operation is not None)))


def _onset(incident: Incident) -> Iterator[TimelineEntry]:
    """Yield when it began, where a monitor says so: times are counted from there."""
    if incident.since is not None:
        yield TimelineEntry(at=incident.onset, by=SLIPWAY)


def _standing(events: Iterable[AnyIncidentEvent]) -> Iterator[AnyIncidentEvent]:
    """Yield what stands in the timeline: of messages those that are marked, each text once."""
    known = tuple(events)
    gone = {each.ts: number for number, each in enumerate(known) if isinstance(each, Unmarked)}
    seen: set[tuple[str, str]] = set()
    for number, each in enumerate(known):
        if isinstance(each, _UNTOLD) or (isinstance(each, OutsideSeen) and not each.changes):
            continue
        if isinstance(each, Marked):
            if number < gone.get(each.ts, -1) or (each.ts, each.text) in seen:
                continue
            seen.add((each.ts, each.text))
        yield each


def _calmed(events: Iterable[AnyIncidentEvent]) -> list[TimelineEntry]:
    """Return entries of *events*: of what a monitor writes in one minute a few, the rest counted.

    A storm of alerts would bury what people did; the journal keeps each one.
    """
    entries: list[TimelineEntry] = []
    bursts: dict[UserId, list[int]] = {}  # places of what was shown of the present minute
    for each in events:
        shown = bursts.get(each.by, []) if _is_monitors(each) else []
        if shown and each.at - entries[shown[0]].at >= MINUTE:
            shown = []
        said = {getattr(entries[place].event, "text", "") for place in shown}
        if shown and (len(shown) >= A_MINUTE or getattr(each, "text", "") in said):
            last = entries[shown[-1]]
            entries[shown[-1]] = last.model_copy(update={"more": last.more + 1})
            continue
        entries.append(TimelineEntry(at=each.at, by=each.by, event=each))
        if _is_monitors(each):
            bursts[each.by] = [*shown, len(entries) - 1]
    return entries


def _is_monitors(event: AnyIncidentEvent) -> bool:
    return isinstance(event, Noted) and event.by.startswith(HOOK)


def _of(operation: Operation, incident: Incident) -> Iterator[TimelineEntry]:
    """Yield its beginning, its approvals and its end, where these lie within the incident."""
    by, ended = operation.requester, operation.finished_at
    found = [TimelineEntry(at=operation.created_at, by=by, operation=operation)]
    found += [
        TimelineEntry(at=each.at, by=each.by, operation=operation, approval=each)
        for each in operation.approvals
    ]
    if ended is not None:
        found.append(TimelineEntry(at=ended, by=by, operation=operation, has_ended=True))
    for entry in found:
        if entry.at >= incident.opened_at and entry.at <= (incident.closed_at or entry.at):
            yield entry


class Leading(NamedTuple):
    """Who leads an incident at a moment, and whether it is open then."""

    lead: UserId
    is_open: bool


def leading_at(incident: Incident, events: Iterable[AnyIncidentEvent], at: Moment) -> Leading:
    """Return who led *incident* at a moment of the past, by its *events*."""
    found = Leading(lead=incident.opener, is_open=True)
    for each in events:
        match each:
            case _ if each.at > at:
                break
            case LeadChanged(lead=lead):
                found = found._replace(lead=lead)
            case IncidentClosed() | IncidentReopened():
                found = found._replace(is_open=isinstance(each, IncidentReopened))
            case _:
                pass
    return found
