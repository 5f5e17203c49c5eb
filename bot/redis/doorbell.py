"""The doorbell: RQ jobs that say "look at this operation", and the poll schedule.

Redis carries nothing here that the journal could not rebuild. A job names its function by a
dotted name; the worker runs only the functions that it was given (`workers.processes.rq_worker`).
"""

import time
from datetime import datetime
from typing import Any, Final

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, MasterDownError, ReadOnlyError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from typing_extensions import override

from bot.core.errors import ConfigurationError, QueueUnavailableError
from bot.core.records import OperationId

ADVANCE_QUEUE: Final = "slipway-advance"
ADVANCE_JOB: Final = "workers.advancing.advance.advance"
ADVANCE_SECONDS: Final = 300  # a job's limit; longer than its slowest call and the reads around it
SCHEDULE_KEY: Final = "slipway:schedule"  # sorted set: operation id → unix time of the next look
OUTBOX_KEY: Final = "slipway:outbox:wake"  # list: one element wakes the outbox
SEEN_KEY: Final = "slipway:seen:"  # + digest of a signed request
_TRY_KEY: Final = "slipway:try"
_TRY_SECONDS: Final = 60
SEEN_SECONDS: Final = 660  # longer than a signature is valid, on both sides


_ELSEWHERE: Final = (ReadOnlyError, MasterDownError, BusyLoadingError)
_UNBLOCKED: Final = "UNBLOCKED"  # said to who waits on a primary that becomes a replica


class _Wary(ConnectionPool):
    """Connections for who has no time, and that lead to the primary of now.

    Where Redis was silent, it is not asked for a moment: an answer to Slack asks Redis several
    things one after the other, and each would be waited for. Where it says that it is no primary,
    all connections are closed: behind the same address stands another one by now.
    """

    def __init__(self, *args: Any, rest: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rest = rest
        self._silent_until = 0.0
        self.connection_class = _noticing(self.connection_class)

    @override
    def get_connection(self, command_name: Any = None, *keys: Any, **options: Any) -> Any:
        if time.monotonic() < self._silent_until:
            msg = "Redis was silent a moment ago"
            raise RedisConnectionError(msg)
        return super().get_connection()

    @override
    def release(self, connection: Any) -> None:
        if not connection.is_connected:  # what goes wrong closes it
            self._silent_until = time.monotonic() + self._rest
        super().release(connection)
        if connection.is_elsewhere:
            connection.is_elsewhere = False
            self.disconnect(inuse_connections=False)


def _noticing(kind: type[Any]) -> type[Any]:
    """Return *kind* of connection, noticing that its server is not the primary any more."""

    class Noticing(kind):  # type: ignore[misc] # which kind it is, the address says
        is_elsewhere = False

        @override
        def read_response(self, *args: Any, **options: Any) -> Any:
            try:
                return super().read_response(*args, **options)
            except RedisError as error:
                if isinstance(error, _ELSEWHERE) or str(error).startswith(_UNBLOCKED):
                    self.is_elsewhere = True
                raise

    return Noticing


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
        pool = _Wary.from_url(
            url,
            rest=rest,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=read_timeout,
            socket_connect_timeout=connect_timeout,
            health_check_interval=0,
        )
        return Redis.from_pool(pool)
    except ValueError as error:
        fault = "SLIPWAY_REDIS_URL: wants redis://, rediss:// or unix://, such as redis://127.0.0.1"
        raise ConfigurationError([fault]) from error


class RedisDoorbell:
    """Rings through Redis; every method raises QueueUnavailableError where that cannot be done."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._queue = Queue(ADVANCE_QUEUE, connection=redis, serializer=JSONSerializer)

    def ring(self, operation_id: OperationId) -> None:
        """Enqueue "advance this operation"."""
        try:
            with self._redis.pipeline() as pipeline:  # one way there and back instead of two
                self._queue.enqueue(
                    ADVANCE_JOB,
                    operation_id,
                    job_timeout=ADVANCE_SECONDS,
                    result_ttl=0,
                    failure_ttl=3600,
                    pipeline=pipeline,
                )
                pipeline.execute()
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def look_again(self, operation_id: OperationId, at: datetime | None) -> None:
        """Put the operation on the poll schedule at *at*; None: now."""
        due = at.timestamp() if at else 0.0
        try:
            self._redis.zadd(SCHEDULE_KEY, {operation_id: due})
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def wake_outbox(self) -> None:
        """Let the outbox look now; one token is enough for any number of callers."""
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.lpush(OUTBOX_KEY, 1)
                pipeline.ltrim(OUTBOX_KEY, 0, 0)
                pipeline.execute()
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def has(self, key: str) -> bool:
        """Return whether the signed request of this key was answered before."""
        try:
            return bool(self._redis.exists(SEEN_KEY + key))
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

    def note(self, key: str) -> None:
        """Note that the signed request of this key is answered."""
        try:
            self._redis.set(SEEN_KEY + key, 1, ex=SEEN_SECONDS)
        except (RedisError, OSError) as error:
            raise QueueUnavailableError(str(error)) from error

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
