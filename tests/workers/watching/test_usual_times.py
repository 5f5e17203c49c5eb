"""What steps took before, asked once for each that has a history."""

from collections.abc import Iterable

from bot.core.expectation import SAMPLES_MIN, Estimate, Expectation
from bot.core.operation import Operation, Running, Step
from bot.core.records import Action, TargetName
from tests.journal.builders import NOON, an_operation
from workers.watching.usual_times import UsualTimes

USUAL = Estimate(p50=60.0, p90=80.0, last=60.0, samples=SAMPLES_MIN)


class Times:
    """Steps that took a minute and a half, and who asked for them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def of(
        self, target: TargetName, action: Action, steps: Iterable[str]
    ) -> dict[str, tuple[float, ...]]:
        """Return the same for every step."""
        self.asked.append((target, action, *steps))
        return dict.fromkeys(self.asked[-1][2:], (90.0,) * SAMPLES_MIN)


def watched(*names: str, step: int = 0, is_expected: bool = True) -> Operation:
    """Return an operation of these steps, of which one is watched."""
    expected = Expectation(usual=USUAL, since=NOON, moved_at=NOON) if is_expected else None
    return an_operation().model_copy(
        update={
            "phase": Running(step=step, stage="watching"),
            "steps": tuple(Step(name=each) for each in names),
            "expected": expected,
        }
    )


def test_a_single_step_needs_no_question() -> None:
    """What is expected of the operation is expected of its one step."""
    times = Times()
    usual = UsualTimes(times)
    usual.learn([watched("deploy")])
    assert usual.of(watched("deploy")) == USUAL
    assert times.asked == []


def test_of_several_steps_the_present_one_is_asked_for_once() -> None:
    """However often it is looked at in a tick."""
    times = Times()
    usual = UsualTimes(times)
    for _ in range(3):
        usual.learn([watched("check", "upgrade", step=1)])
    found = usual.of(watched("check", "upgrade", step=1))
    assert found is not None
    assert found.p50 == 90.0
    assert times.asked == [("checkout", "deploy", "upgrade")]


def test_where_nothing_is_expected_nothing_is_learnt() -> None:
    """People may decide how it goes on, or it was never seen."""
    times = Times()
    usual = UsualTimes(times)
    usual.learn([watched("check", "upgrade", is_expected=False)])
    assert usual.of(watched("check", "upgrade", is_expected=False)) is None
    assert times.asked == []


def test_what_is_not_watched_has_no_time() -> None:
    """It waits for people, or for its turn."""
    usual = UsualTimes(Times())
    usual.learn([an_operation()])
    assert usual.of(an_operation()) is None
