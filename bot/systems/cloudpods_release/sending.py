"""The mutating calls, and which remote task their answers name.

An answer's 200 is no success: a revision in the history is.
"""

from typing import Final

from bot.core.flow import Call, Flow, Reply
from bot.core.plan import PlannedStep
from bot.core.records import Json
from bot.core.system import RemoteTask, Work
from bot.systems._cloudpods.kubeserver import call
from bot.systems._helm.choice import can_send, sendable
from bot.systems._helm.values import Values
from bot.systems._wire.replies import unreadable
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release import deletions
from bot.systems.cloudpods_release.codes import (
    CallUnknown,
    NewerRevision,
    NoNewRevision,
    UpdateUnderWay,
)
from bot.systems.cloudpods_release.deletions import PURGE
from bot.systems.cloudpods_release.reads import (
    RELEASES,
    check_answer,
    found,
    read_first_values,
    read_history,
    refusal,
    release_path,
    wrapped,
)
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import Revision, Row, parse_one

_FORMS: Final = {"deploy": 2}  # how many calls a step knows; one, where it is not told


def is_old(work: Work) -> bool:
    """Whether the server was seen not to know the upgrade, which is an update there."""
    return "unsupported" in work.declined


def submit(target: Release, work: Work) -> Flow[RemoteTask]:
    """Look whether the release is as it was planned for, then make the call."""
    step = work.step
    doing = f"{step.name} the release"
    if work.declined.count("unsupported") >= _FORMS.get(step.name, 1):
        raise refusal(doing=doing, why=CallUnknown(step=step.name))
    if step.name == "create":
        reply = yield call("POST", RELEASES, wrapped(_created(target, step)))
        return RemoteTask(id=parse_one(Row, reply, doing).id)
    row = yield from found(target)
    if step.name in {"delete", PURGE}:
        return (yield from deletions.begin(target, step, row))
    rows = yield from read_history(target, row.id)
    _check(step, rows, doing)
    request = yield from _change(target, work, row, rows)
    reply = yield request
    number = _revision(target, work, row, reply)
    detail = UpdateUnderWay(newest=str(above(step)), was=plain(row.status)).reason
    return RemoteTask(id=str(number), detail=detail if is_old(work) else None)


def above(step: PlannedStep) -> int:
    """Return the newest revision that the plan was made for."""
    number = step.parameters.get("above")
    return number if isinstance(number, int) else 0


def _check(step: PlannedStep, rows: tuple[Revision, ...], doing: str) -> None:
    """Refuse to build on what was not planned for: others' values would be dropped.

    Raises:
        CloudRefusedError: the newest revision is another one.
    """
    newest = rows[0].number if rows else 0
    if newest != above(step):
        now = str(newest or "")
        raise refusal(doing=doing, why=NewerRevision(revision=now, planned=str(above(step))))


def _change(target: Release, work: Work, row: Row, rows: tuple[Revision, ...]) -> Flow[Call]:
    step = work.step
    if step.name == "rollback":
        options = step.parameters.get("options")
        flags = dict.fromkeys(map(str, options), True) if isinstance(options, list) else {}
        body = wrapped({"revision": step.parameters["revision"], **flags})
        return call("POST", release_path(row.id, "/rollback"), body)
    told: dict[str, Json] = {"release_name": target.release, "version": step.parameters["version"]}
    values = yield from _values(target, step, row, rows)
    if values:
        told["values_json"] = values
    if is_old(work):
        return call("PUT", release_path(row.id), {"chart_name": target.chart, **told})
    return call("POST", release_path(row.id, "/upgrade"), wrapped(told))


def _values(
    target: Release, step: PlannedStep, row: Row, rows: tuple[Revision, ...]
) -> Flow[Values]:
    """Return the whole values with their secrets; none where none are to be sent."""
    if not step.parameters.get("sends_values"):
        return {}
    doing = f"{step.name} the release"
    if can_send(step, target.declared):
        return sendable(step, doing, target.declared)
    shown = yield from read_first_values(target, row, rows)
    return sendable(step, doing, target.declared, shown)


def _created(target: Release, step: PlannedStep) -> dict[str, Json]:
    """Return the body that was planned; where an internal release runs, Cloudpods says."""
    told: dict[str, Json] = {
        "cluster": "" if target.is_internal else target.cluster,
        "namespace": "" if target.is_internal else target.namespace,
        "version": step.parameters["version"],
        "values_json": sendable(step, "create the release", target.created_values),
    }
    others = step.parameters.get("others")
    return {
        "chart_name": target.chart,
        "release_name": target.release,
        **{name: value for name, value in told.items() if value},
        **(others if isinstance(others, dict) else {}),
    }


def _revision(target: Release, work: Work, row: Row, reply: Reply) -> int:
    """Return the revision that the call makes: only an upgrade's own answer tells it for sure."""
    doing = f"{work.step.name} the release"
    made, next_one = check_answer(target, row, reply, doing), above(work.step) + 1
    if work.step.name == "rollback" or is_old(work):
        return next_one
    if made.version < next_one:
        raise unreadable(doing=doing, why=NoNewRevision(revision=str(made.version)))
    return made.version
