"""Redis behind Sentinels, and behind TLS: real servers, one of which becomes the primary."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from bot.core.errors import ConfigurationError, QueueUnavailableError
from bot.redis.doorbell import ADVANCE_QUEUE, RedisDoorbell, open_redis
from bot.sandbox.ports import free_port
from bot.sandbox.redis import await_redis, server_words
from tests.processes.running import Program, until
from tests.redis.authority import Authority, encrypted

SERVICE: Final = "slipway"
PASSWORD: Final = "pa55 word/@:"
ESCAPED: Final = "pa55%20word%2F%40%3A"
_WATCHING: Final = """
port {port}
bind 127.0.0.1
dir {folder}
requirepass sentinels
sentinel monitor {service} 127.0.0.1 {primary} 1
sentinel auth-pass {service} "{password}"
sentinel down-after-milliseconds {service} 500
sentinel failover-timeout {service} 2000
"""


class Watched:
    """A primary, a replica, and a Sentinel that watches both."""

    def __init__(self, folder: Path) -> None:
        self.ports: Final = (free_port(), free_port())
        self.port: Final = free_port()
        kept = ("--requirepass", PASSWORD, "--masterauth", PASSWORD)
        primary, replica = self.ports
        follows = ("--replicaof", f"127.0.0.1 {primary}", "--repl-diskless-sync-delay", "0")
        conf = folder / "sentinel.conf"
        conf.write_text(
            _WATCHING.format(
                port=self.port, folder=folder, service=SERVICE, primary=primary, password=PASSWORD
            )
        )
        server = server_words(primary, folder)
        told = {
            "primary": [*server, *kept],
            "replica": [*server_words(replica, folder), *kept, *follows],
            "sentinel": [server[0], str(conf), "--sentinel"],
        }
        self.programs: Final = {
            name: Program(name, words, {"PATH": "/usr/bin:/bin"}, folder)
            for name, words in told.items()
        }

    @property
    def url(self) -> str:
        """The address that names the Sentinel; one that is not there comes before it."""
        hosts = f"127.0.0.1:{free_port()},127.0.0.1:{self.port}"
        return f"redis+sentinel://:{ESCAPED}@{hosts}/{SERVICE}/1?sentinel_password=sentinels"

    def start(self) -> None:
        """Start all, and wait until the replica has everything and the Sentinel knows it."""
        for program, port in zip(self.programs.values(), (*self.ports, self.port), strict=True):
            program.start()
            word = "sentinels" if port == self.port else ESCAPED
            await_redis(f"redis://:{word}@127.0.0.1:{port}/0")
        sentinel = open_redis(f"redis://:sentinels@127.0.0.1:{self.port}")
        until(lambda: sentinel.sentinel_slaves(SERVICE), "the replica to be known", 60)
        replica = open_redis(f"redis://:{ESCAPED}@127.0.0.1:{self.ports[1]}")
        until(lambda: replica.info("replication")["master_link_status"] == "up", "the copy", 60)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A pair of servers and a Sentinel."""
    built = Watched(tmp_path)
    try:
        built.start()
        yield built
    finally:
        for each in built.programs.values():
            each.end()


def test_sentinels_lead_to_the_primary_of_now(watched: Watched) -> None:
    """The primary dies, another server becomes it, and the same client goes on there by itself."""
    with pytest.raises(AuthenticationError):
        open_redis(watched.url.replace(ESCAPED, "another")).ping()
    client: Redis = open_redis(watched.url, read_timeout=1.0)
    bell = RedisDoorbell(client)
    bell.ring("op-0000000001")
    assert _count(client) == 1
    assert client.connection_pool.connection_kwargs["db"] == 1
    watched.programs["primary"].kill()

    def is_taken() -> bool:
        try:
            bell.try_write()
            bell.ring("op-0000000002")
        except QueueUnavailableError:
            return False
        return True

    until(is_taken, "another primary", 60)
    pool: Any = client.connection_pool
    assert pool.get_master_address() == ("127.0.0.1", watched.ports[1])
    worker = SimpleWorker([_queue(client)], connection=client, serializer=JSONSerializer)
    worker.work(burst=True, with_scheduler=False)
    assert _count(client) == 0


def test_without_any_sentinel_redis_is_away() -> None:
    """It is told as one that does not answer, in time."""
    bell = RedisDoorbell(open_redis(f"redis+sentinel://127.0.0.1:{free_port()}/{SERVICE}"))
    with pytest.raises(QueueUnavailableError, match="No master found"):
        bell.ping()


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://:hunter2@one:26379",
        "redis+sentinel:///slipway",
        "redis+sentinel://one,,two/slipway",
        "redis+sentinel://one:port/slipway",
        "redis+sentinels://one/slipway",
    ],
)
def test_a_wrong_address_of_sentinels_is_refused(url: str) -> None:
    """It is a configuration's fault, which says how one is written and repeats no password."""
    with pytest.raises(ConfigurationError, match="redis\\+sentinel://one,two,three/") as refused:
        open_redis(url)
    assert "hunter2" not in str(refused.value)


def test_redis_is_reached_by_tls(valkey_url: str, tmp_path: Path) -> None:
    """`rediss://` takes who has a certificate of a trusted authority for its name, nobody else."""
    ours, others = Authority(tmp_path / "ours.pem"), Authority(tmp_path / "others.pem")
    behind = int(valkey_url.rpartition(":")[2].removesuffix("/0"))
    with encrypted(behind, ours, "127.0.0.1") as port, encrypted(behind, ours, "10.1.1.1") as wrong:
        trusted = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={ours.path}"
        client: Redis = open_redis(trusted)
        client.set("slipway:try", 1)
        assert open_redis(valkey_url).get("slipway:try") == b"1"
        for refused in (
            f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={others.path}",
            f"rediss://127.0.0.1:{port}/0",
            f"rediss://127.0.0.1:{wrong}/0?ssl_ca_certs={ours.path}",
        ):
            with pytest.raises((RedisError, ssl.SSLError), match="certificate verify failed"):
                open_redis(refused).ping()


def _queue(client: "Redis") -> Queue:
    return Queue(ADVANCE_QUEUE, connection=client, serializer=JSONSerializer)


def _count(client: "Redis") -> int:
    return _queue(client).count
