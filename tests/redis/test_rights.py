"""The rights that Slipway's user of Redis needs, and no more of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from redis.exceptions import NoPermissionError

from bot.redis.doorbell import open_redis
from bot.redis.rights import LEAST, may_configure, missing

USER: Final = "slipway"
PASSWORD: Final = "hunter2"


@pytest.fixture
def server(valkey_url: str) -> Iterator[Any]:
    """Whoever may make users; the one of these tests goes with it."""
    client: Any = open_redis(valkey_url)
    client.flushall()
    yield client
    client.acl_deluser(USER)
    client.close()


def user(server: Any, valkey_url: str, rules: str) -> Any:
    """Return a client of a user with these rules."""
    server.execute_command("ACL", "SETUSER", USER, "reset", "on", f">{PASSWORD}", *rules.split())
    return open_redis(valkey_url.replace("redis://", f"redis://{USER}:{PASSWORD}@"))


def test_y14_the_least_rights_are_enough(server: Any, valkey_url: str) -> None:
    """Y14: they lack nothing that is tried, and nothing of the trial stays."""
    client = user(server, valkey_url, LEAST)
    assert missing(client) == []
    assert not may_configure(client)
    assert may_configure(server)
    assert server.keys("*") == []
    client.close()


@pytest.mark.parametrize(
    "command", ["KEYS *", "FLUSHALL", "CONFIG GET *", "SET other 1", "PUBLISH rq:pubsub:w a"]
)
def test_y14_the_least_rights_are_no_more(server: Any, valkey_url: str, command: str) -> None:
    """Y14: nobody else's keys, nothing that empties or configures, no word to a worker."""
    client = user(server, valkey_url, LEAST)
    with pytest.raises(NoPermissionError):
        client.execute_command(*command.split())
    client.close()


@pytest.mark.parametrize(
    ("lacks", "named"),
    [
        ("-blmove", ["BLMOVE"]),
        ("-subscribe", ["SUBSCRIBE"]),
        ("resetchannels", ["SUBSCRIBE"]),
        ("-eval -script", ["SCRIPT", "EVAL"]),
        ("-info -time", ["INFO", "TIME"]),
        ("-multi", ["MULTI"]),
    ],
)
def test_y14_what_is_missing_is_named(
    server: Any, valkey_url: str, lacks: str, named: list[str]
) -> None:
    """Y14: each command that is needed and not allowed, by its name."""
    client = user(server, valkey_url, f"{LEAST} {lacks}")
    assert missing(client) == named
    client.close()


def test_y14_keys_that_are_missing_are_found(server: Any, valkey_url: str) -> None:
    """Y14: who may not touch RQ's keys may run none of its commands on them."""
    client = user(server, valkey_url, LEAST.replace("~rq:*", ""))
    assert {"SET", "HSET", "BLMOVE"} <= set(missing(client))
    client.close()


def test_the_documented_rights_are_these() -> None:
    """The page for operators has the rule word by word."""
    page = Path(__file__).parents[2] / "deploy" / "README.md"
    assert LEAST in page.read_text()
