"""The line of a target: places, turns, and who goes before whom."""

import pytest

from bot.sandbox.slack import Message
from tests.conversations.cards import (
    APPROVE,
    CANCEL,
    ROLL_BACK,
    START,
    offered,
    operation_in,
    operation_of,
    words,
)
from tests.conversations.places import ANN, BOB, CHECKOUT, CROWD, EVE, LEA
from tests.conversations.world import World

TOM, UMA = CROWD[:2]


def line(world: World, target: str = "checkout") -> list[str]:
    """Return who waits for *target*, in order."""
    return [each.id for each in world.parts.journal.queues.of(target)]


def phases(world: World, *cards: Message) -> list[str]:
    """Return where the operations of these cards stand."""
    return [world.operation(card).phase.kind for card in cards]


def three(world: World) -> tuple[Message, Message, Message, Message]:
    """Let one operation have checkout, and three more wait for it."""
    holder = world.asked()
    return (
        holder,
        world.asked("/deploy checkout 1.5.0", by=BOB),
        world.asked("/ops restart checkout", by=LEA),
        world.asked("/deploy checkout 1.6.0", by=TOM),
    )


@pytest.mark.parametrize("state", ["waits", "runs"])
def test_a_dry_run_says_at_which_place_it_would_wait(world: World, state: str) -> None:
    """Whoever only asks hears what whoever asks in earnest would: of the line, not of the cloud."""
    world.cloud.take_seconds(CHECKOUT, 600)
    card = world.asked() if state == "waits" else world.approved()
    if state == "runs":
        world.wait(5)
        assert world.operation(card).phase.kind == "running"
    world.command("/deploy checkout 1.5.0", by=BOB)
    before = len(world.recorded)
    for by in (LEA, TOM):
        told = world.command("/deploy checkout 1.6.0 --dry-run", by=by).text.lower()
        assert f"it would wait in line behind `{operation_of(card)}`, at place 2" in told
        assert "in_progress" not in told
    told = world.command("/deploy checkout 1.6.0 --dry-run", by=BOB).text
    assert "would take the place of" in told
    assert len(world.recorded) == before


@pytest.mark.parametrize("state", ["waits", "runs"])
def test_a_dry_run_of_the_same_says_that_it_is_recorded(world: World, state: str) -> None:
    """Asked for in earnest, it would be that operation."""
    world.cloud.take_seconds(CHECKOUT, 600)
    card = world.asked() if state == "waits" else world.approved()
    world.wait(5)
    told = world.command("/deploy checkout 1.4.0 --dry-run").text
    assert "lready recorded as" in told or "it is recorded already as" in told.lower()
    assert operation_of(card) in told
    assert "in_progress" not in told
    assert len(world.recorded) == 1


def test_who_waits_has_a_place(world: World) -> None:
    """Whoever comes while the target is taken waits, and is told the place."""
    holder = world.asked()
    commands = {"/deploy checkout 1.5.0": BOB, "/ops restart checkout": LEA}
    cards = []
    for place, (command, by) in enumerate(commands.items(), start=1):
        said = world.command(command, by=by).text
        assert "Recorded as" in said
        assert f"Waiting in line: place {place}, behind {operation_of(holder)}" in said
        world.settle()
        card = world.card(operation_in(said))
        assert f"Place {place} in line for checkout" in words(card)
        cards.append(card)
    assert phases(world, holder, *cards) == ["awaiting_approval", "waiting", "waiting"]
    assert not world.operation(cards[0]).plan.is_made
    assert list(offered(cards[0])) == ["slipway.details", CANCEL]
    assert world.tries == 0


def test_a_full_line_takes_nobody(world: World) -> None:
    """Three wait by default; the fourth is refused, with the way to see the line."""
    holder, *_ = three(world)
    refused = world.command("/ops scale checkout 3", by=UMA).text
    assert "[queue_full]" in refused
    assert f"taken by <@{ANN}> (`{operation_of(holder)}`)" in refused
    assert "/ops queue checkout" in refused
    assert len(world.recorded) == 4


def test_no_line_means_locked(world: World) -> None:
    """`queue: 0` switches it off: who comes second is refused, as ever."""
    world.edit("    approvals: 1\n", "    approvals: 1\n    queue: 0\n")
    world.asked()
    assert "[locked]" in world.command("/deploy checkout 1.5.0", by=BOB).text
    assert len(world.recorded) == 1


