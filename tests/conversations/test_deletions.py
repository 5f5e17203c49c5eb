"""Components deleted from Slack: what is said before, what is left, what is refused then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import BILLING_INSTANCE_ID
from bot.sandbox.content import configuration
from bot.sandbox.slack import Message
from tests.conversations.cards import labels, words
from tests.conversations.invariants import check
from tests.conversations.places import ANN, CHECKOUT
from tests.conversations.stage import opened
from tests.conversations.world import World

GONE: Final = frozenset({"SVCSTG.00100401", "SVCSTG.00100404", "SVCSTG.00100412"})


@pytest.fixture(autouse=True)
def looks_for_what_is_gone(request: pytest.FixtureRequest) -> None:
    """Let the cloud answer that a thing is not there: that is how its end is seen."""
    name = "five" if "five" in request.fixturenames else "world"
    request.getfixturevalue(name).expected |= GONE


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        yield here
        check(here)


def ended(world: World, text: str) -> Message:
    """Type a command whose card is read first, have it approved, and return the card at its end."""
    card = world.asked(text)
    if world.operation(card).approvals_needed:
        return world.approve(card)
    return card


def test_what_does_not_come_back_is_said_before(world: World) -> None:
    """Who approves reads that nothing undoes it; at its end no way back is offered."""
    card = world.asked("/ops delete checkout")
    assert "No way back: a deleted component does not come back" in words(card).replace("*", "")
    card = world.approve(card)
    assert (world.operation(card).phase.kind, labels(card)) == ("succeeded", ["Details"])
    assert world.mutations == ["DELETE"]
    with pytest.raises(LookupError):
        world.cloud.component(CHECKOUT)


def test_a_dry_run_says_it_too(world: World) -> None:
    """It is known before anything is recorded."""
    answer = world.command("/ops delete checkout --dry-run").text
    assert "a deleted component does not come back" in answer
    assert world.recorded == ()


def test_what_was_deleted_is_not_deployed(world: World) -> None:
    """The refusal says what happened to it, and what to do; nothing is sent."""
    ended(world, "/ops delete checkout")
    world.command("/deploy checkout 1.5.0")
    world.settle()
    refused = world.whispers(ANN)[-1]
    assert "[not_found]" in refused
    assert "Slipway has deleted the component" in refused
    assert "Take the target out of slipway.yaml" in refused
    assert world.mutations == ["DELETE"]


def test_what_a_template_made_is_made_anew(world: World) -> None:
    """Deleted, it is offered to be created; created, it is another component."""
    ended(world, "/ops create newcomer")
    ended(world, "/ops delete newcomer")
    world.command("/deploy newcomer 0.2.0")
    world.settle()
    assert "Make a new one with `/ops create`" in world.whispers(ANN)[-1]
    again = ended(world, "/ops create newcomer")
    assert world.operation(again).phase.kind == "succeeded"
    assert world.mutations == ["POST", "DELETE", "POST"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_of_a_deletion(world: World, when: str) -> None:
    """It is adopted where the component goes; where it stays, nothing is sent again."""
    fault = Fault(kind="answer", status=502, when=when, match="DELETE *")  # type: ignore[arg-type] # one of both
    world.breaks(fault)
    card = ended(world, "/ops delete checkout")
    wanted = "succeeded" if when == "after" else "uncertain"
    assert world.operation(card).phase.kind == wanted
    assert world.tries == 1


def test_an_instance_goes_with_its_component(five: World) -> None:
    """v2: the instance by its job, then the component, which holds no other; both are said."""
    card = five.asked("/ops delete billing")
    assert "component" in words(card)
    card = five.approve(card)
    operation = five.operation(card)
    assert operation.phase.kind == "succeeded"
    assert [each.name for each in operation.steps] == ["delete instance", "delete component"]
    with pytest.raises(LookupError):
        five.cloud.instances.view(BILLING_INSTANCE_ID)
    five.command("/deploy billing 2.5.0")
    five.settle()
    assert "Slipway has deleted the instance" in five.whispers(ANN)[-1]
