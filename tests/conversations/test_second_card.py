"""An operation stands in several channels: each of its cards is alive, and a press counts once."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event

from bot.core.surfaces import Subject, Subscription
from bot.sandbox.clouds import Fault
from bot.sandbox.slack import Message
from tests.conversations.cards import (
    APPROVE,
    CANCEL,
    ROLL_BACK,
    labels,
    operation_of,
    value_of,
    words,
)
from tests.conversations.places import ANN, BOB, DEPLOYS, GENERAL, LEA
from tests.conversations.stories import REFUSED
from tests.conversations.world import DATABASE, World


@pytest.fixture
def there(world: World) -> World:
    """A world in which another channel wants the cards of checkout."""
    wants = Subscription(
        subject=Subject(kind="target", id="checkout"), kind="operation_card", channel=GENERAL
    )
    world.parts.journal.surfaces.subscribe(wants, world.clock())
    return world


def second(world: World) -> Message:
    """Return the card in the other channel."""
    return world.cards(channel=GENERAL)[-1]


def test_the_card_stands_in_both_channels(there: World) -> None:
    """The same operation, with the same buttons; its thread is below its own card alone."""
    card = there.asked()
    assert operation_of(second(there)) == operation_of(card)
    assert labels(second(there)) == labels(card)
    assert labels(card) == ["Approve", "Reject…", "Details", "Cancel request"]


@pytest.mark.parametrize("channel", [DEPLOYS, GENERAL])
def test_a_press_counts_wherever_it_is_made(there: World, channel: str) -> None:
    """Approved on either card, it runs once, and both cards say so."""
    there.asked()
    pressed = there.cards(channel=channel)[-1]
    assert there.press(APPROVE, pressed).ok
    there.settle()
    assert there.mutations == ["PUT"]
    for where in (DEPLOYS, GENERAL):
        assert "succeeded" in there.cards(channel=where)[-1].text
    assert there.workspace.thread(GENERAL, second(there).ts)[1:] == []


def test_one_person_on_two_cards_is_one_approval(there: World) -> None:
    """Of two that are wanted, the same person gives one, and another the other one."""
    there.edit("approvals: 1", "approvals: 2")
    card = there.asked()
    there.press(APPROVE, card, by=BOB)
    there.settle()
    there.press(APPROVE, second(there), by=BOB)
    there.settle()
    assert len(there.operation(card).approvals) == 1
    assert "1 of 2" in second(there).text
    there.press(APPROVE, second(there), by=LEA)
    there.settle()
    assert "succeeded" in there.card(card).text
    assert there.mutations == ["PUT"]


def test_what_a_failure_left_running_is_said_on_both_cards(there: World) -> None:
    """It is read once, a moment after; who stands in the other channel reads it as well."""
    card = there.approved()
    there.breaks(Fault(kind="answer", status=400, body=REFUSED))
    there.settle()
    assert "Runs as of" in words(there.card(card))
    assert words(second(there)) == words(there.card(card))


def test_what_is_answered_is_answered_where_the_press_was_made(there: World) -> None:
    """Who may not press is told in that very channel."""
    there.asked()
    there.press(APPROVE, second(there), by=ANN)
    there.settle()
    whispers = [each for each in there.workspace.executed if each.method == "chat.postEphemeral"]
    assert [each.arguments["channel"] for each in whispers] == [GENERAL]


def test_a_way_back_is_taken_from_either_card_once(there: World) -> None:
    """Pressed on both, Roll back begins one operation, which stands in both channels, too."""
    card = there.done()
    for pressed in (there.card(card), second(there)):
        there.press(ROLL_BACK, pressed)
        there.machines.sleep(1)
    there.settle()
    assert len([each for each in there.recorded if each.rollback_of]) == 1
    assert operation_of(second(there)) == operation_of(there.card()) != operation_of(card)


def test_a_message_that_is_no_card_of_ours_is_refused(there: World) -> None:
    """The right value on a message that the register does not know decides nothing."""
    there.asked()
    card = second(there)
    action = {"action_id": CANCEL, "value": value_of(card, CANCEL)}
    there.click(card, action, container={"message_ts": "1795000000.000009"})
    there.settle()
    assert "[wrong_place]" in there.whispers(BOB)[-1]
    assert there.operation(card).phase.kind == "awaiting_approval"


def test_a_press_counts_while_it_becomes_known_where_the_card_stands(world: World) -> None:
    """The outbox keeps where the card was posted between two looks of the bot: it is that card."""
    card = world.asked()
    _know(world, None)

    def known_meanwhile(*done: Any) -> None:
        if "surfaces.ts =" in done[2]:
            _know(world, card.ts)

    heard = world.parts.journal.database, "after_cursor_execute", known_meanwhile
    event.listen(*heard)
    try:
        assert world.press(APPROVE, card).ok
    finally:
        event.remove(*heard)
    assert len(world.operation(card).approvals) == 1


def _know(world: World, ts: str | None) -> None:
    """Let the journal know the card's message as *ts*."""
    with closing(sqlite3.connect(world.configuration.with_name(DATABASE))) as database, database:
        database.execute("UPDATE surfaces SET ts = ? WHERE kind = 'operation_card'", (ts,))
