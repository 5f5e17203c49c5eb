"""The methods about people, groups and the app itself.

Source: https://docs.slack.dev/reference/methods/usergroups.list
"""

from bot.sandbox.slack.chat import team_url
from bot.sandbox.slack.config import Group, Person
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.ids import secret
from bot.sandbox.slack.records import JsonObject
from bot.sandbox.slack.rooms import page_of
from bot.sandbox.slack.state import State


def auth_test(state: State, _arguments: JsonObject) -> JsonObject:
    """Say whose token it is."""
    config = state.config
    return {
        "url": team_url(state),
        "team": config.team_name,
        "team_id": config.team_id,
        "user": state.people[config.bot_user_id].name,
        "user_id": config.bot_user_id,
        "bot_id": config.bot_id,
        "is_enterprise_install": False,
    }


def bots_info(state: State, arguments: JsonObject) -> JsonObject:
    """Describe the bot of the app, the only one here.

    Source: https://docs.slack.dev/reference/methods/bots.info
    """
    config = state.config
    if arguments.get("bot", config.bot_id) != config.bot_id:
        raise RefusedError(code="bot_not_found")
    described = {
        "id": config.bot_id,
        "deleted": False,
        "name": state.people[config.bot_user_id].name,
        "updated": 0,
        "app_id": config.app_id,
        "user_id": config.bot_user_id,
        "icons": {},
    }
    return {"bot": described}


def users_info(state: State, arguments: JsonObject) -> JsonObject:
    """Describe one person."""
    person = state.people.get(arguments["user"])
    if person is None:
        raise RefusedError(code="user_not_found")
    described = wire_person(person)
    return {"user": {**described, **_located(person, arguments)}}


def users_list(state: State, arguments: JsonObject) -> JsonObject:
    """List everybody, the deactivated included, a page at a time.

    Source: https://docs.slack.dev/reference/methods/users.list
    """
    shown, following = page_of(list(state.people.values()), arguments)
    members = [{**wire_person(each), **_located(each, arguments)} for each in shown]
    return {"members": members, **following}


def usergroups_list(state: State, arguments: JsonObject) -> JsonObject:
    """List the groups, with their members where that is asked for."""
    return {
        "usergroups": [
            wire_group(state, group, arguments)
            for group in state.groups.values()
            if not group.is_disabled or arguments.get("include_disabled")
        ]
    }


def usergroups_users_list(state: State, arguments: JsonObject) -> JsonObject:
    """List the members of a group."""
    group = state.groups.get(arguments["usergroup"])
    if group is None or (group.is_disabled and not arguments.get("include_disabled")):
        raise RefusedError(code="no_such_subteam")
    return {"users": list(group.users)}


def connections_open(state: State, _arguments: JsonObject) -> JsonObject:
    """Hand out the address of one Socket Mode connection."""
    ticket = secret()
    state.socket_urls.add(ticket)
    address = state.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link?ticket={ticket}&app_id={state.config.app_id}"}


def _located(person: Person, arguments: JsonObject) -> JsonObject:
    """Return the person's locale where it is asked for."""
    return {"locale": person.locale} if arguments.get("include_locale") else {}


def wire_person(person: Person) -> JsonObject:
    """Return a person as the Web API describes them; a stranger is marked only where it is so."""
    described: JsonObject = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": {
            "title": person.title,
            "real_name": person.real_name,
            "display_name": person.real_name,
            "team": person.team_id,
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.teams:
        described["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": "E0SLIPWAY",
            "enterprise_name": "Slipway",
            "is_admin": False,
            "is_owner": False,
            "teams": list(person.teams),
        }
    return {**described, "is_stranger": True} if person.is_stranger else described


def wire_group(state: State, group: Group, arguments: JsonObject) -> JsonObject:
    """Return a group as the Web API describes it."""
    described: JsonObject = {
        "id": group.id,
        "team_id": state.config.team_id,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_delete": int(state.clock()) if group.is_disabled else 0,
    }
    if arguments.get("include_users"):
        described["users"] = list(group.users)
    if arguments.get("include_count"):
        described["user_count"] = len(group.users)
    return described
