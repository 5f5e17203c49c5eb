"""Incidents in words: the card, what is told in channels, topic and purpose, and answers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from bot.core.codes import Value
from bot.core.incidents import (
    AnyIncidentEvent,
    Incident,
    IncidentClosed,
    Measures,
    QuietAsked,
    UpdateAsked,
)
from bot.core.outcomes import (
    IncidentDone,
    IncidentHelp,
    IncidentList,
    IncidentStatus,
)
from bot.core.records import OperationId, TargetName, is_person
from bot.core.verbs import INCIDENT_BUTTONS, INCIDENT_VERBS
from bot.views.blocks import actions, card_blocks, sections
from bot.views.incident_closing import closing_lines
from bot.views.incident_words import entry_words, known_of, params_of, symbol_of
from bot.views.layout import Block, Button, Card, Drawn, Field
from bot.views.text import TEXT_MAX, fallback_text, mention, moment, plain
from bot.views.words import Locale, Marked, pair, say, say_plain, started, stopped
from bot.views.words.naming import RECORDED

TOPIC_MAX: Final = 250  # characters; Slack refuses more
LISTED_MAX: Final = 20
BUTTON_MAX: Final = 75  # characters of a label
ENTRIES_MAX: Final = 15  # of a timeline in an answer; the earlier ones are counted


def card_of(incident: Incident, running: Mapping[TargetName, Value], locale: Locale) -> Drawn:
    """Return the pinned card: what is wrong, who leads, what is frozen, and how it stands."""
    drawn = Card(
        text=_text(incident, locale),
        lines=(
            say("incident.headline", locale, title=incident.title),
            say("incident.status", locale, **known_of(incident, locale)),
        ),
        fields=tuple(_fields(incident, running, locale)),
        notes=tuple(_notes(incident, locale)),
        context=(say("incident.opened_by", locale, by=incident.opener),),
        buttons=tuple(_buttons(incident, locale)),
    )
    return Drawn(text=drawn.text, blocks=tuple(card_blocks(drawn)), sequence=incident.sequence)


def line_of(
    incident: Incident,
    event: AnyIncidentEvent,
    sequence: int,
    locale: Locale,
    measures: Measures | None = None,
    others: Sequence[Incident] = (),
    waiting: Sequence[OperationId] = (),
    whom: Sequence[str] = (),
) -> Drawn:
    """Return what the incident's channel hears of *event*; of its end, what was measured.

    *others* hold a target of it as well; the operations *waiting* want its lead's approval;
    where nobody leads it, *whom* is called.
    """
    more = (*closing_lines(measures, locale), *_cause(event, locale)) if measures else ()
    lines = [told(event, incident, locale, whom), *more, *_after(event, incident, others, locale)]
    if waiting:
        lines.append(say("incident_line.waiting", locale, operations=waiting))
    text = fallback_text("\n".join(lines), TEXT_MAX)
    blocks = (*sections(lines, "slipway.line"), *_asking(event, incident, locale))
    return Drawn(text=text, blocks=blocks, sequence=sequence)


def announcement(
    incident: Incident, event: AnyIncidentEvent, sequence: int, locale: Locale
) -> Drawn:
    """Return what others hear of *event*."""
    words = say(f"incident_said.{event.kind}", locale, **params_of(event, incident, locale))
    line = f"{symbol_of(incident)} {stopped(words, locale)}"
    return Drawn(text=line, blocks=tuple(sections((line,), "slipway.line")), sequence=sequence)


def told(
    event: AnyIncidentEvent, incident: Incident, locale: Locale, whom: Sequence[str] = ()
) -> str:
    """Return *event* in one line, as its channel has it."""
    params = {**params_of(event, incident, locale), "whom": tuple(whom)}
    return started(say(f"incident_line.{event.kind}", locale, **params), locale)


def topic(incident: Incident, lead: str, locale: Locale) -> str:
    """Return the channel's topic: plain words, since Slack draws no marks there."""
    known = known_of(incident, locale)
    since = f"{incident.opened_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    told = {**known, "since": since, "lead": lead, "targets": incident.targets}
    words = say_plain("incident.topic", locale, **told)
    return plain(words, TOPIC_MAX)


def purpose(incident: Incident, locale: Locale) -> str:
    """Return what the channel is for, in plain words."""
    known = known_of(incident, locale)
    return plain(say_plain("incident.purpose", locale, **known, title=incident.title), TOPIC_MAX)


def bookmark_title(locale: Locale) -> str:
    """Return what the bookmark of the card is called."""
    return say_plain("incident.bookmark", locale)


def incident_lines(outcome: IncidentDone, locale: Locale) -> Iterator[str]:
    """Say what came of a wish about an incident."""
    incident, event = outcome.incident, outcome.event
    params = params_of(event, incident, locale)
    words = say(f"incident_answer.{event.kind}", locale, **params)
    is_turn = event.kind in {"opened", "closed", "reopened"}
    yield f"{symbol_of(incident) if is_turn else RECORDED} {words}"
    if outcome.under_way:
        yield say("incident_answer.under_way", locale, operations=outcome.under_way)
    if outcome.others:
        yield say("incident_answer.others", locale, incidents=outcome.others)
    if outcome.is_thawed:
        yield say("incident_line.thawed", locale)
    if event.kind != "opened":
        return
    if incident.freezes and incident.targets:
        yield say("incident_answer.frozen", locale, targets=incident.targets)
    yield say("incident_answer.channel_comes", locale)


