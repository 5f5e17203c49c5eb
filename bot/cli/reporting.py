"""`slipway report`: what was measured of the last days."""

import json
import os

import click

from bot.app.resources import now
from bot.catalogue import Catalogue, load
from bot.cli.exit_codes import ending
from bot.cli.reading import open_journal
from bot.core.errors import ConfigurationError
from bot.core.figures import Bucket, Figures, Ranks, Report, Scope, Spread
from bot.core.records import Json
from bot.core.verbs.report import DAYS, DAYS_MAX
from bot.report_facts import Wanted, report
from bot.settings import read_settings
from bot.views.reports import report_lines
from bot.views.words import DEFAULT


@click.command("report")
@click.argument("name", metavar="[TARGET|POLICY]", default="")
@click.option("--days", type=click.IntRange(1, DAYS_MAX), default=DAYS, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@ending
def report_(*, name: str, days: int, as_json: bool) -> None:
    """Tell how often targets change, how well that goes, and how long it takes; without Slack."""
    catalogue = load(read_settings().slipway_config, dict(os.environ))
    about = _about(catalogue, name)
    wanted = Wanted(*about, days=days, until=now())
    found = report(open_journal(), wanted)
    if as_json:
        click.echo(json.dumps(report_json(found), indent=2, ensure_ascii=False))
        return
    for line in report_lines(found, DEFAULT):
        click.echo(line.replace("*", "").replace("`", ""))


def _about(catalogue: Catalogue, name: str) -> tuple[Scope, str]:
    target = catalogue.find(name.lower()) if name else None
    if target is not None:
        return "target", target.name
    if name in catalogue.policies:
        return "policy", name
    if name:
        raise ConfigurationError([f"{name}: no target and no policy is called so"])
    return "all", ""


def report_json(found: Report) -> dict[str, Json]:
    """Return *found* as scripts see it: lengths in seconds, shares from 0 to 1, times in UTC."""
    ranks = found.ranks
    return {
        "scope": found.scope,
        "name": found.name,
        "days": found.days,
        "since": _time(found.since.isoformat()),
        "until": _time(found.until.isoformat()),
        **_figures(found.whole),
        "suspects": _ranks(ranks) if ranks else None,
        "policies": {name: _figures(part) for name, part in found.policies},
        "targets": {name: _figures(part) for name, part in found.targets},
        "is_cut": found.is_cut,
    }


def _ranks(ranks: Ranks) -> dict[str, Json]:
    shares: dict[str, Json] = {"hit_at_1": ranks.hit_at_1, "hit_at_3": ranks.hit_at_3}
    return {**ranks.model_dump(mode="json"), **shares}


def _figures(part: Figures) -> dict[str, Json]:
    return {
        "deployments": part.deployments,
        "deployments_per_day": part.per_day,
        "failed": part.failed,
        "rolled_back": part.rolled_back,
        "failed_share": part.bad_share,
        "lead_time": _spread(part.lead),
        "waiting_for_approval": _spread(part.approval),
        "running": _spread(part.running),
        "time_to_restore": _spread(part.restore),
        "estimate_error": part.error,
        "within_p90": part.within_p90,
        "by_day": [_bucket(each) for each in part.buckets],
    }


def _spread(spread: Spread | None) -> Json:
    return spread.model_dump(mode="json") if spread else None


def _bucket(bucket: Bucket) -> Json:
    since = _time(bucket.since.isoformat())
    return {"since": since, "deployments": bucket.deployments, "failed_or_rolled_back": bucket.bad}


def _time(written: str) -> str:
    return written.replace("+00:00", "Z")
