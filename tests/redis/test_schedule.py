"""What workers share in a real Redis: schedule, claims, marks and caches."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis import Redis

from bot.core.errors import QueueUnavailableError
from bot.redis.cache import Cache
from bot.redis.doorbell import (
    ADVANCE_QUEUE,
    OUTBOX_KEY,
    SEEN_KEY,
    RedisDoorbell,
    open_redis,
)
from bot.redis.due_times import LOOK_LEASE, DueTimes
from bot.redis.flags import Flags
from bot.redis.leases import CLAIM_SECONDS, Leases, owner_here
from bot.sandbox.ports import free_port
from handlers.signatures import SKEW_MAX
from tests.journal.builders import NOON, SECOND, an_id

ONE, TWO, THREE = an_id(1), an_id(2), an_id(3)
OWNER = owner_here()


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """An empty server."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def away() -> Redis:
    """A server that is not there."""
    return open_redis(f"redis://127.0.0.1:{free_port()}/0", connect_timeout=0.2, read_timeout=0.2)


def test_what_is_due_is_claimed_in_order_and_once(redis: Redis) -> None:
    """The earliest come first, up to the limit; who claimed them has them for the lease."""
    schedule = DueTimes(redis)
    for number, each in enumerate((ONE, TWO, THREE)):
        schedule.put(each, NOON + number * SECOND)
    assert schedule.claim(NOON - SECOND, 9) == ()
    assert schedule.claim(NOON + SECOND, 1) == (ONE,)
    assert schedule.claim(NOON + SECOND, 9) == (TWO,)
    assert schedule.claim(NOON + SECOND, 9) == ()
    assert schedule.known() == {ONE, TWO, THREE}


def test_a_dead_pollers_share_comes_up_again(redis: Redis) -> None:
    """Nobody put it back, so it is due when the lease is over."""
    schedule = DueTimes(redis)
    schedule.put(ONE, NOON)
    assert schedule.claim(NOON, 9) == (ONE,)
    assert schedule.claim(NOON + LOOK_LEASE - SECOND, 9) == ()
    assert schedule.claim(NOON + LOOK_LEASE, 9) == (ONE,)


def test_pollers_never_share_a_look(redis: Redis) -> None:
    """Many pollers at once claim everything, and each of it once."""
    schedule = DueTimes(redis)
    everything = [an_id(number) for number in range(200)]
    schedule.ensure(everything, NOON)
    with ThreadPoolExecutor(8) as pool:
        shares = list(pool.map(lambda _: schedule.claim(NOON, 10), range(40)))
    claimed = [each for share in shares for each in share]
    assert sorted(claimed) == sorted(everything)


def test_ensuring_moves_nothing(redis: Redis) -> None:
    """The sweeper schedules what was lost, and leaves alone what waits for its time."""
    schedule = DueTimes(redis)
    schedule.put(ONE, NOON + timedelta(minutes=5))
    schedule.ensure([ONE, TWO], NOON)
    schedule.ensure([], NOON)
    assert schedule.claim(NOON, 9) == (TWO,)
    schedule.drop(TWO)
    assert schedule.known() == {ONE}


def test_a_claim_has_one_holder(redis: Redis) -> None:
    """Of many that want the same, one has it and learns of the others; done, the next may."""
    claims = Leases(redis, OWNER)
    with claims.hold(ONE) as mine:
        assert mine
        assert not claims.was_wanted(ONE)
        with Leases(redis, OWNER).hold(ONE) as theirs:
            assert not theirs
        assert claims.held([ONE, TWO]) == {ONE}
    assert [claims.was_wanted(ONE), claims.was_wanted(ONE)] == [True, False]
    assert claims.held([ONE]) == frozenset()
    assert claims.held([]) == frozenset()
    with claims.hold(ONE) as again:
        assert again


def test_racers_for_a_claim_have_one_winner(redis: Redis) -> None:
    """Whoever was not first is told so."""
    start, done = threading.Barrier(8), threading.Barrier(8)

    def race(_: int) -> bool:
        start.wait()
        with Leases(redis, OWNER).hold(ONE) as mine:
            done.wait()
            return mine

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == 1


