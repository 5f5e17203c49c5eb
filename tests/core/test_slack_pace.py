"""What Slack's refusals teach: a lane its own pace, and two channels that all posts are limited."""

from itertools import groupby
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from bot.core.slack_pace import (
    FALLEN_SECONDS,
    HALVED_SECONDS,
    KEPT_SECONDS,
    LONGEST_SECONDS,
    QUICKEST_SECONDS,
    TOGETHER_SECONDS,
    TURNS,
    Refused,
    interval,
    lane_refused,
    turn_of,
    workspace_refused,
)

CHANNELS: Final = st.sampled_from(["C1", "C2", "C3"])
AGES: Final = st.floats(0, 2 * KEPT_SECONDS)
RESTS: Final = st.floats(1, 900)
REFUSALS: Final = st.lists(st.tuples(CHANNELS, AGES, RESTS), max_size=30)
LEAST: Final = st.floats(0.5, 5)


def taught(refusals: list[tuple[str, float, float]]) -> Refused | None:
    """Return what a workspace is taught by refusals, each so long after the one before."""
    known: Refused | None = None
    for channel, age, rest in refusals:
        known = workspace_refused(known, age, rest, channel, heeded=True)
    return known


@given(REFUSALS, CHANNELS)
def test_one_channel_teaches_nothing_of_the_others(
    refusals: list[tuple[str, float, float]], channel: str
) -> None:
    """However often one channel is refused, all others go on as they did."""
    known = taught([(channel, age, rest) for _, age, rest in refusals])
    assert interval(known, 0) == 0


@given(st.floats(0, TOGETHER_SECONDS), RESTS)
def test_a_second_channel_soon_after_slows_down_all(age: float, rest: float) -> None:
    """Two refusals close together are one limit's: the pace falls at once, not step by step."""
    assert interval(taught([("C1", 0, 1), ("C2", age, rest)]), 0) == FALLEN_SECONDS


@given(st.floats(TOGETHER_SECONDS, KEPT_SECONDS, exclude_min=True), RESTS)
def test_a_second_channel_long_after_does_not(age: float, rest: float) -> None:
    """Each of them may have had too much for itself."""
    assert interval(taught([("C1", 0, 1), ("C2", age, rest)]), 0) == 0


@given(REFUSALS, AGES, st.floats(0, 600))
def test_it_recovers_with_time_and_never_by_itself_gets_slower(
    refusals: list[tuple[str, float, float]], age: float, more: float
) -> None:
    """Without a refusal the pace only gets faster, and is forgotten in the end."""
    known = taught(refusals)
    assert interval(known, age + more) <= interval(known, age)
    rest = known.rest if known else 0.0
    assert interval(known, rest) == interval(known, 0)  # nobody called: nothing was found out
    assert interval(known, rest + KEPT_SECONDS) == 0


@given(REFUSALS)
def test_it_recovers_gradually(refusals: list[tuple[str, float, float]]) -> None:
    """It takes a while until twice as much is tried."""
    known = taught(refusals)
    whole, half = interval(known, 0), interval(known, HALVED_SECONDS)
    assert half >= 0.49 * whole or whole < 2 * QUICKEST_SECONDS


@given(REFUSALS, AGES, RESTS, CHANNELS)
def test_a_refusal_never_makes_anything_faster(
    refusals: list[tuple[str, float, float]], age: float, rest: float, channel: str
) -> None:
    """And it never makes it slower than one call in half a minute."""
    known = taught(refusals)
    after = interval(workspace_refused(known, age, rest, channel, heeded=True), 0)
    assert interval(known, age) <= after <= LONGEST_SECONDS


@given(st.floats(1, 60), CHANNELS)
def test_what_had_left_before_teaches_nothing_more(rest: float, channel: str) -> None:
    """While nobody calls, only calls are refused that had left before: they count as one."""
    known = taught([("C1", 0, 1), ("C2", 1, rest)])
    assert (
        interval(workspace_refused(known, rest / 2, rest, channel, heeded=True), 0)
        <= FALLEN_SECONDS
    )


@given(REFUSALS, AGES, RESTS, CHANNELS)
def test_who_did_not_know_of_it_makes_nothing_slower(
    refusals: list[tuple[str, float, float]], age: float, rest: float, channel: str
) -> None:
    """Another process that posts as before is refused for that, and not for the pace of now."""
    known = taught(refusals)
    pause = interval(known, age)
    again = interval(workspace_refused(known, age, rest, channel, heeded=False), 0)
    assert again == pause if pause else again in {0.0, FALLEN_SECONDS}


@given(least=LEAST, rest=RESTS, age=AGES, later=AGES, heeded=st.booleans())
def test_a_lane_is_careful_first_and_slower_only_if_that_is_refused(
    least: float, rest: float, age: float, later: float, *, heeded: bool
) -> None:
    """The first refusal keeps the lane's own pace; so does one of who did not know of it yet."""
    first = lane_refused(None, 0.0, rest, least=least, heeded=heeded)
    again = lane_refused(first, age, rest, least=least, heeded=heeded)
    assert interval(first, later, least=least) == least
    assert least <= interval(again, later, least=least) <= max(least, LONGEST_SECONDS)
    is_believed = heeded and rest <= age < rest + KEPT_SECONDS
    assert (interval(again, 0, least=least) > least) == is_believed


def test_ends_and_beginnings_take_turns() -> None:
    """Where few posts pass, ends have one turn of four, and never wait for longer; else none."""
    known = taught([("C1", 0, 1), ("C2", 1, 1)])
    moments = [0.0]
    while moments[-1] < HALVED_SECONDS:
        moments.append(moments[-1] + interval(known, moments[-1]) * 1.01)
    turns = [turn_of(known, each) for each in moments]
    assert abs(turns.count("ends") * TURNS - len(turns)) <= 0.1 * len(turns)
    assert max(len(list(same)) for _, same in groupby(turns)) <= TURNS
    assert turn_of(None, 0) == turn_of(known, 1 + KEPT_SECONDS) == "usual"


def test_a_steady_limit_is_met_and_hardly_ever_overrun() -> None:
    """Of a workspace that takes a post a second, hundreds of posts get nearly all, for few no's."""
    delivered, refused = played(per_second=1.0, seconds=600)
    assert delivered >= 0.9 * 600
    assert refused <= 0.08 * delivered


def test_a_hard_limit_is_found() -> None:
    """Of one that takes a post in five seconds as well."""
    delivered, refused = played(per_second=0.2, seconds=600)
    assert delivered >= 0.75 * 120
    assert refused <= 0.25 * delivered


def test_a_wide_limit_is_come_back_to() -> None:
    """Of one that takes five a second, most are used again after a few minutes."""
    delivered, refused = played(per_second=5.0, seconds=600)
    assert delivered >= 0.6 * 3000
    assert refused <= 0.02 * delivered


def played(per_second: float, seconds: float) -> tuple[int, int]:
    """Post without an end into many channels; return what was delivered, and refused."""
    now, tokens, delivered, refused = 0.0, 3.0, 0, 0
    known, since = None, 0.0
    while now < seconds:
        if tokens >= 1:
            tokens, delivered = tokens - 1, delivered + 1
            step = interval(known, now - since) or 0.01
        else:
            refused += 1
            rest = max(1.0, (1 - tokens) / per_second)
            known = workspace_refused(known, now - since, rest, f"C{refused % 7}", heeded=True)
            since = now
            step = max(rest, interval(known, 0)) if interval(known, 0) else 0.01
        now += step
        tokens = min(3.0, tokens + step * per_second)
    return delivered, refused
