"""A reply on which people act: its buttons are the card's, and go when the card's go."""

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import FaultKind, Message
from tests.conversations.cards import LOOK_AGAIN, ROLL_BACK, labels, operation_of, words
from tests.conversations.places import ANN, BOB, LEA
from tests.conversations.stories import STORIES
from tests.conversations.test_lost_answers import lost
from tests.conversations.test_slack_away import UPDATE, delete
from tests.conversations.test_time import sent
from tests.conversations.world import World


def telling(world: World, card: Message, words: str) -> Message:
    """Return the reply below *card* that says *words*, as it stands now."""
    below = world.workspace.thread(card.channel, card.ts)[1:]
    [found] = [each for each in below if words in each.text]
    return found


def test_a_failure_that_was_rolled_back_has_no_button_left(world: World) -> None:
    """Once pressing could have no effect the reply has no row, and says what became of it."""
    failed = world.done("/deploy flaky 2.1.0")
    told = telling(world, failed, "readiness probe failed")
    assert "Roll back to 2.0.0" in labels(told)
    assert world.press(ROLL_BACK, told, by=BOB).ok
    world.settle()
    undone = telling(world, failed, "readiness probe failed")
    back = operation_of(world.card())
    became = f" :leftwards_arrow_with_hook: Rolled back by `{back}`."
    assert undone.text.replace(became, "") == told.text
    assert became in undone.text
    assert undone.metadata == told.metadata
    assert "Roll back to 2.0.0" not in labels(undone)


def test_a_failed_card_says_what_it_has_left(world: World) -> None:
    """Whoever decides about a way back reads what runs; the cloud is asked once, and no more."""
    failed = world.done("/deploy flaky 2.1.0")
    left = [each for each in words(world.card(failed)).splitlines() if "Runs as of" in each]
    assert len(left) == 1
    assert "*2.1.0* · failed · 1 of 2" in left[0]
    assert "Runs as of" in world.card(failed).text
    asked = len(world.cloud.requests)
    world.wait(600, step=60)
    assert len(world.cloud.requests) == asked
    world.press(ROLL_BACK, failed, by=BOB)
    world.settle()
    assert "Runs as of" not in words(world.card(failed))


def test_a_way_back_that_came_to_nothing_is_offered_again(world: World) -> None:
    """A rollback that is refused before anything was sent gives the reply its button back."""
    failed = world.done("/deploy flaky 2.1.0")
    shown = labels(telling(world, failed, "readiness probe failed"))
    world.edit("rollback_approvals: 0", "rollback_approvals: 1")
    assert world.press(ROLL_BACK, failed, by=BOB).ok
    world.wait(3)
    back = world.card()
    assert operation_of(back) != operation_of(failed)
    world.press("slipway.cancel", back, by=BOB)
    world.settle()
    assert labels(telling(world, failed, "readiness probe failed")) == shown


def test_a_rollback_is_told_as_such_once_it_has_succeeded(world: World) -> None:
    """While it waits for its gate, card and reply say that it was requested, and no more."""
    failed = world.done("/deploy flaky 2.1.0")
    world.edit("rollback_approvals: 0", "rollback_approvals: 1")
    assert world.press(ROLL_BACK, failed, by=BOB).ok
    world.settle()
    back = world.card()
    told = f"A rollback was requested: `{operation_of(back)}`"
    world.wait(2)
    for shown in (world.card(failed), telling(world, failed, "readiness probe failed")):
        assert told in words(shown)
    world.approve(back, by=LEA)
    world.settle()
    for shown in (world.card(failed), telling(world, failed, "readiness probe failed")):
        assert told not in words(shown)
        assert f"Rolled back by `{operation_of(back)}`" in words(shown)


def test_a_reply_explains_no_way_that_is_gone(world: World) -> None:
    """What was continued lists no way on any more, and names what continues it."""
    failed = STORIES["recoverable"](world)
    told = telling(world, failed, " failed")
    assert ":arrow_right_hook: *Retry*" in words(told)
    assert world.press("slipway.recovery.retry", failed, by=ANN).ok
    world.settle()
    gone = telling(world, failed, " failed")
    assert ":arrow_right_hook: *Retry*" not in words(gone)
    following = world.card()
    assert f"`{operation_of(following)}` is to continue it" in words(gone)
    world.approve(following)
    assert f"Continued by `{operation_of(following)}`" in words(telling(world, failed, " failed"))


def test_an_uncertain_call_that_was_cleared_up_asks_nobody_any_more(world: World) -> None:
    """As soon as it is known what became of the call, the reply that asked has no buttons."""
    card = world.card(lost(world, Fault(kind="drop", when="after")))
    sent(world)
    asked = telling(world, card, "is uncertain")
    assert LOOK_AGAIN in asked.action_ids
    world.settle()
    assert "succeeded" in world.card(card).text
    assert labels(telling(world, card, "is uncertain")) == []


@pytest.mark.parametrize("kind", ["ratelimited", "drop_after", "internal_error"])
def test_it_is_tried_until_slack_takes_it(world: World, kind: FaultKind) -> None:
    """An update of a reply that goes wrong is made again, and keeps no later reply waiting."""
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed, by=BOB)
    world.workspace.faults.add(UPDATE, kind)
    world.settle()
    assert "Roll back to 2.0.0" not in labels(telling(world, failed, "readiness probe failed"))


def test_a_reply_that_was_deleted_is_not_posted_again(world: World) -> None:
    """Who deletes a reply wants it away: the card says the same."""
    failed = world.done("/deploy flaky 2.1.0")
    told = telling(world, failed, "readiness probe failed")
    world.expected.add("message_not_found")
    delete(world, told)
    before = len(world.workspace.thread(failed.channel, failed.ts))
    world.press(ROLL_BACK, failed, by=BOB)
    world.settle()
    texts = [each.text for each in world.workspace.thread(failed.channel, failed.ts)]
    assert told.text not in texts
    assert len(texts) <= before + 1
