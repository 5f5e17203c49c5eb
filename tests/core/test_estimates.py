"""How long an operation takes is the sum of what its steps took before."""

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.estimates import SAMPLES_MIN, Estimate, ended_well, errors, whole, within
from bot.core.expectation import Expectation
from bot.core.operation import Operation, Step, Succeeded
from tests.journal.builders import NOON, an_operation

TIMES: Final = {
    "precheck": (60.0,) * 4 + (20.0,),
    "upgrade": tuple(float(600 + 10 * number) for number in range(10)),
}


def upgrading(*steps: Step) -> Operation:
    """Return an operation with these steps."""
    return an_operation().model_copy(update={"steps": steps})


def test_an_operation_takes_what_its_steps_take() -> None:
    """Medians and ninths add up; the step with the fewest samples counts for all."""
    operation = upgrading(Step(name="precheck"), Step(name="upgrade"))

    assert whole(operation, TIMES) == Estimate(
        p50=60.0 + 640.0,
        p90=60.0 + 680.0,
        p95=60.0 + 690.0,
        p99=60.0 + 690.0,
        last=60.0 + 600.0,
        samples=5,
    )


def test_a_step_that_never_succeeded_before_leaves_nothing_to_say() -> None:
    """A sum without one of its parts is none."""
    operation = upgrading(Step(name="precheck"), Step(name="snapshot"))

    assert whole(operation, TIMES) is None
    assert whole(upgrading(), TIMES) is None


@pytest.mark.parametrize("samples", [1, SAMPLES_MIN - 1, SAMPLES_MIN])
def test_shares_are_told_from_five_samples_on(samples: int) -> None:
    """Before that, nobody would believe them twice."""
    times = {"precheck": (5.0,) * samples}

    found = whole(upgrading(Step(name="precheck")), times)

    assert found is not None
    assert found.is_reliable == (samples >= SAMPLES_MIN)


def test_our_own_error_is_told() -> None:
    """By the median of what ended well, and how many of ten were done when nine should be."""
    usual = Estimate(p50=100.0, p90=150.0, last=90.0, samples=9)
    expected = Expectation(usual=usual, since=NOON, moved_at=NOON)

    def ended(seconds: float, **changes: object) -> Operation:
        end = Succeeded(at=NOON + timedelta(seconds=seconds))
        known = {"phase": end, "expected": expected, **changes}
        return upgrading(Step(name="upgrade")).model_copy(update=known)

    few = expected.model_copy(update={"usual": usual.model_copy(update={"samples": 4})})
    known = (ended(110), ended(80), ended(160))
    told = errors(ended_well([*known, ended(999, expected=None), ended(999, expected=few)]))

    assert told == {"median": 0.2, "within_p90": 2 / 3}
    assert errors(ended_well([upgrading(Step(name="upgrade"))])) == {}


@given(
    st.lists(st.lists(st.floats(1, 7_200), min_size=5, max_size=12), min_size=5, max_size=5),
    st.floats(0, 1),
)
def test_five_steps_are_never_late_while_each_is_in_its_usual_time(
    taken: list[list[float]], share: float
) -> None:
    """However long each usually takes, and how far it is: the sum is held against the sum."""
    steps = [Step(name=f"step-{number}") for number in range(5)]
    usual = whole(
        upgrading(*steps), {each.name: past for each, past in zip(steps, taken, strict=True)}
    )
    assert usual is not None
    expected = Expectation(usual=usual, since=NOON, moved_at=NOON)
    most = sum(within(sorted(past), 0.95) for past in taken)
    now = NOON + timedelta(seconds=share * most)
    assert not expected.is_late(now)
    assert not expected.is_stuck(now)
    assert expected.is_late(NOON + timedelta(seconds=usual.late_after + 1))
