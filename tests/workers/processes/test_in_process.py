"""Workers that run their jobs themselves: what goes wrong in one ends with a process, not more."""

import os
import signal
from pathlib import Path
from typing import Any, Final

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from bot.redis.doorbell import open_redis
from tests.workers.processes.traces import await_that, lives, started, trace
from tests.workers.processes.worker_program import HANGING, HARMLESS, LASTING, queue_of

COMMANDS_MAX: Final = 34


@pytest.fixture
def queue(valkey_url: str, tmp_path: Path) -> Queue:
    """An empty queue on a real server."""
    redis: Redis = open_redis(valkey_url)
    redis.flushall()
    return Queue(queue_of(tmp_path), connection=redis, serializer=JSONSerializer)


def test_jobs_run_in_the_worker_itself(queue: Queue, valkey_url: str, tmp_path: Path) -> None:
    """Nothing is forked for a job; one that fails or is forged keeps the next from nothing."""
    queue.enqueue(HARMLESS, "one")
    queue.enqueue(HARMLESS)  # an argument short
    queue.enqueue("os.system", f"touch {tmp_path / 'forged'}")
    queue.enqueue(HARMLESS, "two")
    with started("one-process", valkey_url, str(tmp_path)) as worker:
        assert {trace(tmp_path, "one"), trace(tmp_path, "two")} == {worker.pid}
        assert not (tmp_path / "forged").exists()
        worker.terminate()
        assert worker.wait(20) == 0


def test_a_job_that_hangs_is_ended_and_the_next_one_runs(
    queue: Queue, valkey_url: str, tmp_path: Path
) -> None:
    """Who hears no signal any more is ended by the parent, soon after its time is over."""
    queue.enqueue(HANGING, "hanging", job_timeout=1)
    queue.enqueue(HARMLESS, "next")
    with started("replaced", valkey_url, str(tmp_path)) as parent:
        hung = trace(tmp_path, "hanging")
        assert trace(tmp_path, "next") != hung
        assert not lives(hung)
        assert lives(parent.pid)


def test_a_job_beyond_its_time_ends_with_its_process(
    queue: Queue, valkey_url: str, tmp_path: Path
) -> None:
    """What was broken off anywhere may have left anything locked: a fresh process goes on."""
    queue.enqueue(LASTING, "lasting", job_timeout=1)
    queue.enqueue(HARMLESS, "next")
    with started("replaced", valkey_url, str(tmp_path)):
        assert trace(tmp_path, "next") != trace(tmp_path, "lasting")
        assert await_that(lambda: len(queue.failed_job_registry) == 1)


def test_a_worker_is_replaced_after_its_share(
    queue: Queue, valkey_url: str, tmp_path: Path
) -> None:
    """No process does more than its share, and no job is lost where one follows another."""
    words = [f"job-{number}" for number in range(7)]
    for word in words:
        queue.enqueue(HARMLESS, word, result_ttl=0)
    with started("replaced", valkey_url, str(tmp_path)):
        pids = [trace(tmp_path, word) for word in words]
        assert [pids.count(each) for each in dict.fromkeys(pids)] == [3, 3, 1]
        assert queue.count == 0


def test_a_dead_worker_takes_one_job_along(queue: Queue, valkey_url: str, tmp_path: Path) -> None:
    """After kill -9 of the worker another one goes on with what waits."""
    queue.enqueue(LASTING, "lasting")
    queue.enqueue(HARMLESS, "next")
    with started("replaced", valkey_url, str(tmp_path)):
        dead = trace(tmp_path, "lasting")
        os.kill(dead, signal.SIGKILL)
        assert trace(tmp_path, "next") != dead


def test_a_long_job_keeps_its_lease(queue: Queue, valkey_url: str, tmp_path: Path) -> None:
    """While it runs the worker says so, however long that takes; nobody calls it abandoned."""
    queue.enqueue(LASTING, "lasting")
    redis: Any = queue.connection
    with started("one-process", valkey_url, str(tmp_path)):
        trace(tmp_path, "lasting")
        [job] = queue.started_job_registry.get_job_ids(cleanup=False)
        seen = redis.hget(f"rq:job:{job}", "last_heartbeat")
        assert await_that(lambda: redis.hget(f"rq:job:{job}", "last_heartbeat") != seen)


def test_a_job_costs_redis_so_much(queue: Queue, valkey_url: str, tmp_path: Path) -> None:
    """From the ring to the end of a job that is like a doorbell: 34 commands, where RQ has 58."""
    redis: Any = queue.connection
    words = [f"job-{number}" for number in range(10)]
    with started("one-process", valkey_url, str(tmp_path)):
        queue.enqueue(HARMLESS, "first", result_ttl=0)
        trace(tmp_path, "first")
        before = redis.info("stats")["total_commands_processed"]
        for word in words:
            queue.enqueue(HARMLESS, word, result_ttl=0)
            trace(tmp_path, word)
        used = redis.info("stats")["total_commands_processed"] - before
    assert used / len(words) <= COMMANDS_MAX


def test_asked_once_it_ends_after_its_job_and_asked_again_at_once(
    queue: Queue, valkey_url: str, tmp_path: Path
) -> None:
    """One SIGTERM lets the job end; a later second one is a kill, without an error."""
    queue.enqueue(LASTING, "lasting")
    with started("one-process", valkey_url, str(tmp_path)) as worker:
        trace(tmp_path, "lasting")
        worker.terminate()
        assert not await_that(lambda: worker.poll() is not None, seconds=1.1)
        worker.terminate()
        assert worker.wait(10) == 0
