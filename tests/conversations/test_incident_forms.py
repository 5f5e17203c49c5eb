"""The buttons of an incident's card, and the forms of incidents."""

from typing import Any

import pytest

from bot.core.incidents import Incident
from bot.core.verbs.forms import OPEN_INCIDENT, PICK_TARGET
from bot.sandbox.slack import Answer
from tests.conversations.cards import labels, value_of
from tests.conversations.places import ANN, BOB, EVE, GENERAL, GUS, SUE
from tests.conversations.test_incident_export import content, files
from tests.conversations.test_incidents import OPEN, card, lines, opened, place
from tests.conversations.world import World

LEAD, UPDATE, CLOSE = (f"slipway.incident_{name}" for name in ("lead", "update", "close"))


def press(world: World, incident: Incident, action_id: str, by: str) -> Answer:
    """Press a button of the incident's card."""
    shown = card(world, incident)
    return world.press(action_id, shown, by)


def fill(world: World, by: str, **fields: Any) -> Answer:
    """Fill the form that is open, by the names of its blocks, and send it."""
    view = world.workspace.views(by)[-1]
    inputs = {
        each["block_id"]: each["element"]["action_id"]
        for each in view.body["blocks"]
        if each["type"] == "input"
    }
    values = {
        f"slipway.{name}": {inputs[f"slipway.{name}"]: value} for name, value in fields.items()
    }
    return world.workspace.submit(view.id, values, by=by)


def everybody(world: World, incident: Incident) -> None:
    """Let all be in the incident's channel."""
    world.workspace.set_members(place(world, incident), (ANN, BOB, EVE, GUS, "U0SLIPWAY"))


def test_the_card_has_three_buttons_while_it_is_open(world: World) -> None:
    """Lead, update, close; a closed one has none."""
    incident = opened(world)
    everybody(world, incident)
    shown = card(world, incident)
    assert shown.action_ids == [LEAD, UPDATE, CLOSE]
    assert labels(shown) == ["Change lead", "Post update", "Close"]
    world.command(f'/incident close {incident.id} "over"')
    world.settle()
    assert card(world, incident).action_ids == []


def test_an_update_by_the_form(world: World) -> None:
    """What is typed there is told in the channel, and stands on the card."""
    incident = opened(world)
    everybody(world, incident)
    assert press(world, incident, UPDATE, EVE).ok
    view = world.workspace.views(EVE)[-1]
    assert view.body["callback_id"] == "slipway.incident_update_form"
    assert fill(world, EVE, text="rolled back, watching").ok
    world.settle()
    assert any("rolled back, watching" in each for each in lines(world, incident))
    assert world.workspace.views(EVE) == []


def test_an_update_keeps_its_lines(world: World) -> None:
    """What people write in several lines is read so: on the card, in the channel, in the file."""
    incident = opened(world)
    everybody(world, incident)
    press(world, incident, UPDATE, EVE)
    fill(world, EVE, text="Cause unknown.\r\n- since 14:02\t\n\n\n\n> next: <!here>\n")
    world.settle()
    shown = "Cause unknown.\n- since 14:02\n\n\u203a next: &lt;!here&gt;"
    assert lines(world, incident)[-1] == f"*Update* from <@{EVE}>: {shown}"
    blocks = card(world, incident).blocks or []
    assert any(shown in str(block.get("text", {}).get("text")) for block in blocks)
    status = world.command(f"/incident status {incident.id}").text
    assert "Cause unknown. - since 14:02" in status.splitlines()[-1]
    world.command(f'/incident close {incident.id} "It was DNS.\nRolled *back*."')
    world.settle()
    [document] = files(world, incident)
    assert "It was DNS.  \nRolled \\*back\\*.\n" in content(world, document)


def test_the_lead_by_the_form(world: World) -> None:
    """Whoever presses is proposed, and any member may be chosen."""
    incident = opened(world)
    everybody(world, incident)
    press(world, incident, LEAD, BOB)
    assert world.workspace.views(BOB)[-1].body["callback_id"] == "slipway.incident_lead_form"
    assert fill(world, BOB, lead=BOB).ok
    assert world.parts.journal.incidents.load(incident.id).lead == BOB
    press(world, incident, LEAD, BOB)
    assert "[unchanged]" in str(fill(world, BOB, lead=BOB).errors)


@pytest.mark.parametrize(
    ("lead", "says"),
    [
        (GUS, "guests cannot approve a fix"),
        (SUE, "people of other workspaces cannot approve a fix"),
        ("U0SLIPWAY", "bots cannot approve a fix"),
        (EVE, "this account is deactivated"),
        ("U0GONE", "Slack does not say who that is"),
    ],
)
def test_only_a_member_can_be_the_lead(world: World, lead: str, says: str) -> None:
    """M12: by the form it is said at the field, by the command in the answer; nobody else leads."""
    world.expected.add("user_not_found")
    incident = opened(world)
    everybody(world, incident)
    world.workspace.change_person(EVE, deleted=True)
    world.wait(61)
    press(world, incident, LEAD, BOB)
    refused = fill(world, BOB, lead=lead).errors
    typed = world.command(f"/incident lead <@{lead}>", channel=place(world, incident)).text
    for said in (str(dict(refused)), typed):
        assert "[bad_lead]" in said
        assert says in said
    assert "Name" in typed
    assert list(refused) == ["slipway.lead"]
    assert world.parts.journal.incidents.load(incident.id).lead == ANN


