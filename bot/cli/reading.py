"""`slipway operations` and `slipway audit`: what the journal holds."""

import json

import click

from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.cli.shapes import operation_json, operation_line
from bot.core.errors import UnknownOperationError
from bot.core.operation import Operation
from bot.core.records import Json
from bot.journal import Journal, journal_on, open_engine, require_current
from bot.settings import read_settings


def _journal() -> Journal:
    engine = open_engine(read_settings().database_url)
    require_current(engine)
    return journal_on(engine)


def _json(journal: Journal, operation: Operation) -> dict[str, Json]:
    events = journal.operations.events(operation.id)
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
    found = journal.operations.recent(limit, target, open_only=open_only)
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
    operation = journal.operations.find(operation_id)
    if operation is None:
        raise UnknownOperationError(operation_id)
    if as_json:
        click.echo(json.dumps(_json(journal, operation), indent=2, ensure_ascii=False))
        return
    click.echo(operation_line(operation))
    for sequence, event in journal.operations.events(operation.id):
        click.echo(f"  {sequence:>3}  {event.at:%H:%M:%S}  {event.kind:<17}  {event.by}")


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


@audit.command()
@ending
def export() -> None:
    """Print every record as a line of JSON."""
    for row in _journal().audit.export():
        click.echo(json.dumps(row, ensure_ascii=False, sort_keys=True))
