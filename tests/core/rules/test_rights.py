"""Rights and freezes: what always holds, whatever a policy says."""

from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes import Denied
from bot.core.policy import ANYONE, Freeze, Member, Policy, approvals_needed
from bot.core.records import Action
from bot.core.rules import decide, is_approver, is_requester
from tests.core.builders import a_member, a_policy
from tests.core.rules.known import DEVS, SRE, an_intent, facts, operations
from tests.journal.builders import ANN, BOB

BARRED: Final = ("is_bot", "is_guest", "is_stranger", "is_deactivated")


def may(intent: str, policy: Policy, person: Member) -> bool:
    """Return whether *person* may do it, where nothing but rights stands in the way."""
    place = {"recover": "failed", "approve": "planned", "cancel": "planned"}.get(intent, "failed")
    operation = OPERATIONS[place]
    return decide(an_intent(intent, operation), facts(operation, person, policy)).is_allowed


RIGHTS: Final = ("deploy", "rollback command", "approve", "cancel", "recover", "roll back")
OPERATIONS: Final = operations()

NAMES: Final = st.sampled_from([ANN, BOB, "U0SUE", DEVS, SRE, ANYONE])
LISTED: Final = st.lists(NAMES, max_size=4).map(tuple)
RULES: Final = st.fixed_dictionaries(
    {
        "request": LISTED,
        "approve": LISTED.filter(bool),
        "rollback": st.none() | LISTED,
        "self_approval": st.booleans(),
    }
)
MEMBERS: Final = st.builds(
    lambda user, groups: a_member(user, *groups),
    st.sampled_from([ANN, BOB, "U0SUE", "U0TOM"]),
    st.sets(st.sampled_from([DEVS, SRE])),
)


@given(RULES, MEMBERS, st.sampled_from(["request", "approve", "rollback"]), st.data())
def test_taking_a_grant_away_never_allows_more(
    rules: dict[str, Any], person: Member, key: str, data: st.DataObject
) -> None:
    """Whoever was refused stays refused when a name is taken out of a list."""
    listed = rules[key] or ()
    if not listed or (key == "approve" and len(listed) == 1):
        return  # without any approver those who may request decide: that is another policy
    gone = data.draw(st.sampled_from(listed))
    less = {**rules, key: tuple(name for name in listed if name != gone)}
    if key == "approve" and not less[key]:
        return
    for right in RIGHTS:
        if not may(right, a_policy(**rules), person):
            assert not may(right, a_policy(**less), person)


@given(RULES, MEMBERS, st.sampled_from(BARRED), st.sets(st.sampled_from(BARRED)))
def test_a_flag_never_allows_more(
    rules: dict[str, Any], person: Member, flag: str, others: set[str]
) -> None:
    """A guest, bot, stranger or deactivated account may do nothing, whatever else it is."""
    flagged = person.model_copy(update=dict.fromkeys({flag, *others}, True))
    for right in RIGHTS:
        assert not may(right, a_policy(**rules), flagged)


@given(RULES, MEMBERS)
def test_nobody_approves_his_own_wish_unless_that_is_written(
    rules: dict[str, Any], person: Member
) -> None:
    """The requester's approval counts where self_approval is on, and nowhere else."""
    if person.id == ANN and not rules["self_approval"]:
        assert not may("approve", a_policy(**rules), person)


@given(RULES, MEMBERS, st.sets(st.sampled_from(BARRED), max_size=1))
def test_the_help_promises_what_the_rules_allow(
    rules: dict[str, Any], person: Member, flags: set[str]
) -> None:
    """An example is shown to whoever may do it, and to no guest whom a policy happens to list."""
    policy, asking = a_policy(**rules), person.model_copy(update=dict.fromkeys(flags, True))
    known = facts(OPERATIONS["failed"], asking, policy)
    own = asking.id == ANN and not policy.self_approval  # who may approve, but not this one

    assert is_requester(policy, known) is may("deploy", policy, asking)
    if not own:
        assert is_approver(policy, known) is may("approve", policy, asking)


@given(RULES, RULES)
def test_the_version_changes_with_every_rule(one: dict[str, Any], two: dict[str, Any]) -> None:
    """Two policies share a version exactly when they say the same."""
    first, second = a_policy(**one), a_policy(**two)
    assert (first.version == second.version) is (first == second)


@pytest.mark.parametrize(
    ("action", "needed"), [("deploy", 2), ("restart", 2), ("rollback", 1), ("delete", 2)]
)
def test_a_rollback_has_its_own_number_of_approvals(action: Action, needed: int) -> None:
    """How many must approve depends on whether it is a way back."""
    assert approvals_needed(a_policy(approvals=2, rollback_approvals=1), action) == needed


