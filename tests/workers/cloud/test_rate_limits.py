"""Whose turn it is: what is asked of the shared counts, and what a cloud's 429 means for all."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from bot.app.clouds import TargetClouds, rate_figures
from bot.catalogue import Catalogue
from bot.core.errors import CloudHeldError, CloudRefusedError, CloudUnavailableError, Verdict
from bot.core.flow import Call, Flow, Reply
from bot.core.rate_limits import (
    LOOK_LEAST,
    LOOK_MOST,
    REST_AFTER_READ,
    REST_AFTER_WRITE,
    Lane,
    Share,
    least_pause,
    rest,
)
from bot.core.rows import OpenOperation
from bot.core.system import RateLimit
from bot.core.target import Target
from bot.redis.doorbell import open_redis
from bot.redis.rate_limits import Rates
from bot.systems import SYSTEMS
from tests.journal.builders import NOON, an_id
from tests.workers.cloud.wire import connection_to, http, served
from workers.cloud.rate_limited import Paced
from workers.cloud.rate_limits import Pacing, Unlimited, declared

T = TypeVar("T")

LIMIT: Final = RateLimit(reads=300, writes=10)
READ: Final = Call(method="GET", service="servicestage", path="/x")
OTHER: Final = Call(method="GET", service="elsewhere", path="/x")
CHANGE: Final = Call(method="PUT", service="servicestage", path="/x")


def target(name: str = "checkout", connection: str = "huawei") -> Target:
    """Return a target."""
    return Target(name=name, system="servicestage-v3", connection=connection, policy="prod")


@dataclass
class Counted:
    """Shared counts that answer what the test wants, and keep what they were asked."""

    waits: list[float] = field(default_factory=list)  # what comes next; then there is room
    taken: list[tuple[str, Share | None, str, bool]] = field(default_factory=list)
    holds: list[tuple[str, float]] = field(default_factory=list)

    def take(
        self, lane: Lane, share: Share | None, *, name: str = "", begun: bool = False
    ) -> float:
        """Answer."""
        self.taken.append((lane.name, share, name, begun))
        return self.waits.pop(0) if self.waits else 0.0

    def hold(self, lane: Lane, seconds: float) -> None:
        """Keep it."""
        self.holds.append((lane.name, seconds))


def limited(_kind: str, service: str) -> RateLimit | None:
    """Limits of one service."""
    return LIMIT if service == "servicestage" else None


def refusal(verdict: Verdict, retry_after: float | None = None) -> CloudRefusedError:
    """Return what a cloud answered."""
    return CloudRefusedError(
        doing="look",
        why="too many",
        status=429,
        verdict=verdict,
        code="APIGW.0308",
        retry_after=retry_after,
    )


@dataclass
class Answering:
    """A cloud that gives these answers in turn."""

    answers: list[Reply | CloudRefusedError]

    def read(self, target: Target, call: Call) -> Reply:  # noqa: ARG002 - as a cloud has it
        """Answer."""
        answer = self.answers.pop(0)
        if isinstance(answer, CloudRefusedError):
            raise answer
        return answer

    def mutate(self, target: Target, call: Call) -> Reply:
        """Answer."""
        return self.read(target, call)

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Nobody asks it: whoever paces it drives the flow."""
        raise AssertionError(target, flow)


def test_the_first_read_waits_and_the_next_ones_go_on() -> None:
    """A piece of work that was let in is not stopped before its last read."""
    counts = Counted()
    turn = Pacing(counts, limited).turn("op-1")
    for call in (READ, READ, OTHER, CHANGE, CHANGE):
        turn.enter(target(), call)
    assert [(lane, name, begun) for lane, _, name, begun in counts.taken] == [
        ("huawei:servicestage:reads", "op-1", False),
        ("huawei:servicestage:reads", "op-1", True),
        ("huawei:elsewhere:reads", "op-1", False),
        ("huawei:servicestage:writes", "op-1", False),
        ("huawei:servicestage:writes", "op-1", False),
    ]
    shares = [share.calls if share else None for _, share, _, _ in counts.taken]
    assert shares == [50, 50, None, 10, 10]


