"""`slipway backup`: a copy of the journal while it runs."""

from pathlib import Path

import click

from bot.app.greeting import counted
from bot.cli.auditing import unsealed
from bot.cli.exit_codes import ending
from bot.journal import open_engine, require_current
from bot.journal.backup import back_up
from bot.settings import read_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@ending
def backup(file: Path) -> None:
    """Copy the journal (SQLite) to a new FILE while everything runs, and read it back."""
    engine = open_engine(read_settings().database_url)
    require_current(engine)
    report = back_up(engine, file)
    click.echo(
        f"{file}: {counted(report.count, 'audit record')}, read back; head {report.head}; "
        f"{unsealed(report.unsealed)}"
    )
