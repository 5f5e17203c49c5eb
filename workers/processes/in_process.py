"""An RQ worker that runs its jobs itself: nothing is forked, connected or imported for a job.

What a fork would protect from is kept by other means: a process is replaced by a fresh one after so
many jobs, or when it has grown; after a job that was broken off it is replaced at once, since that
may have left anything locked; and what hangs is ended by the parent (`JobLimit`).
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple

from redis import Redis
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker import WorkerStatus
from typing_extensions import override

from workers.processes.job_limit import JobLimit
from workers.processes.rq_worker import (
    FINISH_SOON,
    HEARTBEAT_SECONDS,
    MARGIN_SECONDS,
    POP_SECONDS,
    RECONNECT_SECONDS,
    WithoutTransactions,
    job_class,
    without_redis,
)

LONGEST: Final = 600.0  # seconds; for a job that names no limit
QUIET: Final = 3.0  # seconds between two signs of the worker's life, or two looks for a suspension
IMPATIENT_SECONDS: Final = 1.0  # two requests to end within it are one, as RQ has it
_PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 2**20


class Share(NamedTuple):
    """How much one process does before a fresh one goes on."""

    jobs: int = 500
    growth: float = 100.0  # MB
    heartbeat: float = HEARTBEAT_SECONDS  # seconds between two signs of a job's life


WHOLE: Final = Share()


class InProcessWorker(SimpleWorker):
    """An RQ worker on one queue that works until it is to be replaced.

    Of what RQ tells Redis around a job, it leaves out what was told just now or is deleted next.
    """

    max_connection_wait_time = RECONNECT_SECONDS
    limit: JobLimit
    share = WHOLE
    is_through = False  # with its share
    _jobs = 0
    _held_at_first = 0.0  # MB
    _present: Job | None = None
    _told_at = _looked_at = -QUIET  # by the monotonic clock

    @property
    @override
    def dequeue_timeout(self) -> int:
        return POP_SECONDS

    @override
    def get_heartbeat_ttl(self, job: Job) -> int:
        return HEARTBEAT_SECONDS + MARGIN_SECONDS

    @override
    def execute_job(self, job: Job, queue: Queue) -> None:
        self._held_at_first = self._held_at_first or _held()
        seconds, began = float(job.timeout or 0), time.monotonic()
        seconds = seconds if 0 < seconds < LONGEST else LONGEST
        self._present = job
        try:
            with self.limit.running(seconds):
                super().execute_job(job, queue)
        finally:
            self._present = None
            self._count(was_broken_off=time.monotonic() - began >= seconds)

    def _count(self, *, was_broken_off: bool) -> None:
        """Take the last job into account: after its share another process goes on."""
        self._jobs += 1
        has_grown = _held() > self._held_at_first + self.share.growth
        if was_broken_off or has_grown or self._jobs >= self.share.jobs:
            self.is_through = True
            self._stop_requested = True  # looked at before the next job is taken

    @override
    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        present = time.monotonic()
        if pipeline is not None or present >= self._told_at + QUIET:
            self._told_at = present
            super().heartbeat(timeout, pipeline)

    @override
    def check_for_suspension(self, burst: bool) -> None:
        present = time.monotonic()
        if present >= self._looked_at + QUIET:
            self._looked_at = present
            super().check_for_suspension(burst)

    @override
    def handle_execution_ended(self, job: Job, queue: Queue, heartbeat_ttl: int) -> None:
        job.ended_at = now()

    @override
    def handle_job_success(
        self, job: Job, queue: Queue, started_job_registry: StartedJobRegistry
    ) -> None:
        if job.result_ttl != 0 or job.started_at is None or job.ended_at is None:
            super().handle_job_success(job, queue, started_job_registry)
            return
        # Nobody waits for it, and nothing is kept.
        with self.connection.pipeline(transaction=False) as pipeline:
            self.increment_successful_job_count(pipeline=pipeline)
            self.increment_total_working_time(job.ended_at - job.started_at, pipeline)
            pipeline.delete(job.key)
            self.cleanup_execution(job, pipeline=pipeline)
            pipeline.execute()

    @override
    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        if pipeline is not None or state != self.get_state():
            super().set_state(state, pipeline)
        if state == WorkerStatus.IDLE and self._stop_requested:
            raise StopRequested  # it came after the last look, while the state was still busy

    @override
    def set_shutdown_requested_date(self) -> None:
        """Nobody reads it, and a signal's handler had better not wait for Redis."""

    @override
    def handle_warm_shutdown_request(self) -> None:
        signal.raise_signal(FINISH_SOON)

    @override
    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        asked = self._shutdown_requested_date
        if asked is None or (now() - asked).total_seconds() >= IMPATIENT_SECONDS:
            os._exit(0)  # as a kill would: what is sent has its permit, and is looked for

    def beat(self) -> None:
        """Say every now and then that the present job runs, for as long as this process lives."""
        pause = threading.Event()
        while not pause.wait(self.share.heartbeat):
            job = self._present
            if job is not None and self.execution is not None:
                with without_redis():
                    self.maintain_heartbeats(job)


def work_in_process(
    redis: "Redis",
    queue: str,
    known: Mapping[str, Callable[..., None]],
    limit: JobLimit,
    *,
    share: Share = WHOLE,
) -> bool:
    """Work on one queue until SIGTERM, or until the *share* is done; return which it was."""
    client = WithoutTransactions.beside(redis)
    worker = InProcessWorker(
        [Queue(queue, connection=client, serializer=JSONSerializer)],
        connection=client,
        serializer=JSONSerializer,
        job_class=job_class(known),
        maintenance_interval=HEARTBEAT_SECONDS,
        worker_ttl=POP_SECONDS * 4,
        log_job_description=False,
    )
    worker.limit, worker.share = limit, share
    if signal.getsignal(FINISH_SOON) == signal.SIG_DFL:
        signal.signal(FINISH_SOON, signal.SIG_IGN)  # who does not listen goes on to its job's end
    threading.Thread(target=worker.beat, daemon=True).start()
    worker.work(logging_level="WARNING")
    return worker.is_through


def _held() -> float:
    """Return the MB that this process holds; where the system does not tell, 0."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB
    except OSError:
        return 0.0
