"""Who begins operations does so one at a time; events of those that are there wait for nobody."""

from typing import Final

from sqlalchemy import Connection

_BEGINNING: Final = 5_104_227_914  # PostgreSQL's lock that those who begin operations meet at
_TAKE: Final = f"SELECT pg_advisory_xact_lock({_BEGINNING})"


def take_turn(connection: Connection) -> None:
    """Let nobody else begin an operation until the transaction ends.

    What is counted before something begins, such as the limits, is then still so when it is
    written. On SQLite every transaction that writes has the database for itself.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_TAKE)
