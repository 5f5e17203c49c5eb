"""Forms: what Slack calls modals."""

from typing import Final

from bot.core.commands import REASON_MAX
from bot.core.operation import Operation
from bot.core.records import Json
from bot.views.blocks import section
from bot.views.words import subject

REJECT_FORM: Final = "slipway.reject_reason"  # callback_id
REASON_BLOCK: Final = "slipway.reason"  # block_id: errors of the form are keyed by it
REASON_INPUT: Final = "slipway.reason.input"  # action_id


def reject_form(operation: Operation) -> dict[str, Json]:
    """Return the form that asks why *operation* is rejected; it carries the operation's id."""
    return {
        "type": "modal",
        "callback_id": REJECT_FORM,
        "private_metadata": operation.id,
        "title": _plain("Reject"),
        "submit": _plain("Reject"),
        "close": _plain("Back"),
        "blocks": [
            section(f"{subject(operation)}\nEverybody in the channel reads why.", "slipway.form"),
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
