"""Any system, driven by its own documented answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.core.flow import Call, Flow, Reply
from bot.core.plan import PlanDraft
from bot.core.records import Action, Asked, Parameters
from bot.core.system import (
    RemoteTask,
    SentStep,
    System,
    Work,
)
from bot.systems import SYSTEMS
from tests.systems.scripts import run_by

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
PLANNED: Final = [(each, action) for each in SYSTEMS for action in sorted(each.spec.sample.asked)]


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


def checking_flows(system_: System[Any]) -> Iterator[tuple[str, Flow[Any]]]:
    """Every flow that lets the API check a plan."""
    for action in sorted(system_.spec.sample.asked):
        if system_.questions.check:
            yield action, system_.questions.check(target_of(system_), drafted(system_, action)[0])


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
    if system_.questions.versions:
        yield "versions", system_.questions.versions(target)
    if system_.questions.discover:
        yield "discover", system_.questions.discover()
    if system_.questions.values:
        yield "values", system_.questions.values(target, ())
