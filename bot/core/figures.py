"""Figures: how often targets change, how well that goes, and how long it takes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final, Literal, TypeAlias

from pydantic import ConfigDict

from bot.core.codes import Value
from bot.core.estimates import errors, within
from bot.core.expectation import Expectation
from bot.core.records import Action, Moment, OperationId, Record, TargetName

TOP: Final = 3  # places that people look at
BUCKETS_MAX: Final = 16  # into which the days of a report are divided
_DAY: Final = timedelta(days=1)
_SECONDS_OF_DAY: Final = _DAY.total_seconds()

Scope: TypeAlias = Literal["all", "policy", "target"]


class _Part(Record):
    """What is read of an operation's record, whichever version wrote it; the rest is left."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PastPhase(_Part):
    """How it ended, and when."""

    kind: str
    at: Moment | None = None


class PastApproval(_Part):
    """When somebody approved it."""

    at: Moment


class PastTry(_Part):
    """When a step was first sent."""

    attempt: int = 0
    started_at: Moment | None = None


class PastAsked(_Part):
    """What was asked for, as far as that tells what kind of change it is."""

    way: str | None = None


class PastPlan(_Part):
    """What it led from, and to."""

    before: Value = ""
    after: Value = ""


class Past(_Part):
    """An operation as figures need it."""

    id: OperationId
    target: TargetName
    policy: str
    action: Action
    created_at: Moment
    phase: PastPhase
    parameters: PastAsked = PastAsked()
    plan: PastPlan = PastPlan()
    rollback_of: OperationId | None = None
    approvals: tuple[PastApproval, ...] = ()
    steps: tuple[PastTry, ...] = ()
    expected: Expectation | None = None

    @property
    def begun(self) -> Moment | None:
        """When its first permit was granted."""
        sent = [each.started_at for each in self.steps if each.attempt and each.started_at]
        return min(sent, default=None)

    @property
    def succeeded_at(self) -> Moment | None:
        """When it succeeded."""
        return self.phase.at if self.phase.kind == "succeeded" else None

    @property
    def is_deployment(self) -> bool:
        """Whether it brought a version out, well or not; what closes an upgrade does not."""
        has_ended = self.phase.kind in {"succeeded", "failed"}
        is_one = self.action == "deploy" and self.parameters.way != "cancel"
        return is_one and has_ended and self.begun is not None


class Spread(Record):
    """Within how many seconds half of them were, and nine in ten."""

    p50: float
    p90: float
    samples: int


class Bucket(Record):
    """The deployments of one day in UTC, or of some days in a row."""

    since: Moment  # midnight
    days: int = 1
    deployments: int
    bad: int  # of these failed, or were rolled back


class Ranks(Record):
    """Where those changes stood among the suspects of an incident that were rolled back in it."""

    incidents: int
    first: int  # how often at the top
    within_three: int  # how often among the first three
    median: int
    mean: float

    @property
    def hit_at_1(self) -> float:
        """The share that stood at the top."""
        return self.first / self.incidents

    @property
    def hit_at_3(self) -> float:
        """The share that stood among the first three."""
        return self.within_three / self.incidents


class Figures(Record):
    """What is measured of one target, of those of a policy, or of all."""

    deployments: int = 0
    failed: int = 0
    rolled_back: int = 0
    per_day: float = 0.0
    bad_share: float | None = None  # that failed or was rolled back; None: there were none
    lead: Spread | None = None  # from the wish to the success
    approval: Spread | None = None  # from when it could be read to the last approval
    running: Spread | None = None  # from the first permit to the success
    restore: Spread | None = None  # from a bad deployment's end to the next success
    error: float | None = None  # of our estimates: the median share that it took more or less
    within_p90: float | None = None  # the share that was done when nine in ten should be
    buckets: tuple[Bucket, ...] = ()


class Report(Record):
    """Figures of all, a policy or a target over some days, and of the parts of it."""

    scope: Scope
    name: str = ""
    days: int
    since: Moment
    until: Moment
    whole: Figures
    policies: tuple[tuple[str, Figures], ...] = ()
    targets: tuple[tuple[str, Figures], ...] = ()
    ranks: Ranks | None = None
    is_cut: bool = False  # there were more operations than were read


