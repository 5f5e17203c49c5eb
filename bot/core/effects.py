"""Effects: what must be done because of an event. Each is safe to repeat.

What Slack has to show because of it, `surfaces.stale` says.
"""

from typing import Literal, TypeAlias

from bot.core.records import Moment, Record


class RingDoorbell(Record):
    """Let a worker advance the operation now."""

    kind: Literal["ring_doorbell"] = "ring_doorbell"


class LookAgain(Record):
    """Let a poller look at the operation at `at`; None: as soon as its interval says."""

    kind: Literal["look_again"] = "look_again"
    at: Moment | None = None


class TakeLock(Record):
    """The target is its own now, unless another operation has it."""

    kind: Literal["take_lock"] = "take_lock"


class ReleaseLock(Record):
    """The target is free again."""

    kind: Literal["release_lock"] = "release_lock"


Effect: TypeAlias = RingDoorbell | LookAgain | TakeLock | ReleaseLock
