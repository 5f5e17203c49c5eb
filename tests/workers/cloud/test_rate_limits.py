"""The rate limit: what is asked of the shared counts, and what a cloud's 429 means for all."""

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from bot.app.clouds import rate_figures
from bot.app.resources import now
from bot.core.codes.systems import VendorSaid
from bot.core.errors import (
    CloudRateLimitedError,
    CloudRefusedError,
    CloudUnavailableError,
    PermitTakenError,
    Verdict,
)
from bot.core.flow import Call, Flow, Reply
from bot.core.rate_limits import (
    BACKOFF_READS,
    BACKOFF_WRITES,
    LOOK_LEAST,
    LOOK_MOST,
    Bucket,
    Window,
    backoff,
    min_interval,
)
from bot.core.rows import OpenOperation
from bot.core.system import RateLimit
from bot.core.target import Target
from bot.redis.doorbell import open_redis
from bot.redis.rate_limits import RedisBuckets
from bot.systems import SYSTEMS
from tests.journal.builders import NOON, an_id
from tests.workers.cloud.direct import Room
from tests.workers.cloud.wire import connection_to, http, served
from workers.cloud.client import CloudClient, cloud_client, resolver
from workers.cloud.layers import Request
from workers.cloud.parts import CloudParts
from workers.cloud.questions import CloudQuestions
from workers.cloud.rate_limited import RateLimited
from workers.cloud.rate_limits import RateLimiter, declared

LIMIT: Final = RateLimit(reads=300, writes=10)
READ: Final = Call(method="GET", service="servicestage", path="/x")
OTHER: Final = Call(method="GET", service="elsewhere", path="/x")
CHANGE: Final = Call(method="PUT", service="servicestage", path="/x")


def target(name: str = "checkout", connection: str = "huawei") -> Target:
    """Return a target."""
    return Target(name=name, system="servicestage-v3", connection=connection, policy="prod")


def limited(_kind: str, service: str) -> RateLimit | None:
    """Limits of one service."""
    return LIMIT if service == "servicestage" else None


def refusal(verdict: Verdict, retry_after: float | None = None) -> CloudRefusedError:
    """Return what a cloud answered."""
    return CloudRefusedError(
        doing="look",
        why=VendorSaid(code="APIGW.0308", words="too many"),
        status=429,
        verdict=verdict,
        code="APIGW.0308",
        retry_after=retry_after,
    )


class Answering:
    """The layers below the limit, which give these answers in turn."""

    def __init__(self, *answers: Reply | CloudRefusedError) -> None:
        self._answers = list(answers)

    async def send(self, request: Request) -> Reply:  # noqa: ARG002 - as a layer has it
        """Answer."""
        answer = self._answers.pop(0) if self._answers else Reply(status=200)
        if isinstance(answer, CloudRefusedError):
            raise answer
        return answer


def client(room: Room, *answers: Reply | CloudRefusedError) -> CloudClient:
    """Return a client that counts in *room*, and is answered so."""
    parts = parts_in(room)
    return CloudClient(parts, RateLimited(Answering(*answers), parts.limiter))


def parts_in(room: Room, url: str = "http://127.0.0.1:1") -> CloudParts:
    """Return what clients are made of whose calls are counted in *room*."""
    resolve = resolver(lambda: {"huawei": connection_to(url)})
    return CloudParts(resolve, RateLimiter(room, limited), now)


def test_the_first_read_waits_and_the_next_ones_go_on() -> None:
    """A piece of work that was let in is not stopped before its last read."""
    room = Room()
    work = client(room).for_operation("op-1")
    for call in (READ, READ, OTHER, CHANGE, CHANGE):
        work.send(target(), call)
    assert [(bucket, name, goes_on) for bucket, _, name, goes_on in room.acquired] == [
        ("huawei:servicestage:reads", "op-1", False),
        ("huawei:servicestage:reads", "op-1", True),
        ("huawei:elsewhere:reads", "op-1", False),
        ("huawei:servicestage:writes", "op-1", False),
        ("huawei:servicestage:writes", "op-1", False),
    ]
    windows = [window.calls if window else None for _, window, _, _ in room.acquired]
    assert windows == [50, 50, None, 10, 10]


