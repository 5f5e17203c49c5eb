"""What is measured of an incident when it is over: how long, what was done, and by whom."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from bot.core.incidents.incident import Incident
from bot.core.incidents.timeline import TimelineEntry
from bot.core.operation import Operation, Succeeded
from bot.core.records import Moment, Record, UserId, is_person

Doing: TypeAlias = Literal[
    "opened", "operations", "approvals", "updates", "notes", "others", "closed"
]

_DOINGS: Final[dict[str, Doing]] = {
    "opened": "opened",
    "closed": "closed",
    "noted": "notes",
    "marked": "notes",
    "update_given": "updates",
}  # all else that a person does is counted together


class Deeds(Record):
    """What one person did, by kind."""

    by: UserId
    done: dict[Doing, int]


class Measures(Record):
    """What is measured of an incident that was closed."""

    lasted: timedelta  # from its onset, or its opening where that is not known
    detected: timedelta | None = None  # from the onset to the opening; None: the onset is unknown
    decided: timedelta | None = None  # from the opening to the first change that was asked for
    restored: timedelta  # from its onset to the last change that succeeded, or else to its end
    restored_by: Operation | None = None  # None: no change of ours
    operations: tuple[Operation, ...] = ()  # in the order in which they were asked for
    deeds: tuple[Deeds, ...] = ()  # whoever did most comes first


def measures_of(incident: Incident, timeline: Sequence[TimelineEntry]) -> Measures:
    """Return what is measured of *incident*, whose *timeline* this is."""
    ended = incident.closed_at or max((each.at for each in timeline), default=incident.opened_at)
    operations = _operations(timeline)
    asked = [each.created_at for each in operations if each.created_at >= incident.opened_at]
    last = _restoring(incident, operations, ended)
    return Measures(
        lasted=ended - incident.onset,
        detected=incident.opened_at - incident.onset if incident.since else None,
        decided=min(asked) - incident.opened_at if asked else None,
        restored=(last[0] if last else ended) - incident.onset,
        restored_by=last[1] if last else None,
        operations=operations,
        deeds=tuple(_deeds(incident, timeline, operations, ended)),
    )


def _operations(timeline: Sequence[TimelineEntry]) -> tuple[Operation, ...]:
    found = {each.operation.id: each.operation for each in timeline if each.operation}
    return tuple(sorted(found.values(), key=lambda each: (each.created_at, each.id)))


def _restoring(
    incident: Incident, operations: Sequence[Operation], ended: Moment
) -> tuple[Moment, Operation] | None:
    """Return the last change within it that succeeded, and when."""
    found = [
        (each.phase.at, each)
        for each in operations
        if isinstance(each.phase, Succeeded) and incident.opened_at <= each.phase.at <= ended
    ]
    return max(found, key=lambda each: each[0], default=None)


def _deeds(
    incident: Incident,
    timeline: Sequence[TimelineEntry],
    operations: Sequence[Operation],
    ended: Moment,
) -> Iterator[Deeds]:
    counted: dict[UserId, dict[Doing, int]] = {}
    for by, doing in _done(incident, timeline, operations, ended):
        if is_person(by):
            own = counted.setdefault(by, {})
            own[doing] = own.get(doing, 0) + 1
    for by, done in sorted(counted.items(), key=lambda each: (-sum(each[1].values()), each[0])):
        yield Deeds(by=by, done=done)


def _done(
    incident: Incident,
    timeline: Sequence[TimelineEntry],
    operations: Sequence[Operation],
    ended: Moment,
) -> Iterator[tuple[UserId, Doing]]:
    for each in timeline:
        if each.event is not None:
            yield each.by, _DOINGS.get(each.event.kind, "others")
        elif each.kind == "operation" and not each.has_ended:
            yield each.by, "operations"
    for operation in operations:
        for approval in operation.approvals:
            if incident.opened_at <= approval.at <= ended:
                yield approval.by, "approvals"
