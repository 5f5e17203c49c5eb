"""The tables of docs/benchmarks.md, and what stands around them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from tests.bench.peers.figures import NONE, Measured, counted, milliseconds, number
from tests.bench.peers.phases import Hard

Cell: TypeAlias = Callable[[Measured], str]


class Column(NamedTuple):
    """A column: its head, and what stands in its cells."""

    head: str
    cell: Cell


class Machine(NamedTuple):
    """Where and how it was measured."""

    cores: int
    python: str
    node: str
    kernel: str
    date: str
    load: tuple[float, float]  # before and after, of the last minute
    runs: int
    commands: int
    burst: int
    seconds: float


CALM: Final = (
    Column(
        "ack p50/p95/p99",
        lambda m: milliseconds(m, lambda run: run.steady.acknowledged, 50, 95, 99),
    ),
    Column(
        "reply p50/p95/p99", lambda m: milliseconds(m, lambda run: run.steady.replied, 50, 95, 99)
    ),
    Column("burst: ack p95", lambda m: milliseconds(m, lambda run: run.burst.acknowledged, 95)),
    Column("burst: reply p95", lambda m: milliseconds(m, lambda run: run.burst.replied, 95)),
    Column("burst: replies/s", lambda m: number(m, lambda run: run.burst.replies_a_second)),
    Column("burst: refused", lambda m: counted(m, lambda times: times.refused)),
    Column("burst: ack > 3 s", lambda m: counted(m, lambda times: times.late)),
    Column("burst: silent", lambda m: counted(m, lambda times: times.silent)),
    Column("calls each", lambda m: number(m, lambda run: run.calls_each)),
    Column("start s", lambda m: number(m, lambda run: run.boot_seconds)),
    Column("MB", lambda m: number(m, lambda run: run.memory)),
)


def _hard(of: Callable[[Hard], object]) -> Cell:
    return lambda measured: NONE if measured.hard is None else str(of(measured.hard))


HARD: Final = (
    Column("same delivery twice (ideal 20)", _hard(lambda hard: hard.same_delivery)),
    Column("typed twice (ideal 20)", _hard(lambda hard: hard.typed_again)),
    Column("unsigned", _hard(lambda hard: hard.unsigned)),
    Column("limit: delivered of 20", _hard(lambda hard: hard.delivered)),
    Column("in s", _hard(lambda hard: f"{hard.delivered_seconds:.0f}")),
    Column("refusals provoked", _hard(lambda hard: hard.provoked)),
    Column("limit: ack > 3 s", _hard(lambda hard: hard.limited_late)),
    Column("answered afterwards of 5", _hard(lambda hard: hard.answered_after)),
    Column("slow work: ack > 3 s of 60", _hard(lambda hard: hard.slow_late)),
)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def of_field(columns: Sequence[Column], field: Mapping[str, Measured]) -> str:
    """Return the table with these columns, a row for each bot; a fault stands in its first cell."""
    rows = [
        [name, measured.fault, *[NONE] * (len(columns) - 1)]
        if measured.fault
        else [name, *(column.cell(measured) for column in columns)]
        for name, measured in field.items()
    ]
    return table(["bot", *(column.head for column in columns)], rows)
