"""Wishes about a target that begin no operation: their ends, and what becomes of them."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from bot.core.rules import (
    Ends,
    Facts,
    Freeze,
    FreezeAll,
    FreezeBegun,
    FreezeEnded,
    Halt,
    HaltBegun,
    HaltEnded,
    Lock,
    Locked,
    Resume,
    TargetIntent,
    Thaw,
    ThawAll,
    Unlock,
    Unlocked,
)
from bot.core.rules.ends import EndHasPassed, EndTooFar, NoSuchTime
from bot.core.target import Scope, TargetEvent
from tests.core.rules.found import YES, Table, cases, found, no, wish, world
from tests.core.rules.known import AFTER
from tests.journal.builders import ANN, BOB, NOON, SECOND

LATER: Final = AFTER + SECOND
BERLIN: Final = "Europe/Berlin"
LOCK: Final = Lock(target="co", reason="Black Friday")
UNLOCK: Final = Unlock(target="co")
FREEZE: Final = Freeze(target="co", reason="stocktaking")
THAW: Final = Thaw(target="co")
HALT: Final = Halt(reason="network down")
RESUME: Final = Resume()
PROD: Final = Scope(kind="policy", name="prod")


def locked(until: datetime | None = None) -> Facts:
    """Return what is known of a target that Ann locked, and of the policy that is meant."""
    lock = Locked(target="checkout", by=ANN, at=NOON, reason="Black Friday", until=until)
    return world(kept=(lock,), scope=PROD)


def ends(at: datetime | None, **more: Any) -> Facts:
    """Return what is known where a wish would end then."""
    return world(ends=Ends(at=at, zone=BERLIN, **more))


YEAR: Final = AFTER + timedelta(days=366)
ENDS: Final[Table] = {
    "ends": {
        "none": (LOCK, world(), None),
        "in a second": (LOCK, ends(LATER), YES),
        "now": (LOCK, ends(AFTER), no(EndHasPassed(until=AFTER, zone=BERLIN))),
        "long ago": (FREEZE, ends(NOON), no(EndHasPassed(until=NOON, zone=BERLIN))),
        "in a year": (FREEZE, ends(YEAR), YES),
        "after a year": (
            FREEZE,
            ends(YEAR + SECOND),
            no(EndTooFar(until=YEAR + SECOND, days=366)),
        ),
        "never": (LOCK, ends(None, typed="02:30"), no(NoSuchTime(typed="02:30", zone=BERLIN))),
        "of what has none": (UNLOCK, ends(NOON), None),
        "of a change": (wish("deploy"), ends(NOON), None),
    },
}
WHOLE: Final[dict[str, tuple[TargetIntent, TargetEvent]]] = {
    "lock": (LOCK, Locked(target="checkout", by=BOB, at=AFTER, reason="Black Friday")),
    "warning": (
        LOCK.model_copy(update={"is_warning": True}),
        Locked(target="checkout", by=BOB, at=AFTER, reason="Black Friday", is_warning=True),
    ),
    "unlock": (
        UNLOCK.model_copy(update={"reason": "a fix"}),
        Unlocked(target="checkout", by=BOB, at=AFTER, reason="a fix", holder=ANN),
    ),
    "freeze": (
        FREEZE,
        FreezeBegun(target="prod", scope="policy", by=BOB, at=AFTER, reason="stocktaking"),
    ),
    "freeze all": (
        FreezeAll(target="all", reason="stocktaking"),
        FreezeBegun(target="prod", scope="policy", by=BOB, at=AFTER, reason="stocktaking"),
    ),
    "thaw": (THAW, FreezeEnded(target="prod", scope="policy", by=BOB, at=AFTER)),
    "thaw all": (
        ThawAll(target="all"),
        FreezeEnded(target="prod", scope="policy", by=BOB, at=AFTER),
    ),
    "halt": (HALT, HaltBegun(target="all", by=BOB, at=AFTER, reason="network down")),
    "resume": (RESUME, HaltEnded(target="all", by=BOB, at=AFTER)),
}


@pytest.mark.parametrize(("rule", "case"), cases(ENDS))
def test_an_end_that_cannot_be_is_told_with_its_zone(rule: str, case: str) -> None:
    """An end lies ahead, within a year, both to the second; else it is said which end was meant."""
    intent, known, said = ENDS[rule][case]
    assert found(rule, intent, known) == said


@pytest.mark.parametrize("case", WHOLE)
def test_a_wish_about_a_target_is_kept_whole(case: str) -> None:
    """Who held what when, why and until when is what others are told until it is ended."""
    intent, event = WHOLE[case]
    known = locked()
    assert intent.becomes(known, BOB) == event
    limited = known.model_copy(update={"ends": Ends(at=LATER, zone=BERLIN)})
    is_limited = isinstance(event, Locked | FreezeBegun)
    more = {"until": LATER, "zone": BERLIN} if is_limited else {}
    assert intent.becomes(limited, BOB) == event.model_copy(update=more)


def test_a_lock_that_is_over_had_no_holder() -> None:
    """Who unlocks what nobody holds takes nothing over."""
    event = UNLOCK.becomes(locked(until=AFTER), BOB)
    assert event == Unlocked(target="checkout", by=BOB, at=AFTER)


def test_nothing_becomes_of_a_wish_that_is_about_nothing() -> None:
    """Without a target or a scope a wish is a fault of the program, and is kept by nobody."""
    nothing = world(target=None, scope=None)
    wishes: tuple[tuple[TargetIntent, str], ...] = (
        (LOCK, "a wish was allowed without its target"),
        (UNLOCK, "a wish was allowed without its target"),
        (FREEZE, "a freeze was allowed without what it is for"),
        (THAW, "a freeze was allowed without what it is for"),
    )
    for intent, fault in wishes:
        with pytest.raises(ValueError, match=f"^{fault}$"):
            intent.becomes(nothing, BOB)
