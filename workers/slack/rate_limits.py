"""Whose turn it is to call Slack: its limits, shared by all processes, and kept before it says so.

Source: https://docs.slack.dev/apis/web-api/rate-limits/
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pydantic import ValidationError

from bot.core.slack_pace import (
    CAREFUL,
    KEPT_SECONDS,
    Order,
    Refused,
    interval,
    is_over,
    lane_refused,
    turn_of,
    workspace_refused,
)
from bot.core.surfaces import HOMES, POSTS, UPDATES, WHISPERS, lane_of
from workers.context import Flags, WorkerContext
from workers.slack.calls import RETRY_AFTER_MAX

HISTORY: Final = "conversations.history"
REPLIES: Final = "conversations.replies"
NOTED_SECONDS: Final = RETRY_AFTER_MAX + KEPT_SECONDS  # for which Redis has what was refused

log = logging.getLogger("slipway.outbox")


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
    """A turn that was taken in a lane, and, where the workspace refuses, among all posts."""

    lane: str
    again: float = 0.0  # seconds from the end of the call to the next one there; 0: no matter
    of_all: float = 0.0  # the same, to the next post anywhere


class NotYetError(Exception):
    """It is not our turn in *lane* for so many seconds."""

    def __init__(self, lane: str, wait: float) -> None:
        super().__init__(f"{lane}: in {wait:g} s")
        self.lane = lane
        self.wait = wait


class _Lesson(NamedTuple):
    """What a refusal has taught, as this sender knows it, and since when it holds."""

    refused: Refused
    since: datetime


class Lanes:
    """The lanes to Slack as one sender knows them: in which it has to wait, and until when.

    All posts together are a lane as well once the workspace has refused: it is named by the method
    alone. What other processes are taught, a sender knows when it is made.
    """

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._closed: dict[str, datetime] = {}
        self._lessons: dict[str, _Lesson | None] = {}  # of this sender's short life

    def closed(self) -> Mapping[str, datetime]:
        """Return the lanes in which it is not our turn now, and when it will be."""
        now = self._context.clock()
        self._closed = {lane: until for lane, until in self._closed.items() if until > now}
        return self._closed

    def order(self) -> Order:
        """Return what goes first now; by the clock, as the next sender goes on with it."""
        self._learn(POSTS)
        lesson = self._lessons[POSTS]
        return turn_of(lesson.refused, self._age(lesson)) if lesson else "usual"

    def take(self, lane: str) -> Turn:
        """Take a turn.

        Raises:
            NotYetError: there is none now.
        """
        self._learn(lane)
        pace = _pace_of(lane)
        if self._is_careful(lane):
            pace = Pace(self._interval(lane, pace.seconds * CAREFUL), 0.0)
        self._take(lane, pace)
        again = 0.0 if pace.slack else pace.seconds
        of_all = self._interval(POSTS) if _is_post(lane) else 0.0
        if of_all:
            self._take(POSTS, Pace(of_all, 0.0))
        return Turn(lane, again, of_all)

    def _take(self, lane: str, pace: Pace) -> None:
        taken = self._context.flags.take(lane, pace.seconds, pace.slack)
        if taken.next_in > 0:
            self._close(lane, taken.next_in)
        if not taken.is_ours:
            raise NotYetError(lane, taken.next_in)

    def took(self, turn: Turn) -> None:
        """Say that the call is over: who goes carefully counts from here, and is never early."""
        if turn.again:
            self._context.flags.hold(turn.lane, turn.again)
        if turn.of_all:
            self._context.flags.hold(POSTS, turn.of_all)

    def hold(self, method: str, channel: str, seconds: float) -> None:
        """Let nobody call for so long, since Slack said so, and go carefully for a while.

        Then nothing is taken in advance: this Slack may allow less at once than was thought. Where
        it refuses posts in several channels, all posts are held.
        """
        lane = lane_of(method, channel)
        self._teach_lane(lane, seconds)
        self._rest(lane, seconds)
        log.info("outbox.held", extra={"lane": lane, "seconds": seconds})
        if method != POSTS:
            return
        self._teach_all(channel, seconds)
        if self._interval(POSTS):
            pause = round(self._interval(POSTS), 2)
            log.warning("outbox.workspace_limited", extra={"seconds": pause})
            self._rest(POSTS, seconds)

    def _rest(self, lane: str, seconds: float) -> None:
        self._context.flags.hold(lane, seconds)
        self._close(lane, seconds)

    def _close(self, lane: str, seconds: float) -> None:
        self._closed[lane] = self._context.clock() + timedelta(seconds=seconds)

    def _learn(self, lane: str) -> None:
        """Read what was taught before, of *lane* and of all posts, once."""
        wanted = [each for each in dict.fromkeys((lane, POSTS)) if each not in self._lessons]
        if not wanted:
            return
        found = self._context.flags.noted([_note(each) for each in wanted], NOTED_SECONDS)
        for each, (words, age) in zip(wanted, found, strict=True):
            self._lessons[each] = self._lesson(words, age)

    def _teach_lane(self, lane: str, rest: float) -> None:
        least, heeded = _pace_of(lane).seconds * CAREFUL, self._is_careful(lane)

        def teach(before: Refused | None, age: float) -> Refused:
            return lane_refused(before, age, rest, least=least, heeded=heeded)

        self._teach(lane, teach)

    def _teach_all(self, channel: str, rest: float) -> None:
        heeded = self._interval(POSTS) > 0

        def teach(before: Refused | None, age: float) -> Refused:
            return workspace_refused(before, age, rest, channel, heeded=heeded)

        self._teach(POSTS, teach)

    def _teach(self, lane: str, teach: Callable[[Refused | None, float], Refused]) -> None:
        def write(words: str, age: float) -> str:
            return teach(_read(words), age).model_dump_json()

        words = self._context.flags.note(_note(lane), NOTED_SECONDS, write)
        self._lessons[lane] = self._lesson(words, 0.0)

    def _lesson(self, words: str, age: float) -> _Lesson | None:
        refused = _read(words)
        return _Lesson(refused, self._context.clock() - timedelta(seconds=age)) if refused else None

    def _is_careful(self, lane: str) -> bool:
        lesson = self._lessons.get(lane)
        return lesson is not None and not is_over(lesson.refused, self._age(lesson))

    def _interval(self, lane: str, least: float = 0.0) -> float:
        lesson = self._lessons.get(lane)
        if lesson is None:
            return least
        return interval(lesson.refused, self._age(lesson), least=least)

    def _age(self, lesson: _Lesson) -> float:
        return (self._context.clock() - lesson.since).total_seconds()


def slack_figures(flags: Flags) -> Mapping[str, float]:
    """Return the seconds between two posts of the workspace, where Slack has refused more."""
    [(words, age)] = flags.noted([_note(POSTS)], NOTED_SECONDS)
    pause = interval(_read(words), age)
    return {POSTS: pause} if pause else {}


def _note(lane: str) -> str:
    return f"refused:{lane}"


def _read(words: str) -> Refused | None:
    """Read a note; one that cannot be read, of another version say, has taught nothing."""
    try:
        return Refused.model_validate_json(words) if words else None
    except ValidationError:
        return None


def _pace_of(lane: str) -> Pace:
    return _PACES.get(lane.partition(":")[0], _TIER_3)


def _is_post(lane: str) -> bool:
    return lane.startswith(f"{POSTS}:")
