"""What happens to operations on the way: why one ends, waits or needs people."""

from bot.core.codes import Code, Reason
from bot.core.records import OperationId, UserId


class TargetGone(Code):
    """The target left slipway.yaml before the change was sent."""

    key = "unknown_target.gone"
    target: str


class TargetUnwatched(Code):
    """The target left slipway.yaml while its change was under way."""

    key = "stalled.target_gone"
    target: str


class NoProgress(Code):
    """A step needs others before it once more, which cannot be put in any more; it was not sent."""

    key = "no_progress.put_off"
    because: Reason


class WorkerGone(Code):
    """The worker that held the permit ended before it could record an answer."""

    key = "uncertain.worker_gone"


class Restored(Code):
    """The journal was set back, by a copy or a fail-over: what happened since is not known."""

    key = "uncertain.restored"


class KnownTask(Code):
    """The journal that was restored knew the remote task already."""

    key = "adopted.known"
    task: str


class NotExecuted(Code):
    """People decided that the lost call had no effect."""

    key = "not_executed.decided"


class Executed(Code):
    """People decided that the lost call took effect."""

    key = "executed.decided"
    by: tuple[UserId, ...]


class TakenBack(Code):
    """Somebody takes back what waited for people, by a rollback of its own."""

    key = "taken_back"
    by: UserId


class Replaced(Code):
    """A newer deploy of the same person has taken its place in the line."""

    key = "replaced"
    by: OperationId


class TurnMissed(Code):
    """Its turn had come, and nobody started it in time."""

    key = "turn_missed"


class Overdue(Code):
    """The remote task has not ended within the operation's deadline."""

    key = "stalled.overdue"
    deadline: float  # seconds