def test_without_room_nothing_is_begun() -> None:
    """Who is told to wait has not begun, and hears for how long."""
    counts = Counted(waits=[12.5])
    turn = Pacing(counts, limited).turn("op-1")
    with pytest.raises(CloudHeldError) as caught:
        turn.enter(target(), READ)
    assert (caught.value.wait, caught.value.doing) == (12.5, "GET /x")
    turn.enter(target(), READ)
    assert [begun for *_, begun in counts.taken] == [False, False]


def flow_of(*calls: Call) -> Flow[list[int]]:
    """Make these calls and return their statuses."""
    statuses = []
    for each in calls:
        reply = yield each
        statuses.append(reply.status)
    return statuses


def test_a_throttled_read_holds_and_is_as_if_there_were_no_room() -> None:
    """FM-62: everybody rests for as long as the cloud says, and whoever asked comes again then."""
    counts = Counted()
    cloud = Answering([Reply(status=200), refusal("throttled", 7), Reply(status=200)])
    paced = Paced(cloud, Pacing(counts, limited).turn("op-1"))
    with pytest.raises(CloudHeldError) as caught:
        paced.ask(target(), flow_of(READ, READ))
    assert caught.value.wait == 7
    assert "APIGW.0308 too many" in caught.value.why
    assert counts.holds == [("huawei:servicestage:reads", 7)]
    assert paced.ask(target(), flow_of(READ)) == [200]


def test_a_throttled_write_holds_and_says_for_how_long() -> None:
    """What it proves stays what it is: not accepted; the time is that for which all rest."""
    counts = Counted()
    paced = Paced(Answering([refusal("throttled", 7)]), Pacing(counts, limited).turn("op-1"))
    with pytest.raises(CloudRefusedError) as caught:
        paced.mutate(target(), CHANGE)
    assert caught.value.retry_after == 60
    assert counts.holds == [("huawei:servicestage:writes", 60)]
    assert counts.taken == []  # it was counted before its permit


@pytest.mark.parametrize("verdict", ["refused", "busy", "expired", "not_found"])
def test_other_refusals_hold_nobody(verdict: Verdict) -> None:
    """Only a limit concerns everybody."""
    counts, given_ = Counted(), refusal(verdict, 7)
    paced = Paced(Answering([given_, given_]), Pacing(counts).turn("op-1"))
    for ask in (paced.read, paced.mutate):
        with pytest.raises(CloudRefusedError) as caught:
            ask(target(), READ)
        assert caught.value is given_
    assert counts.holds == []


RESTS: Final = [
    (None, None, True, REST_AFTER_WRITE),
    (None, None, False, REST_AFTER_READ),
    (None, 7, True, 7),
    (None, 0, True, REST_AFTER_WRITE),
    (LIMIT, 7, True, REST_AFTER_WRITE),
    (LIMIT, 90, True, 90),
    (LIMIT, 7, False, 7),
    (LIMIT, None, False, REST_AFTER_READ),
]


@pytest.mark.parametrize(("limit", "told", "mutates", "wanted"), RESTS)
def test_a_rest_is_what_the_cloud_says_and_long_enough(
    limit: RateLimit | None,
    told: float | None,
    mutates: bool,  # noqa: FBT001 - a column of the table
    wanted: float,
) -> None:
    """Where refused writes count by the minute, a minute is the least; else the cloud's word."""
    assert rest(limit, told, mutates=mutates) == wanted


def test_the_lowest_declared_limit_holds_for_a_service() -> None:
    """Systems that share a service share its limit, whichever of them calls."""
    for each in SYSTEMS:
        for service, limit in each.spec.limits.items():
            known = declared(each.spec.connection_kind, service)
            assert known is not None
            assert known.reads <= limit.reads
            assert known.writes <= limit.writes
    assert declared("huaweicloud", "nowhere") is None


def watched(*names: str) -> list[OpenOperation]:
    """Return operations that are watched, one for each target."""
    return [
        OpenOperation(
            id=an_id(number),
            target=name,
            requester="U0ANN",
            phase="running",
            stage="watching",
            sequence=1,
            updated_at=NOON,
            expires_at=None,
            is_planned=True,
        )
        for number, name in enumerate(names)
    ]


