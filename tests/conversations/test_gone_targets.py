"""A target that leaves slipway.yaml while its operation runs."""

from tests.conversations.cards import words
from tests.conversations.places import BOB
from tests.conversations.world import World


def test_what_runs_is_not_forgotten_though_its_target_left(world: World) -> None:
    """Y22: people are told that nobody can look; once the target is back, it ends by itself."""
    card = world.approved()
    world.machines.ring()
    assert world.operation(card).phase.kind == "running"
    world.edit("  checkout:\n", "  register:\n")
    assert "[unknown_target]" in world.command("/deploy checkout 1.5.0", by=BOB).text
    world.settle()
    assert world.operation(card).phase.kind == "stalled"
    assert "checkout is no longer in slipway.yaml" in words(world.card(card)).replace("`", "")
    world.edit("  register:\n", "  checkout:\n")
    world.wait(60, step=5)
    world.settle()
    assert world.operation(card).phase.kind == "succeeded"
    assert world.mutations == ["PUT"]
