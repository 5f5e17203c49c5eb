"""Cards of what went wrong while something holds their target: ways on go, and come back."""

from typing import Final

import pytest

from bot.sandbox.slack import Message
from tests.conversations.cards import APPROVE, ROLL_BACK, labels, words
from tests.conversations.places import ANN, BOB, LEA
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


@pytest.mark.parametrize("hold", HOLDS)
def test_the_menu_of_what_went_well_comes_back_when_the_hold_ends(
    governed: World, hold: str
) -> None:
    """What is held leaves the menu, also of what goes well meanwhile, and is there again after."""
    world = governed
    before = world.done()
    menu = labels(before)
    begin, end = (each.replace("flaky", "checkout") for each in HOLDS[hold])
    world.command(f'/ops {begin} "stocktaking"', by=LEA)
    world.wait(10)
    assert len(labels(world.card(before))) < len(menu)
    world.command(f"/ops {end}", by=LEA)
    world.wait(10)
    assert labels(world.card(before)) == menu

    card = world.approved("/deploy checkout 1.5.0")
    world.machines.ring()
    world.command(f'/ops {begin} "stocktaking"', by=LEA)
    world.settle()
    assert "succeeded" in world.card(card).text
    world.command(f"/ops {end}", by=LEA)
    world.wait(10)
    assert labels(world.card(card)) == ["Roll back to 1.4.0", "Same again…", "Details"]


def test_the_menu_of_what_went_well_comes_back_when_the_time_of_a_freeze_is_over(
    world: World,
) -> None:
    """Nobody thaws: it is asked for again from the menu as soon as that is possible."""
    card = world.done()
    menu = labels(card)
    world.command('/ops freeze checkout "stocktaking" --for 10m', by=BOB)
    world.wait(10)
    assert len(labels(world.card(card))) < len(menu)
    world.wait(660, step=30)
    assert labels(world.card(card)) == menu


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


@pytest.mark.parametrize("hold", HOLDS)
def test_who_approves_reads_what_will_hold_it(governed: World, hold: str) -> None:
    """A freeze or a halt that begins while a card waits is on it, and gone when it ends."""
    world = governed
    card = world.asked("/deploy flaky 2.1.0")
    begin, end = HOLDS[hold]
    world.command(f'/ops {begin} "stocktaking"', by=LEA)
    world.wait(5)
    told = words(world.card(card))
    assert "stocktaking" in told
    assert "This will be held back until that ends" in told
    assert APPROVE in world.card(card).action_ids
    world.command(f"/ops {end}", by=LEA)
    world.wait(5)
    assert "stocktaking" not in words(world.card(card))


def test_a_warning_comes_and_goes_on_cards_that_wait(world: World) -> None:
    """Who approves, and who stands in line, reads at once what others warn of."""
    cards = [world.asked("/deploy checkout 1.4.0", by=LEA), world.asked("/deploy checkout 1.5.0")]
    for number in range(2):
        world.command(f'/ops lock checkout "rehearsal {number}" --warn', by=BOB)
        world.wait(5)
        for card in cards:
            assert f"rehearsal {number}" in words(world.card(card))
        world.command("/ops unlock checkout", by=BOB)
        world.wait(5)
        for card in cards:
            assert "rehearsal" not in words(world.card(card))


def test_a_freeze_that_ends_by_itself_leaves_the_cards_that_wait(world: World) -> None:
    """Nobody thaws, and still no card says that it will be held."""
    card = world.asked("/deploy flaky 2.1.0")
    world.command('/ops freeze flaky "stocktaking" --for 10m', by=BOB)
    world.wait(5)
    assert "stocktaking" in words(world.card(card))
    world.wait(660, step=30)
    assert "stocktaking" not in words(world.card(card))


FROM_TEN_TO_TWENTY: Final = '    freezes: [{cron: "10 9 * * *", for: 10m, reason: stocktaking}]\n'


def test_a_freeze_of_slipway_yaml_is_on_cards_while_it_lasts(world: World) -> None:
    """Nothing happens when it begins and ends but time; no card waits for something else."""
    world.edit("    deadline: 30m\n  dev:", f"    deadline: 30m\n{FROM_TEN_TO_TWENTY}  dev:")
    failed = STORIES["recoverable"](world)
    before = labels(failed)
    waiting = world.asked("/deploy checkout 1.4.0")
    assert "stocktaking" not in words(waiting)
    minutes = 10 - world.clock().minute
    world.wait(minutes * 60 + 5, step=30)
    assert "This will be held back until that ends" in words(world.card(waiting))
    assert len(labels(world.card(failed))) < len(before)
    assert labels(reply(world, failed)) == labels(world.card(failed))
    world.wait(630, step=30)
    assert "stocktaking" not in words(world.card(waiting))
    assert labels(world.card(failed)) == before
    assert labels(reply(world, failed)) == before


def test_what_nobody_waits_for_is_not_drawn_for_a_freeze(world: World) -> None:
    """A card that has no way on which a freeze would take rests, however many weekends come."""
    world.edit("    deadline: 30m\n  dev:", f"    deadline: 30m\n{FROM_TEN_TO_TWENTY}  dev:")
    world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, world.card(), by=BOB)
    world.settle()
    world.wait(60)
    before = len(world.workspace.executed)
    world.wait(1800, step=60)
    assert [each.method for each in world.workspace.executed[before:]] == []


def test_an_incident_that_opens_is_on_the_cards_that_wait(world: World) -> None:
    """Its freeze holds what others asked for before; closing it lets go."""
    world.edit("policies:\n", "incidents: {open: [anyone]}\npolicies:\n")
    card = world.asked("/deploy flaky 2.1.0")
    world.command('/incident open "disk full" flaky', by=ANN)
    world.settle()
    assert "This will be held back until that ends" in words(world.card(card))
