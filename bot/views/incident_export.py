"""An incident written out: Markdown for people, JSON for scripts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from bot.core.incidents import Incident, TimelineEntry, measures_of
from bot.core.records import Json, is_person
from bot.views.incident_closing import done_plainly, measured_plainly, operations_plainly
from bot.views.incident_words import entry_words
from bot.views.words import Locale, say, say_plain

_MARKS: Final = str.maketrans({each: f"\\{each}" for each in "\\`*_[]<>#|"})


def incident_json(
    incident: Incident, timeline: Sequence[TimelineEntry], locale: Locale
) -> dict[str, Json]:
    """Return *incident* as scripts see it; times are RFC 3339 in UTC."""
    return {
        "id": incident.id,
        "title": incident.title,
        "severity": incident.severity,
        "phase": incident.phase.kind,
        "lead": incident.lead,
        "opener": incident.opener,
        "channel": incident.channel,
        "targets": list(incident.targets),
        "opened_at": _time(incident.opened_at),
        "closed_at": _time(incident.closed_at),
        "summary": incident.summary or None,
        "timeline": [_entry(each, incident, locale) for each in timeline],
    }


def incident_markdown(incident: Incident, timeline: Sequence[TimelineEntry], locale: Locale) -> str:
    """Return *incident* as a document that people go on with: every time with its zone."""
    return "\n".join(_lines(incident, timeline, locale)) + "\n"


def _lines(incident: Incident, timeline: Sequence[TimelineEntry], locale: Locale) -> Iterator[str]:
    def row(name: str, value: str) -> str:
        return f"| {say_plain(f'incident_export.{name}', locale)} | {_escaped(value)} |"

    measures = measures_of(incident, timeline)
    yield f"# {_escaped(incident.title)}"
    yield ""
    yield f"| {incident.id} | |"
    yield "|---|---|"
    yield row("severity", str(incident.severity))
    yield row("state", say_plain(f"incident_state.{incident.phase.kind}", locale))
    yield row("opener", locale.names.get(incident.opener, incident.opener))
    lead = incident.lead if is_person(incident.lead) else "—"
    yield row("lead", locale.names.get(lead, lead))
    yield row("targets", ", ".join(incident.targets) or "—")
    yield row("opened", _spelled(incident.opened_at))
    if incident.closed_at is not None:
        yield row("closed", _spelled(incident.closed_at))
        length = incident.closed_at - incident.opened_at
        yield row("lasted", say_plain("incident_export.length", locale, length=length))
        for name, words in measured_plainly(measures, locale):
            yield f"| {name} | {_escaped(words)} |"
    yield ""
    yield f"## {say_plain('incident_export.summary', locale)}"
    yield ""
    yield "  \n".join(map(_escaped, incident.summary.splitlines())) or "—"
    yield ""
    yield from _part("operations", operations_plainly(measures, locale), locale)
    yield from _part("people", done_plainly(measures, locale), locale)
    yield f"## {say_plain('incident_export.timeline', locale)}"
    yield ""
    for each in timeline:
        words = _escaped(entry_words(each, incident, locale, is_plain=True))
        yield f"- {_spelled(each.at)} {words}"


def canvas_markdown(document: str, most: int, locale: Locale) -> str:
    """Return *document* as a canvas has it: its title stands above it, and it has so many bytes."""
    body = document.partition("\n")[2].lstrip("\n")
    if len(body.encode()) <= most:
        return body
    more = f"\n\n{say_plain('incident_export.more', locale)}\n"
    room = most - len(more.encode())
    return body.encode()[:room].decode(errors="ignore").rpartition("\n")[0] + more


def file_title(incident: Incident, locale: Locale) -> str:
    """Return what the file is called in Slack."""
    known = {"title": incident.title, "incident": incident.id}
    return say_plain("incident_export.title", locale, **known)


def file_comment(incident: Incident, locale: Locale) -> str:
    """Return what stands above the file."""
    return say("incident_export.comment", locale, incident=incident.id)


def _part(name: str, lines: Iterator[str], locale: Locale) -> Iterator[str]:
    """Yield a heading with a list below it."""
    yield f"## {say_plain(f'incident_export.{name}', locale)}"
    yield ""
    found = [f"- {_escaped(each)}" for each in lines]
    yield from found or [say_plain("incident_export.none", locale)]
    yield ""


def _entry(entry: TimelineEntry, incident: Incident, locale: Locale) -> dict[str, Json]:
    return {
        "at": _time(entry.at),
        "by": entry.by,
        "kind": entry.kind,
        "text": entry_words(entry, incident, locale, is_plain=True),
        "operation": entry.operation.id if entry.operation else None,
    }


def _escaped(words: str) -> str:
    return " ".join(words.split()).translate(_MARKS)


def _spelled(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
