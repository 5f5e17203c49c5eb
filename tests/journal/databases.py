"""Databases for tests, alike on SQLite and PostgreSQL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, insert, make_url, text

from bot.journal import migrate, open_engine
from bot.journal.audit_chain import ORIGIN
from bot.journal.schema import audit_head, metadata

_ADMIN: Final = {"isolation_level": "AUTOCOMMIT"}


@dataclass(frozen=True)
class Server:
    """Where databases can be made: a folder of files, or a PostgreSQL."""

    kind: str  # "sqlite", "postgres"
    place: str  # a folder, or an address

    @contextmanager
    def empty(self, made: str = "") -> Iterator[str]:
        """Give the address of a database without tables; *made* says how PostgreSQL makes it."""
        name = f"slipway_{secrets.token_hex(6)}"
        if self.kind == "sqlite":
            yield f"sqlite:///{Path(self.place, name)}.db"
            return
        self.run(f"CREATE DATABASE {name} {made}")
        try:
            address = make_url(self.place).set(database=name)
            yield address.render_as_string(hide_password=False)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run a statement on the server, as whoever may do all there."""
        address = make_url(self.place).set(drivername="postgresql+psycopg")
        engine = create_engine(address, execution_options=_ADMIN)
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Give an engine, and take its connections away at the end."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def migrated(server: Server) -> Iterator[str]:
    """Give the address of a database with this version's schema."""
    with server.empty() as url:
        with opened(url) as engine:
            migrate(engine)
        yield url


def emptied(engine: Engine) -> None:
    """Take every row away; the audit begins anew."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        origin = {"id": 1, "sequence": 0, "hash": ORIGIN}
        connection.execute(insert(audit_head), origin)
