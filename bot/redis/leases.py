"""Who advances which operation. A lease is a courtesy that saves work: the permit decides."""

import logging
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from bot.redis.text import text

log = logging.getLogger("slipway.leases")

CLAIM_SECONDS: Final = 12  # a claim whose holder is silent for so long may be taken over
BEAT_SECONDS: Final = 1.0

# Who finds it taken leaves a note, which lasts longer than the claim of one who dies.
_TAKE: Final = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then return 1 end
redis.call('SET', KEYS[2], 1, 'EX', 2 * ARGV[2])
return 0
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
_EXTEND: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""


def owner_here() -> str:
    """Return an identity of this host's space of process ids: random, since names may be alike.

    Linux draws it at each boot, and numbers the spaces of one boot. Where it does not say, the
    identity is this process' own, and that of those that it forks.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return secrets.token_hex(8)


class Leases:
    """Who advances which operation: a courtesy that saves work; the permit decides.

    A claim names its process, so that those of the same *owner* need not wait until it runs out.
    """

    def __init__(self, redis: "Redis", owner: str) -> None:
        self._redis = redis
        self._owner = owner
        self._try_take = redis.register_script(_TAKE)
        self._release = redis.register_script(_RELEASE)
        self._extend = redis.register_script(_EXTEND)

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold *name* while the block runs, beating; yields False where another holds it.

        A Redis that lost everything is told of it again by the next beat.
        """
        key, token = _claim(name), f"{self._owner}/{os.getpid()}/{secrets.token_hex(8)}"
        if not self._take(key, token) and not (self.free_dead(name) and self._take(key, token)):
            log.debug("lease.taken", extra={"lease": name})
            yield False
            return
        log.debug("lease.held", extra={"lease": name})
        stop = threading.Event()
        beat = threading.Thread(target=self._beat, args=(key, token, stop), daemon=True)
        beat.start()
        try:
            yield True
        finally:
            stop.set()
            beat.join()
            self._try_release(key, token)

    def was_wanted(self, name: str) -> bool:
        """Return whether somebody wanted *name* while it was held; asked once."""
        try:
            return bool(self._redis.delete(_note(_claim(name))))
        except (RedisError, OSError):
            return False  # whoever sweeps finds it

    def held(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of *names* that somebody holds who may be alive."""
        if not names:
            return frozenset()
        tokens = self._redis.mget([_claim(name) for name in names])
        pairs = zip(names, tokens, strict=True)
        return frozenset(name for name, token in pairs if token and not self._is_dead(text(token)))

    def free_dead(self, name: str) -> bool:
        """Free *name* where its holder has died for certain; return whether that was so."""
        token = self._redis.get(_claim(name))
        if token is None or not self._is_dead(text(token)):
            return False
        return bool(self._release(keys=[_claim(name)], args=[token]))

    def _is_dead(self, token: str) -> bool:
        """Whether the process that holds a claim has certainly ended; of other owners, unknown."""
        owner, _, rest = token.partition("/")
        pid = rest.partition("/")[0]
        if owner != self._owner or not pid.isdecimal():
            return False
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return _is_zombie(int(pid))

    def _take(self, key: str, token: str) -> bool:
        return bool(self._try_take(keys=[key, _note(key)], args=[token, CLAIM_SECONDS]))

    def _beat(self, key: str, token: str, stop: threading.Event) -> None:
        while not stop.wait(BEAT_SECONDS):
            try:
                self._extend(keys=[key], args=[token, CLAIM_SECONDS])
            except (RedisError, OSError):
                continue  # Redis is away; the permit guards what the claim cannot

    def _try_release(self, key: str, token: str) -> None:
        try:
            self._release(keys=[key], args=[token])
        except (RedisError, OSError):
            return  # it runs out by itself


def _claim(name: str) -> str:
    return f"slipway:claim:{name}"


def _note(claim: str) -> str:
    return f"{claim}:wanted"


def _is_zombie(pid: int) -> bool:
    """Whether the process has ended and nobody asked for its exit code yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in {"Z", "X"}
