"""Forms: what Slack calls modals. Both ask for a reason."""

from typing import Final

from bot.core.commands import REASON_MAX
from bot.core.operation import Operation, RecoveryOption
from bot.core.records import Json
from bot.views.blocks import section
from bot.views.buttons import called
from bot.views.text import escaped, stopped
from bot.views.words import worded
from bot.views.words.naming import subject

REJECT_FORM: Final = "slipway.reject_reason"  # callback_id
WAY_FORM: Final = "slipway.way_reason"  # callback_id
REASON_BLOCK: Final = "slipway.reason"  # block_id: errors of the form are keyed by it
REASON_INPUT: Final = "slipway.reason.input"  # action_id
_EXPLANATION_MAX: Final = 2_000  # characters kept of what a way on does


def reject_form(operation: Operation) -> dict[str, Json]:
    """Return the form that asks why *operation* is rejected; it carries the operation's id."""
    return _form(REJECT_FORM, operation, "Reject", subject(operation))


def way_form(operation: Operation, way: RecoveryOption) -> dict[str, Json]:
    """Return the form that asks why *operation* is gone on with like this."""
    what = f"*{escaped(called(way))}*: {worded(way.explanation, _EXPLANATION_MAX)}"
    return _form(WAY_FORM, operation, "Go on", f"{subject(operation)}\n{stopped(what)}")


def _form(callback_id: str, operation: Operation, does: str, words: str) -> dict[str, Json]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": operation.id,
        "title": _plain(does),
        "submit": _plain(does),
        "close": _plain("Back"),
        "blocks": [
            section(f"{words}\nEverybody in the channel reads why.", "slipway.form"),
            {
                "type": "input",
                "block_id": REASON_BLOCK,
                "label": _plain("Reason"),
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
