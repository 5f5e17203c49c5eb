"""How fast Slack is called once it has refused: what its 429s teach of one lane, and of them all.

Slack counts posts by channel, and lets a workspace as a whole post "several hundred messages per
minute", without a figure. So one refusal is believed to be the channel's; a second one, of another
channel and soon after, is the workspace's. Then all posts together fall to a pace that is well
below several hundred a minute, and get faster again with time, until the next refusal.

Source: https://docs.slack.dev/apis/web-api/rate-limits/
"""

import math
from typing import Final, Literal, TypeAlias

from bot.core.records import Record

CAREFUL: Final = 1.005  # times as long to the next call, since clocks are read to the millisecond
KEPT_SECONDS: Final = 600.0  # for which a refusal counts, from when it may be called again
TOGETHER_SECONDS: Final = 10.0  # between refusals in two channels that are one limit's
FALLEN_SECONDS: Final = 0.5  # between two posts of a workspace that refuses: 120 a minute
SLOWER: Final = 1.5  # times as long, where the pace of then was refused as well
LONGEST_SECONDS: Final = 30.0  # between two calls, whatever is refused
HALVED_SECONDS: Final = 60.0  # without a refusal, until calls come twice as fast
QUICKEST_SECONDS: Final = 0.1  # between two posts: a limit that lets so many through is none
TURNS: Final = 4  # of which ends have one, and beginnings and calls to decide the others

# What goes first where few posts are let through: mostly what begins; an end stands on its card.
Order: TypeAlias = Literal["usual", "ends", "begins"]


class Refused(Record):
    """What Slack's last refusal has taught, and those before it."""

    channel: str  # whose post it was; "": it was no post
    rest: float  # seconds for which nobody calls: what was refused meanwhile had left before
    interval: float = 0.0  # seconds between two calls from then on; 0: nothing is known yet


def is_over(refused: Refused, age: float) -> bool:
    """Whether a refusal counts no more, *age* seconds after it."""
    return _tried(refused, age) >= KEPT_SECONDS


def interval(refused: Refused | None, age: float, *, least: float = 0.0) -> float:
    """Return the seconds between two calls *age* seconds after a refusal; 0: there is no limit.

    It is never less than *least*, which holds without any refusal.
    """
    if refused is None or is_over(refused, age):
        return least
    left = refused.interval * 0.5 ** (_tried(refused, age) / HALVED_SECONDS)
    return max(least, left) if left >= QUICKEST_SECONDS else least


def lane_refused(
    before: Refused | None, age: float, rest: float, *, least: float, heeded: bool
) -> Refused:
    """Return what a refusal teaches of a lane by itself, whose pace is *least*, in seconds.

    The first one: that nothing may be taken in advance. Each further one, of somebody who *heeded*
    what the one *before* had taught: that the pace is too fast.
    """
    if before is None or is_over(before, age):
        return Refused(channel="", rest=rest, interval=least)
    return _slower(before, age, rest, least=least, heeded=heeded)


def workspace_refused(
    before: Refused | None, age: float, rest: float, channel: str, *, heeded: bool
) -> Refused:
    """Return what the refusal of a post in *channel* teaches of all posts of the workspace."""
    if interval(before, age) > 0 and before is not None:
        slower = _slower(before, age, rest, heeded=heeded)
        return slower.model_copy(update={"channel": channel})
    is_known = before is not None and before.channel != channel and age <= TOGETHER_SECONDS
    return Refused(channel=channel, rest=rest, interval=FALLEN_SECONDS if is_known else 0.0)


def turn_of(refused: Refused | None, age: float) -> Order:
    """Return whose turn it is *age* seconds after a refusal, alike for all who send."""
    if refused is None or not interval(refused, age):
        return "usual"
    first = HALVED_SECONDS / (math.log(2) * refused.interval)
    turns = first * (
        2 ** (_tried(refused, age) / HALVED_SECONDS) - 1
    )  # that came since, faster and faster
    return "begins" if int(turns) % TURNS else "ends"


def _tried(refused: Refused, age: float) -> float:
    """Return for how long calls were made again: while nobody calls, nothing is found out."""
    return max(0.0, age - refused.rest)


def _slower(
    before: Refused, age: float, rest: float, *, least: float = 0.0, heeded: bool
) -> Refused:
    """Return a slower pace; the same where the call did not go by what was taught *before*."""
    now = interval(before, age, least=least)
    is_news = heeded and age >= before.rest  # else it had left before that was known
    longer = min(now * SLOWER, max(now, LONGEST_SECONDS)) if is_news else now
    return before.model_copy(update={"rest": rest, "interval": longer})
