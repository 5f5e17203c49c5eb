"""What somebody's Home shows, read for that one person."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from bot.core.operation import Operation
from bot.core.outcomes import WhatRuns
from bot.core.records import OperationId, TargetName, UserId
from bot.core.rows import OpenOperation, OutboxRow
from bot.core.rules import (
    Approve,
    Ask,
    Cancel,
    Facts,
    IncidentFreeze,
    Locked,
    Press,
    Reject,
    Review,
    StartNow,
    allows,
    decide,
    holds,
)
from bot.core.target import Target
from bot.core.verbs.details import Details
from bot.live_states import kept_states
from bot.views.home import HomeEntry, HomeHold, HomeShown, home_blocks
from bot.views.layout import Drawn
from bot.what_runs import of_interest, what_runs
from workers.context import WorkerContext
from workers.slack.operation_surfaces import facts

WAITING: Final = 10  # of what waits for a decision, that many are shown
LOOKED_THROUGH: Final = 60  # and that many looked at, the oldest first
MINE: Final = 8
RECENT: Final = 40  # newest operations that are looked through for those of the person
RUNNING: Final = 10
OTHERS: Final = 10  # incidents, and what holds changes
REVIEWS: Final = 5
_RUNS: Final = frozenset({"queued", "running", "uncertain", "stalled"})


def home(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn | None:
    """Return somebody's Home as it is now; None: nobody has looked at it for long."""
    user = rows[0].subject.id
    if not context.journal.homes.is_watched(user, context.clock()):
        return None
    locale = context.readers.of(user)
    shown = _shown(context, user)
    return Drawn(
        text=user,
        blocks=tuple(home_blocks(shown, locale)),
        plainer=tuple(home_blocks(shown, locale, in_words=True)),
    )


def _shown(context: WorkerContext, user: UserId) -> HomeShown:
    now = context.clock()
    denied = decide(Ask(topic="targets"), context.facts.of_question(user)).denied
    if denied is not None:
        return HomeShown(now=now, denied=denied)
    seen = context.facts.seen_by(user).targets
    everything = context.catalogue().targets
    hidden = everything.keys() - seen.keys()
    found = [
        each
        for each in context.journal.operations.all_open()
        if not each.is_foreign and each.target not in hidden
    ]
    waiting = tuple(_waiting(context, user, found))
    running = [each.id for each in found if each.phase in _RUNS and each.requester != user]
    return HomeShown(
        now=now,
        waiting=tuple(
            _pressable(context, user, each, (Approve, Reject, Details))
            for each in waiting[:WAITING]
        ),
        waiting_more=len(waiting[WAITING:]),
        reviews=tuple(
            _pressable(context, user, each, (Review, Details))
            for each in islice(_reviews(context, user), REVIEWS)
        ),
        mine=_mine(context, user, found),
        running=_entries(context, user, running[:RUNNING]),
        running_more=len(running[RUNNING:]),
        incidents=tuple(
            each
            for each in context.journal.incidents.open_ones()
            if not each.is_private or user in {each.opener, each.lead}
        )[:OTHERS],
        holds=tuple(_holds(context, frozenset(hidden)))[:OTHERS],
        runs=_runs(context, user, seen),
    )


def _runs(context: WorkerContext, user: UserId, seen: Mapping[TargetName, Target]) -> WhatRuns:
    """Return what runs where, as the clouds said it last: none is asked here."""
    targets = of_interest(context.journal, seen, user)
    live = kept_states(context.cache, targets)
    rows = what_runs(context.journal, context.facts, targets, live)
    return WhatRuns(rows=rows, more=len(seen) - len(rows), as_of=context.clock())


def _waiting(
    context: WorkerContext, user: UserId, found: list[OpenOperation]
) -> Iterator[Operation]:
    """Yield what the person may decide about now: the gate is open, and an approval would count."""
    ids = [each.id for each in found if each.phase == "awaiting_approval" and each.is_planned]
    known = context.journal.operations.load_many(ids[:LOOKED_THROUGH]) if ids else {}
    for each in (known[name] for name in ids if name in known):
        if any(_allowed(context, user, each, (Approve,))):
            yield each


def _reviews(context: WorkerContext, user: UserId) -> Iterator[Operation]:
    """Yield what the person may review."""
    due = context.journal.operations.reviews_due()[:LOOKED_THROUGH]
    known = context.journal.operations.load_many([each.id for each in due]) if due else {}
    for each in known.values():
        if any(_allowed(context, user, each, (Review,))):
            yield each


def _pressable(
    context: WorkerContext, user: UserId, operation: Operation, kinds: tuple[type[Press], ...]
) -> HomeEntry:
    """Return what is shown of *operation*, with those of the presses that would count."""
    presses = tuple(_allowed(context, user, operation, kinds))
    return HomeEntry(operation=operation, facts=facts(context, operation), presses=presses)


def _mine(
    context: WorkerContext, user: UserId, found: list[OpenOperation]
) -> tuple[HomeEntry, ...]:
    """Return what the person asked for and is open, then what ended lately."""
    open_ones = [each.id for each in found if each.requester == user]
    lately = context.journal.operations.recent(RECENT)
    ended = [each.id for each in lately if each.is_final and each.requester == user]
    return _entries(context, user, [*reversed(open_ones), *ended][:MINE])


def _entries(context: WorkerContext, user: UserId, ids: list[OperationId]) -> tuple[HomeEntry, ...]:
    known = context.journal.operations.load_many(ids) if ids else {}
    return tuple(
        HomeEntry(
            operation=each,
            facts=facts(context, each),
            presses=tuple(_own(context, user, each)),
        )
        for each in (known[name] for name in ids if name in known)
    )


def _own(context: WorkerContext, user: UserId, operation: Operation) -> Iterator[Press]:
    """Yield what is pressed on the own list: to start, to withdraw, and to read all of it."""
    if operation.requester == user and not operation.is_final:
        yield from _allowed(context, user, operation, (StartNow, Cancel))
    yield from _allowed(context, user, operation, (Details,))


def _allowed(
    context: WorkerContext,
    user: UserId,
    operation: Operation,
    kinds: tuple[type[Press], ...],
) -> Iterator[Press]:
    """Yield the presses of these kinds that this person may do now."""
    for kind in kinds:
        for press in kind.of(operation):
            known = context.facts.of_press(press, operation, user, is_on_card=True)
            if allows(press, known):
                yield press


def _holds(context: WorkerContext, hidden: frozenset[str]) -> Iterator[HomeHold]:
    """Yield what people hold now: locks, freezes, a halt; of what the person is shown."""
    now = context.clock()
    for each in context.journal.target_facts.everywhere():
        if each.target not in hidden:
            target = each.target if isinstance(each, Locked | IncidentFreeze) else ""
            for why in holds(Facts(now=now, kept=(each,))):
                yield HomeHold(why=why, target=target)
