"""What is said of the tasks of an upgrade: how they go, what can be done, what a trace shows."""

from typing import Literal, TypeAlias

from bot.core.codes import Code, Reason
from bot.core.records import Moment

Retried: TypeAlias = Literal["precheck", "snapshot", "upgrade", "postcheck"]


class StepProgress(Code):
    """How far a step is, and the workflow around it."""

    key = "task.step"
    status: str
    progress: str = ""
    points: tuple[str, ...] = ()
    is_old: bool = False  # the task stands as it did before it was told to run again
    is_answer: bool = False  # the call's own answer said so, and no point of the workflow
    nodes: int = 0  # how many nodes there are, where that is told
    upgrading: tuple[str, ...] = ()  # some that are being upgraded now
    more: int = 0  # others that are


class WorkflowMade(Code):
    """The workflow is there, with its exact versions."""

    key = "task.workflow"
    before: str
    after: str
    points: tuple[str, ...] = ()


class WorkflowCancelled(Code):
    """The workflow was cancelled, as was asked for."""

    key = "task.cancelled"


class WorkflowLost(Code):
    """Somebody cancelled the workflow."""

    key = "task_failed.workflow_cancelled"
    workflow: str


class WorkflowSucceeded(Code):
    """The workflow ended well before it could be cancelled."""

    key = "task_failed.workflow_succeeded"


class PrecheckFailed(Code):
    """The precheck itself failed."""

    key = "task_failed.precheck"
    status: str
    words: str = ""


class PrecheckFound(Code):
    """The precheck found what stands in the way of an upgrade."""

    key = "task_failed.findings"
    exceptions: int
    risks: int
    findings: tuple[str, ...]  # the worst of them
    more: int = 0


class SnapshotFailed(Code):
    """The backup of the control plane failed."""

    key = "task_failed.snapshot"
    words: str = ""


class UpgradeFailed(Code):
    """The upgrade itself failed."""

    key = "task_failed.upgrade"
    words: str = ""
    points: tuple[str, ...] = ()


class Upgraded(Code):
    """The upgrade is done, and the check after it waits for people."""

    key = "task.upgraded"
    version: str


class Confirm(Code):
    """The button that lets the check after an upgrade be made."""

    key = "option.confirm"


class ConfirmDoes(Code):
    """What that check does."""

    key = "option.confirm_does"


class PostcheckFailed(Code):
    """The cluster has its new version, but the check after it failed."""

    key = "task_failed.postcheck"


class Retry(Code):
    """The button that lets a failed step run again."""

    key = "option.retry"
    step: Retried


class RetryDoes(Code):
    """What another run of a failed step does."""

    key = "option.retry_does"
    step: Retried


class Skip(Code):
    """The button that leaves risks out of the next precheck."""

    key = "option.skip"
    risks: int


class SkipDoes(Code):
    """What leaving risks out does."""

    key = "option.skip_does"
    risks: int
    told: tuple[str, ...] = ()  # which; older versions did not record it


class Cancel(Code):
    """The button that closes the workflow."""

    key = "option.cancel"


class CancelDoes(Code):
    """What closing the workflow does."""

    key = "option.cancel_does"
    is_begun: bool  # whether nodes may have the new version already


class NothingListed(Code):
    """CCE lists nothing that the step's lost call could have made."""

    key = "no_trace.step"
    step: str


class UntimedTasks(Code):
    """What the step's call could have made does not tell when it was."""

    key = "no_trace.untimed"
    step: str
    tasks: tuple[str, ...]


class StillSo(Code):
    """What the lost call was to change stands as it did."""

    key = "no_trace.still_so"
    task: str
    status: str


class ChangedThen(Code):
    """It was changed, but not at the time of the lost call."""

    key = "no_trace.changed_then"
    task: str


class TaskUnreadable(Code):
    """What the lost call was to change cannot be read."""

    key = "no_trace.unreadable"
    task: str
    by: Reason


class StepIsOurs(Code):
    """The evidence that a lost call made a task."""

    key = "adopted.step"
    step: str
    task: str
    made: Moment
    permitted: Moment
    match: Reason | None = None  # what else speaks for it


class ChangeIsOurs(Code):
    """The evidence that a lost call changed a task or a workflow."""

    key = "adopted.change"
    task: str
    status: str
    changed: Moment
    permitted: Moment
