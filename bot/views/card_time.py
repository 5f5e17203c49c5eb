"""What a card says of time: nothing that grows old while it stands there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.core.codes import Reason
from bot.core.estimates import Estimate
from bot.core.operation import (
    AwaitingApproval,
    Failed,
    Operation,
    Running,
    Stalled,
    Succeeded,
    Waiting,
)
from bot.core.progress import percent, share
from bot.core.rules import Again, Recover
from bot.views.buttons import CardFacts
from bot.views.words import Locale, Marked, brief, say, started, when
from bot.views.words.naming import LATE, WARNING

CELLS: Final = 10  # of a bar
_DONE, _LEFT = "▰", "▱"  # what is known
_PASSED, _AHEAD = "▨", "▢"  # what is only guessed from the time that has passed
_GUESS_MAX: Final = 0.95  # a guess is never done
_NEARLY: Final = 1.2  # half and nine tenths that are so near are told as one
_MINUTE: Final = 60
_IN_MINUTES: Final = 2  # minutes, from which on seconds are left out
_IN_HOURS: Final = 120
# whose card says what holds it, or offers less meanwhile
_HELD: Final = (Succeeded, Failed, Stalled, Waiting, AwaitingApproval)


def usually(facts: CardFacts, locale: Locale) -> str:
    """Return how long it usually takes: "usually 4 to 6 min", "last time 5 min"."""
    return usual(facts.usual, locale)


def usual(told: Estimate | None, locale: Locale) -> str:
    """Return an estimate in words; "" for none."""
    if told is None:
        return ""
    if not told.is_reliable:
        return say("time.last", locale, length=told.last)
    if told.p90 <= told.p50 * _NEARLY:
        return say("time.usual_one", locale, half=told.p50)
    half, most = (round(each / _MINUTE) for each in (told.p50, told.p90))
    if half >= _IN_MINUTES and most < _IN_HOURS:
        return say("time.usual_minutes", locale, half=half, most=most)
    return say("time.usual", locale, half=told.p50, most=told.p90)


def due(operation: Operation, facts: CardFacts, locale: Locale) -> Marked:
    """Return until when it is done, by half and then by nine tenths, and how long it usually takes.

    What is over is not told: then it is late.
    """
    expected = operation.expected
    words = usual(expected.usual if expected else facts.usual, locale)
    if expected is None or not expected.usual.is_reliable or operation.is_late(facts.now):
        return Marked(f" · {words}" if words else "")
    shares = {"time.due": expected.usual.p50, "time.due_most": expected.usual.late_after}
    for key, seconds in shares.items():
        at = expected.at(seconds)
        if at > facts.now:
            told = say(key, locale, at=when(at, facts.now), usual=Marked(words))
            return Marked(f" · {told}")
    return Marked()


def timing(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield how far what runs has come, and that it is late."""
    phase = operation.phase
    if not isinstance(phase, Running) or phase.ways:
        return
    step = operation.steps[phase.step]
    is_watched = step.phase == "watching"
    told = percent(step.detail) if is_watched else None
    number = say("time.percent", locale, percent=told) if told is not None else ""
    far = [each for each in (bar(operation, facts.now), number) if each]
    seen = brief(step.detail, locale) if is_watched else ""
    if seen and not far and isinstance(step.detail, Reason):
        seen = started(seen, locale)
    line = " · ".join([*far, seen] if seen else far)
    if line:
        yield line
    if step.notes:
        yield f"{WARNING} {brief(step.notes[-1], locale)}"
    yield from late(operation, facts, locale)


def bar(operation: Operation, now: datetime) -> str:
    """Return how far it is as a bar; hatched where only the usual time tells; "" where nothing."""
    known = share(operation)
    if known is not None:
        return _bar(known, _DONE, _LEFT)
    expected = operation.expected
    if expected is None or not expected.usual.is_reliable or expected.usual.p50 <= 0:
        return ""
    passed = (now - expected.since).total_seconds() / expected.usual.p50
    return _bar(max(0.0, min(_GUESS_MAX, passed)), _PASSED, _AHEAD)


def _bar(of: float, done: str, left: str) -> str:
    cells = int(of * CELLS)
    return f"`{done * cells}{left * (CELLS - cells)}`"


def late(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield that it takes longer than hardly any other did."""
    expected = operation.expected
    if expected is None or not operation.is_late(facts.now):
        return
    key = "note.stuck" if operation.is_stuck(facts.now) else "note.late"
    moved = when(expected.moved_at, facts.now)
    words = say(key, locale, most=expected.usual.late_after, moved=moved)
    yield f"{LATE} {words}"


def hold_changes_at(operation: Operation, facts: CardFacts) -> datetime | None:
    """Return when what holds the target begins or ends by itself, where its card says that.

    A beginning counts where somebody still waits for something, or has a way on that it takes away:
    what was left alone, or went well, is not drawn anew each weekend.
    """
    if not isinstance(operation.phase, _HELD):
        return None
    waits = isinstance(operation.phase, Waiting | AwaitingApproval)
    ways = () if isinstance(operation.phase, Succeeded) else facts.offers
    has_way = any(isinstance(each, Recover | Again) for each in ways)
    moments = (facts.held_until, facts.held_from if waits or has_way else None)
    return min((each for each in moments if each), default=None)


def redraw_at(operation: Operation, facts: CardFacts) -> datetime | None:
    """Return when the card says something else although nothing happens; None: never."""
    moments = [hold_changes_at(operation, facts)]
    if isinstance(operation.phase, Running) and not operation.phase.ways:
        moments.append(operation.deadline_at)
        if operation.expected is not None and operation.expected.usual.is_reliable:
            expected = operation.expected
            told = expected.usual
            moments += [expected.at(each) for each in (told.p50, told.p90, told.late_after)]
            moments += [expected.at(told.stuck_after), expected.stuck_at]
    return min((each for each in moments if each and each > facts.now), default=None)
