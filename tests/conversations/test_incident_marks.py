"""Messages that people add to an incident's timeline."""

from typing import Any

import pytest

from bot.core.incidents import mark_of
from bot.core.records import Json
from bot.journal.database import writing
from bot.journal.outbox_write import show
from tests.conversations.places import ANN, BOB, DEPLOYS, GUS
from tests.conversations.test_incidents import opened, place
from tests.conversations.world import World

MARK = "slipway.incident_mark"


def mark(world: World, channel: str, ts: str | None, by: str = ANN) -> None:
    """Choose "Add to timeline" from the menu of a message."""
    assert ts is not None
    assert world.workspace.shortcut(MARK, ts=ts, channel=channel, by=by).ok
    world.settle()


def test_a_message_is_added_to_the_timeline_by_its_menu(world: World) -> None:
    """With its author, as people read it; also a reply in a thread; twice it stands there once."""
    world.expected.add("already_reacted")
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, "U0SLIPWAY"))
    said = world.workspace.say("it began at 14:02, *all* nodes", by=BOB, channel=channel)
    below = world.workspace.say("and <b> too", by=BOB, channel=channel, thread_ts=said.ts)
    mark(world, channel, said.ts)
    assert f"Added to the timeline of {incident.id}" in world.whispers(ANN)[-1]
    mark(world, channel, below.ts)
    mark(world, channel, said.ts)
    status = world.command("/incident status", channel=channel).text
    assert status.count("it began at 14:02") == 1
    assert f"<@{BOB}>" in status
    assert "and &lt;b&gt; too" in status
    assert "&amp;lt;" not in status
    for each in (said, below):
        assert each.ts is not None
        assert "white_check_mark" in world.workspace.state.reactions[channel, each.ts]


def test_elsewhere_no_message_is_added(world: World) -> None:
    """A channel that is no incident's says so, and a guest may not."""
    incident = opened(world)
    said = world.workspace.say("hello", by=BOB, channel=DEPLOYS)
    mark(world, DEPLOYS, said.ts, by=BOB)
    assert "[unknown_incident]" in world.whispers(BOB)[-1]
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, GUS, "U0SLIPWAY"))
    inside = world.workspace.say("hello", by=BOB, channel=channel)
    mark(world, channel, inside.ts, by=GUS)
    assert "[not_allowed]" in world.whispers(GUS)[-1]
    kinds = [event.kind for _, event in world.parts.journal.incidents.events(incident.id)]
    assert "marked" not in kinds


def test_a_message_with_a_secret_is_not_kept(world: World) -> None:
    """What looks like a token never comes into the journal."""
    incident = opened(world)
    channel = place(world, incident)
    said = world.workspace.say("use AKIAIOSFODNN7EXAMPLE", by=ANN, channel=channel)
    mark(world, channel, said.ts)
    assert "[secret_in_reason]" in world.whispers(ANN)[-1]


def pin(world: World, channel: str, ts: str, by: str, *, added: bool = True) -> None:
    """Put a pushpin on a message, or take it away."""
    world.workspace.react("pushpin", ts=ts, channel=channel, by=by, added=added)
    world.settle()


def test_a_pushpin_marks_a_message_as_long_as_one_is_there(world: World) -> None:
    """Of several people, and with each delivery again: one entry, out with the last pushpin."""
    world.expected.add("already_reacted")
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, "U0SLIPWAY"))
    root = world.workspace.say("it began at 14:02", by=BOB, channel=channel)
    said = world.workspace.say("restarted", by=BOB, channel=channel, thread_ts=root.ts)
    assert said.ts is not None
    pin(world, channel, said.ts, ANN)
    pin(world, channel, said.ts, BOB)
    text = world.command("/incident status", channel=channel).text
    assert text.count("restarted") == 1
    assert "it began" not in text
    assert "U0SLIPWAY" in world.workspace.state.reactions[channel, said.ts]["white_check_mark"]
    pin(world, channel, said.ts, ANN, added=False)
    assert "restarted" in world.command("/incident status", channel=channel).text
    pin(world, channel, said.ts, BOB, added=False)
    assert "restarted" not in world.command("/incident status", channel=channel).text


def test_a_guests_pushpin_and_another_emoji_mark_nothing(world: World) -> None:
    """Only full members mark, with the one emoji, in an incident's channel."""
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, GUS, "U0SLIPWAY"))
    said = world.workspace.say("hello there", by=ANN, channel=channel)
    assert said.ts is not None
    pin(world, channel, said.ts, GUS)
    world.workspace.react("eyes", ts=said.ts, channel=channel, by=ANN)
    elsewhere = world.workspace.say("hello there", by=ANN, channel=DEPLOYS)
    assert elsewhere.ts is not None
    pin(world, DEPLOYS, elsewhere.ts, ANN)
    assert "hello there" not in world.command("/incident status", channel=channel).text


def test_what_became_of_a_marked_message_is_read_when_it_is_written_out(world: World) -> None:
    """An edited one stands with both texts, a deleted one with what it said, each once."""
    world.expected |= {"already_reacted", "thread_not_found"}
    incident = opened(world)
    channel = place(world, incident)
    edited = world.workspace.say("it is DNS", by=ANN, channel=channel)
    deleted = world.workspace.say("restart all of it", by=ANN, channel=channel)
    kept = world.workspace.say("errors fall", by=ANN, channel=channel)
    for each in (edited, deleted, kept):
        assert each.ts is not None
        pin(world, channel, each.ts, ANN)
    assert edited.ts is not None
    assert deleted.ts is not None
    world.workspace.edit("it is not DNS", ts=edited.ts, channel=channel)
    world.workspace.delete(ts=deleted.ts, channel=channel)
    for _ in range(2):
        world.command("/incident export", channel=channel)
        world.settle()
    text = world.command("/incident status", channel=channel).text
    assert text.count("it is DNS (marked") == 1
    assert text.count("it is not DNS (edited after") == 1
    assert text.count("restart all of it (marked") == 1
    assert text.count("restart all of it (this message was deleted in Slack)") == 1
    assert text.count("errors fall") == 1


