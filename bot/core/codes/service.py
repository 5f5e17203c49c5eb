"""What is said to whoever asks: limits, the cloud's silence, and what the edge itself refuses."""

from bot.core.codes import Code
from bot.core.records import Action, Moment, OperationId, TargetName, UserId


class HeldByOperation(Code):
    """Another operation holds the target."""

    key = "locked"
    target: TargetName
    holder: OperationId
    action: Action
    phase: str
    by: UserId
    since: Moment


class LineFull(Code):
    """Another operation holds the target, and as many wait for it as may."""

    key = "queue_full"
    target: TargetName
    holder: OperationId
    by: UserId = ""  # "": its record cannot be read
    waiting: int


class LockedUnreadably(Code):
    """An operation that cannot be read holds the target."""

    key = "locked.unreadable"
    target: TargetName
    holder: str


class UnreadableOperation(Code):
    """Another version recorded the operation, or its record is damaged."""

    key = "unreadable_operation"
    operation: str


class TooManyOfPerson(Code):
    """The person has as many operations open as one may have."""

    key = "too_many.person"
    limit: int


class TooManyInAll(Code):
    """There are as many operations open as there may be."""

    key = "too_many.all"
    limit: int


class TryAgain(Code):
    """Too many people pressed in the same moment; this press was not counted."""

    key = "try_again"


class SecretInReason(Code):
    """A reason, a title or a note holds what looks like a password or a token."""

    key = "secret_in_reason"


class ForeignWorkspace(Code):
    """Slipway is not installed for this workspace."""

    key = "foreign_workspace"


class UnknownCommand(Code):
    """There is no such command here."""

    key = "unknown_command.slash"


class UnknownButton(Code):
    """This button is none of ours."""

    key = "unknown_button"


class UnreadableRequest(Code):
    """What arrived from Slack is not complete."""

    key = "unreadable_request.incomplete"


class NotYourForm(Code):
    """The form is not the one that was opened for this person."""

    key = "unreadable_request.form"


class Busy(Code):
    """Too much is being answered at this moment; nothing was done."""

    key = "busy"


class JournalDown(Code):
    """The database cannot be written: nothing is recorded, nothing will happen."""

    key = "journal_down"


class NoChannel(Code):
    """The target has no channel, and it was asked for in none."""

    key = "no_channel.target"
    target: TargetName


class FormUnavailable(Code):
    """The form could not be opened."""

    key = "form_unavailable"


class ReasonMissing(Code):
    """The form wants a reason."""

    key = "reason_required.by_form"


class NoteMissing(Code):
    """Whoever finds that it was not right to break the glass says why."""

    key = "reason_required.by_review"


class InternalError(Code):
    """Something broke; whether anything was recorded is unknown."""

    key = "internal_error"
    error_id: str


class ApprovesFor(Code):
    """Somebody may approve in somebody's place now."""

    key = "told.approves_for"
    delegator: UserId
    until: Moment


class LockTaken(Code):
    """Somebody ended another one's lock: told to the holder."""

    key = "told.lock_taken"
    target: str
    by: UserId
    words: str


class LockHeldLong(Code):
    """Somebody has held a lock for long: told to the holder."""

    key = "told.lock_held"
    target: str
    since: Moment
    words: str
