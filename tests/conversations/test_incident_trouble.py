"""What goes wrong around an incident: people who leave or hurry, and what its channel becomes."""

from typing import Any

import pytest

from bot.sandbox.slack import Message
from bot.sandbox.slack.config import BOT_SCOPES
from tests.conversations import cards
from tests.conversations.cards import APPROVE, operation_of
from tests.conversations.places import ANN, BOB, DEPLOYS, EVE, LEA
from tests.conversations.test_incidents import OPEN, card, lines, opened, place
from tests.conversations.world import World

UPDATE = "slipway.incident_update"
CLOSE = "slipway.incident_close"
REVIEW = "slipway.review"
GLASS = '/deploy checkout 1.4.0 --break-glass --reason "checkout is down"'


def test_people_are_asked_how_it_stands_and_whether_it_is_over(world: World) -> None:
    """In its channel, the lead by name, with the buttons that answer; an answer ends it."""
    incident = opened(world, '/incident open "x" checkout --severity 1')
    world.wait(31 * 60, step=300)
    asking = [each for each in lines(world, incident) if "What is new?" in each]
    assert len(asking) == 1
    assert f"<@{ANN}>" in asking[0]
    [said] = [
        each
        for each in world.workspace.messages(place(world, incident))
        if "What is new?" in each.text
    ]
    assert said.action_ids == [UPDATE, CLOSE]
    assert world.workspace.press(
        UPDATE, ts=said.ts, channel=said.channel, by=ANN, value=said.value_of(UPDATE)
    ).ok
    assert world.workspace.views(ANN)[-1].body["callback_id"] == f"{UPDATE}_form"
    world.command('/incident update "rolled back"', channel=place(world, incident))
    world.wait(20 * 60, step=300)
    assert len([each for each in lines(world, incident) if "What is new?" in each]) == 1
    world.wait(4 * 3600, step=1800)
    world.wait(5, step=1)
    assert any("Is the incident over?" in each for each in lines(world, incident))


def test_a_lead_who_leaves_is_said_and_somebody_else_takes_over(world: World) -> None:
    """A deactivated account opens no gate; the channel hears so once, and anybody may lead."""
    world.expected |= {"user_not_found", "already_in_channel"}
    incident = opened(world, OPEN, by=EVE)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, EVE, "U0SLIPWAY"))
    world.workspace.change_person(EVE, deleted=True)
    world.wait(300, step=30)
    told = [each for each in lines(world, incident) if "account was deactivated" in each]
    assert len(told) == 1
    world.command("/incident lead", by=ANN, channel=channel)
    world.command("/deploy checkout 1.4.0", channel=channel)
    world.settle()
    fix = world.card()
    assert world.press(APPROVE, fix, BOB).ok
    world.settle()
    assert "succeeded" in world.card(fix).text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"is_restricted": True}, "The lead is a guest now"),
        ({"team_id": "T0OTHER", "is_stranger": True}, "The lead belongs to another workspace now"),
    ],
)
def test_a_lead_who_is_no_member_any_more_opens_no_gate(
    world: World, change: dict[str, Any], says: str
) -> None:
    """It is said in the channel, once; a fix waits until somebody else has the lead."""
    world.expected |= {"already_in_channel"}
    incident = opened(world, OPEN, by=LEA)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, EVE, LEA, "U0SLIPWAY"))
    world.command("/deploy checkout 1.4.0", channel=channel)
    world.settle()
    world.workspace.change_person(LEA, **change)
    world.wait(300, step=30)
    assert len([each for each in lines(world, incident) if says in each]) == 1
    fix = world.card()
    world.press(APPROVE, fix, LEA)
    world.press(APPROVE, fix, BOB)
    world.settle()
    assert "[not_allowed]" in world.whispers(LEA)[-1]
    assert world.operation(fix).phase.kind == "awaiting_approval"
    world.command("/incident lead", by=EVE, channel=channel)
    world.settle()
    world.press(APPROVE, world.card(fix), EVE)
    world.settle()
    assert "succeeded" in world.card(fix).text


