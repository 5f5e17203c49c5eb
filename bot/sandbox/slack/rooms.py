"""The `conversations.*` methods, and how channels and messages look on the wire.

Source: https://docs.slack.dev/reference/methods/conversations.history
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, TypeVar

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.records import JsonObject, Message
from bot.sandbox.slack.state import State

PAGE_DEFAULT: Final = 100
PAGE_MAX: Final = 999

Right: TypeAlias = Literal["read", "history", "write"]
Item = TypeVar("Item")


def channel_for_bot(state: State, channel_id: str, right: Right | None = None) -> Channel:
    """Return the channel if the bot may know of it, and has the scope for what it does there.

    Raises:
        RefusedError: no such channel, or a private one without the bot, or no scope.
    """
    channel = state.channels.get(channel_id)
    if channel is None or (channel.is_private and state.config.bot_user_id not in channel.members):
        raise RefusedError(code="channel_not_found")
    if right is not None:
        state.need(f"{_family(channel)}:{right}")
    return channel


def _family(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "groups" if channel.is_private else "channels"


def info(state: State, arguments: JsonObject) -> JsonObject:
    """Describe one channel."""
    channel = channel_for_bot(state, arguments["channel"], "read")
    described = wire_channel(state, channel)
    if arguments.get("include_num_members"):
        described["num_members"] = len(channel.members)
    return {"channel": described}


def list_(state: State, arguments: JsonObject) -> JsonObject:
    """List the channels of the types that were asked for."""
    wanted = arguments.get("types", ["public_channel"])
    kinds = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    for kind in wanted:
        if kind not in kinds:
            raise RefusedError(code="invalid_types")
        state.need(f"{kinds[kind]}:read")
    families = {kinds[kind] for kind in wanted}
    found = [
        wire_channel(state, channel)
        for channel in state.channels.values()
        if _family(channel) in families
        and _visible(state, channel)
        and not (arguments.get("exclude_archived") and channel.is_archived)
    ]
    shown, following = page_of(found, arguments)
    return {"channels": shown, **following}


def members(state: State, arguments: JsonObject) -> JsonObject:
    """List who is in a channel."""
    channel = channel_for_bot(state, arguments["channel"], "read")
    shown, following = page_of(channel.members, arguments)
    return {"members": list(shown), **following}


def open_(state: State, arguments: JsonObject) -> JsonObject:
    """Open the direct conversation with one person."""
    users: list[str] = arguments.get("users", [])
    if "channel" in arguments or len(users) != 1:
        raise RefusedError(code="invalid_arguments", messages=["[ERROR] exactly one user"])
    if users[0] not in state.people or state.people[users[0]].is_bot:
        raise RefusedError(code="user_not_found")
    channel = state.direct(users[0])
    whole = wire_channel(state, channel) if arguments.get("return_im") else {"id": channel.id}
    return {"channel": whole}


def history(state: State, arguments: JsonObject) -> JsonObject:
    """Return what stands in the channel itself, newest first."""
    channel = _readable(state, arguments["channel"])
    top = [m for m in state.messages.of_channel(channel.id) if not m.is_reply or m.reply_broadcast]
    within = [message for message in reversed(top) if _between(message.ts, arguments)]
    return _messages(state, within, arguments)


def replies(state: State, arguments: JsonObject) -> JsonObject:
    """Return a message and its replies, oldest first."""
    channel = _readable(state, arguments["channel"])
    asked = state.messages.get(channel.id, arguments["ts"])
    if asked is None or asked.ephemeral:
        raise RefusedError(code="thread_not_found")
    root = asked.thread_ts or asked.ts
    thread = state.messages.thread(channel.id, root)
    within = [m for m in thread if m.ts == root or _between(m.ts, arguments)]
    return _messages(state, within, arguments)


def _readable(state: State, channel_id: str) -> Channel:
    channel = channel_for_bot(state, channel_id, "history")
    if state.config.bot_user_id not in channel.members:
        raise RefusedError(code="not_in_channel")
    return channel


def _visible(state: State, channel: Channel) -> bool:
    return not channel.is_private or state.config.bot_user_id in channel.members


def _between(ts: str, arguments: JsonObject) -> bool:
    moment = moment_of(ts)
    oldest, latest = arguments.get("oldest"), arguments.get("latest")
    if arguments.get("inclusive") and ts in {oldest, latest}:
        return True
    after = oldest is None or moment > moment_of(oldest)
    return after and (latest is None or moment < moment_of(latest))


def moment_of(ts: str, code: str = "invalid_ts_latest") -> tuple[int, int]:
    """Return a timestamp as something that can be compared.

    Raises:
        RefusedError: it is none.
    """
    whole, _, part = ts.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not part or part.isdigit())):
        raise RefusedError(code=code)
    return int(whole), int(part.ljust(6, "0")) if part else 0


def _messages(state: State, found: list[Message], arguments: JsonObject) -> JsonObject:
    shown, following = page_of(found, arguments)
    with_metadata = arguments.get("include_all_metadata", False)
    wired = [wire_message(state, message, with_metadata=with_metadata) for message in shown]
    more = bool(following["response_metadata"]["next_cursor"])
    return {"messages": wired, "has_more": more, **following}


def page_of(items: Sequence[Item], arguments: JsonObject) -> tuple[Sequence[Item], dict[str, Any]]:
    """Return one page of *items* and what leads to the next.

    Raises:
        RefusedError: `invalid_cursor`, or `invalid_limit`.
    """
    limit = arguments.get("limit", PAGE_DEFAULT)
    if not 1 <= limit <= PAGE_MAX:
        raise RefusedError(code="invalid_limit")
    start = _offset(arguments.get("cursor", ""))
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": following}}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise RefusedError(code="invalid_cursor") from error
    if word != "next" or not number.isdigit():
        raise RefusedError(code="invalid_cursor")
    return int(number)


def wire_channel(state: State, channel: Channel) -> JsonObject:
    """Return a channel as the Web API describes it."""
    common: JsonObject = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_member": state.config.bot_user_id in channel.members,
        "context_team_id": state.config.team_id,
    }
    if channel.is_im:
        return {**common, "user": channel.members[0], "is_open": True}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_general": channel.name == "general",
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
    }


def wire_message(state: State, message: Message, *, with_metadata: bool) -> JsonObject:
    """Return a message as the Web API and interactions describe it."""
    config = state.config
    whole: JsonObject = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": config.team_id,
    }
    if message.user == config.bot_user_id:
        whole |= {"bot_id": config.bot_id, "app_id": config.app_id}
    if message.blocks is not None:
        whole["blocks"] = message.blocks
    if message.files:
        whole["files"] = list(message.files)
    if message.attachments:
        whole["attachments"] = list(message.attachments)
    if message.edited:
        whole["edited"] = {"user": message.user, "ts": message.ts}
    if message.reply_broadcast:
        whole["subtype"] = "thread_broadcast"
    if with_metadata and message.metadata is not None:
        whole["metadata"] = message.metadata
    reactions = state.reactions.get((message.channel, message.ts), {})
    if reactions:
        whole["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in reactions.items()
        ]
    return whole | _threading(state, message)


def _threading(state: State, message: Message) -> JsonObject:
    if message.is_reply:
        return {"thread_ts": message.thread_ts}
    below = [m for m in state.messages.thread(message.channel, message.ts) if m.is_reply]
    if not below:
        return {}
    writers = sorted({reply.user for reply in below})
    return {
        "thread_ts": message.ts,
        "reply_count": len(below),
        "reply_users_count": len(writers),
        "reply_users": writers,
        "latest_reply": below[-1].ts,
    }
