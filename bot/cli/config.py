"""`slipway config check`, `show` and `schema`."""

import getpass
import json
import os
import re
from contextlib import suppress
from typing import Any, Final

import click

from bot.app.anchoring import NO_KEY, audit_key
from bot.app.resources import now
from bot.catalogue import Catalogue, load
from bot.catalogue.file import File, TargetEntry
from bot.catalogue.hooks import HookEntry
from bot.cli.exit_codes import ending
from bot.cli.reading import open_journal
from bot.core.errors import ConfigurationError, SlipwayError
from bot.core.records import SLIPWAY
from bot.core.secrecy import names_secret
from bot.journal import journal_on, open_engine
from bot.redaction import Redactor
from bot.settings import Settings, read_settings
from bot.systems import SYSTEMS, VENDORS

_SECRET: Final = re.compile(r"(?i)password|passwd|secret|token")
_VARIABLE: Final = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
_MASK: Final = "**********"


@click.group()
def config() -> None:
    """Check and show slipway.yaml."""


@config.command()
@ending
def check() -> None:
    """Check slipway.yaml; all faults are listed at once, with their places."""
    settings = read_settings()
    path = settings.slipway_config
    catalogue, key = load(path, dict(os.environ)), audit_key(settings)
    unsigned = (NO_KEY,) if catalogue.audit.is_anywhere and key is None else ()
    for warning in (*catalogue.warnings, *unsigned):
        click.echo(f"warning: {warning}", err=True)
    for note in catalogue.notes:
        click.echo(note)
    click.echo(
        f"{path}: {_counted(len(catalogue.targets), 'target')}, "
        f"{_counted(len(catalogue.connections), 'connection')}, "
        f"{_counted(len(catalogue.policies), 'policy')}, no faults"
    )


def _counted(number: int, one: str) -> str:
    """Return *number* of things: "1 policy", "2 policies"."""
    many = f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return f"{number} {one if number == 1 else many}"


@config.command()
@ending
def show() -> None:
    """Print the configuration in force as JSON, secrets masked."""
    settings = read_settings()
    catalogue = _named(settings)
    environment = settings.model_dump(mode="json", exclude={"no_color"})
    aliases = [sorted(each) for each in catalogue.aliases]
    content = {**catalogue.model_dump(mode="json"), "aliases": aliases}
    whole = {"environment": environment, **content}
    shown = _masked(whole, Redactor(catalogue.secrets))
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


@config.command("names")
@click.option("--forget", "forgotten", multiple=True, metavar="NAME", help="Look it up anew.")
@ending
def names_(forgotten: tuple[str, ...]) -> None:
    """List the names of slipway.yaml with what they stand for in Slack.

    A name is looked up once and then stands for that, whatever is called so later; `--forget`
    lets go of it, and bot and workers look it up anew.
    """
    settings = read_settings()
    catalogue = load(settings.slipway_config, dict(os.environ))
    names = open_journal().names
    for each in forgotten:
        if not names.forget(each.strip().lower(), by=SLIPWAY, now=now(), user=getpass.getuser()):
            raise ConfigurationError([f"{each} stands for nothing"])
    known = names.all()
    for name, places in catalogue.named.items():
        click.echo(f"{name} {known.get(name) or '(not known)'}  {catalogue.placed(places[0])}")


def _named(settings: Settings) -> Catalogue:
    """Return what is in force, with what its names stand for as far as the journal tells."""
    catalogue = load(settings.slipway_config, dict(os.environ))
    with suppress(SlipwayError):
        return catalogue.known_as(journal_on(open_engine(settings.database_url)).names.all())
    return catalogue.known_as({})


def _masked(shown: Any, known: Redactor) -> Any:
    """Mask what is called like a secret or *known* as one, and a release's values as a whole.

    A create template may carry the vendor's own, under any name, or as a pair of name and value.
    """
    match shown:
        case dict():
            return {
                key: _MASK if _is_hidden(_called(shown, key), value) else _masked(value, known)
                for key, value in shown.items()
            }
        case list():
            return [_masked(each, known) for each in shown]
        case str():
            return shown if known.known(shown) == shown else _MASK
        case _:
            return shown


