"""What the journal knows of the last days: the figures of a report."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bot.core.figures import Figures, Past, Report, Scope, figures, ranked
from bot.journal import Journal

OPERATIONS_MAX: Final = 5_000  # that one report reads, the newest
INCIDENTS_MAX: Final = 1_000  # of which the suspects are judged, the newest


class Wanted(NamedTuple):
    """What a report is wanted of, over how many days until when."""

    scope: Scope
    name: str
    days: int
    until: datetime
    hidden: frozenset[str] = frozenset()  # targets that whoever asks may not see


def report(journal: Journal, wanted: Wanted) -> Report:
    """Return what was measured."""
    scope, name, days, now, hidden = wanted
    since = now - timedelta(days=days)
    read = journal.past.since(since, OPERATIONS_MAX)
    seen = (each for each in read if each.target not in hidden)
    past = [each for each in seen if _is_about(each, scope, name)]
    readable = journal.past.readable([each.id for each in past if each.approvals])

    is_whole = scope == "all"

    def of(some: Sequence[Past]) -> Figures:
        return figures(some, readable, since, now)

    return Report(
        scope=scope,
        name=name,
        days=days,
        since=since,
        until=now,
        whole=of(past),
        policies=_parts(past, "policy", of) if is_whole else (),
        targets=_parts(past, "target", of) if scope != "target" else (),
        ranks=ranked(journal.incidents.cause_ranks(INCIDENTS_MAX, since)) if is_whole else None,
        is_cut=len(read) == OPERATIONS_MAX,
    )


def _is_about(each: Past, scope: Scope, name: str) -> bool:
    return scope == "all" or (each.policy if scope == "policy" else each.target) == name


def _parts(
    past: Sequence[Past], key: str, of: Callable[[Sequence[Past]], Figures]
) -> tuple[tuple[str, Figures], ...]:
    """Return the figures of each policy, or target, of which something was brought out."""
    names = sorted({str(getattr(each, key)) for each in past if each.is_deployment})
    grouped = {name: [each for each in past if getattr(each, key) == name] for name in names}
    return tuple((name, of(some)) for name, some in grouped.items())