def test_the_same_words_again_join_no_line(world: World) -> None:
    """What is said twice is one operation, whether it has the target or waits."""
    world.asked()
    assert "Already recorded" in world.command("/deploy checkout 1.4.0").text
    world.asked("/deploy checkout 1.5.0", by=BOB)
    assert "Already recorded" in world.command("/deploy checkout 1.5.0", by=BOB).text
    assert len(world.recorded) == 2


def test_turns_come_in_order(world: World) -> None:
    """Who is next is planned when the holder has ended, against what runs then; one at a time."""
    holder, second, third, fourth = three(world)
    world.approve(holder)
    assert phases(world, holder, second, third, fourth) == [
        "succeeded",
        "awaiting_approval",
        "waiting",
        "waiting",
    ]
    assert world.operation(second).plan.before == "1.4.0"
    assert f"<@{BOB}>, *it is the turn of Deploy checkout*" in " ".join(world.thread(second))
    assert "Place 1 in line" in words(world.card(third))
    world.approve(world.card(second), by=LEA)
    world.approve(world.card(third), by=BOB)
    world.approve(world.card(fourth), by=BOB)
    assert phases(world, second, third, fourth) == ["succeeded"] * 3
    assert line(world) == []


def test_a_newer_deploy_takes_the_older_ones_place(world: World) -> None:
    """One person's newer deploy replaces the waiting one, which ends and says so."""
    holder = world.asked()
    older = world.asked("/deploy checkout 1.5.0", by=BOB)
    behind = world.asked("/deploy checkout 1.6.0", by=LEA)
    said = world.command("/deploy checkout 1.5.1", by=BOB).text
    newer = operation_in(said)
    assert f"takes the place of {operation_of(older)}" in said
    assert "place 1" in said
    world.settle()
    assert phases(world, older) == ["cancelled"]
    assert newer in words(world.card(older))
    assert newer in " ".join(world.thread(older))
    assert line(world) == [newer, operation_of(behind)]
    assert phases(world, holder) == ["awaiting_approval"]


def test_another_action_or_person_replaces_nothing(world: World) -> None:
    """A restart is no newer deploy, and Lea's deploy none of Bob's."""
    world.asked()
    first = world.asked("/deploy checkout 1.5.0", by=BOB)
    world.asked("/ops restart checkout", by=BOB)
    world.asked("/deploy checkout 1.6.0", by=LEA)
    assert phases(world, first) == ["waiting"]
    assert len(line(world)) == 3


def test_who_waited_long_is_asked(world: World) -> None:
    """After ten minutes in line its requester starts it, called in a message of its own."""
    holder, second, *_ = three(world)
    world.machines.sleep(11 * 60)
    world.approve(holder)
    card = world.card(second)
    assert phases(world, second) == ["waiting"]
    assert START in offered(card)
    assert f"<@{BOB}>" in world.thread(card)[-1]
    assert "Start now" in world.thread(card)[-1]
    assert world.tries == 1
    world.press(START, card, by=LEA)
    world.settle()
    assert "[not_allowed]" in world.whispers(LEA)[-1]
    assert phases(world, second) == ["waiting"]
    asked = world.workspace.thread(card.channel, card.ts)[-1]
    assert world.press(START, asked, by=BOB).ok
    world.settle()
    assert phases(world, second) == ["awaiting_approval"]
    now = world.workspace.message(card.channel, str(asked.ts))
    assert now is not None
    assert START not in now.action_ids
    world.approve(world.card(second), by=LEA)
    assert phases(world, second) == ["succeeded"]


def test_who_does_not_answer_loses_the_turn(world: World) -> None:
    """After ten minutes the offer ends, and the next one's turn comes."""
    holder, second, third, _ = three(world)
    world.machines.sleep(11 * 60)
    world.approve(holder)
    stale = world.card(second)
    world.wait(11 * 60, step=30)
    assert phases(world, second, third) == ["expired", "waiting"]
    assert "nobody started it in time" in words(world.card(second))
    assert START in offered(world.card(third))
    world.press(START, stale, by=BOB)
    assert phases(world, second) == ["expired"]