def test_pauses_grow_with_what_is_watched_on_a_connection() -> None:
    """Each connection has its own reads, and shares them among what is watched there."""
    names = [f"t{number}" for number in range(100)]
    targets = {name: target(name) for name in names} | {"far": target("far", "elsewhere")}
    pauses = Pacing(Unlimited(), limited).pauses(watched(*names[:30], "far", "gone"), targets)
    assert pauses == {name: timedelta(seconds=24) for name in names[:30]} | {"far": LOOK_LEAST}
    assert Pacing(Unlimited(), limited).is_limited(targets.values())
    assert not Pacing(Unlimited(), lambda *_: None).is_limited(targets.values())
    assert Pacing(Unlimited(), lambda *_: None).pauses(watched("far"), targets) == {}


@given(st.integers(1, 100_000), st.integers(1, 10_000))
def test_a_pause_has_bounds_and_keeps_to_its_share(reads: int, many: int) -> None:
    """From five seconds to a minute; in between, looks take at most half of the reads."""
    pause = least_pause(RateLimit(reads=reads, writes=1), many)
    assert LOOK_LEAST <= pause <= LOOK_MOST
    if pause < LOOK_MOST:
        assert many * 2 * 60 / pause.total_seconds() <= reads / 2 * 1.001


def asking(url: str, counts: Counted, seconds: float) -> TargetClouds:
    """Return the clouds as people's questions reach them."""
    catalogue = Catalogue(connections={"huawei": connection_to(url)})
    return TargetClouds(lambda: catalogue, seconds, pacing=Pacing(counts, limited))


def test_a_question_waits_a_moment_for_room() -> None:
    """Room that comes within its time is waited for; it has no name, so it keeps no place."""
    counts = Counted(waits=[0.01])
    with served(http(), http()) as server:
        clouds = asking(server.url, counts, 5)
        assert clouds.ask(target(), flow_of(READ, READ)) == [200, 200]
    assert [(name, begun) for _, _, name, begun in counts.taken] == [
        ("", False),
        ("", False),
        ("", True),
    ]


@pytest.mark.parametrize(("wait", "seconds"), [(2.1, 20), (0.5, 0.2)])
def test_a_question_is_not_kept_waiting(wait: float, seconds: float) -> None:
    """Room that comes too late is no room; nothing is asked of the cloud."""
    counts = Counted(waits=[wait])
    with served() as server:
        with pytest.raises(CloudHeldError) as caught:
            asking(server.url, counts, seconds).ask(target(), flow_of(READ))
        assert server.requests == []
    assert caught.value.wait == wait


def test_a_question_that_is_throttled_holds_the_others() -> None:
    """The bot's 429 is the workers' as well."""
    body = b'{"error_code": "APIGW.0308", "error_msg": "slow down"}'
    counts = Counted()
    with served(http(429, body)) as server, pytest.raises(CloudHeldError):
        asking(server.url, counts, 5).ask(target(), flow_of(READ))
    assert counts.holds == [("huawei:servicestage:reads", REST_AFTER_READ)]


def test_held_is_a_kind_of_unavailable() -> None:
    """Whoever waits for a cloud that is away waits for one that is held: nothing was done."""
    assert issubclass(CloudHeldError, CloudUnavailableError)


def test_the_figures_name_what_is_held(valkey_url: str) -> None:
    """Prometheus sees which clouds are held, and how many wait for them."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    rates, share = Rates(client), Share(calls=1, seconds=60)
    reads, writes = (
        Lane(connection="huawei", service="servicestage", mutates=mutates)
        for mutates in (False, True)
    )
    rates.hold(reads, 60)
    for name in "abc":
        rates.take(writes, share, name=name)
    figures = rate_figures(client, [target(), target("other")])
    assert figures["rate_waiting"] == {"huawei:servicestage:writes": 2}
    assert set(figures["rate_held_seconds"]) == {"huawei:servicestage:reads"}
    client.close()
