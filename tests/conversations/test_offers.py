"""Offers, played: what a card shows can be done, and what it does not show cannot.

Each story ends at a card. Lea, who may do everything there, presses all that there is.
"""

import re
from itertools import count
from typing import Final

import pytest

from bot.core.verbs import BUTTONS, read_token
from bot.sandbox.slack import Message
from tests.conversations.cards import (
    AGAIN,
    APPROVE,
    CANCEL,
    DETAILS,
    EXECUTED,
    HOLD,
    KEEP_WAITING,
    LOOK_AGAIN,
    NOT_EXECUTED,
    REJECT,
    ROLL_BACK,
    START,
    offered,
)
from tests.conversations.places import LEA
from tests.conversations.stories import STORIES
from tests.conversations.test_ways import RETRY_BUTTON, SKIP_BUTTON
from tests.conversations.world import World

GATE: Final = (APPROVE, REJECT, DETAILS, CANCEL)
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "in_line": (DETAILS, CANCEL),
    "startable": (START, DETAILS, CANCEL),
    "unplanned": (DETAILS, CANCEL),
    "planned": GATE,
    "half_approved": GATE,
    "voided": GATE,
    "queued": (DETAILS, CANCEL),
    "uncertain": (LOOK_AGAIN, DETAILS),
    "settled": (LOOK_AGAIN, EXECUTED, NOT_EXECUTED, DETAILS),
    "stalled": (KEEP_WAITING, LOOK_AGAIN, DETAILS),
    "broken": (ROLL_BACK, AGAIN, DETAILS),
    "counting": (ROLL_BACK, HOLD, AGAIN, DETAILS),
    "recoverable": (ROLL_BACK, RETRY_BUTTON, SKIP_BUTTON, DETAILS),
    "succeeded": (ROLL_BACK, AGAIN, DETAILS),
    "a_rollback": (ROLL_BACK, AGAIN, DETAILS),
    "unreviewed": (ROLL_BACK, AGAIN, DETAILS, "slipway.review"),
    **dict.fromkeys(("refused", "rolled_back", "overtaken"), (AGAIN, DETAILS)),
    **dict.fromkeys(("postponed", "running"), (DETAILS,)),
    "continued": (ROLL_BACK, DETAILS),  # what only waits takes no way back
}
PRESSED: Final = [(story, button) for story, buttons in SHOWN.items() for button in buttons]
EVERY: Final = (
    *(each.action_id() for each in BUTTONS if not each.has_options),
    *(RETRY_BUTTON, SKIP_BUTTON),
)
TRIGGERS: Final = count(1)  # no two presses are one delivery
REFUSAL: Final = re.compile(r"\[[a-z_]+\]")


def test_every_button_is_pressed_here() -> None:
    """There is no button that no story shows."""
    assert {button for _, button in PRESSED} == set(EVERY)


@pytest.mark.parametrize(("story", "button"), PRESSED)
def test_what_is_offered_is_done(world: World, story: str, button: str) -> None:
    """Whoever may, presses what the card shows and is not refused: it happens, or a form opens."""
    card = STORIES[story](world)
    assert tuple(offered(card)) == SHOWN[story]
    before, heard = state(world), len(world.whispers(LEA))

    assert world.press(button, card, by=LEA).ok
    world.machines.send()

    told = world.whispers(LEA)[heard:]
    assert not [each for each in told if REFUSAL.search(each)]
    if button == LOOK_AGAIN:
        assert looks(world)
        return
    assert told == []
    assert state(world) != before


@pytest.mark.parametrize("story", STORIES)
def test_what_is_not_offered_changes_nothing(world: World, story: str) -> None:
    """A press that the card does not show is refused or answered, and nothing happens by it."""
    card = STORIES[story](world)
    assert tuple(offered(card)) == SHOWN.get(story, ())
    for button in set(EVERY) - set(offered(card)):
        before, heard = state(world), len(world.whispers(LEA))

        assert forged(world, card, button)
        world.machines.send()

        assert state(world) == before, button
        assert len(world.whispers(LEA)) == heard + 1, button
        world.machines.sleep(2)  # so fast nobody presses


def state(world: World) -> list[object]:
    """What is recorded, what is on the way to the cloud, and which forms Lea has open."""
    recorded = [(each.id, each.sequence, each.phase.kind) for each in world.recorded]
    return [*recorded, world.tries, len(world.workspace.views(LEA))]


def looks(world: World) -> bool:
    """Whether the poller reads something of the cloud right now."""
    read = len(world.cloud.requests)
    world.machines.work()
    return len(world.cloud.requests) > read


def forged(world: World, card: Message, button: str) -> bool:
    """Press what the card does not show, with the very value that it would have."""
    operation = world.operation(card)
    option = button.rpartition("recovery.")[2] if "recovery." in button else ""
    value = ":".join(
        filter(None, (operation.id, str(operation.round), operation.plan.digest[:12], option))
    )
    assert read_token(value), value
    action = {"action_id": button, "value": value}
    trigger = f"3.{next(TRIGGERS)}.forged"
    return world.click(card, action, user={"id": LEA}, trigger_id=trigger).is_success
