"""A fail-over behind one address: the old primary becomes a replica, its connections stay."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ReadOnlyError

from bot.core.errors import QueueUnavailableError
from bot.redis.doorbell import RedisDoorbell, open_redis


@pytest.fixture
def replica(valkey_url: str) -> Iterator["Redis"]:
    """Whoever may make the server a replica of nobody who answers; it ends as a primary."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    yield client
    client.replicaof("NO", "ONE")
    client.close()


@pytest.mark.parametrize("by", ["command", "pipeline", "transaction", "script"])
def test_v50_who_is_told_of_a_replica_closes_all_connections(
    replica: "Redis", valkey_url: str, by: str
) -> None:
    """V50: the next command goes to whoever is behind the address now."""
    ours: Redis = open_redis(valkey_url)
    pool = ours.connection_pool
    both = [pool.get_connection(), pool.get_connection()]
    old = {_id(each) for each in both}
    for each in both:
        pool.release(each)
    assert old <= _ids(replica)
    replica.replicaof("127.0.0.1", "1")

    with pytest.raises(ReadOnlyError):
        _write(ours, by)

    replica.replicaof("NO", "ONE")
    ours.set("a", 1)
    assert old.isdisjoint(_ids(replica))
    ours.close()


def test_v51_a_ping_is_no_write(replica: "Redis", valkey_url: str) -> None:
    """V51: a Redis that answers and takes nothing is told as one that is away."""
    bell = RedisDoorbell(open_redis(valkey_url))
    bell.try_write()
    replica.replicaof("127.0.0.1", "1")
    bell.ping()
    with pytest.raises(QueueUnavailableError, match="read only replica"):
        bell.try_write()


def _id(connection: Any) -> str:
    connection.send_command("CLIENT", "ID")
    return str(connection.read_response())


def _ids(client: "Redis") -> set[str]:
    return {str(each["id"]) for each in client.client_list(_type="normal")}


def _write(client: "Redis", by: str) -> None:
    if by == "command":
        client.set("a", 1)
    elif by == "script":
        client.register_script("return redis.call('SET', KEYS[1], 1)")(keys=["a"])
    else:
        with client.pipeline(transaction=by == "transaction") as pipeline:
            pipeline.set("a", 1)
            pipeline.execute()
