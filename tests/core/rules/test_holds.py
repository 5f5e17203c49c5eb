"""Locks, freezes and the halt: what each holds, of whom, and until when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cron import last_start, read_cron
from bot.core.operation import Operation
from bot.core.policy import ANYONE, Freeze, Policy
from bot.core.rules import (
    Ends,
    Facts,
    FreezeBegun,
    HaltBegun,
    Lock,
    Locked,
    Unlock,
    decide,
    holds,
    warning,
)
from bot.core.target import TargetEvent
from tests.core.builders import a_member, a_policy
from tests.core.rules.known import AFTER, INTENTS, SRE, an_intent, facts, local, operations
from tests.journal.builders import ANN, BOB, HOUR, NOON

OPERATIONS: Final = operations()
LATER: Final = AFTER + timedelta(hours=1)
OPEN: Final = a_policy(request=(ANYONE,), approve=(ANYONE,))
WRITTEN: Final = OPEN.model_copy(update={"freezes": (Freeze(days=tuple(range(7))),)})
EVER: Final = "every day"  # a freeze of slipway.yaml


def a_lock(by: str, until: datetime | None = None, *, is_warning: bool = False) -> Locked:
    """Return a lock of the target."""
    return Locked(
        target="checkout", by=by, at=NOON, reason="why", until=until, is_warning=is_warning
    )


def a_freeze(scope: str, until: datetime | None = None) -> FreezeBegun:
    """Return a freeze of the target, its policy or all."""
    names = {"target": "checkout", "policy": "prod", "all": "all"}
    told = {"target": names[scope], "scope": scope, "by": BOB, "at": NOON, "reason": "why"}
    return FreezeBegun.model_validate({**told, "until": until})


# What is kept, the code it holds with ("": nothing), and whether a way back and Ann pass it.
HOLDS: Final[dict[str, tuple[tuple[TargetEvent, ...], str, bool, bool]]] = {
    "nothing": ((), "", True, True),
    "somebody's lock": ((a_lock(BOB),), "locked", False, False),
    "a lock of who asked": ((a_lock(ANN),), "locked", False, True),
    "a lock for an hour": ((a_lock(BOB, LATER),), "locked", False, False),
    "a lock that is over": ((a_lock(BOB, AFTER),), "", True, True),
    "a warning": ((a_lock(BOB, is_warning=True),), "", True, True),
    "a freeze of the target": ((a_freeze("target"),), "frozen", True, False),
    "a freeze of the policy": ((a_freeze("policy", LATER),), "frozen", True, False),
    "a freeze of all": ((a_freeze("all"),), "frozen", True, False),
    "a freeze that is over": ((a_freeze("all", AFTER),), "", True, True),
    EVER: ((), "frozen", True, False),
    "a halt": ((HaltBegun(target="all", by=BOB, at=NOON, reason="why"),), "halted", False, False),
}
BEGIN: Final = frozenset(
    {"deploy", "restart", "break glass", "rollback command", "roll back", "recover", "again"}
)
WAITS: Final = frozenset({"send", "take turn"})
BACK: Final = frozenset({"rollback command", "roll back"})


def known(what: str, operation: Operation) -> Facts:
    """Return what is known where Ann acts, and *what* holds."""
    kept, policy = HOLDS[what][0], WRITTEN if what == EVER else OPEN
    return facts(operation, a_member(ANN, SRE), policy, kept=kept, local=local(AFTER))


def _is_broken(intent: str, operation: Operation) -> bool:
    """Whether locks of people and freezes are passed over, which then still are found."""
    is_of_one = intent == "send" and operation.break_glass is not None
    return intent == "break glass" or is_of_one


def expected(what: str, intent: str, operation: Operation) -> str:
    """Say what holds, by other means: the code, or nothing."""
    _, code, lets_back, lets_ann = HOLDS[what]
    runs = any(step.attempt for step in operation.steps)
    if not code or intent not in BEGIN | WAITS:
        return ""
    if code != "halted" and intent in WAITS and runs:
        return ""
    if intent == "recover" and not operation.is_final and code != "halted":
        return ""
    if lets_ann or (lets_back and intent in BACK):
        return ""
    return code


@pytest.mark.parametrize("what", HOLDS)
def test_the_table_of_what_holds(what: str, record_property: Callable[[str, object], None]) -> None:
    """Each hold holds what would begin, and each permit that it concerns, and nothing else."""
    wrong = []
    for intent, (place, operation) in product(INTENTS, OPERATIONS.items()):
        found = decide(an_intent(intent, operation), known(what, operation)).findings
        held = [each for each in found if each.rule in {"halt", "lock", "freeze"} and each.why]
        code = held[0].why.code if held and held[0].why else ""
        is_passed = _is_broken(intent, operation) and code in {"locked", "frozen"}
        verdict = "passed" if is_passed else "wait" if intent in WAITS else "no"
        fits = code == expected(what, intent, operation)
        if not fits or any(each.verdict != verdict for each in held):
            wrong.append((intent, place, code))
    record_property("rows", len(INTENTS) * len(OPERATIONS))
    assert wrong == []


@pytest.mark.parametrize("what", HOLDS)
def test_what_holds_is_listed_whoever_asks(what: str) -> None:
    """Lists name each lock, freeze and halt that lasts, the holder's own as well."""
    listed = [each.code for each in holds(known(what, OPERATIONS["queued"]))]
    code = "locked" if what == "a warning" else HOLDS[what][1]
    assert listed == ([code] if code else [])


def test_a_warning_is_told_to_all_but_its_holder() -> None:
    """A lock that only warns is said to whoever else changes the target."""
    operation = OPERATIONS["queued"]
    warns = (a_lock(BOB, is_warning=True),)
    told = warning(facts(operation, a_member(ANN), OPEN, kept=warns))
    assert told is not None
    assert told.key == "locked.warning"
    assert warning(facts(operation, a_member(BOB), OPEN, kept=warns)) is None


