"""What people and apps put on channels and messages: pins, bookmarks and reactions.

Source: https://docs.slack.dev/reference/methods/pins.add
"""

import re
from typing import Final

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.records import JsonObject, Message
from bot.sandbox.slack.rooms import channel_for_bot, moment_of
from bot.sandbox.slack.state import State

PINS_MAX: Final = 100
BOOKMARKS_MAX: Final = 100
_EMOJI: Final = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def add_pin(state: State, arguments: JsonObject) -> JsonObject:
    """Pin a message."""
    channel = _open(state, arguments["channel"])
    moment_of(arguments["timestamp"], code="bad_timestamp")
    message = state.messages.shared(channel.id, arguments["timestamp"])
    pinned = state.pins.setdefault(channel.id, [])
    if message.ts in pinned:
        raise RefusedError(code="already_pinned")
    if len(pinned) >= PINS_MAX:
        raise RefusedError(code="too_many_pins")
    pinned.append(message.ts)
    return {}


def add_bookmark(state: State, arguments: JsonObject) -> JsonObject:
    """Put a link on top of a channel."""
    channel = _open(state, arguments["channel_id"])
    if arguments["type"] != "link":
        raise RefusedError(code="invalid_bookmark_type")
    link = arguments.get("link", "")
    if not link.startswith(("https://", "http://")):
        raise RefusedError(code="invalid_link")
    kept = state.bookmarks.setdefault(channel.id, [])
    if len(kept) >= BOOKMARKS_MAX:
        raise RefusedError(code="too_many_bookmarks")
    bookmark = {
        "id": f"Bk{len(kept) + 1:09}",
        "channel_id": channel.id,
        "title": arguments["title"],
        "type": "link",
        "link": link,
    }
    kept.append(bookmark)
    return {"bookmark": bookmark}


def list_bookmarks(state: State, arguments: JsonObject) -> JsonObject:
    """Return the links on top of a channel."""
    channel = _open(state, arguments["channel_id"])
    return {"bookmarks": list(state.bookmarks.get(channel.id, ()))}


def add_reaction(state: State, arguments: JsonObject) -> JsonObject:
    """Put an emoji of the bot's on a message."""
    channel = _open(state, arguments["channel"])
    message = state.messages.shared(channel.id, arguments["timestamp"])
    name = arguments["name"]
    if not _EMOJI.fullmatch(name):
        raise RefusedError(code="invalid_name")
    if not put_reaction(state, message, name, state.config.bot_user_id):
        raise RefusedError(code="already_reacted")
    return {}


def remove_reaction(state: State, arguments: JsonObject) -> JsonObject:
    """Take an emoji of the bot's away from a message."""
    channel = _open(state, arguments["channel"])
    message = state.messages.shared(channel.id, arguments["timestamp"])
    if not take_reaction(state, message, arguments["name"], state.config.bot_user_id):
        raise RefusedError(code="no_reaction")
    return {}


def put_reaction(state: State, message: Message, name: str, user: str) -> bool:
    """Put an emoji of *user* on a message; return whether it was not there."""
    users = state.reactions.setdefault((message.channel, message.ts), {}).setdefault(name, [])
    if user in users:
        return False
    users.append(user)
    _show(state, message)
    return True


def take_reaction(state: State, message: Message, name: str, user: str) -> bool:
    """Take an emoji of *user* away from a message; return whether it was there."""
    found = state.reactions.get((message.channel, message.ts), {})
    if user not in found.get(name, ()):
        return False
    found[name].remove(user)
    if not found[name]:
        del found[name]
    _show(state, message)
    return True


def _show(state: State, message: Message) -> None:
    """Let the pages see the reactions of a message as they are now."""
    found = state.reactions.get((message.channel, message.ts), {})
    shown = tuple({"name": name, "users": list(users)} for name, users in found.items())
    state.messages.put(message.model_copy(update={"reactions": shown}))


def _open(state: State, channel_id: str) -> Channel:
    channel = channel_for_bot(state, channel_id)
    if channel.is_archived:
        raise RefusedError(code="is_archived")
    if state.config.bot_user_id not in channel.members:
        raise RefusedError(code="not_in_channel")
    return channel
