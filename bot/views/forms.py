"""Forms: what Slack calls modals. Both ask for a reason."""

from typing import Final

from bot.core.commands import REASON_MAX
from bot.core.operation import Operation, RecoveryOption
from bot.core.records import Json
from bot.views.blocks import section
from bot.views.buttons import called
from bot.views.text import escaped
from bot.views.words import Locale, Marked, say, say_plain
from bot.views.words.naming import subject

REJECT_FORM: Final = "slipway.reject_reason"  # callback_id
WAY_FORM: Final = "slipway.way_reason"  # callback_id
REASON_BLOCK: Final = "slipway.reason"  # block_id: errors of the form are keyed by it
REASON_INPUT: Final = "slipway.reason.input"  # action_id


def reject_form(operation: Operation, locale: Locale) -> dict[str, Json]:
    """Return the form that asks why *operation* is rejected; it carries the operation's id."""
    return _form(REJECT_FORM, operation, subject(operation, locale), locale)


def way_form(operation: Operation, way: RecoveryOption, locale: Locale) -> dict[str, Json]:
    """Return the form that asks why *operation* is continued like this."""
    option = Marked(escaped(called(way, locale)))
    what = say("form.recovery_text", locale, option=option, what=way.explanation)
    return _form(WAY_FORM, operation, f"{subject(operation, locale)}\n{what}", locale)


def _form(callback_id: str, operation: Operation, words: str, locale: Locale) -> dict[str, Json]:
    does = "form.reject" if callback_id == REJECT_FORM else "form.recovery"
    everybody = say("form.public_text", locale)
    return {
        "type": "modal",
        "callback_id": callback_id,
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
