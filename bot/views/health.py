"""How Slipway is: a line for each thing that was tried, with what helps where it is not well."""

from collections.abc import Iterator
from typing import Final

from bot.core.outcomes import ConnectionHealth, Health
from bot.views.words import Locale, say
from bot.views.words.naming import SUCCEEDED, WARNING

OVERDUE: Final = 60.0  # seconds that a message may wait for Slack


def health_lines(outcome: Health, locale: Locale) -> tuple[str, ...]:
    """Return what was tried, in the order in which `slipway doctor` tries it."""
    return (
        say("health.head", locale),
        *_parts(outcome, locale),
        *_waiting(outcome, locale),
        *_names(outcome, locale),
        *(_connection(each, locale) for each in outcome.connections),
        say("health.more", locale),
    )


def _parts(outcome: Health, locale: Locale) -> Iterator[str]:
    for name, error in outcome.parts.items():
        if error:
            yield f"{WARNING} {say(f'health.part_{name}_lost', locale, error=error)}"
        else:
            yield f"{SUCCEEDED} {say(f'health.part_{name}', locale, targets=outcome.targets)}"


def _waiting(outcome: Health, locale: Locale) -> Iterator[str]:
    if outcome.waiting and outcome.oldest > OVERDUE:
        words = say("health.waiting", locale, count=outcome.waiting, age=outcome.oldest)
        yield f"{WARNING} {words}"


def _names(outcome: Health, locale: Locale) -> Iterator[str]:
    if outcome.unknown:
        yield f"{WARNING} {say('health.unknown', locale, names=outcome.unknown)}"


def _connection(each: ConnectionHealth, locale: Locale) -> str:
    named = {"connection": each.connection, "target": each.target}
    if each.is_late:
        return f"{WARNING} {say('health.late', locale, **named)}"
    if each.why is not None:
        return f"{WARNING} {say('health.refused', locale, **named, why=each.why)}"
    return f"{SUCCEEDED} {say('health.connection', locale, **named)}"
