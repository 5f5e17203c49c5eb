"""When people are asked how an incident stands, and whether it is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot.core.incidents.events import AnyIncidentEvent, QuietAsked, UpdateAsked, UpdateGiven
from bot.core.incidents.incident import Incident, Severity
from bot.core.records import SLIPWAY, Moment

# The worse it is, the sooner people want to read how it stands.
UPDATE_AFTER: Final[Mapping[Severity, timedelta]] = {
    1: timedelta(minutes=30),
    2: timedelta(hours=1),
    3: timedelta(hours=4),
    4: timedelta(hours=24),
}
# And the sooner silence means that nobody is at it any more.
QUIET_AFTER: Final[Mapping[Severity, timedelta]] = {
    1: timedelta(hours=4),
    2: timedelta(hours=8),
    3: timedelta(hours=24),
    4: timedelta(hours=72),
}
ASKED_MAX: Final = 3  # times in a row without an answer; after that, only whether it is over


def question_due(
    incident: Incident,
    events: Sequence[AnyIncidentEvent],
    moved_at: Iterable[Moment],
    now: Moment,
) -> UpdateAsked | QuietAsked | None:
    """Return what people are to be asked now, if anything.

    Args:
        incident: an open one.
        events: what happened to it, in order.
        moved_at: when else something was done: an operation of its targets, say.
        now: the present moment.
    """
    by_people = [each.at for each in events if each.by != SLIPWAY]
    moved = max((*by_people, *(each for each in moved_at if each <= now)), default=now)
    if now - moved >= QUIET_AFTER[incident.severity]:
        was_asked = any(isinstance(each, QuietAsked) and each.at > moved for each in events)
        return None if was_asked else QuietAsked(at=now, by=SLIPWAY, since=moved)
    return _update_due(incident, events, now)


def _update_due(
    incident: Incident, events: Sequence[AnyIncidentEvent], now: Moment
) -> UpdateAsked | None:
    begins = [each.at for each in events if each.kind in {"opened", "reopened"}]
    said = max(
        (*begins, *(each.at for each in events if isinstance(each, UpdateGiven))),
        default=incident.opened_at,
    )
    asked = [each.at for each in events if isinstance(each, UpdateAsked) and each.at > said]
    last = max((said, *asked))
    if len(asked) >= ASKED_MAX or now - last < UPDATE_AFTER[incident.severity]:
        return None
    return UpdateAsked(at=now, by=SLIPWAY, since=said)
