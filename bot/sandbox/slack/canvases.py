"""Canvases: a document of a channel, of which each has one, where the workspace's plan has them.

Source: https://docs.slack.dev/reference/methods/conversations.canvases.create and
…/canvases.create
"""

from typing import Any, Final

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.ids import fresh, secret
from bot.sandbox.slack.records import File, JsonObject
from bot.sandbox.slack.rooms import channel_for_bot
from bot.sandbox.slack.state import State

CONTENT_MAX: Final = 1_048_576  # bytes of Markdown
NAME: Final = "canvas.md"


def create_of_channel(state: State, arguments: JsonObject) -> JsonObject:
    """Make the channel's own canvas, which its members can edit."""
    channel = _open(state, arguments["channel_id"])
    if not state.config.has_canvases:
        raise RefusedError(code="team_tier_cannot_create_channel_canvases")
    if channel.id in state.canvases:
        raise RefusedError(code="channel_canvas_already_exists")
    return _made(state, channel, arguments)


def create(state: State, arguments: JsonObject) -> JsonObject:
    """Make a canvas of the bot's; without paying it has to be a tab of a channel."""
    where = arguments.get("channel_id")
    if not state.config.has_canvases and where is None:
        raise RefusedError(code="free_teams_cannot_create_non_tabbed_canvases")
    channel = _open(state, where) if where is not None else None
    if channel is not None and not state.config.has_canvases and channel.id in state.canvases:
        raise RefusedError(code="free_team_canvas_tab_already_exists")
    return _made(state, channel, arguments)


def _made(state: State, channel: Channel | None, arguments: JsonObject) -> JsonObject:
    content = _markdown(arguments.get("document_content"))
    made = File(
        id=fresh("F"),
        name=NAME,
        length=len(content),
        token=secret(),
        content=content,
        title=arguments.get("title", ""),
        channel=channel.id if channel else "",
    )
    state.files[made.id] = made
    if channel is not None:
        state.canvases[channel.id] = made.id
        state.feed.tell_all({"type": "channels"})
    return {"canvas_id": made.id}


def _markdown(content: Any) -> bytes:
    if content is None:
        return b""
    if not isinstance(content, dict) or content.keys() != {"type", "markdown"}:
        raise RefusedError(code="invalid_arguments", messages=["[ERROR] document_content"])
    if content["type"] != "markdown" or not isinstance(content["markdown"], str):
        raise RefusedError(code="invalid_arguments", messages=["[ERROR] document_content"])
    encoded: bytes = content["markdown"].encode()
    if len(encoded) > CONTENT_MAX:
        raise RefusedError(code="canvas_creation_failed")
    return encoded


def _open(state: State, channel_id: str) -> Channel:
    channel = channel_for_bot(state, channel_id)
    if channel.is_archived:
        raise RefusedError(code="is_archived")
    if state.config.bot_user_id not in channel.members:
        raise RefusedError(code="not_in_channel")
    return channel
