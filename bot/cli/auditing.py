"""`slipway audit`: verify, export and anchor it."""

import json
import os
from pathlib import Path
from typing import Any

import click

from bot.app.anchoring import anchor as anchored
from bot.app.anchoring import audit_key
from bot.app.greeting import counted
from bot.app.resources import now
from bot.catalogue import load
from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.cli.reading import open_journal
from bot.core.errors import ConfigurationError
from bot.journal.audit_anchors import ReadAnchors, is_public, read_anchors
from bot.readers import Readers
from bot.settings import read_settings

_NO_KEY = "SLIPWAY_AUDIT_KEY: not set, nor SLIPWAY_AUDIT_KEY_FILE"


def _public(_context: click.Context, _option: click.Parameter, keys: tuple[str, ...]) -> Any:
    """Return the public keys that are given, where they are some."""
    for each in keys:
        if not is_public(each):
            msg = "wants a public key: ed25519: and its 32 bytes in Base64, as anchors have it"
            raise click.BadParameter(msg)
    return keys


@click.group()
def audit() -> None:
    """Verify, export and anchor the audit."""


@audit.command()
@click.option(
    "--anchors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of anchors: finds a tail that was cut off, and a chain that was written anew.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    callback=_public,
    help="A public key of anchors and checkpoint (ed25519:…), in place of SLIPWAY_AUDIT_KEY's.",
)
@ending
def verify(*, anchors: Path | None, keys: tuple[str, ...]) -> None:
    """Check the hash chain; exit 1 where a record was changed, or is missing, or none is there."""
    read = _anchors(anchors, keys)
    report = open_journal().audit.verify(read.anchors, _trusted(keys))
    faults = (*read.faults, *report.faults)
    for fault in faults:
        click.echo(fault, err=True)
    if not report.count:
        click.echo("the chain has no record: an empty one proves nothing", err=True)
    if faults or not report.is_sound:
        raise SystemExit(CHECK_FAILED)
    click.echo(f"{counted(report.count, 'record')}, the chain holds; head {report.head}")
    if report.begins_after:
        click.echo(f"it begins after record {report.begins_after}, signed by {report.signed_by}")
    if anchors is not None:
        click.echo(_vouched(len(read.anchors), report.anchored))
    click.echo(unsealed(report.unsealed))


def _vouched(anchors: int, newest: int) -> str:
    """Return how far the anchors reach; none may be of a record that is still here."""
    if newest:
        return f"{counted(anchors, 'anchor')}, the newest of record {newest}"
    left = "of records that have left; slipway audit anchor makes one of those that are here"
    return f"{counted(anchors, 'anchor')}, {left}"


def unsealed(count: int) -> str:
    """Return how many records the chain does not have yet."""
    return f"{counted(count, 'record')} {'is' if count == 1 else 'are'} not sealed yet"


def _anchors(path: Path | None, keys: tuple[str, ...]) -> ReadAnchors:
    if path is None:
        return ReadAnchors((), ())
    trusted = _trusted(keys)
    if not trusted:
        fault = f"{_NO_KEY}: --anchors needs it, or the public one by --key"
        raise ConfigurationError([fault])
    return read_anchors(path.read_text(encoding="utf-8", errors="replace"), trusted)


def _trusted(keys: tuple[str, ...]) -> frozenset[str]:
    """Return the keys that the reader brings; without any, a checkpoint vouches for itself."""
    own = audit_key(read_settings()) if not keys else None
    return frozenset(keys) if own is None else frozenset({own.public})


@audit.command()
@ending
def anchor() -> None:
    """Sign the head, print it, and bring it to `audit.channel` and `audit.file`."""
    settings = read_settings()
    key = audit_key(settings)
    if key is None:
        raise ConfigurationError([f"{_NO_KEY}: anchors are signed by it"])
    journal = open_journal()
    catalogue = load(settings.slipway_config, dict(os.environ)).known_as(journal.names.all())
    locale = Readers(lambda: catalogue).in_channel(catalogue.audit.channel or "")
    made = anchored(journal, key, catalogue.audit, locale=locale, now=now())
    if made is None:
        click.echo("the chain has no record: there is nothing to anchor", err=True)
        raise SystemExit(CHECK_FAILED)
    click.echo(made.line)


@audit.command()
@ending
def export() -> None:
    """Print every record as a line of JSON."""
    for row in open_journal().audit.export():
        click.echo(json.dumps(row, ensure_ascii=False, sort_keys=True))
