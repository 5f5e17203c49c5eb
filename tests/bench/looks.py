"""What learning from earlier times is worth: delay and looks of steps that take a random time.

Durations are log-normal, as far as they are known to be; of each kind the first 40 are the history
and the others are watched, once by the rule without a history and once with it.
"""

import random
from collections.abc import Sequence
from typing import Final, NamedTuple

from bot.core.estimates import within
from bot.core.expectation import Estimate
from bot.core.looks import pause

KINDS: Final = (  # seconds that half of them stay within, and their spread
    (20.0, 0.2), (60.0, 0.2), (60.0, 0.5), (180.0, 0.2), (600.0, 0.2), (600.0, 0.5), (1800.0, 0.5),
)  # fmt: skip
HISTORY: Final = 40
STEPS: Final = 400


class Watched(NamedTuple):
    """Of one kind, on average: how late an end was seen, after how many looks."""

    delay: float
    looks: float
    latest: float

    @property
    def product(self) -> float:
        """What both cost together."""
        return self.delay * self.looks


def compared(half: float, spread: float) -> tuple[Watched, Watched]:
    """Return what steps of this kind cost without a history, and with it."""
    drawn = random.Random(f"{half} {spread}")  # noqa: S311 - no secret
    history = sorted(half * drawn.lognormvariate(0, spread) for _ in range(HISTORY))
    shares = {f"p{share}": within(history, share / 100) for share in (50, 90, 95, 99)}
    usual = Estimate(**shares, last=history[0], samples=HISTORY)
    took = [half * drawn.lognormvariate(0, spread) for _ in range(STEPS)]
    starts = [drawn.random() for _ in range(STEPS)]  # seconds until the first look
    return _watched(took, starts, None), _watched(took, starts, usual)


def _watched(took: Sequence[float], starts: Sequence[float], usual: Estimate | None) -> Watched:
    delays, looks = [], 0
    for ends, start in zip(took, starts, strict=True):
        now = start
        looks += 1
        while now < ends:
            now += pause(now, usual)
            looks += 1
        delays.append(now - ends)
    return Watched(sum(delays) / len(took), looks / len(took), max(delays))


def lines() -> list[str]:
    """Return a table of all kinds, and what the history saves on average."""
    shown = [
        f"{'a step of':14}{'today: delay x looks':>24}{'learnt: delay x looks':>26}{'share':>8}"
    ]
    shares = []
    for half, spread in KINDS:
        plain, learnt = compared(half, spread)
        shares.append(learnt.product / plain.product)
        shown.append(
            f"{half:5.0f} s ± {spread:.1f} {plain.delay:12.2f} s x {plain.looks:5.0f}"
            f"{learnt.delay:16.2f} s x {learnt.looks:5.0f}{shares[-1]:10.2f}"
        )
    shown.append(f"on average {sum(shares) / len(shares):.2f} of today's, wanted <= 0.6")
    return shown
