"""What Slack's own menus show of the commands: the app's manifest is made of it."""

from typing import Final

from bot.core.codes import Reason
from bot.core.records import Record
from bot.core.verbs import INCIDENTS, MARK, OPS, SLASH, VERBS
from bot.core.verbs.forms import SHORTCUT_DEPLOY
from bot.core.verbs.verb import PREFIX
from bot.views.words import Locale, phrase, say_plain

_WITH_PEOPLE: Final = frozenset({INCIDENTS, OPS})  # commands in which people are mentioned
_HINT_MAX: Final = 1_000  # characters; Slack's own limit of a usage hint


class SlashCommand(Record):
    """A slash command as Slack's manifest names it."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool = False  # whether mentions come with their ids


def slash_commands(locale: Locale) -> tuple[SlashCommand, ...]:
    """Return the commands with their prefix, one line about each, and how it is written."""
    return tuple(
        SlashCommand(
            command=locale.command(name),
            description=phrase(Reason(key=f"manifest.{name}"), locale, is_plain=True),
            usage_hint=usage_of(name)[:_HINT_MAX],
            should_escape=name in _WITH_PEOPLE,
        )
        for name in SLASH
    )


class Shortcut(Record):
    """A shortcut as Slack's manifest names it."""

    name: str
    callback_id: str
    description: str


def message_shortcuts(locale: Locale) -> tuple[Shortcut, ...]:
    """Return what can be done with a message from its menu."""
    return (
        Shortcut(
            name=say_plain("incident_shortcut.mark", locale),
            callback_id=f"{PREFIX}{MARK}",
            description=say_plain("incident_shortcut.mark_text", locale),
        ),
    )


def app_description(locale: Locale) -> str:
    """Return what Slack shows of the app itself."""
    return say_plain("app.description", locale)


def global_shortcuts(locale: Locale) -> tuple[Shortcut, ...]:
    """Return what can be done from anywhere in Slack."""
    return (
        Shortcut(
            name=say_plain("shortcut.deploy", locale),
            callback_id=SHORTCUT_DEPLOY,
            description=say_plain("shortcut.deploy_text", locale),
        ),
    )


def usage_of(name: str) -> str:
    """Return what may follow the slash command *name*: its usage, or the words after it."""
    for verb in VERBS:
        if name in verb.commands:
            return verb.usage
    words = (
        command for verb in VERBS for command in verb.commands if command.startswith(f"{name} ")
    )
    return " | ".join(word.partition(" ")[2] for word in words)
