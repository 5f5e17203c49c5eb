"""What all processes count together in a real Redis: calls, back-offs, and who waits for room."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from bot.core.rate_limits import Bucket, Window, window
from bot.core.system import RateLimit
from bot.redis.doorbell import open_redis
from bot.redis.rate_limits import AWAY_SECONDS, BACKOFF_MAX, GRACE, RedisBuckets
from bot.sandbox.ports import free_port
from tests.journal.builders import NOON

WRITES: Final = Bucket(connection="huawei", service="cce", mutates=True)
READS: Final = Bucket(connection="huawei", service="cce", mutates=False)
TEN: Final = Window(calls=10, seconds=60)
TWO: Final = Window(calls=2, seconds=60)
PROGRAM: Final = """
import sys
from datetime import datetime, timedelta
from bot.core.rate_limits import Bucket, Window
from bot.redis.doorbell import open_redis
from bot.redis.rate_limits import RedisBuckets

url, name = sys.argv[1:]
now = datetime.fromisoformat(sys.stdin.readline().strip())
rates = RedisBuckets(open_redis(url), lambda: now)
bucket = Bucket(connection="huawei", service="cce", mutates=True)
room = Window(calls=10, seconds=60)
sent = 0
for second in sys.stdin:
    now += timedelta(seconds=float(second))
    told = rates.acquire(bucket, room, name=f"{name}-{sent}")
    sent += told == 0
    print("sent" if told == 0 else "waits", flush=True)