def test_without_room_nothing_is_begun() -> None:
    """Who is told to wait has not begun, and hears for how long."""
    room = Room(waits=[12.5])
    work = client(room).for_operation("op-1")
    with pytest.raises(CloudRateLimitedError) as caught:
        work.send(target(), READ)
    assert (caught.value.retry_after, caught.value.doing) == (12.5, "GET /x")
    work.send(target(), READ)
    assert [goes_on for *_, goes_on in room.acquired] == [False, False]


def test_other_work_begins_anew() -> None:
    """What one operation was let in for is no way in for another, nor for its own next job."""
    room = Room()
    one = client(room)
    for name in ("op-1", "op-2", "op-1"):
        one.for_operation(name).send(target(), READ)
    one.send(target(), READ)
    one.send(target(), READ)
    assert [goes_on for *_, goes_on in room.acquired] == [False] * 5


def test_a_change_is_permitted_when_it_has_its_room() -> None:
    """Counted first, then permitted, then sent: without room there is no permit."""
    room, order = Room(waits=[1.0]), list[str]()
    work = client(room).for_operation("op-1")
    with pytest.raises(CloudRateLimitedError):
        work.send(target(), CHANGE, on_admission=lambda: order.append("permit"))
    assert order == []
    work.send(
        target(), CHANGE, on_admission=lambda: order.append(f"{len(room.acquired)} counted, permit")
    )
    assert order == ["2 counted, permit"]


def test_without_a_permit_nothing_is_sent() -> None:
    """A permit that is refused stops the call, which was counted for nothing."""

    def taken() -> None:
        raise PermitTakenError

    room, below = Room(), Answering()
    sent = list[Request]()

    class Watching:
        async def send(self, request: Request) -> Reply:
            sent.append(request)
            return await below.send(request)

    parts = parts_in(room)
    work = CloudClient(parts, RateLimited(Watching(), parts.limiter))
    with pytest.raises(PermitTakenError):
        work.send(target(), CHANGE, on_admission=taken)
    assert (len(room.acquired), sent) == (1, [])


def flow_of(*calls: Call) -> Flow[list[int]]:
    """Make these calls and return their statuses."""
    statuses = []
    for each in calls:
        reply = yield each
        statuses.append(reply.status)
    return statuses


def test_a_throttled_read_backs_off_and_is_as_if_there_were_no_room() -> None:
    """FM-62: everybody rests for as long as the cloud says, and whoever asked comes again then."""
    room = Room()
    work = client(room, Reply(status=200), refusal("throttled", 7)).for_operation("op-1")
    with pytest.raises(CloudRateLimitedError) as caught:
        work.ask(target(), flow_of(READ, READ))
    assert caught.value.retry_after == 7
    assert caught.value.reason == VendorSaid(code="APIGW.0308", words="too many").reason
    assert room.backoffs == [("huawei:servicestage:reads", 7)]
    assert work.ask(target(), flow_of(READ)) == [200]


def test_a_throttled_write_backs_off_and_says_for_how_long() -> None:
    """What it proves stays what it is: not accepted; the time is that for which all rest."""
    room = Room()
    with pytest.raises(CloudRefusedError) as caught:
        client(room, refusal("throttled", 7)).send(target(), CHANGE)
    assert caught.value.retry_after == 7
    assert room.backoffs == [("huawei:servicestage:writes", 7)]
    assert len(room.acquired) == 1


@pytest.mark.parametrize("verdict", ["refused", "busy", "expired", "not_found"])
def test_other_refusals_stop_nobody(verdict: Verdict) -> None:
    """Only a limit concerns everybody."""
    room, answer = Room(), refusal(verdict, 7)
    for call in (READ, CHANGE):
        with pytest.raises(CloudRefusedError) as caught:
            client(room, answer).send(target(), call)
        assert caught.value is answer
    assert room.backoffs == []


BACKOFFS: Final = [
    (None, True, BACKOFF_WRITES),
    (None, False, BACKOFF_READS),
    (0, True, BACKOFF_WRITES),
    (2, True, 2),
    (2, False, 2),
    (90, True, 90),
]


