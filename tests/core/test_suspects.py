"""Suspects: the worked examples of the rule, and what always holds of a ranking."""

from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.suspects import (
    Candidate,
    Ranking,
    Undoing,
    clauses,
    rank,
    version_step,
)
from tests.journal.builders import NOON, an_id

ONSET: Final = NOON
NUMBERS: Final = {"A": 1, "B": 2, "C": 3, "D": 4}


def a(name: str, target: str, minutes: float | None, **known: Any) -> Candidate:
    """Return a change that ended so many minutes before the onset; None: it ran then."""
    ended = None if minutes is None else ONSET - timedelta(minutes=minutes)
    begun = (ended or ONSET) - timedelta(minutes=1)
    usual = {"place": "own", "kind": "content", "action": "deploy", "begun": begun, "ended": ended}
    outcome = "succeeded" if ended else "running"
    quiet = known.pop("days", None)
    if quiet is not None:
        known["before_it"] = begun - timedelta(days=quiet)
    named = {"operation": an_id(NUMBERS[name]), "target": target, "outcome": outcome}
    return Candidate(**{**usual, **named, **known})


def at(minutes: float, name: str) -> Undoing:
    """Return what undid or replaced a change so long before the onset."""
    return Undoing(operation=an_id(NUMBERS[name]), at=ONSET - timedelta(minutes=minutes))


def scores(ranking: Ranking) -> list[tuple[str, int]]:
    """Return the order with its scores."""
    names = {an_id(number): name for name, number in NUMBERS.items()}
    return [(names[each.candidate.operation], each.score) for each in ranking.suspects]


WORKED: Final[dict[str, tuple[list[Candidate], list[tuple[str, int]]]]] = {
    "1 plain": (
        [
            a("A", "checkout", 4, before="1.4.0", after="1.4.1", days=2),
            a("B", "checkout", 2, kind="restart", action="restart"),
            a("C", "billing", 7, place="sibling", before="1.0.0", after="1.0.1"),
        ],
        [("A", 70), ("C", 52), ("B", 43)],
    ),
    "2 nearest is innocent": (
        [
            a("A", "search", 40, values=6, days=20),
            a("B", "search", 4, kind="scale_up", action="scale"),
        ],
        [("A", 58), ("B", 42)],
    ),
    "3 beneath": (
        [
            a("A", "edge", None, place="host", carries=5, days=60),
            a("B", "search", 20, before="2.3", after="2.4"),
        ],
        [("A", 80), ("B", 60)],
    ),
    "4 undone": (
        [
            a("A", "checkout", 40, before="1.9.3", after="2.0.0", undone=at(20, "B")),
            a(
                "B",
                "checkout",
                20,
                action="rollback",
                before="2.0.0",
                after="1.9.3",
                is_back_to_quiet=True,
            ),
            a("C", "billing", None, place="sibling"),
        ],
        [("C", 64), ("B", 50), ("A", 25)],
    ),
    "5 at night": (
        [
            a(
                "A",
                "payments",
                9,
                before="3.1.1",
                after="3.2",
                outcome="stalled",
                cut_corners=True,
            ),
            a("B", "payments", 24, values=1),
            a("C", "payments", 404, before="3.0", after="3.1", replaced=at(100, "D")),
        ],
        [("A", 82), ("B", 57), ("C", 29)],
    ),
    "6 nothing near": (
        [a("A", "checkout", 8 * 1440), a("B", "checkout", -7)],
        [("A", 30)],
    ),
}


@pytest.mark.parametrize("name", WORKED)
def test_the_worked_examples(name: str) -> None:
    """Each of the rule's six comes out in its order, with its points."""
    candidates, wanted = WORKED[name]
    assert scores(rank(candidates, ONSET)) == wanted


def test_what_is_later_than_the_onset_is_listed_apart() -> None:
    """Two minutes are the clocks'; after that it is no cause, and has no score."""
    candidates, _ = WORKED["6 nothing near"]
    ranking = rank(candidates, ONSET)
    assert [each.operation for each in ranking.after] == [an_id(2)]
    assert not ranking.stands_out
    close = a("A", "checkout", -1).model_copy(update={"begun": ONSET + timedelta(minutes=2)})
    assert len(rank([close], ONSET).suspects) == 1


