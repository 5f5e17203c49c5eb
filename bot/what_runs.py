"""What runs where, as the journal knows it: for `/ops status`, and for Home."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.core.operation import Operation, Succeeded
from bot.core.outcomes import LiveState, TargetRun
from bot.core.records import TargetName, UserId, is_person
from bot.core.rules import holds
from bot.core.target import Target
from bot.facts import Gatherer
from bot.journal import Journal

HOME_ROWS: Final = 20  # of a table that stands beside other things
_RECENT: Final = 40  # newest operations that are looked through


def of_interest(
    journal: Journal, seen: Mapping[TargetName, Target], user: UserId
) -> tuple[Target, ...]:
    """Return as many as a Home shows, in their order: those that *user* changed lately first."""
    if len(seen) <= HOME_ROWS:
        return tuple(seen.values())
    lately = [each.target for each in journal.operations.recent(_RECENT) if each.requester == user]
    chosen = list(dict.fromkeys([*(each for each in lately if each in seen), *seen]))[:HOME_ROWS]
    return tuple(each for name, each in seen.items() if name in set(chosen))


def what_runs(
    journal: Journal,
    facts: Gatherer,
    targets: Sequence[Target],
    live: Mapping[str, LiveState],
) -> tuple[TargetRun, ...]:
    """Return a row for each of *targets*; *live* is what their clouds said a moment ago."""
    last = {each.name: journal.operations.last_well(each.name) for each in targets}
    people = {each.requester for each in last.values() if each and is_person(each.requester)}
    names = facts.directory.names(sorted(people))
    return tuple(
        TargetRun(
            target=each.name,
            **_brought(last[each.name], names),
            live=live.get(each.name),
            holder=journal.operations.holder(each.name),
            waiting=len(journal.queues.of(each.name)),
            holds=holds(facts.of_target(each)),
        )
        for each in targets
    )


def _brought(last: Operation | None, names: Mapping[UserId, str]) -> dict[str, Any]:
    """Return what Slipway brought there last, since when and for whom; nothing where it is gone."""
    if last is None or last.action == "delete" or not isinstance(last.phase, Succeeded):
        return {}
    by = names.get(last.requester, last.requester)
    return {"version": last.plan.after, "since": last.phase.at, "by": by}
