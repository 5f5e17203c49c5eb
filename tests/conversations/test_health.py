"""`/ops doctor`: how Slipway is, asked in Slack."""

import pytest

from bot.sandbox.clouds import Fault
from tests.conversations.places import EVE
from tests.conversations.world import World

PARTS = ("The journal can be written", "Redis can be written", "Slack accepts the bot's token")


@pytest.mark.parametrize("typed", ["/ops doctor", "/ops DOCTOR "])
def test_all_is_well(world: World, typed: str) -> None:
    """The bot's own parts, slipway.yaml, and each connection by a read; nothing is recorded."""
    said = world.command(typed, by=EVE).text
    for each in PARTS:
        assert f":white_check_mark: {each}" in said
    assert ":white_check_mark: slipway.yaml has no faults" in said
    assert ":white_check_mark: `huawei` answers" in said
    assert ":warning:" not in said
    assert "[" not in said


def test_what_is_wrong_is_named_beside_what_is_well(world: World) -> None:
    """A cloud that gives no answer, and a slipway.yaml with faults, hide nothing else."""
    world.breaks(Fault(kind="answer", match="any", status=403, times=None))
    world.edit("targets:", "tragets: {}\ntargets:")
    said = world.command("/ops doctor").text
    assert ":warning: `huawei` gives no usable answer about checkout" in said
    assert ":warning: slipway.yaml has faults" in said
    for each in PARTS:
        assert f":white_check_mark: {each}" in said


def test_it_asks_about_nothing(world: World) -> None:
    """A word behind it is one too many; `--help` says how it is typed."""
    assert "[usage]" in world.command("/ops doctor checkout").text
    assert "`/ops doctor`" in world.command("/ops doctor --help").text
