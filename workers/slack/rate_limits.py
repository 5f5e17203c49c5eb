"""Whose turn it is to call Slack: its limits, shared by all processes, and kept before it says so.

Source: https://docs.slack.dev/apis/web-api/rate-limits/
"""

from typing import Final, NamedTuple

from bot.core.surfaces import HOMES, POSTS, UPDATES, WHISPERS
from workers.context import WorkerContext

HISTORY: Final = "conversations.history"
REPLIES: Final = "conversations.replies"
CAREFUL_SECONDS: Final = 600.0  # after a 429
CAREFUL: Final = 1.005  # times as long to the next call, since clocks are read to the millisecond


class Pace(NamedTuple):
    """One call every *seconds*; turns of so many seconds more may be taken in advance."""

    seconds: float
    slack: float


# No minute ever has more than the limit: one post a second with short bursts, 50 updates and
# as many look-ups of each kind, 100 whispers and Homes.
_TIER_2: Final = Pace(3.1, 5 * 3.1)
_TIER_3: Final = Pace(1.3, 3 * 1.3)
_PACES: Final = {
    POSTS: Pace(1.0, 2 * 1.0),
    UPDATES: _TIER_3,
    WHISPERS: Pace(0.66, 9 * 0.66),
    HOMES: Pace(0.66, 9 * 0.66),
    "conversations.create": _TIER_2,
    "conversations.setTopic": _TIER_2,
    "conversations.archive": _TIER_2,
    "conversations.setPurpose": _TIER_2,
    "conversations.canvases.create": _TIER_2,
    "pins.add": _TIER_2,
    "bookmarks.add": _TIER_2,
    "files.getUploadURLExternal": _TIER_3,  # 4 by itself; the other calls for a file go with it
    HISTORY: _TIER_3,
    REPLIES: _TIER_3,
}


class Turn(NamedTuple):
    """A turn that was taken in a lane, and at which pace."""

    lane: str
    pace: Pace

    @property
    def is_careful(self) -> bool:
        """Whether Slack has said lately that it was called too often."""
        return self.pace.slack == 0


class NotYetError(Exception):
    """It is not our turn in *lane* for so many seconds."""

    def __init__(self, lane: str, wait: float) -> None:
        super().__init__(f"{lane}: in {wait:g} s")
        self.lane = lane
        self.wait = wait


def take(context: WorkerContext, lane: str) -> Turn:
    """Take a turn.

    Raises:
        NotYetError: there is none now.
    """
    pace = _pace(context, lane)
    wait = context.flags.take(lane, pace.seconds, pace.slack)
    if wait > 0:
        raise NotYetError(lane, wait)
    return Turn(lane, pace)


def took(context: WorkerContext, turn: Turn) -> None:
    """Say that the call is over: who goes carefully counts from here, and is never too early."""
    if turn.is_careful:
        context.flags.hold(turn.lane, turn.pace.seconds)


def is_pressed(context: WorkerContext, turn: Turn) -> bool:
    """Return whether the next turn will have to be waited for."""
    return context.flags.held_for(turn.lane) > turn.pace.slack


def hold(context: WorkerContext, lane: str, seconds: float) -> None:
    """Let nobody call for so long, since Slack said so, and go carefully for a while.

    Then nothing is taken in advance: this Slack may allow less at once than was thought.
    """
    context.flags.hold(lane, seconds)
    context.flags.hold(_careful(lane), seconds + CAREFUL_SECONDS)


def _pace(context: WorkerContext, lane: str) -> Pace:
    pace = _PACES.get(lane.partition(":")[0], _TIER_3)
    if context.flags.held_for(_careful(lane)):
        return Pace(pace.seconds * CAREFUL, 0.0)
    return pace


def _careful(lane: str) -> str:
    return f"careful:{lane}"
