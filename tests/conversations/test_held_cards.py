"""Cards of what went wrong while something holds their target: ways on go, and come back."""

import pytest

from bot.sandbox.slack import Message
from tests.conversations.cards import labels
from tests.conversations.places import BOB, LEA
from tests.conversations.stories import STORIES
from tests.conversations.test_freezes import governed
from tests.conversations.world import World

__all__ = ["governed"]  # a fixture

HOLDS = {
    "target": ("freeze flaky", "thaw flaky"),
    "policy": ("freeze prod", "thaw prod"),
    "all": ("freeze all", "thaw all"),
    "halt": ("halt", "resume"),
}


def reply(world: World, card: Message) -> Message:
    """Return the reply that told the failure, as it stands now."""
    told = world.workspace.thread(card.channel, card.ts)[1:]
    return next(each for each in reversed(told) if "failed" in each.text)


@pytest.mark.parametrize("hold", HOLDS)
def test_ways_on_come_back_when_the_hold_ends(governed: World, hold: str) -> None:
    """What is held is not offered, neither on the card nor on its reply; then it is again."""
    world = governed
    card = STORIES["recoverable"](world)
    begin, end = HOLDS[hold]
    before = (labels(card), labels(reply(world, card)))
    assert before[0] == before[1]
    assert "[" not in world.command(f'/ops {begin} "stocktaking"', by=LEA).text
    world.wait(10)
    held = (labels(world.card(card)), labels(reply(world, card)))
    assert len(held[0]) < len(before[0])
    assert held[0] == held[1]
    world.command(f"/ops {end}", by=LEA)
    world.wait(10)
    assert (labels(world.card(card)), labels(reply(world, card))) == before


def test_ways_on_come_back_when_the_time_of_a_freeze_is_over(world: World) -> None:
    """Nobody thaws: the freeze ends by itself, and so do its effects on cards."""
    card = STORIES["recoverable"](world)
    before = labels(card)
    world.command('/ops freeze flaky "stocktaking" --for 10m', by=BOB)
    world.wait(10)
    assert len(labels(world.card(card))) < len(before)
    world.wait(660, step=30)
    assert labels(world.card(card)) == before
    assert labels(reply(world, card)) == before
