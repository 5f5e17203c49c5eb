"""Forms: what Slack calls modals. Both ask for a reason."""

from typing import Final

from bot.core.operation import Operation
from bot.core.outcomes import FormWanted
from bot.core.records import Json
from bot.core.verbs import Verb
from bot.core.verbs.reasons import REASON_INPUT, REASON_MAX
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


def _form(verb: Verb, operation: Operation, words: str, locale: Locale) -> dict[str, Json]:
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
                "element": {
                    "type": "plain_text_input",
                    "action_id": REASON_INPUT,
                    "multiline": True,
                    "min_length": 1,
                    "max_length": REASON_MAX,
                    "focus_on_load": True,
                },
            },
        ],
    }


def _plain(words: str) -> dict[str, Json]:
    return {"type": "plain_text", "text": words}
