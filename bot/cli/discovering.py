"""`slipway discover`: what a connection has, as entries for slipway.yaml."""

import json
import os
from typing import Final, TypeVar

import click

from bot.app.clouds import cloud_parts
from bot.app.resources import now
from bot.catalogue import Catalogue, load
from bot.cli.exit_codes import CHECK_FAILED, CREDENTIALS, ending, refuses_credentials
from bot.core.errors import CloudRefusedError, ConfigurationError
from bot.core.flow import Flow
from bot.core.outcomes import Discovered, DiscoveredThing
from bot.core.records import Json
from bot.core.target import Target
from bot.redaction import KnownSecrets
from bot.redis.doorbell import open_redis
from bot.service.discovery import discovered
from bot.settings import read_settings
from bot.views.discoveries import entry, told
from bot.views.words import spelled
from workers.cloud.client import cloud_client
from workers.cloud.questions import CloudQuestions

T = TypeVar("T")

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
    reader = CloudReader(catalogue)
    found = _found(catalogue, connection, words, reader)
    if as_json:
        rows = [_json(each) for each in found.things]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print(found)
        if not found.things and not found.unlisted:
            fits = f" that fits {' '.join(words)}" if words else ""
            click.echo(f"{connection} has nothing{fits}.", err=True)
    for system, why in found.unlisted:
        click.echo(f"{system} cannot be listed: {spelled(why)}", err=True)
    if found.unlisted:
        raise SystemExit(CREDENTIALS if reader.is_refused else CHECK_FAILED)


def _found(
    catalogue: Catalogue, connection: str, words: tuple[str, ...], reader: "CloudReader"
) -> Discovered:
    if connection not in catalogue.connections:
        known = ", ".join(catalogue.connections)
        raise ConfigurationError([f"connections.{connection} is missing; there are {known}"])
    there = catalogue.connections[connection]
    return discovered(catalogue, there, words, reader.ask)


class CloudReader:
    """Asks the clouds of a catalogue, and notes whether one of them refuses the credentials."""

    def __init__(self, catalogue: Catalogue) -> None:
        settings = read_settings()
        secrets = KnownSecrets((*settings.secrets, *catalogue.secrets))
        parts = cloud_parts(lambda: catalogue, open_redis(settings.redis_url), now, secrets=secrets)
        self._clouds = CloudQuestions(cloud_client(parts), _SECONDS)
        self.is_refused = False

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads."""
        try:
            return self._clouds.ask(target, flow)
        except CloudRefusedError as error:
            self.is_refused = self.is_refused or refuses_credentials(error)
            raise


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
