"""RQ workers as Slipway runs them: quick to notice a death, and unable to run foreign code."""

import contextlib
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Self

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from typing_extensions import override

log = logging.getLogger("slipway.horses")

HEARTBEAT_SECONDS: Final = 10
MARGIN_SECONDS: Final = 8
POP_SECONDS: Final = 5
RECONNECT_SECONDS: Final = 2.0  # the longest pause between two tries to reach Redis
FINISH_SOON: Final = signal.SIGUSR1  # tells a horse that its worker is to end
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)  # opened here: between a fork and an exec it could hang


class ForeignJobError(Exception):
    """A job in the queue names a function that this worker was not given."""

    def __init__(self, name: str | None) -> None:
        super().__init__(f"{name!r} is no job of this worker")


class WithoutTransactions(Redis):
    """A client whose pipelines are no transactions, unless they ask to be.

    RQ makes one around each of its notes, for which nobody here decides anything: a tenth of what
    an operation asked of Redis was their MULTI and EXEC.
    """

    @classmethod
    def beside(cls, redis: "Redis") -> Self:
        """Return one that shares the connections of *redis*."""
        return cls(connection_pool=redis.connection_pool)

    @override
    def pipeline(self, transaction: bool = False, shard_hint: str | None = None) -> Pipeline:
        return super().pipeline(transaction, shard_hint)


def job_class(known: Mapping[str, Callable[..., None]]) -> type[Job]:
    """Return a job class that runs the functions of *known* and imports nothing that Redis names.

    Whoever can write to Redis could otherwise name any importable function.
    """

    class KnownJob(Job):
        """A job whose function was handed in by the composition root."""

        @property
        @override
        def func(self) -> Callable[..., None]:
            name = self.func_name
            if name is None or name not in known:
                raise ForeignJobError(name)
            return known[name]

        @property
        @override
        def success_callback(self) -> None:
            return None

        @property
        @override
        def failure_callback(self) -> None:
            return None

        @property
        @override
        def stopped_callback(self) -> None:
            return None

    return KnownJob


class DoorbellWorker(Worker):
    """An RQ worker on one queue, whose work-horse dies with it, but not with Redis."""

    max_connection_wait_time = RECONNECT_SECONDS

    @property
    @override
    def dequeue_timeout(self) -> int:
        return POP_SECONDS

    @override
    def get_heartbeat_ttl(self, job: Job) -> int:
        return HEARTBEAT_SECONDS + MARGIN_SECONDS

    @override
    def main_work_horse(self, job: Job, queue: Queue) -> None:
        die_with_parent(signal.SIGKILL, parent=self.pid or 0)
        super().main_work_horse(job, queue)

    @override
    def set_current_job_working_time(
        self, current_job_working_time: float, pipeline: Pipeline | None = None
    ) -> None:
        with without_redis():
            super().set_current_job_working_time(current_job_working_time, pipeline)

    @override
    def maintain_heartbeats(self, job: Job) -> None:
        with without_redis():
            super().maintain_heartbeats(job)

    @override
    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        super().set_state(state, pipeline)
        if state == WorkerStatus.IDLE and self._stop_requested:
            raise StopRequested  # it came after the last look, while the state was still busy

    @override
    def set_shutdown_requested_date(self) -> None:
        with without_redis():
            super().set_shutdown_requested_date()  # type: ignore[no-untyped-call] # RQ's gap

    @override
    def handle_warm_shutdown_request(self) -> None:
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, FINISH_SOON)


def run_worker(
    redis: "Redis", queue: str, known: Mapping[str, Callable[..., None]], *, burst: bool = False
) -> None:
    """Work on one queue until SIGTERM, or until it is empty (*burst*)."""
    signal.signal(FINISH_SOON, signal.SIG_IGN)  # inherited: most jobs just go on to their end
    client = WithoutTransactions.beside(redis)
    worker = DoorbellWorker(
        [Queue(queue, connection=client, serializer=JSONSerializer)],
        connection=client,
        serializer=JSONSerializer,
        job_class=job_class(known),
        job_monitoring_interval=HEARTBEAT_SECONDS,
        maintenance_interval=HEARTBEAT_SECONDS,
        worker_ttl=POP_SECONDS * 4,
        log_job_description=False,
    )
    worker.work(burst=burst, logging_level="WARNING")


@contextlib.contextmanager
def without_redis() -> Iterator[None]:
    """Go on where Redis is away: a worker that quit would take a call in flight with it."""
    try:
        yield
    except (RedisError, OSError) as error:
        log.warning("redis.unavailable", extra={"worker": os.getpid(), "why": str(error)})


def die_with_parent(with_signal: signal.Signals, *, parent: int) -> None:
    """Have the kernel send *with_signal* when the parent ends; only Linux can.

    Args:
        with_signal: what ends this process.
        parent: the process that forked this one, as it knew itself before the fork. A number alone
            tells nothing: in a container the parent is process 1, and who adopts an orphan may be
            any process.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(with_signal))
    if os.getppid() != parent:  # it ended before it could be watched
        os.kill(os.getpid(), with_signal)
