"""Whether a message of an incident's channel is marked: looked up after each reaction.

A reaction names a message by its time alone, also a reply; so that very time is looked for.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.core.codes import Denied
from bot.core.errors import SlackRefusedError
from bot.core.incidents import (
    PUSHPIN,
    RECEIPT,
    Incident,
    MessageDeleted,
    MessageMarked,
    MessageUnmarked,
)
from bot.core.policy import Member
from bot.core.records import SLIPWAY, ChannelId, Json
from bot.core.rows import OutboxRow
from bot.core.verbs import marked, people_in, said_in, with_names
from workers.context import SlackWriter, WorkerContext

log = logging.getLogger("slipway.incidents")

REREAD_MAX: Final = 50  # marked messages that are read again
_CHECK: Final = "white_check_mark"  # people cannot see a timeline grow
_GONE: Final = frozenset({"thread_not_found", "message_not_found"})
_OURS: Final = "slipway_"  # what is told of an operation is there already
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # the ampersand last: once only


def look_at_mark(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Let the timeline have the message, or not, as its reactions say now.

    One that it has since a moment ago, by a reaction or by the menu, gets our check mark instead.
    """
    incident = context.journal.incidents.load(row.subject.id)
    name = row.id.rpartition(":")[2]
    ts = name.removeprefix(RECEIPT)
    if name != ts:
        if ts in _marks(context, incident):
            _receipt(slack, row.channel, ts)
        return
    found = _message(slack, row.channel, ts)
    message = None if found is None or _is_ours(found) else found
    by = next(_marking(context, message), None) if message else None
    standing = _marks(context, incident).get(ts)
    if by is None or message is None:
        if standing is not None:
            gone = MessageUnmarked(at=context.clock(), by=SLIPWAY, channel=row.channel, ts=ts)
            context.engine.apply_incident(incident.id, gone)
            if message is not None:
                _take_receipt(slack, row.channel, ts)
        return
    event = _event(context, row.channel, message, by=by, standing=standing)
    if event is not None:
        context.engine.apply_incident(incident.id, event)


def _message(slack: SlackWriter, channel: ChannelId, ts: str) -> Mapping[str, Any] | None:
    """Return the message of exactly this time, be it a reply; None: it is not there."""
    asked: dict[str, Json] = {
        "channel": channel,
        "ts": ts,
        "oldest": ts,
        "latest": ts,
        "inclusive": True,
        "limit": 10,
        "include_all_metadata": True,
    }
    try:
        found = slack.do("conversations.replies", asked).get("messages") or ()
    except SlackRefusedError as error:
        if error.code in _GONE:
            return None
        raise
    return next((each for each in found if each.get("ts") == ts), None)


def _is_ours(message: Mapping[str, Any]) -> bool:
    metadata = message.get("metadata") or {}
    return str(metadata.get("event_type") or "").startswith(_OURS)


def _marking(context: WorkerContext, message: Mapping[str, Any]) -> Iterator[str]:
    """Yield the members who mark it: guests and strangers do not count."""
    for reaction in message.get("reactions") or ():
        if str(reaction.get("name") or "").partition("::")[0] != PUSHPIN:
            continue
        for user in reaction.get("users") or ():
            member = context.facts.people.known(user, frozenset())
            if member is not None and _counts(member, context.facts.team()):
                yield user


def _counts(member: Member, team: str) -> bool:
    flags = (member.is_bot, member.is_guest, member.is_stranger, member.is_deactivated)
    return not any(flags) and member.team == team


def _event(
    context: WorkerContext,
    channel: ChannelId,
    message: Mapping[str, Any],
    *,
    by: str,
    standing: MessageMarked | None,
) -> MessageMarked | None:
    """Return what is kept of it; None: that is *standing* there, or it looks like a secret."""
    text = said_in(message)
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    wanted = marked(channel, str(message["ts"]), str(message.get("user") or ""), text)
    if isinstance(wanted, Denied):
        return None
    words = with_names(wanted.text, context.facts.directory.names(people_in(wanted.text)))
    if standing is not None and standing.text in {words, with_names(wanted.text, {})}:
        return None
    return MessageMarked(
        at=context.clock(),
        by=by,
        channel=channel,
        ts=wanted.ts,
        author=wanted.author,
        text=words,
    )


def refresh(context: WorkerContext, slack: SlackWriter, incident: Incident) -> None:
    """Read the marked messages again: what was edited stands with both texts, what is gone as gone.

    Nothing tells of edits but every message of the channel, so they are read when it counts.
    """
    for mark in [*_marks(context, incident).values()][-REREAD_MAX:]:
        try:
            found = _message(slack, mark.channel, mark.ts)
        except SlackRefusedError as error:
            log.warning("incident.marks_unread", extra={"incident": incident.id, "why": str(error)})
            return
        event = _since(context, mark, found)
        if event is not None:
            context.engine.apply_incident(incident.id, event)


def _since(
    context: WorkerContext, mark: MessageMarked, found: Mapping[str, Any] | None
) -> MessageMarked | MessageDeleted | None:
    """Return what became of a marked message, which is now as it was *found*."""
    at = context.clock()
    if found is None:
        told = mark.model_dump(include={"channel", "ts", "author", "text"})
        return MessageDeleted(at=at, by=SLIPWAY, **told)
    if _is_ours(found):  # it is drawn anew as things go on: it stays as somebody marked it
        return None
    event = _event(context, mark.channel, found, by=mark.by, standing=mark)
    if event is None:
        return None
    return event.model_copy(update={"is_edited": True})


def _marks(context: WorkerContext, incident: Incident) -> dict[str, MessageMarked]:
    """Return the newest mark of each message that stands there and was not deleted, by its time."""
    standing: dict[str, MessageMarked] = {}
    for _, event in context.journal.incidents.events(incident.id):
        match event:
            case MessageMarked(ts=ts):
                standing[ts] = event
            case MessageUnmarked(ts=ts) | MessageDeleted(ts=ts):
                standing.pop(ts, None)
            case _:
                pass
    return standing


def _take_receipt(slack: SlackWriter, channel: ChannelId, ts: str) -> None:
    """Take our check mark away: the message is in the timeline no longer."""
    try:
        slack.do("reactions.remove", {"channel": channel, "timestamp": ts, "name": _CHECK})
    except SlackRefusedError as error:
        if error.code != "no_reaction":
            raise


def _receipt(slack: SlackWriter, channel: ChannelId, ts: str) -> None:
    try:
        slack.do("reactions.add", {"channel": channel, "timestamp": ts, "name": _CHECK})
    except SlackRefusedError as error:
        if error.code not in {"already_reacted", *_GONE}:
            raise