def test_a_rollback_goes_before_what_waits_for_people(world: World) -> None:
    """An unapproved holder steps aside, says so, and comes back with a new plan."""
    world.done()
    asked = world.asked("/deploy checkout 1.5.0")
    behind = world.asked("/deploy checkout 1.6.0", by=LEA)
    stale = world.card(asked)
    said = world.command("/rollback checkout", by=BOB).text
    back = operation_in(said)
    assert f"{operation_of(asked)} steps aside for it" in said
    assert phases(world, asked) == ["waiting"]
    world.settle()
    assert phases(world, world.card(back)) == ["succeeded"]
    told = " ".join(world.thread(asked))
    assert f"*Stepped aside* for the rollback `{back}` by <@{BOB}>" in told
    assert phases(world, asked, behind) == ["awaiting_approval", "waiting"]
    assert world.operation(asked).plan.before == "1.3.0"
    world.press(APPROVE, stale, by=LEA)
    world.settle()
    assert "[stale]" in world.whispers(LEA)[-1]
    assert world.operation(asked).approvals == ()
    world.approve(world.card(asked), by=LEA)
    assert phases(world, asked) == ["succeeded"]


def test_the_button_rolls_back_though_something_waits_for_approval(world: World) -> None:
    """A mere request does not take the way back from the card of what runs."""
    done = world.done()
    asked = world.asked("/deploy checkout 1.5.0")
    card = world.card(done)
    assert ROLL_BACK in offered(card)
    assert world.press(ROLL_BACK, card, by=BOB).ok
    world.settle()
    assert "succeeded" in world.card().text
    assert phases(world, asked) == ["awaiting_approval"]


def test_what_a_lock_holds_steps_aside_as_well(world: World) -> None:
    """What is approved and held back keeps no rollback from going; its approvals are void."""
    world.done()
    held = world.approved("/deploy checkout 1.5.0")
    world.command('/ops freeze checkout "stocktaking"', by=BOB)
    world.settle()
    assert phases(world, held) == ["queued"]
    back = world.asked("/rollback checkout", by=BOB)
    assert phases(world, back, held) == ["succeeded", "waiting"]
    assert world.operation(held).approvals == ()
    assert "stocktaking" in words(world.card(held))
    world.command("/ops thaw checkout", by=BOB)
    world.settle()
    assert phases(world, held) == ["awaiting_approval"]


def test_a_rollback_waits_for_what_runs_and_goes_before_all_others(world: World) -> None:
    """What was sent finishes; the rollback is the first one after it."""
    holder, second, *_ = three(world)
    world.press(APPROVE, holder)
    world.machines.ring()
    assert world.operation(holder).was_sent
    said = world.command("/rollback checkout", by=BOB).text
    assert f"place 1, behind {operation_of(holder)}" in said
    world.settle()
    back = world.card(operation_in(said))
    assert phases(world, back) == ["succeeded"]
    assert world.operation(back).plan.after == "1.3.0"
    assert phases(world, second) == ["awaiting_approval"]


def test_a_full_line_keeps_no_rollback_out(world: World) -> None:
    """The room is counted apart for rollbacks."""
    holder, *_ = three(world)
    world.press(APPROVE, holder)
    world.machines.ring()
    assert "place 1" in world.command("/rollback checkout", by=BOB).text


def test_who_waits_may_leave(world: World) -> None:
    """Cancel leaves the line, by those who may cancel; the others move up."""
    _, second, third, fourth = three(world)
    world.press(CANCEL, world.card(third), by=EVE)
    world.settle()
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert world.press(CANCEL, world.card(third), by=LEA).ok
    assert "Done" in world.command(f"/ops cancel {operation_of(second)}", by=BOB).text
    world.settle()
    assert phases(world, second, third) == ["cancelled", "cancelled"]
    assert line(world) == [operation_of(fourth)]
    assert "Place 1 in line" in words(world.card(fourth))


def test_the_line_is_shown(world: World) -> None:
    """`/ops queue` says who has the target, who waits, since when, and what is expected."""
    assert "nobody waits" in world.command("/ops queue checkout").text
    world.command('/ops lock checkout "stocktaking"', by=BOB)
    assert f"<@{BOB}> has locked" in world.command("/ops queue checkout").text
    world.command("/ops unlock checkout", by=BOB)
    holder, second, third, _ = three(world)
    said = world.command("/ops queue co").text
    for each in (holder, second, third):
        assert operation_of(each) in said
    assert said.index(operation_of(second)) < said.index(operation_of(third))
    assert "waiting since" in said
    for question in ("/ops targets check", "/ops status checkout"):
        assert "In line: 3" in world.command(question).text
    assert "Place 1 in line" in world.command(f"/ops status {operation_of(second)}").text


