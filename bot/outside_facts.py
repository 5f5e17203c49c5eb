"""Changes that somebody made outside of Slipway, as a cloud's own history of a target has them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from bot.core.incidents import OutsideChange
from bot.core.operation import Operation
from bot.core.records import Moment, TargetName
from bot.core.suspects import TOLERANCE
from bot.core.system import Entry
from bot.incident_facts import begun_at, ended_at, may_have_changed

MOST: Final = 10  # of one target, the newest; more is a habit and no lead


class _Span(NamedTuple):
    """When an operation of ours may have written into the history."""

    begun: Moment
    ended: Moment | None  # None: it still may

    def holds(self, at: Moment) -> bool:
        return self.begun <= at and (self.ended is None or at <= self.ended)


def made_outside(
    target: TargetName,
    entries: Sequence[Entry],
    operations: Sequence[Operation],
    since: Moment,
) -> tuple[OutsideChange, ...]:
    """Return what was changed since Slipway changed the target last, oldest first.

    A history does not tell who wrote it: what was written while an operation of ours was under
    way, or within the clocks' tolerance of it, counts as ours.

    Args:
        target: whose history it is.
        entries: the history.
        operations: ours on the target.
        since: what is older is no lead.
    """
    spans = [_span(each) for each in operations if may_have_changed(each)]
    after = max([since, *(each.ended for each in spans if each.ended)])
    found = [
        OutsideChange(
            target=target,
            revision=entry.revision,
            status=entry.status,
            changed_at=at,
            description=entry.description,
        )
        for entry, at in _dated(entries)
        if at > after and not any(span.holds(at) for span in spans)
    ]
    return tuple(sorted(found, key=lambda each: (each.changed_at, each.revision))[-MOST:])


def _span(operation: Operation) -> _Span:
    ended = ended_at(operation)
    return _Span(begun_at(operation) - TOLERANCE, ended + TOLERANCE if ended else None)


def _dated(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Moment]]:
    """Yield the entries whose time can be read; no other can be told from what is older."""
    for each in entries:
        try:
            at = datetime.fromisoformat(each.when)
        except ValueError:
            continue
        if at.tzinfo is not None:
            yield each, at
