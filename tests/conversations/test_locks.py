"""People lock targets: nobody else's change begins until they are unlocked."""

from tests.conversations.places import ANN, LEA
from tests.conversations.world import World


def test_a_locked_target_is_left_alone_by_others(world: World) -> None:
    """The others are told who locked it and why; the holder goes on; unlocked, all do."""
    assert "Locked checkout" in world.command('/ops lock checkout "Black Friday"').text
    refused = world.command("/deploy checkout 1.4.0", by=LEA).text
    assert "[locked]" in refused
    assert "Black Friday" in refused
    assert f"<@{ANN}>" in refused
    assert "Dry run" in world.command("/deploy checkout 1.4.0 --dry-run", by=LEA).text
    assert "[locked]" in world.command("/ops unlock checkout", by=LEA).text
    assert "Unlocked checkout" in world.command("/ops unlock checkout").text
    assert "Recorded as" in world.command("/deploy checkout 1.4.0", by=LEA).text


def test_who_locked_it_may_change_it(world: World) -> None:
    """A lock keeps the others away."""
    world.command('/ops lock checkout "Black Friday"')
    assert "succeeded" in world.done().text
