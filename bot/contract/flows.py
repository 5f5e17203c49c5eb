"""Checks of what a system's flows do with good answers."""

import json
import re
from typing import Any, Final

from bot.contract.driving import (
    actions,
    asked,
    checking_flows,
    drafted,
    example,
    reading_flows,
    run_by,
    sent,
    target_of,
)
from bot.contract.promises import want
from bot.core.codes import Denied
from bot.core.codes.systems import LABELS
from bot.core.errors import CloudError
from bot.core.flow import Call, Reply
from bot.core.plan import Plan, PlanDraft
from bot.core.records import Action
from bot.core.system import System, TaskSucceeded

_PATH: Final = re.compile(r"/[A-Za-z0-9._~/%-]+")
_AGEING: Final = re.compile(
    "update|health|heartbeat|transition|available|ready|progress|resourceversion|message",
    re.IGNORECASE,
)


def a_declared_action_can_be_planned_and_sent(system: System[Any]) -> None:
    """What a system declares, its own documented answers carry through to remote tasks."""
    want("deploy" in actions(system), said="the sample asks for no deploy")
    for action in actions(system):
        for work, task, _ in sent(system, action):
            want(task.id, said=f"{action}, {work.step.name}: the remote task has no id")


def what_it_can_do_is_what_it_can_plan(system: System[Any]) -> None:
    """An action that is declared has its planner, and no other has one."""
    odd = set(system.planners) ^ set(system.spec.actions)
    want(not odd, said=f"planned or declared alone: {', '.join(sorted(odd))}")


def all_that_people_read_of_a_target_has_a_name(system: System[Any]) -> None:
    """Facts and settings are named by labels, so that every language can name them."""
    flow = system.status(target_of(system))
    report = run_by(flow, lambda call: example(system, call)).result
    drafts = [drafted(system, action)[0] for action in actions(system)]
    named = {*report.facts, *(name for draft in drafts for name in draft.observed.facts)}
    odd = {name.partition(":")[0] for name in named} - LABELS
    want(not odd, said=f"no labels: {', '.join(sorted(odd))}")


def all_that_is_declared_is_shown_or_refused(system: System[Any]) -> None:
    """An action is in the sample, or the examples show why it cannot be done now."""
    odd = set(actions(system)) - system.spec.actions
    want(not odd, said=f"in the sample, and not declared: {', '.join(sorted(odd))}")
    for action in system.spec.actions - set(actions(system)):
        flow = system.prepare(target_of(system), asked(system, action))
        result = run_by(flow, lambda call: example(system, call)).result
        want(isinstance(result, Denied), said=f"{action}: {result!r} is no refusal")


def only_submit_mutates_and_only_at_its_end(system: System[Any]) -> None:
    """A permit covers one call: it is the last one of submit, and nobody else makes any."""
    for action in actions(system):
        _, calls = drafted(system, action)
        want(not any(call.mutates for call in calls), said=f"prepare of {action} changes something")
        for work, _, made in sent(system, action):
            right = [*[False] * (len(made) - 1), True]
            said = f"{action}, {work.step.name}: its one change is not its last call"
            want([call.mutates for call in made] == right, said=said)


def reading_flows_never_mutate(system: System[Any]) -> None:
    """Looking changes nothing."""
    for name, flow in reading_flows(system):
        try:
            calls = run_by(flow, lambda call: example(system, call)).calls
        except CloudError:
            continue
        want(not any(call.mutates for call in calls), said=f"{name} changes something")


def a_check_is_marked_as_one(system: System[Any]) -> None:
    """Whatever an API is only asked to check bears its own word for that, and comes last."""
    for name, flow in checking_flows(system):
        calls = run_by(flow, lambda call: example(system, call)).calls
        want(not any(call.mutates for call in calls[:-1]), said=f"the check of {name} changes")
        for call in calls[-1:]:
            is_marked = '"dry_run": true' in json.dumps(call.body)
            want(is_marked, said=f"the check of {name} is not marked as one")


def paths_are_filled_in_and_services_declared(system: System[Any]) -> None:
    """No path carries a placeholder but the project's, nor free text."""
    for action in sorted(system.spec.actions):
        flow = system.prepare(target_of(system), asked(system, action))
        for call in run_by(flow, lambda call: example(system, call)).calls:
            filled = call.path.replace("{project_id}", "p")
            want(_PATH.fullmatch(filled), said=f"{call.path}: no path")
            want(call.service in system.spec.services, said=f"{call.service}: not declared")


def examples_are_understood(system: System[Any]) -> None:
    """The documented answers are accepted, and are no errors."""
    for each in system.spec.examples:
        name, service = each.call.name, each.call.service
        want(system.verdict(each.reply) == "accepted", said=f"{name}: its answer is refused")
        want(system.error_form(each.reply) is None, said=f"{name}: its answer is an error")
        want(service in system.spec.services, said=f"{service}: not declared")


def the_watched_example_is_an_end(system: System[Any]) -> None:
    """The documented remote task of a deployment succeeded, and is seen so."""
    for work, task, _ in sent(system, "deploy"):
        flow = system.watch(target_of(system), work, task)
        seen = run_by(flow, lambda call: example(system, call, ended=True)).result
        want(isinstance(seen, TaskSucceeded), said=f"{work.step.name}: {seen!r} is no success")


def a_plan_over_an_estate_that_ages_stays_the_same(system: System[Any]) -> None:
    """Nothing volatile is in a plan, so that an approval can count for it."""
    for action in actions(system):
        first, _ = drafted(system, action)
        flow = system.prepare(target_of(system), asked(system, action))

        def later(call: Call) -> Reply:
            reply = example(system, call)
            return reply.model_copy(update={"body": aged(reply.body)})

        second = run_by(flow, later).result
        want(isinstance(second, PlanDraft), said=f"{action}: {second!r} is no plan")
        digests = {plan_of(system, action, each).digest for each in (first, second)}
        want(len(digests) == 1, said=f"{action}: the plan changes by itself")


def the_examples_age(system: System[Any]) -> None:
    """Some example has what its API moves by itself, or the check of plans proves nothing."""
    replies = [each.reply for each in system.spec.examples]
    want(any(aged(each.body) != each.body for each in replies), said="no example ages")


def aged(value: Any, *, ages: bool = False) -> Any:
    """Return the same answer a while later: what its API moves by itself has other values."""
    if isinstance(value, dict):
        return {
            key: aged(each, ages=_AGEING.search(key) is not None) for key, each in value.items()
        }
    if isinstance(value, list):
        return [aged(each) for each in value]
    if not ages or isinstance(value, bool) or value is None:
        return value
    return value + 1 if isinstance(value, int | float) else f"{value}1" if value else value


def plan_of(system: System[Any], action: Action, draft: PlanDraft) -> Plan:
    """Return the plan that people would approve."""
    question = asked(system, action)
    bare = Plan(target="sample", action=action, parameters=question.parameters, policy_version="1")
    return bare.made(draft)


FLOWS: Final = (
    a_declared_action_can_be_planned_and_sent,
    what_it_can_do_is_what_it_can_plan,
    all_that_people_read_of_a_target_has_a_name,
    all_that_is_declared_is_shown_or_refused,
    only_submit_mutates_and_only_at_its_end,
    reading_flows_never_mutate,
    a_check_is_marked_as_one,
    paths_are_filled_in_and_services_declared,
    examples_are_understood,
    the_watched_example_is_an_end,
    a_plan_over_an_estate_that_ages_stays_the_same,
    the_examples_age,
)
