"""The `conversations.*` methods that make channels and say who is in them.

Source: https://docs.slack.dev/reference/methods/conversations.create
"""

import re
from typing import Final

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.records import JsonObject
from bot.sandbox.slack.rooms import channel_for_bot, wire_channel
from bot.sandbox.slack.state import State

NAME_MAX: Final = 80
WORDS_MAX: Final = 250  # characters of a topic or a purpose
INVITED_MAX: Final = 100
_PUNCTUATION: Final = re.compile(r"[-_]+")
_NAME: Final = re.compile(r"[a-z0-9_-]+")


def create(state: State, arguments: JsonObject) -> JsonObject:
    """Make a channel with the bot alone in it."""
    is_private = bool(arguments.get("is_private", False))
    state.need("groups:write" if is_private else "channels:manage")
    name = arguments["name"]
    _check_name(name)
    if any(each.name == name for each in state.channels.values() if not each.is_im):
        raise RefusedError(code="name_taken")  # archived ones keep their names
    channel = Channel(
        id=f"C0NEW{len(state.channels):03}",
        name=name,
        members=(state.config.bot_user_id,),
        is_private=is_private,
        creator=state.config.bot_user_id,
        created=int(state.clock()),
    )
    state.channels[channel.id] = channel
    state.feed.tell_all({"type": "channels"})
    return {"channel": wire_channel(state, channel)}


def invite(state: State, arguments: JsonObject) -> JsonObject:
    """Let people in; one bad id keeps all out, unless it is forced."""
    channel = _own(state, arguments["channel"])
    users: list[str] = arguments["users"]
    if not users:
        raise RefusedError(code="no_user")
    if len(users) > INVITED_MAX:
        raise RefusedError(code="too_many_users")
    refused = {user: code for user in users if (code := _not_invited(state, channel, user))}
    if refused and not arguments.get("force"):
        raise RefusedError(code=next(iter(refused.values())))
    new = [user for user in dict.fromkeys(users) if user not in refused]
    if not new and refused:
        raise RefusedError(code=next(iter(refused.values())))
    joined = channel.model_copy(update={"members": (*channel.members, *new)})
    state.channels[channel.id] = joined
    state.feed.tell_all({"type": "channels"})
    errors = [{"user": user, "ok": False, "error": code} for user, code in refused.items()]
    return {"channel": wire_channel(state, joined), **({"errors": errors} if errors else {})}


def set_topic(state: State, arguments: JsonObject) -> JsonObject:
    """Say what goes on."""
    return _worded(state, arguments, "topic")


def set_purpose(state: State, arguments: JsonObject) -> JsonObject:
    """Say what it is for."""
    return _worded(state, arguments, "purpose")


def archive(state: State, arguments: JsonObject) -> JsonObject:
    """End a channel, which throws the bot out: it can neither read nor join it any more."""
    channel = _own(state, arguments["channel"])
    if channel.name == "general":
        raise RefusedError(code="cant_archive_general")
    left = tuple(each for each in channel.members if each != state.config.bot_user_id)
    state.channels[channel.id] = channel.model_copy(update={"is_archived": True, "members": left})
    state.feed.tell_all({"type": "channels"})
    return {}


def _worded(state: State, arguments: JsonObject, what: str) -> JsonObject:
    channel = _own(state, arguments["channel"])
    if len(arguments[what]) > WORDS_MAX:
        raise RefusedError(code="too_long")
    new = channel.model_copy(update={what: arguments[what]})
    state.channels[channel.id] = new
    state.feed.tell_all({"type": "channels"})
    return {"channel": wire_channel(state, new)}


def _own(state: State, channel_id: str) -> Channel:
    """Return a channel that the bot is in and may change.

    Raises:
        RefusedError: no such channel, archived, without the bot, or no scope.
    """
    channel = channel_for_bot(state, channel_id)
    state.need("groups:write" if channel.is_private else "channels:manage")
    if channel.is_im:
        raise RefusedError(code="method_not_supported_for_channel_type")
    if channel.is_archived:
        raise RefusedError(code="is_archived")
    if state.config.bot_user_id not in channel.members:
        raise RefusedError(code="not_in_channel")
    return channel


def _not_invited(state: State, channel: Channel, user: str) -> str:
    person = state.people.get(user)
    if user == state.config.bot_user_id:
        return "cant_invite_self"
    if person is None or person.deleted:
        return "user_not_found"
    if person.is_ultra_restricted:
        return "ura_max_channels"
    return "already_in_channel" if user in channel.members else ""


def _check_name(name: str) -> None:
    if not name:
        raise RefusedError(code="invalid_name_required")
    if len(name) > NAME_MAX:
        raise RefusedError(code="invalid_name_maxlength")
    if _PUNCTUATION.fullmatch(name):
        raise RefusedError(code="invalid_name_punctuation")
    if not _NAME.fullmatch(name):
        raise RefusedError(code="invalid_name_specials")
