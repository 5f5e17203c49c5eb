"""What somebody's Home shows, read for that one person."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.operation import AwaitingApproval, Operation, Waiting
from bot.core.outcomes import WhatRuns
from bot.core.records import OperationId, TargetName, UserId
from bot.core.rows import OpenOperation, OutboxRow
from bot.core.rules import (
    Approve,
    Ask,
    Cancel,
    Executed,
    Facts,
    FreezeBegun,
    HaltBegun,
    IncidentFreeze,
    Locked,
    NotExecuted,
    Press,
    Reject,
    Review,
    StartNow,
    allows,
    decide,
    holds,
)
from bot.core.target import Target, TargetEvent
from bot.core.verbs.details import Details
from bot.core.verbs.keep_waiting import KeepWaiting
from bot.core.verbs.look_again import LookAgain
from bot.live_states import kept_states
from bot.views.home import HomeEntry, HomeHold, HomeShown, home_blocks
from bot.views.layout import Drawn
from bot.what_runs import of_interest, what_runs
from workers.context import WorkerContext
from workers.slack.operation_surfaces import facts

WAITING: Final = 10  # of what waits for a decision, that many are shown
LOOKED_THROUGH: Final = 300  # and that many looked at, the oldest first
MINE: Final = 8
RECENT: Final = 40  # newest operations that are looked through for those of the person
RUNNING: Final = 10
INCIDENTS: Final = 10
HOLDS: Final = 20  # of what holds changes
REVIEWS: Final = 5
_RUNS: Final = frozenset({"queued", "running", "uncertain", "stalled"})
_UNDECIDED: Final = frozenset({"uncertain", "stalled"})  # approvers say how it goes on
# What is decided, and what stands beside that in its row.
_DECISIONS: Final = (Approve, StartNow, NotExecuted, Executed, KeepWaiting)
_OF_A_GATE: Final = (Approve, Reject, Details)
_OF_A_TURN: Final = (StartNow, Cancel, Details)
_OF_THE_REST: Final = (NotExecuted, Executed, KeepWaiting, LookAgain, Details)


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
    candidates = [each.id for each in found if _may_wait_for(each, user)]
    waiting = tuple(_waiting(context, user, candidates[:LOOKED_THROUGH]))
    decided = {each.id for each in waiting}
    running = [
        each.id
        for each in found
        if each.phase in _RUNS and each.requester != user and each.id not in decided
    ]
    own = [each.id for each in reversed(found) if each.requester == user and each.id not in decided]
    reviews = tuple(_reviews(context, user))
    incidents = [
        each
        for each in reversed(context.journal.incidents.open_ones())
        if not each.is_private or user in {each.opener, each.lead}
    ]
    kept = tuple(_holds(context, seen))
    return HomeShown(
        now=now,
        waiting=tuple(_pressable(context, user, each, _row(each)) for each in waiting[:WAITING]),
        waiting_more=len(waiting[WAITING:]),
        is_all_known=len(candidates) <= LOOKED_THROUGH,
        reviews=tuple(
            _pressable(context, user, each, (Review, Details)) for each in reviews[:REVIEWS]
        ),
        reviews_more=len(reviews[REVIEWS:]),
        mine=_mine(context, user, own),
        mine_more=len(own[MINE:]),
        running=_entries(context, user, running[:RUNNING]),
        running_more=len(running[RUNNING:]),
        incidents=tuple(incidents[:INCIDENTS]),
        incidents_more=len(incidents[INCIDENTS:]),
        holds=kept[:HOLDS],
        holds_more=len(kept[HOLDS:]),
        runs=_runs(context, user, seen),
    )


def _runs(context: WorkerContext, user: UserId, seen: Mapping[TargetName, Target]) -> WhatRuns:
    """Return what runs where, as the clouds said it last: none is asked here."""
    targets = of_interest(context.journal, seen, user)
    live = kept_states(context.cache, targets)
    rows = what_runs(context.journal, context.facts, targets, live)
    return WhatRuns(rows=rows, more=len(seen) - len(rows), as_of=context.clock())


def _may_wait_for(each: OpenOperation, user: UserId) -> bool:
    """Whether it waits for anybody's decision, by the columns of its row: its turn, for its own."""
    if each.phase == "waiting":
        return each.expires_at is not None and each.requester == user
    return each.phase in _UNDECIDED or (each.phase == "awaiting_approval" and each.is_planned)


def _waiting(context: WorkerContext, user: UserId, ids: list[OperationId]) -> Iterator[Operation]:
    """Yield what the person may decide about now: a press would count."""
    known = context.journal.operations.load_many(ids) if ids else {}
    for each in (known[name] for name in ids if name in known):
        if any(_allowed(context, user, each, _DECISIONS)):
            yield each


def _row(operation: Operation) -> tuple[type[Press], ...]:
    """Return which presses stand at what waits for a decision."""
    match operation.phase:
        case AwaitingApproval():
            return _OF_A_GATE
        case Waiting():
            return _OF_A_TURN
        case _:
            return _OF_THE_REST


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
    context: WorkerContext, user: UserId, open_ones: list[OperationId]
) -> tuple[HomeEntry, ...]:
    """Return what the person asked for and is open, then what ended lately."""
    lately = context.journal.operations.recent(RECENT)
    ended = (each.id for each in lately if each.is_final and each.requester == user)
    return _entries(context, user, [*islice((*open_ones, *ended), MINE)])


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


def _holds(context: WorkerContext, seen: Mapping[TargetName, Target]) -> Iterator[HomeHold]:
    """Yield what holds changes now, the widest first: also the freezes of slipway.yaml.

    Of a target that the person is not shown, and of its policy, nothing is said.
    """
    now, catalogue = context.clock(), context.catalogue()
    policies = {each.policy for each in seen.values()}
    hidden = catalogue.targets.keys() - seen.keys(), catalogue.policies.keys() - policies
    events = context.journal.target_facts.everywhere()
    kept = [each for each in events if each.target not in hidden[_is_of_policy(each)]]
    for each in sorted(filter(_is_wide, kept), key=lambda wide: not isinstance(wide, HaltBegun)):
        yield from (HomeHold(why=why) for why in holds(Facts(now=now, kept=(each,))))
    for policy in (each for name, each in catalogue.policies.items() if name in policies):
        local = {each.zone: now.astimezone(ZoneInfo(each.zone)) for each in policy.freezes}
        for why in holds(Facts(now=now, policy=policy, local=local)):
            yield HomeHold(why=why, policy=policy.name)
    for each in (event for event in kept if not _is_wide(event)):
        target = each.target if isinstance(each, Locked | IncidentFreeze) else ""
        for why in holds(Facts(now=now, kept=(each,))):
            yield HomeHold(why=why, target=target)


def _is_of_policy(event: TargetEvent) -> bool:
    return isinstance(event, FreezeBegun) and event.scope == "policy"


def _is_wide(event: TargetEvent) -> bool:
    """Whether it holds more than a target."""
    return isinstance(event, HaltBegun) or (
        isinstance(event, FreezeBegun) and event.scope != "target"
    )
