"""How long an operation takes is the sum of what its steps took before."""

from datetime import timedelta
from typing import Final

import pytest

from bot.core.estimates import SAMPLES_MIN, Estimate, left, whole
from bot.core.operation import Operation, Step
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
        p50=60.0 + 640.0, p90=60.0 + 680.0, last=60.0 + 600.0, samples=5
    )


def test_a_step_that_never_succeeded_before_leaves_nothing_to_say() -> None:
    """A sum without one of its parts is none."""
    operation = upgrading(Step(name="precheck"), Step(name="snapshot"))

    assert whole(operation, TIMES) is None
    assert whole(upgrading(), TIMES) is None


def test_what_is_done_is_not_left() -> None:
    """Only steps that are left count, and of the one under way what has not passed yet."""
    began = NOON + timedelta(seconds=60)
    done = Step(name="precheck", phase="succeeded", started_at=NOON, finished_at=began)
    under_way = Step(name="upgrade", phase="watching", started_at=began)

    found = left(upgrading(done, under_way), TIMES, began + timedelta(seconds=100))

    assert found == Estimate(p50=540.0, p90=580.0, last=500.0, samples=10)


def test_what_takes_longer_than_ever_has_nothing_left() -> None:
    """No step brings time back to the others."""
    under_way = Step(name="precheck", phase="watching", started_at=NOON)
    operation = upgrading(under_way, Step(name="upgrade"))

    found = left(operation, TIMES, NOON + timedelta(hours=1))

    assert found == Estimate(p50=640.0, p90=680.0, last=600.0, samples=5)


@pytest.mark.parametrize("samples", [1, SAMPLES_MIN - 1, SAMPLES_MIN])
def test_shares_are_told_from_five_samples_on(samples: int) -> None:
    """Before that, nobody would believe them twice."""
    times = {"precheck": (5.0,) * samples}

    found = whole(upgrading(Step(name="precheck")), times)

    assert found is not None
    assert found.is_reliable == (samples >= SAMPLES_MIN)
