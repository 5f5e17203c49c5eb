"""Whether new operations are refused: a fact that its holder has to renew."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.records import Moment
from bot.journal.database import reading, writing
from bot.journal.schema import Utc, drain

LASTS: Final = timedelta(minutes=10)  # after the last sign of life of whoever holds it
_ONLY: Final = 1  # there is one drain, or none

_SEEN: Final = select(drain.c.seen_at).where(drain.c.id == _ONLY)
_RENEW: Final = (
    update(drain)
    .where(drain.c.id == _ONLY)
    .values(holder=bindparam("by"), seen_at=bindparam("now", type_=Utc))
)
_BEGIN: Final = insert(drain).values(
    id=_ONLY, holder=bindparam("by"), seen_at=bindparam("now", type_=Utc)
)
_END: Final = delete(drain).where(drain.c.id == _ONLY)


class Drain:
    """Raises JournalUnavailableError where nobody can tell: then nothing new is recorded."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def hold(self, by: str, now: Moment) -> None:
        """Refuse new operations from now on, or go on refusing them."""
        sign = {"by": by, "now": now}
        with suppress(IntegrityError), writing(self._database) as connection:
            if connection.execute(_RENEW, sign).rowcount == 0:
                connection.execute(_BEGIN, sign)  # unless another one began at the same moment

    def end(self) -> None:
        """Accept new operations again."""
        with writing(self._database) as connection:
            connection.execute(_END)

    def is_on(self, now: Moment) -> bool:
        """Return whether new operations are refused."""
        with reading(self._database) as connection:
            return is_held(connection, now)


def is_held(connection: Connection, now: Moment) -> bool:
    """Return whether new operations are refused, as *connection* sees it."""
    seen_at = connection.execute(_SEEN).scalar_one_or_none()
    return seen_at is not None and now - seen_at < LASTS
