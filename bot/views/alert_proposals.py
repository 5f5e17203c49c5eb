"""The card of an alert: what a monitor sees, of which somebody may make an incident."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.core.proposal import AlertProposal, ProposalPhase
from bot.core.verbs import DISMISS, OPEN_PROPOSED, Verb
from bot.views.blocks import actions
from bot.views.layout import Block, Button, Style
from bot.views.proposals import proposal_button, told_blocks
from bot.views.text import fallback_text
from bot.views.words import Locale, say, say_plain, sentences

_ENDINGS: Final[Mapping[ProposalPhase, str]] = {
    "taken": "alert.taken",
    "dismissed": "proposal.dismissed",
    "superseded": "proposal.superseded",
    "expired": "proposal.expired",
    "resolved": "alert.resolved",
}


def alert_text(proposal: AlertProposal, locale: Locale) -> str:
    """Return all that the card says, for notifications and screen readers."""
    named = {"title": proposal.title, "targets": proposal.targets, "hook": proposal.hook}
    told = (say("alert.text", locale, **named), *_ending(proposal, locale))
    return fallback_text(sentences(told, locale))


def alert_blocks(proposal: AlertProposal, locale: Locale) -> tuple[Block, ...]:
    """Return the card; its buttons are there only while a press could count."""
    head = say("alert.head", locale, title=proposal.title)
    said = "\n".join((head, *_ending(proposal, locale)))
    return (
        *told_blocks(said, _told(proposal, locale), _small(proposal, locale)),
        *actions(_buttons(proposal, locale)),
    )


def _ending(proposal: AlertProposal, locale: Locale) -> Iterator[str]:
    key = _ENDINGS.get(proposal.phase)
    if key:
        yield say(key, locale, by=proposal.ended_by, incident=proposal.incident)


def _told(proposal: AlertProposal, locale: Locale) -> Iterator[str]:
    named = {"targets": proposal.targets, "severity": proposal.severity}
    if proposal.firing:
        yield say("alert.targets", locale, **named, firing=len(proposal.firing))
    else:
        yield say("alert.targets_over", locale, **named)


def _small(proposal: AlertProposal, locale: Locale) -> Iterator[str]:
    yield say("alert.from", locale, hook=proposal.hook, at=proposal.created_at)
    if proposal.count > 1:
        yield say("alert.more", locale, count=proposal.count)


def _buttons(proposal: AlertProposal, locale: Locale) -> tuple[Button, ...]:
    if not proposal.is_open:
        return ()
    return (
        _button(OPEN_PROPOSED, proposal, locale, style="danger"),
        _button(DISMISS, proposal, locale),
    )


def _button(verb: Verb, proposal: AlertProposal, locale: Locale, *, style: Style = "") -> Button:
    text = say_plain(f"button.{verb.name}", locale)
    label = say_plain("button.alert_label", locale, button=text, targets=proposal.targets)
    return proposal_button(verb, proposal, text, label, style)
