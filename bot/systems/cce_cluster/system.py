"""Clusters of CCE, upgraded through their upgrade workflows."""

from collections.abc import Mapping
from typing import ClassVar

from bot.core.codes import Denied
from bot.core.codes.systems import StatusOf
from bot.core.errors import Verdict
from bot.core.flow import Flow, Reply
from bot.core.plan import PlanDraft
from bot.core.proof import ErrorForm
from bot.core.records import Action, Asked
from bot.core.system import (
    Entry,
    Planner,
    PollResult,
    PrerequisiteSteps,
    Questions,
    Recovery,
    RemoteTask,
    SentStep,
    StatusReport,
    SystemSpec,
    Work,
)
from bot.systems._huawei import errors
from bot.systems._huawei.cce import LIMITS, SERVICE, dated
from bot.systems._wire.text import plain
from bot.systems.cce_cluster import planners, plans, versions
from bot.systems.cce_cluster.codes import NoDowngrade
from bot.systems.cce_cluster.examples import EXAMPLES, SAMPLE
from bot.systems.cce_cluster.polling import look
from bot.systems.cce_cluster.questions import QUESTIONS
from bot.systems.cce_cluster.reads import facts, read_cluster, read_live, read_workflows
from bot.systems.cce_cluster.recovery import recover
from bot.systems.cce_cluster.sending import submit
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import Workflow


class CceCluster:
    """Upgrades a cluster; no API takes that back."""

    spec: ClassVar[SystemSpec[Cluster]] = SystemSpec(
        name="cce-cluster",
        title="CCE cluster",
        connection_kind="huaweicloud",
        services=frozenset({SERVICE}),
        target=Cluster,
        identity=lambda target: target.identity,
        actions=frozenset({"deploy"}),
        cancels=True,
        no_rollback=NoDowngrade().reason,
        limits=LIMITS,
        source="https://support.huaweicloud.com/intl/en-us/api-cce/cce_02_0344.html",
        examples=EXAMPLES,
        sample=SAMPLE,
    )

    planners: ClassVar[Mapping[Action, Planner]] = {"deploy": planners.deploy}
    questions: ClassVar[Questions] = QUESTIONS

    def prepare(self, target: Cluster, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the cluster, what it is offered, and its workflows; say what is to be done."""
        return (yield from self.planners[asked.action](target, asked))

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
        headline = StatusOf(status=plain(live.view.status.phase), version=live.version)
        can_cancel = len(live.open) == 1 and plans.not_cancellable(live.open[0]) is None
        return StatusReport(headline=headline.reason, facts=facts(live), can_cancel=can_cancel)

    def history(self, target: Cluster) -> Flow[tuple[Entry, ...]]:
        """Read the cluster's workflows, newest first."""
        view = yield from read_cluster(target)
        rows = yield from read_workflows(target)
        arrived = (each.uid for each in rows if _has_led_to(each, view.spec.version))
        newest = next(arrived, None)
        return tuple(_entry(each, is_current=each.uid == newest) for each in rows)

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error in one of Huawei's forms."""
        return errors.error_form(reply)

    def verdict(self, reply: Reply) -> Verdict:
        """Return what the answer proves."""
        return errors.verdict(reply)


def _has_led_to(workflow: Workflow, version: str) -> bool:
    return workflow.phase == "Success" and versions.are_akin(workflow.spec.after, version)


def _entry(workflow: Workflow, *, is_current: bool) -> Entry:
    before, after = workflow.spec.before or "?", workflow.spec.after or "?"
    return Entry(
        revision=after,
        status=plain(workflow.phase) or "?",
        when=dated(workflow.metadata.created),
        description=f"{before} → {after}",
        is_current=is_current,
    )
