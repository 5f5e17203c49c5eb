"""What the edge itself says no to, in words; everything else is decided behind the service."""

from typing import Final

from slack_bolt import BoltResponse

from bot.core.codes import Denied
from bot.views.answers import answer
from bot.views.words import Locale

FOREIGN: Final = Denied(
    code="foreign_workspace",
    reason="Slipway is not installed for this workspace",
    way_out="Use the workspace that it belongs to, or ask its administrators to install it here.",
)
UNKNOWN_COMMAND: Final = Denied(
    code="unknown_command",
    reason="this command is not known here",
    way_out="See /ops help for those that are.",
)
UNKNOWN_BUTTON: Final = Denied(
    code="unknown_button",
    reason="this button is not known here",
    way_out="Use the buttons of the operation's card.",
)
UNREADABLE: Final = Denied(
    code="unreadable_request",
    reason="what arrived from Slack is not complete",
    way_out="Do it again; where that does not help, use /ops status.",
)
BUSY: Final = Denied(
    code="busy",
    reason="Slipway has too much to answer at this moment",
    way_out="Do it again in a minute.",
)
JOURNAL_DOWN: Final = Denied(
    code="journal_down",
    reason="the journal cannot be written now, so nothing will happen",
    way_out="Do it again in a minute.",
)
FORM_UNAVAILABLE: Final = Denied(
    code="form_unavailable",
    reason="the form for the reason could not be opened",
    way_out="Press the button again.",
)
REASON_MISSING: Final = Denied(
    code="reason_required",
    reason="this needs a reason",
    way_out="Say in a few words why.",
)
NOT_YOUR_FORM: Final = Denied(
    code="unreadable_request",
    reason="this form is not the one that Slipway opened for you",
    way_out="Close it and press the button on the card again.",
)


def broken(error_id: str) -> Denied:
    """Return what is said where a fault of ours leaves open what happened."""
    return Denied(
        code="internal_error",
        reason=f"something broke here (error {error_id}); whether anything was recorded is unknown",
        way_out="See /ops status for what is under way.",
    )


def spoken(denied: Denied, *, recorded_nothing: bool = True) -> BoltResponse:
    """Answer a command with the refusal, seen by its sender alone."""
    message = answer(denied, Locale(), recorded_nothing=recorded_nothing)
    body = {"response_type": "ephemeral", "text": message.text, "blocks": list(message.blocks)}
    return BoltResponse(status=200, body=body)


def at_the_field(block_id: str, denied: Denied, *, recorded_nothing: bool = True) -> BoltResponse:
    """Answer a form with the refusal, shown at its input."""
    text = answer(denied, Locale(), recorded_nothing=recorded_nothing).text
    return BoltResponse(status=200, body={"response_action": "errors", "errors": {block_id: text}})


def silent(status: int = 200) -> BoltResponse:
    """Answer without a word; anything but 200 lets Slack show its warning sign."""
    return BoltResponse(status=status)
