"""The statements that every process runs on the journal, compiled before any is forked.

SQLAlchemy compiles a statement at its first run, and keeps it with the engine, which forked
children inherit. RQ forks a process for each job: without this each compiles everything anew,
most of it while it holds SQLite's one write lock (10 ms instead of 1).
"""

from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any, Final, TypeAlias

from sqlalchemy import BindParameter, Connection, Engine, Insert, Select, UpdateBase
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.visitors import iterate

from bot.journal import (
    audit,
    broken_glass,
    commits,
    configurations,
    delegations,
    drain,
    entering,
    freezes,
    homes,
    hook_deliveries,
    incident_holds,
    incidents,
    names,
    notices,
    operations,
    outbox,
    outbox_settle,
    outbox_write,
    past,
    proposals,
    pruning,
    queues,
    stale_surfaces,
    step_times,
    surfaces,
    target_holders,
    target_locks,
)
from bot.journal.database import undone

STORES: Final[tuple[ModuleType, ...]] = (
    audit,
    broken_glass,
    commits,
    configurations,
    delegations,
    drain,
    entering,
    freezes,
    hook_deliveries,
    homes,
    incident_holds,
    incidents,
    names,
    notices,
    operations,
    outbox,
    outbox_settle,
    outbox_write,
    past,
    proposals,
    pruning,
    queues,
    stale_surfaces,
    step_times,
    surfaces,
    target_holders,
    target_locks,
)
Statement: TypeAlias = Select[Any] | UpdateBase


def warm_up(database: Engine) -> None:
    """Make this process, and those it forks from now on, quick at their first turn.

    Every statement that stands in a module of the journal is run once, with parameters that mean
    nothing, and undone: running is what makes SQLAlchemy keep what it compiled.
    """
    with undone(database) as connection:
        for statement in statements():
            _run(connection, statement)
    database.dispose()  # a forked child is to inherit no connection


def statements() -> Iterator[Statement]:
    """Yield what stands in the modules of the journal and can be run as it stands."""
    for store in STORES:
        yield from (each for each in vars(store).values() if isinstance(each, Select | UpdateBase))


def _run(connection: Connection, statement: Statement) -> None:
    # A row without content is refused, as it should be: it was compiled by then.
    with suppress(SQLAlchemyError), connection.begin_nested():
        connection.execute(statement, _parameters(statement)).close()


def _parameters(statement: Statement) -> dict[str, Any]:
    """Return something for each parameter that *statement* waits for; a row is given whole."""
    waiting = [
        each for each in iterate(statement) if isinstance(each, BindParameter) and each.required
    ]
    given: dict[str, Any] = {each.key: [""] if each.expanding else None for each in waiting}
    if isinstance(statement, Insert) and not given:
        return dict.fromkeys(statement.table.columns.keys())
    return given
