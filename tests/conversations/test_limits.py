"""A cloud that takes only so many calls: operations wait their turn, and nothing else happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from bot.core.rate_limits import min_interval
from bot.core.system import RateLimit
from bot.redis.doorbell import SCHEDULE_KEY
from bot.sandbox.clouds import Fault, HuaweiConfig
from bot.sandbox.clouds.huawei.config import ComponentSeed
from bot.sandbox.clouds.huawei.content import REGION, SHOP_ID
from tests.conversations.cards import APPROVE, words
from tests.conversations.invariants import check
from tests.conversations.places import CHECKOUT, cloud_config
from tests.conversations.stage import opened
from tests.conversations.world import World

MANY: Final = 15
FEW: Final = 6
AMPLE: Final = 100_000
THROTTLED: Final = Fault(kind="throttled", limit=10)  # "limit:10,time:1 minute"


def _id(number: int) -> str:
    return f"7d1b6a4e-0f52-4c4b-9a3e-{number:012}"


def crowd() -> HuaweiConfig:
    """Return the project with many components that are alike."""
    config = cloud_config()
    base = next(each for each in config.components if each.id == CHECKOUT)
    more: tuple[ComponentSeed, ...] = tuple(
        base.model_copy(
            update={
                "id": _id(number),
                "name": f"many-{number:02}",
                "image": f"swr.{REGION}.myhuaweicloud.com/shop/many-{number:02}:1.3.0",
            }
        )
        for number in range(MANY)
    )
    return config.model_copy(update={"components": (*config.components, *more)})


def targets() -> str:
    """Return their lines of slipway.yaml."""
    return "".join(
        f"  many-{number:02}:\n"
        "    system: servicestage-v3\n"
        "    connection: huawei\n"
        f"    application_id: {SHOP_ID}\n"
        f"    component_id: {_id(number)}\n"
        f'    source_url: "swr.{REGION}.myhuaweicloud.com/shop/many-{number:02}:{{version}}"\n'
        "    policy: dev\n"
        for number in range(MANY)
    )


@contextmanager
def limited(folder: Path, redis_url: str, *, reads: int, writes: int) -> Iterator[World]:
    """Open a world whose ServiceStage takes so many calls a minute, with many targets."""
    limit = RateLimit(reads=reads, writes=writes)

    def limit_of(_kind: str, service: str) -> RateLimit | None:
        return limit if service == "servicestage" else None

    with opened(folder, redis_url, clouds=crowd(), limit_of=limit_of) as world:
        world.edit("  lonely:\n", f"{targets()}  lonely:\n")
        yield world
        check(world)


def deploy(world: World, many: int) -> None:
    """Ask for so many deployments, which need nobody's approval."""
    for number in range(many):
        assert "Recorded as" in world.command(f"/deploy many-{number:02} 1.4.0").text


def asked(world: World, *, mutates: bool) -> list[float]:
    """Return when the cloud was asked."""
    return [each.at for each in world.cloud.requests if (each.method != "GET") == mutates]


def most_in_a_minute(moments: list[float]) -> int:
    """Return how many of *moments* lie in the fullest minute."""
    return max(sum(first <= each < first + 60 for each in moments) for first in moments)


def phases(world: World) -> set[str]:
    """Return in which phases the operations are."""
    return {each.phase.kind for each in world.recorded}


def test_ten_writes_a_minute_and_the_others_wait_their_turn(folder: Path, redis_url: str) -> None:
    """Fifteen at once: ten are sent, five wait without a permit or a word, and then end as well."""
    with limited(folder, redis_url, reads=AMPLE, writes=10) as world:
        deploy(world, MANY)
        world.machines.work()
        assert world.tries == 10
        waiting = [each for each in world.recorded if each.phase.kind == "queued"]
        assert len(waiting) == 5
        for each in waiting:
            assert [event.kind for _, event in world.parts.journal.operations.events(each.id)] == [
                "requested",
                "planned",
            ]
        world.wait(50, step=10)
        assert world.tries == 10
        for each in waiting:
            card = world.card(each.id)
            assert "queued" in card.text
            assert world.thread(card) == []
        world.settle()
        assert phases(world) == {"succeeded"}
        assert world.mutations == ["PUT"] * MANY
        assert world.tries == MANY
        assert most_in_a_minute(asked(world, mutates=True)) == 10


