"""Each refusal of a press or of a wrong word has a way out; it is followed, and works."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.content import configuration
from tests.conversations.cards import APPROVE, CANCEL, START, operation_in, value_of
from tests.conversations.invariants import check
from tests.conversations.pipelines import DEPLOY, HOOKS, Pipeline, proposals
from tests.conversations.places import ANN, BOB, LEA
from tests.conversations.stage import opened
from tests.conversations.world import World

MINUTE: Final = 60.0
WRONG: Final = {
    # what was typed, the code, and what the answer says to type
    "unknown_command": ("/ops depoly checkout", "/deploy"),
    "usage": ("/deploy checkout", "/deploy checkout 1.4.0"),
    "unknown_target": ("/deploy chekout 1.4.0", "checkout"),
    "bad_version": ("/deploy checkout ../etc", "at most 128 of them: 1.4.0"),
    "bad_character": ("/deploy check\u200bout 1.4.0", "\\u200b"),
    "too_long": ("/deploy checkout " + "1" * 40_000, "at most"),
    "bad_end": ('/ops lock checkout "x" --for 5', "2h or 1d"),
    "secret_in_reason": (
        '/deploy checkout 1.4.0 --reason "xoxb-123456789012-abcdef"',
        "Leave it out",
    ),
    "unknown_operation": ("/ops cancel op-zzzzzzzzzz", "/ops status"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_word_leads_to_the_right_one(world: World, code: str) -> None:
    """The answer says what to type instead; what is right then is recorded."""
    typed, advice = WRONG[code]
    refused = world.command(typed).text
    assert f"[{code}]" in refused
    assert advice in refused
    assert world.recorded == ()
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_a_press_in_the_wrong_place_counts_in_its_own(world: World) -> None:
    """`wrong_place` and `stale`: the operation's own card, as it stands now, takes the press."""
    card, other = world.asked(), world.asked("/ops restart flaky")
    value = value_of(card, APPROVE)
    operation_id, _, digest = value.split(":")
    for where, sent, code in (
        (other, value, "wrong_place"),
        (card, f"{operation_id}:0:{digest}", "stale"),
    ):
        world.click(where, {"action_id": APPROVE, "value": sent}, trigger_id=f"3.{code}.x")
        world.settle()
        assert f"[{code}]" in world.whispers(BOB)[-1]
        world.machines.sleep(2)
    assert "succeeded" in world.approve(world.card(card)).text


def test_a_turn_that_has_not_come_comes(world: World) -> None:
    """`not_your_turn`: whoever waits for the message in its thread starts it then."""
    holder = world.asked()
    second = world.asked("/deploy checkout 1.5.0", by=BOB)
    start = {"action_id": START, "value": value_of(second, CANCEL)}
    world.click(second, start)
    world.settle()
    assert "its turn has not come" in world.whispers(BOB)[-1]
    world.machines.sleep(11 * MINUTE)
    world.approve(holder)
    assert world.press(START, world.card(second), by=BOB).ok
    world.settle()
    assert world.operation(second).phase.kind == "awaiting_approval"


def test_a_turn_that_was_missed_is_asked_for_again(world: World) -> None:
    """`turn_missed`: the moment decides, not the sweeper; asked for again it has a turn."""
    holder = world.asked()
    second = world.asked("/deploy checkout 1.5.0", by=BOB)
    world.machines.sleep(11 * MINUTE)
    world.approve(holder)
    card = world.card(second)
    world.machines.sleep(11 * MINUTE)
    assert world.press(START, card, by=BOB).ok
    world.machines.send()
    assert "the time to start it is over" in world.whispers(BOB)[-1]
    world.settle()
    again = world.asked("/deploy checkout 1.5.0", by=BOB)
    assert "succeeded" in world.approve(again, by=LEA).text


@pytest.fixture
def hooked(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world that has a hook."""
    with opened(folder, redis_url, more=HOOKS) as here:
        yield here
        check(here)


def test_what_is_proposed_by_nobody_is_typed(hooked: World) -> None:
    """`unknown_proposal`: the command does the same."""
    Pipeline(hooked).proposes("1.4.0")
    hooked.settle()
    [card] = proposals(hooked)
    hooked.click(
        card, {"action_id": DEPLOY, "value": f"prop-zzzzzzzzzz:{'0' * 12}"}, user={"id": ANN}
    )
    hooked.settle()
    assert "[unknown_proposal]" in hooked.whispers(ANN)[-1]
    assert "succeeded" in hooked.done().text


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        yield here
        check(here)


def test_a_plan_that_nobody_could_read_is_made_smaller(five: World) -> None:
    """`too_large`: nobody is asked to approve it; with less to change the same is sent."""
    values = five.configuration.with_name("base.yaml")
    values.write_text("".join(f"key{n}: {'y' * 900}\n" for n in range(140)))
    five.edit("    release: search\n", "    release: search\n    values: [base.yaml]\n")
    refused = five.asked("/deploy search 1.2.0")
    assert "Slack can show 130000 before it is approved" in five.shown(refused)
    assert five.tries == 0
    values.write_text("replicas: 2\n")
    operation_id = operation_in(five.command("/deploy search 1.2.0").text)
    five.settle()
    card = five.card(operation_id)
    assert "succeeded" in five.approve(card).text
