"""What every system promises, by its own declarations and examples."""

import json
import re
from typing import Any

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import LABELS
from bot.core.errors import CloudError
from bot.core.records import Action
from bot.core.system import (
    System,
    TaskSucceeded,
)
from bot.systems import SYSTEMS, system
from tests.systems.contract import (
    PLANNED,
    asked,
    checking_flows,
    drafted,
    example,
    ids,
    reading_flows,
    sent,
    target_of,
)
from tests.systems.scripts import run_by


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
def test_a_check_is_marked_as_one(system_: System[Any]) -> None:
    """Whatever an API is only asked to check bears its own word for that, and comes last."""
    for name, flow in checking_flows(system_):
        calls = run_by(flow, lambda call: example(system_, call)).calls
        assert not any(call.mutates for call in calls[:-1]), name
        for call in calls[-1:]:
            assert '"dry_run": true' in json.dumps(call.body), name


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


@pytest.mark.parametrize("system_", SYSTEMS, ids=ids)
def test_the_watched_example_is_an_end(system_: System[Any]) -> None:
    """The documented remote task succeeded, and is seen so."""
    for work, task, _ in sent(system_, "deploy"):
        flow = system_.watch(target_of(system_), work, task)
        seen = run_by(flow, lambda call: example(system_, call, ended=True)).result
        assert isinstance(seen, TaskSucceeded), (work.step.name, seen)
