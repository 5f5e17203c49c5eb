"""The help: what can be typed, with examples that work for whoever asks."""

from collections.abc import Iterator
from typing import Final

from bot.core.outcomes import Help
from bot.core.verbs import Verb, verb_of
from bot.core.verbs.line import as_read
from bot.views.words import Locale, say

LINES_MAX: Final = 12
EXAMPLE: Final = "checkout"  # where the person may change no target
TOPICS: Final = (
    "slipway",
    "deploy",
    "rollback",
    "actions",
    "targets",
    "status",
    "history",
    "cancel",
    "more",
    "threads",
)


def help_lines(outcome: Help, locale: Locale) -> tuple[str, ...]:
    """Return at most `LINES_MAX` lines of mrkdwn."""
    return tuple(_lines(outcome, locale))


def _lines(outcome: Help, locale: Locale) -> Iterator[str]:
    if outcome.verb:
        yield from _usage(verb_of(outcome.verb), locale)
        return
    target = outcome.example_target or EXAMPLE
    for topic in TOPICS:
        yield say(f"help.{topic}", locale, target=target)
    if not outcome.example_target:
        yield say("help.outsider", locale)
    if outcome.can_approve:
        yield say("help.approver", locale)


def _usage(verb: Verb, locale: Locale) -> Iterator[str]:
    """Yield how *verb* is typed, by each of its commands, and an example."""
    for command in verb.commands:
        typed = f"{locale.command(command)} {verb.usage}".strip()
        yield say("help.usage", locale, usage=typed)
    if verb.example:
        example = f"{locale.command(verb.commands[0])} {as_read(verb.example)}"
        yield say("help.example", locale, example=example)
