"""Releases of Helm charts in a CCE cluster, standard or Autopilot."""

from collections.abc import Mapping
from typing import ClassVar

from bot.core.codes import Denied
from bot.core.codes.systems import NotCreatedYet, StatusOf
from bot.core.errors import Verdict
from bot.core.flow import Flow, Reply
from bot.core.plan import PlanDraft, PlannedStep
from bot.core.proof import ErrorForm
from bot.core.records import Action, Asked
from bot.core.system import (
    Entry,
    Planner,
    PollResult,
    Questions,
    Recovery,
    RemoteTask,
    SentStep,
    StatusReport,
    SystemSpec,
    Work,
)
from bot.systems._helm import resources
from bot.systems._huawei import errors
from bot.systems._huawei.cce import LIMITS, SERVICE, dated
from bot.systems._wire.replies import parse
from bot.systems._wire.text import plain
from bot.systems.cce_release import planners, plans
from bot.systems.cce_release.examples import EXAMPLES, SAMPLE
from bot.systems.cce_release.options import OPTIONS
from bot.systems.cce_release.polling import watch_deletion, watch_revision
from bot.systems.cce_release.questions import QUESTIONS
from bot.systems.cce_release.reads import (
    Absent,
    call,
    facts,
    find_release,
    own,
    read_history,
    release_path,
    releases_path,
)
from bot.systems.cce_release.recovery import deletion, recover
from bot.systems.cce_release.sending import changed, created, values_of
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import ReleaseView


class CceRelease:
    """Creates, upgrades, rolls back and deletes a release."""

    spec: ClassVar[SystemSpec[Release]] = SystemSpec(
        name="cce-release",
        title="CCE Helm release",
        connection_kind="huaweicloud",
        services=frozenset({SERVICE}),
        target=Release,
        identity=lambda target: target.identity,
        created_version=lambda target: target.created_version,
        actions=frozenset({"create", "deploy", "rollback", "delete"}),
        takes_values=True,
        options=OPTIONS,
        limits=LIMITS,
        source="https://support.huaweicloud.com/intl/en-us/api-cce/",
        examples=EXAMPLES,
        sample=SAMPLE,
    )

    planners: ClassVar[Mapping[Action, Planner]] = {
        "create": planners.create,
        "deploy": planners.deploy,
        "rollback": planners.rollback,
        "delete": planners.delete,
    }
    questions: ClassVar[Questions] = QUESTIONS

    def prepare(self, target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the release and the charts, for a rollback its revisions; say what would change."""
        return (yield from self.planners[asked.action](target, asked))

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
                request = call("POST", releases_path(target), created(target, step))
            case _:
                values = yield from values_of(target, step)
                request = call("PUT", release_path(target), changed(target, step, values))
        reply = yield request
        return RemoteTask(id=str(_made(target, step, reply)))

    def watch(self, target: Release, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Read the release once, and its revisions where ours is not the newest any more."""
        if work.step.name == "delete":
            return (yield from watch_deletion(target, work))
        return (yield from watch_revision(target, int(task.id)))

    def recover(self, target: Release, sent: SentStep) -> Flow[Recovery]:
        """Adopt the revision that is new, of the right time and content, and the only one."""
        return (yield from recover(target, sent))

    def status(self, target: Release) -> Flow[StatusReport]:
        """Read the release's status, chart and revision, with its objects in the cluster."""
        view = yield from find_release(target, shows_resources=True)
        if isinstance(view, Absent):
            return StatusReport(headline=NotCreatedYet().reason, facts={"release": target.place})
        headline = StatusOf(status=plain(view.status).lower(), version=view.chart_version)
        shown = {**facts(view), **resources.facts(resources.objects_in(view.resources))}
        return StatusReport(headline=headline.reason, facts=shown)

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
        when=dated(row.update_at or row.create_at),
        description=told,
        is_current=is_current,
        can_return=can_return,
    )
