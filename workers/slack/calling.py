"""The one call of Slack that shows a surface."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, assert_never

from bot.core.errors import SlackRefusedError
from bot.core.rows import OutboxRow
from bot.core.surfaces import SURFACES
from bot.views.layout import Block, Drawn
from bot.views.text import fallback_text
from workers.context import Flags, SlackWriter

SHOWN: Final = "home"  # in place of a ts: it is there, and is updated from now on
log = logging.getLogger("slipway.outbox")

TOO_LONG: Final = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks"})
REFUSED_VIEW: Final = frozenset({"invalid_arguments", "view_too_large"})
LACKING_SECONDS: Final = 86_400.0
GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


def call(
    slack: SlackWriter, row: OutboxRow, message: Drawn, ts: str | None, flags: Flags
) -> str | None:
    """Show *message*, as the message *ts* where it is there already; return where it stands."""
    method = SURFACES[row.kind].method
    match method:
        case "chat.postEphemeral":
            _whisper(slack, row, message, flags)
            return None
        case "views.publish":
            show = partial(slack.publish, row.subject.id, row.channel)
            _plainly(row, message, flags, lambda blocks: show(list(blocks)))
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
            | "conversations.canvases.create"
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


def _whisper(slack: SlackWriter, row: OutboxRow, message: Drawn, flags: Flags) -> None:
    """Show it to one person: plainer, or in words alone, where Slack refuses more."""

    def whisper(text: str, blocks: Sequence[Block]) -> None:
        slack.whisper(row.channel, row.user, text, blocks, thread_ts=_thread(row))

    try:
        _plainly(row, message, flags, partial(whisper, message.text))
    except SlackRefusedError as error:
        if error.code not in TOO_LONG or not message.blocks:
            raise
        log.warning("outbox.blocks_refused", extra={"row": row.id, "why": str(error)})
        whisper(fallback_text(message.text), ())


def _plainly(
    row: OutboxRow, message: Drawn, flags: Flags, show: Callable[[Sequence[Block]], None]
) -> None:
    """Show it with all its blocks; plainer where Slack does not know all of them.

    That is kept for a day: a workspace that lacks a block today is not asked each time.
    """
    lacking = f"plainer:{row.kind}"
    if not message.plainer:
        show(message.blocks)
        return
    if flags.held_for(lacking) > 0:
        show(message.plainer)
        return
    try:
        show(message.blocks)
    except SlackRefusedError as error:
        if error.code not in TOO_LONG | REFUSED_VIEW:
            raise
        log.warning("outbox.blocks_refused", extra={"row": row.id, "why": str(error)})
        show(message.plainer)
        flags.hold(lacking, LACKING_SECONDS)


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
