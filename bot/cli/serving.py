"""`slipway bot`, `worker`, `drain` and `migrate`."""

import os
import threading
from datetime import timedelta
from typing import Final

import click
from redis.exceptions import RedisError

from bot.app import run_bot, run_workers
from bot.app.resources import DRAIN, now
from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.core.errors import QueueUnavailableError
from bot.core.rows import OpenOperation
from bot.journal import SqlJournal, migrate, open_engine, require_current
from bot.logs import set_up_logs
from bot.redis.doorbell import open_redis
from bot.redis.flags import Flags
from bot.settings import Settings, read_settings
from bot.views.text import duration

PROCESSES_MAX: Final = 64
DRAIN_SECONDS: Final = 600.0  # how long new operations are refused after the last sign of drain


def started() -> Settings:
    """Read the settings and set the logs up by them."""
    settings = read_settings()
    _set_up_logs(settings, settings.slipway_log_level)
    os.umask(0o077)
    return settings


def _set_up_logs(settings: Settings, level: str) -> None:
    set_up_logs(
        settings.slipway_log_format,
        level,
        secrets=settings.secrets,
        plain=bool(settings.no_color),
    )


accept_clock: Final = click.option(
    "--accept-clock",
    is_flag=True,
    help="Start although the journal has records from later than this host's clock.",
)


@click.command()
@accept_clock
@ending
def bot(*, accept_clock: bool) -> None:
    """Serve Slack: over HTTP, or by Socket Mode when SLACK_APP_TOKEN is set."""
    run_bot(started(), accepts_clock=accept_clock)


@click.command()
@click.option(
    "--processes",
    type=click.IntRange(1, PROCESSES_MAX),
    default=2,
    show_default=True,
    help="How many doorbell workers; poller, outbox and sweeper come on top.",
)
@accept_clock
@ending
def worker(processes: int, *, accept_clock: bool) -> None:
    """Run this host's workers under one supervisor."""
    run_workers(started(), processes, accepts_clock=accept_clock)


@click.command("migrate")
@ending
def migrate_() -> None:
    """Bring the database to this version's schema."""
    settings = read_settings()
    _set_up_logs(settings, "WARNING")
    engine = open_engine(settings.database_url)
    migrate(engine)
    click.echo("The database is at this version's schema.")


@click.command()
@click.option("--timeout", type=click.IntRange(1), default=3600, show_default=True, help="Seconds.")
@ending
def drain(timeout: int) -> None:
    """Refuse new operations and wait until the running ones have ended."""
    settings = read_settings()
    _set_up_logs(settings, "WARNING")
    engine = open_engine(settings.database_url)
    require_current(engine)
    journal = SqlJournal(engine, now)
    flags = Flags(open_redis(settings.redis_url))
    pause = threading.Event()
    left = _running(journal)
    for _ in range(timeout):
        _refuse_new(flags)
        left = _running(journal)
        if not left:
            refused = duration(timedelta(seconds=DRAIN_SECONDS))
            click.echo(f"Nothing is running; new operations are refused for {refused}.")
            return
        click.echo(f"{len(left)} running: {', '.join(each.id for each in left[:5])}", err=True)
        pause.wait(1.0)
    click.echo(f"slipway: {len(left)} operations are still running", err=True)
    raise SystemExit(CHECK_FAILED)


def _running(journal: SqlJournal) -> list[OpenOperation]:
    return [each for each in journal.open_operations() if each.phase != "awaiting_approval"]


def _refuse_new(flags: Flags) -> None:
    try:
        flags.hold(DRAIN, DRAIN_SECONDS)
    except (RedisError, OSError) as error:
        raise QueueUnavailableError(str(error)) from error
