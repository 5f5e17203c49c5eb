"""After a restore: a remote task that the journal knew is looked up by its name."""

from typing import Any

import pytest
from slipway_toy.system import Toys
from typing_extensions import override

from bot.contract.driving import example, run_by, target_of
from bot.core.flow import Call, Flow
from bot.core.operation import Operation
from bot.core.plan import PlannedStep
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    Recovery,
    RemoteTask,
    TaskNotFound,
    Work,
)
from bot.core.target import Target
from tests.core.builders import PLACES, foreign
from workers.watching.judgement import look


class Forgetful(Toys):
    """Knows no job."""

    @override
    def watch(self, target: Any, work: Work, task: RemoteTask) -> Flow[PollResult]:
        yield Call(method="GET", service="toys", path="/v1/{project_id}/jobs/job-1")
        return TaskNotFound(reason=foreign("gone"))

    @override
    def recover(self, target: Any, sent: Any) -> Flow[Recovery]:
        yield Call(method="GET", service="toys", path="/v1/{project_id}/toys/toy-1")
        return NothingFound(reason=foreign("nothing"))


@pytest.mark.parametrize(("system", "result"), [(Toys(), Adopted), (Forgetful(), NothingFound)])
def test_a_task_that_was_known_is_adopted(system: Toys, result: type[Recovery]) -> None:
    """V64: the API is asked for it; where it does not know it, the lost call is looked for."""
    target = Target(
        name="bear", system="toy", connection="h", policy="prod", settings=target_of(system)
    )
    flow = look(_doubted(), target, system)
    seen = run_by(flow, lambda call: example(system, call)).result
    assert isinstance(seen, result)
    if isinstance(seen, Adopted):
        assert (seen.task.id, seen.evidence.key) == ("job-1", "adopted.known")


def _doubted() -> Operation:
    """An operation whose task was known before the journal was restored."""
    doubted = PLACES["uncertain"]()
    steps = (PlannedStep(name="deploy", parameters={"version": "1.4.0"}),)
    known = doubted.steps[0].model_copy(update={"remote_task": "job-1"})
    plan = doubted.plan.model_copy(update={"steps": steps})
    return doubted.model_copy(update={"steps": (known,), "plan": plan})