def status_lines(outcome: IncidentStatus, locale: Locale) -> Iterator[str]:
    """Return how an incident stands, with the newest of its timeline."""
    incident = outcome.incident
    yield stopped(_text(incident, locale), locale)
    for each in _fields(incident, outcome.running, locale):
        if each.name == say("incident.targets", locale):
            yield pair(each.name, each.words.replace("\n", say("list.comma", locale)), locale)
    yield from _notes(incident, locale, is_elsewhere=True)
    yield say("incident_timeline.head", locale)
    more = len(outcome.timeline) - ENTRIES_MAX
    if more > 0:
        yield say("incident_timeline.more", locale, more=more)
    for entry in outcome.timeline[-ENTRIES_MAX:]:
        words = Marked(entry_words(entry, incident, locale))
        yield f"• {say('incident_timeline.entry', locale, at=entry.at, words=words)}"


def list_lines(outcome: IncidentList, locale: Locale) -> Iterator[str]:
    """Return one line for each incident."""
    found = outcome.incidents
    if not found:
        yield say("incident_list.none", locale)
        return
    yield say("incident_list.head", locale, count=len(found))
    for each in islice(found, LISTED_MAX):
        known = known_of(each, locale)
        place = "" if each.is_private else each.channel or ""
        since = each.closed_at or each.opened_at
        yield say(
            "incident_list.line",
            locale,
            **{**known, "since": since},
            title=each.title,
            channel=place,
        )
    if len(found) > LISTED_MAX:
        yield say("incident_list.more", locale, more=len(found) - LISTED_MAX)


def help_of_incidents(_: IncidentHelp, locale: Locale) -> Iterator[str]:
    """Return what can be typed after the command."""
    yield say("incident_help.head", locale)
    for verb in INCIDENT_VERBS:
        command = locale.command(verb.commands[0])
        name = verb.name.removeprefix("incident_")
        usage = f"{command} {verb.usage}".strip()
        does = say(f"incident_help.{name}", locale)
        yield f"• {say('incident_help.usage', locale, usage=usage, does=does)}"
    yield say("incident_help.here", locale)


def _after(
    event: AnyIncidentEvent, incident: Incident, others: Sequence[Incident], locale: Locale
) -> Iterator[str]:
    """Yield what follows from *event* for changes of the targets."""
    named = tuple(each.id for each in others if not each.is_private)
    match event.kind:
        case "targets_added" | "reopened" if incident.freezes and incident.targets:
            yield say("incident_line.frozen", locale)
        case "closed" if incident.freezes and incident.targets and not others:
            yield say("incident_line.thawed", locale)
        case "closed" if named and incident.freezes:
            yield say("incident_answer.others", locale, incidents=named)
        case _:
            pass


def _cause(event: AnyIncidentEvent, locale: Locale) -> Iterator[str]:
    """Yield where the change that was taken back stood among the suspects."""
    if isinstance(event, IncidentClosed) and event.rank is not None:
        yield say("incident_close.cause", locale, cause=event.cause, rank=event.rank)


def _text(incident: Incident, locale: Locale) -> str:
    known = known_of(incident, locale)
    return say("incident.text", locale, **known, title=incident.title)


def _fields(
    incident: Incident, running: Mapping[TargetName, Value], locale: Locale
) -> Iterator[Field]:
    yield Field(name=say("incident.lead", locale), words=_lead(incident, locale))
    yield Field(name=say("incident.since", locale), words=_alone(incident.opened_at))
    lines = [
        say("incident.target", locale, target=each, version=running.get(each))
        for each in incident.targets
    ]
    none = say("incident.no_targets", locale)
    yield Field(name=say("incident.targets", locale), words="\n".join(lines) or none)


def _lead(incident: Incident, locale: Locale) -> str:
    is_led = is_person(incident.lead)
    return mention(incident.lead) if is_led else say("incident.no_lead", locale)


def _alone(at: datetime) -> str:
    """Return a moment with nothing before it: where it begins, "Today" has its capital."""
    return moment(at, "{date_short_pretty} {time}")


def _notes(incident: Incident, locale: Locale, *, is_elsewhere: bool = False) -> Iterator[str]:
    """Yield how it stands; *is_elsewhere* where its channel has to be named."""
    if not incident.is_open:
        yield say("incident.summary", locale, text=incident.summary)
        return
    if incident.targets:
        key = "incident.frozen" if incident.freezes else "incident.not_frozen"
        place = incident.channel if is_elsewhere else None
        yield say(key, locale, lead=incident.lead, channel=place)
    if incident.update:
        yield say("incident.update", locale, text=incident.update)


def _asking(event: AnyIncidentEvent, incident: Incident, locale: Locale) -> Iterator[Block]:
    """Yield the buttons below what people are asked, as long as it is open."""
    if isinstance(event, UpdateAsked | QuietAsked) and incident.is_open:
        first = 1 if is_person(incident.lead) else 0  # who could lead it is asked, too
        verbs = {each.action_id() for each in INCIDENT_BUTTONS[first:]}
        asking = [each for each in _buttons(incident, locale) if each.action_id in verbs]
        yield from actions(tuple(asking))


def _buttons(incident: Incident, locale: Locale) -> Iterator[Button]:
    """Yield what can be done while it is open; each asks for the rest in a form."""
    for verb in INCIDENT_BUTTONS if incident.is_open else ():
        text = say_plain(f"incident_button.{verb.name.removeprefix('incident_')}", locale)
        label = plain(f"{text}: {incident.title}", BUTTON_MAX)
        yield Button(action_id=verb.action_id(), text=text, label=label, value=incident.id)
