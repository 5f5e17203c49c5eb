"""RQ workers: only functions that were handed in run, and a horse never outlives its worker."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from bot.redis.doorbell import open_redis
from tests.workers.processes.traces import await_that, lives, started, trace
from tests.workers.processes.worker_program import HARMLESS, LASTING, queue_of
from workers.processes.rq_worker import ForeignJobError, job_class

FORGED: Final = "tests.workers.processes.worker_program.forged"


@pytest.fixture
def queue(valkey_url: str, tmp_path: Path) -> Queue:
    """An empty queue on a real server, as somebody sees it who may write to Redis."""
    redis: Redis = open_redis(valkey_url)
    redis.flushall()
    return Queue(queue_of(tmp_path), connection=redis, serializer=JSONSerializer)


def test_only_what_was_handed_in_is_found(queue: Queue) -> None:
    """A job's function is looked up among those that are known, and imported from nowhere."""
    ran: list[str] = []
    known: dict[str, Callable[..., None]] = {HARMLESS: ran.append}
    kind = job_class(known)
    for name in ("os.system", FORGED, "builtins.eval", "", f"{HARMLESS}.x"):
        job = kind.create(name or "x", connection=queue.connection, serializer=JSONSerializer)
        with pytest.raises(ForeignJobError, match="is no job of this worker"):
            _ = job.func
    right = kind.create(HARMLESS, ["a"], connection=queue.connection, serializer=JSONSerializer)
    right.func(*right.args)
    assert ran == ["a"]


def test_f5_a_forged_job_is_refused_and_the_next_one_runs(
    queue: Queue, valkey_url: str, tmp_path: Path
) -> None:
    """F5: whoever writes to Redis can name any function, as job or as callback: none runs."""
    mine = Callback(FORGED)
    queue.enqueue(FORGED)
    queue.enqueue("os.system", f"touch {tmp_path / 'forged'}")
    queue.enqueue(HARMLESS, "first", on_success=mine, on_failure=mine, on_stopped=mine)
    queue.enqueue(HARMLESS, on_success=mine, on_failure=mine)  # an argument short: it fails
    raw: dict[str | bytes | bytearray | memoryview[int] | float, Any] = {
        "data": '["os.system", null, ["touch ' + str(tmp_path / "forged") + '"], {}]',
        "created_at": "2026-11-21T12:00:00.000000Z",
        "origin": queue.name,
        "status": "queued",
    }
    queue.connection.hset("rq:job:raw", mapping=raw)
    queue.connection.rpush(queue.key, "raw")
    queue.enqueue(HARMLESS, "last")
    with started("worker", valkey_url, str(tmp_path), FORGED_TRACES=str(tmp_path)):
        assert trace(tmp_path, "last")
        assert await_that(lambda: queue.count == 0)
    assert (tmp_path / "first").exists()
    assert not (tmp_path / "forged").exists()


def test_a_job_runs_in_a_child_of_its_own(queue: Queue, valkey_url: str, tmp_path: Path) -> None:
    """What breaks in a job breaks no worker: each has a process."""
    queue.enqueue(HARMLESS, "one")
    queue.enqueue(HARMLESS, "two")
    with started("worker", valkey_url, str(tmp_path)) as worker:
        pids = {trace(tmp_path, "one"), trace(tmp_path, "two"), worker.pid}
        assert len(pids) == 3
        assert lives(worker.pid)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can tie a child")
def test_a_killed_worker_takes_its_horse_along(
    queue: Queue, valkey_url: str, tmp_path: Path
) -> None:
    """After kill -9 of the worker nobody goes on working without a claim."""
    queue.enqueue(LASTING, "horse")
    with started("worker", valkey_url, str(tmp_path)) as worker:
        horse = trace(tmp_path, "horse")
        assert lives(horse)
        worker.kill()
        worker.wait()
        assert await_that(lambda: not lives(horse))


def test_a_known_job_class_is_rqs_own_otherwise(queue: Queue) -> None:
    """Only the function and the callbacks differ from RQ's job."""
    assert issubclass(job_class({}), Job)
    job = job_class({}).create("x", connection=queue.connection, serializer=JSONSerializer)
    callbacks = (job.success_callback, job.failure_callback, job.stopped_callback)
    assert callbacks == (None, None, None)
