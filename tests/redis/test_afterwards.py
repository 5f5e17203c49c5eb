"""What is told to Redis behind an answer, and what this process knows without asking it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from bot.core.errors import QueueUnavailableError
from bot.redis.afterwards import Afterwards
from bot.redis.doorbell import (
    ADVANCE_QUEUE,
    OUTBOX_KEY,
    SEEN_KEY,
    RedisDoorbell,
    open_redis,
)
from bot.redis.memory import MOST, Memory
from bot.sandbox.ports import free_port
from tests.journal.builders import an_id


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """An empty server."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def away() -> Iterator[Afterwards]:
    """One whose server is not there."""
    url = f"redis://127.0.0.1:{free_port()}/0"
    afterwards = Afterwards(RedisDoorbell(open_redis(url, connect_timeout=0.2, read_timeout=0.2)))
    afterwards.start()
    yield afterwards
    afterwards.close()


def test_all_that_waits_is_told_in_one_trip(redis: Redis) -> None:
    """Bells, keys and a wake that came meanwhile go together, and none is lost at the end."""
    afterwards = Afterwards(RedisDoorbell(redis))
    calls = _trips(redis)
    with ThreadPoolExecutor(3) as people:
        rung = [people.submit(afterwards.ring, an_id(number)) for number in range(3)]
        while afterwards.waiting < len(rung):
            pass
        for number in range(3):
            afterwards.note(f"key-{number}")
        afterwards.wake_outbox()
        afterwards.start()
        afterwards.close()
    assert [each.result() for each in rung] == [None] * 3
    assert redis.llen(f"rq:queue:{ADVANCE_QUEUE}") == 3
    assert all(redis.exists(f"{SEEN_KEY}key-{number}") for number in range(3))
    assert redis.zcard(OUTBOX_KEY) == 1
    assert _trips(redis) == calls + 1


def test_who_rings_first_is_told_that_redis_is_away(away: Afterwards) -> None:
    """So an answer says that it may take a moment: nobody hears "starts now" of what does not."""
    with pytest.raises(QueueUnavailableError):
        away.ring(an_id(1))
    assert _raises(away.wake_outbox)


def test_while_many_wait_for_answers_nobody_waits_for_a_bell(redis: Redis) -> None:
    """Each is rung all the same: together, once nobody waits any more."""
    afterwards = Afterwards(RedisDoorbell(redis))
    calls = _trips(redis)
    afterwards.give_way(2)
    afterwards.start()
    for number in range(3):
        afterwards.ring(an_id(number))
    assert _trips(redis) == calls
    afterwards.give_way(0)
    afterwards.ring(an_id(3))
    assert redis.llen(f"rq:queue:{ADVANCE_QUEUE}") == 4
    assert _trips(redis) <= calls + 2
    afterwards.close()


def test_who_rings_right_behind_another_does_not_wait(redis: Redis) -> None:
    """Redis was there a moment ago; a while later nobody can know."""
    moment = [0.0]
    afterwards = Afterwards(RedisDoorbell(redis), lambda: moment[0])
    afterwards.start()
    afterwards.ring(an_id(1))
    afterwards.close()  # nobody tells anything from here on
    moment[0] = 0.1
    afterwards.ring(an_id(2))
    moment[0] = 0.2
    with pytest.raises(QueueUnavailableError):
        afterwards.ring(an_id(3))


def test_who_waits_for_a_bell_is_held_up_by_no_crowd(redis: Redis) -> None:
    """It comes right behind: the bell that an answer hangs on is rung at once."""
    afterwards = Afterwards(RedisDoorbell(redis))
    with ThreadPoolExecutor(1) as people:
        rung = people.submit(afterwards.ring, an_id(1))
        while not afterwards.waiting:
            pass
        afterwards.give_way(1)
        afterwards.start()
        assert rung.result() is None
    afterwards.close()
    assert redis.llen(f"rq:queue:{ADVANCE_QUEUE}") == 1


def test_however_long_many_wait_bells_are_rung(redis: Redis) -> None:
    """A crowd that does not end holds them for a moment only."""
    afterwards = Afterwards(RedisDoorbell(redis))
    afterwards.start()
    afterwards.give_way(1)
    afterwards.ring(an_id(1))
    until = time.monotonic() + 5
    while not redis.llen(f"rq:queue:{ADVANCE_QUEUE}") and time.monotonic() < until:
        threading.Event().wait(0.01)
    assert redis.llen(f"rq:queue:{ADVANCE_QUEUE}") == 1
    afterwards.close()


def test_a_crowd_is_told_that_redis_is_away_once_that_is_known(away: Afterwards) -> None:
    """Nobody waits for the bell, and what is known is still said."""
    away.give_way(1)
    assert _raises(lambda: away.ring(an_id(1)))


def _trips(redis: Redis) -> int:
    return int(redis.info("commandstats").get("cmdstat_exec", {"calls": 0})["calls"])


def _raises(ring: Callable[[], None]) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            ring()
        except QueueUnavailableError:
            return True
        threading.Event().wait(0.01)
    return False


def test_what_this_process_answered_it_knows_by_itself(redis: Redis) -> None:
    """Its own answers need no trip to Redis; those of others do, and are not asked for *here*."""
    moment = [0.0]
    one = Afterwards(RedisDoorbell(redis), lambda: moment[0])
    one.note("mine")
    RedisDoorbell(redis).note("another's")
    assert one.has("mine", here=True)
    assert not one.has("another's", here=True)
    assert one.has("another's")
    moment[0] = 3_600.0
    assert not one.has("mine", here=True)


class Counting:
    """A cache that counts how often it is asked."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.asked: list[tuple[str, ...]] = []

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        self.asked.append(tuple(names))
        return {name: self.known[name] for name in names if name in self.known}

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:  # noqa: ARG002 - for ever
        """Keep *values*."""
        self.known |= values


def test_what_was_said_a_moment_ago_is_not_asked_for_again() -> None:
    """For so long; what nobody knew is asked for each time, and what was put is known."""
    moment, shared = [0.0], Counting()
    memory = Memory(shared, 3.0, lambda: moment[0])
    memory.put_many({"ann": "1"}, 60)
    assert memory.get_many(["ann", "bob"]) == {"ann": "1"}
    shared.known["bob"] = "2"
    assert memory.get_many(["ann", "bob"]) == {"ann": "1", "bob": "2"}
    assert memory.get_many(["ann", "bob"]) == {"ann": "1", "bob": "2"}
    assert shared.asked == [("bob",), ("bob",)]
    shared.known = {"bob": "3"}
    moment[0] = 3.0
    assert memory.get_many(["ann", "bob"]) == {"bob": "3"}


def test_a_memory_has_an_end() -> None:
    """However many names were asked for, it forgets all rather than grow."""
    shared = Counting()
    memory = Memory(shared, 60.0, lambda: 0.0)
    memory.put_many({str(number): "" for number in range(MOST + 1)}, 60)
    memory.put_many({"one": "more"}, 60)
    memory.get_many(["0"])
    assert shared.asked == [("0",)]
