"""Suspects in an incident's channel: what changed, why it may be it, and a way back that works."""

from bot.core.incidents import Incident
from bot.sandbox.slack import Message
from tests.conversations.cards import ROLL_BACK, operation_of, submit_on
from tests.conversations.places import ANN, BOB, EVE
from tests.conversations.test_incidents import opened, place
from tests.conversations.world import World


def suspects(world: World, incident: Incident) -> Message:
    """Return the list of suspects as it stands."""
    [found] = [
        each for each in world.workspace.messages(place(world, incident)) if _sequence(each) == 1
    ]
    return found


def _sequence(message: Message) -> int | None:
    told = message.metadata or {}
    if told.get("event_type") != "slipway_incident":
        return None
    return int(told["event_payload"]["sequence"])


def test_the_last_change_is_named_with_its_reasons_and_goes_back(world: World) -> None:
    """What, by whom, how long before, and why; Roll back there undoes it, once."""
    card = world.done()
    world.wait(240, step=60)
    incident = opened(world)
    shown = suspects(world, incident)
    for words in ("Deploy checkout", "1.4.0", operation_of(card), f"<@{ANN}>", "strong lead"):
        assert words in shown.text
    assert "4 min" in shown.text
    assert shown.action_ids == [ROLL_BACK]
    world.workspace.set_members(place(world, incident), (ANN, BOB, "U0SLIPWAY"))
    value = shown.value_of(ROLL_BACK)
    pressed = world.workspace.press(
        ROLL_BACK, ts=shown.ts, channel=shown.channel, by=BOB, value=value
    )
    assert pressed.ok
    assert submit_on(world.workspace, "it burns", BOB).ok
    world.settle()
    back = world.card()
    assert world.operation(back).rollback_of == operation_of(card)
    assert "succeeded" in back.text


def test_who_may_not_roll_back_is_told_there(world: World) -> None:
    """Rights are judged at the press, as everywhere."""
    world.done()
    incident = opened(world)
    shown = suspects(world, incident)
    world.workspace.set_members(shown.channel, (ANN, EVE, "U0SLIPWAY"))
    value = shown.value_of(ROLL_BACK)
    world.workspace.press(ROLL_BACK, ts=shown.ts, channel=shown.channel, by=EVE, value=value)
    world.settle()
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert len(world.recorded) == 1


def test_neighbours_are_suspected_and_the_list_says_what_it_looked_at(world: World) -> None:
    """A change of the same application counts, though less than one of the target itself."""
    world.done("/deploy checkout 1.4.0")
    world.done("/deploy flaky 2.1.0")
    incident = opened(world)
    text = suspects(world, incident).text
    assert "on checkout itself" in text
    assert text.index("Deploy checkout") < text.index("Deploy flaky")


def test_without_any_change_that_is_said(world: World) -> None:
    """Nothing stands out is an answer, and nobody is blamed."""
    incident = opened(world)
    assert "knows of no change" in suspects(world, incident).text
    without = opened(world, '/incident open "what is it" --severity 1')
    assert "no targets" in suspects(world, without).text


def test_the_list_is_kept_up_to_date_for_an_hour_by_edits(world: World) -> None:
    """A rollback is seen in it without a new message; after an hour it rests."""
    world.done()
    incident = opened(world)
    before = suspects(world, incident)
    world.wait(180, step=60)
    world.asked("/rollback checkout")
    world.wait(120, step=20)
    after = suspects(world, incident)
    assert after.ts == before.ts
    assert "After the onset" in after.text
    world.machines.sleep(3600)
    world.settle()
    calls = len(world.workspace.executed)
    world.wait(120, step=20)
    updates = [each for each in world.workspace.executed[calls:] if each.method == "chat.update"]
    assert [each for each in updates if each.arguments["ts"] == after.ts] == []