def test_who_takes_the_lead_is_told_what_waits_for_it(world: World) -> None:
    """Its card names the new lead, and so does the line that hands over; once approved, neither."""
    world.expected.add("already_in_channel")
    incident = opened(world, by=BOB)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, LEA, EVE, "U0SLIPWAY"))
    world.command("/deploy checkout 1.4.0", channel=channel)
    world.settle()
    fix = world.card()
    assert f"lead: 0 of 1 from <@{BOB}>" in cards.words(fix)
    world.command("/incident lead", by=LEA, channel=channel)
    world.settle()
    for each in (world.card(fix), *world.cards(channel=channel)):
        assert f"lead: 0 of 1 from <@{LEA}>" in cards.words(each)
    told = lines(world, incident)[-1]
    assert told.splitlines() == [
        f"<@{LEA}> leads the incident from here.",
        f"Waiting for approval by the lead: {operation_of(fix)}.",
    ]
    world.press(APPROVE, fix, LEA)
    world.settle()
    shown = cards.words(world.card(fix))
    assert "lead: 1 of 1, by Lea" in shown
    assert "approvers: 0 of 1 from <!subteam^S0SRE>" in shown
    world.command(f"/incident lead <@{EVE}>", by=LEA, channel=channel)
    world.settle()
    assert lines(world, incident)[-1] == f"<@{EVE}> leads the incident from here."


def test_two_people_open_the_same_at_once(world: World) -> None:
    """Both are answered; two incidents hold the target, each with a channel of its own."""
    world.expected.add("name_taken")
    said = [world.command(OPEN, by=each).text for each in (ANN, BOB)]
    world.settle()
    assert all("Opened inc-" in each for each in said)
    first, second = world.parts.journal.incidents.open_ones()
    assert first.channel != second.channel
    assert first.channel is not None
    assert second.channel is not None


def test_a_fix_passes_once_one_of_two_incidents_has_left_its_target(world: World) -> None:
    """In the channel of either it is said what stands in its way, and how that is taken away."""
    world.expected |= {"name_taken", "already_in_channel"}
    first = opened(world, by=ANN)
    second = opened(world, '/incident open "EU" checkout flaky', by=LEA)
    for each in (first, second):
        world.workspace.set_members(place(world, each), (ANN, BOB, LEA, "U0SLIPWAY"))
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text
    for here, other in ((first, second), (second, first)):
        said = world.command("/deploy checkout 1.4.0", channel=place(world, here)).text
        assert f"{other.id} " in said
        assert f"`/incident remove {other.id} checkout`" in said
        assert said.endswith("[frozen]")
    world.command(f"/incident remove {first.id} checkout", by=ANN)
    said = world.command("/deploy checkout 1.4.0", channel=place(world, second)).text
    assert "Recorded as" in said
    world.settle()
    fix = world.card()
    world.press(APPROVE, fix, BOB)
    world.settle()
    assert world.operation(fix).phase.kind == "awaiting_approval"
    world.press(APPROVE, fix, LEA)
    world.settle()
    assert "succeeded" in world.card(fix).text
    world.command(f"/incident close {second.id} over", by=LEA)
    world.settle()
    assert "Recorded as" in world.command("/deploy checkout 1.5.0").text


def test_a_target_of_another_open_incident_is_said_when_opening(world: World) -> None:
    """It may belong to both; whoever opens the second one is told of the first."""
    world.expected.add("name_taken")
    first = opened(world)
    said = world.command('/incident open "other" checkout').text
    assert first.id in said
    assert "Opened inc-" in said


def test_closing_with_an_operation_under_way_says_so(world: World) -> None:
    """It goes on; whoever closes reads what still runs, in the answer and in the channel."""
    asked = world.asked()
    assert world.press(APPROVE, asked, BOB).ok
    world.machines.ring()
    incident_id = world.command(OPEN).text.partition("Opened ")[2][:10]
    said = world.command(f'/incident close {incident_id} "over"').text
    assert "Closed" in said
    assert f"Still under way: {operation_of(asked)}" in said
    world.settle()
    assert "succeeded" in world.card(asked).text


