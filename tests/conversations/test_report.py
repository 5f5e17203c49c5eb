"""`/ops report`: figures in words at once, and as charts in a message after it."""

from typing import Any

from bot.sandbox.slack import Message
from tests.conversations.cards import ABSENT, ROLL_BACK
from tests.conversations.places import ANN, BOB, EVE
from tests.conversations.world import World


def charts(message: Message) -> list[dict[str, Any]]:
    """Return the charts of a message."""
    return [each for each in message.blocks or [] if each["type"] == "data_visualization"]


def busy(world: World) -> None:
    """Let one deployment go well, and one fail and be rolled back."""
    world.done()
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed, by=BOB)
    world.settle()


def test_a_report_says_all_in_words_and_then_in_charts(world: World) -> None:
    """The answer is complete; the charts say the same, to whoever asked alone."""
    busy(world)
    said = world.command("/ops report --days 7").text
    assert "*The last 7 days* of all targets" in said
    assert "*2 deployments*" in said
    assert "*50 %* failed or were rolled back (1 failed, 0 rolled back)" in said
    assert "From trouble to running well again" in said
    assert "*flaky*: 1 deployment, 100 % failed" in said
    world.settle()
    shown = world.workspace.whispers(ANN)[-1]
    assert [each["title"] for each in charts(shown)] == ["Deployments (days in UTC)", "Minutes"]
    [bad] = [each for each in charts(shown)[0]["chart"]["series"] if each["name"] != "went well"]
    assert sum(point["value"] for point in bad["data"]) == 1
    assert "2 deployments" in shown.text
    assert any(each["type"] == "table" for each in shown.blocks or [])


def test_a_report_is_of_a_target_or_a_policy(world: World) -> None:
    """Of one that is named; another name is refused with what it looks like."""
    busy(world)
    assert "*1 deployment*" in world.command("/ops report checkout").text
    assert "of policy prod" in world.command("/ops report prod --days 1").text
    assert "[unknown_target]" in world.command("/ops report chekout").text
    for days in ("0", "9" * 5000):
        assert "[usage]" in world.command(f"/ops report --days {days}").text
    assert "[usage]" in world.command("/ops report checkout prod").text


def test_where_nothing_was_deployed_nothing_follows(world: World) -> None:
    """Then there is nothing to draw."""
    assert "Nothing was deployed." in world.command("/ops report").text
    world.settle()
    assert len(world.workspace.whispers(ANN)) == 1


def test_charts_that_slack_refuses_are_left_out(world: World) -> None:
    """A workspace that knows none is sent the rest, that day without asking; or words alone."""
    busy(world)
    for times, kinds in ((1, {"table", "context"}), (0, {"table", "context"}), (1, set())):
        world.command("/ops report")
        if times:
            world.workspace.faults.add("chat.postEphemeral", "refused", code="invalid_blocks")
        world.settle()
        shown = world.workspace.whispers(ANN)[-1]
        assert {each["type"] for each in shown.blocks or []} == kinds
        assert "2 deployments" in shown.text


def test_a_report_tells_nothing_of_targets_that_one_may_not_see(world: World) -> None:
    """Neither their names nor their numbers, in words, in charts and in the table of what runs."""
    world.expected |= ABSENT
    busy(world)
    world.edit("    approvals: 1\n", "    approvals: 1\n    visible_to: [S0SRE]\n")
    assert "Nothing was deployed." in world.command("/ops report", by=EVE).text
    assert "[unknown_target]" in world.command("/ops report flaky", by=EVE).text
    assert "[unknown_target]" in world.command("/ops report prod", by=EVE).text
    assert "flaky" not in world.command("/ops status", by=EVE).text
    assert "*2 deployments*" in world.command("/ops report", by=BOB).text
    assert "*flaky*" in world.command("/ops status", by=BOB).text
