"""Intents: what somebody wishes to happen, typed. A command, a press and a form become one."""

from typing import Literal, TypeAlias

from bot.core.records import Asked, OperationId, Record


class Change(Record):
    """A new operation; for a question of it alone, a dry run."""

    kind: Literal["change"] = "change"
    target: str  # as typed, in lower case
    asked: Asked
    reason: str = ""
    dry_run: bool = False
    rollback_of: OperationId | None = None  # the operation that it undoes
    follows: OperationId | None = None  # the failed operation that it goes on with


class Seen(Record):
    """Which plan the pressed card showed."""

    round: int
    digest: str  # the beginning of it


class _OfOperation(Record):
    operation: OperationId
    seen: Seen | None = None  # None: the wish was typed, or the value did not say


class Approve(_OfOperation):
    """Open the gate, as one of those who may."""

    kind: Literal["approve"] = "approve"


class Reject(_OfOperation):
    """Close the gate; without a reason yet where a form has to ask for it."""

    kind: Literal["reject"] = "reject"
    reason: str | None = None


class Cancel(_OfOperation):
    """Withdraw what was not sent yet."""

    kind: Literal["cancel"] = "cancel"


class RollBack(_OfOperation):
    """Return to what ran before this operation."""

    kind: Literal["rollback"] = "rollback"


class Recover(_OfOperation):
    """Go on with a failed operation by one of its recovery options."""

    kind: Literal["recover"] = "recover"
    option: str
    reason: str | None = None


class LookAgain(_OfOperation):
    """Look now at what is uncertain or stalled."""

    kind: Literal["look_again"] = "look_again"


class NotExecuted(_OfOperation):
    """Say that the lost call had no effect."""

    kind: Literal["not_executed"] = "not_executed"


class KeepWaiting(_OfOperation):
    """Watch a stalled remote task for longer."""

    kind: Literal["keep_waiting"] = "keep_waiting"


class Prepare(Record):
    """Make the plan from the live state: Slipway's own intent."""

    kind: Literal["prepare"] = "prepare"
    operation: OperationId


class Send(Record):
    """Grant the permit of this step: Slipway's own intent, right before each call."""

    kind: Literal["send"] = "send"
    operation: OperationId
    step: int


class Ask(Record):
    """Know something: nothing is changed."""

    kind: Literal["ask"] = "ask"
    topic: str  # the name of its verb
    subject: str = ""  # a target or an operation, as typed
    word: str = ""  # what the answer is narrowed to


Press: TypeAlias = (
    Approve | Reject | Cancel | RollBack | Recover | LookAgain | NotExecuted | KeepWaiting
)
Intent: TypeAlias = Change | Press | Prepare | Send | Ask
