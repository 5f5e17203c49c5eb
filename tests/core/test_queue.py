"""The line of a target: who enters, joins, steps aside or stays out; when turns are expected."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core import events as ev
from bot.core.codes.rules import Frozen
from bot.core.operation import Hold, Operation, Waiting
from bot.core.queue import (
    Enters,
    Joins,
    QueueRules,
    Repeats,
    Stays,
    entry,
    in_order,
    line,
    steps_aside,
    turn,
)
from bot.core.records import Parameters
from bot.core.rows import UnreadableOperation
from tests.core.builders import PLACES, a_policy
from tests.journal.builders import ANN, BOB, HOUR, NOON, SECOND, an_id, an_operation

ROOM: Final = QueueRules(room=2)
SUE: Final = "U0SUE"


def waiting(number: int, place: int, **fields: Any) -> Operation:
    """Return one that waits at this place, asked for by somebody of its own."""
    own = {"requester": f"U0W{number}", "parameters": Parameters(version=f"2.{number}.0")}
    return an_operation(number, phase=Waiting(since=NOON, place=place), **{**own, **fields})


def back(number: int = 20, **fields: Any) -> Operation:
    """Return a rollback that was just asked for."""
    return an_operation(number, action="rollback", requester=SUE, **fields)


def wish(**fields: Any) -> Operation:
    """Return a deploy that was just asked for."""
    own = {"requester": BOB, "parameters": Parameters(version="3.0.0"), "created_at": NOON}
    return an_operation(30, **{**own, **fields})


HOLDER: Final = an_operation(1)
RUNS: Final = PLACES["watching"]()


def test_a_free_target_is_entered() -> None:
    """Nobody has it, and nobody waits."""
    assert entry(wish(), None, (), ROOM, number=5) == Enters()


def test_a_taken_target_is_waited_for() -> None:
    """At the end of the line, in the order of recording."""
    assert entry(wish(), HOLDER, (), ROOM, number=5) == Joins(place=5)
    assert entry(wish(), HOLDER, (waiting(2, 2),), ROOM, number=5) == Joins(place=5)


def test_a_free_target_with_a_line_is_waited_for() -> None:
    """Whose turn has not been given yet is not overtaken."""
    assert entry(wish(), None, (waiting(2, 2),), ROOM, number=5) == Joins(place=5)


def test_there_is_so_much_room() -> None:
    """Counted apart for rollbacks: a full line keeps none of them out."""
    full = (waiting(2, 2), waiting(3, 3))
    assert entry(wish(), RUNS, full, ROOM, number=5) == Stays(in_the_way=RUNS, waiting=2)
    assert entry(back(), RUNS, full, ROOM, number=5) == Joins(place=5)
    backs = tuple(back(21 + n, phase=Waiting(since=NOON, place=4 + n)) for n in (0, 1))
    other = back(created_at=NOON + HOUR)
    assert entry(other, RUNS, backs, ROOM, number=6) == Stays(in_the_way=RUNS, waiting=2)


def test_without_a_line_nobody_waits() -> None:
    """The holder, or who waits from before that, is in the way."""
    none = QueueRules()
    assert entry(wish(), HOLDER, (), none, number=5) == Stays(in_the_way=HOLDER)
    first = waiting(2, 2)
    assert entry(wish(), None, (first,), none, number=5) == Stays(in_the_way=first)


@pytest.mark.parametrize("link", ["follows", "rollback_of"])
def test_what_is_about_one_change_does_not_wait(link: str) -> None:
    """It would mean something else after what it had to wait for."""
    links: dict[str, Any] = {link: an_id(7)}
    wanted = back(**links)
    assert entry(wanted, RUNS, (), ROOM, number=5) == Stays(in_the_way=RUNS)


def test_nobody_waits_behind_what_cannot_be_read() -> None:
    """Nobody could say what it is, and when it ends."""
    holder = UnreadableOperation(
        id=an_id(9), target="checkout", action="deploy", phase="?", requester=ANN,
        created_at=NOON, is_open=True,
    )  # fmt: skip
    assert entry(wish(), holder, (), ROOM, number=5) == Stays(in_the_way=holder)
    assert entry(back(), holder, (), ROOM, number=5) == Stays(in_the_way=holder)


def test_the_same_again_is_the_same() -> None:
    """For ten minutes, of whoever has the target or waits; after that it is a new wish."""
    first = waiting(2, 2, requester=BOB, parameters=Parameters(version="3.0.0"))
    again = wish(created_at=NOON + timedelta(minutes=9))
    later = wish(created_at=NOON + timedelta(minutes=10))
    assert entry(again, HOLDER, (first,), ROOM, number=5) == Repeats(operation=first)
    assert entry(later, HOLDER, (first,), ROOM, number=5) == Joins(place=2, replaces=first)
    assert entry(an_operation(30), HOLDER, (), ROOM, number=5) == Repeats(operation=HOLDER)


def test_a_newer_deploy_replaces_the_same_persons_older_one() -> None:
    """By any account of the person, also where the line is full, and where its turn has come."""
    mine = waiting(2, 2, requester=BOB)
    others = (waiting(3, 3), waiting(4, 4))
    kept = Joins(place=2, replaces=mine)
    assert entry(wish(), HOLDER, (mine, *others), ROOM, number=5) == kept
    accounts = QueueRules(room=2, accounts=frozenset({"U0BOB2", BOB}))
    assert entry(wish(requester="U0BOB2"), HOLDER, (mine,), accounts, number=5) == kept
    offered = mine.model_copy(update={"phase": Waiting(since=NOON, place=2, starts_by=NOON + HOUR)})
    replaced = Joins(place=2, replaces=offered)
    assert entry(wish(), offered, others, ROOM, number=5) == replaced


@pytest.mark.parametrize(
    ("theirs", "mine"), [({"action": "restart"}, {}), ({}, {"action": "restart"})]
)
def test_only_deploys_replace_each_other(theirs: dict[str, Any], mine: dict[str, Any]) -> None:
    """A restart is no newer wish for another version."""
    older = waiting(2, 2, requester=BOB, **theirs)
    assert entry(wish(**mine), HOLDER, (older,), ROOM, number=5) == Joins(place=5)


FREEZE: Final = Hold(since=NOON, reason=Frozen(words="x").reason)
ASIDE: Final[dict[str, tuple[Operation, bool]]] = {
    "it waits for approval": (PLACES["planned"](), True),
    "it is read yet": (PLACES["asked"](), True),
    "it may be started": (PLACES["offered"](), True),
    "it is about to be sent": (PLACES["queued"](), False),
    "it is held back": (PLACES["queued"]().model_copy(update={"held": FREEZE}), True),
    "it was sent": (PLACES["submitting"](), False),
    "it stands between two steps": (
        PLACES["ready for the last"]().model_copy(update={"held": FREEZE}),
        False,
    ),
    "nobody knows": (PLACES["uncertain"](), False),
    "it is a rollback itself": (
        PLACES["planned"]().model_copy(update={"action": "rollback"}),
        False,
    ),
}


@pytest.mark.parametrize("who", ASIDE)
def test_a_rollback_goes_before_what_only_waits_for_people(who: str) -> None:
    """Whoever steps aside is next after it; nothing else lets anybody pass."""
    holder, makes_way = ASIDE[who]
    line = (waiting(2, 2), waiting(3, 3))
    assert steps_aside(holder) == makes_way
    becomes = entry(back(), holder, line, ROOM, number=5)
    event = ev.SteppedAside(at=NOON, by=SUE, rollback=an_id(20), place=1)
    assert becomes == (Enters(event=event) if makes_way else Joins(place=5))
    assert isinstance(entry(wish(), holder, (), ROOM, number=5), Joins)


def test_a_rollback_takes_back_what_waits_for_people() -> None:
    """A gray release that stands still ends for it."""
    holder = PLACES["waiting"]()
    event = ev.TakenBack(at=NOON, by=SUE, step=0)
    assert entry(back(), holder, (), ROOM, number=5) == Enters(event=event)


def test_rollbacks_keep_their_own_order() -> None:
    """The second one waits for the first, which waits for what runs."""
    first = back(21, phase=Waiting(since=NOON, place=4), created_at=NOON - HOUR)
    assert entry(back(), RUNS, (first,), ROOM, number=5) == Joins(place=5)
    assert entry(back(), None, (first,), ROOM, number=5) == Joins(place=5)


def test_the_order_of_a_line() -> None:
    """Who may start now, then rollbacks, then everybody else; each by their places."""
    offered = waiting(6, 9).model_copy(
        update={"phase": Waiting(since=NOON, place=9, starts_by=NOON)}
    )
    backs = [back(21 + n, phase=Waiting(since=NOON, place=8 - n)) for n in (0, 1)]
    rest = [waiting(2, 3), waiting(3, -1)]
    ordered = in_order([*rest, *backs, offered])
    assert [each.id for each in ordered] == [an_id(each) for each in (6, 22, 21, 3, 2)]


def test_who_waited_long_is_asked() -> None:
    """Longer than the policy says, and as long as it says."""
    policy = a_policy(turn_confirm_after=timedelta(minutes=5), turn_window=timedelta(minutes=3))
    now = NOON + timedelta(minutes=5)
    assert turn(waiting(2, 2), policy, now) == ev.TurnCame(at=now)
    later = now + SECOND
    asked = ev.TurnOffered(at=later, until=later + timedelta(minutes=3))
    assert turn(waiting(2, 2), policy, later) == asked


def minutes(number: int) -> float:
    """Return so many minutes in seconds."""
    return number * 60.0


def expected(holder: Operation | None, *spots: Operation, takes: Any) -> list[int | None]:
    """Return in how many minutes each is expected to start."""
    found = line(holder, spots, takes, NOON).spots
    return [
        (each.expected_start - NOON) // timedelta(minutes=1) if each.expected_start else None
        for each in found
    ]


def test_a_start_is_expected_after_those_before() -> None:
    """What is left of the holder, then each before in full."""
    times = {RUNS.id: minutes(4), an_id(2): minutes(5)}
    two = (waiting(2, 2), waiting(3, 3))
    assert expected(RUNS, *two, takes=lambda each: times.get(each.id)) == [4, 9]
    assert expected(None, *two, takes=lambda each: times.get(each.id)) == [0, 5]


def test_a_start_is_unknown_behind_what_is_unknown() -> None:
    """Behind whoever waits for people, is held, in doubt, or was never timed."""
    two = (waiting(2, 2), waiting(3, 3))
    held = RUNS.model_copy(update={"held": FREEZE})
    for holder in (PLACES["planned"](), PLACES["uncertain"](), PLACES["waiting"](), held):
        assert expected(holder, *two, takes=lambda _: minutes(4)) == [None, None]
    assert expected(RUNS, *two, takes=lambda _: None) == [None, None]
    only = {RUNS.id: minutes(4)}
    assert expected(RUNS, *two, takes=lambda each: only.get(each.id)) == [4, None]
    first, second = two  # what is held itself begins nobody knows when, and whoever is behind it
    two_held = (first.model_copy(update={"held": FREEZE}), second)
    assert expected(None, *two_held, takes=lambda _: minutes(4)) == [None, None]
    offered = waiting(6, 1).model_copy(
        update={"phase": Waiting(since=NOON, place=1, starts_by=NOON + HOUR)}
    )
    assert expected(offered, offered, *two, takes=lambda _: minutes(4)) == [None, None, None]


def test_a_place_is_found_by_its_operation() -> None:
    """Positions count from one; who does not wait has none."""
    found = line(RUNS, (waiting(3, 3), waiting(2, 2)), lambda _: None, NOON)
    assert [each.position for each in found.spots] == [1, 2]
    spot = found.of(an_id(3))
    assert spot is not None
    assert spot.position == 2
    assert found.of(an_id(8)) is None


def test_who_may_start_takes_no_place_in_line() -> None:
    """The next one behind them is the first."""
    offered = waiting(6, 1).model_copy(
        update={"phase": Waiting(since=NOON, place=1, starts_by=NOON + HOUR)}
    )
    found = line(offered, (offered, waiting(2, 2), waiting(3, 3)), lambda _: None, NOON)
    assert [each.position for each in found.spots] == [1, 1, 2]
