"""`slipway systems`: which cloud APIs there are, and whether one keeps the contract."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from bot.cli.exit_codes import CHECK_FAILED, USAGE
from bot.contract import CHECKS, Check
from bot.core.records import Json
from bot.core.system import System
from bot.systems import SYSTEMS, offered_by


class Tried(NamedTuple):
    """One promise, and what is wrong with it; "": it is kept."""

    check: Check
    fault: str


@click.group()
def systems() -> None:
    """List the cloud APIs, and check one; works without configuration."""


@systems.command("list")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def list_(*, as_json: bool) -> None:
    """List what is built in, and what packages offer."""
    rows = [_row(each) for each in SYSTEMS]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for each, row in zip(SYSTEMS, rows, strict=True):
        spec = each.spec
        does = ", ".join(sorted(spec.actions))
        click.echo(f"{spec.name:<20}  {row['package']:<12}  {spec.title}: {does}")


@systems.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def check(*, name: str, as_json: bool) -> None:
    """Run the contract suite on the system NAME; exit 1 where it breaks a promise."""
    found = next((each for each in SYSTEMS if each.spec.name == name), None)
    if found is None:
        known = ", ".join(sorted(each.spec.name for each in SYSTEMS))
        click.echo(f"slipway: there is no system {name}; there are {known}", err=True)
        raise SystemExit(USAGE)
    tried = tuple(_tried(found))
    if as_json:
        click.echo(json.dumps([_told(each) for each in tried], indent=2, ensure_ascii=False))
    else:
        _say(tried)
    if any(each.fault for each in tried):
        raise SystemExit(CHECK_FAILED)


def _row(system: System[Any]) -> dict[str, Json]:
    spec = system.spec
    return {
        "name": spec.name,
        "title": spec.title,
        "package": offered_by(spec.name),
        "connection_kind": spec.connection_kind,
        "actions": [*sorted(spec.actions)],
        "source": spec.source,
    }


def _tried(system: System[Any]) -> Iterator[Tried]:
    for each in CHECKS:
        try:
            each(system)
        except Exception as error:  # noqa: BLE001 - whatever a foreign package raises breaks it
            yield Tried(each, f"{type(error).__name__}: {error}")
        else:
            yield Tried(each, "")


def _told(tried: Tried) -> dict[str, Json]:
    return {
        "check": tried.check.name,
        "rule": tried.check.rule,
        "ok": not tried.fault,
        "fault": tried.fault,
    }


def _say(tried: tuple[Tried, ...]) -> None:
    for check_, fault in tried:
        click.echo(f"{'FAIL' if fault else 'ok':<4}  {check_.rule}")
        if fault:
            click.echo(f"      {fault}", err=True)
    broken = sum(bool(each.fault) for each in tried)
    click.echo(f"{len(tried)} promises, {broken} broken")
