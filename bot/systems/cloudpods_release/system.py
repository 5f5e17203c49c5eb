"""Releases of Helm charts through Cloudpods' kubeserver."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from bot.core.codes import Denied, Value
from bot.core.codes.systems import NotCreatedYet, StatusOf
from bot.core.errors import CloudError, Verdict
from bot.core.flow import Flow, Reply
from bot.core.plan import PlanDraft
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
from bot.systems._cloudpods import errors
from bot.systems._cloudpods.kubeserver import SERVICE
from bot.systems._helm import resources
from bot.systems._wire.text import plain
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release import plans
from bot.systems.cloudpods_release.examples import EXAMPLES, SAMPLE
from bot.systems.cloudpods_release.planners import OPTIONS, PLANNERS
from bot.systems.cloudpods_release.polling import watch
from bot.systems.cloudpods_release.questions import QUESTIONS
from bot.systems.cloudpods_release.reads import find, read_history, read_shown
from bot.systems.cloudpods_release.recovery import recover
from bot.systems.cloudpods_release.revisions import returnable, running
from bot.systems.cloudpods_release.sending import submit
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import Revision


class CloudpodsRelease:
    """Creates, upgrades, rolls back and deletes a release."""

    planners: ClassVar[Mapping[Action, Planner]] = PLANNERS
    questions: ClassVar[Questions] = QUESTIONS
    spec: ClassVar[SystemSpec[Release]] = SystemSpec(
        name="cloudpods-release",
        title="Cloudpods Helm release",
        connection_kind="cloudpods",
        services=frozenset({SERVICE}),
        target=Release,
        identity=lambda target: target.identity,
        created_version=lambda target: target.created_version,
        actions=frozenset(PLANNERS),
        takes_values=True,
        options=OPTIONS,
        patience=timedelta(seconds=90),  # kubeserver itself says after 60 that it goes on
        source="https://www.cloudpods.org/",
        examples=EXAMPLES,
        sample=SAMPLE,
    )

    def prepare(self, target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the release with its history, for a deployment the chart's versions as well."""
        return (yield from self.planners[asked.action](target, asked))

    def submit(self, target: Release, work: Work) -> Flow[RemoteTask]:
        """Make the step's call; the revision that it makes is the remote task.

        A server that was seen not to know the upgrade is sent an update in its place.
        """
        return (yield from submit(target, work))

    def watch(self, target: Release, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Look for our revision in the history; for a creation or deletion, at the release."""
        return (yield from watch(target, work, task))

    def recover(self, target: Release, sent: SentStep) -> Flow[Recovery]:
        """Adopt the revision that is new, of the right time and content, and the only one."""
        return (yield from recover(target, sent))

    def status(self, target: Release) -> Flow[StatusReport]:
        """Read the release's revision, chart and status, as Helm has them, and its objects."""
        row = yield from find(target)
        if row is None:
            place = {"release": verbatim(target.place)}
            return StatusReport(headline=NotCreatedYet().reason, facts=place)
        rows = yield from read_history(target, row.id)
        shown = running(rows) or (rows[0] if rows else None)
        headline = StatusOf(
            status=plain(rows[0].status if rows else row.status),
            version=shown.version(target.chart_name) if shown else "",
        )
        live = yield from _live_part(target, row.id)
        return StatusReport(
            headline=headline.reason, facts={**plans.facts(target, row, rows), **live}
        )

    def history(self, target: Release) -> Flow[tuple[Entry, ...]]:
        """Read the release's revisions, newest first."""
        row = yield from find(target)
        if row is None:
            return ()
        rows = yield from read_history(target, row.id)
        present, there = running(rows), returnable(rows)
        return tuple(
            _entry(each, is_current=each is present, can_return=each in there) for each in rows
        )

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error where the body is in Cloudpods' form."""
        return errors.error_form(reply)

    def verdict(self, reply: Reply) -> Verdict:
        """Return what the answer proves; the text of a 500 decides, and a 403 may be a token."""
        return errors.verdict(reply)


def _live_part(target: Release, release_id: str) -> Flow[dict[str, Value]]:
    """Read the release's objects; none while Cloudpods does not reach the cluster.

    Its pods are all those of the namespace: Cloudpods cannot tell them apart.
    """
    try:
        shown = yield from read_shown(target, release_id)
    except CloudError:
        return {}
    pods = {plain(name): plain(str(status)) for name, status in (shown.pods_status or {}).items()}
    told = resources.facts(resources.objects_in(shown.resources), pods)
    return {"pods_in_namespace" if name == "pods" else name: value for name, value in told.items()}


def _entry(row: Revision, *, is_current: bool, can_return: bool) -> Entry:
    told = f"{row.chart}: {row.description}" if row.description else row.chart
    return Entry(
        revision=row.text,
        status=plain(row.status),
        when=row.updated_at.isoformat() if row.updated_at else plain(row.updated),
        description=verbatim(told),
        is_current=is_current,
        can_return=can_return,
    )
