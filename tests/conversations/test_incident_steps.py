"""What Slack is asked for in an incident: each step by itself, repeated, and refused alone."""

import pytest

from bot.core.incidents import Incident
from bot.sandbox.slack.config import BOT_SCOPES, Channel
from bot.sandbox.slack.faults import FaultKind
from tests.conversations.cards import labels
from tests.conversations.places import ANN, BOB, CROWD, DEPLOYS, EVE, GENERAL, LEA
from tests.conversations.test_incidents import OPEN, card, lines, opened, place
from tests.conversations.world import World

STEPS = (
    "conversations.create",
    "conversations.setTopic",
    "conversations.setPurpose",
    "conversations.invite",
    "chat.postMessage",
    "chat.getPermalink",
    "bookmarks.add",
    "pins.add",
)


def begun(world: World) -> Incident:
    """Open an incident, and let what is refused be tried for a while: it never comes to rest."""
    said = world.command(OPEN).text
    world.wait(60, step=5)
    return world.parts.journal.incidents.load(said.partition("Opened ")[2][:10])


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "internal_error_after"])
@pytest.mark.parametrize("method", STEPS)
def test_an_answer_that_is_lost_makes_nothing_twice(
    world: World, method: str, kind: FaultKind
) -> None:
    """One channel, one card, one pin, one bookmark, one freeze: wherever an answer is lost."""
    world.expected |= {"already_in_channel", "already_pinned", "name_taken"}
    before = len(world.workspace.channels())
    world.workspace.faults.add(method, kind)
    incident = opened(world)
    assert len(world.workspace.channels()) == before + 1
    channel = place(world, incident)
    assert world.workspace.pins(channel) == [card(world, incident).ts]
    assert len(world.workspace.bookmarks(channel)) == 1
    made = world.workspace.channels()[-1]
    assert ANN in made.members
    assert made.topic
    assert made.purpose
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ("pins:write", "pin the card"),
        ("bookmarks:write", "bookmark the card"),
    ],
)
def test_a_scope_that_is_missing_keeps_only_its_own_step_out(
    world: World, scope: str, says: str
) -> None:
    """It is said in the channel, once; all else is done; granted later, it is made up for."""
    world.expected |= {"missing_scope", "already_in_channel"}
    world.workspace.set_scopes(BOT_SCOPES - {scope})
    incident = begun(world)
    told = [each for each in lines(world, incident) if says in each]
    assert len(told) == 1
    assert scope in told[0]
    made = world.workspace.channels()[-1]
    assert made.topic
    assert ANN in made.members
    assert card(world, incident).text
    world.workspace.set_scopes(BOT_SCOPES)
    world.wait(301, step=30)
    assert world.workspace.pins(made.id)
    assert world.workspace.bookmarks(made.id)


def test_without_the_right_to_make_channels_the_freeze_stands(world: World) -> None:
    """It is told where the incident was opened; the channel comes once the scope is there."""
    world.expected |= {"missing_scope"}
    world.workspace.set_scopes(BOT_SCOPES - {"channels:manage"})
    incident = begun(world)
    assert incident.channel is None
    told = [each.text for each in world.workspace.messages(DEPLOYS)]
    assert len([each for each in told if "channels:manage" in each]) == 1
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text
    assert "Written down" in world.command(f'/incident note {incident.id} "x"').text
    world.workspace.set_scopes(BOT_SCOPES)
    world.wait(301, step=30)
    assert card(world, incident).text


def test_a_workspace_that_lets_no_app_make_channels(world: World) -> None:
    """Told once, and the incident goes on without a channel."""
    world.expected |= {"restricted_action"}
    for _ in range(40):
        world.workspace.faults.add("conversations.create", "refused", code="restricted_action")
    world.command(OPEN)
    world.wait(120, step=20)
    told = [each.text for each in world.workspace.messages(DEPLOYS)]
    assert len([each for each in told if "restricted_action" in each]) == 1


def test_who_is_invited(world: World) -> None:
    """The opener, those of slipway.yaml with their groups, and who changed the targets lately."""
    world.edit("policies:\n", f"incidents: {{invite: [S0SRE, {EVE}]}}\npolicies:\n")
    card_ = world.done()
    assert world.operation(card_).requester == ANN
    opened(world, by=LEA)
    members = set(world.workspace.channels()[-1].members)
    assert members == {LEA, BOB, EVE, ANN, *CROWD, "U0SLIPWAY"}


def test_one_bad_id_keeps_nobody_out(world: World) -> None:
    """Who cannot be invited is named in the channel; everybody else is in."""
    world.expected |= {"user_not_found", "already_in_channel"}
    world.edit("policies:\n", f"incidents: {{invite: [{EVE}, U0GONE]}}\npolicies:\n")
    incident = opened(world)
    members = set(world.workspace.channels()[-1].members)
    assert {ANN, EVE} <= members
    told = [each for each in lines(world, incident) if "<@U0GONE>" in each]
    assert len(told) == 1