def _called(pair: dict[str, Any], key: str) -> str:
    """Return what the value at *key* is called: that of a pair, by the name beside it."""
    name = pair.get("name")
    return name if key == "value" and isinstance(name, str) else key


def _is_hidden(called: str, value: Any) -> bool:
    if called in {"values", "values_json"}:
        return bool(value)
    is_named = _SECRET.search(called) is not None or names_secret((called,))
    return isinstance(value, str) and is_named


@config.command()
def schema() -> None:
    """Print the JSON schema of slipway.yaml, for editors."""
    click.echo(json.dumps(_schema(), indent=2))


def _schema() -> dict[str, Any]:
    """Return the schema of the whole file, with a target's keys by its system."""
    whole = File.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = whole.setdefault("$defs", {})
    definitions["Connection"] = _connection_schema(definitions)
    variants = []
    for system in SYSTEMS:
        variant = _target_schema(system.spec.name, system.spec.target, definitions)
        variants.append(variant)
    _let_each_be(whole, "connections", {"$ref": "#/$defs/Connection"})
    _let_each_be(whole, "targets", {"oneOf": variants})
    _let_each_be(whole, "hooks", HookEntry.model_json_schema(ref_template="#/$defs/{model}"))
    whole["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    whole["title"] = "slipway.yaml"
    shaped: dict[str, Any] = _or_variable(whole)
    return shaped


def _or_variable(shape: Any) -> Any:
    """Let every text that has a form be `${NAME}` as well, since that is replaced before."""
    match shape:
        case {"type": "string", "pattern": _} | {"type": "string", "format": _}:
            return {"anyOf": [shape, {"type": "string", "pattern": _VARIABLE}]}
        case dict():
            return {key: _or_variable(value) for key, value in shape.items()}
        case list():
            return [_or_variable(each) for each in shape]
        case _:
            return shape


def _let_each_be(whole: dict[str, Any], section: str, shape: dict[str, Any]) -> None:
    """Say what each entry of *section* looks like, under whatever name it may have."""
    entries = whole["properties"][section]["patternProperties"]
    for pattern in entries:
        entries[pattern] = shape


def _connection_schema(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a connection, by its kind; its name is the key in the file."""
    kinds = {}
    for vendor in VENDORS:
        shape = vendor.connection.model_json_schema(ref_template="#/$defs/{model}")
        definitions.update(shape.pop("$defs", {}))
        shape["properties"].pop("name")
        shape["required"] = [*(each for each in shape["required"] if each != "name"), "kind"]
        name = vendor.connection.__name__
        definitions[name], kinds[vendor.kind] = shape, f"#/$defs/{name}"
    return {
        "discriminator": {"mapping": kinds, "propertyName": "kind"},
        "oneOf": [{"$ref": each} for each in kinds.values()],
    }


def _target_schema(name: str, model: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    common = TargetEntry.model_json_schema(ref_template="#/$defs/{model}")
    own = model.model_json_schema(ref_template="#/$defs/{model}")
    for part in (common, own):
        definitions.update(part.pop("$defs", {}))
    properties = {**common["properties"], **own.get("properties", {}), "system": {"const": name}}
    properties.pop("create_body", None)
    if "values" in properties:  # which may also stand in files
        layer = {"anyOf": [{"type": "object"}, {"type": "string"}]}
        layers = {"type": "array", "items": layer}
        properties["values"] = {"anyOf": [properties["values"], {"type": "string"}, layers]}
    required = [each for each in own.get("required", []) if each != "create_body"]
    return {
        "type": "object",
        "title": name,
        "properties": properties,
        "required": [*common["required"], *required],
        "additionalProperties": False,
    }
