"""`slipway bot`, `worker`, `drain` and `migrate`."""

import os
import socket
import threading
from typing import Final

import click

from bot.app import run_bot, run_workers
from bot.app.greeting import counted
from bot.app.resources import now
from bot.app.worker import POLLERS_MAX
from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.core.rows import OpenOperation
from bot.journal import Journal, journal_on, migrate, open_engine, require_current
from bot.journal.drain import LASTS
from bot.journal.migrations import wanted
from bot.logs import set_up_logs
from bot.redaction import KnownSecrets
from bot.settings import Settings, read_settings
from bot.views.words import duration

PROCESSES_MAX: Final = 64


def started() -> tuple[Settings, KnownSecrets]:
    """Read the settings and set the logs up by them; return also what the logs hide."""
    settings = read_settings()
    secrets = _set_up_logs(settings, settings.slipway_log_level)
    os.umask(0o077)
    return settings, secrets


def _set_up_logs(settings: Settings, level: str) -> KnownSecrets:
    secrets = KnownSecrets(settings.secrets)
    set_up_logs(settings.slipway_log_format, level, secrets=secrets, plain=bool(settings.no_color))
    return secrets


accept_clock: Final = click.option(
    "--accept-clock",
    is_flag=True,
    help="Start although this host's clock is behind the journal, or far from Slack's.",
)


@click.command()
@accept_clock
@ending
def bot(*, accept_clock: bool) -> None:
    """Serve Slack: over HTTP, or by Socket Mode when SLACK_APP_TOKEN is set."""
    run_bot(*started(), accepts_clock=accept_clock)


@click.command()
@click.option(
    "--processes",
    type=click.IntRange(1, PROCESSES_MAX),
    default=2,
    show_default=True,
    help="How many doorbell workers; pollers, outbox and sweeper come on top.",
)
@click.option(
    "--pollers",
    type=click.IntRange(1, POLLERS_MAX),
    default=1,
    show_default=True,
    help="How many watch what runs in clouds; one has time for thousands.",
)
@accept_clock
@ending
def worker(processes: int, pollers: int, *, accept_clock: bool) -> None:
    """Run this host's workers under one supervisor."""
    settings, secrets = started()
    run_workers(settings, secrets, processes, pollers, accepts_clock=accept_clock)


@click.command("migrate")
@ending
def migrate_() -> None:
    """Bring the database to this version's schema."""
    settings = read_settings()
    _set_up_logs(settings, "WARNING")
    engine = open_engine(settings.database_url)
    there = migrate(engine)
    whose = "this" if there == wanted() else "the next"
    click.echo(f"The database is at {whose} version's schema.")


@click.command()
@click.option("--timeout", type=click.IntRange(1), default=3600, show_default=True, help="Seconds.")
@click.option("--off", is_flag=True, help="Accept new operations again.")
@ending
def drain(timeout: int, *, off: bool) -> None:
    """Refuse new operations and wait until the running ones have ended."""
    settings = read_settings()
    _set_up_logs(settings, "WARNING")
    engine = open_engine(settings.database_url)
    require_current(engine)
    journal = journal_on(engine)
    if off:
        journal.drain.end()
        click.echo("New operations are accepted again.")
        return
    pause = threading.Event()
    left = _running(journal)
    for _ in range(timeout):
        journal.drain.hold(_holder(), now())
        left = _running(journal)
        if not left:
            refused = duration(LASTS)
            click.echo(f"Nothing is running; new operations are refused for {refused}.")
            return
        click.echo(f"{len(left)} running: {', '.join(each.id for each in left[:5])}", err=True)
        pause.wait(1.0)
    click.echo(f"slipway: {counted(len(left), 'operation')} still running", err=True)
    raise SystemExit(CHECK_FAILED)


def _running(journal: Journal) -> list[OpenOperation]:
    rests = {"waiting", "awaiting_approval"}
    return [each for each in journal.operations.all_open() if each.phase not in rests]


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
