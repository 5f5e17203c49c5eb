"""Forms: what Slack calls modals. They ask for a reason, or for a review."""

from typing import Final

from bot.core.operation import Operation
from bot.core.outcomes import FormWanted, ReviewWanted
from bot.core.records import Json
from bot.core.verbs import Verb
from bot.core.verbs.reasons import REASON_INPUT, REASON_MAX
from bot.core.verbs.review import NOTE_INPUT, VERDICT_INPUT
from bot.views.blocks import section
from bot.views.buttons import called
from bot.views.layout import Block
from bot.views.modal import TITLE_MAX, Frame, field, label, modal, option, text_box
from bot.views.text import escaped
from bot.views.words import Locale, Marked, say, say_plain
from bot.views.words.naming import subject

REASON_BLOCK: Final = "slipway.reason"  # block_id: errors of the form are keyed by it


def reason_form(verb: Verb, wanted: FormWanted, locale: Locale) -> dict[str, Json]:
    """Return the form that asks for the reason of what *verb* does."""
    operation, way = wanted.operation, wanted.option
    words: str = subject(operation, locale)
    if way is not None:
        named = Marked(escaped(called(way, locale)))
        what = say("form.recovery_text", locale, option=named, what=way.explanation)
        words = f"{words}\n{what}"
    form = _form(verb, operation, words, locale)
    return form if way is None else {**form, **_titled(called(way, locale))}


def _titled(words: str) -> dict[str, Json]:
    """Return the title of a form and of its button, where *words* have room there."""
    return {each: label(words) for each in ("title", "submit") if len(words) <= TITLE_MAX}


def review_form(verb: Verb, wanted: ReviewWanted, locale: Locale) -> dict[str, Json]:
    """Return the form that asks whether it was right to break the glass."""
    operation = wanted.operation
    told = {"by": operation.requester, "why": operation.reason}
    words = f"{subject(operation, locale)}\n{say('form.review_text', locale, **told)}"
    everybody = say("form.public_note_text", locale)
    hint = say_plain("form.note_hint", locale)
    choices: list[Json] = [
        option(say_plain(f"form.{each}", locale), each) for each in ("justified", "not_justified")
    ]
    element: Block = {"type": "radio_buttons", "options": choices}
    blocks = [
        section(f"{words}\n{everybody}", "slipway.form"),
        field(VERDICT_INPUT, say_plain("form.verdict", locale), element, is_optional=False),
        field(NOTE_INPUT, say_plain("form.note", locale), text_box(REASON_MAX), hint=hint),
    ]
    return modal(_frame(verb), blocks, locale)


def _form(verb: Verb, operation: Operation, words: str, locale: Locale) -> dict[str, Json]:
    is_needed = verb.press is None or verb.press.needs_reason
    given = {} if is_needed or not operation.reason else {"initial_value": operation.reason}
    everybody = say("form.public_text", locale)
    box: Block = {
        **text_box(REASON_MAX),
        **({"min_length": 1} if is_needed else {}),
        "focus_on_load": True,
        **(given if verb.name == "again" else {}),
    }
    asked = field(REASON_INPUT, say_plain("form.reason", locale), box, is_optional=not is_needed)
    blocks = [section(f"{words}\n{everybody}", "slipway.form"), {**asked, "block_id": REASON_BLOCK}]
    return modal(_frame(verb), blocks, locale)


def _frame(verb: Verb) -> Frame:
    does = f"form.{verb.name}"
    return Frame(title=does, submits=does, closes="form.back", callback_id=verb.callback_id)
