"""What is typed after `/incident`, and what forms say: read, and made a wish."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from bot.core.codes import Denied
from bot.core.codes.grammar import NoTarget
from bot.core.codes.incidents import BadSeverity, NoPerson, NoTitle, NoWords, TooLongWords
from bot.core.codes.service import SecretInReason
from bot.core.foreign import one_line
from bot.core.incidents import TEXT_MAX, TITLE_MAX, Severity
from bot.core.records import ChannelId
from bot.core.rules import (
    AddTargets,
    Ask,
    CloseIncident,
    ExportIncident,
    LeadIncident,
    MarkMessage,
    NoteIncident,
    OpenIncident,
    RemoveTarget,
    ReopenIncident,
    SetSeverity,
    UpdateIncident,
)
from bot.core.secrecy import holds_secret
from bot.core.verbs.line import Word, read_line, shown
from bot.core.verbs.words import too_many

T = TypeVar("T", NoteIncident, UpdateIncident, CloseIncident)

INCIDENT: Final = re.compile(r"inc-[0-9a-hjkmnp-tv-z]{6}")
_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")
_LINK: Final = re.compile(  # as Slack writes what is typed
    r"<(?:(?P<url>https?://[^|>\s]+)(?:\|[^>]*)?|#(?P<channel>C[A-Z0-9]+)(?:\|(?P<name>[^>]*))?)>"
)
_NAMED: Final = re.compile(r"<[@!](?:subteam\^)?(?P<id>[A-Za-z0-9]+)(?:\|@?(?P<name>[^>]*))?>")
_SEVERITIES: Final[Mapping[str, Severity]] = {"1": 1, "2": 2, "3": 3, "4": 4}


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
    kept = _kept(title.text, TITLE_MAX)
    severity = _severity("incident_open", line.flags.get("severity", "3"))
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


def filled_in(
    title: str, targets: Sequence[str], severity: str, *, is_private: bool
) -> OpenIncident | Denied:
    """Return what a form says, or why it cannot be."""
    kept, bad = _kept(title, TITLE_MAX), _severity("incident_open", severity)
    if isinstance(kept, Denied):
        return kept
    if isinstance(bad, Denied):
        return bad
    if not kept:
        return Denied.of(NoTitle(verb="incident_open"))
    return OpenIncident(title=kept, targets=tuple(targets), severity=bad, is_private=is_private)


def told_in_form(verb: str, incident: str, words: str) -> UpdateIncident | CloseIncident | Denied:
    """Return the update or the summary that a form says, or why it cannot be."""
    kept = _kept(words, TEXT_MAX)
    if isinstance(kept, Denied):
        return kept
    if not kept:
        return Denied.of(NoWords(verb=verb))
    kind = CloseIncident if verb == "incident_close" else UpdateIncident
    return kind(incident=incident, text=kept)


def marked(channel: ChannelId, ts: str, author: str, text: str) -> MarkMessage | Denied:
    """Return the wish that a message stand in the timeline, in as many words as are kept."""
    words = one_line(_NAMED.sub(_called, _LINK.sub(_bare, text)), TEXT_MAX)
    if holds_secret(words):
        return Denied.of(SecretInReason())
    return MarkMessage(channel=channel, ts=ts, author=author, text=words or "…")


def _called(found: re.Match[str]) -> str:
    """Return whom or what a mention names, as people read it."""
    return f"@{found['name'] or found['id']}"


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
    severity = _severity("incident_severity", word)
    if isinstance(severity, Denied):
        return severity
    return SetSeverity(incident=typed.incident, severity=severity)


def parse_reopen(text: str) -> ReopenIncident | Denied:
    """Read nothing more."""
    typed = _read("incident_reopen", text)
    if isinstance(typed, Denied):
        return typed
    if typed.words:
        return too_many("incident_reopen", typed.words[0].text)
    return ReopenIncident(incident=typed.incident)


def parse_export(text: str) -> ExportIncident | Denied:
    """Read an incident, where one is named."""
    typed = _read("incident_export", text)
    if isinstance(typed, Denied):
        return typed
    if typed.words:
        return too_many("incident_export", typed.words[0].text)
    return ExportIncident(incident=typed.incident)


def parse_status(text: str) -> Ask | Denied:
    """Read an incident, where one is named."""
    typed = _read("incident_status", text)
    if isinstance(typed, Denied):
        return typed
    if typed.words:
        return too_many("incident_status", typed.words[0].text)
    return Ask(topic="incident_status", subject=typed.incident)


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


def _told(verb: str, wish: type[T], text: str) -> T | Denied:
    """Read an incident, where one is named, and words in quotes or without."""
    typed = _read(verb, text)
    if isinstance(typed, Denied):
        return typed
    kept = _kept(" ".join(word.text for word in typed.words), TEXT_MAX)
    if isinstance(kept, Denied):
        return kept
    if not kept:
        return Denied.of(NoWords(verb=verb))
    return wish(incident=typed.incident, text=kept)


def _kept(words: str, most: int) -> str | Denied:
    """Return *words* in one line, or why they are not kept."""
    line = one_line(_LINK.sub(_bare, words), 2 * most)
    if len(line) > most:
        return Denied.of(TooLongWords(length=len(line), most=most))
    return Denied.of(SecretInReason()) if holds_secret(line) else line


def _bare(found: re.Match[str]) -> str:
    """Return an address or a channel as people read it."""
    return found["url"] or f"#{found['name'] or found['channel']}"


def _severity(verb: str, word: str) -> Severity | Denied:
    found = _SEVERITIES.get(word.lower().removeprefix("sev"))
    return Denied.of(BadSeverity(verb=verb, word=shown(word))) if found is None else found
