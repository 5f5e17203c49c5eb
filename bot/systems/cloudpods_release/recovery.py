"""Finds what a lost call did: a revision that is new, of the right time and content, and alone."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._cloudpods.errors import is_unreachable
from bot.systems._wire.replies import moment
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release.polling import DELETION_FAILED, release_history
from bot.systems.cloudpods_release.reads import find
from bot.systems.cloudpods_release.revisions import contradiction, newer
from bot.systems.cloudpods_release.sending import above
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import DELETING, Revision

_SKEW: Final = timedelta(seconds=60)  # how far the cloud's clock may be behind ours
_DELETION_WORDS: Final = frozenset({DELETING, DELETION_FAILED})


def recover(target: Release, sent: SentStep) -> Flow[Recovery]:
    """Read what the lost call may have begun; adopt it if all of it fits."""
    try:
        match sent.work.step.name:
            case "create":
                return (yield from _recover_creation(target, sent))
            case "delete":
                return (yield from _recover_deletion(target, sent))
            case _:
                return (yield from _recover_revision(target, sent))
    except CloudRefusedError as error:
        if is_unreachable(error.why):
            reason = "Cloudpods does not reach the cluster now"
            return NothingFound(reason=reason, may_be_ours=True)
        raise


def _recover_revision(target: Release, sent: SentStep) -> Flow[Recovery]:
    step = sent.work.step
    rows = yield from release_history(target, step)
    if rows is None:
        return NothingFound(reason=f"Cloudpods does not know the release {target.place} any more")
    fresh = newer(rows, above(step))
    if not fresh:
        return NothingFound(reason=f"the release is still at revision {above(step)}")
    if len(fresh) > 1:
        listed = ", ".join(row.text for row in fresh)
        reason = f"revisions {listed} are new; people must look which is ours"
        return NothingFound(reason=reason, may_be_ours=True)
    row = fresh[0]
    doubt = contradiction(row, step, target.chart_name) or _untimely(row.updated_at, sent)
    if doubt:
        return NothingFound(reason=f"revision {row.number} is new, but {doubt}")
    return Adopted(task=RemoteTask(id=row.text), evidence=_evidence(row, sent))


def _recover_creation(target: Release, sent: SentStep) -> Flow[Recovery]:
    row = yield from find(target)
    if row is None:
        return NothingFound(reason=f"there is no release {target.place} yet")
    doubt = _untimely(moment(row.created_at), sent)
    if not doubt and row.chart and row.chart != target.chart_name:
        doubt = f"it is of chart {row.chart}"
    if doubt:
        return NothingFound(reason=f"release {row.id} is new, but {doubt}")
    evidence = (
        f"there was no release {target.place} before our call, and {row.id} is there now; it was "
        f"made at {row.created_at}, our call was permitted at {_told(sent.permitted_at)}"
    )
    return Adopted(task=RemoteTask(id=row.id), evidence=evidence)


def _recover_deletion(target: Release, sent: SentStep) -> Flow[Recovery]:
    """What was asked for is so: nobody else's deletion would leave anything else."""
    planned = str(sent.work.step.parameters["release_id"])
    row = yield from find(target)
    if row is None:
        evidence = f"release {planned} was there before our call, and is gone now"
        return Adopted(task=RemoteTask(id=planned), evidence=evidence)
    before = sent.work.step.parameters.get("failure")
    if row.id == planned and row.status in _DELETION_WORDS and row.status != before:
        evidence = f"release {planned} was not {row.status} before our call, and is now"
        return Adopted(task=RemoteTask(id=planned), evidence=evidence)
    return NothingFound(reason=f"the release is still there, {plain(row.status) or '?'}")


def _untimely(at: datetime | None, sent: SentStep) -> str:
    """Return why it cannot be said to be of the time of our call; empty where it is."""
    if at is None:
        return "it does not tell when it was made"
    if not sent.permitted_at - _SKEW <= at <= sent.permitted_at + sent.settle:
        return f"it was made at {_told(at)}, too far from our call"
    return ""


def _evidence(row: Revision, sent: SentStep) -> str:
    at = _told(row.updated_at) if row.updated_at else "?"
    return (
        f"the release was at revision {above(sent.work.step)} before our call and is at "
        f"{row.number} now, the only new one; it was made at {at}, our call was permitted at "
        f"{_told(sent.permitted_at)}; its chart and description ({plain(row.description) or '?'}) "
        "fit ours"
    )


def _told(moment_: datetime) -> str:
    return f"{moment_:%H:%M:%S %Z}".strip()
