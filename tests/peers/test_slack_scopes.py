"""An incident from its opening to its file, in a Slack that others have written, scope by scope.

The same life is lived with the scopes of the manifest, and with one left out at a time. What the
package `emulate` has no method for, it cannot judge: see UNJUDGED, and the conversations with our
own simulator, `tests/conversations/test_incident_scopes.py`.
"""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from bot.core.incidents import Incident, StepFailed
from tests.conversations.clock import GivenClock
from tests.conversations.places import DEPLOYS, configuration
from tests.conversations.stage import beginning, opened
from tests.conversations.world import World
from tests.peers.slack_of_others import BOT, TEAM, Emulated, emulated
from workers.slack.app import SCOPES

MANIFEST: Final = frozenset(SCOPES)
UNJUDGED: Final = {
    "app_mentions:read": "emulate sends no mentions",
    "canvases:write": "emulate has no canvases",
    "commands": "emulate has no slash commands",
    "reactions:read": "it is for an event, and emulate asks no scope for those",
    "usergroups:read": "emulate has no user groups",
}
READS: Final = ("bookmarks.add", "conversations.create")  # whose lost answers are looked up


class Lived(NamedTuple):
    """What a life has left behind."""

    incident: Incident
    answers: tuple[str, ...]
    channel: Mapping[str, Any]  # as emulate has it; empty where there is none
    messages: tuple[Mapping[str, Any], ...]
    bookmarks: tuple[Mapping[str, Any], ...]
    failed: tuple[StepFailed, ...]
    elsewhere: str  # what is said in the channel of the command
    news: str


class House(NamedTuple):
    """A world before emulate."""

    world: World
    slack: Emulated


@contextmanager
def housed(folder: Path, redis_url: str, scopes: frozenset[str]) -> Iterator[House]:
    """Open a world whose Slack is emulate's, at the present time, which is emulate's own."""
    begins = beginning(clock=GivenClock(datetime.fromtimestamp(int(time.time()), UTC)))
    with emulated(scopes) as slack:
        channels = slack.channels
        slack.door.groups |= {
            "S0DEVS": [slack.people["ann"]],
            "S0SRE": [slack.people["bob"]],
        }

        def configured(clouds: str, lab: str) -> str:
            text = configuration(clouds, lab).replace(DEPLOYS, channels["deploys"])
            more = f"incidents: {{announce: {channels['news']}, invite: [S0SRE]}}\n"
            return text.replace("policies:\n", f"{more}policies:\n")

        api = f"{slack.door.url}/api/"
        with opened(folder, redis_url, configured=configured, begins=begins, slack=api) as world:
            yield House(world, slack)


def typed(house: House, command: str, text: str) -> str:
    """Let Ann type a command in the channel of deployments, and return what she is answered."""
    answer = house.world.slash(
        command,
        text,
        team_id=TEAM,
        user_id=house.slack.people["ann"],
        channel_id=house.slack.channels["deploys"],
        trigger_id=f"1.2.{len(house.slack.door.calls)}-{abs(hash(text))}",
    )
    return str(answer.json()["text"]) if answer.content else ""


def marks(house: House, channel: str) -> None:
    """Let Ann say something in a channel, and mark it with a pushpin."""
    slack, ann = house.slack, house.slack.people["ann"]
    said = slack.does("chat.postMessage", by="xoxp-ann", channel=channel, text="it began at 14:02")
    pushpin = {"channel": channel, "timestamp": said["ts"], "name": "pushpin"}
    slack.does("reactions.add", by="xoxp-ann", **pushpin)
    event = {
        "type": "reaction_added",
        "user": ann,
        "reaction": "pushpin",
        "item": {"type": "message", "channel": channel, "ts": said["ts"]},
    }
    envelope = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
    body = json.dumps({**envelope, "api_app_id": house.world.workspace.config.app_id})
    assert house.world.post(body.encode(), "application/json").status_code == 200


