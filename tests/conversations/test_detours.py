"""Detours: what has to be done before a later step after all, and how often that is tried.

The system here needs none, so its operation is brought to the second of two steps by hand.
"""

from typing import Final

from bot.core import events as ev
from bot.core.events import Event
from bot.core.lifecycle import DETOURS_MAX
from bot.core.operation import Operation
from bot.core.plan import PlannedStep
from bot.core.system import PrerequisiteSteps
from tests.conversations.cards import operation_of, words
from tests.conversations.places import BOB
from tests.conversations.world import World
from tests.core.builders import foreign
from workers.advancing.submitting import put_off

DETOUR: Final = PrerequisiteSteps(
    steps=(PlannedStep(name="precheck"),), reason=foreign("the precheck has expired")
)


def at_the_second_step(world: World, *, tried: bool = False) -> Operation:
    """Ask for a deployment of two steps, the first of which is done; no worker knows of it."""
    operation = world.operation(world.asked("/deploy flaky 2.1.0"))
    plan = operation.plan.model_copy(update={"steps": operation.plan.steps * 2})
    now = world.clock()
    events: list[Event] = [
        ev.ApprovalsVoided(at=now, plan=plan, reason=foreign("two steps")),
        ev.ApprovalGiven(at=now, by=BOB, digest=plan.digest),
        ev.PermitGranted(at=now, step=0, attempt=1),
        ev.TaskAccepted(at=now, step=0, attempt=1, task="job-1"),
        ev.StepSucceeded(at=now, step=0),
    ]
    if tried:
        events += [
            ev.PermitGranted(at=now, step=1, attempt=1),
            ev.NotAccepted(at=now, step=1, attempt=1, reason=foreign("throttled"), retry_at=now),
        ]
    for event in events:
        operation = world.machines.context.engine.apply(operation.id, event)
    return operation


def test_a_step_is_put_off_so_often_and_then_it_ends(world: World) -> None:
    """The detour's steps come first, the thread says why; what never gets anywhere has an end."""
    operation = at_the_second_step(world)
    context, digest = world.machines.context, operation.plan.digest
    for _ in range(DETOURS_MAX):
        assert put_off(context, operation, 1, DETOUR)
        operation = context.journal.operations.load(operation.id)
    names = [each.name for each in operation.plan.steps]
    assert names[1:-1] == ["precheck"] * DETOURS_MAX
    assert (operation.plan.digest, operation.approvals[0].digest) == (digest, digest)

    assert not put_off(context, operation, 1, DETOUR)
    world.settle()
    card = world.card(operation.id)
    assert operation_of(card) == operation.id
    assert world.operation(card).phase.kind == "failed"
    assert "`no_progress`" in words(card)
    told = [each for each in world.thread(card) if "Added *precheck* first" in each]
    assert len(told) == DETOURS_MAX
    assert world.tries == 0


def test_a_step_that_was_tried_is_not_put_off(world: World) -> None:
    """It ends where it stands, and says why, instead of being looked at for ever."""
    operation = at_the_second_step(world, tried=True)
    assert not put_off(world.machines.context, operation, 1, DETOUR)
    world.settle()
    card = world.card(operation.id)
    assert "`no_progress`" in words(card)
    assert world.tries == 0
