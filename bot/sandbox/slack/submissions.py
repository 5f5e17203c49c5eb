"""Forms that people fill, close and are answered to."""

from collections.abc import Iterator
from typing import Final

from bot.sandbox.slack.courier import Courier, Delivery, Outcome
from bot.sandbox.slack.errors import NothingThereError, RefusedError
from bot.sandbox.slack.payloads import closing_payload, submission_payload
from bot.sandbox.slack.records import Answer, JsonObject, View
from bot.sandbox.slack.state import State
from bot.sandbox.slack.strictness import check_view

TROUBLE: Final = "We had some trouble connecting. Try again?"
_NAMES: Final = {  # where a field keeps what was entered, and what it began with
    "users_select": ("selected_user", "initial_user"),
    "datepicker": ("selected_date", "initial_date"),
}
_REQUIRED: Final = "Please complete this required field."
_ENTERED: Final = (
    "value",
    "selected_option",
    "selected_options",
    "selected_user",
    "selected_users",
    "selected_channel",
    "selected_conversation",
    "selected_date",
    "selected_time",
    "selected_date_time",
)


def submit(state: State, courier: Courier, view_id: str, values: JsonObject, *, by: str) -> Answer:
    """Send a filled form, unless Slack itself finds a field wanting, and obey the answer."""
    with state.lock:
        person = state.person(by)
        view = state.surfaces.owned(by, view_id)
        filled = _filled(view, values, by)
        wanting = dict(_wanting(view, filled))
        if wanting:
            return Answer(errors=wanting)
        view = state.surfaces.fill(view, filled)
        payload = submission_payload(state, person, view)
    outcome = courier.deliver(Delivery("interactive", payload))
    with state.lock:
        return _obeyed(state, view, outcome)


def close(state: State, courier: Courier, view_id: str, *, by: str, cleared: bool) -> Answer:
    """Close a form; the app hears of it where it asked to."""
    with state.lock:
        person = state.person(by)
        view = state.surfaces.owned(by, view_id)
        payload = closing_payload(state, person, view, cleared=cleared)
        if cleared or view.body.get("clear_on_close"):
            state.surfaces.clear(by)
        else:
            state.surfaces.close(view)
    if not view.body.get("notify_on_close"):
        return Answer()
    outcome = courier.deliver(Delivery("interactive", payload))
    return Answer(status=outcome.status, notice=outcome.failure)


def _inputs(view: View) -> dict[str, JsonObject]:
    return {b["block_id"]: b for b in view.body["blocks"] if b["type"] == "input"}


def _filled(view: View, values: JsonObject, by: str) -> JsonObject:
    """Return `state.values` with every input of the view; plain words stand for their field."""
    known = {b["block_id"]: b for b in view.body["blocks"]}
    for block_id in values:
        if block_id not in known:
            raise NothingThereError(kind="field", name=block_id, person=by)
    untouched = {
        block_id: {block["element"]["action_id"]: _entry(block["element"], None)}
        for block_id, block in _inputs(view).items()
    } | view.values
    entered = {
        block_id: {
            action_id: _entry(known[block_id].get("element", {}), value)
            for action_id, value in fields.items()
        }
        for block_id, fields in values.items()
    }
    return untouched | entered


def _entry(element: JsonObject, value: object) -> JsonObject:
    if isinstance(value, dict):
        return value
    kind = element.get("type", "plain_text_input")
    if kind in {"static_select", "radio_buttons"}:
        options = element.get("options", [])
        chosen = next((o for o in options if o["value"] == value), element.get("initial_option"))
        return {"type": kind, "selected_option": chosen}
    if kind == "external_select":
        option = _typed_option(value) if isinstance(value, str) and value else None
        return {"type": kind, "selected_option": option or element.get("initial_option")}
    if kind == "multi_external_select":
        several = [_typed_option(each) for each in value] if isinstance(value, list) else []
        return {"type": kind, "selected_options": several or element.get("initial_options", [])}
    if kind in {"checkboxes", "multi_static_select"}:
        chosen = value if isinstance(value, list) else []
        picked = [o for o in element.get("options", []) if o["value"] in chosen]
        return {"type": kind, "selected_options": picked}
    entered, begins = _NAMES.get(kind, ("value", "initial_value"))
    return {"type": kind, entered: element.get(begins) if value is None else value}


def _typed_option(value: str) -> JsonObject:
    return {"text": {"type": "plain_text", "text": value[:75]}, "value": value}


def _wanting(view: View, values: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield the fields that Slack's own form would not let pass."""
    for block_id, block in _inputs(view).items():
        element = block["element"]
        entry = values[block_id].get(element["action_id"], {})
        entered = next((entry[key] for key in _ENTERED if entry.get(key)), None)
        if entered is None:
            if not block.get("optional"):
                yield block_id, _REQUIRED
        elif isinstance(entered, str):
            yield from _length(block_id, element, len(entered))


def _length(block_id: str, element: JsonObject, length: int) -> Iterator[tuple[str, str]]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if length < least:
        yield block_id, f"This must be at least {least} characters long."
    if length > most:
        yield block_id, f"This must be at most {most} characters long."


def _obeyed(state: State, view: View, outcome: Outcome) -> Answer:
    if outcome.failure is not None:
        return Answer(status=outcome.status, notice=TROUBLE)
    try:
        errors = _respond(state, view, outcome.body)
    except RefusedError as error:
        state.note_refused("form answer", outcome.body, error.code, error.messages)
        return Answer(status=outcome.status, notice=TROUBLE)
    return Answer(status=outcome.status, errors=errors)


def _respond(state: State, view: View, body: JsonObject) -> dict[str, str]:
    """Do what the answer to a form says; return the errors to show at its fields.

    Raises:
        RefusedError: the answer makes no sense, or its view is refused.
    """
    match body.get("response_action"):
        case None if not body:
            state.surfaces.close(view)
        case "clear":
            state.surfaces.clear(view.user)
        case "update":
            state.surfaces.update(view, check_view(body.get("view"), "modal"))
        case "push":
            state.surfaces.push(view.user, check_view(body.get("view"), "modal"))
        case "errors":
            return _errors(view, body.get("errors"))
        case _:
            raise RefusedError(code="invalid_response_action")
    return {}


def _errors(view: View, errors: object) -> dict[str, str]:
    if not isinstance(errors, dict) or not errors or not errors.keys() <= _inputs(view).keys():
        raise RefusedError(code="invalid_response_errors")
    return {str(block_id): str(text) for block_id, text in errors.items()}
