"""Files of the app: an address is given, the bytes are taken, and then the file is shared.

Source: https://docs.slack.dev/reference/methods/files.getUploadURLExternal and
…/files.completeUploadExternal
"""

import re
from typing import Any, Final

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.ids import fresh, secret
from bot.sandbox.slack.records import OK_STATUS, File, JsonObject
from bot.sandbox.slack.rooms import channel_for_bot
from bot.sandbox.slack.state import State

UPLOADS: Final = "/upload/v1/"
UPLOAD: Final = "upload"  # what the post of the bytes is called among the calls
LENGTH_MAX: Final = 1_000_000_000  # bytes
_NAME: Final = re.compile(r"[^/\\\x00-\x1f]{1,255}")
_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404


def upload_url(state: State, arguments: JsonObject) -> JsonObject:
    """Give the address that takes a file's bytes."""
    length: int = arguments["length"]
    if length == 0:
        raise RefusedError(code="missing_argument", messages=["[ERROR] length is 0"])
    if length > LENGTH_MAX:
        raise RefusedError(code="file_upload_size_restricted")
    if not _NAME.fullmatch(arguments["filename"]):
        raise RefusedError(code="invalid_arguments", messages=["[ERROR] filename"])
    made = File(id=fresh("F"), name=arguments["filename"], length=length, token=secret())
    state.files[made.id] = made
    return {"upload_url": f"{state.base_url}{UPLOADS}{made.token}", "file_id": made.id}


def take(state: State, token: str, content: bytes) -> int:
    """Take the bytes, and return the HTTP status that says so, or why not."""
    found = next((each for each in state.files.values() if each.token == token), None)
    if found is None:
        return _NOT_FOUND
    if len(content) != found.length:
        return _BAD_REQUEST
    state.files[found.id] = found.model_copy(update={"content": content})
    return OK_STATUS


def complete(state: State, arguments: JsonObject) -> JsonObject:
    """Share files in a channel, in one message of the bot's."""
    named = [_named(state, each) for each in arguments["files"]]
    if not named:
        raise RefusedError(code="invalid_arguments", messages=["[ERROR] no files"])
    for each in named:
        if each.content is None or each.channel:
            raise RefusedError(code="file_not_found")
    if "channel_id" in arguments:
        _share(state, named, _writable(state, arguments["channel_id"]), arguments)
    return {"files": [{"id": each.id, "title": each.title} for each in named]}


def _named(state: State, asked: Any) -> File:
    if not isinstance(asked, dict) or not asked.keys() <= {"id", "title", "highlight_type"}:
        raise RefusedError(code="invalid_arguments", messages=["[ERROR] files"])
    found = state.files.get(str(asked.get("id")))
    if found is None:
        raise RefusedError(code="file_not_found")
    return found.model_copy(update={"title": str(asked.get("title") or found.name)})


def _share(state: State, named: list[File], channel: Channel, arguments: JsonObject) -> None:
    shared = [each.model_copy(update={"channel": channel.id}) for each in named]
    state.files.update({each.id: each for each in shared})
    state.post(
        channel.id,
        state.config.bot_user_id,
        arguments.get("initial_comment", ""),
        thread_ts=arguments.get("thread_ts"),
        files=tuple(each.wire(state.base_url) for each in shared),
    )


def _writable(state: State, channel_id: str) -> Channel:
    channel = channel_for_bot(state, channel_id)
    if channel.is_archived:
        raise RefusedError(code="is_archived")
    if state.config.bot_user_id not in channel.members:
        raise RefusedError(code="not_in_channel")
    if channel.refuses_posts:
        raise RefusedError(code="posting_to_channel_denied")
    return channel
