"""What a person reads off a message: whose card it is, and what can be pressed on it."""

import re
from typing import Any, Final

from bot.sandbox.slack import Message

APPROVE: Final = "slipway.approve"
REJECT: Final = "slipway.reject"
CANCEL: Final = "slipway.cancel"
ROLL_BACK: Final = "slipway.rollback"
DETAILS: Final = "slipway.details"
LOOK_AGAIN: Final = "slipway.look_again"
EXECUTED: Final = "slipway.executed"
NOT_EXECUTED: Final = "slipway.not_executed"
KEEP_WAITING: Final = "slipway.keep_waiting"

_OPERATION: Final = re.compile(r"op-[0-9a-hjkmnp-tv-z]{10}")


def operation_in(text: str) -> str:
    """Return the id of the operation that *text* names first."""
    found = _OPERATION.search(text)
    assert found, f"no operation is named in: {text}"
    return found[0]


def operation_of(card: Message) -> str:
    """Return the id of the operation whose card this is."""
    assert card.metadata, "this message is no card"
    return str(card.metadata["event_payload"]["operation_id"])


def is_card(message: Message) -> bool:
    """Whether it is the root message of an operation."""
    told = (message.metadata or {}).get("event_type")
    return told == "slipway_operation" and not message.is_reply


def labels(card: Message) -> list[str]:
    """Return what stands on the buttons, in their order."""
    return [each["text"]["text"] for each in _buttons(card)]


def value_of(card: Message, action_id: str) -> str:
    """Return what a button of this very state of the card sends."""
    found = [each["value"] for each in _buttons(card) if each["action_id"] == action_id]
    assert found, f"the card has no {action_id}, only {labels(card)}: {card.text}"
    return str(found[0])


def offered(card: Message) -> dict[str, str]:
    """Return what each button that can be pressed on the card sends, by its action_id."""
    return {str(each["action_id"]): str(each["value"]) for each in _buttons(card)}


def words(card: Message) -> str:
    """Return everything that the card shows, its buttons left out."""
    return "\n".join(_texts([block for block in card.blocks or [] if block["type"] != "actions"]))


def _buttons(card: Message) -> list[dict[str, Any]]:
    rows = [block["elements"] for block in card.blocks or [] if block["type"] == "actions"]
    return [element for row in rows for element in row]


def _texts(node: Any) -> list[str]:
    if isinstance(node, list):
        return [text for each in node for text in _texts(each)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return [*own, *(text for each in node.values() for text in _texts(each))]
