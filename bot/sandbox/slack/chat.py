"""The `chat.*` methods.

Source: https://docs.slack.dev/reference/methods/chat.postMessage
"""

from typing import Final

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.messages import replaced
from bot.sandbox.slack.records import JsonObject, Message
from bot.sandbox.slack.rooms import channel_for_bot, wire_message
from bot.sandbox.slack.state import State
from bot.sandbox.slack.strictness import UPDATED_TEXT_MAX, check_message

_METADATA_KEYS: Final = frozenset({"event_type", "event_payload"})


def post_message(state: State, arguments: JsonObject) -> JsonObject:
    """Post to a channel, or to a person directly."""
    channel = _addressed(state, arguments["channel"])
    check_message(arguments.get("text"), arguments.get("blocks"))
    metadata = _metadata(arguments)
    thread_ts = _thread(state, channel, arguments)
    refused = channel.refuses_posts or (channel.refuses_replies if thread_ts else "")
    if refused:
        raise RefusedError(code=refused)
    message = state.post(
        channel.id,
        state.config.bot_user_id,
        arguments["text"],
        blocks=arguments.get("blocks"),
        thread_ts=thread_ts,
        reply_broadcast=arguments.get("reply_broadcast", False),
        metadata=metadata,
    )
    return _posted(state, message)


def update(state: State, arguments: JsonObject) -> JsonObject:
    """Replace a message of the bot's own; without blocks it has none afterwards."""
    channel = _writable(state, arguments["channel"])
    message = _own(state, channel, arguments["ts"], refusal="cant_update_message")
    words, blocks = arguments.get("text"), arguments.get("blocks")
    check_message(words, blocks, text_max=UPDATED_TEXT_MAX)
    new = replaced(message, arguments["text"], state.named(arguments.get("blocks")))
    if "metadata" in arguments:
        new = new.model_copy(update={"metadata": _metadata(arguments)})
    if arguments.get("reply_broadcast"):
        new = new.model_copy(update={"reply_broadcast": True})
    state.messages.put(new)
    return {**_posted(state, new), "text": new.text}


def post_ephemeral(state: State, arguments: JsonObject) -> JsonObject:
    """Show a message to one member of a channel; in a thread only where somebody has replied."""
    channel = _writable(state, arguments["channel"], uninvited=False)
    check_message(arguments.get("text"), arguments.get("blocks"))
    if arguments["user"] not in channel.members:
        raise RefusedError(code="user_not_in_channel")
    thread_ts = _thread(state, channel, arguments)
    if thread_ts and not any(m.is_reply for m in state.messages.thread(channel.id, thread_ts)):
        return {"message_ts": state.timestamps.next()}  # nobody sees it
    message = state.post(
        channel.id,
        state.config.bot_user_id,
        arguments["text"],
        blocks=arguments.get("blocks"),
        thread_ts=thread_ts,
        reader=arguments["user"],
    )
    return {"message_ts": message.ts}


def delete(state: State, arguments: JsonObject) -> JsonObject:
    """Delete a message of the bot's own."""
    channel = _writable(state, arguments["channel"])
    message = _own(state, channel, arguments["ts"], refusal="cant_delete_message")
    state.messages.put(message.model_copy(update={"deleted": True}))
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(state: State, arguments: JsonObject) -> JsonObject:
    """Return the address of a message."""
    channel = channel_for_bot(state, arguments["channel"])
    message = state.messages.shared(channel.id, arguments["message_ts"])
    link = f"{team_url(state)}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def team_url(state: State) -> str:
    """Return the address of the workspace itself."""
    return f"https://{state.config.team_domain}.slack.com/"


def _addressed(state: State, channel_id: str) -> Channel:
    """Return where a new message goes, which may be a person; every other call wants the channel.

    Raises:
        RefusedError: as `_writable` has it.
    """
    if channel_id in state.people and not state.people[channel_id].is_bot:
        return state.direct(channel_id)
    return _writable(state, channel_id)


def _writable(state: State, channel_id: str, *, uninvited: bool = True) -> Channel:
    """Return the channel if the bot may write there.

    Raises:
        RefusedError: not there, archived, or the bot is no member (and may not do without).
    """
    channel = channel_for_bot(state, channel_id)
    if channel.is_archived:
        raise RefusedError(code="is_archived")
    may_post = uninvited and "chat:write.public" in state.scopes
    if state.config.bot_user_id not in channel.members and not may_post:
        raise RefusedError(code="not_in_channel")
    return channel


def _own(state: State, channel: Channel, ts: str, *, refusal: str) -> Message:
    message = state.messages.shared(channel.id, ts)
    if message.user != state.config.bot_user_id:
        raise RefusedError(code=refusal)
    return message


def _thread(state: State, channel: Channel, arguments: JsonObject) -> str | None:
    """Return the root's timestamp, where the message is a reply."""
    thread_ts: str | None = arguments.get("thread_ts")
    if thread_ts is None:
        if arguments.get("reply_broadcast"):
            raise RefusedError(
                code="invalid_arguments", messages=["[ERROR] no thread to broadcast"]
            )
        return None
    root = state.messages.get(channel.id, thread_ts)
    if root is None or root.ephemeral or root.is_reply:
        raise RefusedError(code="thread_not_found")
    return thread_ts


def _metadata(arguments: JsonObject) -> JsonObject | None:
    """Return the metadata; an empty object means none."""
    metadata: JsonObject | None = arguments.get("metadata")
    if not metadata:
        return None
    well_formed = (
        metadata.keys() == _METADATA_KEYS
        and isinstance(metadata["event_type"], str)
        and metadata["event_type"]
        and isinstance(metadata["event_payload"], dict)
    )
    if not well_formed:
        raise RefusedError(code="invalid_metadata_format")
    return metadata


def _posted(state: State, message: Message) -> JsonObject:
    whole = wire_message(state, message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": whole}