def test_the_groups_are_those_of_every_rule() -> None:
    """Slack is asked about each group that any rule names, and about no person."""
    policy = a_policy(
        request=(DEVS, ANN), approve=(SRE,), rollback=("S0BACK",), break_glass=("S0GLASS",)
    )
    assert policy.groups == {DEVS, SRE, "S0BACK", "S0GLASS"}


def frozen(policy: Policy, here: dict[str, datetime]) -> Denied | None:
    """Return the refusal of a deployment at this moment, where a freeze is its cause."""
    operation = OPERATIONS["failed"]
    known = facts(operation, a_member("U0TOM"), policy, local=here)
    denied = decide(an_intent("deploy", operation), known).denied
    return denied if denied and denied.code == "frozen" else None


def at(zone: str, written: str) -> dict[str, datetime]:
    """Return the moment as people in *zone* see it."""
    return {zone: datetime.fromisoformat(written).astimezone(ZoneInfo(zone))}


SHANGHAI, BERLIN, NEW_YORK = "Asia/Shanghai", "Europe/Berlin", "America/New_York"
WEEKEND: Final = (5, 6)
YEARS_END: Final[dict[str, Any]] = {"first": date(2026, 12, 24), "last": date(2027, 1, 2)}
FREEZES: Final[tuple[tuple[str, dict[str, Any], str, bool], ...]] = (
    ("friday evening in UTC is saturday there", {"days": WEEKEND}, "2026-11-20T16:00:00Z", True),
    ("friday there as well", {"days": WEEKEND}, "2026-11-20T15:59:59Z", False),
    ("sunday in UTC, monday there", {"days": WEEKEND}, "2026-11-22T16:00:00Z", False),
    ("sunday's last second there", {"days": WEEKEND}, "2026-11-22T15:59:59Z", True),
    ("the first second of the dates", YEARS_END, "2026-12-23T16:00:00Z", True),
    ("the second before", YEARS_END, "2026-12-23T15:59:59Z", False),
    ("the last day counts", YEARS_END, "2027-01-02T15:59:59Z", True),
    ("the day after", YEARS_END, "2027-01-02T16:00:00Z", False),
)


@pytest.mark.parametrize(
    ("freeze", "moment", "is_frozen"), [row[1:] for row in FREEZES], ids=[row[0] for row in FREEZES]
)
def test_a_freeze_counts_the_days_of_its_zone(
    freeze: dict[str, Any],
    moment: str,
    is_frozen: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Days and dates begin and end at midnight of the zone that is written, both ends included."""
    policy = a_policy(request=(ANYONE,), freezes=(Freeze(zone=SHANGHAI, reason="rest", **freeze),))
    denied = frozen(policy, at(SHANGHAI, moment))
    assert (denied is not None) is is_frozen
    if denied:
        assert denied.why is not None
        assert denied.why.params["words"] == "rest"


@pytest.mark.parametrize(
    ("zone", "moment", "is_frozen"),
    [
        (BERLIN, "2026-10-24T22:00:00Z", True),  # Sunday at summer time, two hours ahead
        (BERLIN, "2026-10-25T22:59:59Z", True),  # the same Sunday at winter time, an hour ahead
        (BERLIN, "2026-10-25T23:00:00Z", False),
        (NEW_YORK, "2026-03-08T04:59:59Z", False),
        (NEW_YORK, "2026-03-08T05:00:00Z", True),  # a Sunday of 23 hours begins
        (NEW_YORK, "2026-03-09T03:59:59Z", True),
        (NEW_YORK, "2026-03-09T04:00:00Z", False),
    ],
)
def test_a_freeze_follows_daylight_saving(
    zone: str,
    moment: str,
    is_frozen: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A Sunday of 25 or of 23 hours is frozen for just as long."""
    policy = a_policy(request=(ANYONE,), freezes=(Freeze(zone=zone, days=(6,)),))
    assert (frozen(policy, at(zone, moment)) is not None) is is_frozen


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_one_freeze_of_several_is_enough(moment: datetime) -> None:
    """Each freeze is looked at in its own zone; the first that covers the moment decides."""
    freezes = (Freeze(zone=SHANGHAI, days=WEEKEND), Freeze(zone=NEW_YORK, **YEARS_END))
    local = {zone: moment.astimezone(ZoneInfo(zone)) for zone in (SHANGHAI, NEW_YORK)}
    together = frozen(a_policy(request=(ANYONE,), freezes=freezes), local)
    alone = [frozen(a_policy(request=(ANYONE,), freezes=(each,)), local) for each in freezes]
    assert together == next((each for each in alone if each), None)
