"""The card: an operation as the root message of its thread, as short as its phase allows.

Everything else is one press away, in Details.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.core.codes import Reason
from bot.core.operation import (
    AwaitingApproval,
    Failed,
    Operation,
    Running,
    Stalled,
    Succeeded,
    Uncertain,
)
from bot.core.plan import Change, Plan, PlanDraft
from bot.views.blocks import card_blocks
from bot.views.buttons import CardFacts, accessory, buttons, menu, no_way_back
from bot.views.card_ends import ended, left
from bot.views.card_states import approver, gate_lines, headline, needs, state_line
from bot.views.card_time import redraw_at, timing, usually
from bot.views.layout import Card, Drawn
from bot.views.notes import finding_summary, notes
from bot.views.steps import elapsed, step_strip
from bot.views.text import REASON_MAX, code, escaped
from bot.views.words import (
    Locale,
    Marked,
    pair,
    say,
    sentence,
    sentences,
    spelled,
    stopped,
    when,
    worded,
)
from bot.views.words.naming import is_about, is_fact, state, step_name, steps_in_all, subject

__all__ = ["Card", "CardFacts", "card", "change_lines", "drawn"]

CHANGES_MAX: Final = 8  # changes that are listed; the rest is counted
ON_CARD_MAX: Final = 5  # changes on the card of what people decide on; the rest is in Details
_NAMED_MAX: Final = 5  # approvers that are named; the rest is counted
_VERSIONS: Final = frozenset(
    {"version", "image tag", "label.version", "label.image"}
)  # names of what a version is a change of


def card(operation: Operation, facts: CardFacts, locale: Locale) -> Card:
    """Render *operation* as the root message of its thread."""
    locale = locale.knowing(facts.names)
    shown = notes(operation, facts, locale)
    text = _text(operation, facts, shown, locale)
    if is_quiet(operation):
        aside = map(_in_one_line, shown)
        context = (*ended(operation, locale), *aside, *_context(operation, facts, locale))
        return Card(text=text, context=context, buttons=buttons(operation, facts, locale))
    return Card(
        text=text,
        lines=tuple(_lines(operation, facts, locale)),
        menu=menu(operation, facts, locale),
        accessory=accessory(operation, facts, locale),
        quote=_quote(operation, locale),
        notes=(*shown, *_changes(operation, locale)),
        context=tuple(_context(operation, facts, locale)),
        buttons=buttons(operation, facts, locale),
    )


def drawn(operation: Operation, facts: CardFacts, locale: Locale) -> Drawn:
    """Return the card as Slack is told it, and when it has to be drawn again by itself."""
    told = card(operation, facts, locale)
    return Drawn(
        text=told.text,
        blocks=tuple(card_blocks(told)),
        sequence=operation.sequence,
        again_at=redraw_at(operation, facts),
    )


def _in_one_line(note: str) -> str:
    """Return a note without what makes it a line of its own: its bullet, and its full stop."""
    return note.removeprefix("• ").rstrip(".。")


def is_quiet(operation: Operation) -> bool:
    """Whether it ended without anything sent, by nobody's decision that others must see."""
    return operation.is_final and not operation.was_sent and operation.phase.kind != "rejected"


def change_lines(
    planned: Plan | PlanDraft, locale: Locale, most: int = CHANGES_MAX
) -> tuple[str, ...]:
    """Return one line per setting that changes, but for what "from → to" and notes say already."""
    changes = [
        each
        for each in planned.changes
        if not (_is_headline(each, planned) or is_about(each, "skipped"))
    ]
    lines = [_change_line(each, locale) for each in changes[:most]]
    more = len(changes) - len(lines)
    return (*lines, say("card.more_changes", locale, more=more)) if more else tuple(lines)