def lives(house: House, *, private: bool = False) -> Lived:
    """Open an incident of checkout, mark a message, try a change, note, close; then look around."""
    world, slack = house
    flag = " --private" if private else ""
    said = typed(house, "/incident", f'open "Checkout 5xx" checkout{flag}')
    found = re.search(r"inc-[0-9a-z]{6}", said)
    assert found, said
    world.wait(40, step=5)
    incident = world.parts.journal.incidents.load(found[0])
    if incident.channel is not None:
        members = slack.does("conversations.info", channel=incident.channel)
        if not private or members["channel"]["num_members"] > 1:
            marks(house, incident.channel)
    world.wait(20, step=5)
    refused = typed(house, "/deploy", "checkout 1.4.0")
    noted = typed(house, "/incident", f'note {incident.id} "errors fall"')
    closed = typed(house, "/incident", f'close {incident.id} "a bad image"')
    world.wait(40, step=5)
    return looked_at(house, incident.id, (said, refused, noted, closed))


def looked_at(house: House, incident_id: str, answers: tuple[str, ...]) -> Lived:
    """Return what emulate and the journal hold at the end."""
    world, slack = house
    incident = world.parts.journal.incidents.load(incident_id)
    events = [event for _, event in world.parts.journal.incidents.events(incident_id)]
    channel: Mapping[str, Any] = {}
    messages, bookmarks = [], []
    if incident.channel is not None:
        where = {"channel": incident.channel}
        channel = slack.does("conversations.info", **where)["channel"]
        messages = slack.does("conversations.history", limit="200", **where)["messages"]
        bookmarks = slack.does("bookmarks.list", channel_id=incident.channel)["bookmarks"]
        pinned = slack.does("pins.list", **where)["items"]
        members = slack.does("conversations.members", **where)["members"]
        pins = [each["message"]["ts"] for each in pinned]
        channel = {**channel, "members": members, "pins": pins}
    return Lived(
        incident=incident,
        answers=answers,
        channel=channel,
        messages=tuple(messages),
        bookmarks=tuple(bookmarks),
        failed=tuple(each for each in events if isinstance(each, StepFailed)),
        elsewhere=said_in(slack, slack.channels["deploys"]),
        news=said_in(slack, slack.channels["news"]),
    )


def said_in(slack: Emulated, channel: str) -> str:
    """Return all that the bot has said in a channel."""
    told = slack.does("conversations.history", channel=channel, limit="200")
    return "\n".join(each["text"] for each in told["messages"] if each["user"] == BOT)


def cards(lived: Lived) -> list[str]:
    """Return the times of the incident's cards."""
    found = [each for each in lived.messages if "metadata" in each]
    payloads = [(each["ts"], each["metadata"]["event_payload"]) for each in found]
    return [ts for ts, payload in payloads if payload.get("sequence") == 0]


def answered(lived: Lived) -> None:
    """Hold what Ann was answered, and that the incident went its way, against any life's."""
    said, refused, noted, closed = lived.answers
    assert f"Opened {lived.incident.id}" in said
    assert "[frozen]" in refused
    assert "Written down" in noted
    assert "Closed" in closed
    assert not lived.incident.is_open


def furnished(lived: Lived, house: House, *, without: str = "") -> None:
    """Hold the channel against what it should have, but for what is *without*."""
    ann, bob = (house.slack.people[name] for name in ("ann", "bob"))
    assert lived.channel["topic"]["value"].startswith("SEV3 · closed")
    assert "Checkout 5xx" in lived.channel["purpose"]["value"]
    assert set(lived.channel["members"]) == {BOT, ann, bob}
    if without == "chat:write":
        return
    [card] = cards(lived)
    assert lived.channel["pins"] == ([] if without == "pins:write" else [card])
    assert len(lived.bookmarks) == (0 if without == "bookmarks:write" else 1)
    files = [each for message in lived.messages for each in message.get("files", ())]
    assert len(files) == (0 if without == "files:write" else 1)
    marked = next(each for each in lived.messages if each["text"] == "it began at 14:02")
    is_marked = not without.endswith(":history")
    receipt = {"white_check_mark"} if is_marked and without != "reactions:write" else set()
    assert {each["name"] for each in marked["reactions"]} == {"pushpin", *receipt}
    events = house.world.parts.journal.incidents.events(lived.incident.id)
    assert [event.kind for _, event in events].count("marked") == int(is_marked)


def test_the_scopes_of_the_manifest_are_enough(folder: Path, redis_url: str) -> None:
    """Everything is there once, also where answers are lost; nothing was refused for a scope."""
    with housed(folder, redis_url, MANIFEST) as house:
        house.slack.door.losing |= {*READS, "chat.postMessage", "files.completeUploadExternal"}
        lived = lives(house)
        answered(lived)
        furnished(lived, house)
        assert house.slack.refused == set()
        assert lived.failed == ()
        assert {each.status for each in house.slack.door.calls} == {200}
        assert lived.news.count("Checkout 5xx") == 2  # it was opened, and closed
        assert house.slack.door.canvases == [lived.incident.channel]


