"""The rows of a remote task: their systems say what they mean, not their words."""

import pytest

from bot.core.operation import TaskLine, TaskState
from bot.views.task_lines import findings, summary
from bot.views.words import Locale


def row(name: str, state: TaskState, status: str = "Whatever") -> TaskLine:
    """A row in a vendor's own word."""
    return TaskLine(name=name, status=status, state=state)


def test_a_healthy_row_is_no_finding_whatever_it_is_called() -> None:
    """House D5: `Healthy` and `Synced` are well, `Succeeded` may be said of a failure."""
    rows = (
        row("a", "done", "Healthy"),
        row("b", "done", "Synced"),
        row("c", "failed", "Succeeded"),
        row("d", "unknown", "Odd"),
        row("e", "pending", "Failed"),
        row("f", "running"),
    )
    assert [each.name for each in findings(rows)] == ["c", "d", "f"]
    assert summary(rows, Locale()).startswith("2 of 6 tasks · c: Succeeded")


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ((row("a", "failed"), row("b", "done")), []),
        ((row("a", "failed"),), ["a"]),
        ((row("a", "failed"), row("b", "failed")), ["a", "b"]),
        ((), []),
    ],
)
def test_one_failed_row_of_several_is_told_by_the_summary(
    rows: tuple[TaskLine, ...], names: list[str]
) -> None:
    """What a check found is listed, also where it is one thing."""
    assert [each.name for each in findings(rows)] == names