def test_a_channel_that_is_renamed_changes_nothing(world: World) -> None:
    """It is known by its id: commands there, notes and the file go on."""
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.rename(channel, "war-room")
    assert "Written down" in world.command('/incident note "x"', channel=channel).text
    assert "comes as a file" in world.command("/incident export", channel=channel).text
    world.settle()
    assert any(each.files for each in world.workspace.messages(channel))


def test_a_channel_that_is_deleted_takes_nothing_along(world: World) -> None:
    """Freeze, notes and the end go on from elsewhere."""
    world.expected |= {"channel_not_found"}
    incident = opened(world)
    world.workspace.remove_channel(place(world, incident))
    assert "Written down" in world.command(f'/incident note {incident.id} "x"').text
    world.wait(30, step=5)
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text
    assert "Closed" in world.command(f'/incident close {incident.id} "over"').text
    world.wait(30, step=5)
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_a_bot_that_is_removed_goes_on_once_it_is_invited(world: World) -> None:
    """Its card is brought to the newest state then."""
    world.expected |= {"not_in_channel", "channel_not_found"}
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN,))
    world.command(f"/incident severity {incident.id} 1")
    world.wait(60, step=5)
    world.workspace.set_members(channel, (ANN, "U0SLIPWAY"))
    world.wait(360, step=30)
    assert "severity 1" in card(world, incident).text


def test_slipway_is_not_said_to_have_opened_what_a_person_did(world: World) -> None:
    """Wherever it is told, whoever pressed or typed is named."""
    world.edit("policies:\n", "incidents: {announce: C0GENERAL}\npolicies:\n")
    incident = opened(world)
    told = [*lines(world, incident), *(each.text for each in world.workspace.messages(DEPLOYS))]
    told += [each.text for each in world.workspace.messages("C0GENERAL")]
    assert any(f"<@{ANN}> opened an incident" in each for each in told)
    assert not any("Slipway opened" in each for each in told)


def breakable(world: World) -> None:
    """Let Ann break the glass of prod."""
    world.edit("    deadline: 30m\n  dev:", f"    break_glass: [{ANN}]\n    deadline: 30m\n  dev:")


def aloud(world: World, channel: str) -> list[Message]:
    """Return what a channel heard of broken glass."""
    return [each for each in world.workspace.messages(channel) if "breaks the glass" in each.text]


def test_broken_glass_is_said_aloud_in_the_incidents_channel(world: World) -> None:
    """Who, why, over what, and that a review is owed: once there, as in the target's channel."""
    breakable(world)
    incident = opened(world)
    channel = place(world, incident)
    assert "The glass is broken" in world.command(GLASS).text
    world.settle()
    for where in (DEPLOYS, channel):
        [said] = aloud(world, where)
        assert said.is_reply
        assert said.reply_broadcast
        for words in (f"<@{ANN}>", "checkout is down", incident.id, "A review is due"):
            assert words in said.text
        assert "<!subteam^S0SRE>" in said.text
    status = world.command("/incident status", channel=channel).text
    assert "broke the glass" in status
    assert "checkout is down" in status
    [card] = world.cards(channel=channel)
    world.workspace.set_members(channel, (ANN, BOB, "U0SLIPWAY"))
    assert world.press(REVIEW, card, by=BOB).ok
    assert world.workspace.views(BOB)[-1].body["callback_id"] == f"{REVIEW}_form"


def test_glass_that_was_broken_before_the_channel_stood_is_said_in_it(world: World) -> None:
    """A channel that comes late hears it as well, also of what is over; once, whatever is added."""
    world.expected |= {"missing_scope", "already_in_channel"}
    breakable(world)
    world.workspace.set_scopes(BOT_SCOPES - {"channels:manage"})
    world.command(OPEN)
    world.command(GLASS)
    world.wait(60, step=5)
    world.workspace.set_scopes(BOT_SCOPES)
    world.wait(301, step=30)
    [incident] = world.parts.journal.incidents.open_ones()
    for text in ("remove checkout", "add checkout"):
        world.command(f"/incident {text}", channel=place(world, incident))
        world.settle()
    [said] = aloud(world, place(world, incident))
    assert "checkout is down" in said.text
    assert len(aloud(world, DEPLOYS)) == 1
