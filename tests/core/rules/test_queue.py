"""Whose turn it is: what keeps who waits from beginning, and who may start what was offered."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.codes import Code
from bot.core.codes.rules import Draining
from bot.core.operation import Operation, Waiting
from bot.core.policy import Freeze
from bot.core.queue import Line, Spot
from bot.core.rules import HaltBegun, Locked, Newest, RollBack, StartNow, TakeTurn, decide
from bot.core.rules.queue import InLine, NotYourTurn, TurnIsOver, WaitsForStart
from tests.core.builders import PLACES, a_member
from tests.core.rules.known import AFTER, PEOPLE, POLICIES, facts, local
from tests.journal.builders import ANN, BOB, HOUR, NOON, an_id, an_operation

LINE: Final = PLACES["in line"]()
OFFERED: Final = PLACES["offered"]()
OTHER: Final = an_operation(7)


def found(operation: Operation, **known: Any) -> tuple[str, str, str]:
    """Return the verdict, rule and code about its turn; "yes" where that may come."""
    policy = known.pop("policy", POLICIES["anyone"])
    decision = decide(TakeTurn(operation=operation.id), facts(operation, None, policy, **known))
    finding = decision.decisive
    if finding is None:
        return ("yes", "", "")
    return (finding.verdict, finding.rule, finding.why.key if finding.why else "")


def test_who_is_next_and_finds_the_target_free_begins() -> None:
    """Nothing else is wanted: rights and live state are judged before the permit."""
    first = Line(spots=(Spot(operation=LINE, position=1),))
    assert found(LINE) == ("yes", "", "")
    assert found(LINE, line=first) == ("yes", "", "")


@pytest.mark.parametrize(
    "line",
    [
        Line(holder=OTHER, spots=(Spot(operation=LINE, position=1),)),
        Line(spots=(Spot(operation=OTHER, position=1), Spot(operation=LINE, position=2))),
    ],
    ids=["somebody has it", "somebody comes before"],
)
def test_who_has_others_before_waits(line: Line) -> None:
    """Whoever asks why is told the place, who has the target, and what is expected."""
    assert found(LINE, line=line) == ("wait", "queue", InLine.key)


HELD: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "a lock": (
        {"kept": (Locked(target="checkout", by=BOB, at=NOON, reason="mine"),)},
        "lock",
        "locked.by_person",
    ),
    "a freeze": (
        {
            "policy": POLICIES["anyone"].model_copy(
                update={"freezes": (Freeze(days=tuple(range(7))),)}
            ),
            "local": local(AFTER),
        },
        "freeze",
        "frozen",
    ),
    "a halt": (
        {"kept": (HaltBegun(target="all", by=BOB, at=NOON, reason="down"),)},
        "halt",
        "halted",
    ),
    "a drain": ({"is_draining": True}, "drain", Draining.key),
}


@pytest.mark.parametrize("what", HELD)
def test_no_turn_comes_under(what: str) -> None:
    """What holds a permit holds a turn: it waits, by the rule that says so."""
    known, rule, key = HELD[what]
    verdict, spoke, code = found(LINE, **known)
    assert (verdict, spoke) == ("wait", rule)
    assert code.startswith(key)


def test_a_freeze_lets_a_rollback_have_its_turn() -> None:
    """A freeze keeps changes out, and no bad one in; a lock of one's own holds nothing."""
    known, *_ = HELD["a freeze"]
    assert found(LINE.model_copy(update={"action": "rollback"}), **known)[0] == "yes"
    own = Locked(target="checkout", by=ANN, at=NOON, reason="mine")
    assert found(LINE, kept=(own,))[0] == "yes"


@pytest.mark.parametrize(
    ("known", "rule"), [({"target": None}, "target"), ({"policy": None}, "policy")]
)
def test_who_lost_target_or_policy_leaves(known: dict[str, Any], rule: str) -> None:
    """What slipway.yaml does not have any more gets no turn."""
    assert found(LINE, **known)[:2] == ("no", rule)


def test_what_goes_on_with_a_failure_leaves_where_something_came_between() -> None:
    """It stepped aside, and means something else after the rollback than it did before."""
    newer = Newest(id=an_id(9), is_open=False, sent=an_id(9))
    for link in ("follows", "rollback_of"):
        later = LINE.model_copy(update={link: an_id(8)})
        assert found(later, newest=newer)[:2] == ("no", "newest")
        assert found(later, newest=newer.model_copy(update={"id": an_id(8)}))[0] == "yes"
    assert found(LINE, newest=newer)[0] == "yes"


def starting(person: str, operation: Operation = OFFERED, **known: Any) -> Code | str:
    """Return what "Start now" comes to: "yes", or the code."""
    wish = StartNow(operation=operation.id)
    member = known.pop("member", a_member(person))
    decision = decide(wish, facts(operation, member, POLICIES["anyone"], **known))
    finding = decision.decisive
    return "yes" if finding is None else finding.why.key if finding.why else ""


def test_its_requester_starts_it() -> None:
    """Nobody else, whoever may approve or ask; and not before it is offered, or after."""
    assert starting(ANN) == "yes"
    assert starting(BOB) == "not_allowed.not_requester"
    assert starting(ANN, member=PEOPLE["deactivated"]) == "not_allowed.barred"
    assert starting(ANN, LINE) == NotYourTurn.key
    assert starting(ANN, now=NOON + HOUR) == TurnIsOver.key
    assert starting(ANN, now=NOON + HOUR - timedelta(seconds=1)) == "yes"


def test_what_is_offered_waits_for_its_requester() -> None:
    """Whoever asks why is told who has to do what, and until when."""
    decision = decide(
        TakeTurn(operation=OFFERED.id), facts(OFFERED, None, POLICIES["anyone"])
    ).decisive
    assert decision is not None
    assert (decision.verdict, decision.who) == ("wait", (ANN,))
    assert decision.why == WaitsForStart(until=NOON + HOUR).reason
    assert isinstance(OFFERED.phase, Waiting)


def test_what_waits_for_people_takes_no_way_back() -> None:
    """A mere request of somebody else refuses no press of Roll back; what was sent since does."""
    succeeded = PLACES["succeeded"]()
    asked = Newest(id=an_id(9), is_open=True, makes_way=True, sent=succeeded.id)
    cases = {
        "yes": asked,
        "not_newest": asked.model_copy(update={"makes_way": False}),
        "not_newest.": asked.model_copy(update={"sent": an_id(8)}),
    }
    for wanted, newest in cases.items():
        known = facts(succeeded, PEOPLE["unlisted"], POLICIES["anyone"], newest=newest)
        denied = decide(RollBack(operation=succeeded.id), known).denied
        assert (denied.code if denied else "yes") == wanted.rstrip(".")
