"""A workspace that takes few messages in all: what people wait for comes first, each thing once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.sandbox.slack import Channel, Executed, RateLimits
from tests.conversations.invariants import check
from tests.conversations.places import ANN, DEPLOYS, GENERAL, RELIABILITY
from tests.conversations.stage import opened
from tests.conversations.test_limits import MANY, crowd, targets
from tests.conversations.world import World

ROOMS: Final = tuple(Channel(id=f"C0MANY{n:02}", name=f"many-{n:02}") for n in range(MANY))
FEW: Final = RateLimits(of_all=0.5)  # messages a second


@contextmanager
def limited(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with many targets, in a workspace that takes a message in two seconds."""
    with opened(folder, redis_url, clouds=crowd(), allowed=FEW, rooms=ROOMS) as world:
        world.edit("  lonely:\n", f"{targets()}  lonely:\n")
        yield world
        check(world)


def deploy(world: World, many: int) -> None:
    """Ask for so many deployments, each in a channel of its own, which need nobody's approval."""
    for number in range(many):
        text = f"/deploy many-{number:02} 1.4.0"
        answer = world.command(text, channel=ROOMS[number].id)
        assert "Recorded as" in answer.text


def refusals(world: World) -> int:
    """Return how often Slack said that it was too much."""
    return sum(each.error == "ratelimited" for each in world.workspace.refused)


def posts(world: World) -> list[Executed]:
    """Return the messages that Slack took, in their order."""
    return [each for each in world.workspace.executed if each.method == "chat.postMessage"]


def first(world: World, *words: str) -> float:
    """Return when the first message with all these words was taken."""
    texts = ((each.at, str(each.arguments["text"])) for each in posts(world))
    return next(at for at, text in texts if all(each in text for each in words))


def test_hardly_anything_is_refused_and_all_is_told_once(folder: Path, redis_url: str) -> None:
    """After a few refusals all channels keep one pace together; each thread tells its end."""
    with limited(folder, redis_url) as world:
        deploy(world, MANY)
        world.settle()
        told = [str(each.arguments["text"]) for each in posts(world)]
        assert sum("succeeded*" in each for each in told) == MANY
        assert len(told) <= 2 * MANY + 6
        assert 0 < refusals(world) <= 12


def test_who_must_approve_is_called_before_others_ends_are_told(
    folder: Path, redis_url: str
) -> None:
    """Card and call come within seconds, though the ends of many others wait for their turn."""
    with limited(folder, redis_url) as world:
        deploy(world, MANY)
        world.wait(40)
        asked_at = world.clock.seconds()
        world.command("/deploy checkout 1.4.0", by=ANN)
        world.settle()
        called = first(world, "checkout", "needs 1 approval", f"<!subteam^{RELIABILITY}>")
        assert first(world, "checkout") - asked_at <= 12
        assert called - asked_at <= 20  # with all ends first it is forty
        ends = [each for each in posts(world) if "succeeded*" in str(each.arguments["text"])]
        assert any(each.at > called for each in ends)


def test_a_failure_is_told_before_what_went_well(folder: Path, redis_url: str) -> None:
    """Whoever must act is told within seconds; who only reads that all is well is told later."""
    with limited(folder, redis_url) as world:
        world.approved("/deploy flaky 1.4.0")
        deploy(world, MANY)
        world.settle()
        failed = first(world, "flaky", "failed")
        ends = [each for each in posts(world) if "succeeded*" in str(each.arguments["text"])]
        assert sum(each.at > failed for each in ends) >= MANY - 3


def test_one_channel_that_refuses_slows_down_no_other(folder: Path, redis_url: str) -> None:
    """Where Slack names a pause for one channel, the others are told as soon as ever."""
    with opened(folder, redis_url, clouds=crowd()) as world:
        world.edit("  lonely:\n", f"{targets()}  lonely:\n")
        world.workspace.faults.add("chat.postMessage", "ratelimited", retry_after=60)
        began = world.clock.seconds()
        world.command("/deploy many-00 1.4.0", channel=GENERAL)
        world.wait(3)
        for number in range(1, 4):
            world.command(f"/deploy many-{number:02} 1.4.0", channel=DEPLOYS)
        world.wait(12)
        assert first(world, "many-03") - began < 12
        world.settle()
        assert first(world, "many-00") - began >= 60
        check(world)


def test_a_redis_that_forgot_it_learns_it_again(folder: Path, redis_url: str) -> None:
    """What the refusals have taught may be lost: that costs a few more of them, nothing else."""
    with limited(folder, redis_url) as world:
        deploy(world, MANY)
        world.wait(15)
        before = refusals(world)
        world.parts.redis.flushall()
        world.settle()
        told = [str(each.arguments["text"]) for each in posts(world)]
        assert sum("succeeded*" in each for each in told) == MANY
        assert refusals(world) - before <= 12
