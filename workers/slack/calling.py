"""The one call of Slack that shows a surface."""

import logging
from typing import Final, assert_never

from bot.core.errors import SlackRefusedError
from bot.core.rows import OutboxRow
from bot.core.surfaces import SURFACES
from bot.views.layout import Block, Drawn
from bot.views.text import fallback_text
from workers.context import SlackWriter

SHOWN: Final = "home"  # in place of a ts: it is there, and is updated from now on
log = logging.getLogger("slipway.outbox")

TOO_LONG: Final = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks"})
CHARTS: Final = frozenset({"data_visualization"})  # which Slack brings to workspaces by and by
GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


def call(slack: SlackWriter, row: OutboxRow, message: Drawn, ts: str | None) -> str | None:
    """Show *message*, as the message *ts* where it is there already; return where it stands."""
    method = SURFACES[row.kind].method
    match method:
        case "chat.postEphemeral":
            _whisper(slack, row, message)
            return None
        case "views.publish":
            slack.publish(row.subject.id, row.channel, list(message.blocks))
            return SHOWN
        case "chat.postMessage" if ts is None:
            return _post(slack, row, message)
        case "chat.postMessage":
            return _update(slack, row, message, ts or "")
        case (
            "conversations.create"
            | "conversations.setTopic"
            | "conversations.setPurpose"
            | "conversations.invite"
            | "conversations.replies"
            | "conversations.archive"
            | "pins.add"
            | "bookmarks.add"
            | "files.getUploadURLExternal"
        ):
            msg = f"{row.kind} is done, not shown"
            raise ValueError(msg)
        case _:
            assert_never(method)


def _thread(row: OutboxRow) -> str | None:
    """Return the thread that the row names itself, without a surface of ours above it."""
    return str(row.body.get("thread_ts") or "") or None


def _whisper(slack: SlackWriter, row: OutboxRow, message: Drawn) -> None:
    """Show it to one person: without its charts, or in words alone, where Slack refuses more."""
    plainer = [each for each in message.blocks if each["type"] not in CHARTS]
    tries = [list(message.blocks), *([plainer] if len(plainer) < len(message.blocks) else [])]
    for blocks in tries:
        try:
            slack.whisper(row.channel, row.user, message.text, blocks, thread_ts=_thread(row))
        except SlackRefusedError as error:
            if error.code not in TOO_LONG or not blocks:
                raise
            log.warning("outbox.blocks_refused", extra={"row": row.id, "why": str(error)})
        else:
            return
    text = fallback_text(message.text)
    slack.whisper(row.channel, row.user, text, thread_ts=_thread(row))


def _post(slack: SlackWriter, row: OutboxRow, message: Drawn) -> str:
    spec = SURFACES[row.kind]
    sequence = spec.sequence if spec.is_updated else message.sequence

    def post(text: str, blocks: list[Block]) -> str:
        return slack.post(
            row.channel,
            text,
            blocks,
            about=row.subject,
            sequence=sequence,
            thread_ts=row.thread_ts or _thread(row),
            broadcast=message.broadcast,
        ).ts

    try:
        return post(message.text, list(message.blocks))
    except SlackRefusedError as error:
        if error.code not in TOO_LONG:
            raise
        log.warning("outbox.message_too_long", extra={"row": row.id, "why": str(error)})
        return post(fallback_text(message.text), [])


def _update(slack: SlackWriter, row: OutboxRow, message: Drawn, ts: str) -> str:
    """Update it; where it is gone, post it anew, but a reply. Returns where it stands."""
    spec = SURFACES[row.kind]
    sequence = spec.sequence if spec.is_updated else message.sequence

    def update(text: str, blocks: list[Block]) -> None:
        slack.update(row.channel, ts, text, blocks, about=row.subject, sequence=sequence)

    try:
        update(message.text, list(message.blocks))
    except SlackRefusedError as error:
        if error.code in TOO_LONG:
            update(fallback_text(message.text), [])
        elif error.code in GONE:
            return _post(slack, row, message) if spec.is_updated else ts
        else:
            raise
    return ts