def test_others_hear_of_it(world: World) -> None:
    """Opening, severity, closing and reopening are said in the channel that slipway.yaml names."""
    world.edit("policies:\n", f"incidents: {{announce: {GENERAL}}}\npolicies:\n")
    incident = opened(world)
    channel = place(world, incident)
    for text in ("severity 1", 'note "x"', 'close "it was DNS"', "reopen"):
        world.command(f"/incident {text}", channel=channel)
        world.settle()
    told = [each.text for each in world.workspace.messages(GENERAL)]
    assert len(told) == 4
    assert "severity 2" in told[0]
    assert f"<#{channel}>" in told[0]
    assert "2 → 1" in told[1]
    assert "it was DNS" in told[2]
    assert "open again" in told[3]


def test_an_announcement_that_is_refused_is_said(world: World) -> None:
    """A channel that Slipway is not in keeps nothing else from being done."""
    world.expected |= {"not_in_channel"}
    world.edit("policies:\n", f"incidents: {{announce: {GENERAL}}}\npolicies:\n")
    world.workspace.set_members(GENERAL, (ANN,))
    incident = opened(world)
    assert any("announce it elsewhere" in each for each in lines(world, incident))
    assert world.workspace.pins(place(world, incident))


def test_a_channel_that_people_archive_harms_nothing(world: World) -> None:
    """The incident goes on without it, and can be closed from elsewhere."""
    world.expected |= {"is_archived"}
    incident = opened(world)
    world.workspace.archive(place(world, incident))
    assert "Closed" in world.command(f'/incident close {incident.id} "over"').text
    world.wait(30, step=5)
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_a_channel_is_archived_some_time_after_closing(world: World) -> None:
    """Not before, not while it is open again, and never where slipway.yaml does not say when."""
    world.edit("policies:\n", "incidents: {archive_after: 2h}\npolicies:\n")
    incident = opened(world)
    channel = place(world, incident)
    world.command('/incident close "over"', channel=channel)
    world.settle()

    def is_archived() -> bool:
        return next(each for each in world.workspace.channels() if each.id == channel).is_archived

    world.machines.sleep(3600)
    world.wait(120, step=30)
    assert not is_archived()
    world.command("/incident reopen", channel=channel)
    world.machines.sleep(3 * 3600)
    world.wait(120, step=30)
    assert not is_archived()
    world.command('/incident close "over"', channel=channel)
    world.machines.sleep(2 * 3600)
    world.wait(120, step=30)
    assert is_archived()


def test_nothing_waits_for_a_channel_that_was_archived_with_its_incident(world: World) -> None:
    """Cards there change with later operations: Slack is asked once for each, not for ever."""
    world.expected |= {"is_archived"}
    incident = opened(world)
    channel = place(world, incident)
    world.command("/deploy checkout 1.4.0", channel=channel)
    world.settle()
    world.approve(world.card())
    mirrored = world.cards(channel=channel)[0]
    world.command('/incident close "over"', channel=channel)
    world.settle()
    world.workspace.archive(channel)
    world.done("/deploy checkout 1.5.0")  # takes the way back off the card before
    assert world.parts.journal.outbox.next_due(world.clock()) is None
    world.workspace.archive(channel, archived=False)
    world.command(f"/incident reopen {incident.id}")
    world.settle()
    assert labels(world.cards(channel=channel)[0]) != labels(mirrored)


def test_a_channel_of_somebody_elses_is_not_taken(world: World) -> None:
    """IT-4: an answer was lost, and a channel of that name is there; but we did not make it."""
    world.expected |= {"name_taken"}
    name = f"inc-{world.clock():%m%d}-checkout-5xx"
    theirs = Channel(id="C0THEIRS", name=name, creator=EVE, created=int(world.clock.seconds()))
    world.workspace.state.channels[theirs.id] = theirs
    world.workspace.faults.add("conversations.create", "drop_before")
    incident = opened(world)
    made = world.workspace.channels()[-1]
    assert (incident.channel, made.name) == (made.id, f"{name}-2")
    assert world.workspace.messages(theirs.id) == []


def test_what_is_reopened_after_its_channel_was_archived_goes_on(world: World) -> None:
    """IT-9: a bot cannot bring a channel back; the targets are frozen, notes are taken."""
    world.expected |= {"is_archived"}
    incident = opened(world)
    channel = place(world, incident)
    world.command('/incident close "over"', channel=channel)
    world.settle()
    world.workspace.archive(channel)
    assert "Reopened" in world.command(f"/incident reopen {incident.id}").text
    world.wait(30, step=5)
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text
    assert "Written down" in world.command(f'/incident note {incident.id} "again"').text
    assert "Closed" in world.command(f'/incident close {incident.id} "over"').text
