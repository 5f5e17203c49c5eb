"""Stories: how an operation comes into each phase, up to the card that shows it."""

from collections.abc import Callable
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import Message
from tests.conversations.cards import APPROVE, CANCEL, REJECT, ROLL_BACK, operation_of
from tests.conversations.places import ANN, BOB, LEA
from tests.conversations.test_ways import RETRY, SKIP, failed
from tests.conversations.world import World

SETTLE: Final = 15 * 60  # seconds
REFUSED: Final[JsonValue] = {"error_code": "SVCSTG.00100418", "error_msg": "the quota is used up"}


def in_line(world: World) -> Message:
    """Wait for the turn, behind another one."""
    world.asked()
    return world.asked("/deploy checkout 1.5.0", by=LEA)


def startable(world: World) -> Message:
    """Have waited for long, and have the turn."""
    world.asked()
    card = world.asked("/deploy checkout 1.5.0", by=LEA)
    world.machines.sleep(11 * 60)
    world.press(CANCEL, world.cards()[0], by=ANN)
    world.settle()
    return world.card(card)


def unplanned(world: World) -> Message:
    """Wait for approval of what nobody could read yet."""
    world.breaks(Fault(kind="drop", match="GET *", times=None))
    world.command("/deploy checkout 1.4.0")
    world.wait(3)
    return world.card()


def planned(world: World) -> Message:
    """Wait for approval of a plan."""
    return world.asked()


def half_approved(world: World) -> Message:
    """Wait for the second of two approvals."""
    world.edit("approvals: 1", "approvals: 2")
    card = world.asked()
    world.press(APPROVE, card, by=BOB)
    world.settle()
    return world.card(card)


def voided(world: World) -> Message:
    """Wait for approval once more: the policy has changed."""
    card = world.approved()
    world.edit("deadline: 30m\n  dev", "deadline: 20m\n  dev")
    world.settle()
    return world.card(card)


def queued(world: World) -> Message:
    """Be approved, and taken up by no worker yet."""
    card = world.approved()
    world.machines.send()
    return world.card(card)


def postponed(world: World) -> Message:
    """Be under way, and wait until the cloud takes the call."""
    card = world.approved()
    world.breaks(Fault(kind="throttled", retry_after="600"))
    world.machines.ring()
    world.machines.send()
    return world.card(card)


def running(world: World) -> Message:
    """Be watched."""
    card = world.approved()
    world.machines.ring()
    world.machines.send()
    return world.card(card)


def uncertain(world: World) -> Message:
    """Have lost the answer to a call a moment ago."""
    card = world.approved()
    world.breaks(Fault(kind="drop"))
    world.machines.ring()
    world.machines.poll()
    world.machines.send()
    return world.card(card)


def settled(world: World) -> Message:
    """Have lost it so long ago that it does not come any more."""
    card = uncertain(world)
    world.wait(SETTLE + 330, step=60)
    return world.card(card)


def stalled(world: World) -> Message:
    """Have a remote task that the cloud does not know any more."""
    card = world.approved()
    world.expected.add("SVCSTG.00100429")
    world.breaks(Fault(kind="vanished_job", times=None))
    world.wait(400, step=20)
    return world.card(card)


def refused(world: World) -> Message:
    """Have failed before anything changed."""
    card = world.approved()
    world.breaks(Fault(kind="answer", status=400, body=REFUSED))
    world.settle()
    return world.card(card)


def broken(world: World) -> Message:
    """Have failed at a step that changed something."""
    return world.done("/deploy flaky 2.1.0")


def counting(world: World) -> Message:
    """Have failed where a rollback follows by itself."""
    gate = "    rollback_approvals: 0\n"
    world.edit(gate, f"{gate}    on_failure: rollback\n")
    return broken(world)


def recoverable(world: World) -> Message:
    """Have failed, and know two ways on; the second wants a reason."""
    return failed(world, RETRY, SKIP)


def unreviewed(world: World) -> Message:
    """Have ended without approval by break-glass, which somebody has to review."""
    world.edit("    deadline: 30m\n  dev:", f"    break_glass: [{ANN}]\n    deadline: 30m\n  dev:")
    card = world.asked('/deploy checkout 1.4.0 --break-glass --reason "it is down"')
    world.settle()
    return world.card(operation_of(card))


def succeeded(world: World) -> Message:
    """Have ended well."""
    return world.done()


def rolled_back(world: World) -> Message:
    """Have ended well, and be taken back since."""
    card = world.done()
    world.press(ROLL_BACK, card, by=BOB)
    world.settle()
    return world.card(card)


def a_rollback(world: World) -> Message:
    """Be what took another one back."""
    card = world.done()
    world.press(ROLL_BACK, card, by=BOB)
    world.settle()
    return world.card()


def overtaken(world: World) -> Message:
    """Have ended well before a newer change."""
    card = world.done()
    world.done("/deploy checkout 1.5.0")
    return world.card(card)


def continued(world: World) -> Message:
    """Have failed, and be gone on with since."""
    card = failed(world, RETRY, SKIP)
    world.press("slipway.recovery.retry", card, by=BOB)
    world.settle()
    return world.card(card)


def rejected(world: World) -> Message:
    """Have been rejected."""
    card = world.asked()
    world.press(REJECT, card, by=BOB)
    assert world.submit("not on a Friday").ok
    world.settle()
    return world.card(card)


def expired(world: World) -> Message:
    """Have waited too long for approval."""
    card = world.asked()
    world.wait(3602, step=120)
    return world.card(card)


def cancelled(world: World) -> Message:
    """Have been cancelled."""
    card = world.asked()
    world.press(CANCEL, card, by=ANN)
    world.settle()
    return world.card(card)


STORIES: Final[dict[str, Callable[[World], Message]]] = {
    each.__name__: each
    for each in (
        *(
            in_line,
            startable,
            unplanned,
            planned,
            half_approved,
            voided,
            queued,
            postponed,
            running,
        ),
        *(
            uncertain,
            settled,
            stalled,
            refused,
            broken,
            counting,
            recoverable,
            unreviewed,
            succeeded,
        ),
        *(rolled_back, a_rollback, overtaken, continued, rejected, expired, cancelled),
    )
}
