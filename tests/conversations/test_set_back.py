"""A journal that is set back under whoever works: by a fail-over that lost the last commits."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.app.restored import keep_witness
from bot.core.operation import Uncertain
from tests.conversations.cards import APPROVE, operation_in, operation_of, words
from tests.conversations.places import ANN
from tests.conversations.test_lost_answers import DeathError, Dying, around
from tests.conversations.test_slack_away import calls
from tests.conversations.world import DATABASE, World
from workers.advancing.advance import advance

RESTORED = "uncertain.restored"


@contextmanager
def lost(world: World) -> Iterator[None]:
    """Let the journal lose what is written in the block, as if the standby had not had it."""
    path = world.configuration.with_name(DATABASE)
    _copied(path, path.with_name("standby.db"))
    yield
    _copied(path.with_name("standby.db"), path)


def _copied(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def noted(world: World) -> None:
    """Let the sweeper seal and note, as it does all the time."""
    world.parts.journal.audit.seal()
    keep_witness(world.parts)


def test_a_permit_that_the_journal_lost_is_remembered(world: World) -> None:
    """Right after it was used, before anybody noted how far the journal had come."""
    card = world.asked()
    other = world.asked("/deploy flaky 2.1.0")
    noted(world)
    with lost(world):
        assert world.press(APPROVE, card).ok
        with pytest.raises(DeathError):
            advance(around(world, Dying), operation_of(card))
    assert world.press(APPROVE, card).ok
    world.machines.ring()

    phase = world.operation(card).phase
    assert isinstance(phase, Uncertain)
    assert phase.reason.key == RESTORED
    assert world.mutations == []
    noted(world)  # by now the sweepers know as well, and doubt what else is open
    assert world.operation(other).phase.kind == "uncertain"
    world.settle()
    assert world.mutations == []
    assert "Uncertain" in words(world.card(card))


def test_what_the_cloud_began_is_not_begun_again(world: World) -> None:
    """Whoever approves once more, since the journal forgot that anybody did, sends nothing."""
    card = world.asked()
    noted(world)
    with lost(world):
        assert world.press(APPROVE, card).ok
        world.machines.ring()
    assert world.press(APPROVE, card).ok
    world.settle()
    noted(world)
    world.settle()
    assert world.mutations == ["PUT"]


def test_what_the_journal_forgot_is_not_taken_for_anothers(world: World) -> None:
    """That what was asked for runs already is no "nothing to do", where it is the operation's own.

    A campaign found it: seed 6 on two hosts.
    """
    card = world.asked()
    with lost(world):
        assert world.press(APPROVE, card).ok
        world.machines.ring()
        noted(world)
    assert world.press(APPROVE, card).ok
    world.machines.ring()
    assert world.operation(card).phase.kind == "queued"
    noted(world)
    world.settle()
    assert world.mutations == ["PUT"]
    assert world.operation(card).phase.kind == "succeeded"


def test_nothing_is_permitted_by_a_journal_that_is_behind(world: World) -> None:
    """What was noted is missing, and the sweeper did not look yet: the worker does."""
    card = world.approved()
    with lost(world):
        world.command("/ops cancel checkout", ANN)
        noted(world)
    world.machines.ring()
    assert world.mutations == []
    assert world.operation(card).phase.kind == "queued"

    noted(world)
    world.settle()
    assert world.mutations == []
    assert "Uncertain" in words(world.card(card))


def test_all_that_is_open_is_doubted_once_and_people_are_told(world: World) -> None:
    """As after a restore, without a restart; what begins afterwards goes its way."""
    waits, watched = world.asked("/deploy flaky 2.1.0"), world.approved()
    world.machines.ring()
    fresh = operation_in(world.command("/deploy checkout 1.5.0", ANN).text)
    with lost(world):
        world.command("/ops cancel flaky", ANN)
        noted(world)
    noted(world)
    for card in (watched, waits):
        phase = world.operation(card).phase
        assert isinstance(phase, Uncertain)
        assert phase.reason.key == RESTORED
    assert world.parts.journal.operations.load(fresh).phase.kind == "cancelled"

    world.settle()
    assert world.mutations == ["PUT"]
    assert world.operation(watched).phase.kind == "succeeded"
    assert "Uncertain" in words(world.card(waits))
    assert any("uncertain" in each for each in world.replies(waits))
    later = world.asked("/deploy checkout 1.6.0")
    noted(world)
    assert world.operation(later).phase.kind == "awaiting_approval"


def test_a_card_is_posted_once_though_only_its_message_was_forgotten(world: World) -> None:
    """No record of the audit is missing then: that the card stands is known from Redis alone.

    A campaign found it: seed 8102 on two hosts.
    """
    world.command("/deploy checkout 1.4.0", ANN)
    world.machines.ring()
    noted(world)
    with lost(world):
        world.machines.send()
        noted(world)
    [before] = world.cards()
    world.settle()
    [card] = world.cards()
    assert card.ts == before.ts
    assert world.press(APPROVE, card).ok
    world.settle()
    assert "succeeded" in world.card(card).text


def test_what_slack_refused_was_not_posted(world: World) -> None:
    """A card that had to wait is posted as if it came for the first time, and not looked for."""
    world.workspace.faults.add("chat.postMessage", "ratelimited", retry_after=2)
    world.command("/deploy checkout 1.4.0", ANN)
    world.settle()
    world.wait(5)
    [_] = world.cards()
    assert calls(world, "conversations.history") == 0


def test_a_card_is_posted_once_though_nobody_remembers(world: World) -> None:
    """What is to be posted may be there already: it is looked for first."""
    operation_id = operation_in(world.command("/deploy checkout 1.4.0", ANN).text)
    world.machines.ring()
    with lost(world):
        world.machines.send()
        world.command('/ops lock flaky "a look"', ANN)
        noted(world)
    [before] = world.cards()
    world.machines.send()  # before any sweeper looked
    noted(world)
    world.settle()
    [card] = world.cards()
    assert card.ts == before.ts
    assert "Uncertain" in words(card)
    assert world.parts.journal.operations.load(operation_id).phase.kind == "uncertain"