def figures(
    past: Sequence[Past], readable: Mapping[OperationId, Moment], since: datetime, until: datetime
) -> Figures:
    """Return what is measured of *past*, the newest first.

    *readable* says since when each could be approved.
    """
    mine: dict[str, list[Past]] = {}
    for each in past:
        mine.setdefault(each.target, []).append(each)
    taken_back = {name for each in past for name in _undone(each, mine[each.target])}
    deployed = [each for each in past if each.is_deployment]
    failed = [each for each in deployed if each.succeeded_at is None]
    rolled_back = [each for each in deployed if each.id in taken_back and each.succeeded_at]
    bad = {each.id for each in (*failed, *rolled_back)}
    days = max(1.0, (until - since).total_seconds() / _SECONDS_OF_DAY)
    known = errors(
        (each.expected, each.succeeded_at) for each in past if each.expected and each.succeeded_at
    )
    return Figures(
        deployments=len(deployed),
        failed=len(failed),
        rolled_back=len(rolled_back),
        per_day=round(len(deployed) / days, 2),
        bad_share=len(bad) / len(deployed) if deployed else None,
        lead=_spread((each.created_at, each.succeeded_at) for each in deployed),
        approval=_spread(_waited(each, readable) for each in past if each.approvals),
        running=_spread((each.begun, each.succeeded_at) for each in deployed),
        restore=_spread(
            (each.phase.at, _restored(each, mine[each.target]))
            for each in deployed
            if each.id in bad
        ),
        error=known.get("median"),
        within_p90=known.get("within_p90"),
        buckets=_buckets(deployed, bad, since, until),
    )


def ranked(places: Sequence[int]) -> Ranks | None:
    """Return where the causes stood, by their places from 1; None: of none it is known."""
    if not places:
        return None
    median = sorted(places)[ceil(len(places) / 2) - 1]
    return Ranks(
        incidents=len(places),
        first=sum(each == 1 for each in places),
        within_three=sum(each <= TOP for each in places),
        median=median,
        mean=sum(places) / len(places),
    )


def _undone(back: Past, mine: Sequence[Past]) -> Sequence[OperationId]:
    """Return what the rollback *back* took back, newest first: all down to what it went back to.

    Where *mine* does not tell how far that is, none is named.
    """
    if back.action != "rollback" or back.succeeded_at is None:
        return ()
    earlier = (
        each
        for each in mine  # the newest first
        if each.is_deployment and each.created_at < back.created_at
    )
    found: list[OperationId] = []
    for each in earlier:
        if each.plan.after == back.plan.after and each.succeeded_at:
            return found
        found.append(each.id)
        if back.rollback_of == each.id or each.plan.before == back.plan.after:
            return found
    return ()


def _waited(each: Past, readable: Mapping[OperationId, Moment]) -> tuple[Moment, Moment]:
    last = max(given.at for given in each.approvals)
    return min(readable.get(each.id, each.created_at), last), last


def _restored(bad: Past, mine: Sequence[Past]) -> Moment | None:
    """Return when its target ran well again: by a rollback of it, or by anything newer."""
    after = [
        each.succeeded_at
        for each in mine
        if each.action in {"deploy", "rollback"}
        and each.succeeded_at
        and bad.phase.at
        and each.succeeded_at > bad.phase.at
    ]
    return min(after, default=None)


def _spread(times: Iterable[tuple[Moment | None, Moment | None]]) -> Spread | None:
    lengths = sorted(
        (end - begin).total_seconds()
        for begin, end in times
        if begin is not None and end is not None
    )
    if not lengths:
        return None
    return Spread(p50=within(lengths, 0.5), p90=within(lengths, 0.9), samples=len(lengths))


def _buckets(
    deployed: Iterable[Past], bad: set[OperationId], since: datetime, until: datetime
) -> tuple[Bucket, ...]:
    last = _midnight(until)
    days = (last - _midnight(since)) // _DAY + 1
    width = ceil(days / BUCKETS_MAX)
    count = ceil(days / width)
    first = last - _DAY * (width * count - 1)  # the last of them ends with today
    placed: list[list[Past]] = [[] for _ in range(count)]
    for each in deployed:
        if each.phase.at is not None and since <= each.phase.at <= until:
            placed[(each.phase.at - first) // (_DAY * width)].append(each)
    return tuple(
        Bucket(
            since=first + _DAY * width * number,
            days=width,
            deployments=len(those),
            bad=sum(each.id in bad for each in those),
        )
        for number, those in enumerate(placed)
    )


def _midnight(at: datetime) -> datetime:
    """Return when the day of *at* began in UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
