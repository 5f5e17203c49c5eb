"""A plan of any system stays the same while nobody changes anything."""

import re
from typing import Any, Final

import pytest

from bot.core.flow import Call, Reply
from bot.core.plan import Plan, PlanDraft
from bot.core.records import Action
from bot.core.system import (
    System,
)
from bot.systems import SYSTEMS
from tests.systems.contract import PLANNED, asked, drafted, example, ids, target_of
from tests.systems.scripts import run_by

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
