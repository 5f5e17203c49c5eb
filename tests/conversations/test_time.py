"""Time: cards that tell it, late and stuck told once each, progress, and whom all that calls."""

import sqlite3
from contextlib import closing
from typing import Final

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import Message
from tests.conversations.cards import (
    DETAILS,
    LOOK_AGAIN,
    ROLL_BACK,
    labels,
    operation_of,
    texts,
    words,
)
from tests.conversations.places import ANN, BOB, CHECKOUT, LEA, RELIABILITY
from tests.conversations.world import DATABASE, World

LENGTH: Final = 60  # seconds that a deployment takes
KNOWN: Final = (
    "INSERT INTO step_times (operation_id, step, system, target, action, name, at, seconds) "
    "VALUES (?, 0, 'servicestage-v3', 'checkout', 'deploy', 'deploy', ?, ?)"
)
HANGS: Final = Fault(kind="job_status", words=("RUNNING",), times=None)


def experienced(world: World, *seconds: float) -> None:
    """Have deployed in so many seconds each, or five times in a minute: the journal knows."""
    world.cloud.take_seconds(CHECKOUT, LENGTH)
    path = world.configuration.with_name(DATABASE)
    rows = [
        (f"op-{number:010d}", "2026-11-01 09:00:00.000000", float(took))
        for number, took in enumerate(seconds or (LENGTH,) * 5)
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as journal:
        journal.executemany(KNOWN, rows)


def begun(world: World, version: str = "2.0.0") -> Message:
    """Deploy once more, as far as the cloud has begun."""
    card = world.approved(f"/deploy checkout {version}")
    world.machines.ring()
    sent(world)
    return card


def sent(world: World) -> None:
    """Let Slack have all that is to be said, while nobody looks at the cloud."""
    for _ in range(3):
        world.machines.send()
        world.machines.sleep(1)


def test_a_card_tells_when_it_will_be_done(world: World) -> None:
    """From five samples on; a bar is hatched where only the usual time tells."""
    experienced(world, *(LENGTH,) * 4)
    card = begun(world, "1.9.0")
    assert "last time 1 min" in words(world.card(card))
    assert "done about" not in words(world.card(card))
    world.settle()

    card = begun(world)

    assert "done about *<!date^" in words(world.card(card))
    assert "usually 1 min" in words(world.card(card))
    world.wait(30)
    assert "▢" in words(world.card(card))


def test_a_hanging_task_is_called_late_and_then_stuck_once_each(world: World) -> None:
    """Nothing changes at the cloud, and still people are called at the right times."""
    experienced(world)
    card = begun(world)
    world.breaks(HANGS)
    world.wait(LENGTH, step=5)
    assert not [each for each in world.thread(card) if "is late" in each]
    assert "Late" not in words(world.card(card))

    world.wait(20, step=5)
    late = [each for each in world.thread(card) if "is late" in each]
    assert len(late) == 1
    assert f"For <@{ANN}>" in late[0]
    assert "*Late*" in words(world.card(card))

    world.wait(120, step=5)
    [stuck] = [each for each in world.thread(card) if "may be stuck" in each]
    assert f"Decision needed from <!subteam^{RELIABILITY}>" in stuck
    assert "remote task `JOB" in stuck
    world.wait(300, step=30)
    assert [each for each in world.thread(card) if "is late" in each] == late
    assert [each for each in world.thread(card) if "may be stuck" in each] == [stuck]
    operation = world.operation(card)
    assert operation.is_late(world.clock())
    assert operation.is_stuck(world.clock())
    world.wait(1_800, step=60)
    assert world.operation(card).phase.kind == "stalled"
    assert [each for each in world.thread(card) if "is late" in each] == late


def test_a_card_is_drawn_again_though_nothing_happens(world: World) -> None:
    """What it says of time does not grow old: it is drawn anew when half of the time is over."""
    experienced(world, 60, 60, 60, 100, 100)
    world.cloud.take_seconds(CHECKOUT, 30)
    card = begun(world)
    world.breaks(HANGS)
    world.wait(45, step=5)
    before, sequence = words(world.card(card)), world.operation(card).sequence
    assert "done about" in before

    world.wait(25, step=5)

    assert world.operation(card).sequence == sequence
    assert "nine of ten are done by" in words(world.card(card))


def test_what_is_over_is_not_drawn_again(world: World) -> None:
    """With its end, nothing waits for a time any more."""
    experienced(world)
    card = begun(world)
    world.settle()
    shown = words(world.card(card))
    assert world.parts.journal.outbox.backlog(world.clock()) == (0, 0.0)
    world.wait(1_200, step=600)
    assert words(world.card(card)) == shown


def test_a_long_step_tells_each_quarter(world: World) -> None:
    """As far as tasks are done, and not more often than once a minute."""
    world.cloud.take_seconds(CHECKOUT, 600)
    card = world.done()
    quarters = [each for each in world.thread(card) if "is past" in each]
    assert [word for each in quarters for word in ("25 %", "50 %", "75 %") if word in each]
    assert len(quarters) <= 3
    assert "succeeded" in world.card(card).text


def test_a_reply_of_a_failure_is_pressed(world: World) -> None:
    """It calls who asked and who approved, and its Roll back is judged as the card's."""
    card = world.done("/deploy flaky 2.1.0")
    reply = world.workspace.thread(card.channel, card.ts)[-1]
    assert f"For <@{ANN}>, <@{BOB}>" in reply.text
    assert labels(reply) == ["Roll back to 2.0.0", "Try again…", "Details"]

    assert world.press(ROLL_BACK, reply, by=LEA).ok
    world.settle()

    back = world.card()
    assert world.operation(back).rollback_of == operation_of(card)
    told = world.press(ROLL_BACK, reply, by=BOB)
    assert "already" in "".join(texts(told.blocks or []))  # in a view: it stands in both places


def test_a_reply_that_is_not_current_any_more_changes_nothing(world: World) -> None:
    """What was asked of an uncertain call, pressed from a picture that is old, says what is so."""
    card = world.approved()
    world.breaks(Fault(kind="drop", when="after"))
    world.machines.ring()
    sent(world)
    reply = world.workspace.thread(card.channel, card.ts)[-1]
    assert labels(reply) == ["Look again", "Details"]
    world.settle()
    assert "succeeded" in world.card(card).text
    before = len(world.recorded)

    world.press(LOOK_AGAIN, reply, by=LEA)
    world.machines.send()

    assert "succeeded" in world.whispers(LEA)[-1].lower()
    assert len(world.recorded) == before
    assert world.press(DETAILS, reply, by=LEA).ok


def test_the_end_calls_who_asked(world: World) -> None:
    """The last reply is the only one that mentions the requester of a change that went well."""
    card = world.done()
    told = [f"<@{ANN}>" in each for each in world.thread(card)]
    assert told == [False, False, True]
