"""Releases of Helm charts in a CCE cluster, standard or Autopilot."""

from typing import Any, ClassVar, assert_never

from bot.core.codes import Denied
from bot.core.errors import Verdict
from bot.core.flow import Flow, Reply
from bot.core.plan import PlanDraft, PlannedStep
from bot.core.proof import ErrorForm
from bot.core.records import Asked, PastStep
from bot.core.system import (
    Entry,
    PollResult,
    Recovery,
    RemoteTask,
    SentStep,
    StatusReport,
    SystemSpec,
    Work,
)
from bot.systems._helm.choice import can_send, kept, maker, recorded_values, sendable, wanted
from bot.systems._helm.values import Values
from bot.systems._huawei import errors
from bot.systems._huawei.cce import LIMITS, SERVICE
from bot.systems._wire.replies import parse
from bot.systems._wire.text import plain
from bot.systems.cce_release import plans
from bot.systems.cce_release.examples import EXAMPLES, SAMPLE
from bot.systems.cce_release.polling import watch_deletion, watch_revision
from bot.systems.cce_release.reads import (
    Absent,
    call,
    facts,
    find_release,
    own,
    read_chart,
    read_charts,
    read_history,
    read_release,
    release_path,
    releases_path,
)
from bot.systems.cce_release.recovery import deletion, recover
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import Chart, ReleaseView


