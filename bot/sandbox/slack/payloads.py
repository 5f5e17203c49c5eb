"""What Slack sends to the app, as values."""

from typing import Final

from bot.sandbox.slack.config import Channel, Person
from bot.sandbox.slack.forms import wire_view
from bot.sandbox.slack.ids import fresh
from bot.sandbox.slack.records import JsonObject, Message, View
from bot.sandbox.slack.rooms import wire_message
from bot.sandbox.slack.state import State

HOOKS_PATH: Final = "/hooks/"


def command_payload(
    state: State, person: Person, channel: Channel, command: str, text: str
) -> JsonObject:
    """Return the form of a slash command."""
    config = state.config
    return {
        "token": config.verification_token,
        "team_id": config.team_id,
        "team_domain": config.team_domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": config.app_id,
        "is_enterprise_install": "false",
        "response_url": _response_url(state, state.tickets.hook(person.id, channel.id)),
        "trigger_id": state.tickets.trigger(person.id),
    }


def _response_url(state: State, token: str) -> str:
    return f"{state.base_url}{HOOKS_PATH}{token}"


def _interaction(state: State, person: Person, kind: str) -> JsonObject:
    config = state.config
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team_id,
        },
        "api_app_id": config.app_id,
        "token": config.verification_token,
        "trigger_id": state.tickets.trigger(person.id),
        "team": {"id": config.team_id, "domain": config.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_press_payload(
    state: State, person: Person, message: Message, action: JsonObject
) -> JsonObject:
    """Return a press in a message; of an ephemeral one the app gets no copy."""
    channel = state.channels[message.channel]
    thread_ts = message.thread_ts if message.is_reply else None
    token = state.tickets.hook(person.id, channel.id, message.ts, thread_ts)
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    payload = {
        **_interaction(state, person, "block_actions"),
        "container": container | ({"thread_ts": thread_ts} if thread_ts else {}),
        "channel": {"id": channel.id, "name": channel.name},
        "state": {"values": _entered(action)},
        "response_url": _response_url(state, token),
        "actions": [{**action, "action_ts": state.timestamps.next()}],
    }
    if not message.ephemeral:
        payload["message"] = wire_message(state, message, with_metadata=True)
    return payload


def shortcut_payload(
    state: State, person: Person, message: Message, callback_id: str
) -> JsonObject:
    """Return a shortcut that was chosen from a message's menu."""
    channel = state.channels[message.channel]
    token = state.tickets.hook(person.id, channel.id, message.ts, message.thread_ts)
    return {
        **_interaction(state, person, "message_action"),
        "callback_id": callback_id,
        "message_ts": message.ts,
        "action_ts": state.timestamps.next(),
        "channel": {"id": channel.id, "name": channel.name},
        "message": wire_message(state, message, with_metadata=False),
        "response_url": _response_url(state, token),
    }


def view_press_payload(state: State, person: Person, view: View, action: JsonObject) -> JsonObject:
    """Return a press in a modal or on the Home tab."""
    return {
        **_interaction(state, person, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "view": wire_view(state, view),
        "actions": [{**action, "action_ts": state.timestamps.next()}],
    }


def global_shortcut_payload(state: State, person: Person, callback_id: str) -> JsonObject:
    """Return a shortcut that was chosen outside of any message."""
    payload = _interaction(state, person, "shortcut")
    return {**payload, "callback_id": callback_id, "action_ts": state.timestamps.next()}


def suggestion_payload(
    state: State, person: Person, view: View, element: JsonObject, block_id: str, typed: str
) -> JsonObject:
    """Return what a picker asks; nothing can be opened by it."""
    payload = _interaction(state, person, "block_suggestion")
    del payload["trigger_id"]
    return {
        **payload,
        "action_id": element["action_id"],
        "block_id": block_id,
        "value": typed,
        "container": {"type": "view", "view_id": view.id},
        "view": wire_view(state, view),
    }


def _entered(action: JsonObject) -> JsonObject:
    if action["type"] in {"button", "overflow"}:
        return {}
    value = {k: v for k, v in action.items() if k not in {"action_id", "block_id"}}
    return {action["block_id"]: {action["action_id"]: value}}


def submission_payload(state: State, person: Person, view: View) -> JsonObject:
    """Return a filled form."""
    return {
        **_interaction(state, person, "view_submission"),
        "view": wire_view(state, view),
        "response_urls": [],
    }


def closing_payload(state: State, person: Person, view: View, *, cleared: bool) -> JsonObject:
    """Return the news that a form was closed."""
    payload = _interaction(state, person, "view_closed")
    del payload["trigger_id"]
    return {**payload, "view": wire_view(state, view), "is_cleared": cleared}


def mention_event(state: State, message: Message) -> JsonObject:
    """Return the event of a message that names the bot."""
    event: JsonObject = {
        "type": "app_mention",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "channel": message.channel,
        "team": state.config.team_id,
        "event_ts": message.ts,
    }
    return event | ({"thread_ts": message.thread_ts} if message.is_reply else {})


def home_event(state: State, person: Person) -> JsonObject:
    """Return the event of somebody opening the Home tab."""
    event: JsonObject = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": state.direct(person.id).id,
        "tab": "home",
        "event_ts": state.timestamps.next(),
    }
    home = state.surfaces.home(person.id)
    return event | ({"view": wire_view(state, home)} if home else {})


def event_payload(state: State, event: JsonObject) -> JsonObject:
    """Return the envelope of *event*."""
    config = state.config
    return {
        "token": config.verification_token,
        "team_id": config.team_id,
        "api_app_id": config.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": fresh("Ev"),
        "event_time": int(state.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": config.team_id,
                "user_id": config.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
