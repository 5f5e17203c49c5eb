"""An event from outside proposes; whoever presses asks, under the policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.cards import APPROVE, labels, words
from tests.conversations.invariants import check
from tests.conversations.pipelines import DEPLOY, DISMISS, HOOKS, Pipeline, proposals, told
from tests.conversations.places import ANN, BOB, EVE
from tests.conversations.stage import opened
from tests.conversations.world import World


@pytest.fixture
def world(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world that has a hook, and check at its end what always holds."""
    with opened(folder, redis_url, more=HOOKS) as here:
        yield here
        check(here)


def test_a_proposal_becomes_an_operation_of_whoever_presses(world: World) -> None:
    """The event is a card; the press is a request as if it had been typed, with its own gate."""
    answer = Pipeline(world).proposes("1.4.0", note="build 163", by="ann")
    assert answer.status_code == 202
    world.settle()
    [card] = proposals(world)
    assert told(card) == {"proposal_id": answer.json()["id"], "sequence": 0}
    assert labels(card) == ["Deploy 1.4.0", "Dismiss"]
    assert "build 163" in words(card)
    assert world.press(DEPLOY, card, ANN).ok
    world.settle()
    [operation] = world.recorded
    assert (operation.requester, operation.action) == (ANN, "deploy")
    assert operation.parameters.version == "1.4.0"
    assert labels(proposals(world)[0]) == []
    assert operation.id in proposals(world)[0].text
    assert world.press(APPROVE, world.card(), BOB).ok
    world.settle()
    assert "succeeded" in world.card().text


def test_nobody_gains_a_right_by_a_proposal(world: World) -> None:
    """Who may not ask for the change may neither take it up nor dismiss it."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    for button in (DEPLOY, DISMISS):
        world.press(button, card, EVE)
        world.settle()
        assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert world.recorded == ()
    assert labels(proposals(world)[0]) == ["Deploy 1.4.0", "Dismiss"]


def test_what_is_dismissed_is_over(world: World) -> None:
    """The card says who dismissed it; a press on the card of before is told so."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    assert world.press(DISMISS, card, BOB).ok
    world.settle()
    assert f"Dismissed by <@{BOB}>" in proposals(world)[0].text
    world.press(DEPLOY, card, ANN)
    world.settle()
    assert "[proposal_over]" in world.whispers(ANN)[-1]
    assert world.recorded == ()


def test_a_newer_proposal_takes_the_place_of_the_older(world: World) -> None:
    """One target has one open proposal, on one card, whose metadata names the newer one."""
    pipeline = Pipeline(world)
    pipeline.proposes("1.4.0")
    world.settle()
    [older] = proposals(world)
    newer = pipeline.proposes("1.5.0").json()["id"]
    world.settle()
    [card] = proposals(world)
    assert card.ts == older.ts
    assert told(card)["proposal_id"] == newer
    assert labels(card) == ["Deploy 1.5.0", "Dismiss"]
    world.press(DEPLOY, older, ANN)
    world.settle()
    assert "[proposal_over]" in world.whispers(ANN)[-1]
    world.press(DEPLOY, card, ANN)
    world.settle()
    assert [each.parameters.version for each in world.recorded] == ["1.5.0"]


def test_two_presses_are_one_operation(world: World) -> None:
    """Whoever comes second is told which operation it is."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    assert world.press(DEPLOY, card, ANN).ok
    assert world.press(DEPLOY, card, BOB).ok
    world.settle()
    [operation] = world.recorded
    assert operation.id in world.whispers(BOB)[-1]


def test_a_proposal_lasts_a_day(world: World) -> None:
    """What nobody took up within a day is over; the next one has a card of its own."""
    pipeline = Pipeline(world)
    pipeline.proposes("1.4.0")
    world.settle()
    world.machines.sleep(24 * 3600 + 1)
    world.wait(5)
    [card] = proposals(world)
    assert "Expired" in card.text
    assert labels(card) == []
    pipeline.proposes("1.5.0")
    world.settle()
    assert len(proposals(world)) == 2


def test_a_press_that_nobody_noted_is_found(world: World) -> None:
    """A bot that died between recording the operation and the proposal's end loses nothing."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    proposal = told(card)["proposal_id"]
    delivery = f"proposal:{proposal}"
    world.slash("/deploy", "checkout 1.4.0", trigger_id=delivery)
    world.settle()
    [operation] = world.recorded
    assert operation.id in proposals(world)[0].text