def test_a_claim_is_released_by_its_holder_only(redis: Redis) -> None:
    """A holder that was too slow does not take the claim of whoever came after it."""
    with Leases(redis, OWNER).hold(ONE) as mine:
        assert mine
        redis.set(f"slipway:claim:{ONE}", "elsewhere/1/token")
    assert redis.get(f"slipway:claim:{ONE}") == b"elsewhere/1/token"


def test_a_claim_ends_by_itself(redis: Redis) -> None:
    """Whoever dies holding it keeps it for seconds, not for ever."""
    with Leases(redis, OWNER).hold(ONE):
        assert 0 < int(redis.ttl(f"slipway:claim:{ONE}")) <= CLAIM_SECONDS


def test_the_claim_of_a_dead_process_of_this_host_is_free(redis: Redis, valkey_url: str) -> None:
    """A process that was killed is waited for by nobody of those that it belonged to."""
    _die_holding(ONE, valkey_url, OWNER)
    assert Leases(redis, OWNER).held([ONE]) == frozenset()
    with Leases(redis, OWNER).hold(ONE) as mine:
        assert mine


def test_a_process_id_means_nothing_elsewhere(redis: Redis, valkey_url: str) -> None:
    """V61: of two hosts that look alike in every name, neither takes the other's for dead."""
    _die_holding(ONE, valkey_url, "of another boot")
    assert Leases(redis, OWNER).held([ONE]) == {ONE}
    with Leases(redis, OWNER).hold(ONE) as mine:
        assert not mine


