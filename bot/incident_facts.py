"""What journal and slipway.yaml know of the changes that may have caused an incident."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Final, NamedTuple

from bot.core.codes import Reason, Value
from bot.core.incidents import Incident
from bot.core.operation import Failed, Operation, Stalled, Succeeded, Uncertain
from bot.core.records import Moment, OperationId, TargetName
from bot.core.suspects import Candidate, Kind, Outcome, Place, Ranking, Undoing, rank
from bot.core.target import Target
from bot.journal import Journal

LATEST: Final = 50  # operations of each target that are looked through
QUIET: Final = timedelta(hours=24)  # that what is gone back to ran without an incident
SAMPLES_MIN: Final = 5  # from which on something is called slow
LAST_TEN: Final = 10
TROUBLES: Final = 2
_NEARNESS: Final[tuple[Place, ...]] = ("own", "host", "sibling")


def ranking(
    journal: Journal, targets: Mapping[str, Target], incident: Incident, window: timedelta
) -> Ranking:
    """Return the changes to the incident's targets and their neighbours, most suspect first."""
    onset = incident.onset
    found: list[Candidate] = []
    for name, place in neighbourhood(targets, incident.targets).items():
        carried = _carried(targets, name) if place == "host" else 1
        operations = journal.operations.recent(LATEST, name)
        found += _candidates(operations, place, onset - window, carried)
    return rank(found, onset, incident.opened_at)


class Cause(NamedTuple):
    """The change that was taken back, and its place among the suspects, from 1."""

    operation: OperationId
    rank: int


def cause_of(journal: Journal, incident: Incident, found: Ranking) -> Cause | None:
    """Return the change of its targets that was taken back last while it was open.

    A neighbour's counts where it was taken back in the incident's channel. A cause that was no
    suspect counts as one behind the last.
    """
    causes: list[tuple[Moment, OperationId]] = []
    asked = journal.operations.followed_in(incident.channel) if incident.channel else ()
    there, own = {each.id for each in asked}, set(incident.targets)
    for name in dict.fromkeys((*incident.targets, *(each.target for each in asked))):
        recent = journal.operations.recent(LATEST, name)
        for number, back in enumerate(recent):
            if name not in own and back.id not in there:
                continue
            undone = taken_back(back, recent[number + 1 :])
            if undone and back.finished_at and back.finished_at >= incident.opened_at:
                causes.append((back.finished_at, undone[-1].id))
    if not causes:
        return None
    cause = max(causes)[1]
    names = [each.candidate.operation for each in found.suspects]
    return Cause(cause, names.index(cause) + 1 if cause in names else len(names) + 1)


def neighbourhood(
    targets: Mapping[str, Target], own: Sequence[TargetName]
) -> dict[TargetName, Place]:
    """Return what stands near the targets *own*, themselves included; each at its nearest."""
    near: dict[TargetName, Place] = dict.fromkeys(own, "own")
    mine = [targets[name] for name in own if name in targets]
    for other in targets.values():
        places = {place for each in mine if (place := _place(other, each)) is not None}
        nearest = next((each for each in _NEARNESS if each in places), None)
        if nearest is not None and other.name not in near:
            near[other.name] = nearest
    return near


def _place(other: Target, own: Target) -> Place | None:
    """Return how *other* stands to *own*; None: they share nothing that slipway.yaml states."""
    if other.connection != own.connection or other.name == own.name:
        return None
    if (cluster := _of(other, "cluster_id")) and cluster == _of(own, "cluster_id"):
        is_cluster = not _of(other, "release") and not _of(other, "component_id")
        return "host" if is_cluster else "sibling"
    if (application := _of(other, "application_id")) and application == _of(own, "application_id"):
        return "sibling"
    where = _of(other, "cluster"), _of(other, "namespace")
    is_near = all(where) and where == (_of(own, "cluster"), _of(own, "namespace"))
    return "sibling" if is_near else None


def _of(target: Target, setting: str) -> str:
    return str(getattr(target.settings, setting, None) or "")


def _carried(targets: Mapping[str, Target], name: str) -> int:
    """Return how many targets stand on the cluster *name*, itself included."""
    cluster = _of(targets[name], "cluster_id")
    return sum(_of(each, "cluster_id") == cluster for each in targets.values())


def _candidates(
    operations: Sequence[Operation], place: Place, since: Moment, carried: int
) -> Iterator[Candidate]:
    """Yield those that may have caused it; of the incident's own, the last one at any age."""
    sent = [each for each in operations if may_have_changed(each)]
    for number, operation in enumerate(sent):
        ended = ended_at(operation)
        is_last_of_own = place == "own" and number == 0
        if ended is None or ended >= since or is_last_of_own:
            yield _candidate(operation, sent, number, place, carried)


def may_have_changed(operation: Operation) -> bool:
    """Whether something may have left: proved "not executed" is none."""
    phase = operation.phase
    return operation.was_sent and not (isinstance(phase, Failed) and phase.code == "not_executed")


def _candidate(
    operation: Operation, sent: Sequence[Operation], number: int, place: Place, carried: int
) -> Candidate:
    earlier, later = sent[number + 1 :], sent[:number]
    plan = operation.plan
    return Candidate(
        operation=operation.id,
        target=operation.target,
        place=place,
        kind=_kind(operation),
        action=operation.action,
        begun=begun_at(operation),
        ended=ended_at(operation),
        outcome=_outcome(operation),
        before=plan.before,
        after=plan.after,
        carries=carried,
        changes_several=_changes_several(operation),
        values=len(operation.parameters.values),
        before_it=next((ended_at(each) for each in earlier), None),
        is_slow=_is_slow(operation, earlier),
        cut_corners=_cuts_corners(operation),
        approved_alone=any(each.by == operation.requester for each in operation.approvals),
        known_bad=_known_bad(operation, earlier),
        is_often_trouble=_is_often_trouble(earlier, sent),
        undone=_undone(operation, sent),
        replaced=_replaced(operation, later),
        is_back_to_quiet=_is_back_to_quiet(operation, earlier),
    )


