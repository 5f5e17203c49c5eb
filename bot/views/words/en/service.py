"""English: what is said to whoever asks, and at the edge."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Words

UNREADABLE: Final = (
    "cannot be read: another version of Slipway recorded it, or its record is damaged"
)
READ_IT: Final = (
    "Ask an operator to run the newest version; if that does not help, to look at "
    "`slipway operations show` and to restore a backup."
)

SERVICE: Final[Mapping[str, Words]] = {
    "locked": Words(
        "{target:name} is locked by {by:person} with {holder:code} ({action}) "
        "since {since:moment}.",
        "Wait until it ends; see {/ops status <holder>}.",
    ),
    "queue_full": Words(
        "{target:name} is taken[[ by {by:person}]] ({holder:code}), with "
        "{waiting:count:change} already in line.",
        "See {/ops queue <target>}; ask again when one of them has ended.",
    ),
    "locked.unreadable": Words(
        f"{{target:name}} is locked by {{holder:code}}, which {UNREADABLE}.", READ_IT
    ),
    "unreadable_operation": Words(
        f"{{operation:code}} {UNREADABLE}. Nothing of it is sent, and its target stays locked.",
        READ_IT,
    ),
    "too_many.person": Words(
        "you have {limit:count:open operation} (limit {limit}).",
        "Wait until some have ended, or cancel one.",
    ),
    "too_many.all": Words(
        "there are {limit:count:open operation} (limit {limit}).",
        "Wait until some have ended, or cancel one.",
    ),
    "try_again": Words(
        "too many people pressed at once; your press was not counted.", "Press again."
    ),
    "secret_in_reason": Words(
        "the text contains what looks like a password or a token.",
        "Leave it out and replace it: others may have seen it.",
    ),
    "foreign_workspace": Words(
        "Slipway is not installed in this workspace.",
        "Use the workspace it belongs to, or ask its administrators to install it here.",
    ),
    "unknown_command.slash": Words(
        "there is no such command here.", "See {/ops help} for those there are."
    ),
    "unknown_button": Words("Slipway does not know this button.", "Use the operation's card."),
    "unreadable_request.incomplete": Words(
        "what arrived from Slack is incomplete.",
        "Try again; if that does not help, use {/ops status}.",
    ),
    "unreadable_request.form": Words(
        "this is not the form that Slipway opened for you.",
        "Close it and open it again.",
    ),
    "busy": Words("Slipway is handling too many requests right now.", "Try again in a minute."),
    "journal_down": Words(
        "the journal cannot be written, so nothing will happen.", "Try again in a minute."
    ),
    "no_channel.target": Words(
        "{target:name} has no channel for its card.",
        "Type {/deploy} in the channel that should see it, or set `channel` in slipway.yaml.",
    ),
    "form_unavailable": Words(
        "the form could not be opened.", "Press the button, or type the command, once more."
    ),
    "reason_required.by_review": Words(
        "a note is required where it was not justified.", "Say why in a few words."
    ),
    "reason_required.by_form": Words("a reason is required.", "Say why in a few words."),
    "internal_error": Words(
        "something broke (error {error_id}); it is unknown whether anything was recorded.",
        "See {/ops status} for what is in progress.",
    ),
}
