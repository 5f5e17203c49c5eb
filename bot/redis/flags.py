"""Small facts with an end: who was rung lately, what Slack allows, what it holds back."""

from collections.abc import Callable, Sequence
from typing import Final

from redis import Redis

from bot.core.ports import Taken
from bot.redis.doorbell import OUTBOX_KEY
from bot.redis.text import text

# The time that a key has left to live is the time that turns were taken for in advance.
_TURN: Final = """
local ahead = math.max(0, redis.call('PTTL', KEYS[1]))
local wait = ahead - tonumber(ARGV[2])
if wait > 0 then return {0, wait} end
redis.call('SET', KEYS[1], 1, 'PX', ahead + tonumber(ARGV[1]))
return {1, math.max(0, wait + tonumber(ARGV[1]))}
"""

# A note's age is what is gone of the time that it was written for.
_NOTE: Final = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
_NOTE_TRIES: Final = 5  # where others note as well


class Flags:
    """Small facts with an end: who was rung lately, whose turn it is, what Slack holds."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._turn = redis.register_script(_TURN)
        self._note = redis.register_script(_NOTE)

    def first(self, name: str, seconds: float) -> bool:
        """Return whether nobody set this mark in the last *seconds*, and set it."""
        return bool(self._redis.set(f"slipway:mark:{name}", 1, nx=True, px=int(seconds * 1000)))

    def hold(self, name: str, seconds: float) -> None:
        """Hold *name* for so long."""
        self._redis.set(f"slipway:hold:{name}", 1, px=max(1, int(seconds * 1000)))

    def held_for(self, name: str) -> float:
        """Return for how many seconds *name* is still held; 0: it is free."""
        left = int(self._redis.pttl(f"slipway:hold:{name}"))
        return left / 1000 if left > 0 else 0.0

    def take(self, name: str, interval: float, slack: float) -> Taken:
        """Take one turn of *name*, if there is one now.

        Turns come every *interval* seconds; as many as come in *slack* more may be taken in
        advance. A hold on *name* is a time for which all were taken.
        """
        is_ours, wait = self._turn(
            keys=[f"slipway:hold:{name}"], args=[int(interval * 1000), int(slack * 1000)]
        )
        return Taken(is_ours=bool(is_ours), next_in=int(wait) / 1000)

    def noted(self, names: Sequence[str], seconds: float) -> tuple[tuple[str, float], ...]:
        """Return the notes of these *names*, each with its age in seconds; "": there is none.

        They were written for so many *seconds*.
        """
        with self._redis.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.get(f"slipway:note:{name}")
                pipeline.pttl(f"slipway:note:{name}")
            found = pipeline.execute()
        pairs = zip(found[::2], found[1::2], strict=True)
        return tuple(_noted(words, int(left), seconds) for words, left in pairs)

    def note(self, name: str, seconds: float, write: Callable[[str, float], str]) -> str:
        """Replace a note, for so many *seconds*, by what *write* makes of it and its age.

        What others note meanwhile is read again, and not lost. Returns what it is now.
        """
        written = ""
        for _ in range(_NOTE_TRIES):
            [(before, age)] = self.noted([name], seconds)
            written = write(before, age)
            args: list[str | int] = [before, written, int(seconds * 1000)]
            if self._note(keys=[f"slipway:note:{name}"], args=args):
                break
        return written

    def wait_for_outbox(self, seconds: float) -> bool:
        """Wait until somebody wakes the outbox, at most so long; return whether somebody did."""
        return self._redis.bzpopmin([OUTBOX_KEY], timeout=max(0.01, seconds)) is not None


def _noted(words: object, left: int, seconds: float) -> tuple[str, float]:
    """Return a note and its age, of which so many milliseconds are *left* to live."""
    if words is None or left <= 0:
        return "", 0.0
    return text(words), max(0.0, seconds - left / 1000)