def _cuts_corners(operation: Operation) -> bool:
    """Whether it passed what held others: an incident's freeze, or all that the glass keeps."""
    return operation.incident is not None or operation.break_glass is not None


def begun_at(operation: Operation) -> Moment:
    """Return when its first call was permitted."""
    started = [each.started_at for each in operation.steps if each.started_at is not None]
    return min(started, default=operation.created_at)


def ended_at(operation: Operation) -> Moment | None:
    """Return its end, or the last proof that it moved; None: it runs."""
    if isinstance(operation.phase, Stalled | Uncertain):
        return operation.phase.since
    return operation.finished_at


def _outcome(operation: Operation) -> Outcome:
    match operation.phase.kind:
        case "succeeded" | "failed" | "stalled" | "uncertain" as ended:
            return ended
        case _:
            return "running"


def _kind(operation: Operation) -> Kind:
    plan = operation.plan
    match operation.action:
        case "restart" | "start":
            return "restart"
        case "scale":
            before, after = _number(plan.before), operation.parameters.replicas
            fewer = before is not None and after is not None and after < before
            return "scale_down" if fewer else "scale_up"
        case "deploy":
            is_same = plan.before == plan.after and not operation.parameters.values
            return "same" if is_same else "content"
        case _:
            return "content"


def _number(value: Value) -> int | None:
    """Return the number that *value* tells, as "2" or as "2 replicas"."""
    words = [str(each) for each in value.params.values()] if isinstance(value, Reason) else [value]
    return next((int(each) for each in words if each.isdecimal()), None)


def _changes_several(operation: Operation) -> bool:
    plan, parameters = operation.plan, operation.parameters
    changed = (
        operation.action == "deploy" and plan.before != plan.after,
        bool(parameters.values),
        parameters.replicas is not None,
    )
    return sum(changed) > 1


def _is_slow(operation: Operation, earlier: Sequence[Operation]) -> bool:
    """Whether it took longer than nineteen in twenty of its kind before."""
    own = _length(operation)
    known = [
        length
        for each in earlier
        if each.action == operation.action
        and isinstance(each.phase, Succeeded)
        and (length := _length(each)) is not None
    ]
    if own is None or len(known) < SAMPLES_MIN:
        return False
    return own > sorted(known)[ceil(0.95 * len(known)) - 1]


def _length(operation: Operation) -> timedelta | None:
    ended = ended_at(operation)
    return None if ended is None else ended - begun_at(operation)


def taken_back(back: Operation, earlier: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return the changes that the rollback *back* undid, newest first, of those *earlier*.

    Each down to the first one after what it went back to: that is the cause, if it is one.
    Nothing where the journal does not tell which that was.
    """
    if back.action != "rollback" or not isinstance(back.phase, Succeeded):
        return ()
    undone: list[Operation] = []
    for each in (one for one in earlier if _kind(one) == "content"):
        if each.plan.after == back.plan.after and isinstance(each.phase, Succeeded):
            return tuple(undone)
        undone.append(each)
        if back.rollback_of == each.id or each.plan.before == back.plan.after:
            return tuple(undone)
    return ()


def _undoings(sent: Sequence[Operation]) -> Iterator[tuple[OperationId, Operation]]:
    """Yield each change that was undone with what undid it, the earliest rollback first."""
    for number, back in reversed(tuple(enumerate(sent))):
        for each in taken_back(back, sent[number + 1 :]):
            yield each.id, back


def _undone(operation: Operation, sent: Sequence[Operation]) -> Undoing | None:
    back = next((back for undone, back in _undoings(sent) if undone == operation.id), None)
    if back is None or not isinstance(back.phase, Succeeded):
        return None
    return Undoing(operation=back.id, at=back.phase.at)


def _is_often_trouble(earlier: Sequence[Operation], sent: Sequence[Operation]) -> bool:
    """Whether two of the ten changes before it were undone."""
    undone = {each for each, _ in _undoings(sent)}
    return sum(each.id in undone for each in earlier[:LAST_TEN]) >= TROUBLES


def _replaced(operation: Operation, later: Sequence[Operation]) -> Undoing | None:
    """Return the first change of the same thing after it that succeeded."""
    if _kind(operation) != "content":
        return None
    found = (
        Undoing(operation=each.id, at=each.phase.at)
        for each in reversed(later)
        if isinstance(each.phase, Succeeded) and _kind(each) == "content"
    )
    return next(found, None)


def _known_bad(operation: Operation, earlier: Sequence[Operation]) -> Moment | None:
    """Return when its version was rolled back from before, the last time."""
    if operation.action == "rollback":
        return None
    bad = {each.id for each in earlier if each.plan.after == operation.plan.after}
    back = [each.finished_at for undone, each in _undoings(earlier) if undone in bad]
    return back[-1] if back else None


def _is_back_to_quiet(operation: Operation, earlier: Sequence[Operation]) -> bool:
    """Whether it goes back to what ran for a day before something replaced it."""
    if operation.action != "rollback":
        return False
    content = [each for each in earlier if _kind(each) == "content"]
    for number, each in enumerate(content):
        if number and each.plan.after == operation.plan.after and isinstance(each.phase, Succeeded):
            return begun_at(content[number - 1]) - each.phase.at >= QUIET
    return False
