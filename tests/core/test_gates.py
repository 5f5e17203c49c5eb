"""Several gates: who counts at which of them."""

from itertools import permutations, product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import events as ev
from bot.core.errors import IllegalEventError
from bot.core.gates import placed, stood_at
from bot.core.lifecycle import transition
from bot.core.operation import Operation, Quorum
from tests.core.builders import PLACES, led
from tests.journal.builders import ANN, BOB, NOON

NAMES: Final = ("ops", "security", "data")
NEEDED: Final = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 2), min_size=1)
FITS: Final = st.lists(st.sets(st.sampled_from(NAMES)), max_size=5)


@given(NEEDED, FITS)
def test_as_many_count_as_can(needed: dict[str, int], fits: list[set[str]]) -> None:
    """No other way to place the same people would place more of them; none stands where not fit."""
    stands = placed(needed, fits)
    for gate, person in zip(stands, fits, strict=True):
        assert gate is None or gate in person
    assert all(stands.count(gate) <= most for gate, most in needed.items())
    assert len(fits) - stands.count(None) == _most(needed, fits)


def _most(needed: dict[str, int], fits: list[set[str]]) -> int:
    """Return how many can be placed, by trying every way."""
    best = 0
    for choice in product(*([*sorted(each & needed.keys()), None] for each in fits)):
        if all(choice.count(gate) <= most for gate, most in needed.items()):
            best = max(best, len(choice) - choice.count(None))
    return best


@given(NEEDED, FITS)
def test_who_counts_goes_on_counting(needed: dict[str, int], fits: list[set[str]]) -> None:
    """A later approval takes nobody's place: who stood somewhere still stands somewhere."""
    for length in range(len(fits)):
        before, after = placed(needed, fits[:length]), placed(needed, fits[: length + 1])
        for was, now in zip(before, after, strict=False):
            assert was is None or now is not None


def gated(*gates: Quorum) -> Operation:
    """Return a planned operation that these gates hold."""
    wanted = gates or (Quorum(gate="ops", needed=1), Quorum(gate="security", needed=1))
    total = sum(each.needed for each in wanted)
    return PLACES["planned"]().model_copy(update={"gates": wanted, "approvals_needed": total})


def approved(operation: Operation, by: str, *gates: str) -> ev.ApprovalGiven:
    """Return the approval of somebody who can open these."""
    return ev.ApprovalGiven(at=NOON, by=by, digest=operation.plan.digest, gates=gates)


@pytest.mark.parametrize("order", list(permutations((0, 1))))
def test_the_order_of_presses_does_not_matter(order: tuple[int, int]) -> None:
    """Ann can open both, Bob one: both presses open both gates, whoever comes first."""
    operation = gated()
    presses = (approved(operation, ANN, "ops", "security"), approved(operation, BOB, "ops"))
    first = led(operation, presses[order[0]])
    assert first.phase.kind == "awaiting_approval"
    both = led(first, presses[order[1]])
    assert both.phase.kind == "queued"
    at = dict(zip((each.by for each in both.approvals), stood_at(both), strict=True))
    assert at == {ANN: "security", BOB: "ops"}


def test_an_open_gate_takes_no_more() -> None:
    """A second person of an open gate brings nothing further, and is not counted."""
    operation = gated()
    first = led(operation, approved(operation, ANN, "ops"))
    with pytest.raises(IllegalEventError):
        transition(first, approved(operation, BOB, "ops"))
    assert led(first, approved(operation, BOB, "security")).phase.kind == "queued"
