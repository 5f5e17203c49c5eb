"""Buttons that open forms: on Home, and in the menu of `/ops`."""

from typing import Final

from bot.core.verbs.forms import (
    OPEN_CREATE,
    OPEN_DEPLOY,
    OPEN_INCIDENT,
    OPEN_ROLLBACK,
    OPEN_SCALE,
)
from bot.views.layout import Button
from bot.views.words import Locale, say_plain

_NAMES: Final = {
    OPEN_DEPLOY: "deploy",
    OPEN_ROLLBACK: "rollback",
    OPEN_SCALE: "scale",
    OPEN_CREATE: "create",
    OPEN_INCIDENT: "incident",
}


def doors(locale: Locale, *, is_first: bool) -> tuple[Button, ...]:
    """Return a button for each form; the first stands out where nothing else asks for a press."""
    return tuple(
        Button(
            action_id=action_id,
            text=(words := say_plain(f"home.open_{name}", locale)),
            label=words,
            value=name,
            style="primary" if name == "deploy" and is_first else "",
        )
        for action_id, name in _NAMES.items()
    )
