"""What is said of clusters alone: their versions, and the workflow of an upgrade."""

from bot.core.codes import Code, Reason
from bot.core.records import Moment


class NoDowngrade(Code):
    """CCE has no call that takes a cluster's upgrade back."""

    key = "unsupported_action.no_downgrade"


class NoSuchOption(Code):
    """A way on is named that a cluster's upgrade does not have."""

    key = "unsupported_action.option"
    name: str


class NoSuchCluster(Code):
    """The project has no such cluster of this flavour."""

    key = "not_found.cluster"
    cluster: str
    flavour: str


class NoClusterVersion(Code):
    """What is named is no version of a cluster."""

    key = "bad_version.cluster"
    version: str


class LowerVersion(Code):
    """A lower version is named than the one that runs."""

    key = "no_change.lower"
    version: str
    running: str


class NotOffered(Code):
    """CCE does not offer the version to this cluster now."""

    key = "no_such_version.not_offered"
    version: str
    running: str
    offered: tuple[str, ...] = ()  # the nearest of them; empty: none is
    paths: tuple[str, ...] = ()  # where paths lead to from what runs, where nothing is offered


class ClusterChanging(Code):
    """CCE is changing the cluster already."""

    key = "in_progress.cluster"
    status: str
    words: str = ""


class ClusterUnavailable(Code):
    """The cluster is in no state to be upgraded."""

    key = "not_available.cluster"
    status: str
    words: str = ""


class WorkflowBusy(Code):
    """A task of the open workflow is at work."""

    key = "in_progress.workflow"
    workflow: str
    course: Reason


class OtherWorkflow(Code):
    """A workflow to another version is open, and a cluster has one at a time."""

    key = "in_progress.other_workflow"
    workflow: str
    version: str


class SeveralWorkflows(Code):
    """More than one workflow is open, so it is not clear which to go on with."""

    key = "in_progress.workflows"
    workflows: tuple[str, ...]


class NothingToRetry(Code):
    """The workflow's upgrade failed, and CCE shows no task that could run again."""

    key = "in_progress.no_task"
    workflow: str


class NotCancellable(Code):
    """The workflow may not be cancelled now."""

    key = "in_progress.not_cancellable"
    workflow: str
    because: Reason


class PointBusy(Code):
    """A point of the workflow is at work."""

    key = "workflow.point_busy"
    point: str
    status: str


class WrongPhase(Code):
    """The workflow's phase allows no cancelling."""

    key = "workflow.phase"
    status: str


class CriticalStage(Code):
    """A stage is not over that may not be broken off."""

    key = "workflow.critical"


class NoWorkflow(Code):
    """A workflow is to be cancelled, and none is open."""

    key = "no_change.no_workflow"


class WorkflowClosed(Code):
    """The workflow that failed is not open any more."""

    key = "changed_meanwhile.workflow_closed"


class WorkflowEnded(Code):
    """The workflow has ended before the step's call."""

    key = "changed_meanwhile.workflow_ended"
    workflow: str
    status: str


class WorkflowElsewhere(Code):
    """The workflow leads to another version than was approved."""

    key = "changed_meanwhile.version"
    workflow: str
    version: str
    wanted: str


class PrecheckChanged(Code):
    """The precheck does not stand as failed any more, or its findings cannot be skipped."""

    key = "changed_meanwhile.precheck"
    workflow: str


class WorkflowTo(Code):
    """An open workflow, as what is there before it is cancelled."""

    key = "value.workflow"
    version: str


class Cancelled(Code):
    """A cancelled workflow."""

    key = "value.cancelled"


class NothingOffered(Code):
    """CCE offers no upgrade now."""

    key = "value.nothing_offered"


class AtOnce(Code):
    """How many nodes are upgraded, and the most of them at once."""

    key = "value.at_once"
    nodes: int | None  # None: nobody told how many there are
    batch: int
    by_pool: bool = False  # whether batches begin small in each pool


class AskedBefore(Code):
    """People say when a step is made."""

    key = "value.asked_before"


class SkippedRisks(Code):
    """What the precheck leaves out: risks, each with the nodes that it is about."""

    key = "value.skipped_risks"
    risks: tuple[str, ...]


class Priorities(Code):
    """What is upgraded first: a higher number goes first."""

    key = "value.priorities"
    told: str


class ByPath(Code):
    """A version that a path of CCE's leads to, and that is not offered to the cluster now."""

    key = "value.by_path"


class Course(Code):
    """Where a workflow leads, and how far it is."""

    key = "value.course"
    version: str
    status: str
    points: tuple[str, ...] = ()


class PrecheckExpired(Code):
    """A precheck has to be made again, since the last one counts no more."""

    key = "plan.precheck_expired"
    at: Moment


class PrecheckRefused(Code):
    """CCE refused the upgrade since the precheck counts no more."""

    key = "refused.precheck_expired"
    words: str
