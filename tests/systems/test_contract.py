"""What every system promises, by its own declarations and examples."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import LABELS
from bot.core.errors import CloudError, UnreadableReplyError
from bot.core.flow import Call, Flow, Reply
from bot.core.plan import Plan, PlanDraft
from bot.core.records import Action, Asked, Json, Parameters
from bot.core.system import (
    Adopted,
    RemoteTask,
    SentStep,
    System,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems import SYSTEMS, system
from tests.systems.scripts import run_by

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
PLANNED: Final = [(each, action) for each in SYSTEMS for action in sorted(each.spec.sample.asked)]


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
    return system_.spec.target.model_validate(system_.spec.sample.target)


def asked(system_: System[Any], action: Action) -> Asked:
    """The sample's question for *action*, where it has one."""
    parameters = system_.spec.sample.asked.get(action, Parameters())
    return Asked(action=action, parameters=parameters)


def example(system_: System[Any], call: Call, *, ended: bool = False) -> Reply:
    """The documented answer to *call*."""
    first = system_.spec.sample.ended if ended else ()
    for each in (*first, *system_.spec.examples):
        if (each.call.method, each.call.path) == (call.method, call.path):
            return each.reply
    raise LookupError(call.name)


def drafted(system_: System[Any], action: Action) -> tuple[PlanDraft, list[Call]]:
    """The plan that the examples lead to."""
    flow = system_.prepare(target_of(system_), asked(system_, action))
    driven = run_by(flow, lambda call: example(system_, call))
    assert isinstance(driven.result, PlanDraft), driven.result
    return driven.result, driven.calls


def sent(system_: System[Any], action: Action) -> list[tuple[Work, RemoteTask, list[Call]]]:
    """Every step of the action's plan as the examples let it be sent, with its remote task."""
    draft, _ = drafted(system_, action)
    done: list[tuple[Work, RemoteTask, list[Call]]] = []
    for step in draft.steps:
        work = Work(step=step, earlier=tuple(task for _, task, _ in done))
        driven = run_by(
            system_.submit(target_of(system_), work), lambda call: example(system_, call)
        )
        assert isinstance(driven.result, RemoteTask), driven.result
        done.append((work, driven.result, driven.calls))
    return done


def reading_flows(system_: System[Any]) -> Iterator[tuple[str, Flow[Any]]]:
    """Every flow that may only read."""
    target = target_of(system_)
    for action in sorted(system_.spec.actions):
        yield f"prepare {action}", system_.prepare(target, asked(system_, action))
        if action not in system_.spec.sample.asked:
            continue
        draft, _ = drafted(system_, action)
        for work, task, _ in sent(system_, action):
            lost = SentStep(
                work=work,
                observed=draft.observed,
                permitted_at=NOW,
                settle=timedelta(minutes=15),
            )
            yield f"watch {action} {work.step.name}", system_.watch(target, work, task)
            yield f"recover {action} {work.step.name}", system_.recover(target, lost)
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
    """What a system declares, its own documented answers carry through to remote tasks."""
    assert all(task.id for _, task, _ in sent(system_, action))


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_what_a_system_can_do_is_what_it_can_plan(system_: System[Any]) -> None:
    """An action that is declared has its planner, and no other has one."""
    assert set(system_.planners) == system_.spec.actions


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_all_that_people_read_of_a_target_has_a_name(system_: System[Any]) -> None:
    """Facts and settings of ours are named by labels, so that every language can name them."""
    target = target_of(system_)
    report = run_by(system_.status(target), lambda call: example(system_, call)).result
    drafts = [drafted(system_, action)[0] for action in sorted(system_.spec.sample.asked)]
    named = {*report.facts, *(name for draft in drafts for name in draft.observed.facts)}
    assert {name.partition(":")[0] for name in named} <= LABELS


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_all_that_is_declared_is_shown_or_refused(system_: System[Any]) -> None:
    """An action is in the sample, or the examples show why it cannot be done now."""
    assert set(system_.spec.sample.asked) <= system_.spec.actions
    for action in system_.spec.actions - set(system_.spec.sample.asked):
        flow = system_.prepare(target_of(system_), asked(system_, action))
        assert isinstance(run_by(flow, lambda call: example(system_, call)).result, Denied), action


@pytest.mark.parametrize(("system_", "action"), PLANNED, ids=ids)
def test_only_submit_mutates_and_only_at_its_end(system_: System[Any], action: Action) -> None:
    """A permit covers one call: it is the last one of submit, and nobody else makes any."""
    _, calls = drafted(system_, action)
    assert not any(call.mutates for call in calls)
    for _, _, made in sent(system_, action):
        assert [call.mutates for call in made] == [*[False] * (len(made) - 1), True]


AGEING: Final = re.compile(
    "update|health|heartbeat|transition|available|ready|progress|resourceversion|message",
    re.IGNORECASE,
)


def aged(value: Any, *, ages: bool = False) -> Any:
    """The same answer a while later: what its API moves by itself has other values."""
    if isinstance(value, dict):
        return {key: aged(each, ages=AGEING.search(key) is not None) for key, each in value.items()}
    if isinstance(value, list):
        return [aged(each) for each in value]
    if not ages or isinstance(value, bool) or value is None:
        return value
    return value + 1 if isinstance(value, int | float) else f"{value}1" if value else value


def plan_of(system_: System[Any], action: Action, draft: PlanDraft) -> Plan:
    """The plan that people would approve."""
    question = asked(system_, action)
    bare = Plan(
        target="checkout", action=action, parameters=question.parameters, policy_version="1"
    )
    return bare.made(draft)


@pytest.mark.parametrize(("system_", "action"), PLANNED, ids=ids)
def test_a_plan_over_an_estate_that_ages_stays_the_same(
    system_: System[Any], action: Action
) -> None:
    """V3: nothing volatile is in a plan, so that an approval can count for it."""
    first, _ = drafted(system_, action)
    flow = system_.prepare(target_of(system_), asked(system_, action))

    def later(call: Call) -> Reply:
        reply = example(system_, call)
        return reply.model_copy(update={"body": aged(reply.body)})

    second = run_by(flow, later).result
    assert isinstance(second, PlanDraft), second
    digests = {plan_of(system_, action, each).digest for each in (first, second)}
    assert len(digests) == 1


def test_an_estate_that_ages_does_move() -> None:
    """The test above would prove nothing over answers that stay as they are."""
    moving = [
        system_.spec.name
        for system_ in SYSTEMS
        if any(aged(each.reply.body) != each.reply.body for each in system_.spec.examples)
    ]
    assert moving == [system_.spec.name for system_ in SYSTEMS]


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
        flow = system_.prepare(target_of(system_), asked(system_, action))
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


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_the_watched_example_is_an_end(system_: System[Any]) -> None:
    """The documented remote task succeeded, and is seen so."""
    for work, task, _ in sent(system_, "deploy"):
        flow = system_.watch(target_of(system_), work, task)
        seen = run_by(flow, lambda call: example(system_, call, ended=True)).result
        assert isinstance(seen, TaskSucceeded), (work.step.name, seen)
