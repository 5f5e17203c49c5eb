"""Redis as a witness of how far the journal was, and of what was sent: one behind was set back."""

from datetime import datetime
from typing import Final, NamedTuple

from redis import Redis
from redis.exceptions import RedisError

from bot.core.records import Moment, OperationId
from bot.redis.text import text

_KEY: Final = "slipway:journal:head"
_PERMIT: Final = "slipway:permit:{}:{}:{}"
_REMEMBERED: Final = 30 * 86_400  # seconds for which a permit that was used is known
_POST: Final = "slipway:posted:{}"
_POST_REMEMBERED: Final = 86_400  # seconds; a standby lacks less
_NOWHERE: Final = "1000000000000000:-"  # a record that no journal has

# Whoever compared with another one than what is noted by now knows too little to say anything.
_MOVE: Final = """
local present = redis.call('GET', KEYS[1]) or ''
if present == ARGV[1] or not string.find(present, '^%d+:') then
  redis.call('SET', KEYS[1], ARGV[2])
end
return 0
"""


class Noted(NamedTuple):
    """The newest record of the audit that somebody noted."""

    sequence: int
    digest: str

    @property
    def plain(self) -> str:
        """As it is kept."""
        return f"{self.sequence}:{self.digest}"


class Witness:
    """Knows nothing where Redis is away or was emptied."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._move = redis.register_script(_MOVE)

    def noted(self) -> Noted | None:
        """Return the newest record of the audit that somebody noted."""
        try:
            found = self._redis.get(_KEY)
        except (RedisError, OSError):
            return None
        sequence, _, digest = text(found or b"").partition(":")
        return Noted(int(sequence), digest) if sequence.isdecimal() else None

    def move(self, noted: Noted | None, newest: Noted) -> None:
        """Note the *newest* record of a journal that has the one that was *noted*.

        Where another one is noted by now, that one stays.
        """
        if newest != noted:
            self._move(keys=[_KEY], args=[noted.plain if noted else "", newest.plain])

    def contradict(self) -> None:
        """Say that the journal was set back; whoever looks next settles it."""
        self._redis.set(_KEY, _NOWHERE)

    def permit(
        self, operation_id: OperationId, step: int, attempt: int, at: Moment
    ) -> Moment | None:
        """Note that a permit is used now; return when it was before: the journal forgot that."""
        key = _PERMIT.format(operation_id, step, attempt)
        if self._redis.set(key, at.isoformat(), nx=True, ex=_REMEMBERED):
            return None
        return datetime.fromisoformat(text(self._redis.get(key) or at.isoformat().encode()))

    def post(self, surface: str) -> bool:
        """Note that a surface is posted now; return whether it was before: the journal forgot."""
        return not self._redis.set(_POST.format(surface), "1", nx=True, ex=_POST_REMEMBERED)

    def unpost(self, surface: str) -> None:
        """Note that it was not posted after all."""
        self._redis.delete(_POST.format(surface))
