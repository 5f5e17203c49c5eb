"""One scope that is left out keeps its own feature out, says so, and harms nothing else."""

import pytest

from bot.core.incidents import StepFailed
from bot.sandbox.slack.config import BOT_SCOPES
from tests.conversations.places import ANN, BOB
from tests.conversations.world import World


@pytest.mark.parametrize(
    ("scope", "step", "flag"),
    [
        ("usergroups:read", "invite", ""),
        ("groups:write", "channel", " --private"),
        ("channels:history", "mark", ""),
        ("reactions:write", "mark", ""),
    ],
)
def test_what_lacks_a_scope_says_which(world: World, scope: str, step: str, flag: str) -> None:
    """In the incident, once; it is open, its target frozen, and it can be ended."""
    world.expected |= {"missing_scope", "already_in_channel", "already_reacted"}
    world.edit("policies:\n", "incidents: {invite: [S0SRE]}\npolicies:\n")
    world.workspace.set_scopes(BOT_SCOPES - {scope})
    said = world.command(f'/incident open "Checkout 5xx" checkout{flag}').text
    world.wait(15, step=5)
    incident = world.parts.journal.incidents.load(said.partition("Opened ")[2][:10])
    if incident.channel is not None:
        world.workspace.set_members(incident.channel, (ANN, BOB, "U0SLIPWAY"))
        told = world.workspace.say("it began at 14:02", by=ANN, channel=incident.channel)
        world.workspace.react("pushpin", ts=told.ts or "", channel=incident.channel, by=ANN)
        world.wait(15, step=5)
    events = [event for _, event in world.parts.journal.incidents.events(incident.id)]
    failed = [each for each in events if isinstance(each, StepFailed)]
    assert [(each.step, each.detail) for each in failed] == [(step, f"needs {scope}")]
    world.command("/deploy checkout 1.4.0")
    assert not world.recorded
    assert "Closed" in world.command(f'/incident close {incident.id} "over"').text


@pytest.mark.parametrize("holds", [True, False])
def test_who_gets_no_private_channel_hears_what_it_holds(world: World, *, holds: bool) -> None:
    """The opener alone is told, and reads of a freeze only where there is one."""
    world.expected |= {"missing_scope"}
    freeze = "true" if holds else "false"
    world.edit("policies:\n", f"incidents: {{freeze: {freeze}}}\npolicies:\n")
    world.workspace.set_scopes(BOT_SCOPES - {"groups:write"})
    world.command('/incident open "secret leak" checkout --private')
    world.wait(15, step=5)
    [told] = [each.text for each in world.workspace.messages(f"D{ANN.removeprefix('U')}")]
    assert "does not let Slipway create the channel" in told
    assert ("It freezes checkout all the same." in told) == holds
