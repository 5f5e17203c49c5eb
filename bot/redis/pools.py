"""Connections to Redis that lead to the primary of now, also where Sentinels say which that is."""

import time
from typing import Any, Final
from urllib.parse import urlsplit

from redis import ConnectionPool
from redis.connection import SSLConnection, parse_url
from redis.exceptions import BusyLoadingError, MasterDownError, ReadOnlyError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.sentinel import Sentinel, SentinelConnectionPool
from typing_extensions import override

SENTINELS: Final = ("redis+sentinel://", "rediss+sentinel://")
_SENTINEL_PORT: Final = 26_379
_ELSEWHERE: Final = (ReadOnlyError, MasterDownError, BusyLoadingError)
_SAID: Final = (
    "UNBLOCKED",  # to who waits on a primary that becomes a replica
    "The previous master is now",  # by the client, where Sentinels lead it
)
_OF_CONNECTIONS: Final = ("connection_class", "db", "host", "password", "port", "username")


class WaryPool(ConnectionPool):
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


class _LedPool(WaryPool, SentinelConnectionPool):
    """The same, to whichever server Sentinels call the primary."""


def pool_of(url: str, *, rest: float, **options: Any) -> ConnectionPool:
    """Return the connections that an address means.

    Raises:
        ValueError: it is no address.
    """
    if not url.startswith(SENTINELS):
        return WaryPool.from_url(url, rest=rest, **options)
    sentinels, service, own, wanted = _led(url)
    kind: Any = Sentinel  # redis has no types here
    led = kind(sentinels, sentinel_kwargs={**options, **own})
    return _LedPool(service, led, rest=rest, **{**options, **wanted})


def _led(url: str) -> tuple[list[tuple[str, int]], str, dict[str, Any], dict[str, Any]]:
    """Read `redis+sentinel://[user:password@]host[:port],…/service[/database][?option=…]`.

    Returns the Sentinels, the service's name, and what each kind of connection is made with.
    """
    parts = urlsplit(url)
    credentials, at, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    if not service or not hosts:
        msg = "wants Sentinels and a service, such as redis+sentinel://one,two,three/primary"
        raise ValueError(msg)
    plain = parts.scheme.removesuffix("+sentinel")
    query = f"?{parts.query}" if parts.query else ""
    read: Any = parse_url  # redis has no types here
    wanted = read(f"{plain}://{credentials}{at}host/{database or 0}{query}")
    del wanted["host"]
    is_tls = wanted.pop("connection_class", None) is SSLConnection
    own = {name: wanted.pop(f"sentinel_{name}", None) for name in ("username", "password")}
    shared = {name: value for name, value in wanted.items() if name not in _OF_CONNECTIONS}
    tls = {"ssl": True} if is_tls else {}
    return [_place(each) for each in hosts.split(",")], service, {**shared, **own, **tls}, {
        **wanted, **tls,
    }  # fmt: skip


def _place(host: str) -> tuple[str, int]:
    found = urlsplit(f"//{host}")
    if not found.hostname:
        msg = f"{host!r} is no Sentinel"
        raise ValueError(msg)
    return found.hostname, found.port or _SENTINEL_PORT


def _noticing(kind: type[Any]) -> type[Any]:
    """Return *kind* of connection, noticing that its server is not the primary any more."""

    class Noticing(kind):  # type: ignore[misc] # which kind it is, the address says
        is_elsewhere = False

        @override
        def read_response(self, *args: Any, **options: Any) -> Any:
            try:
                return super().read_response(*args, **options)
            except RedisError as error:
                if isinstance(error, _ELSEWHERE) or str(error).startswith(_SAID):
                    self.is_elsewhere = True
                raise

    return Noticing
