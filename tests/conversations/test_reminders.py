"""A gate calls people when it can be decided, at half of its time, and others late in it."""

import pytest

from tests.conversations.cards import APPROVE, operation_of, words
from tests.conversations.places import ANN, BOB, EVE, LEA
from tests.conversations.world import World

MINUTE = 60.0


@pytest.fixture
def escalating(world: World) -> World:
    """A world in which Eve may approve when the time of prod grows short."""
    world.edit("    rollback_approvals: 0\n", f"    rollback_approvals: 0\n    escalate: [{EVE}]\n")
    return world


def reminders(world: World, of: str) -> list[str]:
    """Return what people were told of this operation to remind them."""
    return [each for each in world.replies(world.card(of)) if "Still waiting" in each]


def test_approvers_are_called_when_there_is_something_to_read(world: World) -> None:
    """A new message names them, what is asked for and how many it takes; an update tells nobody."""
    card = world.asked()
    [call] = world.replies(card)
    assert "1.3.0 → 1.4.0* needs 1 approval" in call
    assert "Decision needed from <!subteam^S0SRE>" in call


def test_what_needs_no_approval_calls_nobody(world: World) -> None:
    """Where nobody has to decide, nobody is called."""
    assert "Recorded" in world.command("/ops create newcomer").text
    world.settle()
    assert not any("approval" in each for each in world.replies(world.card()))


def test_people_are_reminded_at_half_and_at_three_quarters(escalating: World) -> None:
    """Once each; at three quarters those are called who may approve from then on."""
    of = operation_of(escalating.asked())
    seen = []
    for minutes in (29, 2, 13, 2, 12):
        escalating.wait(minutes * MINUTE, step=30)
        escalating.settle()
        seen.append(len(reminders(escalating, of)))
    assert seen == [0, 1, 1, 2, 2]
    first, second = reminders(escalating, of)
    assert "<!subteam^S0SRE>" in first
    assert f"<@{EVE}>" not in first
    assert f"From now on <@{EVE}> can approve, too" in second


def test_who_is_called_at_three_quarters_approves_from_then_on(escalating: World) -> None:
    """Not a moment earlier; and the approval counts before the permit, too."""
    card = escalating.asked()
    escalating.wait(44 * MINUTE, step=60)
    escalating.press(APPROVE, escalating.card(card), by=EVE)
    escalating.settle()
    assert "[not_approver]" in escalating.whispers(EVE)[-1]
    escalating.wait(2 * MINUTE, step=30)
    escalating.press(APPROVE, escalating.card(card), by=EVE)
    escalating.settle()
    assert "succeeded" in escalating.card(card).text
    assert escalating.operation(card).approvals[0].is_escalated


def test_who_is_called_and_taken_off_the_list_voids(escalating: World) -> None:
    """The right is read again right before the permit."""
    card = escalating.asked()
    escalating.wait(46 * MINUTE, step=60)
    escalating.press(APPROVE, escalating.card(card), by=EVE)
    escalating.edit(f"escalate: [{EVE}]", f"escalate: [{LEA}]")
    escalating.settle()
    assert escalating.tries == 0
    assert escalating.operation(card).approvals == ()


def test_the_requester_is_called_by_no_escalation(world: World) -> None:
    """Whoever asked for it does not approve it, listed for late or not."""
    world.edit("    rollback_approvals: 0\n", f"    rollback_approvals: 0\n    escalate: [{ANN}]\n")
    card = world.asked()
    world.wait(46 * MINUTE, step=60)
    world.press(APPROVE, world.card(card), by=ANN)
    world.settle()
    assert "[self_approval]" in world.whispers(ANN)[-1]


def test_the_card_names_who_may_since_then(escalating: World) -> None:
    """Whoever looks at the card sees who can decide now."""
    card = escalating.asked()
    escalating.wait(46 * MINUTE, step=60)
    escalating.settle()
    assert f"<@{EVE}>" in words(escalating.card(card))


def test_nobody_is_reminded_of_what_was_decided(world: World) -> None:
    """Approved, there is nothing to wait for."""
    card = world.done()
    world.wait(50 * MINUTE, step=60)
    assert reminders(world, operation_of(card)) == []


def test_a_plan_that_comes_late_calls_and_does_not_remind_at_once(world: World) -> None:
    """Whoever could read nothing until half of the time is called once, not twice."""
    with world.locked_journal():
        pass
    world.command("/deploy checkout 1.4.0")
    world.machines.sleep(35 * MINUTE)
    world.settle()
    of = world.recorded[0].id
    assert len(world.replies(world.card(of))) == 1
    world.wait(11 * MINUTE, step=30)
    world.settle()
    assert len(reminders(world, of)) == 1


def test_sweepers_that_sweep_at_once_remind_once(world: World) -> None:
    """The reminder is an event of the operation: whoever is second finds it there."""
    of = operation_of(world.asked())
    world.machines.sleep(31 * MINUTE)
    for _ in range(3):
        world.machines.sweep()
    world.settle()
    assert len(reminders(world, of)) == 1
    kinds = [event.kind for _, event in world.parts.journal.operations.events(of)]
    assert kinds.count("approval_reminded") == 1
    assert BOB
