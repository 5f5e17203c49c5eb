"""What people and apps put on channels and messages: pins and bookmarks.

Source: https://docs.slack.dev/reference/methods/pins.add
"""

from typing import Final

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.records import JsonObject
from bot.sandbox.slack.rooms import channel_for_bot, moment_of
from bot.sandbox.slack.state import State

PINS_MAX: Final = 100
BOOKMARKS_MAX: Final = 100


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


def _open(state: State, channel_id: str) -> Channel:
    channel = channel_for_bot(state, channel_id)
    if channel.is_archived:
        raise RefusedError(code="is_archived")
    if state.config.bot_user_id not in channel.members:
        raise RefusedError(code="not_in_channel")
    return channel
