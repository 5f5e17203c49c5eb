"""Clusters of CCE, upgraded through their upgrade workflows."""

from typing import ClassVar, Final

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError, Verdict
from bot.core.flow import Flow, Reply
from bot.core.plan import PlanDraft
from bot.core.proof import ErrorForm
from bot.core.records import Asked, Parameters
from bot.core.system import (
    Entry,
    PollResult,
    PrerequisiteSteps,
    Recovery,
    RemoteTask,
    SentStep,
    StatusReport,
    SystemSpec,
    Work,
)
from bot.systems._huawei import errors
from bot.systems._huawei.cce import LIMITS, SERVICE
from bot.systems._wire.text import plain
from bot.systems.cce_cluster import plans, versions
from bot.systems.cce_cluster.codes import NoDowngrade
from bot.systems.cce_cluster.examples import EXAMPLES, SAMPLE
from bot.systems.cce_cluster.polling import look
from bot.systems.cce_cluster.reads import (
    Live,
    facts,
    read_cluster,
    read_live,
    read_tasks,
    read_ways,
    read_workflows,
)
from bot.systems.cce_cluster.recovery import recover
from bot.systems.cce_cluster.sending import submit
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import CLUSTER, Task, Workflow

_RUN_OUT: Final = "CCE.01400075"


class CceCluster:
    """Upgrades a cluster; no API takes that back."""

    spec: ClassVar[SystemSpec[Cluster]] = SystemSpec(
        name="cce-cluster",
        title="CCE cluster",
        connection_kind="huaweicloud",
        services=frozenset({SERVICE}),
        target=Cluster,
        actions=frozenset({"deploy"}),
        no_rollback=NoDowngrade().reason,
        limits=LIMITS,
        source="https://support.huaweicloud.com/intl/en-us/api-cce/cce_02_0344.html",
        examples=EXAMPLES,
        sample=SAMPLE,
    )

    def prepare(self, target: Cluster, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the cluster, what it is offered, and its workflows; say what is to be done."""
        if asked.action != "deploy":
            return _unsupported(asked.action)
        word = asked.parameters.version or ""
        version = versions.parsed(word)
        if version is None:
            return plans.no_version(word)
        try:
            live = yield from read_live(target)
        except CloudRefusedError as error:
            if not errors.is_absent(error):
                raise
            return plans.missing(target)
        if len(live.open) > 1:
            return plans.several(live.open)
        if live.open:
            return (yield from _proceed(target, live, live.open[0], asked.parameters))
        if asked.parameters.way:
            return plans.changed("the workflow that failed is not open any more")
        return (yield from _begin(target, live, versions.written(version)))

    def submit(self, target: Cluster, work: Work) -> Flow[RemoteTask | PrerequisiteSteps]:
        """Make the step's call with the exact versions that the workflow names."""
        return (yield from submit(target, work))

    def watch(self, target: Cluster, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Read the step's task and the points of its workflow."""
        return (yield from look(target, work, task))

    def recover(self, target: Cluster, sent: SentStep) -> Flow[Recovery]:
        """Adopt what is new, of the right time and the only one of its kind."""
        return (yield from recover(target, sent))

    def status(self, target: Cluster) -> Flow[StatusReport]:
        """Read the cluster, what it is offered, and where its upgrade stands."""
        live = yield from read_live(target)
        phase = plain(live.view.status.phase) or "phase unknown"
        return StatusReport(headline=f"{phase} {live.version}".strip(), facts=facts(live))

    def history(self, target: Cluster) -> Flow[tuple[Entry, ...]]:
        """Read the cluster's workflows, newest first."""
        view = yield from read_cluster(target)
        rows = yield from read_workflows(target)
        arrived = (each.uid for each in rows if _has_led_to(each, view.spec.version))
        newest = next(arrived, None)
        return tuple(_entry(each, is_current=each.uid == newest) for each in rows)

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error in one of Huawei's forms, with the way on where a precheck ran out."""
        form = errors.error_form(reply)
        if form is None or form.code != _RUN_OUT:
            return form
        said = f"{form.message}: " if form.message else ""
        advice = "the precheck has run out; ask for the upgrade again, which goes on with a new one"
        return form.model_copy(update={"message": f"{said}{advice}"})

    def verdict(self, reply: Reply) -> Verdict:
        """Return what the answer proves."""
        return errors.verdict(reply)


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
    return plans.proceed(target, live, workflow, given, failed)


def _begin(target: Cluster, live: Live, wanted: str) -> Flow[PlanDraft | Denied]:
    draft = plans.begin(target, live, wanted)
    if isinstance(draft, Denied):
        return draft
    is_told = live.info is not None and not live.info.targets
    ways = (yield from read_ways(target, live.version)) if is_told else ()
    return plans.refused_offer(live, wanted, ways) or draft


def _has_led_to(workflow: Workflow, version: str) -> bool:
    return workflow.phase == "Success" and versions.are_akin(workflow.spec.after, version)


def _entry(workflow: Workflow, *, is_current: bool) -> Entry:
    before, after = workflow.spec.before or "?", workflow.spec.after or "?"
    return Entry(
        revision=after,
        status=plain(workflow.phase) or "phase unknown",
        when=workflow.metadata.created,
        description=f"{before} → {after}",
        is_current=is_current,
    )


def _unsupported(action: str) -> Denied:
    return Denied(
        code="unsupported_action",
        reason=f"Slipway does not {action} clusters",
        way_out="Use CCE's console.",
    )
