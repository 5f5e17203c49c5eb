"""`slipway discover`: what a connection has, as entries for slipway.yaml."""

import json
import os
from typing import Final

import click

from bot.app.clouds import cloud_parts
from bot.app.resources import now
from bot.catalogue import Catalogue, load
from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.core.errors import ConfigurationError
from bot.core.outcomes import Discovered, DiscoveredThing
from bot.core.records import Json
from bot.redaction import KnownSecrets
from bot.redis.doorbell import open_redis
from bot.service.discovery import discovered
from bot.settings import read_settings
from bot.views.discoveries import entry, told
from bot.views.words import spelled
from workers.cloud.client import cloud_client
from workers.cloud.questions import CloudQuestions

_SECONDS: Final = 120.0  # for the lists of one system


@click.command()
@click.argument("connection", metavar="CONNECTION")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
@ending
def discover(*, connection: str, words: tuple[str, ...], as_json: bool) -> None:
    """List what a connection has; what is no target yet comes as YAML to paste under `targets:`.

    With words, only what has them all in its kind, name, place or status.
    """
    settings = read_settings()
    catalogue = load(settings.slipway_config, dict(os.environ))
    found = _found(catalogue, connection, words)
    if as_json:
        rows = [_json(each) for each in found.things]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print(found)
    for system, why in found.unlisted:
        click.echo(f"{system} cannot be listed: {spelled(why)}", err=True)
    if found.unlisted:
        raise SystemExit(CHECK_FAILED)


def _found(catalogue: Catalogue, connection: str, words: tuple[str, ...]) -> Discovered:
    if connection not in catalogue.connections:
        known = ", ".join(catalogue.connections)
        raise ConfigurationError([f"connections.{connection} is missing; there are {known}"])
    there = catalogue.connections[connection]
    return discovered(catalogue, there, words, cloud_reader(catalogue).ask)


def cloud_reader(catalogue: Catalogue) -> CloudQuestions:
    """Return what asks the clouds of *catalogue*."""
    settings = read_settings()
    secrets = KnownSecrets((*settings.secrets, *catalogue.secrets))
    parts = cloud_parts(lambda: catalogue, open_redis(settings.redis_url), now, secrets=secrets)
    return CloudQuestions(cloud_client(parts), _SECONDS)


def _json(thing: DiscoveredThing) -> dict[str, Json]:
    kind, name, place, status = told(thing)
    return {
        "kind": kind,
        "name": name,
        "place": place,
        "status": status,
        "system": thing.system,
        "target": thing.target or None,
        "settings": thing.found.settings,
    }


def _print(found: Discovered) -> None:
    for each in found.things:
        is_new = bool(each.new_name)
        parts = (*told(each), f"target {each.target}" if each.target else "")
        click.echo("# " + " · ".join(part for part in parts if part))
        if is_new:
            click.echo(entry(each, found.connection))
