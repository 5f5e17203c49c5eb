"""Whose turn it is to call Slack: its limits, shared by all processes, and kept before it says so.

Source: https://docs.slack.dev/apis/web-api/rate-limits/
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
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
    """A turn that was taken in a lane."""

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


class Lanes:
    """The lanes to Slack as one sender knows them: in which it has to wait, and until when."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._closed: dict[str, datetime] = {}
        self._careful: dict[str, bool] = {}  # of this sender's short life

    def closed(self) -> Mapping[str, datetime]:
        """Return the lanes in which it is not our turn now, and when it will be."""
        now = self._context.clock()
        self._closed = {lane: until for lane, until in self._closed.items() if until > now}
        return self._closed

    def take(self, lane: str) -> Turn:
        """Take a turn.

        Raises:
            NotYetError: there is none now.
        """
        pace = self._pace(lane)
        taken = self._context.flags.take(lane, pace.seconds, pace.slack)
        if taken.next_in > 0:
            self._closed[lane] = self._context.clock() + timedelta(seconds=taken.next_in)
        if not taken.is_ours:
            raise NotYetError(lane, taken.next_in)
        return Turn(lane, pace)

    def took(self, turn: Turn) -> None:
        """Say that the call is over: who goes carefully counts from here, and is never early."""
        if turn.is_careful:
            self._context.flags.hold(turn.lane, turn.pace.seconds)

    def hold(self, lane: str, seconds: float) -> None:
        """Let nobody call for so long, since Slack said so, and go carefully for a while.

        Then nothing is taken in advance: this Slack may allow less at once than was thought.
        """
        self._context.flags.hold(lane, seconds)
        self._context.flags.hold(f"careful:{lane}", seconds + CAREFUL_SECONDS)
        self._careful[lane] = True

    def _pace(self, lane: str) -> Pace:
        pace = _PACES.get(lane.partition(":")[0], _TIER_3)
        if lane not in self._careful:
            self._careful[lane] = self._context.flags.held_for(f"careful:{lane}") > 0
        return Pace(pace.seconds * CAREFUL, 0.0) if self._careful[lane] else pace
