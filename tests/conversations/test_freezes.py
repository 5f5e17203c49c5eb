"""Freezes by command, and the halt: nothing new begins, and what was held goes on by itself."""

import pytest

from tests.conversations.places import ANN, BOB, EVE, LEA
from tests.conversations.world import World

FREEZE = '/ops freeze checkout "stocktaking"'


@pytest.fixture
def governed(world: World) -> World:
    """Return a world in which Lea is an admin."""
    world.edit("policies:\n", f"admins: [{LEA}]\npolicies:\n")
    return world


@pytest.mark.parametrize("what", ["checkout", "co", "prod"])
def test_a_freeze_of_a_target_or_a_policy(world: World, what: str) -> None:
    """Approvers freeze a target by name or alias, or a policy; thawed, changes begin again."""
    said = world.command(f'/ops freeze {what} "stocktaking"', by=BOB).text
    assert "Froze" in said
    refused = world.command("/deploy checkout 1.4.0").text
    assert "[frozen]" in refused
    assert "stocktaking" in refused
    assert f"<@{BOB}>" in refused
    dry = world.command("/deploy checkout 1.4.0 --dry-run").text
    assert "Dry run" in dry
    assert "It would be refused now: " in dry
    assert dry.count("stocktaking") == 1
    assert ("[frozen]" in world.command("/deploy flaky 1.4.0").text) == (what == "prod")
    assert "Thawed" in world.command(f"/ops thaw {what}", by=LEA).text
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_a_rollback_passes_a_freeze(world: World) -> None:
    """A freeze keeps new changes out, and no bad one in."""
    world.done()
    world.command(FREEZE, by=BOB)
    card = world.asked("/rollback checkout")
    assert "succeeded" in world.card(card).text


def test_only_approvers_freeze_and_thaw(world: World) -> None:
    """Who may only ask, and who may nothing, freezes nothing."""
    assert "[not_approver]" in world.command(FREEZE, by=ANN).text
    assert "[not_approver]" in world.command('/ops freeze prod "x"', by=EVE).text
    world.command(FREEZE, by=BOB)
    assert "[not_approver]" in world.command("/ops thaw checkout", by=ANN).text
    assert "[unchanged]" in world.command("/ops thaw prod", by=BOB).text
    assert "[unknown_target]" in world.command('/ops freeze chekout "x"', by=BOB).text


def test_all_is_frozen_by_admins(governed: World) -> None:
    """`all` needs an admin; without any, nobody may."""
    assert "[not_allowed]" in governed.command('/ops freeze all "x"', by=BOB).text
    assert "Froze all targets" in governed.command('/ops freeze all "x"', by=LEA).text
    assert "[frozen]" in governed.command("/deploy flaky 1.4.0").text
    assert "[not_allowed]" in governed.command("/ops thaw all", by=BOB).text
    assert "Thawed all targets" in governed.command("/ops thaw all", by=LEA).text


def test_without_admins_nobody_governs(world: World) -> None:
    """No admins listed means nobody, not everybody."""
    for command in ('freeze all "x"', "thaw all", 'halt "x"', "resume"):
        assert "lists no admins" in world.command(f"/ops {command}", by=LEA).text


def test_a_freeze_ends_by_its_time(world: World) -> None:
    """`--for` ends a freeze by itself, and what it held goes on."""
    card = world.approved()
    assert "until" in world.command(f"{FREEZE} --for 20m", by=BOB).text
    world.settle()
    assert world.tries == 0
    assert world.operation(card).phase.kind == "queued"
    world.wait(21 * 60, step=30)
    world.settle()
    assert "succeeded" in world.card(card).text


def test_an_end_without_a_zone_is_read_in_utc_and_said(world: World) -> None:
    """Where the policy's freezes name no zone, UTC is meant, and the answer says so."""
    day = f"{world.clock():%Y-%m-%d}"
    assert "(read in UTC)" in world.command(f"{FREEZE} --until {day}T23:59", by=BOB).text
    assert "(read in" not in world.command(f"{FREEZE} --until {day}T23:59Z", by=BOB).text


def test_an_end_is_read_in_the_zone_of_the_policy(world: World) -> None:
    """M11: an hour that the policy's zone skips is refused; one in the past, too."""
    zone = "freezes: [{from: 2020-01-01, until: 2020-01-02, zone: Europe/Berlin}]"
    world.edit("    deadline: 30m\n  dev:", f"    deadline: 30m\n    {zone}\n  dev:")
    skipped = world.command(f"{FREEZE} --until 2027-03-28T02:30", by=BOB).text
    assert "[bad_end]" in skipped
    assert "Europe/Berlin" in skipped
    passed = world.command(f"{FREEZE} --until 2026-01-01T12:00", by=BOB).text
    assert "already passed" in passed
    assert (
        "(read in Europe/Berlin)"
        in world.command(f"{FREEZE} --until 2027-03-28T03:30", by=BOB).text
    )


def test_freezes_are_listed(world: World) -> None:
    """`/ops targets` and `/ops status` say what is frozen, by whom and why."""
    world.command('/ops freeze prod "stocktaking"', by=BOB)
    for question in ("/ops targets check", "/ops status checkout"):
        said = world.command(question).text
        assert f"<@{BOB}> has frozen all targets of the policy prod" in said
        assert "stocktaking" in said
    assert "stocktaking" not in world.command("/ops targets newcomer").text


def test_what_runs_finishes_under_a_freeze(world: World) -> None:
    """A freeze catches nothing that was sent."""
    card = world.approved()
    world.machines.ring()
    assert world.operation(card).was_sent
    world.command(FREEZE, by=BOB)
    world.settle()
    assert "succeeded" in world.card(card).text


def test_a_halt_lets_nobody_begin(governed: World) -> None:
    """Under a halt neither changes nor rollbacks begin, whoever asks; questions are answered."""
    governed.done()
    assert "Halted everything" in governed.command('/ops halt "network down"', by=LEA).text
    for command in ("/deploy checkout 1.5.0", "/rollback checkout"):
        refused = governed.command(command, by=LEA).text
        assert "[halted]" in refused
        assert "network down" in refused
    assert "network down" in governed.command("/ops status checkout").text
    assert "[halted]" in governed.command('/ops halt "again"', by=LEA).text
    assert "Resumed" in governed.command("/ops resume", by=LEA).text
    assert "Recorded as" in governed.command("/deploy checkout 1.5.0").text


def test_a_halt_holds_every_permit_and_what_was_sent_is_watched(governed: World) -> None:
    """What was sent comes to its end; what was not waits, and goes on after the halt."""
    sent, waits = governed.approved(), governed.approved("/deploy flaky 1.4.0")
    first = governed.operation(sent).id
    governed.machines.context.ring(first)
    governed.machines.ring()
    before = governed.tries
    governed.command('/ops halt "network down"', by=LEA)
    governed.settle()
    assert governed.tries == before
    governed.command("/ops resume", by=LEA)
    governed.settle()
    assert governed.operation(sent).is_final
    assert governed.operation(waits).is_final


def test_resume_without_a_halt_says_so(governed: World) -> None:
    """Nothing is recorded where nothing is halted."""
    assert "[unchanged]" in governed.command("/ops resume", by=LEA).text