class CceRelease:
    """Creates, upgrades, rolls back and deletes a release."""

    spec: ClassVar[SystemSpec[Release]] = SystemSpec(
        name="cce-release",
        title="CCE Helm release",
        connection_kind="huaweicloud",
        services=frozenset({SERVICE}),
        target=Release,
        actions=frozenset({"create", "deploy", "rollback", "delete"}),
        takes_values=True,
        limits=LIMITS,
        source="https://support.huaweicloud.com/intl/en-us/api-cce/",
        examples=EXAMPLES,
        sample=SAMPLE,
    )

    def prepare(self, target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the release and the charts, for a rollback its revisions; say what would change."""
        view = yield from find_release(target)
        if asked.action == "create":
            if isinstance(view, ReleaseView):
                return plans.exists(target, view)
            return (yield from _prepare_create(target, asked))
        if isinstance(view, Absent):
            return plans.missing(target, view.told)
        refusal = plans.under_way(view, asked.action)
        return refusal or (yield from _prepare_change(target, view, asked))

    def submit(self, target: Release, work: Work) -> Flow[RemoteTask]:
        """Make the step's call; the revision that it makes is the remote task.

        The release is read first where a secret has to be sent that only CCE shows.
        """
        step = work.step
        match step.name:
            case "delete":
                yield call("DELETE", release_path(target))
                return deletion(str(step.parameters["present"]))
            case "create":
                request = call("POST", releases_path(target), _created(target, step))
            case _:
                values = yield from _values(target, step)
                request = call("PUT", release_path(target), _changed(target, step, values))
        reply = yield request
        return RemoteTask(id=str(_made(target, step, reply)))

    def watch(self, target: Release, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Read the release once, and its revisions where ours is not the newest any more."""
        step = work.step
        if step.name == "delete":
            present, status = _present(step), str(step.parameters["status"])
            return (yield from watch_deletion(target, present, status))
        return (yield from watch_revision(target, int(task.id)))

    def recover(self, target: Release, sent: SentStep) -> Flow[Recovery]:
        """Adopt the revision that is new, of the right time and content, and the only one."""
        return (yield from recover(target, sent))

    def status(self, target: Release) -> Flow[StatusReport]:
        """Read the release's status, chart and revision."""
        view = yield from read_release(target)
        if view is None:
            name = f"{target.namespace}/{target.release}"
            return StatusReport(headline="not created yet", facts={"release": name})
        word = plain(view.status).lower() or "status unknown"
        return StatusReport(headline=f"{word} {view.chart_version}".strip(), facts=facts(view))

    def history(self, target: Release) -> Flow[tuple[Entry, ...]]:
        """Read the release's revisions, newest first."""
        rows = yield from read_history(target)
        if not rows:
            return ()
        there = plans.returnable(rows[0], rows)
        return tuple(
            _entry(row, is_current=row is rows[0], can_return=row in there) for row in rows
        )

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error where the body is in one of Huawei's forms."""
        return errors.error_form(reply)

    def verdict(self, reply: Reply) -> Verdict:
        """Return what the answer proves; a release that is busy waits its turn."""
        return errors.verdict(reply)


def _prepare_create(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    template = target.creation
    if template is None:
        return Denied(
            code="not_creatable",
            reason="the target has no create template",
            way_out="Add `create: {}` to the target in slipway.yaml.",
        )
    chart = yield from _chart(target, asked.parameters.version or template.version)
    if isinstance(chart, Denied):
        return chart
    return plans.create(target, chart, target.created_values)


def _prepare_change(target: Release, view: ReleaseView, asked: Asked) -> Flow[PlanDraft | Denied]:
    match asked.action:
        case "deploy":
            return (yield from _prepare_deploy(target, view, asked))
        case "rollback":
            return (yield from _prepare_rollback(target, view, asked))
        case "delete":
            return plans.delete(view)
        case "create" | "restart" | "start" | "stop" | "scale":
            return Denied(
                code="unsupported_action",
                reason=f"Slipway does not {asked.action} Helm releases",
                way_out="Set the chart's own values for that: /deploy <target> replicas=3",
            )
        case _:
            assert_never(asked.action)


def _prepare_deploy(target: Release, view: ReleaseView, asked: Asked) -> Flow[PlanDraft | Denied]:
    given = asked.parameters
    if given.version is None and not given.values:
        return Denied(
            code="usage",
            reason="neither a version nor a value was named",
            way_out="Name the chart's version, or set a value: key=value.",
        )
    made_by = _maker(asked, view)
    values = wanted(target.declared, given.values, made_by, view.whole_values)
    if isinstance(values, Denied):
        return values
    chart = yield from _chart(target, given.version or view.chart_version)
    if isinstance(chart, Denied):
        return chart
    before = recorded_values(made_by) or view.shown
    return plans.deploy(view, chart, values, before, given.values)


def _prepare_rollback(target: Release, view: ReleaseView, asked: Asked) -> Flow[PlanDraft | Denied]:
    rows = yield from read_history(target)
    revision = asked.parameters.revision
    if revision is None:
        back = plans.previous(view, rows)
        if back is None:
            return plans.no_previous_revision()
    else:
        there = {row.revision: row for row in plans.returnable(view, rows)}
        if revision not in there:
            return plans.no_such_revision(revision, view, rows)
        back = there[revision]
    charts = yield from read_charts(target)
    needed = f"revision {back.version}"
    chart = plans.chart_at(charts, back.chart_name, back.chart_version, is_needed_for=needed)
    if isinstance(chart, Denied):
        return chart
    return plans.rollback(view, back, chart, kept(_maker(asked, back)))


def _maker(asked: Asked, view: ReleaseView) -> PastStep | None:
    """Return the step of ours that made this revision; one of another chart did not."""
    step = maker(asked.past, view.revision)
    is_its = step is not None and step.parameters.get("chart_version") == view.chart_version
    return step if is_its else None


def _chart(target: Release, version: str | None) -> Flow[Chart | Denied]:
    """Find the chart to install: the configured one, or its like of another version."""
    name = target.chart
    if target.chart_id is not None:
        configured = yield from read_chart(target, target.chart_id)
        if configured is None:
            return plans.no_such_chart(target.chart_id)
        if version in {None, configured.version}:
            return configured
        name = configured.name
    if version is None:
        return Denied(
            code="usage",
            reason="neither the command nor the create template names a version",
            way_out="Name the chart's version.",
        )
    charts = yield from read_charts(target)
    return plans.chart_at(charts, name, version)


def _values(target: Release, step: PlannedStep) -> Flow[Values]:
    """Return the values to send, whole, with their secrets; none where none are to be sent."""
    if not step.parameters.get("sends_values"):
        return {}
    doing = f"{step.name} the release"
    if can_send(step, target.declared):
        return sendable(step, doing, target.declared)
    view = yield from read_release(target)
    is_present = view is not None and view.version == step.parameters["present"]
    return sendable(step, doing, target.declared, view.shown if view and is_present else None)


def _changed(target: Release, step: PlannedStep, values: Values) -> dict[str, Any]:
    parameters = target.parameters.body
    if "release_version" in step.parameters:
        parameters["release_version"] = step.parameters["release_version"]
    return {
        "chart_id": step.parameters["chart_id"],
        "action": step.parameters["action"],
        "parameters": parameters,
        "values": values,
    }


def _created(target: Release, step: PlannedStep) -> dict[str, Any]:
    template = target.creation
    told = {"description": template.description} if template and template.description else {}
    return {
        "chart_id": step.parameters["chart_id"],
        "name": target.release,
        "namespace": target.namespace,
        "version": step.parameters["chart_version"],
        "values": sendable(step, "create the release", target.created_values),
        "parameters": (template.parameters if template else target.parameters).body,
        **told,
    }


def _made(target: Release, step: PlannedStep, reply: Reply) -> int:
    """Return the revision that the call made: the answer may still show the one before."""
    view = own(target, parse(ReleaseView, reply, f"{step.name} the release"))
    return max(view.version, _present(step) + 1)


def _present(step: PlannedStep) -> int:
    present = step.parameters.get("present", 0)
    return present if isinstance(present, int) else 0


def _entry(row: ReleaseView, *, is_current: bool, can_return: bool) -> Entry:
    told = f"{row.chart}: {row.words}" if row.words else row.chart
    return Entry(
        revision=row.revision,
        status=plain(row.status),
        when=row.update_at or row.create_at,
        description=told,
        is_current=is_current,
        can_return=can_return,
    )
