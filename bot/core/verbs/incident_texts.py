"""Words about incidents, typed or from forms and messages: what of them is kept."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.incidents import BadSeverity, NoTitle, NoWords, TooLongWords
from bot.core.codes.service import SecretInReason
from bot.core.foreign import one_line, own_lines
from bot.core.incidents import TEXT_MAX, TITLE_MAX, Severity
from bot.core.records import ChannelId, Json, UserId
from bot.core.rules import CloseIncident, MarkMessage, OpenIncident, UpdateIncident
from bot.core.secrecy import holds_secret
from bot.core.verbs.line import shown

_LINK: Final = re.compile(  # as Slack writes what is typed
    r"<(?:(?P<url>https?://[^|>\s]+)(?:\|[^>]*)?|#(?P<channel>C[A-Z0-9]+)(?:\|(?P<name>[^>]*))?)>"
)
_NAMED: Final = re.compile(r"<[@!](?:subteam\^)?(?P<id>[A-Za-z0-9]+)(?:\|@?(?P<name>[^>]*))?>")
_UNNAMED: Final = re.compile(r"<@(?P<id>[UW][A-Z0-9]{2,20})>")
_NAME_MAX: Final = 80  # characters of what somebody is called
_ATTACHED: Final = ("pretext", "title", "text")  # of an attachment, from top to bottom
_SEVERITIES: Final[Mapping[str, Severity]] = {"1": 1, "2": 2, "3": 3, "4": 4}


def filled_in(
    title: str, targets: Sequence[str], severity: str, *, is_private: bool
) -> OpenIncident | Denied:
    """Return what a form says, or why it cannot be."""
    kept, bad = kept_of(title, TITLE_MAX), severity_of("incident_open", severity)
    if isinstance(kept, Denied):
        return kept
    if isinstance(bad, Denied):
        return bad
    if not kept:
        return Denied.of(NoTitle(verb="incident_open"))
    return OpenIncident(title=kept, targets=tuple(targets), severity=bad, is_private=is_private)


def told_in_form(verb: str, incident: str, words: str) -> UpdateIncident | CloseIncident | Denied:
    """Return the update or the summary that a form says, or why it cannot be."""
    kept = told_of(words)
    if isinstance(kept, Denied):
        return kept
    if not kept:
        return Denied.of(NoWords(verb=verb))
    kind = CloseIncident if verb == "incident_close" else UpdateIncident
    return kind(incident=incident, text=kept)


def said_in(message: Mapping[str, Json]) -> str:
    """Return what a message of Slack says, whatever it is made of.

    Monitoring writes its alerts as attachments or blocks, beside a text that is empty; of a
    picture its name is all there is.
    Source: https://docs.slack.dev/reference/messaging/attachments
    """
    own = _words(message, "text") or " ".join(_of_blocks(message))
    return own or " ".join(_beside(message))


def _beside(message: Mapping[str, Json]) -> Iterator[str]:
    for each in _objects(message, "attachments"):
        told = [*(_words(each, name) for name in _ATTACHED), *_of_blocks(each)]
        yield " ".join(filter(None, told)) or _words(each, "fallback")
    for each in _objects(message, "files"):
        yield _words(each, "name")


def _of_blocks(message: Mapping[str, Json]) -> Iterator[str]:
    """Yield the words of sections and headers."""
    for block in _objects(message, "blocks"):
        text = block.get("text")
        if isinstance(text, dict):
            yield _words(text, "text")


def _objects(inside: Mapping[str, Json], name: str) -> Iterator[Mapping[str, Json]]:
    found = inside.get(name)
    yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _words(inside: Mapping[str, Json], name: str) -> str:
    found = inside.get(name)
    return found.strip() if isinstance(found, str) else ""


def marked(channel: ChannelId, ts: str, author: str, text: str) -> MarkMessage | Denied:
    """Return the wish that a message stand in the timeline, in as many words as are kept.

    Whom it mentions by the id alone, as Slack writes it, is still to be named: `with_names`.
    """
    words = one_line(_NAMED.sub(_called, _LINK.sub(_bare, text)), TEXT_MAX)
    if holds_secret(words):
        return Denied.of(SecretInReason())
    return MarkMessage(channel=channel, ts=ts, author=author, text=words or "…")


def people_in(words: str) -> tuple[UserId, ...]:
    """Return whom the *words* of a marked message mention by the id alone."""
    return tuple(dict.fromkeys(_UNNAMED.findall(words)))


def with_names(words: str, names: Mapping[UserId, str]) -> str:
    """Return *words* with people by their names of now; who has none is called by the id."""

    def called(found: re.Match[str]) -> str:
        return f"@{one_line(names.get(found['id'], ''), _NAME_MAX) or found['id']}"

    return _UNNAMED.sub(called, words)


def kept_of(words: str, most: int) -> str | Denied:
    """Return *words* in one line, or why they are not kept."""
    return _allowed(one_line(_LINK.sub(_bare, words), 2 * most), most)


def told_of(words: str) -> str | Denied:
    """Return a note, an update or a summary in its own lines, or why it is not kept."""
    return _allowed(own_lines(_LINK.sub(_bare, words), 2 * TEXT_MAX), TEXT_MAX)


def _allowed(kept: str, most: int) -> str | Denied:
    if len(kept) > most:
        return Denied.of(TooLongWords(length=len(kept), most=most))
    return Denied.of(SecretInReason()) if holds_secret(" ".join(kept.split())) else kept


def severity_of(verb: str, word: str) -> Severity | Denied:
    """Return how bad *word* says it is."""
    found = _SEVERITIES.get(word.lower().removeprefix("sev"))
    return Denied.of(BadSeverity(verb=verb, word=shown(word))) if found is None else found


def _called(found: re.Match[str]) -> str:
    """Return whom or what a mention names, as people read it; a person's id alone as it is."""
    if not found["name"] and _UNNAMED.fullmatch(found[0]):
        return found[0]
    return f"@{found['name'] or found['id']}"


def _bare(found: re.Match[str]) -> str:
    """Return an address or a channel as people read it."""
    return found["url"] or f"#{found['name'] or found['channel']}"
