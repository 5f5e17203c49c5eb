"""Changes that nobody made through Slipway, found in the clouds' own histories."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.core.codes import Denied
from bot.core.incidents import OutsideSeen
from bot.core.records import Asked, Parameters
from bot.core.system import Work
from bot.sandbox.clouds import Fault
from bot.sandbox.content import configuration
from bot.systems import system as system_named
from tests.conversations.places import BOB
from tests.conversations.stage import opened as opened_world
from tests.conversations.test_incident_suspects import suspects
from tests.conversations.test_incidents import lines, opened, place
from tests.conversations.world import World

VERSIONS: Final = {
    "checkout": "1.4.0",
    "billing": "2.4.0",
    "edge": "v1.30",
    "search": "1.2.0",
    "etcd": "8.12.0",
}
OUTSIDE: Final = "Changed outside Slipway"


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened_world(folder, redis_url, configured=configuration) as here:
        yield here


def by_hand(world: World, name: str, version: str) -> None:
    """Change a target as somebody with another tool does: the journal knows nothing of it."""
    context = world.machines.context
    target = context.catalogue().targets[name]
    system = system_named(target.system)
    asked = Asked(action="deploy", parameters=Parameters(version=version))
    plan = context.cloud.ask(target, system.prepare(target.settings, asked))
    assert not isinstance(plan, Denied)
    context.cloud.ask(target, system.submit(target.settings, Work(step=plan.steps[0])))


@pytest.mark.parametrize("target", VERSIONS)
def test_a_change_made_outside_is_named_with_the_suspects(five: World, target: str) -> None:
    """From the history of each system; in the timeline once, though it is looked for again."""
    five.wait(60, step=30)
    by_hand(five, target, VERSIONS[target])
    five.wait(180, step=60)
    incident = opened(five, f'/incident open "it broke" {target}')
    five.wait(300, step=30)
    shown = suspects(five, incident).text
    assert f"{OUTSIDE}*: {target}, revision" in shown, shown
    assert "min" in shown
    assert "could not be read" not in shown
    events = [event for _, event in five.parts.journal.incidents.events(incident.id)]
    seen = [each for each in events if isinstance(each, OutsideSeen)]
    assert [len(each.changes) for each in seen] == [1]
    status = five.command(f"/incident status {incident.id}").text
    assert status.count("changed outside Slipway: ") == 1


def test_what_slipway_did_is_not_outside(world: World) -> None:
    """Neither before the onset nor while the incident is open."""
    world.done()
    world.wait(240, step=60)
    incident = opened(world)
    world.asked("/rollback checkout", by=BOB)
    world.wait(300, step=30)
    assert OUTSIDE not in suspects(world, incident).text


def test_what_is_changed_later_is_said_to_be_later(world: World) -> None:
    """Found by a later look, by an edit of the list; it is no cause."""
    incident = opened(world)
    before = suspects(world, incident)
    world.wait(240, step=30)
    by_hand(world, "checkout", "1.4.0")
    world.wait(240, step=30)
    after = suspects(world, incident)
    assert after.ts == before.ts
    assert f"{OUTSIDE}*, after the onset: checkout" in after.text


def test_a_history_that_cannot_be_read_is_said(world: World) -> None:
    """An answer that is not there is no proof that nothing was changed."""
    world.breaks(Fault(kind="answer", match="any", status=503, times=None))
    incident = opened(world, '/incident open "it broke" checkout')
    world.wait(30, step=5)
    assert "own history of checkout, flaky" in suspects(world, incident).text


def test_what_was_taken_back_is_held_against_the_list(world: World) -> None:
    """Its place is said at the end, and is a figure: without it the points are opinion."""
    world.done("/deploy checkout 1.4.0")
    world.wait(240, step=60)
    incident = opened(world)
    world.asked("/rollback checkout", by=BOB)
    world.wait(60, step=10)
    world.command('/incident close "a bad image"', channel=place(world, incident))
    world.settle()
    assert any("was number 1 of the suspects" in each for each in lines(world, incident))
    assert world.parts.journal.incidents.cause_ranks(9) == (1,)
