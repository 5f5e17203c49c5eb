"""`slipway operations` and `slipway audit`: what the journal holds."""

import json

import click

from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.cli.shapes import operation_json, operation_line, unreadable_json
from bot.core.errors import UnknownFormatError, UnknownOperationError
from bot.core.operation import Operation
from bot.core.records import Json
from bot.core.rows import UnreadableEvent, UnreadableOperation
from bot.journal import Journal, journal_on, open_engine, require_current
from bot.settings import read_settings


def _journal() -> Journal:
    engine = open_engine(read_settings().database_url)
    require_current(engine)
    return journal_on(engine)


def _json(journal: Journal, operation: Operation | UnreadableOperation) -> dict[str, Json]:
    if isinstance(operation, UnreadableOperation):
        return unreadable_json(operation)
    events = journal.operations.history(operation.id)
    return operation_json(operation, events, journal.surfaces.cards_of(operation.id))


@click.group()
def operations() -> None:
    """Read operations from the journal; works without Slack."""


@operations.command("list")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
@click.option("--target", help="Only those of this target.")
@click.option("--open", "open_only", is_flag=True, help="Only those that have not ended.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@ending
def list_(*, as_json: bool, target: str | None, open_only: bool, limit: int) -> None:
    """List the newest operations."""
    journal = _journal()
    found = journal.operations.listed(limit, target, open_only=open_only)
    if as_json:
        rows = [_json(journal, each) for each in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for each in found:
        click.echo(operation_line(each))


@operations.command()
@click.argument("operation_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@ending
def show(*, operation_id: str, as_json: bool) -> None:
    """Show one operation with its events."""
    journal = _journal()
    operation = _found(journal, operation_id)
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


@click.group()
def audit() -> None:
    """Verify and export the audit."""


@audit.command()
@ending
def verify() -> None:
    """Check the hash chain; exit 1 where a record was changed, or is missing, or none is there."""
    report = _journal().audit.verify()
    for fault in report.faults:
        click.echo(fault, err=True)
    if not report.count:
        click.echo("the chain has no record: an empty one proves nothing", err=True)
    if not report.is_sound:
        raise SystemExit(CHECK_FAILED)
    click.echo(f"{report.count} records, the chain holds; head {report.head}")
    click.echo(f"{report.unsealed} records are not sealed yet")


@audit.command()
@ending
def export() -> None:
    """Print every record as a line of JSON."""
    for row in _journal().audit.export():
        click.echo(json.dumps(row, ensure_ascii=False, sort_keys=True))
