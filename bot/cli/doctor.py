"""`slipway doctor`: is everything there that the bot and the workers need?"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from bot.app.anchoring import NO_KEY, audit_key
from bot.app.greeting import counted
from bot.app.resources import now, require_clock
from bot.app.slack_words import table
from bot.app.tracing import traces_of
from bot.catalogue import AuditSection, load
from bot.cli.cloud_checks import connections
from bot.cli.exit_codes import CHECK_FAILED, CONFIGURATION, CREDENTIALS, OK
from bot.cli.findings import Finding
from bot.cli.hook_checks import hooks
from bot.cli.redis_checks import redis_findings
from bot.cli.slack_checks import app_token, slack, slack_words
from bot.core.errors import (
    ClockError,
    ConfigurationError,
    SchemaError,
    SlipwayError,
)
from bot.journal import (
    Journal,
    journal_on,
    open_engine,
    require_current,
    unreadable_records,
)
from bot.journal.migrations import wanted
from bot.settings import Settings, read_settings
from bot.views.words import duration

CLOUD_SECONDS: Final = 10.0
# Which of several failures the exit code is about: bot and workers meet them in this order.
_FIRST: Final = (CONFIGURATION, CREDENTIALS, CHECK_FAILED)
_PROXIES: Final = frozenset(
    {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}
)  # as slack_sdk reads them


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def doctor(*, as_json: bool) -> None:
    """Check configuration, database, Redis, Slack token, scopes and each connection."""
    findings = list(_findings())
    if as_json:
        click.echo(json.dumps([each.row for each in findings], indent=2, ensure_ascii=False))
    else:
        _print(findings)
    failures = [each.code for each in findings if each.level == "fail"]
    raise SystemExit(next((code for code in _FIRST if code in failures), OK))


def _print(findings: Sequence[Finding]) -> None:
    """Print a line for each finding, and what Slack has of slipway.yaml as a table."""
    for each in findings:
        if each.word is None or each.level != "ok":
            remedy = f"  → {each.remedy}" if each.remedy else ""
            click.echo(f"{each.level:<4}  {each.check}: {each.found}{remedy}")
    words = [each.word for each in findings if each.word is not None]
    if words:
        click.echo()
        for line in table(words):
            click.echo(line)


def _findings() -> Iterator[Finding]:
    try:
        settings = read_settings()
    except ConfigurationError as error:
        yield from (_fault("environment", fault) for fault in error.faults)
        return
    yield from _database(settings)
    yield from _redis(settings)
    yield from slack(settings)
    yield from app_token(settings)
    yield from _proxies(dict(os.environ))
    try:
        traces_of(settings)
    except ConfigurationError as error:  # neither bot nor workers would start
        yield from (Finding("traces", "fail", each, "", CONFIGURATION) for each in error.faults)
    try:
        signs = audit_key(settings) is not None
    except ConfigurationError as error:  # workers would not start
        yield from (_fault("audit", fault) for fault in error.faults)
        signs = True
    try:
        catalogue = load(settings.slipway_config, dict(os.environ))
    except ConfigurationError as error:
        yield from (_fault("configuration", fault) for fault in error.faults)
        return
    yield Finding("configuration", "ok", counted(len(catalogue.targets), "target"))
    for warning in catalogue.warnings:
        yield Finding("configuration", "warn", warning)
    yield from _anchors(catalogue.audit, signs=signs)
    yield from slack_words(settings, catalogue)
    yield from hooks(settings, catalogue, now())
    yield from connections(settings, catalogue)


def _fault(check: str, fault: str) -> Finding:
    return Finding(check, "fail", fault, "mend it; see slipway config check", CONFIGURATION)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        engine = open_engine(settings.database_url)
        there = require_current(engine)
        journal = journal_on(engine)
        journal.notices.touch(now())
        waiting, oldest = journal.outbox.backlog(now())
        unreadable = unreadable_records(journal)
        clock = _clock(journal)
    except ConfigurationError as error:
        yield from (_fault("database", fault) for fault in error.faults)
        return
    except SlipwayError as error:
        code = CONFIGURATION if isinstance(error, SchemaError) else CHECK_FAILED
        remedy = "check SLIPWAY_DATABASE_URL; slipway migrate"
        yield Finding("database", "fail", str(error), remedy, code)
        return
    yield _schema(there)
    yield from _readable(settings)
    yield clock
    for kind, count in unreadable.items():
        if count:
            remedy = "run the newest version; else see slipway operations list, and restore"
            found = f"{count:.0f} of {kind} cannot be read and are left alone"
            yield Finding("records", "warn", found, remedy)
    if waiting and oldest > 60:  # noqa: PLR2004 - a minute
        many = "1 message waits" if waiting == 1 else f"{waiting} messages wait"
        found = f"{many}, the oldest for {duration(timedelta(seconds=oldest))}"
        yield Finding("outbox", "warn", found, "are the workers running?")


def _schema(there: str) -> Finding:
    if there == wanted():
        return Finding("database", "ok", "writable, at this version's schema")
    found = f"writable, at the next version's schema ({there})"
    return Finding("database", "ok", found, "upgrade this process as well")


def _readable(settings: Settings) -> Iterator[Finding]:
    """Warn of a journal that others on this host can read."""
    place = settings.database_url.removeprefix("sqlite:///")
    with suppress(OSError):
        if place != settings.database_url and Path(place).stat().st_mode & 0o077:
            yield Finding("database", "warn", f"{place} is open to others", f"chmod 600 {place}*")


def _clock(journal: Journal) -> Finding:
    try:
        require_clock(journal, now())
    except ClockError as error:
        return Finding("clock", "fail", str(error), "set the clock of this host")
    return Finding("clock", "ok", "not behind the journal")


def _redis(settings: Settings) -> Iterator[Finding]:
    try:
        yield from redis_findings(settings)
    except ConfigurationError as error:
        yield from (_fault("redis", fault) for fault in error.faults)


def _anchors(places: AuditSection, *, signs: bool) -> Iterator[Finding]:
    """Warn of places for anchors that nothing comes to."""
    if places.is_anywhere and not signs:
        found = NO_KEY.removeprefix("audit: ")
        yield Finding("audit", "warn", found, "set it for slipway worker: see the README")


def _proxies(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Say what an egress proxy means here, where the environment names one."""
    named = sorted(name for name in _PROXIES if environment.get(name))
    if named:
        found = f"{', '.join(named)}: Slack is called through it, clouds are called directly"
        yield Finding("proxy", "ok", found)
