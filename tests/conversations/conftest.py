"""One embedded Valkey per session, and a world per test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from bot.redis.doorbell import open_redis
from bot.sandbox.processes import Processes
from bot.sandbox.redis import start_redis
from tests.conversations.invariants import check
from tests.conversations.stage import opened
from tests.conversations.world import DATABASE, World


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server for all tests of the session and return its address."""
    folder = tmp_path_factory.mktemp("redis")
    processes = Processes(folder)
    try:
        yield start_redis(processes, folder)
    finally:
        processes.stop()


@pytest.fixture
def redis_url(shared_redis: str) -> str:
    """Return the address of a server that holds nothing."""
    client: Redis = open_redis(shared_redis)
    client.flushall()
    client.close()
    return shared_redis


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where worlds are, one after the other."""
    return tmp_path_factory.mktemp("world")


@pytest.fixture
def folder(ground: Path, migrated: Path) -> Path:
    """Return a folder with an empty, migrated journal, and nothing else."""
    shutil.rmtree(ground)
    ground.mkdir()
    shutil.copy(migrated, ground / DATABASE)
    return ground


@pytest.fixture
def world(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world, and check at its end what holds after every conversation."""
    with opened(folder, redis_url) as here:
        yield here
        check(here)
