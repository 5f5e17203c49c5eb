"""What slipway.yaml said: each content that came into force, the same for all processes."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from sqlalchemy import Engine, Text, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.core.ports import AuditEntry
from bot.core.records import SLIPWAY, Json, Moment
from bot.journal.audit import append
from bot.journal.audit_entries import compact
from bot.journal.database import reading, writing
from bot.journal.schema import Utc, configurations

_NEWEST: Final = (
    select(configurations.c.hash, configurations.c.content)
    .order_by(configurations.c.sequence.desc())
    .limit(1)
)
_THEN: Final = (
    select(configurations.c.hash, configurations.c.content)
    .where(configurations.c.at <= bindparam("then", type_=Utc))
    .order_by(configurations.c.sequence.desc())
    .limit(1)
)
_KEEP: Final = insert(configurations).from_select(
    ["sequence", "hash", "content", "at"],
    select(
        func.coalesce(func.max(configurations.c.sequence), 0) + 1,
        bindparam("of", type_=Text),
        bindparam("said", type_=Text),
        bindparam("now", type_=Utc),
    ),
)


class Configuration(NamedTuple):
    """A content by its hash; the text is empty where it may not be kept."""

    hash: str
    content: str


class Kept(NamedTuple):
    """Something came into force; what was in force before, where anything was."""

    before: Configuration | None


class Configurations:
    """Raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def newest(self) -> Configuration | None:
        """Return what came into force last."""
        with reading(self._database) as connection:
            row = connection.execute(_NEWEST).one_or_none()
        return None if row is None else Configuration(row.hash, row.content)

    def at(self, moment: Moment) -> Configuration | None:
        """Return what was in force at *moment*, where that is known."""
        with reading(self._database) as connection:
            row = connection.execute(_THEN, {"then": moment}).one_or_none()
        return None if row is None else Configuration(row.hash, row.content)

    def keep(self, configuration: Configuration, now: Moment) -> Kept | None:
        """Keep what is in force from now on, in the audit as well, unless it is already.

        Return what was in force before; None: another process was faster, or it was in force.
        """
        newest = self.newest()
        if newest is not None and newest.hash == configuration.hash:
            return None
        told: dict[str, Json] = {"hash": configuration.hash}
        if newest is not None:
            told["before"] = newest.hash
        said = {"of": configuration.hash, "said": configuration.content, "now": now}
        # Where another process keeps one at the same moment, that is the newest.
        with suppress(IntegrityError), writing(self._database) as connection:
            connection.execute(_KEEP, said)
            append(connection, _entry("config_loaded", configuration.hash, told, now))
            return Kept(newest)
        return None

    def refuse(self, digest: str, faults: Sequence[str], now: Moment) -> None:
        """Put into the audit that a content did not come into force."""
        told: dict[str, Json] = {"faults": len(faults), "hash": digest}
        with writing(self._database) as connection:
            append(connection, _entry("config_refused", digest, told, now))


def _entry(what: str, digest: str, told: dict[str, Json], now: Moment) -> AuditEntry:
    return AuditEntry(at=now, who=SLIPWAY, what=what, subject=digest, detail=compact(told))
