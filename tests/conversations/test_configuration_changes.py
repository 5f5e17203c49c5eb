"""slipway.yaml changes while people work: what is told of it, to whom, and once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.conversations.cards import operation_of
from tests.conversations.invariants import check
from tests.conversations.places import GENERAL
from tests.conversations.stage import opened
from tests.conversations.world import World

AUDITED: Final = f"audit: {{channel: {GENERAL}}}\n"


@pytest.fixture
def place(folder: Path, redis_url: str) -> Iterator[World]:
    """A world whose audit has a channel, and whose bot tells of changes."""
    with opened(folder, redis_url, more=AUDITED) as here:
        here.parts.catalogue.tells = True
        yield here
        check(here)


def told(world: World) -> list[str]:
    """Return what the channel of the audit was told, once the process has looked."""
    world.parts.catalogue()
    world.machines.send()
    return [each.text for each in world.workspace.messages(GENERAL)]


def kept(world: World) -> list[str]:
    """Return what the audit has of the configuration, by its hash."""
    rows = world.parts.journal.audit.export()
    return [f"{each['what']} {each['subject']}" for each in rows if "config" in str(each["what"])]


def in_force(world: World) -> str:
    """Return the hash of the content in force."""
    newest = world.parts.journal.configurations.newest()
    assert newest is not None
    return newest.hash


def test_a_changed_policy_names_the_open_operations(place: World) -> None:
    """A changed policy tells which operations it decides from now on; the audit has it."""
    assert told(place) == []
    card = place.asked()
    place.edit("    approval_expires: 60m\n", "    approval_expires: 50m\n")
    [said] = told(place)
    assert "slipway.yaml has changed and is in force. Policies: prod." in said
    assert operation_of(card) in said
    assert "dev" not in said
    assert told(place) == [said]
    assert kept(place)[-1] == f"config_loaded {in_force(place)}"
    assert len(kept(place)) == 2


def test_a_target_that_moves_is_named(place: World) -> None:
    """A target under another policy is decided by other rules as well."""
    place.edit("channel: C0DEPLOYS\n    policy: dev", "channel: C0DEPLOYS\n    policy: prod")
    [said] = told(place)
    assert "Targets: newcomer." in said
    assert "Policies" not in said


def test_a_broken_file_is_an_alarm_and_the_old_one_stays(place: World) -> None:
    """All faults at once, told once, kept in the audit; what was in force decides on."""
    before = in_force(place)
    place.edit("    approval_expires: 60m\n", "    approval_expires: soon\n    aprovers: [U0EVE]\n")
    for _ in range(2):
        assert len(told(place)) == 1
    [said] = told(place)
    assert "slipway.yaml has 2 faults; what was in force before stays in force" in said
    assert "approval_expires" in said
    assert "aprovers" in said
    assert [each.partition(" ")[0] for each in kept(place)] == ["config_loaded", "config_refused"]
    assert in_force(place) == before
    assert place.done().text
    place.edit("    approval_expires: soon\n    aprovers: [U0EVE]\n", "    approval_expires: 50m\n")
    assert len(told(place)) == 2
    assert "is in force. Policies: prod" in told(place)[-1]


def test_without_a_channel_the_audit_alone_has_it(world: World) -> None:
    """Nobody is told where no channel is named; what changed is kept all the same."""
    world.parts.catalogue.tells = True
    world.edit("    approval_expires: 60m\n", "    approval_expires: 50m\n")
    assert told(world) == []
    assert len(kept(world)) == 2
