"""Who begins operations does so one at a time; events of those that are there wait for nobody."""

from typing import Final

from sqlalchemy import Connection

_BEGINNING: Final = 5_104_227_914  # PostgreSQL's lock that those who begin operations meet at
_TAKE: Final = f"SELECT pg_advisory_xact_lock({_BEGINNING})"
_PERMITS: Final = 0x536C6850  # likewise
_PERMIT: Final = f"SELECT pg_advisory_xact_lock_shared({_PERMITS})"
_HALT: Final = f"SELECT pg_advisory_xact_lock({_PERMITS})"


def take_turn(connection: Connection) -> None:
    """Let nobody else begin an operation until the transaction ends.

    What is counted before something begins, such as the limits, is then still so when it is
    written. On SQLite every transaction that writes has the database for itself.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_TAKE)


def permit(connection: Connection) -> None:
    """Let nobody halt until the transaction ends; others may permit beside it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_PERMIT)


def halt(connection: Connection) -> None:
    """Wait for those who permit, and let nobody permit until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_HALT)