def test_the_first_who_waited_is_the_first_served(folder: Path, redis_url: str) -> None:
    """Nobody overtakes: in the order of asking, one after the other."""
    with limited(folder, redis_url, reads=AMPLE, writes=1) as world:
        for number in (3, 1, 2, 0):
            world.command(f"/deploy many-{number:02} 1.4.0")
            world.machines.ring()
            world.wait(7)
        world.settle()
        order = [each.path.rpartition("/")[2] for each in world.cloud.executed]
        assert order == [_id(number) for number in (3, 1, 2, 0)]
        assert most_in_a_minute(asked(world, mutates=True)) == 1


def test_few_reads_starve_nobody(folder: Path, redis_url: str) -> None:
    """With far too few reads for all, each is planned, sent, watched and ended all the same."""
    with limited(folder, redis_url, reads=12, writes=AMPLE) as world:
        for number in range(FEW):
            world.cloud.take_seconds(_id(number), 20)
        deploy(world, FEW)
        world.wait(600, step=30)
        world.settle()
        assert phases(world) == {"succeeded"}
        assert world.tries == FEW
        moments = asked(world, mutates=False)
        minutes = (moments[-1] - moments[0]) / 60
        assert len(moments) <= 12 * (minutes + 3)  # what had begun was let through, and paid back


def test_looks_are_rarer_the_more_are_watched(folder: Path, redis_url: str) -> None:
    """What is watched shares half of the reads, so that there is room for plans and people."""
    with limited(folder, redis_url, reads=60, writes=AMPLE) as world:
        for number in range(FEW):
            world.cloud.take_seconds(_id(number), 600)
        deploy(world, FEW)
        world.wait(60, step=10)
        before = len(asked(world, mutates=False))
        world.wait(120, step=10)
        looks = len(asked(world, mutates=False)) - before
        pause = min_interval(RateLimit(reads=60, writes=1), FEW).total_seconds()
        assert pause == 24
        assert FEW * 120 // 48 <= looks <= FEW * (120 // pause + 1)
        assert world.command("/ops status many-03").text.startswith("*many-03*")


def test_a_throttled_write_holds_everybody(folder: Path, redis_url: str) -> None:
    """One 429 is enough: nobody sends in the minute that it names, and then all do."""
    with limited(folder, redis_url, reads=AMPLE, writes=100) as world:
        world.breaks(THROTTLED)
        deploy(world, FEW)
        world.machines.work()
        assert world.tries == 1
        world.wait(50)
        assert world.tries == 1
        told = [each for each in world.recorded if world.thread(world.card(each.id))]
        assert len(told) == 1
        world.wait(120)
        world.settle()
        assert phases(world) == {"succeeded"}
        assert world.mutations == ["PUT"] * FEW
        assert world.tries == FEW + 1


def test_a_throttled_write_holds_where_no_limit_is_known(world: World) -> None:
    """A service without a known limit is held by its own word as well, as long as that says."""
    card, other = world.asked(), world.asked("/ops restart flaky")
    world.breaks(Fault(kind="throttled", retry_after="7"))
    for each in (card, other):
        world.press(APPROVE, each)
        world.machines.ring()
    assert world.tries == 1
    world.wait(6)
    assert world.tries == 1
    world.wait(2)
    assert world.tries == 3
    world.settle()
    assert "succeeded" in world.card(card).text
    assert "succeeded" in world.card(other).text


