"""What an upgrade reads of a cluster, and the plan that comes of it."""

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.plan import PlanDraft
from bot.core.records import Asked, Parameters
from bot.systems._huawei import errors
from bot.systems._wire.text import plain
from bot.systems.cce_cluster import plans, versions
from bot.systems.cce_cluster.codes import (
    NoClusterVersion,
    NoSuchCluster,
    NoWorkflow,
    SeveralWorkflows,
    WorkflowClosed,
)
from bot.systems.cce_cluster.reads import Live, read_live, read_node_names, read_tasks, read_ways
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import CLUSTER, Task, Workflow


def deploy(target: Cluster, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan a whole upgrade, or what is left of the one whose workflow is open."""
    word = asked.parameters.version or ""
    version = versions.parsed(word)
    closes = asked.parameters.way == plans.CANCEL and not word
    if version is None and not closes:
        return Denied.of(NoClusterVersion(version=plain(word, 60)))
    try:
        live = yield from read_live(target)
    except CloudRefusedError as error:
        if not errors.is_absent(error):
            raise
        return Denied.of(NoSuchCluster(cluster=target.id, flavour=target.flavour))
    if len(live.open) > 1:
        return Denied.of(SeveralWorkflows(workflows=tuple(each.uid for each in live.open)))
    if live.open:
        return (yield from _proceed(target, live, live.open[0], asked.parameters))
    if version is None:
        return Denied.of(NoWorkflow())
    if asked.parameters.way:
        return Denied.of(WorkflowClosed())
    return (yield from _begin(target, live, plans.build(live, versions.written(version))))


def _proceed(
    target: Cluster, live: Live, workflow: Workflow, given: Parameters
) -> Flow[PlanDraft | Denied]:
    point = workflow.point(CLUSTER)
    failed: Task | None = None
    if point.status == "Failed":
        tasks = yield from read_tasks(target, "upgrade")
        newest = sorted(tasks, key=lambda each: each.metadata.created, reverse=True)
        fitting = [each for each in newest if point.task in {"", each.uid}]
        failed = next((each for each in fitting if each.phase == "Failed"), None)
    names = (yield from read_node_names(target)) if given.way == plans.SKIP else {}
    return plans.proceed(target, live, workflow, given, failed, names)


def _begin(target: Cluster, live: Live, wanted: str) -> Flow[PlanDraft | Denied]:
    draft = plans.begin(target, live, wanted)
    if isinstance(draft, Denied):
        return draft
    is_told = live.info is not None and not live.info.targets
    ways = (yield from read_ways(target, live.version)) if is_told else ()
    return plans.refused_offer(live, wanted, ways) or draft
