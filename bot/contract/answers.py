"""Checks of what a system's flows do with answers that nobody promised."""

from functools import partial
from typing import Any, Final

from bot.contract.driving import actions, example, reading_flows, run_by, sent, target_of
from bot.contract.promises import BrokenPromiseError, want
from bot.core.errors import CloudError, UnreadableReplyError
from bot.core.flow import Call, Flow, Reply
from bot.core.records import Json
from bot.core.system import Adopted, System, TaskFailed, TaskRunning, TaskSucceeded


def deep(levels: int) -> Json:
    """Return an answer that is nested too deeply to be meant."""
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
UNLISTED: Final[tuple[Json, ...]] = (
    "PARTIAL_WAITING", "", "succeeded", "SUCCEEDED ", "FaiLed", "IN_DOUBT", "成功", 7, None,
)  # fmt: skip


def a_garbled_acceptance_is_unreadable(system: System[Any]) -> None:
    """An accepted call that names no remote task is told as that.

    Calls whose documented answer is no object name none anyway: a deletion's bare text.
    """
    for action in actions(system):
        for work, _, calls in sent(system, action):
            if not isinstance(example(system, calls[-1]).body, dict):
                continue
            for name, garbage in GARBAGE.items():
                flow = system.submit(target_of(system), work)
                _wants_unreadable(system, flow, garbage, f"{action}, {work.step.name}: {name}")


def garbage_never_breaks_a_reading_flow(system: System[Any]) -> None:
    """A garbled read ends in a cloud error or a value, and in no success."""
    for garbled, garbage in GARBAGE.items():
        for name, flow in reading_flows(system):
            try:
                result = run_by(flow, partial(_always, garbage)).result
            except CloudError:
                continue
            is_end = isinstance(result, TaskSucceeded | TaskFailed | Adopted)
            want(not is_end, said=f"{name} makes {result!r} of {garbled}")


def garbage_after_good_answers_never_breaks_a_flow(system: System[Any]) -> None:
    """A later read may be garbled as well as the first."""
    for first in (1, 2, 3):
        for garbled, garbage in GARBAGE.items():
            for name, flow in reading_flows(system):
                try:
                    result = run_by(flow, _Turning(system, first, garbage)).result
                except CloudError:
                    continue
                want(not isinstance(result, Adopted), said=f"{name} adopts by {garbled}")


def an_unlisted_status_is_no_end(system: System[Any]) -> None:
    """A status that the reference does not list is shown, and decides nothing."""
    for word in UNLISTED:
        for work, task, _ in sent(system, "deploy"):
            flow = system.watch(target_of(system), work, task)
            seen = run_by(flow, partial(vandalised_example, system, word)).result
            said = f"{work.step.name}: {word!r} makes {seen!r}"
            want(isinstance(seen, TaskRunning) and seen.note, said=said)


def vandalised_example(system: System[Any], word: Json, call: Call) -> Json:
    """Return the documented answer of an end with every status replaced by *word*."""
    changed: Json = vandalised(example(system, call, ended=True).body, word)
    return changed


def vandalised(value: Any, word: Json) -> Any:
    """Return the same answer with every status replaced by *word*."""
    if isinstance(value, dict):
        return {
            key: word
            if ("status" in key.lower() or key == "phase") and isinstance(each, str)
            else vandalised(each, word)
            for key, each in value.items()
        }
    return [vandalised(each, word) for each in value] if isinstance(value, list) else value


def _always(answer: Json, _: Call) -> Json:
    return answer


class _Turning:
    """Good answers at first, then garbage."""

    def __init__(self, system: System[Any], first: int, garbage: Json) -> None:
        self._system, self._left, self._garbage = system, first, garbage

    def __call__(self, call: Call) -> Reply | Json:
        self._left -= 1
        return self._garbage if self._left < 0 else example(self._system, call)


def _wants_unreadable(system: System[Any], flow: Flow[Any], garbage: Json, said: str) -> None:
    try:
        result = run_by(
            flow, lambda call: garbage if call.mutates else example(system, call)
        ).result
    except UnreadableReplyError:
        return
    msg = f"{said} makes {result!r}"
    raise BrokenPromiseError(msg)


ANSWERS: Final = (
    a_garbled_acceptance_is_unreadable,
    garbage_never_breaks_a_reading_flow,
    garbage_after_good_answers_never_breaks_a_flow,
    an_unlisted_status_is_no_end,
)
