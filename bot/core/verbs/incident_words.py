"""What is typed after `/incident`: read, and made a wish."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeVar

from bot.core.codes import Denied
from bot.core.codes.grammar import NoTarget
from bot.core.codes.incidents import NoPerson, NoTitle, NoWords
from bot.core.incidents import TITLE_MAX
from bot.core.rules import (
    AddTargets,
    Ask,
    CloseIncident,
    ExportIncident,
    LeadIncident,
    NoteIncident,
    OpenIncident,
    RemoveTarget,
    ReopenIncident,
    SetSeverity,
    UpdateIncident,
)
from bot.core.verbs.incident_texts import kept_of, severity_of, told_of
from bot.core.verbs.line import Word, read_line
from bot.core.verbs.words import too_many

T = TypeVar("T", NoteIncident, UpdateIncident, CloseIncident)

INCIDENT: Final = re.compile(r"inc-[0-9a-hjkmnp-tv-z]{6}")
_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")


class _Typed(NamedTuple):
    """An incident, where one is named, and what follows."""

    incident: str
    words: tuple[Word, ...]
    flags: Mapping[str, str]

    @property
    def targets(self) -> tuple[str, ...]:
        """The words as names of targets."""
        return tuple(dict.fromkeys(each.text.lower() for each in self.words))


def parse_open(text: str) -> OpenIncident | Denied:
    """Read a title in quotes, targets, how bad it is, and whether it is private."""
    line = read_line("incident_open", text, ("severity", "private"))
    if isinstance(line, Denied):
        return line
    if not text.strip():
        return OpenIncident(title="")  # a form asks for it
    title, *targets = line.words or (Word(""),)
    if not title.is_quoted or not title.text.strip():
        return Denied.of(NoTitle(verb="incident_open"))
    kept = kept_of(title.text, TITLE_MAX)
    severity = severity_of("incident_open", line.flags.get("severity", "3"))
    if isinstance(kept, Denied):
        return kept
    if isinstance(severity, Denied):
        return severity
    return OpenIncident(
        title=kept,
        targets=tuple(dict.fromkeys(each.text.lower() for each in targets)),
        severity=severity,
        is_private="private" in line.flags,
    )


def parse_note(text: str) -> NoteIncident | Denied:
    """Read words."""
    return _told("incident_note", NoteIncident, text)


def parse_update(text: str) -> UpdateIncident | Denied:
    """Read words."""
    return _told("incident_update", UpdateIncident, text)


def parse_close(text: str) -> CloseIncident | Denied:
    """Read a summary."""
    return _told("incident_close", CloseIncident, text)


def parse_add(text: str) -> AddTargets | Denied:
    """Read targets."""
    typed = _read("incident_add", text)
    if isinstance(typed, Denied):
        return typed
    if not typed.words:
        return Denied.of(NoTarget(verb="incident_add"))
    return AddTargets(incident=typed.incident, targets=typed.targets)


def parse_remove(text: str) -> RemoveTarget | Denied:
    """Read a target."""
    typed = _read("incident_remove", text)
    if isinstance(typed, Denied):
        return typed
    if not typed.words:
        return Denied.of(NoTarget(verb="incident_remove"))
    if len(typed.words) > 1:
        return too_many("incident_remove", typed.words[1].text)
    return RemoveTarget(incident=typed.incident, targets=typed.targets)


def parse_lead(text: str) -> LeadIncident | Denied:
    """Read who leads, where that is somebody else."""
    typed = _read("incident_lead", text)
    if isinstance(typed, Denied):
        return typed
    if not typed.words:
        return LeadIncident(incident=typed.incident)
    found = _PERSON.fullmatch(typed.words[0].text)
    if found is None or len(typed.words) > 1:
        return Denied.of(NoPerson(verb="incident_lead"))
    return LeadIncident(incident=typed.incident, lead=found[1])


def parse_severity(text: str) -> SetSeverity | Denied:
    """Read how bad it is."""
    typed = _read("incident_severity", text)
    if isinstance(typed, Denied):
        return typed
    if len(typed.words) > 1:
        return too_many("incident_severity", typed.words[1].text)
    word = typed.words[0].text if typed.words else ""
    severity = severity_of("incident_severity", word)
    if isinstance(severity, Denied):
        return severity
    return SetSeverity(incident=typed.incident, severity=severity)


def parse_reopen(text: str) -> ReopenIncident | Denied:
    """Read an incident, where one is named."""
    found = _alone("incident_reopen", text)
    return found if isinstance(found, Denied) else ReopenIncident(incident=found)


def parse_export(text: str) -> ExportIncident | Denied:
    """Read an incident, where one is named."""
    found = _alone("incident_export", text)
    return found if isinstance(found, Denied) else ExportIncident(incident=found)


def parse_status(text: str) -> Ask | Denied:
    """Read an incident, where one is named."""
    found = _alone("incident_status", text)
    return found if isinstance(found, Denied) else Ask(topic="incident_status", subject=found)


def parse_list(text: str) -> Ask | Denied:
    """Read nothing."""
    words = text.split()
    return too_many("incident_list", words[0]) if words else Ask(topic="incident_list")


def parse_help(_: str) -> Ask:
    """Read nothing that matters."""
    return Ask(topic="incident_help")


def _read(verb: str, text: str) -> _Typed | Denied:
    line = read_line(verb, text, ())
    if isinstance(line, Denied):
        return line
    first = line.words[0] if line.words else Word("")
    if not first.is_quoted and INCIDENT.fullmatch(first.text.lower()):
        return _Typed(first.text.lower(), line.words[1:], line.flags)
    return _Typed("", line.words, line.flags)


def _alone(verb: str, text: str) -> str | Denied:
    """Read an incident, where one is named, and nothing more."""
    typed = _read(verb, text)
    if isinstance(typed, Denied):
        return typed
    return too_many(verb, typed.words[0].text) if typed.words else typed.incident


def _told(verb: str, wish: type[T], text: str) -> T | Denied:
    """Read an incident, where one is named, and words in quotes or without."""
    typed = _read(verb, text)
    if isinstance(typed, Denied):
        return typed
    kept = told_of(" ".join(word.text for word in typed.words))
    if isinstance(kept, Denied):
        return kept
    if not kept:
        return Denied.of(NoWords(verb=verb))
    return wish(incident=typed.incident, text=kept)
