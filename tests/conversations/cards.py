"""What a person reads off a message: whose card it is, and what can be pressed on it."""

import re
from collections.abc import Callable
from typing import Any, Final

from bot.sandbox.slack import Answer, Message, Workspace
from bot.sandbox.slack.records import elements_of

APPROVE: Final = "slipway.approve"
REJECT: Final = "slipway.reject"
START: Final = "slipway.start"
CANCEL: Final = "slipway.cancel"
ROLL_BACK: Final = "slipway.rollback"
DETAILS: Final = "slipway.details"
HOLD: Final = "slipway.hold"
LOOK_AGAIN: Final = "slipway.look_again"
EXECUTED: Final = "slipway.executed"
NOT_EXECUTED: Final = "slipway.not_executed"
KEEP_WAITING: Final = "slipway.keep_waiting"

ABSENT: Final = frozenset({"SVCSTG.00100401", "SVCSTG.00100404"})  # of what is not created yet
AGAIN: Final = "slipway.again"
MORE: Final = "slipway.more"  # the menu

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
    """Return what can be pressed, in its order; what stands in a menu as well."""
    return [each["text"]["text"] for each in _buttons(card)]


def value_of(card: Message, action_id: str) -> str:
    """Return what a button, or the option that stands for it, sends of this state of the card."""
    found = [each["value"] for each in _buttons(card) if each["action_id"] == action_id]
    assert found, f"the card has no {action_id}, only {labels(card)}: {card.text}"
    return str(found[0])


def offered(card: Message) -> dict[str, str]:
    """Return the token of each button on the card, or in its menu, by its action_id."""
    return {str(each["action_id"]): str(each["value"]) for each in _buttons(card)}


def is_in_menu(card: Message, action_id: str) -> bool:
    """Whether the button is folded into the card's menu."""
    is_visible = action_id in card.action_ids
    return MORE in card.action_ids and action_id in offered(card) and not is_visible


def press_on(
    workspace: Workspace,
    action_id: str,
    card: Message,
    by: str,
    read: Callable[[], None] = lambda: None,
) -> Answer:
    """Press a button of *card*, or choose what stands for it; send empty the form that asks.

    *read* takes the time that a person needs, in which the form is drawn whole.
    """
    value, open_before = value_of(card, action_id), {each.id for each in workspace.views(by)}
    pressed, sent = action_id, value
    if is_in_menu(card, action_id):
        pressed, sent = MORE, f"{action_id.removeprefix('slipway.')}:{value}"
    answer = workspace.press(pressed, ts=card.ts, channel=card.channel, by=by, value=sent)
    # A form that is still open, since its bot was away when it was sent, gives way to the new one.
    if action_id != ROLL_BACK or {each.id for each in workspace.views(by)} <= open_before:
        return answer
    read()
    view = workspace.views(by)[-1]
    if "submit" in view.body:
        return submit_on(workspace, "", by)
    workspace.close_view(view.id, by=by)  # it says why there is nothing to ask for
    return answer.model_copy(update={"blocks": view.body["blocks"]})


def submit_on(workspace: Workspace, typed: str, by: str) -> Answer:
    """Fill the form that this person has open and send it."""
    view = workspace.views(by)[-1]
    block = next(each for each in view.body["blocks"] if each["type"] == "input")
    values = {block["block_id"]: {block["element"]["action_id"]: typed}}
    return workspace.submit(view.id, values, by=by)


def words(card: Message) -> str:
    """Return everything that the card shows, its buttons left out."""
    shown = [block for block in card.blocks or [] if block["type"] != "actions"]
    return "\n".join(texts([{**block, "accessory": None} for block in shown]))


def _buttons(card: Message) -> list[dict[str, Any]]:
    """Return the buttons of the card; an option of its menu as the button it stands for."""
    shown = [element for block in card.blocks or [] for element in elements_of(block)]
    return [button for each in shown for button in _unfolded(each)]


def _unfolded(element: dict[str, Any]) -> list[dict[str, Any]]:
    if element["type"] != "overflow":
        return [element]
    found = []
    for option in element["options"]:
        verb, _, token = option["value"].partition(":")
        found.append({**option, "action_id": f"slipway.{verb}", "value": token})
    return found


def texts(node: Any) -> list[str]:
    """Return every text in a part of a message or of a view."""
    if isinstance(node, list):
        return [text for each in node for text in texts(each)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return [*own, *(text for each in node.values() for text in texts(each))]