@pytest.mark.parametrize(("retry_after", "mutates", "wanted"), BACKOFFS)
def test_a_backoff_is_what_the_cloud_says(
    retry_after: float | None,
    mutates: bool,  # noqa: FBT001 - a column of the table
    wanted: float,
) -> None:
    """V11: neither longer nor shorter; only where it says nothing, a time of our own."""
    assert backoff(retry_after, mutates=mutates) == wanted


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


def test_intervals_grow_with_what_is_watched_on_a_connection() -> None:
    """Each connection has its own reads, and shares them among what is watched there."""
    names = [f"t{number}" for number in range(100)]
    targets = {name: target(name) for name in names} | {"far": target("far", "elsewhere")}
    intervals = RateLimiter(Room(), limited).intervals(watched(*names[:30], "far", "gone"), targets)
    assert intervals == {name: timedelta(seconds=24) for name in names[:30]} | {"far": LOOK_LEAST}
    assert RateLimiter(Room(), limited).is_limited(targets.values())
    assert not RateLimiter(Room(), lambda *_: None).is_limited(targets.values())
    assert RateLimiter(Room(), lambda *_: None).intervals(watched("far"), targets) == {}


@given(st.integers(1, 100_000), st.integers(1, 10_000))
def test_an_interval_has_bounds_and_keeps_to_its_share(reads: int, many: int) -> None:
    """From five seconds to a minute; in between, looks take at most half of the reads."""
    interval = min_interval(RateLimit(reads=reads, writes=1), many)
    assert LOOK_LEAST <= interval <= LOOK_MOST
    if interval < LOOK_MOST:
        assert many * 2 * 60 / interval.total_seconds() <= reads / 2 * 1.001


def asking(url: str, room: Room, seconds: float) -> CloudQuestions:
    """Return the clouds as people's questions reach them."""
    return CloudQuestions(cloud_client(parts_in(room, url)), seconds)


def test_a_question_waits_a_moment_for_room() -> None:
    """Room that comes within its time is waited for; it has no name, so it keeps no place."""
    room = Room(waits=[0.01])
    with served(http(), http()) as server:
        assert asking(server.url, room, 5).ask(target(), flow_of(READ, READ)) == [200, 200]
    assert [(name, goes_on) for _, _, name, goes_on in room.acquired] == [
        ("", False),
        ("", False),
        ("", True),
    ]


@pytest.mark.parametrize(("wait", "seconds"), [(2.1, 20), (0.5, 0.2)])
def test_a_question_is_not_kept_waiting(wait: float, seconds: float) -> None:
    """Room that comes too late is no room; nothing is asked of the cloud."""
    room = Room(waits=[wait])
    with served() as server:
        with pytest.raises(CloudRateLimitedError) as caught:
            asking(server.url, room, seconds).ask(target(), flow_of(READ))
        assert server.requests == []
    assert caught.value.retry_after == wait


def test_a_question_that_is_throttled_stops_the_others() -> None:
    """The bot's 429 is the workers' as well."""
    body = b'{"error_code": "APIGW.0308", "error_msg": "slow down"}'
    room = Room()
    with served(http(429, body)) as server, pytest.raises(CloudRateLimitedError):
        asking(server.url, room, 5).ask(target(), flow_of(READ))
    assert room.backoffs == [("huawei:servicestage:reads", BACKOFF_READS)]


def test_no_room_is_a_kind_of_unavailable() -> None:
    """Whoever waits for a cloud that is away waits for one without room: nothing was done."""
    assert issubclass(CloudRateLimitedError, CloudUnavailableError)


def test_the_figures_name_what_waits(valkey_url: str) -> None:
    """Prometheus sees which clouds are backed off from, and how many wait for them."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    counts, room = RedisBuckets(client), Window(calls=1, seconds=60)
    reads, writes = (
        Bucket(connection="huawei", service="servicestage", mutates=mutates)
        for mutates in (False, True)
    )
    counts.back_off(reads, 60)
    for name in "abc":
        counts.acquire(writes, room, name=name)
    figures = rate_figures(client, [target(), target("other")])
    assert figures["rate_waiting"] == {"huawei:servicestage:writes": 2}
    assert set(figures["rate_held_seconds"]) == {"huawei:servicestage:reads"}
    client.close()