def test_throttled_reads_wait_and_fail_nothing(folder: Path, redis_url: str) -> None:
    """A 429 while planning, checking or watching puts everybody off; no operation ends by it."""
    with limited(folder, redis_url, reads=AMPLE, writes=AMPLE) as world:
        world.breaks(THROTTLED.model_copy(update={"match": "GET *", "times": 2}))
        world.command("/deploy many-00 1.4.0")
        world.machines.work()
        world.command("/deploy many-01 1.4.0")
        world.wait(30)
        assert len(world.cloud.requests) == 1
        world.settle()
        world.breaks(THROTTLED.model_copy(update={"match": "GET */jobs/*"}))
        world.command("/deploy many-02 1.4.0")
        world.wait(10)
        rows: Any = world.parts.redis.zrange(SCHEDULE_KEY, 0, -1, withscores=True)
        [(_, due)] = rows
        assert 50 <= due - world.clock.seconds() <= 60
        world.settle()
        assert phases(world) == {"succeeded"}


def test_a_question_without_room_is_refused_with_when(folder: Path, redis_url: str) -> None:
    """People are not kept waiting: they hear of the API's limit, and when to ask again."""
    with limited(folder, redis_url, reads=2, writes=AMPLE) as world:
        assert world.command("/ops status checkout").text.startswith("*checkout*")
        while (said := world.command("/ops history checkout").text).startswith("*"):
            pass
        assert "[api_limit]" in said
        assert "The rate limit of checkout's cloud leaves no room for another call." in said
        assert "Try again in 1 min" in said
        dry = world.command("/deploy checkout 1.4.0 --dry-run").text
        assert "[api_limit]" in dry
        world.machines.sleep(240)
        assert world.command("/ops status checkout").text.startswith("*checkout*")


def test_who_waits_its_turn_can_be_cancelled(folder: Path, redis_url: str) -> None:
    """Nothing was sent of it, so nothing stands in the way; and its place hinders nobody."""
    with limited(folder, redis_url, reads=AMPLE, writes=1) as world:
        for number in range(3):
            world.command(f"/deploy many-{number:02} 1.4.0")
            world.machines.work()
        second = next(each for each in world.recorded if each.target == "many-01")
        assert "Cancelled" in world.command(f"/ops cancel {second.id}").text
        world.settle()
        assert [each.path.rpartition("/")[2] for each in world.cloud.executed] == [_id(0), _id(2)]


def test_a_redis_that_forgets_the_queue_loses_nobody(folder: Path, redis_url: str) -> None:
    """Who waited for a turn is found by the sweeper, and waits again if it must."""
    with limited(folder, redis_url, reads=AMPLE, writes=3) as world:
        deploy(world, FEW)
        world.machines.work()
        world.parts.redis.flushall()
        world.wait(90, step=5)
        world.settle()
        assert phases(world) == {"succeeded"}
        assert world.tries == FEW


def test_only_a_deadline_that_has_passed_ends_the_waiting(folder: Path, redis_url: str) -> None:
    """Waiting is no failure; what was permitted before has a deadline, and ends by it, unsent."""
    with limited(folder, redis_url, reads=AMPLE, writes=1) as world:
        world.edit("approvals: 0\n    deadline: 30m", "approvals: 0\n    deadline: 45s")
        body = {"error_code": "SVCSTG.00100400", "error_msg": "another operation is in progress"}
        world.breaks(Fault(kind="answer", status=409, body=dict(body)))
        world.command("/deploy many-00 1.4.0")
        world.wait(44)
        assert phases(world) == {"running"}
        world.wait(5)
        card = world.card()
        assert "failed" in card.text
        assert "its deadline of 45 s has passed" in words(card)
        assert world.mutations == []
        assert world.tries == 1


@pytest.mark.parametrize("seconds", [30, 3600])
def test_an_operation_that_was_never_sent_waits_as_long_as_it_takes(
    folder: Path, redis_url: str, seconds: float
) -> None:
    """However long the cloud holds, what was never permitted does not fail by a deadline."""
    with limited(folder, redis_url, reads=AMPLE, writes=1) as world:
        world.edit("approvals: 0\n    deadline: 30m", "approvals: 0\n    deadline: 45s")
        for number in range(3):
            world.command(f"/deploy many-{number:02} 1.4.0")
        world.breaks(Fault(kind="throttled", retry_after=str(seconds)))
        world.settle()
        kinds = [each.phase.kind for each in world.recorded]
        assert kinds.count("succeeded") == 2
        assert kinds.count("failed") == 1  # the one that was permitted and refused
