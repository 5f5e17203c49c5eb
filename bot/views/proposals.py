"""The card of a proposal: what can be deployed, who says so, and what became of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.core.proposal import AlertProposal, Proposal, ProposalPhase
from bot.core.verbs import DEPLOY_PROPOSED, DISMISS, Verb, proposal_value
from bot.views.blocks import actions, context, section, sections
from bot.views.layout import Block, Button, Style
from bot.views.text import fallback_text, plain
from bot.views.words import Locale, say, say_plain, sentences

_BUTTON_MAX: Final = 75  # characters
_ENDINGS: Final[Mapping[ProposalPhase, str]] = {
    "taken": "proposal.taken",
    "dismissed": "proposal.dismissed",
    "superseded": "proposal.superseded",
    "expired": "proposal.expired",
}


def proposal_text(proposal: Proposal, locale: Locale) -> str:
    """Return all that the card says, for notifications and screen readers."""
    named = {"version": proposal.version, "target": proposal.target, "hook": proposal.hook}
    key = "proposal.text" if proposal.is_open else "proposal.text_over"
    told = (say(key, locale, **named), *_ending(proposal, locale))
    return fallback_text(sentences(told, locale))


def proposal_blocks(proposal: Proposal, locale: Locale) -> tuple[Block, ...]:
    """Return the card; its buttons are there only while a press could count."""
    named = {"version": proposal.version, "target": proposal.target}
    key = "proposal.head" if proposal.is_open else "proposal.head_over"
    head = "\n".join((say(key, locale, **named), *_ending(proposal, locale)))
    return (
        *told_blocks(head, _told(proposal, locale), _small(proposal, locale)),
        *actions(_buttons(proposal, locale)),
    )


def told_blocks(head: str, told: Iterable[str], small: Iterable[str]) -> tuple[Block, ...]:
    """Return what a card of a proposal says, above its buttons."""
    return (
        section(head, "slipway.proposal"),
        *sections(told, "slipway.notes"),
        *context(small, "slipway.context"),
    )


def proposal_button(
    verb: Verb, proposal: Proposal | AlertProposal, text: str, label: str, style: Style = ""
) -> Button:
    """Return a button of a card of a proposal; *label* is for screen readers."""
    return Button(
        action_id=verb.action_id(),
        text=plain(text, _BUTTON_MAX),
        label=plain(label, _BUTTON_MAX),
        value=proposal_value(proposal),
        style=style,
    )


def _ending(proposal: Proposal, locale: Locale) -> Iterator[str]:
    key = _ENDINGS.get(proposal.phase)
    if key:
        yield say(key, locale, by=proposal.ended_by, operation=proposal.operation)


def _told(proposal: Proposal, locale: Locale) -> Iterator[str]:
    if proposal.note:
        yield say("proposal.note", locale, note=proposal.note)
    if proposal.digest and proposal.is_open:
        yield say("proposal.digest", locale, digest=proposal.digest)


def _small(proposal: Proposal, locale: Locale) -> Iterator[str]:
    hook, by, at = proposal.hook, proposal.by, proposal.created_at
    yield say("proposal.from", locale, hook=hook, by=by, at=at)
    if proposal.is_open:
        yield say("proposal.until", locale, until=proposal.expires_at)


def _buttons(proposal: Proposal, locale: Locale) -> tuple[Button, ...]:
    if not proposal.is_open:
        return ()
    return (
        _button(DEPLOY_PROPOSED, proposal, locale, style="primary"),
        _button(DISMISS, proposal, locale),
    )


def _button(verb: Verb, proposal: Proposal, locale: Locale, *, style: Style = "") -> Button:
    text = say_plain(f"button.{verb.name}", locale, version=proposal.version)
    named = {"button": text, "version": proposal.version, "target": proposal.target}
    label = say_plain("button.proposal_label", locale, **named)
    return proposal_button(verb, proposal, text, label, style)
