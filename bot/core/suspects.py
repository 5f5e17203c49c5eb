"""Suspects: which changes may have caused an incident, ranked by named features.

Points are no probability, and nearest in time is a lead, no verdict: a person presses. A clause and
its points are made by one function, so what is said is what counts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeAlias

from bot.core.codes import Code, Value
from bot.core.codes import suspects as say
from bot.core.records import Moment, OperationId, Record, TargetName

RULE: Final = 1  # the version of the features and their points
TOLERANCE: Final = timedelta(minutes=2)  # as far as clocks of others may differ
SHOWN: Final = 5
AFTER_SHOWN: Final = 5  # changes after the onset that are named; the rest is counted
STRONG, POSSIBLE = 65, 40

Place: TypeAlias = Literal["own", "host", "sibling"]
Kind: TypeAlias = Literal["content", "scale_down", "restart", "scale_up", "same"]
Outcome: TypeAlias = Literal["succeeded", "failed", "stalled", "uncertain", "running"]
Band: TypeAlias = Literal["strong", "possible", "weak"]

_NEAR: Final = ((5, 40), (15, 34), (30, 27), (60, 20), (120, 13), (360, 8), (1440, 4))  # minutes
_QUIET_KINDS: Final = frozenset({"restart", "scale_up", "same"})  # those that change no content
_FOLDED: Final = frozenset({"restart", "scale_up", "scale_down"})
_NUMBERS: Final = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")


class Undoing(Record):
    """A later operation that undid or replaced the change."""

    operation: OperationId
    at: Moment


class Candidate(Record):
    """A change of which something was sent, and what the journal knows around it."""

    operation: OperationId
    target: TargetName
    place: Place
    kind: Kind
    action: str
    begun: Moment  # its first permit
    ended: Moment | None = None  # or the last proof of activity; None: it runs
    outcome: Outcome = "succeeded"
    before: Value = ""
    after: Value = ""
    carries: int = 1  # targets that stand on it, itself included
    changes_several: bool = False  # of version, values and scale
    values: int = 0
    before_it: Moment | None = None  # when the target was changed last before
    is_slow: bool = False
    cut_corners: bool = False
    approved_alone: bool = False
    known_bad: Moment | None = None  # when its version was rolled back from before
    is_often_trouble: bool = False
    undone: Undoing | None = None
    replaced: Undoing | None = None
    is_back_to_quiet: bool = False

    def ran_at(self, moment: Moment) -> bool:
        """Whether it had begun and not ended."""
        return self.ended is None or self.ended > moment


class Clause(NamedTuple):
    """One feature: its points, and what is said of it."""

    feature: str
    points: int
    says: Code


class Suspect(Record):
    """A candidate with its score, and why."""

    candidate: Candidate
    clauses: tuple[Clause, ...]
    times: int = 1  # how many of its kind it stands for

    @property
    def score(self) -> int:
        """The sum of its clauses, at least 0."""
        return max(0, sum(each.points for each in self.clauses))

    @property
    def band(self) -> Band:
        """What the score is called: there are no percentages."""
        if self.score >= STRONG:
            return "strong"
        return "possible" if self.score >= POSSIBLE else "weak"

    @property
    def told(self) -> tuple[Clause, ...]:
        """The three weightiest clauses, and every deduction."""
        gains = sorted((each for each in self.clauses if each.points > 0), key=lambda c: -c.points)
        return (*gains[:3], *(each for each in self.clauses if each.points < 0))


class Ranking(Record):
    """The candidates before the onset, in order, and those after it, which are not scored."""

    onset: Moment
    suspects: tuple[Suspect, ...] = ()
    after: tuple[Candidate, ...] = ()

    @property
    def stands_out(self) -> bool:
        """Whether any is more than weak."""
        return bool(self.suspects) and self.suspects[0].band != "weak"


def rank(
    candidates: Iterable[Candidate], onset: Moment, opened_at: Moment | None = None
) -> Ranking:
    """Return *candidates* in the order in which people should look at them.

    The onset is told by another clock, so what began a little later may have come before; what
    began after the incident was *opened_at*, by our own clock, did not.
    """
    known = tuple({each.operation: each for each in candidates}.values())
    latest = onset + TOLERANCE
    earlier = [
        each
        for each in known
        if each.begun <= latest and (opened_at is None or each.begun < opened_at)
    ]
    scored = [Suspect(candidate=each, clauses=clauses(each, onset)) for each in earlier]
    later = sorted((each for each in known if each not in earlier), key=_began)
    ordered = sorted(_folded(scored), key=lambda each: _order(each, onset))
    return Ranking(onset=onset, suspects=tuple(ordered), after=tuple(later))


def clauses(candidate: Candidate, onset: Moment) -> tuple[Clause, ...]:
    """Return what speaks for and against *candidate*."""
    return tuple(
        Clause(feature, points, says)
        for feature, found in _FEATURES.items()
        for points, says in found(candidate, onset)
        if points
    )


def version_step(before: Value, after: Value) -> Literal["major", "minor", ""]:
    """Return how far two versions are apart; "" for less, and for what is no version."""
    if not isinstance(before, str) or not isinstance(after, str):
        return ""
    found = [_NUMBERS.match(each) for each in (before, after)]
    if found[0] is None or found[1] is None:
        return ""
    old, new = ([int(part or 0) for part in each.groups()] for each in found if each)
    if old[0] != new[0]:
        return "major"
    return "minor" if old[1] != new[1] else ""


_Found: TypeAlias = Iterator[tuple[int, Code]]


def _near(candidate: Candidate, onset: Moment) -> _Found:
    runs = candidate.ran_at(onset)
    gap = timedelta() if runs or candidate.ended is None else onset - candidate.ended
    points = next((each for most, each in _NEAR if gap <= timedelta(minutes=most)), 0)
    says = say.RanAtOnset() if runs else say.EndedBefore(gap=gap.total_seconds())
    yield (points // 2 if candidate.kind in _QUIET_KINDS else points), says


def _place(candidate: Candidate, _: Moment) -> _Found:
    match candidate.place:
        case "own":
            yield 20, say.OnTarget(target=candidate.target)
        case "host":
            yield 14, say.Beneath(target=candidate.target)
        case "sibling":
            yield 8, say.Beside(target=candidate.target)


def _kind(candidate: Candidate, _: Moment) -> _Found:
    match candidate.kind:
        case "content":
            yield (
                10,
                say.ContentChanged(
                    action=candidate.action, before=candidate.before, after=candidate.after
                ),
            )
        case "scale_down":
            yield 7, say.ScaledDown()
        case "restart":
            yield 3, say.Restarted()
        case "scale_up":
            yield 2, say.ScaledUp()
        case "same":
            yield 1, say.SameAgain()


def _breadth(candidate: Candidate, _: Moment) -> _Found:
    step = version_step(candidate.before, candidate.after)
    if candidate.carries >= 3:  # noqa: PLR2004 - as the rule has it, like all figures here
        yield 5, say.CarriesMany(targets=candidate.carries)
    elif candidate.changes_several:
        yield 5, say.SeveralThings()
    elif step == "major":
        yield 5, say.MajorStep()
    elif step == "minor":
        yield 3, say.MinorStep()
    elif candidate.values >= 5:  # noqa: PLR2004
        yield 3, say.ManyValues(values=candidate.values)


def _rarity(candidate: Candidate, _: Moment) -> _Found:
    if candidate.before_it is None:
        return
    days = (candidate.begun - candidate.before_it).days
    if days >= 14:  # noqa: PLR2004
        yield 5, say.FirstChange(days=days)
    elif days >= 3:  # noqa: PLR2004
        yield 3, say.FirstChange(days=days)


def _outcome(candidate: Candidate, onset: Moment) -> _Found:
    if candidate.outcome in {"failed", "stalled", "uncertain"}:
        yield 10, say.EndedBadly(phase=candidate.outcome)
    elif candidate.ran_at(onset):
        yield 6, say.StillRan()
    elif candidate.is_slow:
        yield 4, say.Slow()


def _corners(candidate: Candidate, _: Moment) -> _Found:
    if candidate.cut_corners:
        yield 5, say.CutCorners()
    elif candidate.approved_alone:
        yield 3, say.ApprovedAlone()


def _record(candidate: Candidate, _: Moment) -> _Found:
    if candidate.known_bad is not None:
        yield 5, say.KnownBad(version=candidate.after, at=candidate.known_bad)
    elif candidate.is_often_trouble:
        yield 3, say.OftenTrouble()


def _undone(candidate: Candidate, onset: Moment) -> _Found:
    """Yield the largest deduction alone."""
    undone, replaced = candidate.undone, candidate.replaced
    if undone is not None and undone.at <= onset:
        yield -30, say.UndoneBefore(at=undone.at, operation=undone.operation)
    elif candidate.is_back_to_quiet:
        yield -12, say.BackToQuiet()
    elif replaced is not None and replaced.at <= onset:
        yield -8, say.ReplacedBefore(at=replaced.at, operation=replaced.operation)


_FEATURES: Final[dict[str, Callable[[Candidate, Moment], _Found]]] = {
    "SF-1": _near,
    "SF-2": _place,
    "SF-3": _kind,
    "SF-4": _breadth,
    "SF-5": _rarity,
    "SF-6": _outcome,
    "SF-7": _corners,
    "SF-8": _record,
    "SF-9": _undone,
}


def _folded(found: Sequence[Suspect]) -> Iterator[Suspect]:
    """Let restarts of one target, or scaling again and again, be one line with its best score."""

    def key(each: Suspect) -> tuple[str, str, str]:
        kind = each.candidate.kind
        alone = "" if kind in _FOLDED else each.candidate.operation
        return each.candidate.target, kind, alone

    for _, group in groupby(sorted(found, key=key), key=key):
        several = sorted(group, key=lambda each: (-each.score, each.candidate.operation))
        yield several[0].model_copy(update={"times": len(several)})


def _order(suspect: Suspect, onset: Moment) -> tuple[int, float, str]:
    """Order by score, then by the later end, then by id."""
    candidate = suspect.candidate
    runs = candidate.ended is None or candidate.ran_at(onset)
    end = onset if runs or candidate.ended is None else candidate.ended
    return -suspect.score, -end.timestamp(), candidate.operation


def _began(candidate: Candidate) -> tuple[Moment, OperationId]:
    return candidate.begun, candidate.operation
