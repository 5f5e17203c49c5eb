"""The line of a target: who is next, who makes way for whom, and when whose turn is expected.

Rollbacks go before everything else, and each kind in the order in which it came.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation, Queued, Running, Waiting
from bot.core.policy import Policy
from bot.core.records import Moment, OperationId, Record, UserId
from bot.core.rows import UnreadableOperation

REPEAT_WINDOW: Final = timedelta(minutes=10)  # the same words again within it mean the same
_HELD: Final = frozenset({"locked", "frozen"})  # codes of what keeps back what may step aside

Takes: TypeAlias = Callable[[Operation], float | None]  # seconds that one usually takes from now on


class QueueRules(Record):
    """What slipway.yaml says about whoever has to wait."""

    room: int = 0  # so many changes may wait, and as many rollbacks; 0: nobody waits
    accounts: frozenset[UserId] = frozenset()  # of whoever asks, where a person has several


class Spot(Record):
    """Where somebody stands in a line."""

    operation: Operation
    position: int  # from 1; whoever may start now takes none of them
    expected_start: Moment | None = None  # None: it cannot be told


class Line(Record):
    """Who has a target, and who waits for it, in order.

    Who may start now has it and is still the first of those who wait.
    """

    holder: Operation | UnreadableOperation | None = None
    spots: tuple[Spot, ...] = ()

    def of(self, operation_id: OperationId) -> Spot | None:
        """Return where the operation stands, if it waits."""
        return next((each for each in self.spots if each.operation.id == operation_id), None)


class Enters(Record):
    """It gets the target at once; `event` is what makes the holder leave it, where there is one."""

    event: Event | None = None


class Joins(Record):
    """It waits, at this place, and takes that of an older one, where it means the same wish."""

    place: int
    replaces: Operation | None = None


class Repeats(Record):
    """The same was asked for a moment ago."""

    operation: Operation


class Stays(Record):
    """It cannot wait: this operation is in the way, or there is no room behind it."""

    in_the_way: Operation | UnreadableOperation
    waiting: int = 0  # how many wait, where there is no room


def in_order(waiting: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return those who wait, the next one first."""
    return tuple(sorted(waiting, key=_rank))


def _rank(operation: Operation) -> tuple[bool, bool, int]:
    phase = operation.phase
    place = phase.place if isinstance(phase, Waiting) else 0
    return (operation.is_in_line, operation.action != "rollback", place)


def entry(
    wanted: Operation,
    holder: Operation | UnreadableOperation | None,
    waiting: Sequence[Operation],
    rules: QueueRules,
    *,
    number: int,
) -> Enters | Joins | Repeats | Stays:
    """Return what becomes of *wanted*, where *waiting* stand in line, in order.

    *number* is the next place at the end.
    """
    is_back = wanted.action == "rollback"
    ahead = [each for each in waiting if each.action == "rollback" or not is_back]
    if not ahead:
        event = None if holder is None else way_for(wanted, holder, waiting)
        if holder is None or event is not None:
            return Enters(event=event)
    in_the_way = holder or ahead[0]
    if rules.room == 0 or not _may_wait(wanted) or isinstance(in_the_way, UnreadableOperation):
        return Stays(in_the_way=in_the_way)
    known = [each for each in (in_the_way, *waiting) if means_the_same(wanted, each)]
    if known:
        return Repeats(operation=known[0])
    older = next((each for each in (in_the_way, *waiting) if _is_newer(wanted, each, rules)), None)
    if older is not None and isinstance(older.phase, Waiting):
        return Joins(place=older.phase.place, replaces=older)
    alike = [each for each in waiting if (each.action == "rollback") == is_back]
    if len(alike) >= rules.room:
        return Stays(in_the_way=in_the_way, waiting=len(alike))
    return Joins(place=number)


def way_for(
    wanted: Operation, holder: Operation | UnreadableOperation, waiting: Sequence[Operation]
) -> Event | None:
    """Return what lets a rollback go before the *holder* of its target; None: that stays."""
    if isinstance(holder, UnreadableOperation) or wanted.action != "rollback":
        return None
    if steps_aside(holder):
        places = [each.phase.place for each in waiting if isinstance(each.phase, Waiting)]
        first = min(places, default=1) - 1
        return ev.SteppedAside(
            at=wanted.created_at, by=wanted.requester, rollback=wanted.id, place=first
        )
    if holder.waits_for_people:
        return ev.TakenBack(at=wanted.created_at, by=wanted.requester, step=holder.present_step)
    return None


def steps_aside(holder: Operation) -> bool:
    """Return whether it lets a rollback go first: it waits for people, or is held back unsent."""
    if holder.action == "rollback":
        return False
    match holder.phase:
        case AwaitingApproval() | Waiting():
            return True
        case Queued():
            return holder.held is not None and holder.held.reason.code in _HELD
        case _:
            return False


def means_the_same(wanted: Operation, other: Operation) -> bool:
    """Return whether both say the same, shortly after one another."""
    is_lately = wanted.created_at - other.created_at < REPEAT_WINDOW
    return is_lately and not other.is_final and _meant(wanted) == _meant(other)


def turn(operation: Operation, policy: Policy, now: Moment) -> ev.TurnCame | ev.TurnOffered:
    """Return what its turn means: it begins, or who asked so long ago is asked whether it may."""
    since = operation.phase.since if isinstance(operation.phase, Waiting) else now
    if now - since > policy.turn_confirm_after:
        return ev.TurnOffered(at=now, until=now + policy.turn_window)
    return ev.TurnCame(at=now)


def line(
    holder: Operation | UnreadableOperation | None,
    waiting: Iterable[Operation],
    takes: Takes,
    now: Moment,
) -> Line:
    """Return who has a target and who waits for it, with the time at which each may begin."""
    begins = now if holder is None else _ends(holder, takes, now)
    spots: list[Spot] = []
    place = 0
    for each in in_order(waiting):
        place += each.is_in_line
        if each.held:  # nobody knows when that ends
            begins = None
        expected = begins if each.is_in_line else None
        spots.append(Spot(operation=each, position=max(1, place), expected_start=expected))
        begins = _after(begins, takes(each)) if each.is_in_line else None
    return Line(holder=holder, spots=tuple(spots))


def _ends(holder: Operation | UnreadableOperation, takes: Takes, now: Moment) -> Moment | None:
    """Return when it is expected to end; None: that hangs on people, or is not known."""
    if isinstance(holder, UnreadableOperation) or holder.held or holder.waits_for_people:
        return None
    return _after(now, takes(holder)) if isinstance(holder.phase, Queued | Running) else None


def _after(begins: Moment | None, takes: float | None) -> Moment | None:
    if begins is None or takes is None:
        return None
    return begins + timedelta(seconds=takes)


def _may_wait(wanted: Operation) -> bool:
    """Whether it means the same later: what goes on with a failure, or undoes one change, not."""
    return wanted.follows is None and wanted.rollback_of is None


def _is_newer(wanted: Operation, older: Operation, rules: QueueRules) -> bool:
    """Whether it is a deploy of a person whose older one still waits for its turn."""
    is_same = older.requester in {wanted.requester, *rules.accounts}
    is_deploy = wanted.action == older.action == "deploy"
    return is_same and is_deploy and isinstance(older.phase, Waiting)


def _meant(operation: Operation) -> tuple[object, ...]:
    """Return what two requests have in common that mean the same."""
    return (
        operation.requester,
        operation.action,
        operation.parameters,
        operation.rollback_of,
        operation.follows,
        operation.break_glass is None,
    )
