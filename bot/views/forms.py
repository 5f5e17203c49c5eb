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
from bot.views.text import escaped
from bot.views.words import Locale, Marked, say, say_plain
from bot.views.words.naming import subject

REASON_BLOCK: Final = "slipway.reason"  # block_id: errors of the form are keyed by it


def reason_form(verb: Verb, wanted: FormWanted, locale: Locale) -> dict[str, Json]:
    """Return the form that asks for the reason of what *verb* does."""
    operation, way = wanted.operation, wanted.option
    words: str = subject(operation, locale)
    if way is not None:
        option = Marked(escaped(called(way, locale)))
        what = say("form.recovery_text", locale, option=option, what=way.explanation)
        words = f"{words}\n{what}"
    return _form(verb, operation, words, locale)


def review_form(verb: Verb, wanted: ReviewWanted, locale: Locale) -> dict[str, Json]:
    """Return the form that asks whether it was right to break the glass."""
    operation = wanted.operation
    told = {"by": operation.requester, "why": operation.reason}
    words = f"{subject(operation, locale)}\n{say('form.review_text', locale, **told)}"
    everybody = say("form.public_text", locale)
    verdict: Json = {
        "type": "input",
        "block_id": VERDICT_INPUT,
        "label": _plain(say_plain("form.verdict", locale)),
        "element": {
            "type": "radio_buttons",
            "action_id": VERDICT_INPUT,
            "options": [
                {"text": _plain(say_plain(f"form.{each}", locale)), "value": each}
                for each in ("justified", "not_justified")
            ],
        },
    }
    note: Json = {
        "type": "input",
        "block_id": NOTE_INPUT,
        "optional": True,
        "label": _plain(say_plain("form.note", locale)),
        "element": {
            "type": "plain_text_input",
            "action_id": NOTE_INPUT,
            "multiline": True,
            "max_length": REASON_MAX,
        },
    }
    does = _plain(say_plain("form.review", locale))
    return {
        "type": "modal",
        "callback_id": verb.callback_id,
        "private_metadata": operation.id,
        "title": does,
        "submit": does,
        "close": _plain(say_plain("form.back", locale)),
        "blocks": [section(f"{words}\n{everybody}", "slipway.form"), verdict, note],
    }


def _form(verb: Verb, operation: Operation, words: str, locale: Locale) -> dict[str, Json]:
    is_needed = verb.press is None or verb.press.needs_reason
    given = {} if is_needed or not operation.reason else {"initial_value": operation.reason}
    does = f"form.{verb.name}"
    everybody = say("form.public_text", locale)
    return {
        "type": "modal",
        "callback_id": verb.callback_id,
        "private_metadata": operation.id,
        "title": _plain(say_plain(does, locale)),
        "submit": _plain(say_plain(does, locale)),
        "close": _plain(say_plain("form.back", locale)),
        "blocks": [
            section(f"{words}\n{everybody}", "slipway.form"),
            {
                "type": "input",
                "block_id": REASON_BLOCK,
                "label": _plain(say_plain("form.reason", locale)),
                **({} if is_needed else {"optional": True}),
                "element": {
                    "type": "plain_text_input",
                    "action_id": REASON_INPUT,
                    "multiline": True,
                    **({"min_length": 1} if is_needed else {}),
                    "max_length": REASON_MAX,
                    "focus_on_load": True,
                    **(given if verb.name == "again" else {}),
                },
            },
        ],
    }


def _plain(words: str) -> dict[str, Json]:
    return {"type": "plain_text", "text": words}
