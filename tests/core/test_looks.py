"""When the next look is due: as ever for what was never seen, and near the end for what was."""

import math
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.expectation import SAMPLES_MIN, Estimate
from bot.core.looks import LATEST, SOONEST, likely, pause
from tests.bench.looks import KINDS, compared

WAITED: Final = st.floats(0, 100_000)
HALF: Final = st.floats(0, 10_000)
SHARE: Final = 0.6  # of delay times looks, on average over all kinds


def plain(waited: float) -> float:
    """Return what was waited before anything was learnt: a sixth, from 1 to 10 seconds."""
    return max(1.0, min(waited / 6, 10.0))


def usual(half: float, more: float = 1.3, samples: int = SAMPLES_MIN) -> Estimate:
    """Return what a step took before, nine tenths of it within *more* times the half."""
    return Estimate(p50=half, p90=half * more, last=half, samples=samples)


@given(WAITED, HALF)
def test_what_was_never_seen_is_looked_at_as_ever(waited: float, half: float) -> None:
    """Without a history, or with hardly any, nothing is better or worse than it was."""
    assert pause(waited) == plain(waited)
    assert pause(waited, usual(half, samples=SAMPLES_MIN - 1)) == plain(waited)


@given(WAITED, HALF, st.floats(1, 20))
def test_no_pause_is_longer_than_the_longest(waited: float, half: float, more: float) -> None:
    """However wrong a history is, an end is seen as soon as it would be at worst without one."""
    assert SOONEST <= pause(waited, usual(half, more)) <= LATEST


@given(st.floats(1, 10_000), st.floats(1, 5), st.floats(0, 1, exclude_max=True))
def test_no_pause_leads_past_the_time_in_which_an_end_is_likely(
    half: float, more: float, share: float
) -> None:
    """The first look of that time comes when it begins, or a second later."""
    known = usual(half, more)
    begins, _ = likely(known)
    waited = begins * share
    assert waited + pause(waited, known) <= max(begins, waited + SOONEST) * (1 + 1e-9)


@given(st.floats(1, 10_000), st.floats(1, 5), st.floats(0, 1))
def test_while_an_end_is_likely_nothing_is_seen_later_than_before(
    half: float, more: float, share: float
) -> None:
    """A history never makes pauses longer around the time that steps usually take."""
    known = usual(half, more)
    begins, ends = likely(known)
    waited = begins + share * (ends - begins)
    assert pause(waited, known) <= plain(waited)


@given(st.floats(1, 10_000), st.floats(1, 5))
def test_after_its_time_it_is_as_if_nothing_were_known(half: float, more: float) -> None:
    """What takes much longer than ever before is looked at by the time waited."""
    known = usual(half, more)
    late = math.nextafter(likely(known)[1], math.inf)
    assert pause(late, known) == plain(late)


def test_a_history_saves_delay_and_looks() -> None:
    """Delay times looks is at most 0.6 of what it was, on average; more than before for no kind."""
    shares = []
    for half, spread in KINDS:
        without, learnt = compared(half, spread)
        shares.append(learnt.product / without.product)
        assert learnt.latest <= LATEST
    assert max(shares) < 1
    assert sum(shares) / len(shares) <= SHARE


@pytest.mark.parametrize(("half", "spread"), [(20.0, 0.2), (60.0, 0.2), (60.0, 0.5)])
def test_short_steps_gain_most(half: float, spread: float) -> None:
    """A minute's step is seen to its end in about a second instead of four."""
    without, learnt = compared(half, spread)
    assert learnt.delay < without.delay / 3
