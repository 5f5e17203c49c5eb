"""Whatever an API answers, a flow ends in a value or a cloud error, and in no success."""

from functools import partial
from typing import Any, Final

import pytest

from bot.core.errors import CloudError, UnreadableReplyError
from bot.core.flow import Call, Reply
from bot.core.records import Action, Json
from bot.core.system import (
    Adopted,
    System,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
)
from bot.systems import SYSTEMS
from tests.systems.contract import PLANNED, example, ids, reading_flows, sent, target_of
from tests.systems.scripts import run_by


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


@pytest.mark.parametrize(("system_", "action"), PLANNED, ids=ids)
@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=list(GARBAGE))
def test_a_garbled_acceptance_is_unreadable(
    system_: System[Any], action: Action, garbage: Json
) -> None:
    """FM-65, FM-67, PR6: an accepted call that names no remote task is told as that.

    Calls whose documented answer is no object name none anyway: a deletion's bare text.
    """
    named = [
        work
        for work, _, calls in sent(system_, action)
        if isinstance(example(system_, calls[-1]).body, dict)
    ]
    for work in named:
        flow = system_.submit(target_of(system_), work)
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
        assert not isinstance(result, TaskSucceeded | TaskFailed | Adopted), name


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
            if ("status" in key.lower() or key == "phase") and isinstance(each, str)
            else vandalised(each, word)
            for key, each in value.items()
        }
    return [vandalised(each, word) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
@pytest.mark.parametrize(
    "word",
    ["PARTIAL_WAITING", "", "succeeded", "SUCCEEDED ", "FaiLed", "IN_DOUBT", "成功", 7, None],
)
def test_an_unlisted_status_is_no_end(system_: System[Any], word: Json) -> None:
    """FM-75, R8: a status that the reference does not list is shown, and decides nothing."""
    for work, task, _ in sent(system_, "deploy"):
        flow = system_.watch(target_of(system_), work, task)
        answer = partial(_vandal, system_, word)
        seen = run_by(flow, answer).result
        assert isinstance(seen, TaskRunning), (work.step.name, seen)
        assert seen.note


def _vandal(system_: System[Any], word: Json, call: Call) -> Json:
    changed: Json = vandalised(example(system_, call, ended=True).body, word)
    return changed
