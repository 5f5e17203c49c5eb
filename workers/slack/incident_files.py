"""An incident written out, as a file in its channel: when it is closed, and when somebody asks.

Slack wants three calls: for an address, for the bytes, and for the share. Only the last one shows
anything, so only that one must not be made twice.

When it is closed, its channel has the same as a canvas, which people go on with.

Sources: https://docs.slack.dev/reference/methods/files.completeUploadExternal and
…/conversations.canvases.create
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.core.errors import SlackRefusedError
from bot.core.incidents import Incident, IncidentClosed, TimelineEntry
from bot.core.records import Json, is_person
from bot.core.rows import OutboxRow
from bot.journal import timeline
from bot.views.incident_export import (
    canvas_markdown,
    file_comment,
    file_title,
    incident_markdown,
)
from bot.views.words import Locale
from workers.context import SlackWriter, WorkerContext
from workers.slack.incident_marks import refresh

CANVAS_MAX: Final = 1_000_000  # bytes; Slack takes 1 MiB
_THERE: Final = "channel_canvas_already_exists"
LATEST: Final = 200  # messages of the channel, among which one that a lost answer shared is found


def export(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Upload the document, unless a try before has shared it."""
    incident = context.journal.incidents.load(row.subject.id)
    name = f"{incident.id}-{row.wanted}.md"
    if row.in_doubt and _is_shared(slack, row.channel, name):
        return
    refresh(context, slack, incident)
    incident = context.journal.incidents.load(row.subject.id)
    locale = context.reader(row)
    document = written(context, incident, locale).encode()
    asked: dict[str, Json] = {"filename": name, "length": len(document)}
    place = slack.do("files.getUploadURLExternal", asked)
    slack.upload(str(place["upload_url"]), document)
    file: dict[str, Json] = {
        "id": str(place["file_id"]),
        "title": file_title(incident, locale),
    }
    shared: dict[str, Json] = {
        "files": json.dumps([file]),
        "channel_id": row.channel,
        "initial_comment": file_comment(incident, locale),
    }
    slack.do("files.completeUploadExternal", shared)


def write_canvas(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Make the channel's canvas, once: what people have in theirs is never written over."""
    incident = context.journal.incidents.load(row.subject.id)
    if row.wanted != _first_end(context, incident):  # people go on with what is there
        return
    locale = context.reader(row)
    document = canvas_markdown(written(context, incident, locale), CANVAS_MAX, locale)
    asked: dict[str, Json] = {
        "channel_id": row.channel,
        "title": file_title(incident, locale),
        "document_content": json.dumps({"type": "markdown", "markdown": document}),
    }
    try:
        slack.do("conversations.canvases.create", asked)
    except SlackRefusedError as error:
        if error.code != _THERE or not row.in_doubt:  # else it is the one that we made
            raise


def _first_end(context: WorkerContext, incident: Incident) -> int | None:
    """Return the sequence with which the incident was closed for the first time."""
    events = context.journal.incidents.events(incident.id)
    return next((sequence for sequence, each in events if isinstance(each, IncidentClosed)), None)


def written(context: WorkerContext, incident: Incident, locale: Locale) -> str:
    """Return the document, with people by their names."""
    entries = timeline(context.journal.incidents, context.journal.operations, incident)
    people = dict.fromkeys(filter(is_person, _people(incident, entries)))
    names = context.facts.directory.names([*people])
    return incident_markdown(incident, entries, locale.knowing(names))


def _people(incident: Incident, entries: Iterable[TimelineEntry]) -> Iterable[str]:
    yield from (incident.opener, incident.lead)
    for each in entries:
        yield each.by
        yield str(getattr(each.event, "author", "") or getattr(each.event, "lead", ""))
        yield from (
            approval.by for approval in (each.operation.approvals if each.operation else ())
        )


def _is_shared(slack: SlackWriter, channel: str, name: str) -> bool:
    """Whether a message of the channel has the file of this name, which no other has."""
    asked: dict[str, Json] = {"channel": channel, "limit": LATEST}
    found: Mapping[str, Any] = slack.do("conversations.history", asked)
    messages = found.get("messages") or ()
    return any(file.get("name") == name for each in messages for file in each.get("files") or ())