def _die_holding(name: str, valkey_url: str, owner: str) -> None:
    program = (
        "import os, signal, sys\n"
        "from bot.redis.doorbell import open_redis\n"
        "from bot.redis.leases import Leases\n"
        f"with Leases(open_redis({valkey_url!r}), {owner!r}).hold({name!r}) as mine:\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=False)


def test_the_work_goes_on_when_redis_goes_away(redis: Redis) -> None:
    """Releasing a claim that Redis lost is no error: it is a courtesy."""
    claims = Leases(redis, OWNER)
    with claims.hold(ONE) as mine:
        assert mine
        redis.connection_pool.connection_kwargs["port"] = free_port()
        redis.connection_pool.disconnect()


def test_marks(redis: Redis) -> None:
    """A mark is set by the first only; a hold says for how long it holds."""
    flags = Flags(redis)
    assert flags.first("ring", 60)
    assert not flags.first("ring", 60)
    assert flags.first("other", 60)
    assert flags.held_for("slack") == 0.0
    flags.hold("slack", 30)
    assert 29 < flags.held_for("slack") <= 30
    flags.hold("slack", 0)
    assert flags.held_for("slack") < 1


def test_waking_the_outbox_is_kept_until_it_looks(redis: Redis) -> None:
    """A hundred wakes are one; who waits is woken at once, and without one not at all."""
    bell, flags = RedisDoorbell(redis), Flags(redis)
    for _ in range(100):
        bell.wake_outbox()
    assert redis.zcard(OUTBOX_KEY) == 1
    assert flags.wait_for_outbox(30)
    assert redis.zcard(OUTBOX_KEY) == 0
    assert not flags.wait_for_outbox(0)


def test_a_doorbell_names_its_function(redis: Redis) -> None:
    """A ring is one job with the operation's id and nothing else."""
    RedisDoorbell(redis).ring(ONE)
    [job] = redis.lrange(f"rq:queue:{ADVANCE_QUEUE}", 0, -1)
    fields = redis.hgetall(b"rq:job:" + bytes(job))  # type: ignore[arg-type] # bytes, undecoded
    assert ONE.encode() in fields[b"description"]
    assert fields[b"origin"] == ADVANCE_QUEUE.encode()


def test_a_signed_request_is_seen_once(redis: Redis) -> None:
    """What was noted is known to all processes, for longer than a signature holds."""
    bell = RedisDoorbell(redis)
    assert not bell.has("digest")
    bell.note("digest")
    assert RedisDoorbell(redis).has("digest")
    assert redis.ttl(f"{SEEN_KEY}digest") > 2 * SKEW_MAX


def test_looking_again_without_a_time_is_now(redis: Redis) -> None:
    """What is to be looked at now comes before everything else."""
    bell, schedule = RedisDoorbell(redis), DueTimes(redis)
    bell.look_again(ONE, NOON + SECOND)
    bell.look_again(TWO, None)
    assert schedule.claim(NOON, 9) == (TWO,)


def test_without_redis_the_doorbell_says_so(away: Redis) -> None:
    """Every way to ring has the one error that the engine knows."""
    bell = RedisDoorbell(away)
    for ring in (
        lambda: bell.ring(ONE),
        lambda: bell.look_again(ONE, None),
        bell.wake_outbox,
        bell.ping,
        lambda: bell.has("x"),
        lambda: bell.note("x"),
    ):
        with pytest.raises(QueueUnavailableError):
            ring()


def test_a_cache_keeps_for_a_while_and_never_fails(redis: Redis, away: Redis) -> None:
    """What is known comes back; without Redis nothing is known, and that is no error."""
    cache = Cache(redis)
    cache.put_many({"a": "1", "b": "ü"}, 60)
    assert cache.get_many(["a", "b", "c"]) == {"a": "1", "b": "ü"}
    assert 0 < int(redis.ttl("slipway:cache:a")) <= 60
    broken = Cache(away)
    broken.put_many({"a": "1"}, 60)
    assert broken.get_many(["a"]) == {}


def test_turns_come_one_after_the_other(redis: Redis) -> None:
    """A few may be taken in advance; then each has to be waited for, by all processes."""
    flags = Flags(redis)
    taken = [flags.take("posts", 30, 60) for _ in range(3)]
    assert [each.is_ours for each in taken] == [True, True, True]
    assert [each.next_in for each in taken[:2]] == [0, 0]
    assert 29 < taken[2].next_in <= 30
    late = Flags(redis).take("posts", 30, 60)
    assert not late.is_ours
    assert 29 < late.next_in <= 30
    assert flags.take("updates", 30, 0).is_ours
    assert 89 < flags.held_for("posts") <= 90


def test_a_hold_is_a_time_without_turns(redis: Redis) -> None:
    """While Slack holds a lane nobody takes a turn there, and nothing in advance afterwards."""
    flags = Flags(redis)
    flags.hold("posts", 30)
    taken = flags.take("posts", 1, 0)
    assert not taken.is_ours
    assert 29 < taken.next_in <= 30


def test_a_note_is_replaced_by_what_is_made_of_it(redis: Redis) -> None:
    """Whoever notes knows the note and its age; what others note meanwhile is read again."""
    flags, other = Flags(redis), Flags(redis)
    seen: list[tuple[str, float]] = []

    def write(before: str, age: float) -> str:
        seen.append((before, age))
        if before == "one":
            other.note("pace", 60, lambda before, _: f"{before}, two")
        return f"{before}, mine" if before else "one"

    assert flags.noted(["pace", "others"], 60) == (("", 0.0), ("", 0.0))
    assert flags.note("pace", 60, write) == "one"
    assert flags.note("pace", 60, write) == "one, two, mine"
    assert [before for before, _ in seen] == ["", "one", "one, two"]
    [(note, age)] = other.noted(["pace"], 60)
    assert note == "one, two, mine"
    assert 0 <= age < 10


def test_a_silent_redis_is_asked_once_in_a_while() -> None:
    """Who has no time waits for a silent server once, and is told at once for a moment."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        bell = RedisDoorbell(open_redis(address, read_timeout=0.3, rest=30))
        with pytest.raises(QueueUnavailableError):
            bell.ping()
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(QueueUnavailableError, match="a moment ago"):
                bell.ping()
        assert time.monotonic() - began < 0.3


def test_a_redis_that_is_back_is_asked_again(redis: Redis, valkey_url: str) -> None:
    """After the moment it is asked as before."""
    client = open_redis(valkey_url, rest=0.0)
    bell = RedisDoorbell(client)
    redis.client_kill_filter(_type="normal", skipme=True)
    bell.ping()
    redis.client_kill_filter(_type="normal", skipme=True)
    bell.ping()
    client.close()
