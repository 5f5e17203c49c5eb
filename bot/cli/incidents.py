"""`slipway incidents`: what the journal holds of incidents."""

import json

import click

from bot.cli.exit_codes import ending
from bot.cli.reading import open_journal
from bot.core.incidents import Incident
from bot.core.records import Json
from bot.journal import Journal, timeline
from bot.views.incident_export import incident_json, incident_markdown
from bot.views.words import DEFAULT


@click.group()
def incidents() -> None:
    """Read incidents from the journal; works without Slack."""


@incidents.command("list")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
@click.option("--open", "open_only", is_flag=True, help="Only those that are open.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@ending
def list_(*, as_json: bool, open_only: bool, limit: int) -> None:
    """List the newest incidents."""
    journal = open_journal()
    found = _open(journal, limit) if open_only else journal.incidents.newest(limit)
    if as_json:
        rows = [_json(journal, each) for each in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("No incidents are open." if open_only else "No incidents.", err=True)


def _open(journal: Journal, limit: int) -> tuple[Incident, ...]:
    """Return the newest that are open, the newest first."""
    return journal.incidents.open_ones()[::-1][:limit]


@incidents.command()
@click.argument("incident_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@ending
def show(*, incident_id: str, as_json: bool) -> None:
    """Show one incident with its timeline."""
    journal = open_journal()
    incident = journal.incidents.load(incident_id.strip().lower())
    whole = _json(journal, incident)
    if as_json:
        click.echo(json.dumps(whole, indent=2, ensure_ascii=False))
        return
    click.echo(_line(incident))
    entries = whole["timeline"]
    for each in entries if isinstance(entries, list) else ():
        if isinstance(each, dict):
            click.echo(f"  {each['at']}  {each['kind']:<10}  {each['text']}")


@incidents.command()
@click.argument("incident_id", metavar="ID")
@click.option("--format", "form", type=click.Choice(["md", "json"]), default="md")
@ending
def export(*, incident_id: str, form: str) -> None:
    """Write one incident out, with its whole timeline."""
    journal = open_journal()
    incident = journal.incidents.load(incident_id.strip().lower())
    if form == "json":
        click.echo(json.dumps(_json(journal, incident), indent=2, ensure_ascii=False))
        return
    entries = timeline(journal.incidents, journal.operations, incident)
    click.echo(incident_markdown(incident, entries, DEFAULT), nl=False)


def _json(journal: Journal, incident: Incident) -> dict[str, Json]:
    entries = timeline(journal.incidents, journal.operations, incident)
    return incident_json(incident, entries, DEFAULT)


def _line(incident: Incident) -> str:
    at = incident.opened_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    state = incident.phase.kind
    return f"{incident.id}  {at}  {state:<6}  severity {incident.severity}  {incident.title}"
