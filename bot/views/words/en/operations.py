"""English for what happens to operations: `bot.core.codes.operations`."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import operations as codes
from bot.views.words.template import Words

OPERATIONS: Final[Mapping[str, Words]] = {
    codes.TargetGone.key: Words(
        "{target:name} is no longer in slipway.yaml", "Request the change under its new name."
    ),
    codes.TargetUnwatched.key: Words(
        "{target:name} is no longer in slipway.yaml: Slipway can look at it once it is back there"
    ),
    codes.NoProgress.key: Words(
        "{because:reason}; the step cannot be postponed again", "Request the change again."
    ),
    codes.WorkerGone.key: Words("the worker ended before it could record an answer"),
    codes.Restored.key: Words(
        "the journal was set back, by a restored copy or a fail-over, "
        "and what happened since is not known"
    ),
    codes.KnownTask.key: Words("the journal knew {task:code} before it was restored"),
    codes.NotExecuted.key: Words(
        "an approver decided that the call was not executed", "Request it again if still needed."
    ),
    codes.Executed.key: Words(
        "its answer was lost, and {by:people} decided that the call was executed"
    ),
    codes.TakenBack.key: Words(
        "{by:named} chose to roll it back", "The rollback has its own card."
    ),
    codes.Replaced.key: Words(
        "{by:code} by the same person has taken its place in line", "Follow that one instead."
    ),
    codes.TurnMissed.key: Words(
        "its turn came, and nobody started it in time", "Request it again if you still need it."
    ),
    codes.Overdue.key: Words("it has not finished within its {deadline:duration} deadline"),
}