def test_what_waits_says_until_when() -> None:
    """A hold that ends by itself says so; a halt speaks before a lock, that before a freeze."""
    operation = OPERATIONS["queued"]
    halt = HaltBegun(target="all", by=BOB, at=NOON, reason="why")
    kept = (a_freeze("all"), a_lock(BOB, LATER), halt)
    rules = []
    for count in (3, 2, 1):
        found = decide(
            an_intent("send", operation), facts(operation, None, OPEN, kept=kept[:count])
        ).decisive
        assert found is not None
        rules.append((found.rule, found.until))
    assert rules == [("halt", None), ("lock", LATER), ("freeze", None)]


@pytest.mark.parametrize(
    ("by", "reason", "code"),
    [(BOB, "", ""), ("U0SUE", "a fix", ""), ("U0SUE", "", "reason_required"),
     ("U0TOM", "a fix", "not_approver")],
    ids=["the holder", "an approver", "an approver without a reason", "anybody else"],
)  # fmt: skip
def test_who_unlocks(by: str, reason: str, code: str) -> None:
    """The holder needs no reason and no right; an approver needs a reason; nobody else may."""
    person = a_member(by, SRE) if by == "U0SUE" else a_member(by)
    policy = a_policy(request=("S0DEVS",), approve=(SRE,))
    known = facts(OPERATIONS["queued"], person, policy, kept=(a_lock(BOB),))
    denied = decide(Unlock(target="checkout", reason=reason), known).denied
    assert (denied.code if denied else "") == code


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        (Ends(at=LATER), ""),
        (Ends(at=AFTER), "bad_end.passed"),
        (Ends(at=AFTER - HOUR, zone="UTC"), "bad_end.passed"),
        (Ends(at=AFTER + timedelta(days=400)), "bad_end.too_far"),
        (Ends(at=None, zone="Europe/Berlin", typed="02:30"), "bad_end.no_such_time"),
    ],
)
def test_an_end_comes_and_not_too_late(ends: Ends, code: str) -> None:
    """What holds for a time ends in the future, within a year, at a time that there is."""
    known = facts(OPERATIONS["queued"], a_member(BOB), OPEN, ends=ends)
    denied = decide(Lock(target="checkout", reason="why"), known).denied
    assert (denied.why.key if denied else "") == code


YEAR: Final = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN: Final = ZoneInfo("Europe/Berlin")
FRIDAYS: Final = Policy(
    name="prod",
    request=(ANYONE,),
    freezes=(Freeze(cron="0 18 * * fri", length=timedelta(hours=62), zone="Europe/Berlin"),),
)


@pytest.mark.parametrize(
    ("moment", "is_frozen"),
    [
        (datetime(2026, 11, 27, 17, 59, tzinfo=BERLIN), False),
        (datetime(2026, 11, 27, 18, 0, tzinfo=BERLIN), True),
        (datetime(2026, 11, 30, 7, 59, tzinfo=BERLIN), True),
        (datetime(2026, 11, 30, 8, 0, tzinfo=BERLIN), False),
    ],
)
def test_a_freeze_recurs_as_cron_says(moment: datetime, *, is_frozen: bool) -> None:
    """It begins at each time of cron, on the clocks of its zone, and lasts as long as it says."""
    known = facts(
        OPERATIONS["queued"],
        a_member(ANN),
        FRIDAYS,
        now=moment.astimezone(UTC),
        local={"Europe/Berlin": moment},
    )
    denied = decide(an_intent("deploy", OPERATIONS["queued"]), known).denied
    assert (denied is not None) is is_frozen
    if denied is not None:
        assert denied.why.params["ends"] == "2026-11-30T07:00:00Z"


@pytest.mark.parametrize(
    "written",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
     "*/0 * * * *", "5-1 * * * *", "a * * * *", "1,,2 * * * *", "* * * * * *", "-1 * * * *"],
)  # fmt: skip
def test_what_is_no_cron_is_refused(written: str) -> None:
    """Five fields within their bounds, or nothing."""
    with pytest.raises(ValueError, match="cron"):
        read_cron(written)


def test_cron_reads_names_lists_ranges_and_steps() -> None:
    """Days and months have names; Sunday is 0 and 7; either kind of day is enough."""
    times = read_cron("*/30 8-10 1,15 jan-mar mon,7")
    assert (times.minutes, times.hours) == ((0, 30), (8, 9, 10))
    assert (sorted(times.months), sorted(times.weekdays)) == ([1, 2, 3], [0, 1])
    assert times.has(datetime(2026, 2, 1, tzinfo=UTC).date())
    assert times.has(datetime(2026, 2, 2, tzinfo=UTC).date())
    assert not times.has(datetime(2026, 2, 3, tzinfo=UTC).date())


@given(
    st.integers(0, 525_600).map(lambda after: YEAR + timedelta(minutes=after)),
    st.integers(1, 30 * 24),
    st.sampled_from(["0 18 * * fri", "30 6 1 * *", "*/45 */7 * 2,8 mon-wed", "0 0 13 * fri"]),
)
def test_the_last_start_is_what_minutes_say(now: datetime, hours: int, written: str) -> None:
    """It is the latest minute of cron that is over, unless it lies longer ago than it lasts."""
    length, times = timedelta(hours=hours), read_cron(written)
    minute = now.replace(second=0, microsecond=0)
    started = None
    while now - minute < length and started is None:
        is_time = minute.minute in times.minutes and minute.hour in times.hours
        started = minute if is_time and times.has(minute.date()) else None
        minute -= timedelta(minutes=1)
    assert last_start(written, now, length) == started
