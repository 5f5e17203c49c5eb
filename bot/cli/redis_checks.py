"""What `slipway doctor` looks at in Redis: writing, version, rights, and who works there."""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from bot.app.resources import now
from bot.cli.clock_checks import against
from bot.cli.findings import Finding
from bot.core.errors import QueueUnavailableError
from bot.redis.doorbell import ADVANCE_QUEUE, RedisDoorbell, open_redis
from bot.redis.rights import LEAST, may_configure, missing
from bot.settings import Settings

_OLDEST: Final = (6, 2)  # what RQ takes jobs with so that none is lost
_KEEPS: Final = "noeviction"


def redis_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is found.

    Raises:
        ConfigurationError: the address is none.
    """
    redis = open_redis(settings.redis_url)
    try:
        lacks = missing(redis)
        if lacks:
            found = f"its user may not {', '.join(lacks)}"
            yield Finding("redis", "fail", found, f"ACL SETUSER … {LEAST}")
            return
        RedisDoorbell(redis).try_write()
        queue = Queue(ADVANCE_QUEUE, connection=redis, serializer=JSONSerializer)
        workers = Worker.count(queue=queue)
        findings = [*_server(redis), *_open(settings.redis_url, redis), *_clock(redis)]
    except (QueueUnavailableError, RedisError, OSError) as error:
        yield Finding("redis", "fail", str(error), "check SLIPWAY_REDIS_URL")
        return
    yield Finding("redis", "ok", "writable")
    yield from findings
    if not workers:
        yield Finding("workers", "warn", "no doorbell worker is running", "start slipway worker")
    else:
        yield Finding("workers", "ok", f"{workers} doorbell workers")


def _server(redis: "Redis") -> Iterator[Finding]:
    """Look at what keeps jobs: the version, and that nothing is thrown away."""
    told = redis.info()
    version = str(told.get("redis_version", ""))
    if loses_jobs(version):
        yield Finding("redis", "fail", f"version {version} loses jobs", "run 6.2 or newer")
    policy = str(told.get("maxmemory_policy", _KEEPS))
    if policy != _KEEPS:
        yield Finding("redis", "warn", f"maxmemory-policy is {policy}", f"set it to {_KEEPS}")


def loses_jobs(version: str) -> bool:
    """Whether a server of this *version* does not know what RQ takes jobs with."""
    return tuple(int(each) for each in version.split(".")[:2]) < _OLDEST


def _clock(redis: "Redis") -> Iterator[Finding]:
    """Compare this host's clock with Redis', by which every host counts what waits."""
    seconds, micros = redis.time()
    yield from against("Redis", [datetime.fromtimestamp(seconds + micros / 1e6, UTC)], now())


def _open(url: str, redis: "Redis") -> Iterator[Finding]:
    """Look at who may come in over a network, and what for."""
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2].split(",")
    if not parts.netloc or all(_is_loopback(urlsplit(f"//{each}").hostname) for each in hosts):
        return
    if not parts.password:
        found = "it is reached over a network without a password"
        yield Finding("redis", "fail", found, "give Slipway a user of its own")
    elif may_configure(redis):
        found = "its user may do everything, also empty the server"
        yield Finding("redis", "warn", found, f"ACL SETUSER … {LEAST}")


def _is_loopback(host: str | None) -> bool:
    try:
        return host in {None, "localhost"} or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
