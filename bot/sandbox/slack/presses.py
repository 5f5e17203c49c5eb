"""Presses: buttons and other controls in messages, modals and on the Home tab."""

from collections.abc import Iterator
from typing import Final

from bot.sandbox.slack.courier import Courier, Delivery
from bot.sandbox.slack.errors import NothingThereError, RefusedError
from bot.sandbox.slack.payloads import (
    global_shortcut_payload,
    message_press_payload,
    shortcut_payload,
    suggestion_payload,
    view_press_payload,
)
from bot.sandbox.slack.records import Answer, JsonObject, Message, Record, elements_of
from bot.sandbox.slack.state import State
from bot.sandbox.slack.strictness import check_options


class Press(Record):
    """What is pressed; `value` and `block_id` tell apart what has the same `action_id`."""

    action_id: str
    by: str
    value: str | None = None
    block_id: str | None = None


QUERY_MIN: Final = 3  # characters, where a picker does not say it

_CHOSEN: Final = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "number_input": "value",
}
_OPTION: Final = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})


def press_in_message(
    state: State, courier: Courier, press: Press, *, channel: str, ts: str
) -> Answer:
    """Press something in a message, as it stands or as it stood before an update."""
    with state.lock:
        person, room = state.person(press.by), state.joined(press.by, channel)
        message = state.messages.get(room.id, ts)
        if message is None or message.reader not in {None, press.by}:
            raise NothingThereError(kind="message", name=ts, person=press.by)
        seen, action = _in_versions(message, press)
        payload = message_press_payload(state, person, seen, action)
    return _delivered(courier, payload)


def choose_shortcut(
    state: State, courier: Courier, callback_id: str, *, by: str, channel: str, ts: str
) -> Answer:
    """Choose a shortcut from a message's menu, where the app has registered it."""
    with state.lock:
        person, room = state.person(by), state.joined(by, channel)
        message = state.messages.get(room.id, ts)
        if message is None or message.ephemeral:
            raise NothingThereError(kind="message", name=ts, person=by)
        if callback_id not in dict(state.config.message_shortcuts):
            raise NothingThereError(kind="shortcut", name=callback_id, person=by)
        payload = shortcut_payload(state, person, message, callback_id)
    return _delivered(courier, payload)


def choose_global_shortcut(state: State, courier: Courier, callback_id: str, *, by: str) -> Answer:
    """Choose a shortcut of the app from Slack's own menu, where the app has registered it."""
    with state.lock:
        person = state.person(by)
        if callback_id not in dict(state.config.global_shortcuts):
            raise NothingThereError(kind="shortcut", name=callback_id, person=by)
        payload = global_shortcut_payload(state, person, callback_id)
    return _delivered(courier, payload)


def options_in_view(
    state: State, courier: Courier, press: Press, *, view_id: str
) -> list[JsonObject]:
    """Return what a picker offers for what was typed there; nothing where the app gives none."""
    with state.lock:
        person = state.person(press.by)
        view = state.surfaces.owned(press.by, view_id)
        found = _picker(view.body["blocks"], press)
        if found is None:
            raise NothingThereError(kind="picker", name=press.action_id, person=press.by)
        element, block_id = found
        if not _asks(state, element, press.value or ""):
            return []
        payload = suggestion_payload(state, person, view, element, block_id, press.value or "")
    outcome = courier.deliver(Delivery("interactive", payload))
    if outcome.failure is not None:
        return []
    try:
        return check_options(outcome.body)
    except RefusedError as error:
        with state.lock:
            state.note_refused("options", outcome.body, error.code, error.messages)
        return []


def _asks(state: State, element: JsonObject, typed: str) -> bool:
    """Return whether Slack asks the app: where it has an address for that, and enough is typed."""
    has_address = state.config.socket_mode or state.config.has_options_url
    return has_address and len(typed) >= element.get("min_query_length", QUERY_MIN)


_SUGGESTED: Final = ("external_select", "multi_external_select")  # their options are the app's


def _picker(blocks: list[JsonObject], press: Press) -> tuple[JsonObject, str] | None:
    for block in blocks:
        for element in elements_of(block):
            is_named = element.get("action_id") == press.action_id
            if element["type"] in _SUGGESTED and is_named:
                return element, block["block_id"]
    return None


def press_in_view(state: State, courier: Courier, press: Press, *, view_id: str) -> Answer:
    """Press something in a modal or on the Home tab."""
    with state.lock:
        person = state.person(press.by)
        view = state.surfaces.owned(press.by, view_id)
        action = next(_actions(view.body["blocks"], press), None)
        if action is None:
            raise NothingThereError(kind="control", name=press.action_id, person=press.by)
        view = state.surfaces.fill(view, _with(view.values, action))
        payload = view_press_payload(state, person, view, action)
    return _delivered(courier, payload)


def _with(values: JsonObject, action: JsonObject) -> JsonObject:
    """Return what is entered in a view once *action* has chosen something."""
    if action["type"] in {"button", "overflow"}:
        return values
    entry = {key: value for key, value in action.items() if key not in {"action_id", "block_id"}}
    return {**values, action["block_id"]: {action["action_id"]: entry}}


def _delivered(courier: Courier, payload: JsonObject) -> Answer:
    outcome = courier.deliver(Delivery("interactive", payload))
    return Answer(status=outcome.status, notice=outcome.failure)


def _in_versions(message: Message, press: Press) -> tuple[Message, JsonObject]:
    """Return the newest version of the message that has the control, and the action."""
    for blocks in (message.blocks or [], *reversed(message.earlier)):
        action = next(_actions(blocks, press), None)
        if action is not None:
            return message.model_copy(update={"blocks": blocks}), action
    raise NothingThereError(kind="control", name=press.action_id, person=press.by)


def _actions(blocks: list[JsonObject], press: Press) -> Iterator[JsonObject]:
    """Yield what the press would send, for each control that it can mean."""
    for block in blocks:
        for element in elements_of(block):
            if element.get("action_id") != press.action_id:
                continue
            if press.block_id not in {None, block["block_id"]}:
                continue
            chosen = _chosen(element, press.value)
            if chosen is not None:
                named = {"action_id": press.action_id, "block_id": block["block_id"]}
                yield {"type": element["type"], **named, **chosen}


def _chosen(element: JsonObject, value: str | None) -> JsonObject | None:
    """Return what a control sends for *value*; None where it cannot send that."""
    kind = element["type"]
    if kind == "button":
        fits = value in {None, element.get("value", "")}
        kept: JsonObject = {
            key: element[key] for key in ("text", "value", "style") if key in element
        }
        return kept if fits else None
    if kind == "external_select" and value:  # its options were the app's own
        text = {"type": "plain_text", "text": value[:75]}
        return {"selected_option": {"text": text, "value": value}}
    if kind in _CHOSEN:
        return {_CHOSEN[kind]: value}
    option = next((o for o in _options(element) if o.get("value") == value), None)
    if option is None:
        return None
    return {"selected_option": option} if kind in _OPTION else {"selected_options": [option]}


def _options(element: JsonObject) -> list[JsonObject]:
    grouped: list[JsonObject] = [
        o for group in element.get("option_groups", []) for o in group["options"]
    ]
    return [*element.get("options", []), *grouped]
