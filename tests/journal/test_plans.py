"""Query plans: whatever the journal asks at work, it finds by an index, however much has ended."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import BindParameter, Engine, Select, UpdateBase, event, insert, text
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import NullType

from bot.core.events import Requested
from bot.core.operation import Operation, Step, Succeeded
from bot.journal import columns, journal_on, pruning
from bot.journal.schema import (
    Utc,
    audit,
    events,
    operations,
    permits,
    requests,
    step_times,
    surfaces,
)
from bot.journal.statement_cache import STORES
from tests.journal.builders import NOON, SECOND, an_id, an_operation, create
from tests.journal.databases import emptied, opened

ROOMS: Final = 50  # channels in which cards stand
MANY: Final = 4_000  # operations that have ended
TARGETS: Final = 40
LARGE: Final = (
    "operations", "events", "permits", "surfaces", "audit", "step_times", "requests",
)  # fmt: skip
NAMED: Final = {
    f"{store.__name__.rpartition('.')[2]}.{name}": statement
    for store in STORES
    for name, statement in vars(store).items()
    if isinstance(statement, Select | UpdateBase)
}
# What is read in the order of an index, and no further than its limit, or of what is open alone.
IN_ORDER: Final = {
    "operations._RECENT",
    "operations.RECORD",  # what the others are made of
    "queues.RECORD",
    "surfaces._SHOWN",
    "audit._NEWEST",
    "audit.FIRST",
    "pruning.FIRST",
    "pruning.RECORD",
}


class _CapturedError(Exception):
    """The statement as the database would have been asked."""

    def __init__(self, statement: str, parameters: Any) -> None:
        super().__init__(statement)
        self.statement = statement
        self.parameters = parameters


@pytest.fixture(scope="module")
def filled(database: str) -> Iterator[Engine]:
    """A journal in which thousands of operations have ended, and a few are open."""
    with opened(database) as engine:
        emptied(engine)
        _fill(engine)
        yield engine
        emptied(engine)


@pytest.mark.parametrize("name", sorted(set(NAMED) - IN_ORDER))
def test_no_statement_reads_a_whole_table(filled: Engine, name: str) -> None:
    """V62: of a table that grows for ever, each statement reads what it is about."""
    plan = _plan(filled, NAMED[name])

    assert _read_whole(plan) == [], plan


def test_what_is_pruned_is_found_by_what_it_is_about(filled: Engine) -> None:
    """V62: what hangs on an operation that leaves is found by an index, in every table."""
    for statement in pruning.taking_out([an_id(1)]):
        plan = _plan(filled, statement)
        assert _read_whole(plan) == [], plan


def test_the_ends_of_incidents_have_an_index_of_their_own(filled: Engine) -> None:
    """V62: they are read newest first, without all else that happened in incidents."""
    plan = _plan(filled, NAMED["incidents._CLOSINGS"])
    is_small = filled.dialect.name != "sqlite"  # where an empty table is read whole
    assert is_small or any("incident_closings" in line for line in plan), plan


def _read_whole(plan: list[str]) -> list[str]:
    found = []
    for line in plan:
        on_sqlite = re.match(
            r"SCAN (\w+)(?! USING (?:COVERING )?INDEX operations_(?:open|waiting))", line
        )
        on_postgres = re.search(r"Seq Scan on (\w+)", line)
        which = on_postgres or on_sqlite
        if which and which[1] in LARGE:
            found.append(line)
    return found


def _plan(engine: Engine, statement: Select[Any] | UpdateBase) -> list[str]:
    """Return how the database would go about *statement*."""
    asked = _captured(engine, statement)
    is_sqlite = engine.dialect.name == "sqlite"
    words = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{asked.statement}"
    with engine.connect() as connection:
        found = connection.exec_driver_sql(words, asked.parameters)
        return [str(row[-1]).strip() for row in found]


def _captured(engine: Engine, statement: Select[Any] | UpdateBase) -> _CapturedError:
    def capture(*told: Any) -> None:
        raise _CapturedError(told[2], told[3])

    event.listen(engine, "before_cursor_execute", capture)
    try:
        with engine.connect() as connection:
            connection.execute(statement, _parameters(statement))
    except _CapturedError as captured:
        return captured
    finally:
        event.remove(engine, "before_cursor_execute", capture)
    msg = "it was not executed"
    raise AssertionError(msg)


def _parameters(statement: Any) -> dict[str, Any]:
    waiting = [
        each for each in iterate(statement) if isinstance(each, BindParameter) and each.required
    ]
    given = {each.key: _value(each) for each in waiting}
    if given or not isinstance(statement, type(insert(audit))):
        return given
    return {each.name: _of_type(each.type) for each in statement.table.columns}


def _value(parameter: BindParameter[Any]) -> Any:
    value = _of_type(parameter.type)
    if parameter.key == "most":
        return 5
    return [value] if parameter.expanding else value


def _of_type(kind: Any) -> Any:
    if isinstance(kind, Utc):
        return NOON
    kinds: dict[type, Any] = {int: 1, bool: False, float: 1.0, str: "op-1"}
    return None if isinstance(kind, NullType) else kinds[kind.python_type]  # what is only set


def _fill(engine: Engine) -> None:
    rows = [_ended(number) for number in range(MANY)]
    replies = [_reply_to(each["surface"]) for each in rows]
    with engine.begin() as connection:
        connection.execute(insert(operations), [each["operation"] for each in rows])
        for table, key in (
            (events, "event"),
            (permits, "permit"),
            (surfaces, "surface"),
            (step_times, "time"),
            (audit, "audit"),
            (requests, "request"),
        ):
            connection.execute(insert(table), [each[key] for each in rows])
        connection.execute(insert(surfaces), replies)
    journal = journal_on(engine)
    for number in range(5):
        create(journal, an_operation(MANY + number, target=f"open-{number}"), delivery=f"d{number}")
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _reply_to(card: dict[str, Any]) -> dict[str, Any]:
    return {**card, "id": f"reply to {card['id']}", "kind": "operation_reply", "parent": card["id"]}


def _ended(number: int) -> dict[str, dict[str, Any]]:
    at = NOON + number * SECOND
    step = Step(name="deploy", phase="succeeded", attempt=1, started_at=at, finished_at=at)
    operation: Operation = an_operation(
        number,
        target=f"target-{number % TARGETS}",
        created_at=at,
        phase=Succeeded(at=at),
        rollback_of=an_id(number - 1) if number else None,
        follows=an_id(number - 2) if number > 1 else None,
    ).model_copy(update={"steps": (step,)})
    of, subject = {"operation_id": operation.id}, {"subject": operation.id}
    row = {**columns.identity(operation), **columns.state(operation, at), "fence": number + 1}
    happened = Requested(at=at)
    link = {"what": "denied", "who": "U0ANN", "detail": "", "previous": "", "hash": ""}
    channel = f"C0ROOM{number % ROOMS:02d}"
    shows = {"kind": "operation_card", "subject_kind": "operation", "channel": channel, "user": ""}
    took = {"system": "s", "target": operation.target, "action": "deploy", "name": "deploy"}
    return {
        "operation": row,
        "request": {"key": f"r{number}", "subject_kind": "operation", **subject, "at": at},
        "event": columns.event_row(operation, happened),
        "permit": {
            **of, "step": 0, "attempt": 1, "granted_at": at, "outcome": "task_accepted", "at": at,
        },
        "surface": {
            **shows, **subject, "id": f"operation_card:{an_id(number)}:{channel}", "parent": None,
            "ts": f"{number}.1", "wanted": 6, "shown": 6, "touched": 0, "created_at": at,
        },
        "time": {**of, **took, "step": 0, "seconds": 1.0, "at": at + timedelta(seconds=1)},
        "audit": {**link, **subject, "sequence": number + 1_000, "at": at},
    }  # fmt: skip