def _lines(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield what stands first: what it is about, where it stands, and how far it is."""
    if operation.is_final:
        yield from ended(operation, locale)
        yield from finding_summary(operation, locale)
        yield from left(facts, locale)
        return
    yield headline(operation, locale)
    yield state_line(operation, facts, locale)
    if isinstance(operation.phase, AwaitingApproval) and operation.plan.is_made:
        yield from gate_lines(facts.gates, locale)
    yield from timing(operation, facts, locale)
    yield from step_strip(operation, locale)


def _quote(operation: Operation, locale: Locale) -> str:
    """Return the reason at its whole width, while people decide."""
    if operation.is_final or operation.was_sent or not operation.reason:
        return ""
    return f"> {worded(operation.reason, locale, REASON_MAX)}"


def _changes(operation: Operation, locale: Locale) -> tuple[str, ...]:
    """Return what changes besides the version, for whoever approves it."""
    if operation.was_sent or operation.is_final:
        return ()
    return change_lines(operation.plan, locale, ON_CARD_MAX)


def _change_line(change: Change, locale: Locale) -> str:
    name = worded(change.name, locale, 80)
    before, after = (code(spelled(each, locale), 120) for each in (change.before, change.after))
    return f"• {pair(name, after if is_fact(change) else f'{before} → {after}', locale)}"


def _is_headline(change: Change, planned: Plan | PlanDraft) -> bool:
    is_same = (change.before, change.after) == (planned.before, planned.after)
    name = change.name.key if isinstance(change.name, Reason) else change.name
    return (is_same and name in _VERSIONS) or _is_image(change, planned)


def _is_image(change: Change, planned: Plan | PlanDraft) -> bool:
    """Whether it says no more than that the version stands in the address of an image."""
    pairs = ((change.before, planned.before), (change.after, planned.after))
    if not all(isinstance(each, str) and each for pair in pairs for each in pair):
        return False
    (old, before), (new, after) = ((str(one), str(other)) for one, other in pairs)
    ends = old.endswith(f":{before}") and new.endswith(f":{after}")
    return ends and old.removesuffix(before) == new.removesuffix(after)


def _text(operation: Operation, facts: CardFacts, shown: tuple[str, ...], locale: Locale) -> str:
    now = state(operation, locale)
    head = say(
        "card.text",
        locale,
        symbol=Marked(now.symbol),
        subject=subject(operation, locale),
        state=now.spoken,
        time=_length(operation, locale),
    )
    by, reason = operation.requester, operation.reason
    asked = stopped(say("card.requested", locale, by=by, reason=reason), locale)
    why = _why(operation, facts, locale)
    return sentences((sentence(head, locale), *why, *shown, asked, operation.id), locale)


def _why(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield why it stands so, or what it needs: whatever the card has in its first lines."""
    phase = operation.phase
    if isinstance(phase, Failed):
        yield say("note.failed", locale, why=phase.reason, code=phase.code)
        yield from (sentence(each, locale) for each in left(facts, locale))
    elif isinstance(phase, AwaitingApproval) and operation.plan.is_made:
        yield sentence(needs(operation, phase, facts, locale), locale)
    elif isinstance(phase, Uncertain | Stalled):
        yield sentence(state_line(operation, facts, locale), locale)
    elif operation.is_final and not isinstance(phase, Succeeded):
        yield sentence(sentences(ended(operation, locale), locale), locale)
    if operation.is_final and not operation.was_sent:
        yield say("note.nothing_sent", locale)


def _length(operation: Operation, locale: Locale) -> Marked:
    """Return how long it took, from the first permit on, once it is over."""
    length = elapsed(operation, operation.finished_at) if operation.finished_at else None
    if length is None:
        return Marked()
    key = "time.in" if isinstance(operation.phase, Succeeded) else "time.after"
    return say(key, locale, length=length)


def _context(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield who, when and why, in small letters, ids last."""
    if not operation.is_final and not operation.was_sent:
        at = when(operation.created_at, facts.now)
        yield say("card.asked", locale, by=operation.requester, at=at)
        yield escaped(operation.policy, 60)
        yield usually(facts, locale)
        yield from _way_back(operation, facts, locale)
    else:
        yield from _when(operation, facts, locale)
        yield _people(operation, locale)
        if operation.reason and not isinstance(operation.phase, Running):  # then Details has it
            yield say("card.because", locale, reason=operation.reason)
    yield from _links(operation, facts, locale)
    if isinstance(operation.phase, Failed):
        yield code(operation.phase.code, 60)
    if not (isinstance(operation.phase, AwaitingApproval) and operation.plan.is_made):
        yield code(operation.id)  # who decides needs no id: Details has it


def _when(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    begun = min((each.started_at for each in operation.steps if each.started_at), default=None)
    match operation.phase:
        case Running():
            if begun:
                yield say("card.started", locale, at=when(begun, facts.now))
            yield say("card.as_of", locale, at=when(facts.now, facts.now))
        case Failed(at=at):
            yield _where_failed(operation, locale)
            yield when(at, facts.now)
        case phase if operation.finished_at:
            if not isinstance(phase, Succeeded):
                yield say("card.nothing_sent", locale)
            yield when(operation.finished_at, facts.now)
        case _:
            pass


def _where_failed(operation: Operation, locale: Locale) -> str:
    broken = [at for at, step in enumerate(operation.steps) if step.phase == "failed"]
    if not broken:
        return say("card.nothing_sent", locale) if not operation.was_sent else ""
    return say(
        "card.failed_at",
        locale,
        step=step_name(operation, broken[-1], locale),
        at=broken[-1] + 1,
        of=total if (total := steps_in_all(operation)) > 1 else None,
        length=elapsed(operation, operation.finished_at) if operation.finished_at else None,
    )


def _people(operation: Operation, locale: Locale) -> Marked:
    """Return who asked, and who approved."""
    given = tuple(each.by for each in operation.approvals[:_NAMED_MAX])
    more = len(operation.approvals) - len(given)
    if any(each.behalf for each in operation.approvals):
        shown = (approver(each, locale) for each in operation.approvals[:_NAMED_MAX])
        who = Marked(say("list.comma", locale).join(shown))
        told = {"by": operation.requester, "who": who, "more": more or None}
        return say("card.people_in_place", locale, **told)
    return say("card.people", locale, by=operation.requester, who=given, more=more or None)


def _way_back(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield what it can be rolled back to, while people decide; a warning says the opposite."""
    if not isinstance(operation.phase, AwaitingApproval) or not operation.plan.is_made:
        return
    if operation.action in {"deploy", "rollback"} and not no_way_back(operation, facts):
        version = worded(operation.plan.before, locale, 60)
        if version:
            yield say("card.way_back", locale, version=version)


def _links(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    names: Mapping[str, str] = {"compare": facts.compare, "console": facts.console}
    for name, url in names.items():
        if url and not (name == "compare" and operation.is_final):
            yield say(f"card.{name}", locale, url=url)
