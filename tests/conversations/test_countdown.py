"""A failure that is rolled back by itself, unless somebody says no."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from typing_extensions import override

from bot.core.errors import ConflictError, IllegalEventError
from bot.core.operation import Failed
from bot.core.records import SLIPWAY
from bot.engine import Engine
from bot.journal.commits import Commits
from tests.conversations.cards import APPROVE, HOLD, ROLL_BACK, labels, operation_of, words
from tests.conversations.places import ANN, BOB, EVE, FLAKY, LEA
from tests.conversations.world import World
from workers.watching.returning import roll_back_by_itself


@pytest.fixture
def returning(world: World) -> World:
    """A world in which failures are rolled back by themselves, after a minute."""
    world.edit(
        "    rollback_approvals: 0\n", "    rollback_approvals: 0\n    on_failure: rollback\n"
    )
    with world.configuration.open("a") as file:
        file.write(f"admins: [{LEA}]\n")
    return world


def backs(world: World, failed: str) -> list[str]:
    """Return who asked for the rollbacks of what failed."""
    return [each.requester for each in world.recorded if each.rollback_of == failed]


def test_a_failure_is_rolled_back_by_itself(returning: World) -> None:
    """After a minute in which people could say no; it is linked, and needs no gate."""
    failed = returning.done("/deploy flaky 2.1.0")
    assert labels(failed) == ["Roll back to 2.0.0", "Do not", "Try again…", "Details"]
    assert "Rolls back to 2.0.0" in words(failed)
    assert any("Press *Do not*" in each for each in returning.replies(failed))
    phase = returning.operation(failed).phase
    assert isinstance(phase, Failed)
    passed = (returning.clock() - phase.at).total_seconds()  # while its card was drawn
    returning.wait(57 - passed, step=10)
    assert backs(returning, operation_of(failed)) == []
    returning.wait(5, step=5)
    returning.settle()
    back = returning.operation(returning.card())
    assert (back.requester, back.rollback_of) == (SLIPWAY, operation_of(failed))
    assert (back.phase.kind, back.approvals) == ("succeeded", ())
    assert returning.cloud.component(FLAKY)["version"] == "2.0.0"
    assert any("Slipway rolls flaky back" in each for each in returning.replies(failed))
    assert labels(returning.card(failed)) == ["Details"]


def test_who_may_says_no(returning: World) -> None:
    """Who may roll back, and the requester, stop it; nothing follows then, and people decide."""
    failed = returning.done("/deploy flaky 2.1.0")
    returning.press(HOLD, failed, by=EVE)
    returning.settle()
    assert "[not_allowed]" in returning.whispers(EVE)[-1]
    returning.press(HOLD, failed, by=BOB)
    returning.settle()
    card = returning.card(failed)
    assert labels(card) == ["Roll back to 2.0.0", "Try again…", "Details"]
    assert "Bob stopped the rollback" in words(card)
    returning.wait(80, step=20)
    returning.settle()
    assert backs(returning, operation_of(failed)) == []
    returning.press(HOLD, failed, by=LEA)
    returning.settle()
    assert "any more" in returning.whispers(LEA)[-1]


def test_a_rollback_of_ones_own_takes_its_place(returning: World) -> None:
    """Whoever is faster rolls back; then nothing is left to follow, and nobody is told of it."""
    failed = returning.done("/deploy flaky 2.1.0")
    returning.press(ROLL_BACK, failed, by=BOB)
    returning.settle()
    returning.wait(80, step=20)
    returning.settle()
    assert backs(returning, operation_of(failed)) == [BOB]
    assert not any("is not rolled back" in each for each in returning.replies(failed))
    countdown = returning.operation(failed).phase
    assert getattr(countdown, "countdown").reason is not None  # noqa: B009 - a phase of many


def test_rollbacks_that_people_approve_wait_for_them(returning: World) -> None:
    """`rollback_approvals` is a gate of what Slipway begins, too."""
    returning.edit("    rollback_approvals: 0\n", "    rollback_approvals: 1\n")
    failed = returning.done("/deploy flaky 2.1.0")
    returning.wait(80, step=20)
    returning.settle()
    back = returning.card()
    assert returning.operation(back).phase.kind == "awaiting_approval"
    returning.press(APPROVE, back, by=BOB)
    returning.settle()
    assert returning.operation(back).phase.kind == "succeeded"
    assert operation_of(failed) in returning.shown(back)


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        ('/ops lock flaky "looking at it"', LEA, "locked"),
        ('/ops halt "all stop"', LEA, "halted"),
        ('/ops freeze flaky "quiet"', LEA, ""),
    ],
)
def test_what_people_hold_it_respects(returning: World, command: str, by: str, code: str) -> None:
    """A lock and a halt keep it from beginning, which is told; a freeze lets a rollback pass."""
    failed = returning.done("/deploy flaky 2.1.0")
    returning.command(command, by=by)
    returning.wait(80, step=20)
    returning.settle()
    begun = backs(returning, operation_of(failed))
    assert begun == ([] if code else [SLIPWAY])
    told = [each for each in returning.replies(failed) if "is not rolled back by itself" in each]
    assert len(told) == bool(code)
    if code:
        assert f"<@{ANN}>" in told[0]
        phase = returning.operation(failed).phase
        assert getattr(phase, "countdown").reason.code == code  # noqa: B009 - a phase of many


def test_whose_turn_comes_lets_it_go_first(returning: World) -> None:
    """Who stood in line before the failure knows nothing of it, and comes after the rollback."""
    first = returning.approved("/deploy flaky 2.1.0")
    waits = returning.asked("/deploy flaky 2.2.0", by=BOB)
    returning.settle()
    assert returning.operation(first).phase.kind == "failed"
    assert returning.operation(waits).phase.kind == "waiting"
    returning.wait(80, step=20)
    returning.settle()
    assert backs(returning, operation_of(first)) == [SLIPWAY]
    assert returning.operation(waits).phase.kind == "awaiting_approval"


def test_a_drain_puts_it_off(returning: World) -> None:
    """Nothing begins in a drain; when that has ended, the rollback follows."""
    failed = returning.done("/deploy flaky 2.1.0")
    journal = returning.parts.journal
    journal.drain.hold("a test", returning.clock())
    returning.wait(80, step=20)
    assert backs(returning, operation_of(failed)) == []
    journal.drain.end()
    returning.wait(12, step=6)
    returning.settle()
    assert backs(returning, operation_of(failed)) == [SLIPWAY]


class _Meanwhile(Engine):
    """An engine before whose first write something happens that was not known at the look."""

    def __init__(self, world: World, happens: Callable[[], object]) -> None:
        parts = world.parts
        super().__init__(parts.journal, Commits(parts.journal.database), parts.doorbell)
        self._happens = happens

    @override
    def begin(self, *args: Any, **options: Any) -> Any:
        self._happens()
        return super().begin(*args, **options)


def test_a_no_that_comes_while_it_begins_withdraws_it(returning: World) -> None:
    """It was looked at, and before the rollback is recorded somebody says no: it is not sent."""
    failed = returning.done("/deploy flaky 2.1.0")
    mine = operation_of(failed)
    present = returning.parts.journal.operations.load(mine)
    returning.machines.sleep(61)
    engine = _Meanwhile(returning, lambda: returning.press(HOLD, failed, by=BOB))
    context = replace(returning.machines.context, engine=engine)
    with pytest.raises((ConflictError, IllegalEventError)):
        roll_back_by_itself(context, present, returning.clock())
    returning.settle()
    assert backs(returning, mine) == [SLIPWAY]
    back = next(each for each in returning.recorded if each.rollback_of == mine)
    assert back.phase.kind == "cancelled"
    assert returning.cloud.component(FLAKY)["version"] == "2.1.0"
    assert "Bob stopped the rollback" in words(returning.card(failed))
