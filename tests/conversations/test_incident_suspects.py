"""Suspects in an incident's channel: what changed, why it may be it, and a way back that works."""

from datetime import timedelta

from bot.core.incidents import AnyIncidentEvent, Incident
from bot.core.records import SLIPWAY
from bot.incident_facts import ranking
from bot.sandbox.slack import Message
from tests.conversations.cards import ROLL_BACK, operation_of, submit_on, words
from tests.conversations.places import ANN, BOB, EVE
from tests.conversations.test_incidents import card, opened, place
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
    change = world.done()
    world.wait(240, step=60)
    incident = opened(world)
    shown = suspects(world, incident)
    for each in ("Deploy checkout", "1.4.0", operation_of(change), f"<@{ANN}>", "strong lead"):
        assert each in shown.text
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
    assert world.operation(back).rollback_of == operation_of(change)
    assert "succeeded" in back.text


def test_what_was_taken_back_names_what_took_it_back(world: World) -> None:
    """A fix that waits for people changes nothing, and is in no rollback's way."""
    world.done()
    incident = opened(world)
    world.command("/deploy checkout 1.4.1", channel=place(world, incident))
    world.settle()
    assert suspects(world, incident).action_ids == [ROLL_BACK]
    world.command("/rollback checkout", channel=place(world, incident))
    world.settle()
    [back] = [each for each in world.recorded if each.action == "rollback"]
    shown = suspects(world, incident)
    assert f"No way back from here: `{back.id}` has since changed checkout." in shown.text


def test_what_took_back_a_failure_says_why_it_has_no_button(world: World) -> None:
    """No earlier version is denied that `/ops revisions` lists: the way there is named."""
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed)
    world.settle()
    back = operation_of(world.card())
    shown = suspects(world, opened(world, '/incident open "it burns" flaky')).text
    assert f"No way back from here: `{back}` took back a failed version" in shown
    assert "`/rollback flaky <revision>` goes back to one" in shown.replace("&lt;", "<").replace(
        "&gt;", ">"
    )


def test_who_broke_the_glass_cut_a_corner(world: World) -> None:
    """A change that passed what holds others is more suspect for it."""
    world.edit("    deadline: 30m\n  dev:", f"    break_glass: [{ANN}]\n    deadline: 30m\n  dev:")
    world.command('/deploy checkout 1.4.0 --break-glass --reason "it burns"')
    world.settle()
    incident = opened(world)
    targets, journal = world.parts.catalogue.present.targets, world.parts.journal
    [found] = ranking(journal, targets, incident, timedelta(hours=24)).suspects
    assert "SF-7" in [each.feature for each in found.clauses]


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


def test_a_neighbours_rollback_is_a_line_of_the_incident(world: World) -> None:
    """What is asked for in its channel belongs to it: card, timeline, and the cause at its end."""
    change = world.done("/deploy flaky 2.0.1")
    incident = opened(world)
    shown = suspects(world, incident)
    world.workspace.set_members(shown.channel, (ANN, BOB, "U0SLIPWAY"))
    value = shown.value_of(ROLL_BACK)
    world.workspace.press(ROLL_BACK, ts=shown.ts, channel=shown.channel, by=BOB, value=value)
    assert submit_on(world.workspace, "it burns", BOB).ok
    world.settle()
    back = world.recorded[0]
    assert (back.target, back.rollback_of) == ("flaky", operation_of(change))
    there = [operation_of(each) for each in world.cards(channel=shown.channel)]
    assert there == [back.id]
    assert "succeeded" in world.cards(channel=shown.channel)[0].text
    told = world.command("/incident status", channel=shown.channel).text
    assert f"2.0.1 → 2.0.0: succeeded ({back.id})" in told
    world.command('/incident close "flaky went back"', channel=shown.channel)
    world.settle()
    [closed] = [each for each in _events(world, incident) if each.kind == "closed"]
    assert (closed.cause, closed.rank) == (operation_of(change), 1)


def test_what_is_typed_in_it_is_followed_and_what_is_typed_elsewhere_is_not(world: World) -> None:
    """A neighbour that is changed from outside of the incident's channel is no part of it."""
    incident = opened(world)
    where = place(world, incident)
    world.done("/deploy flaky 2.0.1")
    assert world.cards(channel=where) == []
    world.command("/deploy flaky 2.0.2 --reason x", channel=where)
    world.settle()
    [there] = [operation_of(each) for each in world.cards(channel=where)]
    assert there == world.recorded[0].id
    told = world.command("/incident status", channel=where).text
    assert there in told
    assert world.recorded[1].id not in told


def test_what_takes_it_back_by_itself_is_followed_as_well(world: World) -> None:
    """A change that was asked for in the incident fails there, and is rolled back there."""
    needs_nobody = "    rollback_approvals: 0\n"
    world.edit(needs_nobody, f"{needs_nobody}    on_failure: rollback\n")
    world.edit("    approvals: 1\n", "    approvals: 0\n")
    incident = opened(world)
    where = place(world, incident)
    world.command("/deploy flaky 2.1.0 --reason x", channel=where)
    world.settle()
    world.wait(70, step=10)
    world.settle()
    back, failed = world.recorded
    assert (back.requester, back.rollback_of) == (SLIPWAY, failed.id)
    there = [operation_of(each) for each in world.cards(channel=where)]
    assert sorted(there) == sorted([failed.id, back.id])
    assert back.id in world.command("/incident status", channel=where).text


def _events(world: World, incident: Incident) -> list[AnyIncidentEvent]:
    return [event for _, event in world.parts.journal.incidents.events(incident.id)]


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


def test_what_runs_and_what_can_go_back_are_shown_at_once(world: World) -> None:
    """Nobody has to wait for the minute in which the list is drawn anew, or for another event."""
    world.done()
    incident = opened(world)
    assert "checkout runs 1.4.0" in words(card(world, incident))
    shown = suspects(world, incident)
    value = shown.value_of(ROLL_BACK)
    world.workspace.press(ROLL_BACK, ts=shown.ts, channel=shown.channel, by=ANN, value=value)
    assert submit_on(world.workspace, "it burns", ANN).ok
    world.settle()
    assert "checkout runs 1.3.0" in words(card(world, incident))
    shown = suspects(world, incident)
    assert ROLL_BACK not in shown.action_ids
    assert "already has a rollback: `op-" in words(shown)
    assert "After the onset: Roll back checkout 1.4.0 → 1.3.0" in words(shown)
