"""What names in slipway.yaml stand for: looked up once, and kept until a person lets go of it."""

from contextlib import suppress
from typing import Final

from sqlalchemy import Column, Engine, Table, Text, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.core.ports import AuditEntry
from bot.core.records import Json, Moment
from bot.journal.audit import append
from bot.journal.audit_entries import compact
from bot.journal.database import reading, writing
from bot.journal.schema import Utc, metadata

names: Final = Table(
    "names",
    metadata,
    Column("name", Text, primary_key=True),  # as slipway.yaml has it: "@sre", "#deploys"
    Column("id", Text, nullable=False),  # whom or what it stands for
    Column("at", Utc, nullable=False),  # since when
)

_ALL: Final = select(names.c.name, names.c.id)
_KEEP: Final = insert(names)
_FORGET: Final = delete(names).where(names.c.name == bindparam("of"))


class Names:
    """Raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def all(self) -> dict[str, str]:
        """Return the id of each name."""
        with reading(self._database) as connection:
            return {row.name: row.id for row in connection.execute(_ALL)}

    def keep(self, name: str, means: str, *, by: str, now: Moment) -> bool:
        """Let *name* stand for the id *means* from now on; False: it stands for one already."""
        with suppress(IntegrityError), writing(self._database) as connection:
            connection.execute(_KEEP, {"name": name, "id": means, "at": now})
            append(connection, _entry("name_known", name, {"id": means}, by, now))
            return True
        return False

    def forget(self, name: str, *, by: str, now: Moment, user: str = "") -> bool:
        """Let *name* stand for nothing, so that it is looked up anew; False: it did already.

        *user* is who did so at a command line.
        """
        with writing(self._database) as connection:
            if connection.execute(_FORGET, {"of": name}).rowcount == 0:
                return False
            told: dict[str, Json] = {"user": user} if user else {}
            append(connection, _entry("name_forgotten", name, told, by, now))
        return True


def _entry(what: str, name: str, told: dict[str, Json], by: str, now: Moment) -> AuditEntry:
    return AuditEntry(at=now, who=by, what=what, subject=name[:100], detail=compact(told))
