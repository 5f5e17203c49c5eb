"""Changes that several people type at once: done in few batches, and answered one by one."""

from collections.abc import Sequence
from typing import Final

import httpx
import pytest

from handlers.limits import IngressLimits
from tests.handlers.workspace import ANN, BOB, Workspace

WAIT: Final = 5  # changes that wait while the first one is done; one more is refused


def at_once(workspace: Workspace, targets: Sequence[str]) -> list[httpx.Response]:
    """Type a change of each target in the same moment; the first one is done when all are there."""
    workspace.service.may_go_on.clear()
    workspace.on_refusals(1, workspace.service.may_go_on.set)
    bodies = [
        workspace.typed("/deploy", f"{target} 1.4.0", by=(ANN, BOB)[number % 2])
        for number, target in enumerate(targets)
    ]
    return workspace.send(*[workspace.sign(body) for body in bodies])


def crowded() -> Workspace:
    """Return a workspace in which few changes may wait."""
    return Workspace(limits=IngressLimits(waiting=30.0, queue=WAIT))


def test_those_that_wait_are_done_together_and_answered_one_by_one() -> None:
    """While one is done, others come: they are one batch, and each hears of its own."""
    workspace = crowded()

    *answers, last = at_once(workspace, [f"t{number}" for number in range(WAIT + 2)])

    assert workspace.service.batches == [1, WAIT]
    assert "[busy]" in last.text
    told = [by.user for _, _, by in workspace.service.words]
    assert told == [(ANN, BOB)[number % 2] for number in range(WAIT + 1)]
    for answer, operation in zip(answers, workspace.service.operations, strict=True):
        assert operation in answer.json()["text"]


def test_it_is_told_when_somebody_waits_and_when_nobody_does_any_more() -> None:
    """So what has time can make way for them; who comes alone is told of to nobody."""
    workspace = crowded()

    at_once(workspace, [f"t{number}" for number in range(WAIT + 2)])
    assert workspace.in_line == [1, 0]

    workspace.command("/deploy", "checkout 1.4.0")
    assert workspace.in_line == [1, 0, 0]


def test_no_more_are_done_together_than_may_be() -> None:
    """A batch has a bound: the rest is the next one."""
    workspace = Workspace(limits=IngressLimits(waiting=30.0, queue=WAIT, together=2))

    at_once(workspace, [f"t{number}" for number in range(WAIT + 2)])

    assert workspace.service.batches == [1, 2, 2, 1]


def test_one_that_nobody_can_do_keeps_no_other_out() -> None:
    """Where a batch comes to a fault of ours, each goes through by itself."""
    workspace = crowded()
    workspace.service.poison = "t3"

    answers = at_once(workspace, [f"t{number}" for number in range(WAIT + 2)])

    faulty = [number for number, each in enumerate(answers) if "internal_error" in each.text]
    assert faulty == [3]
    assert len(workspace.service.operations) == WAIT
    assert workspace.service.batches == [1, WAIT, *[1] * WAIT]


def test_a_journal_that_is_away_is_told_to_all_at_once() -> None:
    """Nothing of the batch was recorded, which each is told; nobody tries again one by one."""
    workspace = crowded()
    workspace.service.is_down = True

    answers = at_once(workspace, [f"t{number}" for number in range(WAIT + 2)])

    assert sum("Nothing was recorded." in each.json()["text"] for each in answers) == WAIT + 2
    assert workspace.service.operations == {}


def test_what_asks_for_something_else_waits_for_no_batch() -> None:
    """A question and a dry run go through their listeners, beside the changes."""
    workspace = Workspace()

    asked = workspace.command("/ops", "status checkout")
    tried = workspace.command("/deploy", "checkout 1.4.0 --dry-run")

    assert asked.status_code == tried.status_code == 200
    assert workspace.service.batches == []


def test_what_is_for_another_workspace_is_refused_and_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A change of a foreign workspace is in no batch, and its refusal stands once in the log."""
    workspace = Workspace()

    answer = workspace.command("/deploy", "checkout 1.4.0", team_id="T0OTHER")

    assert "[foreign_workspace]" in answer.text
    assert workspace.service.batches == []
    told = [each for each in caplog.records if each.getMessage() == "ingress.foreign_workspace"]
    assert len(told) == 1
