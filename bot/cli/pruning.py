"""`slipway prune`: what ended long ago leaves, as JSON lines."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TextIO

import click
from typing_extensions import override

from bot.app.anchoring import audit_key
from bot.app.greeting import counted
from bot.app.resources import now
from bot.catalogue import load
from bot.cli.exit_codes import ending
from bot.cli.reading import open_journal
from bot.cli.shapes import operation_json
from bot.core.durations import length_of
from bot.core.errors import ConfigurationError
from bot.core.operation import Operation
from bot.core.ports import AuditEntry
from bot.core.records import SLIPWAY, Json, Moment, OperationId
from bot.journal import Journal, timeline
from bot.journal.audit_anchors import AuditKey
from bot.journal.audit_entries import canonical
from bot.settings import Settings, read_settings

_WANTS: Final = "wants a day (2026-11-28), a moment (2026-11-28T12:00:00Z) or an age (400d)"
_WHOLE: Final = "the audit stays whole: SLIPWAY_AUDIT_KEY is not set, nor SLIPWAY_AUDIT_KEY_FILE"


class Before(click.ParamType[datetime]):
    """A day, a moment, or an age; what has no zone is UTC."""

    name = "when"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment."""
        if isinstance(value, datetime):
            return value
        written = str(value)
        age = length_of(written)
        if age is not None:
            return now() - age
        try:
            moment = datetime.fromisoformat(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):  # also a moment that is before the first year in UTC
            self.fail(_WANTS, param, ctx)


@click.command()
@click.option(
    "--before", type=Before(), help="A day, a moment, or an age (400d); default: the retention."
)
@click.option(
    "--archive",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file that the lines are added to; without it they go to standard output.",
)
@ending
def prune(*, before: datetime | None, archive: Path | None) -> None:
    """Let operations that ended before leave as JSON lines, with the audit of that time."""
    settings = read_settings()
    moment = before or now() - _retention(settings)
    journal, key = open_journal(), audit_key(settings)
    with _lines(archive) as lines:
        _note(journal, "pruning", {"before": moment.isoformat()})
        journal.audit.seal()
        left, stayed = _operations(journal, moment, lines)
        records = _records(journal, moment, key, lines) if key else 0
        _note(journal, "pruned", {"operations": left, "records": records})
    said = f"{_left(left, 'operation')}, {stayed} that ended before stay{'s' * (stayed == 1)}"
    click.echo(f"{said}; {_left(records, 'audit record')}", err=archive is None)
    if key is None:
        click.echo(_WHOLE, err=True)


def _left(count: int, noun: str) -> str:
    return f"{counted(count, noun)} {'has' if count == 1 else 'have'} left"


def _retention(settings: Settings) -> timedelta:
    return load(settings.slipway_config, dict(os.environ)).retention


def _operations(journal: Journal, before: Moment, lines: TextIO) -> tuple[int, int]:
    """Let batch after batch leave; return how many did, and how many something keeps here."""
    left = stayed = 0
    told = _told_in_incidents(journal, before)
    for batch in journal.pruning.old(before):
        leaving = [each for each in batch.leaving if each.id not in told]
        _write(lines, (_line(journal, each) for each in leaving))
        gone = journal.pruning.take_out([each.id for each in leaving], before)
        left += gone
        stayed += batch.staying + len(batch.leaving) - gone
    return left, stayed


def _told_in_incidents(journal: Journal, before: Moment) -> frozenset[OperationId]:
    """Return what the timelines of incidents are made of that were open since *before*.

    Without it, they would say that nothing was done, and that it took longer.
    """
    return frozenset(
        entry.operation.id
        for incident in journal.incidents.open_since(before)
        for entry in timeline(journal.incidents, journal.operations, incident)
        if entry.operation is not None
    )


def _line(journal: Journal, operation: Operation) -> dict[str, Json]:
    events = journal.operations.history(operation.id)
    return operation_json(operation, events, journal.surfaces.cards_of(operation.id))


def _records(journal: Journal, before: Moment, key: AuditKey, lines: TextIO) -> int:
    """Let the audit of the time before leave; return how many records that were."""
    left, kept_from = 0, journal.pruning.kept_from(before)
    while records := journal.pruning.records(before, kept_from):
        _write(lines, ({"id": f"audit:{each['sequence']}", **each} for each in records.lines))
        journal.pruning.cut(records, key, now().isoformat(timespec="seconds"))
        left += len(records.lines)
    return left


def _note(journal: Journal, what: str, told: dict[str, Json]) -> None:
    entry = AuditEntry(at=now(), who=SLIPWAY, what=what, subject="journal", detail=canonical(told))
    journal.audit.add(entry)


@contextmanager
def _lines(archive: Path | None) -> Iterator[TextIO]:
    """Give what lines are written to; a file is for its owner alone."""
    if archive is None:
        if sys.stdout is None:  # what leaves would be nowhere
            raise ConfigurationError(["standard output is closed; --archive names a file"])
        yield sys.stdout
        return
    try:
        descriptor = os.open(archive, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise ConfigurationError([f"{archive}: cannot be written ({error.strerror})"]) from error


def _write(lines: TextIO, told: Iterable[dict[str, Json]]) -> None:
    """Write lines; in a file they are on disk when this returns."""
    lines.writelines(json.dumps(each, ensure_ascii=False, sort_keys=True) + "\n" for each in told)
    lines.flush()
    if lines is not sys.stdout:
        os.fsync(lines.fileno())
