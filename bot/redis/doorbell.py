"""The doorbell: RQ jobs that say "look at this operation", and the poll schedule.

Redis carries nothing here that the journal could not rebuild. A job names its function by a
dotted name; the worker runs only the functions that it was given (`workers.processes.rq_worker`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from bot.core.errors import ConfigurationError, QueueUnavailableError
from bot.core.records import OperationId
from bot.redis.pools import pool_of

ADVANCE_QUEUE: Final = "slipway-advance"
ADVANCE_JOB: Final = "workers.advancing.advance.advance"
ADVANCE_SECONDS: Final = 300  # a job's limit; longer than its slowest call and the reads around it
SCHEDULE_KEY: Final = "slipway:schedule"  # sorted set: operation id → unix time of the next look
OUTBOX_KEY: Final = "slipway:outbox:awaited"  # sorted set: its one member wakes the outbox
_AWAITED: Final = {"now": 0}
SEEN_KEY: Final = "slipway:seen:"  # + digest of a signed request
_TRY_KEY: Final = "slipway:try"
_TRY_SECONDS: Final = 60
SEEN_SECONDS: Final = 660  # longer than a signature is valid, on both sides


def open_redis(
    url: str, *, read_timeout: float = 5.0, connect_timeout: float = 1.0, rest: float = 0.0
) -> "Redis":
    """Return a client that never repeats a command by itself; the one place that makes them.

    Args:
        url: the server's address.
        read_timeout: seconds to wait for an answer.
        connect_timeout: seconds to wait for the connection.
        rest: seconds for which every command fails at once after one went unanswered.

    Raises:
        ConfigurationError: *url* is no address; it is not repeated, since it has a password.
    """
    try:
        pool = pool_of(
            url,
            rest=rest,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=read_timeout,
            socket_connect_timeout=connect_timeout,
            health_check_interval=0,
        )
        return Redis.from_pool(pool)
    except ValueError as error:
        fault = (
            "SLIPWAY_REDIS_URL: wants redis://, rediss:// or unix://, such as redis://127.0.0.1, "
            "or redis+sentinel://one,two,three/service"
        )
        raise ConfigurationError([fault]) from error


class RedisDoorbell:
    """Rings through Redis; every method raises QueueUnavailableError where that cannot be done."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._queue = Queue(ADVANCE_QUEUE, connection=redis, serializer=JSONSerializer)

    def ring(self, *operation_ids: OperationId) -> None:
        """Enqueue "advance this operation" for each."""
        self.tell(operation_ids, [], wakes=False)

    def tell(
        self, operation_ids: Sequence[OperationId], keys: Sequence[str], *, wakes: bool
    ) -> None:
        """Ring for operations, note answers, let the outbox look: in one trip there and back."""
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for each in operation_ids:
                    self._enqueue(each, pipeline)
                for key in keys:
                    pipeline.set(SEEN_KEY + key, 1, ex=SEEN_SECONDS)
                if wakes:
                    pipeline.zadd(OUTBOX_KEY, _AWAITED)
                pipeline.execute()
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def _enqueue(self, operation_id: OperationId, pipeline: Any) -> None:
        self._queue.enqueue(
            ADVANCE_JOB,
            operation_id,
            job_timeout=ADVANCE_SECONDS,
            result_ttl=0,
            failure_ttl=3600,
            pipeline=pipeline,
        )

    def look_again(self, operation_id: OperationId, at: datetime | None) -> None:
        """Put the operation on the poll schedule at *at*; None: now."""
        due = at.timestamp() if at else 0.0
        try:
            self._redis.zadd(SCHEDULE_KEY, {operation_id: due})
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def wake_outbox(self) -> None:
        """Let the outbox look now; one member is enough for any number of callers."""
        self.tell([], [], wakes=True)

    def has(self, key: str, *, here: bool = False) -> bool:  # noqa: ARG002 - it has no memory
        """Return whether the signed request of this key was answered, by any process."""
        try:
            return bool(self._redis.exists(SEEN_KEY + key))
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def note(self, key: str) -> None:
        """Note that the signed request of this key is answered."""
        self.tell([], [key], wakes=False)

    def ping(self) -> None:
        """Ask Redis for a sign of life."""
        try:
            self._redis.ping()
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def try_write(self) -> None:
        """Write something that nobody reads: a replica, or a Redis that is full, takes nothing."""
        try:
            self._redis.set(_TRY_KEY, 1, ex=_TRY_SECONDS)
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error