def test_they_are_enough_for_a_private_incident(folder: Path, redis_url: str) -> None:
    """The same, and nothing of it is said elsewhere."""
    with housed(folder, redis_url, MANIFEST) as house:
        house.slack.door.losing |= set(READS)
        lived = lives(house, private=True)
        answered(lived)
        furnished(lived, house)
        assert lived.channel["is_private"]
        assert house.slack.refused == set()
        assert "Checkout 5xx" not in lived.elsewhere + lived.news


class Lack(NamedTuple):
    """Which step fails for want of a scope, in which life, and whether its channel is known."""

    step: str
    private: bool = False
    losing: tuple[str, ...] = ()
    has_channel: bool = True


CREATE: Final = ("conversations.create",)
LACKS: Final[Mapping[str, Lack]] = {
    "bookmarks:read": Lack("bookmark", losing=("bookmarks.add",)),
    "bookmarks:write": Lack("bookmark"),
    "channels:history": Lack("mark"),
    "channels:manage": Lack("channel", has_channel=False),
    "channels:read": Lack("channel", losing=CREATE, has_channel=False),
    "files:write": Lack("export"),
    "groups:history": Lack("mark", private=True),
    "groups:read": Lack("channel", private=True, losing=CREATE, has_channel=False),
    "groups:write": Lack("channel", private=True, has_channel=False),
    "pins:write": Lack("pin"),
    "reactions:write": Lack("mark"),
}
ELSEWHERE: Final = {"chat:write", "users:read"}  # which have tests of their own


@pytest.mark.parametrize("scope", LACKS)
def test_a_scope_that_is_left_out_takes_only_its_own_along(
    folder: Path, redis_url: str, scope: str
) -> None:
    """It is needed, it is named once where people read it, and all else is as with it."""
    lack = LACKS[scope]
    with housed(folder, redis_url, MANIFEST - {scope}) as house:
        house.slack.door.losing |= set(lack.losing)
        lived = lives(house, private=lack.private)
        answered(lived)
        [lacking] = house.slack.refused
        assert scope in lacking.split("|")
        assert [(each.step, each.detail) for each in lived.failed] == [
            (lack.step, f"needs {lacking}")
        ]
        assert (lived.incident.channel is not None) == lack.has_channel
        if lack.has_channel:
            furnished(lived, house, without=scope)
            inside = [each for each in lived.messages if each["user"] == BOT]
            assert len([each for each in inside if lacking in each["text"]]) == 1
        elif lack.private:  # only who opened it may read of it
            assert scope not in lived.elsewhere
            direct = house.slack.does("conversations.open", users=house.slack.people["ann"])
            told = said_in(house.slack, direct["channel"]["id"])
            assert told.count(lacking) == 1
        else:
            assert lived.elsewhere.count(lacking) == 1


def test_without_the_scope_to_write_everything_else_is_done(
    folder: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing can be said in Slack but the answers to commands; so the log names the scope."""
    caplog.set_level(logging.WARNING)
    with housed(folder, redis_url, MANIFEST - {"chat:write"}) as house:
        lived = lives(house)
        answered(lived)
        furnished(lived, house, without="chat:write")
        assert house.slack.refused == {"chat:write"}
        said = [str(vars(each).get("why", "")) for each in caplog.records]
        assert any("needs chat:write" in each for each in said)


def test_without_the_scope_to_know_people_nothing_begins(folder: Path, redis_url: str) -> None:
    """Who somebody is, every right hangs on; the answer names the scope."""
    with housed(folder, redis_url, MANIFEST - {"users:read"}) as house:
        said = typed(house, "/incident", 'open "Checkout 5xx" checkout')
        assert "[rights_unknown]" in said
        assert "users:read" in said
        assert house.slack.refused == {"users:read"}
        assert house.world.parts.journal.incidents.newest(1) == ()


def test_each_scope_is_judged_or_said_not_to_be() -> None:
    """A scope that the manifest has, or has no longer, has its row here."""
    assert LACKS.keys() | UNJUDGED.keys() | ELSEWHERE == MANIFEST
    assert not LACKS.keys() & UNJUDGED.keys()
