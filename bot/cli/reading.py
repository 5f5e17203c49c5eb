"""`slipway operations`: what the journal holds."""

import json
import os
from contextlib import suppress

import click

from bot.app.resources import now
from bot.catalogue import load
from bot.cli.exit_codes import ending
from bot.cli.shapes import Timing, operation_json, operation_line, unreadable_json
from bot.core.errors import ConfigurationError, UnknownFormatError, UnknownOperationError
from bot.core.estimates import whole
from bot.core.operation import Operation, Waiting
from bot.core.records import Json, TargetName
from bot.core.rows import UnreadableEvent, UnreadableOperation
from bot.journal import Journal, journal_on, open_engine, require_current
from bot.settings import read_settings


def open_journal() -> Journal:
    """Return the journal, whose schema is this version's."""
    engine = open_engine(read_settings().database_url)
    require_current(engine)
    return journal_on(engine)


def _json(journal: Journal, operation: Operation | UnreadableOperation) -> dict[str, Json]:
    if isinstance(operation, UnreadableOperation):
        return unreadable_json(operation)
    events = journal.operations.history(operation.id)
    shown = journal.surfaces.cards_of(operation.id)
    is_waiting = isinstance(operation.phase, Waiting)
    line = journal.queues.line(operation.target, now()) if is_waiting else None
    return operation_json(operation, events, shown, _timing(journal, operation), line)


def _timing(journal: Journal, operation: Operation) -> Timing:
    at = now()
    if operation.expected or operation.is_final:
        return Timing(at)
    names = (each.name for each in operation.steps)
    times = journal.step_times.of(operation.target, operation.action, names)
    return Timing(at, whole(operation, times))


@click.group()
def operations() -> None:
    """Read operations from the journal; works without Slack."""


@operations.command("list")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
@click.option("--target", help="Only those of this target, by its name or an alias.")
@click.option("--open", "open_only", is_flag=True, help="Only those that have not ended.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@ending
def list_(*, as_json: bool, target: str | None, open_only: bool, limit: int) -> None:
    """List the newest operations."""
    journal = open_journal()
    found = journal.operations.listed(limit, target and _name_of(target), open_only=open_only)
    if as_json:
        rows = [_json(journal, each) for each in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for each in found:
        click.echo(operation_line(each))
    if not found:
        which = f"No operations of {target}" if target else "No operations"
        click.echo(f"{which} are open." if open_only else f"{which}.", err=True)


def _name_of(word: str) -> TargetName:
    """Return a target by its name or an alias; what slipway.yaml has no more is looked for, too."""
    name = word.lower()
    with suppress(ConfigurationError):
        target = load(read_settings().slipway_config, dict(os.environ)).find(name)
        if target is not None:
            return target.name
    return name


@operations.command()
@click.argument("operation_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@ending
def show(*, operation_id: str, as_json: bool) -> None:
    """Show one operation with its events."""
    journal = open_journal()
    operation = _found(journal, operation_id.strip().lower())
    if as_json:
        click.echo(json.dumps(_json(journal, operation), indent=2, ensure_ascii=False))
        return
    click.echo(operation_line(operation))
    for sequence, event in journal.operations.history(operation.id):
        at = f"{event.at:%H:%M:%S}" if event.at else "        "
        note = "  (cannot be read)" if isinstance(event, UnreadableEvent) else ""
        click.echo(f"  {sequence:>3}  {at}  {event.kind:<17}  {event.by}{note}")


def _found(journal: Journal, operation_id: str) -> Operation | UnreadableOperation:
    try:
        operation = journal.operations.find(operation_id)
    except UnknownFormatError:
        return next(iter(journal.operations.unreadable([operation_id])))
    if operation is None:
        raise UnknownOperationError(operation_id)
    return operation
