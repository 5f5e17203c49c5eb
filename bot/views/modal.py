"""What all forms are made of: the frame that Slack calls a modal, and inputs.

Source: https://docs.slack.dev/reference/views/modal-views
"""

from collections.abc import Sequence
from typing import Final

from bot.core.records import Json, Record
from bot.views.layout import Block
from bot.views.text import plain
from bot.views.words import Locale, say_plain

TITLE_MAX: Final = 24  # characters of a title, and of the buttons
TEXT_MAX: Final = 75  # characters of an option's text, and of its description
HINT_MAX: Final = 150  # of a placeholder


class Frame(Record):
    """What stands around a form's fields, as keys of words."""

    title: str
    submits: str = ""  # "": it only tells
    closes: str = "change_form.close"
    callback_id: str = ""  # the form's name in Slack


def modal(frame: Frame, blocks: Sequence[Block], locale: Locale) -> dict[str, Json]:
    """Return the form; whoever opens it adds what it has to carry."""
    asks: dict[str, Json] = {"callback_id": frame.callback_id} if frame.callback_id else {}
    if frame.submits:
        asks["submit"] = label(say_plain(frame.submits, locale), TITLE_MAX)
    return {
        "type": "modal",
        **asks,
        "title": label(say_plain(frame.title, locale), TITLE_MAX),
        "close": label(say_plain(frame.closes, locale), TITLE_MAX),
        "blocks": [*blocks],
    }


def label(words: str, most: int = TEXT_MAX) -> dict[str, Json]:
    """Return *words* as Slack takes them where it draws no marks."""
    return {"type": "plain_text", "text": plain(words, most)}


def field(
    name: str, words: str, element: Block, *, is_optional: bool = True, hint: str = ""
) -> Block:
    """Return an input whose block and element are both called *name*."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": label(words),
        **({"optional": True} if is_optional else {}),
        "element": {**element, "action_id": name},
    }
    return {**block, "hint": label(hint, HINT_MAX)} if hint else block


def text_box(most: int, hint: str = "") -> Block:
    """Return an element that takes several lines of at most *most* characters."""
    element: Block = {"type": "plain_text_input", "multiline": True, "max_length": most}
    return {**element, "placeholder": label(hint, HINT_MAX)} if hint else element


def option(words: str, value: str, description: str = "") -> Block:
    """Return one of those that may be chosen."""
    shown = plain(description, TEXT_MAX).strip()
    told: Block = {"text": label(words), "value": value}
    return {**told, "description": label(shown)} if shown else told