def test_the_receipt_goes_with_the_last_pushpin(world: World) -> None:
    """A check mark stands as long as the message is in the timeline."""
    incident = opened(world)
    channel = place(world, incident)
    said = world.workspace.say("it began at 14:02", by=ANN, channel=channel)
    assert said.ts is not None
    pin(world, channel, said.ts, ANN)
    assert "white_check_mark" in world.workspace.state.reactions[channel, said.ts]
    pin(world, channel, said.ts, ANN, added=False)
    assert "white_check_mark" not in world.workspace.state.reactions[channel, said.ts]


def test_a_deleted_message_stays_whatever_becomes_of_its_pushpins(world: World) -> None:
    """What it said is in the timeline, also where a reaction to it is heard of later."""
    world.expected |= {"already_reacted", "thread_not_found"}
    incident = opened(world)
    channel = place(world, incident)
    said = world.workspace.say("restart all of it", by=ANN, channel=channel)
    assert said.ts is not None
    pin(world, channel, said.ts, ANN)
    world.workspace.delete(ts=said.ts, channel=channel)
    world.command("/incident export", channel=channel)
    world.settle()
    world.parts.journal.incidents.load(incident.id)
    wanted = mark_of(incident, channel, said.ts)
    with writing(world.parts.journal.database) as connection:
        show(connection, wanted, None, world.clock())
    world.settle()
    text = world.command("/incident status", channel=channel).text
    assert text.count("restart all of it (marked") == 1
    assert text.count("was deleted in Slack") == 1


def test_what_slipway_said_is_not_told_as_deleted(world: World) -> None:
    """Whoever adds a message of Slipway's by the menu reads it there as it was, and no more."""
    incident = opened(world)
    channel = place(world, incident)
    world.command('/incident update "rolled back"', channel=channel)
    world.settle()
    [told] = [
        each
        for each in world.workspace.messages(channel)
        if "rolled back" in each.text
        and (each.metadata or {}).get("event_payload", {}).get("sequence")
    ]
    mark(world, channel, told.ts)
    for _ in range(2):
        world.command("/incident export", channel=channel)
        world.settle()
    text = world.command("/incident status", channel=channel).text
    assert "(marked by" in text
    assert "deleted in Slack" not in text
    assert "edited after" not in text


ALERT: dict[str, Json] = {  # as Alertmanager writes it
    "fallback": "[FIRING:1] CheckoutErrors | http://alerts.example",
    "title": "[FIRING:1] CheckoutErrors",
    "text": "5xx at 12 % &amp; rising",
}


@pytest.mark.parametrize("chosen", ["pushpin", "menu"])
@pytest.mark.parametrize(
    ("made_of", "said"),
    [
        ({"attachments": (ALERT,)}, "[FIRING:1] CheckoutErrors 5xx at 12 % &amp; rising"),
        ({"attachments": ({"fallback": "errors rise"},)}, "errors rise"),
        ({"blocks": [{"type": "header", "text": {"text": "errors rise"}}]}, "errors rise"),
        ({"files": ({"name": "errors.png"}, None, {"name": 7})}, "errors.png"),
        ({"attachments": ({"text": None, "blocks": 7},)}, "…"),
    ],
)
def test_a_message_without_text_is_kept_as_what_it_is_made_of(
    world: World, chosen: str, made_of: dict[str, Any], said: str
) -> None:
    """Monitoring writes attachments and blocks; of a picture its name stands there."""
    world.expected.add("already_reacted")
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, "U0SLIPWAY"))
    there = world.workspace.write("-", by=BOB, channel=channel)[0]
    alert = there.model_copy(update={"text": "", **made_of})
    world.workspace.state.messages.put(alert)
    if chosen == "menu":
        mark(world, channel, alert.ts)
    else:
        pin(world, channel, alert.ts, ANN)
    assert f"{said} (marked" in world.command("/incident status", channel=channel).text


@pytest.mark.parametrize("chosen", ["pushpin", "menu"])
def test_who_is_mentioned_in_a_marked_message_is_called_by_name(world: World, chosen: str) -> None:
    """Nobody reads ids; and a message that is only looked at again was not edited."""
    world.expected.add("already_reacted")
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, "U0SLIPWAY"))
    said = world.workspace.say(f"<@{BOB}> restarts it", by=ANN, channel=channel)
    assert said.ts is not None
    if chosen == "menu":
        mark(world, channel, said.ts)
    else:
        pin(world, channel, said.ts, ANN)
    bob = world.workspace.state.people[BOB].real_name
    text = world.command("/incident status", channel=channel).text
    assert f"@{bob} restarts it (marked" in text
    assert f"@{BOB} restarts" not in text
    for _ in range(2):
        pin(world, channel, said.ts, ANN)
        world.command("/incident export", channel=channel)
        world.settle()
    assert world.command("/incident status", channel=channel).text.count("restarts it") == 1


def test_where_slipway_is_not_the_answer_comes_directly(world: World) -> None:
    """The menu is there in channels without Slipway, where it can whisper to nobody."""
    world.expected.add("not_in_channel")
    opened(world)
    world.workspace.set_members(DEPLOYS, (ANN, BOB))
    said = world.workspace.say("hello", by=BOB, channel=DEPLOYS)
    mark(world, DEPLOYS, said.ts, by=BOB)
    direct = world.workspace.state.direct(BOB)
    (told,) = world.workspace.state.messages.of_channel(direct.id)
    assert "[unknown_incident]" in told.text
