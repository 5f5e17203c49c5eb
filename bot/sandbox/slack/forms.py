"""The `views.*` methods, and how a view looks on the wire.

Source: https://docs.slack.dev/reference/methods/views.open
"""

from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.records import JsonObject, View
from bot.sandbox.slack.state import State
from bot.sandbox.slack.strictness import check_view


def views_open(state: State, arguments: JsonObject) -> JsonObject:
    """Open a modal for whoever did what the trigger stands for."""
    body = check_view(arguments["view"], "modal")
    user = state.tickets.holder(arguments["trigger_id"])
    view = state.surfaces.open(user, body)
    state.tickets.spend(arguments["trigger_id"])
    return {"view": wire_view(state, view)}


def views_push(state: State, arguments: JsonObject) -> JsonObject:
    """Lay a modal on top of the open ones."""
    body = check_view(arguments["view"], "modal")
    user = state.tickets.holder(arguments["trigger_id"])
    view = state.surfaces.push(user, body)
    state.tickets.spend(arguments["trigger_id"])
    return {"view": wire_view(state, view)}


def views_update(state: State, arguments: JsonObject) -> JsonObject:
    """Replace what an open view shows."""
    if ("view_id" in arguments) == ("external_id" in arguments):
        wrong = "[ERROR] one of view_id and external_id"
        raise RefusedError(code="invalid_arguments", messages=[wrong])
    view = state.surfaces.find(arguments.get("view_id"), arguments.get("external_id"))
    if view is None:
        raise RefusedError(code="not_found")
    body = check_view(arguments["view"], view.type)
    return {"view": wire_view(state, state.surfaces.update(view, body, arguments.get("hash")))}


def views_publish(state: State, arguments: JsonObject) -> JsonObject:
    """Put a view on somebody's Home tab."""
    body = check_view(arguments["view"], "home")
    person = state.people.get(arguments["user_id"])
    if person is None or person.is_bot:
        raise RefusedError(code="user_not_found")
    view = state.surfaces.publish(person.id, body, arguments.get("hash"))
    return {"view": wire_view(state, view)}


def wire_view(state: State, view: View) -> JsonObject:
    """Return a view as the Web API and interactions describe it."""
    config = state.config
    defaults: JsonObject = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return {
        **defaults,
        **view.body,
        "id": view.id,
        "team_id": config.team_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": config.app_id,
        "app_installed_team_id": config.team_id,
        "bot_id": config.bot_id,
    }
