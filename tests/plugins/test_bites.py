"""The contract suite finds what breaks it: each way of breaking it, and which promise says so."""

from typing import Any, Final

import pytest
from slipway_toy.system import Toys, plan_deploy
from slipway_toy.wire import of_toy
from typing_extensions import override

from bot.contract import CHECKS
from bot.core.codes.systems import TaskProgress
from bot.core.flow import Call, Flow
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.records import Asked
from bot.core.system import (
    Adopted,
    PollResult,
    Recovery,
    RemoteTask,
    StatusReport,
    TaskRunning,
    TaskSucceeded,
    Work,
)


class _Generous(Toys):
    """Takes any word of a job for its success."""

    @override
    def watch(self, target: Any, work: Work, task: RemoteTask) -> Flow[PollResult]:
        yield Call(method="GET", service="toys", path=f"/v1/{{project_id}}/jobs/{task.id}")
        return TaskSucceeded()


class _Silent(Toys):
    """Takes an unlisted word for progress, and says nothing of it."""

    @override
    def watch(self, target: Any, work: Work, task: RemoteTask) -> Flow[PollResult]:
        seen = yield from super().watch(target, work, task)
        if isinstance(seen, TaskRunning):
            return TaskRunning(detail=TaskProgress(status="RUNNING").reason)
        return seen


class _Blind(Toys):
    """Sends without asking what the answer names."""

    @override
    def submit(self, target: Any, work: Work) -> Flow[RemoteTask]:
        yield Call(method="PUT", service="toys", path=of_toy(target))
        return RemoteTask(id="job-2")


class _Hasty(Toys):
    """Reads once more after its call."""

    @override
    def submit(self, target: Any, work: Work) -> Flow[RemoteTask]:
        task = yield from super().submit(target, work)
        yield Call(method="GET", service="toys", path=of_toy(target))
        return task


class _Meddling(Toys):
    """Changes something in order to look."""

    @override
    def status(self, target: Any) -> Flow[StatusReport]:
        yield Call(method="PUT", service="toys", path=of_toy(target))
        return (yield from super().status(target))


class _Credulous(Toys):
    """Adopts whatever is there."""

    @override
    def recover(self, target: Any, sent: Any) -> Flow[Recovery]:
        yield Call(method="GET", service="toys", path=of_toy(target))
        return Adopted(task=RemoteTask(id="job-1"), evidence=TaskProgress(status="x").reason)


class _Chatty(Toys):
    """Tells facts by names that nobody knows."""

    @override
    def status(self, target: Any) -> Flow[StatusReport]:
        told = yield from super().status(target)
        return told.model_copy(update={"facts": {"colour": "red"}})


def _volatile(target: Any, asked: Asked) -> Flow[Any]:
    """Plan with what moves by itself in the plan."""
    reply = yield Call(method="GET", service="toys", path=of_toy(target))
    body: Any = reply.body
    return PlanDraft(
        observed=Observation(revision=body["updated_at"]),
        steps=(PlannedStep(name="deploy", parameters={"version": "1.4.0"}),),
        before="1.3.0",
        after="1.4.0",
    )


class _Restless(Toys):
    planners = {"deploy": _volatile}  # noqa: RUF012 - as the contract has it


class _Boasting(Toys):
    planners = {"deploy": plan_deploy, "restart": plan_deploy}  # noqa: RUF012 - as above


BREAKS: Final[dict[type[Toys], str]] = {
    _Generous: "an_unlisted_status_is_no_end",
    _Silent: "an_unlisted_status_is_no_end",
    _Blind: "a_garbled_acceptance_is_unreadable",
    _Hasty: "only_submit_mutates_and_only_at_its_end",
    _Meddling: "reading_flows_never_mutate",
    _Credulous: "garbage_never_breaks_a_reading_flow",
    _Chatty: "all_that_people_read_of_a_target_has_a_name",
    _Restless: "a_plan_over_an_estate_that_ages_stays_the_same",
    _Boasting: "what_it_can_do_is_what_it_can_plan",
}


@pytest.mark.parametrize("broken", BREAKS, ids=lambda each: each.__name__)
def test_what_breaks_the_contract_is_found(broken: type[Toys]) -> None:
    """A system that does what it must not fails the promise that forbids it."""
    check = next(each for each in CHECKS if each.name == BREAKS[broken])
    with pytest.raises(AssertionError):
        check(broken())