"""


class Time:
    """The clock that everybody is given; only the test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        """Return the moment at which it stands."""
        return self.now

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """An empty server."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def time() -> Time:
    """A clock at noon."""
    return Time()


@pytest.fixture
def rates(redis: Redis, time: Time) -> RedisBuckets:
    """Counts in the empty server, by the clock."""
    return RedisBuckets(redis, time)


def test_a_window_is_used_up_and_comes_back(rates: RedisBuckets, time: Time) -> None:
    """So many calls pass at once; the next one is told when the first of them is a window old."""
    told = []
    for _ in range(12):
        told.append(rates.acquire(WRITES, TEN))
        time.pass_(1)
    assert told == [0] * 10 + [50, 49]
    time.pass_(47)
    assert rates.acquire(WRITES, TEN) == 1
    time.pass_(1)
    assert rates.acquire(WRITES, TEN) == 0
    assert rates.acquire(WRITES, TEN) == 1


def test_buckets_are_counted_apart(rates: RedisBuckets) -> None:
    """Reads, writes, other services and other connections have room of their own."""
    one = Window(calls=1, seconds=60)
    buckets = [
        Bucket(connection=connection, service=service, mutates=mutates)
        for connection in ("a", "b")
        for service in ("cce", "servicestage")
        for mutates in (False, True)
    ]
    assert [rates.acquire(each, one) for each in buckets] == [0.0] * len(buckets)
    assert [rates.acquire(each, one) for each in buckets] == [60.0] * len(buckets)


def test_who_waits_keeps_its_place(rates: RedisBuckets, time: Time) -> None:
    """Each is told a time of its own; whoever comes later does not overtake, however often."""
    told = [rates.acquire(WRITES, TWO, name=name) for name in "abcdefg"]
    assert told == [0, 0, 60, 60, 120, 120, 180]
    time.pass_(60)
    assert rates.acquire(WRITES, TWO, name="late") > 60
    assert rates.acquire(WRITES, TWO, name="e") == 60
    assert [rates.acquire(WRITES, TWO, name=name) for name in "dc"] == [0, 0]


def test_who_does_not_come_again_loses_its_place(rates: RedisBuckets, time: Time) -> None:
    """An operation that was cancelled while it waited holds nobody up for longer than the grace."""
    assert [rates.acquire(WRITES, TWO, name=name) for name in "abcde"] == [0, 0, 60, 60, 120]
    time.pass_(60 + GRACE - 1)
    assert rates.acquire(WRITES, TWO, name="f") > 0
    time.pass_(1)
    assert rates.acquire(WRITES, TWO, name="f") == 0
    assert rates.acquire(WRITES, TWO, name="e") == 0


def test_who_comes_late_itself_keeps_its_place(rates: RedisBuckets, time: Time) -> None:
    """A worker that was slow to come back is not put at the end for it."""
    assert [rates.acquire(WRITES, TWO, name=name) for name in "abc"] == [0, 0, 60]
    time.pass_(60 + 10 * GRACE)
    assert [rates.acquire(WRITES, TWO, name=name) for name in "xc"] == [0, 0]


def test_a_question_does_not_queue(rates: RedisBuckets, time: Time) -> None:
    """Who has no name cannot come again: it takes what room there is, and leaves no trace."""
    assert [rates.acquire(READS, TWO, name=name) for name in "abcd"] == [0, 0, 60, 60]
    assert rates.acquire(READS, TWO) == 60
    time.pass_(60)
    assert rates.acquire(READS, TWO) == 0
    assert rates.acquire(READS, TWO, name="c") == 0
    assert rates.waiting([READS]) == {"huawei:cce:reads": 1}


def test_what_has_begun_goes_on_and_is_paid_back(rates: RedisBuckets, time: Time) -> None:
    """Who was let in passes again at once; everybody else waits until that is made up for."""
    assert rates.acquire(READS, TWO) == 0
    assert [rates.acquire(READS, TWO, goes_on=True) for _ in range(5)] == [0] * 5
    assert rates.acquire(READS, TWO) == 180
    time.pass_(180)
    assert rates.acquire(READS, TWO) == 0


def test_a_backoff_stops_everybody(rates: RedisBuckets, time: Time) -> None:
    """After a 429 nobody calls, neither who waited nor who has begun; the longer one counts."""
    assert rates.acquire(READS, TEN) == 0
    rates.back_off(READS, 30)
    rates.back_off(READS, 5)
    assert rates.acquire(READS, TEN, goes_on=True) == 30
    assert rates.acquire(READS, None) == 30
    assert rates.acquire(READS, TEN, name="a") == 30
    assert rates.acquire(WRITES, TEN) == 0
    time.pass_(29)
    assert rates.acquire(READS, TEN, name="a") == 1
    time.pass_(1)
    assert rates.acquire(READS, TEN, name="a") == 0


def test_a_backoff_has_an_end(rates: RedisBuckets) -> None:
    """However long the cloud says, nobody backs off for longer than a quarter of an hour."""
    rates.back_off(WRITES, 86_400)
    assert rates.acquire(WRITES, None) == BACKOFF_MAX


def test_without_a_limit_nothing_is_counted(rates: RedisBuckets, redis: Redis) -> None:
    """A service whose limit nobody knows is called as ever, until it says 429."""
    assert [rates.acquire(READS, None, name="a") for _ in range(1_000)] == [0] * 1_000
    assert redis.dbsize() == 0


def test_a_clock_that_was_set_back_stops_nobody_for_long(rates: RedisBuckets, time: Time) -> None:
    """What was counted in an hour that comes again counts for nothing."""
    assert [rates.acquire(WRITES, TWO) for _ in range(3)] == [0, 0, 60]
    rates.back_off(READS, 60)
    time.pass_(-3600)
    assert rates.acquire(WRITES, TWO) == 0
    assert rates.acquire(READS, TWO) == 0
    rates.back_off(READS, 10)
    assert rates.acquire(READS, TWO) == 10


def test_everything_runs_out_by_itself(rates: RedisBuckets, redis: Redis) -> None:
    """Redis is left with nothing of what is over."""
    for name in "abc":
        rates.acquire(WRITES, TWO, name=name)
    rates.back_off(READS, 60)
    keys = list(redis.scan_iter("*"))
    assert len(keys) == 4
    assert all(0 < int(redis.pttl(key)) <= 3_600_000 for key in keys)


def test_without_redis_reads_go_on_and_limited_writes_wait() -> None:
    """Refused writes may count as well, so they are not sent blindly; reads harm nothing."""
    url = f"redis://127.0.0.1:{free_port()}/0"
    away = RedisBuckets(open_redis(url, connect_timeout=0.2, read_timeout=0.2))
    assert away.acquire(READS, TEN) == 0
    assert away.acquire(WRITES, None) == 0
    assert away.acquire(WRITES, TEN) == AWAY_SECONDS
    away.back_off(WRITES, 60)


def test_a_redis_that_forgot_everything_is_used_again(rates: RedisBuckets, redis: Redis) -> None:
    """Counts and scripts are made anew."""
    assert [rates.acquire(WRITES, TWO, name=name) for name in "abc"] == [0, 0, 60]
    redis.flushall()
    redis.script_flush()
    assert rates.acquire(WRITES, TWO, name="c") == 0


def test_redis_own_clock_counts_where_none_is_given(redis: Redis) -> None:
    """Hosts whose clocks differ count together all the same."""
    rates = RedisBuckets(redis)
    assert rates.acquire(WRITES, TWO) == 0
    assert rates.acquire(WRITES, TWO) == 0
    assert 50 < rates.acquire(WRITES, TWO, name="a") <= 60
    rates.back_off(READS, 60)
    assert 50 < rates.backoffs([READS, WRITES])["huawei:cce:reads"] <= 60
    assert 50 < rates.acquire(READS, None) <= 60


def test_what_is_backed_off_from_and_who_waits_can_be_read(rates: RedisBuckets, time: Time) -> None:
    """The figures name the bucket; what is over, and nothing at all, is left out."""
    assert rates.backoffs([]) == {}
    assert rates.waiting([]) == {}
    for name in "abcd":
        rates.acquire(WRITES, TWO, name=name)
    rates.back_off(READS, 30)
    assert rates.backoffs([READS, WRITES]) == {"huawei:cce:reads": 30}
    assert rates.waiting([READS, WRITES]) == {"huawei:cce:writes": 2}
    time.pass_(30)
    assert rates.backoffs([READS, WRITES]) == {}


def test_racers_share_the_room(rates: RedisBuckets) -> None:
    """Of many at once exactly as many pass as there is room for."""
    with ThreadPoolExecutor(8) as pool:
        told = list(
            pool.map(lambda number: rates.acquire(WRITES, TEN, name=f"{number}"), range(40))
        )
    assert sorted(told) == [0] * 10 + [60] * 10 + [120] * 10 + [180] * 10


def test_two_processes_share_one_minute(redis: Redis, valkey_url: str) -> None:
    """Two workers that both try each second send exactly ten in any minute between them."""
    assert redis.dbsize() == 0
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, valkey_url, name],
            env=environment,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    try:
        sent = list(_minutes(workers, seconds=130))
    finally:
        for each in workers:
            each.communicate(timeout=20)
    assert [each.returncode for each in workers] == [0, 0]
    minutes = [sum(sent[start : start + 60]) for start in range(71)]
    assert set(minutes) == {10}


def _minutes(workers: list["subprocess.Popen[str]"], seconds: int) -> Iterator[int]:
    """Let both try in each second, and yield how many were sent in it."""
    for each in workers:
        assert each.stdin
        each.stdin.write(f"{NOON.isoformat()}\n")
    for second in range(seconds):
        for each in workers:
            assert each.stdin
            each.stdin.write(f"{int(second > 0)}\n")
            each.stdin.flush()
        yield sum(each.stdout.readline() == "sent\n" for each in workers if each.stdout)


STEPS: Final = st.lists(
    st.tuples(st.integers(0, 30_000), st.sampled_from("abcdefgh"), st.booleans()), max_size=60
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 4), STEPS)
def test_no_span_ever_has_more_than_its_calls(
    redis: Redis, calls: int, steps: list[tuple[int, str, bool]]
) -> None:
    """Whoever comes, and however late: any span has at most its calls."""
    redis.flushall()
    time = Time()
    rates, wanted, sent = (
        RedisBuckets(redis, time),
        Window(calls=calls, seconds=10),
        list[datetime](),
    )
    for passed, name, has_name in steps:
        time.pass_(passed / 1000)
        if rates.acquire(WRITES, wanted, name=name if has_name else "") == 0:
            sent.append(time.now)
    span = timedelta(seconds=10)
    assert all(sum(first <= each < first + span for each in sent) <= calls for first in sent)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 4), st.integers(1, 12))
def test_everybody_gets_a_turn_when_told(redis: Redis, calls: int, many: int) -> None:
    """Who comes when it was told to gets its turn then, and the first are served first."""
    redis.flushall()
    time = Time()
    rates, wanted = RedisBuckets(redis, time), Window(calls=calls, seconds=10)
    due = {f"op-{number:02}": NOON for number in range(many)}
    served: list[str] = []
    for _ in range(2 * many):
        name = min(due, key=lambda each: (due[each], each), default="")
        if not name:
            break
        time.now = due.pop(name)
        wait = rates.acquire(WRITES, wanted, name=name)
        if wait:
            assert time.now == NOON
            due[name] = time.now + timedelta(seconds=wait)
        else:
            served.append(name)
    assert served == sorted(served)
    assert len(served) == many
    assert time.now == NOON + timedelta(seconds=10) * ((many - 1) // calls)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_parts_of_a_minute_add_up_to_less_than_the_limit(reads: int, writes: int) -> None:
    """However its parts lie, a minute has no more than the limit, and never none at all."""
    limit = RateLimit(reads=reads, writes=writes)
    for mutates, most in ((False, reads), (True, writes)):
        part = window(limit, mutates=mutates)
        windows = -(-60 // part.seconds)
        assert 0 < part.calls * windows <= most
