"""Releases of Helm charts through Cloudpods' kubeserver."""

from datetime import timedelta
from typing import ClassVar, assert_never

from bot.core.codes import Denied
from bot.core.errors import Verdict
from bot.core.flow import Flow, Reply
from bot.core.plan import PlanDraft
from bot.core.proof import ErrorForm
from bot.core.records import Asked
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
from bot.systems._cloudpods import errors
from bot.systems._helm.choice import wanted
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release import plans, refusals
from bot.systems.cloudpods_release.examples import EXAMPLES, SAMPLE
from bot.systems.cloudpods_release.plans import Live
from bot.systems.cloudpods_release.polling import watch
from bot.systems.cloudpods_release.reads import (
    SERVICE,
    ambiguous,
    find,
    find_all,
    missing,
    read_first_values,
    read_history,
    read_versions,
)
from bot.systems.cloudpods_release.recovery import recover
from bot.systems.cloudpods_release.remembered_values import as_shown, remembered
from bot.systems.cloudpods_release.revisions import returnable, running
from bot.systems.cloudpods_release.sending import submit
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import Revision


class CloudpodsRelease:
    """Creates, upgrades, rolls back and deletes a release."""

    spec: ClassVar[SystemSpec[Release]] = SystemSpec(
        name="cloudpods-release",
        title="Cloudpods Helm release",
        connection_kind="cloudpods",
        services=frozenset({SERVICE}),
        target=Release,
        actions=frozenset({"create", "deploy", "rollback", "delete"}),
        takes_values=True,
        patience=timedelta(seconds=90),  # kubeserver itself says after 60 that it goes on
        source="https://www.cloudpods.org/",
        examples=EXAMPLES,
        sample=SAMPLE,
    )

    def prepare(self, target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the release with its history, for a deployment the chart's versions as well."""
        there = yield from find_all(target)
        if len(there) > 1:
            return ambiguous(target, there)
        row = there[0] if there else None
        if asked.action == "create":
            if row is not None:
                return refusals.exists(target, row)
            return (yield from _prepare_create(target, asked))
        if row is None:
            return (yield from missing(target))
        refusal = refusals.deleting(row)
        if refusal:
            return refusal
        rows = yield from read_history(target, row.id)
        if asked.action == "delete":
            return plans.delete(target, row, rows)
        refusal = refusals.under_way(row, rows, asked.action)
        return refusal or (yield from _prepare_change(target, Live(row, rows), asked))

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
        """Read the release's revision, chart and status, as Helm has them."""
        row = yield from find(target)
        if row is None:
            return StatusReport(headline="not created yet", facts={"release": target.place})
        rows = yield from read_history(target, row.id)
        shown = running(rows) or (rows[0] if rows else None)
        word = plain(rows[0].status if rows else row.status) or "status unknown"
        version = shown.version(target.chart_name) if shown else ""
        return StatusReport(
            headline=f"{word} {version}".strip(), facts=plans.facts(target, row, rows)
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


def _prepare_create(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    if target.creation is None:
        return Denied(
            code="not_creatable",
            reason="the target has no create template",
            way_out="Add `create: {}` to the target in slipway.yaml.",
        )
    there = yield from read_versions(target)
    if isinstance(there, Denied):
        return there
    version = plans.created_version(target, asked.parameters.version, there)
    if isinstance(version, Denied):
        return version
    return plans.create(target, version, target.created_values)


def _prepare_change(target: Release, live: Live, asked: Asked) -> Flow[PlanDraft | Denied]:
    match asked.action:
        case "deploy":
            return (yield from _prepare_deploy(target, live, asked))
        case "rollback":
            return _prepare_rollback(target, live, asked)
        case "create" | "delete" | "restart" | "start" | "stop" | "scale":
            return Denied(
                code="unsupported_action",
                reason=f"Cloudpods does not {asked.action} releases",
                way_out="Set a value of the chart instead: /deploy <target> key=value.",
            )
        case _:
            assert_never(asked.action)


def _prepare_deploy(target: Release, live: Live, asked: Asked) -> Flow[PlanDraft | Denied]:
    given, present = asked.parameters, running(live.rows)
    if present is None:
        return refusals.nothing_runs(live.newest)
    refusal = refusals.not_upgradable(target, live.row)
    if refusal:
        return refusal
    there = (yield from read_versions(target)) if given.version else None
    if isinstance(there, Denied):
        return there
    version = plans.version_to_pin(target, present, given.version, there)
    if isinstance(version, Denied):
        return version
    shown = yield from read_first_values(target, live.row, live.rows)
    known = remembered(asked.past, live.row.id, present, target.chart_name)
    known = known or as_shown(shown, present)
    values = wanted(target.declared, given.values, known, shown)
    if isinstance(values, Denied):
        return values
    return plans.deploy(target, live, version, known, values, given.values)


def _prepare_rollback(target: Release, live: Live, asked: Asked) -> PlanDraft | Denied:
    back = plans.chosen(live.rows, asked.parameters.revision)
    if isinstance(back, Denied):
        return back
    present = running(live.rows)
    known, then = (
        remembered(asked.past, live.row.id, row, target.chart_name) if row else None
        for row in (present, back)
    )
    return plans.rollback(target, live, back, known, then)


def _entry(row: Revision, *, is_current: bool, can_return: bool) -> Entry:
    told = f"{row.chart}: {row.description}" if row.description else row.chart
    return Entry(
        revision=row.text,
        status=plain(row.status),
        when=plain(row.updated),
        description=plain(told),
        is_current=is_current,
        can_return=can_return,
    )
