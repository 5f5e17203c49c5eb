"""What every system promises, by its own declarations and examples."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from bot.core.errors import CloudError, UnreadableReplyError
from bot.core.flow import Call, Flow, Reply
from bot.core.plan import Draft, PlannedStep
from bot.core.records import Action, Asked, Denied, Json
from bot.core.system import (
    Adopted,
    Broken,
    Busy,
    Done,
    NothingFound,
    RemoteTask,
    SentStep,
    System,
    Vanished,
)
from bot.systems import SYSTEMS, system
from tests.systems.samples import REFUSED, TARGETS, asked
from tests.systems.scripts import run_by

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
ACTIONS: Final = [(each, action) for each in SYSTEMS for action in sorted(each.spec.actions)]
PLANNED: Final = [pair for pair in ACTIONS if (pair[0].spec.name, pair[1]) not in REFUSED]
TASK: Final = RemoteTask(id="JOB870e9ffe-227e-43a9-9c84-20a7ad02e77c")


def deep(levels: int) -> Json:
    """An answer that is nested too deeply to be meant."""
    nested: Json = []
    for _ in range(levels):
        nested = [nested]
    return nested


GARBAGE: Final[dict[str, Json]] = {
    "nothing": None,
    "an empty list": [],
    "text": "x",
    "an empty object": {},
    "a number": 7,
    "nested": deep(50),
    "nested objects": {"job": deep(50), "records": deep(5), "job_id": deep(5)},
    "wrong types": {"job_id": 5, "job": "x", "tasks": "x", "records": {}, "components": 3, "id": 1},
    "an id that leaves its path": {"job_id": "../../v1/delete", "id": "../"},
    "an empty id": {"job_id": "", "job": {"execution_status": ""}},
    "an id of 10 kB": {"job_id": "J" * 10_000},
    "a line end in the id": {"job_id": "JOB1\r\nX-Evil: 1"},
}


def ids(value: object) -> str:
    """Names a parameter by what it is about."""
    return value.spec.name if hasattr(value, "spec") else str(value)


def target_of(system_: System[Any]) -> Any:
    """The sample target."""
    return system_.spec.target.model_validate(TARGETS[system_.spec.name])


def example(system_: System[Any], call: Call) -> Reply:
    """The documented answer to *call*."""
    for each in system_.spec.examples:
        if (each.call.method, each.call.path) == (call.method, call.path):
            return each.reply
    raise LookupError(call.name)


def drafted(system_: System[Any], action: Action) -> tuple[Draft, list[Call]]:
    """The plan that the examples lead to."""
    flow = system_.prepare(target_of(system_), asked(action))
    driven = run_by(flow, lambda call: example(system_, call))
    assert isinstance(driven.result, Draft), driven.result
    return driven.result, driven.calls


def reading_flows(system_: System[Any]) -> Iterator[tuple[str, Flow[Any]]]:
    """Every flow that may only read."""
    target = target_of(system_)
    for action in sorted(system_.spec.actions):
        yield f"prepare {action}", system_.prepare(target, asked(action))
        if (system_.spec.name, action) in REFUSED:
            continue
        draft, _ = drafted(system_, action)
        sent = SentStep(
            step=draft.steps[0],
            observed=draft.observed,
            permitted_at=NOW,
            settle=timedelta(minutes=15),
        )
        yield f"watch {action}", system_.watch(target, draft.steps[0], TASK)
        yield f"recover {action}", system_.recover(target, sent)
    yield "status", system_.status(target)
    yield "history", system_.history(target)


def test_every_name_is_there_once() -> None:
    """A name leads to one system, and an unknown one to none."""
    names = [each.spec.name for each in SYSTEMS]
    assert len(set(names)) == len(names)
    assert all(system(each.spec.name) is each for each in SYSTEMS)
    with pytest.raises(KeyError):
        system("no-such-system")


@pytest.mark.parametrize(("system_", "action"), PLANNED, ids=ids)
def test_a_declared_action_can_be_planned_and_sent(system_: System[Any], action: Action) -> None:
    """What a system declares, its own documented answers carry through to a remote task."""
    draft, _ = drafted(system_, action)
    for step in draft.steps:
        driven = run_by(
            system_.submit(target_of(system_), step), lambda call: example(system_, call)
        )
        assert isinstance(driven.result, RemoteTask)
        assert driven.result.id


@pytest.mark.parametrize(("system_", "action"), PLANNED, ids=ids)
def test_only_submit_mutates_and_only_at_its_end(system_: System[Any], action: Action) -> None:
    """A permit covers one call: it is the last one of submit, and nobody else makes any."""
    draft, calls = drafted(system_, action)
    assert not any(call.mutates for call in calls)
    for step in draft.steps:
        flow = system_.submit(target_of(system_), step)
        sent = run_by(flow, lambda call: example(system_, call)).calls
        assert [call.mutates for call in sent] == [*[False] * (len(sent) - 1), True]


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_reading_flows_never_mutate(system_: System[Any]) -> None:
    """Looking changes nothing."""
    for name, flow in reading_flows(system_):
        try:
            calls = run_by(flow, lambda call: example(system_, call)).calls
        except CloudError:
            continue
        assert not any(call.mutates for call in calls), name


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_paths_are_filled_in_and_services_declared(system_: System[Any]) -> None:
    """No path carries a placeholder but the project's, nor free text."""
    for action in sorted(system_.spec.actions):
        flow = system_.prepare(target_of(system_), asked(action))
        for call in run_by(flow, lambda call: example(system_, call)).calls:
            filled = call.path.replace("{project_id}", "p")
            assert re.fullmatch(r"/[A-Za-z0-9._~/%-]+", filled), call.path
            assert call.service in system_.spec.services


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_examples_are_understood(system_: System[Any]) -> None:
    """The documented answers are accepted, and are no errors."""
    for each in system_.spec.examples:
        assert system_.verdict(each.reply) == "accepted"
        assert system_.error_form(each.reply) is None
        assert each.call.service in system_.spec.services