def test_what_began_after_the_opening_is_no_cause() -> None:
    """Our own clock tells that: the way back of an incident is none of its suspects."""
    back = a("A", "checkout", -1, action="rollback").model_copy(
        update={"begun": ONSET + timedelta(seconds=20)}
    )
    assert rank([back], ONSET, ONSET).suspects == ()
    early = ONSET + timedelta(seconds=30)  # the monitor's clock is behind
    assert len(rank([back], ONSET, early).suspects) == 1


def test_three_gains_and_every_deduction_are_told() -> None:
    """What weighs most is said, and what speaks against it."""
    candidates, _ = WORKED["4 undone"]
    ranking = rank(candidates, ONSET)
    last = ranking.suspects[-1]
    assert [each.feature for each in last.told] == ["SF-1", "SF-2", "SF-3", "SF-9"]
    assert [each.band for each in ranking.suspects] == ["possible", "possible", "weak"]


def test_a_storm_of_restarts_is_one_line() -> None:
    """Repeated restarts of one target stand together, with their highest score."""
    storm = [
        a(name, "checkout", minutes, kind="restart", action="restart")
        for name, minutes in (("A", 50), ("B", 10), ("C", 3))
    ]
    [line] = rank(storm, ONSET).suspects
    assert (line.times, line.candidate.operation) == (3, an_id(3))


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("1.9.3", "2.0.0", "major"),
        ("2.0.0", "1.9.3", "major"),
        ("v1.30", "v1.31", "minor"),
        ("3.1.1", "3.2", "minor"),
        ("1.4.0", "1.4.1", ""),
        ("latest", "1.0", ""),
        ("", "1.0", ""),
    ],
)
def test_steps_of_versions(before: str, after: str, step: str) -> None:
    """Steps count in both directions; what is no version has none."""
    assert version_step(before, after) == step


PLACES: Final = st.sampled_from(["own", "host", "sibling"])
KINDS: Final = st.sampled_from(["content", "scale_down", "restart", "scale_up", "same"])
OUTCOMES: Final = st.sampled_from(["succeeded", "failed", "stalled", "uncertain"])


@st.composite
def some(draw: st.DrawFn) -> list[Candidate]:
    """Draw changes that may have caused it."""
    return [
        a(
            name,
            draw(st.sampled_from(["checkout", "billing"])),
            draw(st.floats(0, 3000)),
            place=draw(PLACES),
            kind=draw(KINDS),
            outcome=draw(OUTCOMES),
            is_back_to_quiet=draw(st.booleans()),
        )
        for name in draw(st.sets(st.sampled_from(sorted(NUMBERS)), min_size=1))
    ]


@given(some(), st.randoms())
def test_shuffled_input_gives_the_same_list(candidates: list[Candidate], random: Any) -> None:
    """The order is the rule's alone, and listing one twice changes nothing."""
    shuffled = [*candidates, *candidates]
    random.shuffle(shuffled)
    assert rank(shuffled, ONSET) == rank(candidates, ONSET)


@given(some())
def test_an_unrelated_change_reorders_nothing(candidates: list[Candidate]) -> None:
    """Another candidate takes a place, and leaves all others in their order."""
    first, *rest = candidates
    alone = [each.candidate.operation for each in rank(rest, ONSET).suspects]
    other = first.model_copy(update={"target": "elsewhere"})
    both = [each.candidate.operation for each in rank([other, *rest], ONSET).suspects]
    assert [each for each in both if each != first.operation] == alone


@given(some(), st.floats(0, 3000))
def test_a_smaller_gap_never_lowers_a_score(candidates: list[Candidate], nearer: float) -> None:
    """What is nearer, and otherwise the same, is no less suspect."""
    first = candidates[0]
    assert first.ended is not None
    gap = (ONSET - first.ended).total_seconds() / 60
    moved = first.model_copy(update={"ended": ONSET - timedelta(minutes=min(gap, nearer))})
    far, near = (sum(each.points for each in clauses(each_, ONSET)) for each_ in (first, moved))
    assert near >= far


@given(some())
def test_the_clauses_are_the_score(candidates: list[Candidate]) -> None:
    """What is said is what counts: nothing else adds to it, and it is never below 0."""
    for each in rank(candidates, ONSET).suspects:
        assert each.score == max(0, sum(clause.points for clause in each.clauses))
        assert 0 <= each.score <= 100
