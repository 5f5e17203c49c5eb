"""Words in Block Kit: cards, lines and answers laid out within Slack's limits.

Source: https://docs.slack.dev/reference/block-kit/blocks/
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final

from bot.core.records import Json
from bot.views.layout import Block, Button, Card, Confirm, Line, Menu
from bot.views.limits import BLOCKS_MAX, faults
from bot.views.text import MARK

__all__ = [
    "BLOCKS_MAX",
    "actions",
    "card_blocks",
    "context",
    "faults",
    "line_blocks",
    "section",
    "sections",
]

FIELD_MAX: Final = 2_000  # characters of a section's field
FIELDS_MAX: Final = 10  # fields of a section
SECTION_MAX: Final = 3_000  # characters of a section's text, and of a context element


def card_blocks(card: Card) -> list[Block]:
    """Lay *card* out; the button row is there only while a press could have an effect."""
    blocks: list[Block] = []
    if card.lines:
        head = section("\n".join(card.lines), "slipway.card")
        beside = _menu(card.menu) if card.menu else card.accessory and _button(card.accessory)
        blocks.append({**head, "accessory": beside} if beside else head)
    if card.fields:
        texts = [_mrkdwn(f"*{each.name}*\n{each.words}", FIELD_MAX) for each in card.fields]
        blocks.append(
            {"type": "section", "block_id": "slipway.fields", "fields": [*texts[:FIELDS_MAX]]}
        )
    blocks += sections((card.quote,) if card.quote else (), "slipway.reason")
    blocks += sections(card.notes, "slipway.notes")
    blocks += context(card.context, "slipway.context")
    return [*blocks, *actions(card.buttons)]


def line_blocks(line: Line) -> list[Block]:
    """Lay out a reply in the thread."""
    head = section(line.words, "slipway.line")
    below = sections(line.below, "slipway.below")
    return [head, *below, *context(line.details, "slipway.small"), *actions(line.buttons)]


def section(words: str, block_id: str) -> Block:
    """Return one paragraph of mrkdwn."""
    return {"type": "section", "block_id": block_id, "text": _mrkdwn(words, SECTION_MAX)}


def sections(lines: Iterable[str], block_id: str) -> list[Block]:
    """Return *lines* in as few paragraphs as hold them; the ids of later ones are numbered."""
    ids = (block_id if number == 1 else f"{block_id}.{number}" for number in count(1))
    return [section(words, each) for words, each in zip(_packed(lines), ids, strict=False)]


def context(parts: Iterable[str], block_id: str) -> list[Block]:
    """Return *parts* in small letters in one line, or nothing where there are none."""
    words = " · ".join(part for part in parts if part)
    if not words:
        return []
    elements: list[Json] = [_mrkdwn(words, SECTION_MAX)]
    return [{"type": "context", "block_id": block_id, "elements": elements}]


def _packed(lines: Iterable[str]) -> Iterator[str]:
    held = ""
    for line in lines:
        longer = f"{held}\n{line}" if held else line
        if held and len(longer) > SECTION_MAX:
            yield held
            held = line
        else:
            held = longer
    if held:
        yield held


def _mrkdwn(words: str, most: int) -> dict[str, Json]:
    """Return a text object in which addresses and names that we did not mark stay letters."""
    return {"type": "mrkdwn", "text": clipped(words, most), "verbatim": True}


def _plain(words: str) -> dict[str, Json]:
    return {"type": "plain_text", "text": words, "emoji": False}


def clipped(words: str, most: int) -> str:
    """Return *words* within *most* characters: the last guard, the views cut their parts before."""
    return (words if len(words) <= most else words[: most - 1] + MARK) or MARK


def actions(buttons: tuple[Button, ...]) -> list[Block]:
    """Return the row of *buttons*, or nothing where there are none."""
    if not buttons:
        return []
    elements: list[Json] = [_button(each) for each in buttons]
    return [{"type": "actions", "block_id": "slipway.actions", "elements": elements}]


def _button(button: Button) -> dict[str, Json]:
    laid_out: dict[str, Json] = {
        "type": "button",
        "action_id": button.action_id,
        "text": _plain(button.text),
        "value": button.value,
        "accessibility_label": button.label,
    }
    if button.style:
        laid_out["style"] = button.style
    if button.confirm:
        laid_out["confirm"] = _confirm(button.confirm)
    return laid_out


def _menu(menu: Menu) -> dict[str, Json]:
    options: list[Json] = [
        {"text": _plain(each.text), "value": each.value} for each in menu.options
    ]
    return {"type": "overflow", "action_id": menu.action_id, "options": options}


def _confirm(confirm: Confirm) -> dict[str, Json]:
    return {
        "title": _plain(confirm.title),
        "text": _plain(confirm.text),
        "confirm": _plain(confirm.confirm),
        "deny": _plain(confirm.deny),
        "style": confirm.style,
    }
