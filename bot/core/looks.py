"""How long to wait until the next look: by the time waited so far, and by what it took before.

Rarely an end is seen later than half of a pause. So looks are worth most where an end is likely:
around the time that the step usually takes, as far as its times differ. Before, somewhat fewer
looks see an early failure and tell progress; after, nobody knows more than for a first time.
"""

from math import exp, log
from typing import Final

from bot.core.expectation import Estimate

SOONEST: Final = 1.0  # seconds
LATEST: Final = 10.0
_WAITED: Final = 6  # times a pause has been waited already, where nothing is known
_WAITED_EARLY: Final = 3  # times, before an end is likely
_PARTS: Final = 30  # of the usual time, while an end is likely
_LATEST_LIKELY: Final = 5.0  # seconds, meanwhile
_SPREAD_LEAST: Final = 0.05
_NINTH_TENTH: Final = 1.28  # of how many spreads the ninth tenth is away from the middle
_WIDTH: Final = 2.0  # spreads before the middle from which on an end is likely
_AFTER: Final = 1.25  # times the ninth tenth until which it is


def pause(waited: float, usual: Estimate | None = None) -> float:
    """Return for how many seconds nobody looks at a step that has run for *waited* seconds.

    Args:
        waited: since it began.
        usual: how long this step takes; None, or few samples: as for what was never seen.
    """
    plain = _within(waited / _WAITED, LATEST)
    if usual is None or not usual.is_reliable or usual.p50 <= 0:
        return plain
    begins, ends = likely(usual)
    if waited < begins:
        return min(_within(waited / _WAITED_EARLY, LATEST), max(SOONEST, begins - waited))
    if waited <= ends:
        return min(plain, _within(usual.p50 / _PARTS, _LATEST_LIKELY))
    return plain


def likely(usual: Estimate) -> tuple[float, float]:
    """Return from when until when an end is likely, in seconds since the step began."""
    spread = max(_SPREAD_LEAST, log(max(1.0, usual.p90 / usual.p50)) / _NINTH_TENTH)
    return usual.p50 * exp(-_WIDTH * spread), usual.p90 * _AFTER


def _within(wanted: float, latest: float) -> float:
    return max(SOONEST, min(wanted, latest))
