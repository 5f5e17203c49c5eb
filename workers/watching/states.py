"""Reads what runs where, for those who look at their Home: no cloud is asked while one is drawn."""

from datetime import timedelta
from typing import Final

from bot.core.outcomes import LiveState
from bot.core.target import Target
from bot.live_states import StateReader, kept_states, live_states
from bot.what_runs import of_interest
from workers.cloud.questions import CloudQuestions
from workers.context import WorkerContext

STATES: Final = "states"  # what the doorbell calls this
FRESH: Final = timedelta(seconds=30)  # less than between two reads, so that each reads anew
READ_SECONDS: Final = 4.0  # for all of them together: so long a worker does nothing else
TARGETS_MAX: Final = 100  # of all Homes together: each costs its cloud some calls


def read_states(context: WorkerContext) -> None:
    """Ask the clouds once for everybody; where something is new, the Homes are drawn again."""
    with context.claims.hold(STATES) as is_ours:
        if is_ours:
            _read(context)


def _read(context: WorkerContext) -> None:
    targets = _shown(context)
    before = kept_states(context.cache, targets)
    questions = CloudQuestions(context.cloud, READ_SECONDS)
    reader = StateReader(questions, context.cache, context.clock, FRESH)
    after = live_states(reader, targets, READ_SECONDS)
    if any(_says(before.get(name)) != _says(state) for name, state in after.items()):
        now = context.clock()
        context.journal.homes.renew(now, now)


def _shown(context: WorkerContext) -> list[Target]:
    """Return the targets that stand on anybody's Home."""
    now, found = context.clock(), dict[str, Target]()
    for user in context.journal.homes.watchers(now):
        seen = context.facts.seen_by(user).targets
        found |= {each.name: each for each in of_interest(context.journal, seen, user)}
    return list(found.values())[:TARGETS_MAX]


def _says(state: LiveState | None) -> object:
    return state.headline if state else None
