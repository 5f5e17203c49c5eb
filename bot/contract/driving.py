"""Drives a system's flows by its own documented answers, and keeps what it asked."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from bot.contract.promises import want
from bot.core.errors import CloudError
from bot.core.flow import Call, Flow, Reply, drive
from bot.core.plan import PlanDraft
from bot.core.records import Action, Asked, Json, Parameters
from bot.core.system import RemoteTask, SentStep, System, Work

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)

Answer: TypeAlias = "Json | Reply | CloudError"


class Driven(NamedTuple):
    """What a flow returned, and every call that it made."""

    result: Any
    calls: list[Call]


def run_by(flow: Flow[Any], answer: Callable[[Call], Answer]) -> Driven:
    """Answer each call of *flow* by *answer*: a body for a 200, a whole reply, or an error."""
    calls: list[Call] = []

    def reply(call: Call) -> Reply:
        calls.append(call)
        given = answer(call)
        if isinstance(given, CloudError):
            raise given
        return given if isinstance(given, Reply) else Reply(status=200, body=given)

    return Driven(drive(flow, reply), calls)


def actions(system: System[Any]) -> list[Action]:
    """Return the actions that the examples lead to a plan for."""
    return sorted(system.spec.sample.asked)


def target_of(system: System[Any]) -> Any:
    """Return the sample target."""
    return system.spec.target.model_validate(system.spec.sample.target)


def asked(system: System[Any], action: Action) -> Asked:
    """Return the sample's question for *action*, where it has one."""
    parameters = system.spec.sample.asked.get(action, Parameters())
    return Asked(action=action, parameters=parameters)


def example(system: System[Any], call: Call, *, ended: bool = False) -> Reply:
    """Return the documented answer to *call*.

    Raises:
        LookupError: there is none.
    """
    first = system.spec.sample.ended if ended else ()
    for each in (*first, *system.spec.examples):
        if (each.call.method, each.call.path) == (call.method, call.path):
            return each.reply
    raise LookupError(call.name)


def drafted(system: System[Any], action: Action) -> tuple[PlanDraft, list[Call]]:
    """Return the plan that the examples lead to, with the calls that it took."""
    flow = system.prepare(target_of(system), asked(system, action))
    driven = run_by(flow, lambda call: example(system, call))
    want(isinstance(driven.result, PlanDraft), said=f"{action}: {driven.result!r} is no plan")
    return driven.result, driven.calls


def sent(system: System[Any], action: Action) -> list[tuple[Work, RemoteTask, list[Call]]]:
    """Return every step of the action's plan as the examples let it be sent, with its task."""
    draft, _ = drafted(system, action)
    done: list[tuple[Work, RemoteTask, list[Call]]] = []
    for step in draft.steps:
        work = Work(step=step, earlier=tuple(task for _, task, _ in done))
        driven = run_by(system.submit(target_of(system), work), lambda call: example(system, call))
        said = f"{action}, {step.name}: {driven.result!r} is no remote task"
        want(isinstance(driven.result, RemoteTask), said=said)
        done.append((work, driven.result, driven.calls))
    return done


def checking_flows(system: System[Any]) -> Iterator[tuple[str, Flow[Any]]]:
    """Yield every flow that lets the API check a plan."""
    for action in actions(system):
        if system.questions.check:
            yield action, system.questions.check(target_of(system), drafted(system, action)[0])


def reading_flows(system: System[Any]) -> Iterator[tuple[str, Flow[Any]]]:
    """Yield every flow that may only read."""
    target = target_of(system)
    for action in sorted(system.spec.actions):
        yield f"prepare {action}", system.prepare(target, asked(system, action))
        if action in system.spec.sample.asked:
            yield from _following(system, action)
    yield "status", system.status(target)
    yield "history", system.history(target)
    if system.questions.versions:
        yield "versions", system.questions.versions(target)
    if system.questions.discover:
        yield "discover", system.questions.discover()
    if system.questions.values:
        yield "values", system.questions.values(target, ())


def _following(system: System[Any], action: Action) -> Iterator[tuple[str, Flow[Any]]]:
    """Yield what follows the calls of an action: a look, and the search for a lost one."""
    target, (draft, _) = target_of(system), drafted(system, action)
    for work, task, _ in sent(system, action):
        lost = SentStep(
            work=work, observed=draft.observed, permitted_at=NOW, settle=timedelta(minutes=15)
        )
        yield f"watch {action} {work.step.name}", system.watch(target, work, task)
        yield f"recover {action} {work.step.name}", system.recover(target, lost)
