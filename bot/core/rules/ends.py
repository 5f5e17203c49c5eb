"""Rule: what holds for a time has an end that comes, and not too late."""

from datetime import timedelta
from typing import Final

from bot.core.codes import Code
from bot.core.records import Moment
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Ends, Facts
from bot.core.rules.intents import Intent, LimitedIntent

LONGEST: Final = timedelta(days=366)


class NoSuchTime(Code):
    """The clocks of the zone skip this time."""

    key = "bad_end.no_such_time"
    typed: str
    zone: str


class EndHasPassed(Code):
    """The end lies in the past."""

    key = "bad_end.passed"
    until: Moment
    zone: str


class EndTooFar(Code):
    """The end lies too far ahead."""

    key = "bad_end.too_far"
    until: Moment
    days: int


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse an end that has passed, never comes, or comes after a year."""
    if not isinstance(intent, LimitedIntent) or facts.ends is None:
        return None
    code = _fault(facts.ends, facts)
    return Finding.no(code) if code else Finding.yes()


def _fault(ends: Ends, facts: Facts) -> Code | None:
    if ends.at is None:
        return NoSuchTime(typed=ends.typed, zone=ends.zone)
    if ends.at <= facts.now:
        return EndHasPassed(until=ends.at, zone=ends.zone)
    if ends.at > facts.now + LONGEST:
        return EndTooFar(until=ends.at, days=LONGEST.days)
    return None