def test_a_start_is_expected_where_durations_are_known(world: World) -> None:
    """Behind what runs the start is told, from what the same took before."""
    world.done()
    card = world.approved("/deploy checkout 1.5.0")
    world.machines.ring()
    assert world.operation(card).was_sent
    assert "Expected to start <!date^" in world.command("/deploy checkout 1.6.0", by=BOB).text
    spots = world.parts.journal.queues.line("checkout", world.clock()).spots
    assert spots[0].expected_start is not None
    assert spots[0].expected_start > world.clock()


def test_why_says_what_is_waited_for(world: World) -> None:
    """`/ops why` names place and holder, and the way to see the line."""
    holder, second, *_ = three(world)
    said = world.command(f"/ops why {operation_of(second)}").text
    assert "place 1 in line" in said
    assert operation_of(holder) in said
    assert "/ops queue checkout" in said


@pytest.fixture
def governed(world: World) -> World:
    """Return a world in which Lea is an admin."""
    world.edit("policies:\n", f"admins: [{LEA}]\npolicies:\n")
    return world


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ('/ops freeze checkout "stocktaking"', "/ops thaw checkout"),
        ('/ops lock checkout "stocktaking"', "/ops unlock checkout"),
        ('/ops halt "stocktaking"', "/ops resume"),
    ],
)
def test_what_is_held_stays_in_line(governed: World, begin: str, end: str) -> None:
    """Under a lock, a freeze or a halt no turn comes; it does, by itself, when that ends."""
    holder = governed.asked()
    second = governed.asked("/deploy checkout 1.5.0", by=BOB)
    governed.command(begin, by=LEA)
    assert governed.press(CANCEL, governed.card(holder), by=ANN).ok
    governed.settle()
    assert phases(governed, second) == ["waiting"]
    assert "stocktaking" in words(governed.card(second))
    governed.command(end, by=LEA)
    governed.settle()
    assert phases(governed, second) == ["awaiting_approval"]


def test_a_lock_lets_its_holder_pass_those_it_holds(world: World) -> None:
    """Who is held keeps the place; whoever holds the lock need not wait for that."""
    holder = world.asked()
    held = world.asked("/deploy checkout 1.5.0", by=BOB)
    own = world.asked("/deploy checkout 1.6.0", by=LEA)
    world.command('/ops lock checkout "mine"', by=LEA)
    world.press(CANCEL, world.card(holder), by=ANN)
    world.settle()
    assert phases(world, held, own) == ["waiting", "awaiting_approval"]
    assert line(world) == [operation_of(held)]


def test_nothing_starts_while_slipway_drains(world: World) -> None:
    """What waits for its turn waits for the end of a drain as well."""
    holder = world.asked()
    second = world.asked("/deploy checkout 1.5.0", by=BOB)
    world.parts.journal.drain.hold("here", world.clock())
    world.approve(holder)
    assert phases(world, holder, second) == ["succeeded", "waiting"]
    world.parts.journal.drain.end()
    world.wait(70, step=5)
    assert phases(world, second) == ["awaiting_approval"]


def test_a_turn_does_not_hang_on_a_doorbell(world: World) -> None:
    """Redis is away when the holder ends: the sweeper gives the turn."""
    holder = world.asked()
    second = world.asked("/deploy checkout 1.5.0", by=BOB)
    with world.without_redis():
        world.command(f"/ops cancel {operation_of(holder)}")
    assert phases(world, holder, second) == ["cancelled", "waiting"]
    world.wait(5)
    assert phases(world, second) == ["awaiting_approval"]


def test_nobody_comes_in_between(world: World) -> None:
    """The target is free and the turn was not given yet: who comes now waits behind the others."""
    holder = world.asked()
    second = world.asked("/deploy checkout 1.5.0", by=BOB)
    world.command(f"/ops cancel {operation_of(holder)}")
    assert "place 2" in world.command("/deploy checkout 1.6.0", by=LEA).text
    world.settle()
    assert phases(world, second) == ["awaiting_approval"]
    assert len(line(world)) == 1
