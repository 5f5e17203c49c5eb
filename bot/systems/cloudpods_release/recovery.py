"""Finds what a lost call did: a revision that is new, of the right time and content, and alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.core.codes import Code, Reason
from bot.core.codes.systems import Differs, NotThere
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._cloudpods.errors import is_unreachable
from bot.systems._helm.codes import (
    ReleaseUnknown,
    RevisionContradicted,
    RevisionIsOurs,
    SeveralRevisions,
    StillAtRevision,
    Untimed,
    Untimely,
)
from bot.systems._wire.replies import moment
from bot.systems._wire.text import plain
from bot.systems._wire.timing import is_in_window
from bot.systems.cloudpods_release.codes import ClusterAway, ReleaseContradicted, ReleaseIsOurs
from bot.systems.cloudpods_release.deletions import recover_deletion
from bot.systems.cloudpods_release.polling import release_history
from bot.systems.cloudpods_release.reads import find
from bot.systems.cloudpods_release.revisions import contradiction, newer
from bot.systems.cloudpods_release.sending import above
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import Revision, Row

_UNTIMED: Final = Untimed().reason


def recover(target: Release, sent: SentStep) -> Flow[Recovery]:
    """Read what the lost call may have begun; adopt it if all of it fits."""
    try:
        match sent.work.step.name:
            case "create":
                return (yield from _recover_creation(target, sent))
            case "delete" | "purge":
                return (yield from recover_deletion(target, sent))
            case _:
                return (yield from _recover_revision(target, sent))
    except CloudRefusedError as error:
        if is_unreachable(error.why):
            return NothingFound(reason=ClusterAway().reason, may_be_ours=True)
        raise


def _recover_revision(target: Release, sent: SentStep) -> Flow[Recovery]:
    step = sent.work.step
    rows = yield from release_history(target, step)
    if rows is None:
        return _nothing(ReleaseUnknown(release=target.place))
    fresh = newer(rows, above(step))
    if not fresh:
        return _nothing(StillAtRevision(revision=str(above(step))))
    if len(fresh) > 1:
        several = SeveralRevisions(revisions=tuple(row.text for row in fresh))
        return NothingFound(reason=several.reason, may_be_ours=True)
    return _judged(target, sent, fresh)


def _judged(target: Release, sent: SentStep, fresh: Sequence[Revision]) -> Recovery:
    """Adopt the one new revision, if nothing speaks against it."""
    row, made = fresh[0], fresh[0].updated_at
    against = contradiction(row, sent.work.step, target.chart_name) or _untimely(made, sent)
    if against or made is None:
        return _nothing(RevisionContradicted(revision=row.text, by=against or _UNTIMED))
    evidence = RevisionIsOurs(
        revision=row.text,
        before=str(above(sent.work.step)),
        made=made,
        permitted=sent.permitted_at,
        words=plain(row.description),
    )
    return Adopted(task=RemoteTask(id=row.text), evidence=evidence.reason)


def _recover_creation(target: Release, sent: SentStep) -> Flow[Recovery]:
    row = yield from find(target)
    if row is None:
        return _nothing(NotThere(thing="release", name=target.place))
    return _judged_creation(target, sent, row)


def _judged_creation(target: Release, sent: SentStep, row: Row) -> Recovery:
    made = moment(row.created_at)
    against = _untimely(made, sent) or _other_chart(target, row)
    if against or made is None:
        return _nothing(ReleaseContradicted(id=row.id, by=against or _UNTIMED))
    evidence = ReleaseIsOurs(place=target.place, id=row.id, made=made, permitted=sent.permitted_at)
    return Adopted(task=RemoteTask(id=row.id), evidence=evidence.reason)


def _nothing(why: Code) -> NothingFound:
    return NothingFound(reason=why.reason)


def _untimely(made: datetime | None, sent: SentStep) -> Reason | None:
    """Return why it cannot be said to be of the time of our call, if it cannot."""
    if made is None:
        return _UNTIMED
    return None if is_in_window(made, sent) else Untimely(at=made).reason


def _other_chart(target: Release, row: Row) -> Reason | None:
    if not row.chart or row.chart == target.chart_name:
        return None
    return Differs(what="chart", theirs=row.chart, ours=target.chart_name).reason