def test_closing_by_the_form(world: World) -> None:
    """It opens for whoever may close alone; a secret in the summary is said at its field."""
    incident = opened(world)
    everybody(world, incident)
    press(world, incident, CLOSE, EVE)
    world.settle()
    assert world.workspace.views(EVE) == []
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    press(world, incident, CLOSE, BOB)
    assert world.workspace.views(BOB)[-1].body["callback_id"] == "slipway.incident_close_form"
    assert "[secret_in_reason]" in str(fill(world, BOB, text="AKIAIOSFODNN7EXAMPLE").errors)
    assert fill(world, BOB, text="a bad image").ok
    world.settle()
    assert world.parts.journal.incidents.load(incident.id).summary == "a bad image"


def test_a_form_that_was_overtaken_says_so_at_its_field(world: World) -> None:
    """What was closed meanwhile is not closed again; the same form twice counts once."""
    incident = opened(world)
    everybody(world, incident)
    press(world, incident, CLOSE, BOB)
    world.command(f'/incident close {incident.id} "over"')
    assert "[unchanged]" in str(fill(world, BOB, text="a bad image").errors)


def test_a_press_counts_on_the_card_alone(world: World) -> None:
    """The right value on another message, or another value, opens nothing."""
    incident = opened(world)
    everybody(world, incident)
    shown = card(world, incident)
    value = value_of(shown, CLOSE)
    for action in ({"value": value}, {"value": "inc-x"}, {"value": "inc-000000"}):
        told = {"action_id": CLOSE, **action}
        world.click(shown, told, container={"message_ts": "1795000000.000009"})
        world.settle()
        assert world.workspace.views(BOB) == []
    assert any("[wrong_place]" in each for each in world.whispers(BOB))
    assert any("[stale]" in each for each in world.whispers(BOB))


def test_a_card_may_be_pressed_before_it_is_known_to_stand(world: World) -> None:
    """Slack's answer to its posting was lost: the card stands there, and is looked up later."""
    world.workspace.faults.add("chat.postMessage", "drop_after", times=2)
    said = world.command(OPEN).text
    while world.machines.work():
        pass  # no time passes, so nothing is looked up
    incident = world.parts.journal.incidents.load(said.partition("Opened ")[2][:10])
    everybody(world, incident)
    shown = card(world, incident)
    assert world.parts.journal.surfaces.surface_at(shown.channel, shown.ts) is None
    assert press(world, incident, UPDATE, EVE).ok
    assert world.workspace.views(EVE) != []


def test_opening_by_the_form(world: World) -> None:
    """Without a title a form asks; what is filled in opens the incident, said to its opener."""
    answer = world.command("/incident open", channel=GENERAL)
    assert (answer.status, answer.text) == (200, "")
    view = world.workspace.views(ANN)[-1]
    assert view.body["callback_id"] == "slipway.incident_form"
    assert fill(world, ANN, title="结账失败", targets=["checkout"], severity="1").ok
    world.settle()
    [incident] = world.parts.journal.incidents.newest(9)
    assert (incident.title, incident.severity, incident.is_private) == ("结账失败", 1, False)
    assert incident.targets == ("checkout",)
    assert incident.asked_in == GENERAL
    assert any("Opened inc-" in each for each in world.whispers(ANN))
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text


def test_targets_of_an_incident_are_found_as_they_are_typed(world: World) -> None:
    """All that the person is shown are there, and nothing of any other."""
    world.edit("  prod:\n", "  prod:\n    visible_to: [S0SRE]\n")
    for by, typed, offered in (
        (BOB, "check", ["checkout"]),
        (EVE, "check", []),
        (EVE, "newc", ["newcomer"]),
    ):
        world.command("/incident open", by)
        view = world.workspace.views(by)[-1]
        found = world.workspace.options(PICK_TARGET, typed, view_id=view.id, by=by)
        assert [each["value"] for each in found] == offered
    told = fill(world, EVE, title="it burns", targets=["checkout"], severity="3")
    assert "[unknown_target]" in str(told.errors)


def test_the_form_opens_for_nobody_who_may_not(world: World) -> None:
    """Who may open no incident is told so, and sees no form."""
    assert "[not_allowed]" in world.command("/incident open", by=GUS).text
    assert world.workspace.views(GUS) == []


def test_a_failure_opens_the_form_about_its_target(world: World) -> None:
    """Where slipway.yaml has incidents: on the card and its reply, until one is open."""
    world.edit("policies:\n", "incidents: {open: [anyone]}\npolicies:\n")
    failed = world.done("/deploy flaky 2.1.0")
    told = world.workspace.thread(failed.channel, failed.ts)[-1]
    for shown in (failed, told):
        assert labels(shown)[-1] == "Open incident…"
        world.workspace.press(OPEN_INCIDENT, ts=shown.ts, channel=shown.channel, by=ANN)
        view = world.workspace.views(ANN)[-1]
        [targets] = [each for each in view.body["blocks"] if each["block_id"] == "slipway.targets"]
        chosen = [each["value"] for each in targets["element"]["initial_options"]]
        assert chosen == ["flaky"]
        world.workspace.close_view(view.id, by=ANN)
    world.command('/incident open "flaky is down" flaky', by=ANN)
    world.settle()
    assert "Open incident…" not in labels(world.card(failed))