@pytest.mark.parametrize(("system_", "action"), PLANNED, ids=ids)
@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=list(GARBAGE))
def test_a_garbled_acceptance_is_unreadable(
    system_: System[Any], action: Action, garbage: Json
) -> None:
    """FM-65, FM-67, PR6: an accepted call that names no remote task is told as that."""
    draft, _ = drafted(system_, action)
    flow = system_.submit(target_of(system_), draft.steps[0])
    with pytest.raises(UnreadableReplyError):
        run_by(flow, lambda call: garbage if call.mutates else example(system_, call))


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=list(GARBAGE))
def test_garbage_never_breaks_a_reading_flow(system_: System[Any], garbage: Json) -> None:
    """R1 to R12: a garbled read ends in a cloud error or a value, and in no success."""
    for name, flow in reading_flows(system_):
        try:
            result = run_by(flow, lambda _call: garbage).result
        except CloudError:
            continue
        assert not isinstance(result, Done | Broken | Adopted), name


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
@pytest.mark.parametrize("first", [1, 2, 3])
def test_garbage_after_good_answers_never_breaks_a_flow(system_: System[Any], first: int) -> None:
    """A later read may be garbled as well as the first."""
    for garbage in GARBAGE.values():
        for name, flow in reading_flows(system_):
            seen = 0

            def answer(call: Call, garbage: Json = garbage) -> Reply | Json:
                nonlocal seen
                seen += 1
                return garbage if seen > first else example(system_, call)

            try:
                result = run_by(flow, answer).result
            except CloudError:
                continue
            assert not isinstance(result, Adopted), name


def vandalised(value: Any, word: Json) -> Any:
    """The same answer with every status replaced by *word*."""
    if isinstance(value, dict):
        return {
            key: word
            if "status" in key.lower() and isinstance(each, str)
            else vandalised(each, word)
            for key, each in value.items()
        }
    return [vandalised(each, word) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
@pytest.mark.parametrize(
    "word", ["PARTIAL_WAITING", "", "succeeded", "SUCCEEDED ", "Failed", "UNKNOWN", "成功", 7, None]
)
def test_an_unlisted_status_is_no_end(system_: System[Any], word: Json) -> None:
    """FM-75, R8: a status that the reference does not list is shown, and decides nothing."""
    step = PlannedStep(name="deploy")
    flow = system_.watch(target_of(system_), step, TASK)
    seen = run_by(flow, lambda call: vandalised(example(system_, call).body, word)).result
    assert isinstance(seen, Busy)
    assert seen.note


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_the_watched_example_is_an_end(system_: System[Any]) -> None:
    """The documented remote task succeeded, and is seen so."""
    flow = system_.watch(target_of(system_), PlannedStep(name="deploy"), TASK)
    assert isinstance(run_by(flow, lambda call: example(system_, call)).result, Done)


def test_the_kinds_of_answers_are_closed() -> None:
    """A flow's result is of the contract's kinds only."""
    target = target_of(SYSTEMS[0])
    flow = SYSTEMS[0].prepare(target, Asked(action="delete"))
    assert isinstance(run_by(flow, lambda call: example(SYSTEMS[0], call)).result, Denied)
    assert {Vanished, NothingFound}.isdisjoint({Done, Broken})
