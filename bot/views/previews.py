"""What a rollback would do, as a form that asks whether it shall."""

from collections.abc import Iterator
from typing import Final

from bot.core.outcomes import DryRun, PreviewWanted
from bot.core.records import Json
from bot.core.verbs.forms import FIELDS
from bot.core.verbs.reasons import REASON_MAX
from bot.views.answers import on_a_page
from bot.views.blocks import context, section, sections
from bot.views.card import change_lines
from bot.views.card_time import usual
from bot.views.change_forms import callback_of
from bot.views.layout import Block
from bot.views.modal import Frame, field, modal, text_box
from bot.views.text import capitalised
from bot.views.words import Locale, say, say_plain, spelled
from bot.views.words.naming import WARNING

_CHANGES_MAX: Final = 20  # settings that change; the rest is counted
_REASON: Final = ("reason", "reason_public")


def preview_form(wanted: PreviewWanted, locale: Locale) -> dict[str, Json]:
    """Return the form; what is refused can be read there, and has no button."""
    does = "change_form.rollback"
    submits = does if wanted.refused is None else ""
    frame = Frame(title=does, submits=submits, callback_id=callback_of("rollback"))
    return modal(frame, [*_blocks(wanted, locale)], locale)


def _blocks(wanted: PreviewWanted, locale: Locale) -> Iterator[Block]:
    yield section(_head(wanted, locale), "slipway.form")
    if wanted.refused is not None:
        yield from on_a_page(wanted.refused, locale)
        return
    planned = wanted.planned
    if planned is None:
        yield from context((say("preview.unread_text", locale),), "slipway.unread")
    else:
        yield from sections(_planned(wanted, planned, locale), "slipway.plan")
    yield from context(_small(wanted, locale), "slipway.about")
    yield _reason(wanted, locale)


def _head(wanted: PreviewWanted, locale: Locale) -> str:
    operation, planned = wanted.operation, wanted.planned
    back = operation.version_before if planned is None else planned.draft.after
    now = operation.plan.after if planned is None else planned.draft.before
    told = {"now": spelled(now, locale), "back": spelled(back, locale)}
    where = {"target": operation.target, "connection": operation.connection}
    return say("preview.head_text", locale, **where, **told)


def _planned(wanted: PreviewWanted, planned: DryRun, locale: Locale) -> Iterator[str]:
    """Yield the difference, and what does not go back with it."""
    yield from change_lines(planned.draft, locale, _CHANGES_MAX)
    if planned.no_rollback:
        yield f"{WARNING} {say('note.no_way_back', locale, why=planned.no_rollback)}"
    if planned.check == "refused":
        yield f"{WARNING} {say('dry_run.check_refused', locale, why=planned.check_says)}"
    version = spelled(wanted.operation.plan.after, locale)
    yield f"{WARNING} {say('preview.stays_text', locale, version=version)}"


def _small(wanted: PreviewWanted, locale: Locale) -> tuple[str, ...]:
    planned = wanted.planned
    takes = usual(wanted.usual, locale)
    needs = say("change_form.no_approval_text", locale)
    if planned is not None and planned.approvals:
        told = {"approvals": planned.approvals, "who": planned.approvers}
        needs = say("change_form.approvals_text", locale, **told)
    parts = [part for part in (takes, needs if planned is not None else "") if part]
    return tuple(capitalised(part) if part is parts[0] else part for part in parts)


def _reason(wanted: PreviewWanted, locale: Locale) -> Block:
    words, public = (say_plain(f"change_form.{each}", locale) for each in _REASON)
    is_optional = not wanted.wants_reason
    box = text_box(REASON_MAX)
    return field(FIELDS["reason"], words, box, is_optional=is_optional, hint=public)
