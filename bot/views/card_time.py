"""What a card says of time: nothing that grows old while it stands there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from bot.core.estimates import Estimate
from bot.core.operation import Operation, Running
from bot.views.buttons import CardFacts
from bot.views.words import Locale, Marked, say, when, worded
from bot.views.words.naming import LATE, WARNING

_NEARLY: Final = 1.2  # half and nine tenths that are so near are told as one

_MINUTE: Final = 60
_IN_MINUTES: Final = 2  # minutes, from which on seconds are left out
_IN_HOURS: Final = 120


def usually(facts: CardFacts, locale: Locale) -> str:
    """Return how long it usually takes: "usually 4 to 6 min"."""
    return _usual(facts.usual, locale)


def _usual(usual: Estimate | None, locale: Locale) -> str:
    if usual is None:
        return ""
    if not usual.is_reliable:
        return say("time.last", locale, length=usual.last)
    if usual.p90 <= usual.p50 * _NEARLY:
        return say("time.usual_one", locale, half=usual.p50)
    half, most = (round(each / _MINUTE) for each in (usual.p50, usual.p90))
    if half >= _IN_MINUTES and most < _IN_HOURS:
        return say("time.usual_minutes", locale, half=half, most=most)
    return say("time.usual", locale, half=usual.p50, most=usual.p90)


def due(operation: Operation, facts: CardFacts, locale: Locale) -> Marked:
    """Return when it will be done, and how long it usually takes; what is over is not told."""
    left = facts.left
    usual = _usual(facts.usual, locale)
    if left is None or not left.is_reliable or left.p50 <= 0 or not operation.was_sent:
        return Marked(f" · {usual}" if usual else "")
    at = when(facts.now + timedelta(seconds=left.p50), facts.now)
    return Marked(f" · {say('time.due', locale, at=at, usual=Marked(usual))}")


def timing(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield how far what runs has come."""
    phase = operation.phase
    if not isinstance(phase, Running) or phase.ways:
        return
    step = operation.steps[phase.step]
    detail = worded(step.detail, locale) if step.phase == "watching" else Marked()
    if detail:
        yield detail
    if step.notes:
        yield f"{WARNING} {worded(step.notes[-1], locale)}"
    yield from late(operation, facts, locale)


def late(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield that it takes longer than nine of ten did."""
    starts = [step.started_at for step in operation.steps if step.started_at]
    if not starts or facts.usual is None or not facts.usual.is_reliable:
        return
    most = timedelta(seconds=facts.usual.p90)
    if facts.now - min(starts) > most:
        yield f"{LATE} {say('note.late', locale, most=most)}"
