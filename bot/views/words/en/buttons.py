"""English: buttons, what they ask first, and forms; all but `form.…_text` is plain text."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _again(params: Params) -> str:
    return "Try again…" if params["has_failed"] else "Same again…"


BUTTONS: Final[Mapping[str, Template]] = {
    "button.approve": "Approve",
    "button.reject": "Reject…",
    "button.cancel": "Cancel request",
    "button.start": "Start now",
    "button.look_again": "Look again",
    "button.not_executed": "Not executed",
    "button.executed": "It was executed",
    "button.keep_waiting": "Keep waiting",
    "button.again": _again,
    "button.hold": "Do not",
    "button.review": "Review",
    "button.roll_back": "Roll back to {version:text:60}",
    "button.label": "{button:text} {object:text}",
    "button.label_of_target": "{button:text}: {target:text}",
    "confirm.back": "Back",
    "confirm.cancel": "Cancel this request?",
    "confirm.cancel_text": "{subject:text}. Nothing was sent yet.",
    "confirm.cancel_yes": "Cancel it",
    "confirm.irreversible": "This cannot be undone",
    "confirm.irreversible_text": (
        "{subject:text}: there is no way back, since {why:reason}.[[ {more:text}]]"
    ),
    "confirm.irreversible_yes": "Approve",
    "confirm.not_executed": "Mark it as not executed?",
    "confirm.not_executed_text": (
        "{subject:text} on connection {connection:text}: this marks it failed and unlocks the "
        "target. Check the cloud console first."
    ),
    "confirm.not_executed_yes": "Not executed",
    "confirm.executed": "Mark it as executed?",
    "confirm.executed_text": (
        "{subject:text} on connection {connection:text}: this marks it succeeded and unlocks the "
        "target. Check the cloud console first."
    ),
    "confirm.executed_yes": "It was executed",
    "confirm.roll_back": "Roll back?",
    "confirm.roll_back_text": (
        "{target:text} on connection {connection:text} goes back to {version:text}."
    ),
    "confirm.roll_back_yes": "Roll back",
    "confirm.recovery": "{option:text}?",
    "confirm.recovery_text": "{target:text} on connection {connection:text}: {what:reason}.",
    "confirm.recovery_yes": "Continue",
    "form.reject": "Reject",
    "form.recovery": "Continue",
    "form.again": "Request again",
    "form.back": "Cancel",
    "form.reason": "Reason",
    "form.recovery_text": "*{option}*: {what:reason:2000}.",
    "form.review": "Review",
    "form.review_text": "{by:person} broke the glass: “{why:text:500}”",
    "form.verdict": "Was it right to break the glass?",
    "form.justified": "Justified",
    "form.not_justified": "Not justified",
    "form.note": "Note",
    "form.note_hint": "Required if it was not justified",
    "form.public_note_text": "Everyone in the channel can read the note.",
    "form.public_text": "Everyone in the channel can read the reason.",
}
