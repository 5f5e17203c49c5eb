"""Rules and dashboard: their formats, their expressions by a parser of PromQL, their run-books."""

import json
import re
import shlex
from itertools import combinations
from pathlib import Path
from typing import Any, Final, Literal

import click
import promql_parser
import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.cli import main
from bot.views.words.en.buttons import BUTTONS
from tests.deploy.queries import DASHBOARD, RECORDED, RULES, expressions
from tests.test_logs import logged

ROOT: Final = Path(__file__).parents[2]
RUNBOOKS: Final = ROOT / "docs" / "runbooks"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Record(_Strict):
    record: str = Field(pattern=r"^slipway:[a-z0-9_]+:[a-z0-9_]+$")
    expr: str


class _Alert(_Strict):
    alert: str = Field(pattern=r"^Slipway[A-Za-z]+$")
    expr: str
    for_: str = Field(alias="for", pattern=r"^[1-9][0-9]*[smhd]$")
    labels: dict[Literal["severity"], Literal["page", "ticket"]]
    annotations: dict[Literal["summary", "runbook"], str]


class _Group(_Strict):
    name: str
    interval: str | None = None
    rules: list[_Record | _Alert]


class _Rules(_Strict):
    groups: list[_Group]


ALERTS: Final = [
    each
    for group in _Rules.model_validate(RULES).groups
    for each in group.rules
    if isinstance(each, _Alert)
]
PANELS: Final[list[Any]] = DASHBOARD["panels"]


@pytest.mark.parametrize("expression", sorted(expressions()))
def test_an_expression_is_promql(expression: str) -> None:
    """A parser of PromQL takes each, of rules and panels alike."""
    assert promql_parser.parse(expression) is not None


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.alert)
def test_an_alarm_has_its_page(alert: _Alert) -> None:
    """It names a run-book that says its expression, what it means, where to look, what to do."""
    page = (ROOT / alert.annotations["runbook"]).read_text()
    assert page.startswith(f"# {alert.alert}\n\n`{alert.expr}` for {alert.for_}.\n")
    assert all(f"**{each}**" in page for each in ("What it means.", "Look at.", "Do."))
    assert alert.annotations["summary"]


def test_every_page_has_its_alarm() -> None:
    """No run-book is left over, and the list of them names each."""
    wanted = {Path(each.annotations["runbook"]).name for each in ALERTS}
    assert {each.name for each in RUNBOOKS.iterdir()} - {"README.md"} == wanted
    listed = (RUNBOOKS / "README.md").read_text()
    assert all(f"({each})" in listed for each in wanted)


PAGES: Final = sorted(RUNBOOKS.iterdir())


def _quoted(page: Path) -> list[str]:
    """What a run-book quotes as code, but for the alarm's own expression."""
    return re.findall(r"`([^`]+)`", page.read_text().partition("\n**What it means.**")[2])


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_a_run_book_sends_to_what_is_there(page: Path) -> None:
    """Its commands are the CLI's, its log lines are written, its buttons are called so."""
    quoted = _quoted(page)
    for words in (shlex.split(each)[1:] for each in quoted if each.startswith("slipway ")):
        command: click.Command | None = main
        while words and isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None
        known = {name for each in command.params for name in each.opts}
        assert {each for each in words if each.startswith("--")} <= known
    written = {event for event, _ in logged()}
    for line in (each for each in quoted if re.fullmatch(r"[a-z]+\.[a-z_]*", each)):
        assert [each for each in written if each.startswith(line)], line
    said = {each for each in BUTTONS.values() if isinstance(each, str)}
    marked = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", page.read_text())
    assert {each for each in marked if each[0].isupper()} <= said


def test_names_are_there_once() -> None:
    """No two alarms, and no two recorded rules, have one name."""
    assert len({each.alert for each in ALERTS}) == len(ALERTS)
    assert len(set(RECORDED)) == len(RECORDED)


def test_the_dashboard_is_one() -> None:
    """What Grafana wants of a dashboard: ids once, a data source that is chosen, a place each."""
    assert DASHBOARD["schemaVersion"] >= 36
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["datasource"]
    assert len({each["id"] for each in PANELS}) == len(PANELS)
    for each in PANELS:
        assert each["type"] in {"stat", "timeseries"}
        assert each["title"]
        assert each["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert each["targets"]
        letters = [target["refId"] for target in each["targets"]]
        assert letters == [chr(65 + number) for number in range(len(letters))]


def test_no_panel_covers_another() -> None:
    """On Grafana's grid of 24 columns each panel has room of its own."""
    spots = [each["gridPos"] for each in PANELS]
    assert all(each["x"] >= 0 and each["x"] + each["w"] <= 24 for each in spots)
    for one, other in combinations(spots, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


def test_scraping_is_yaml_of_one_job() -> None:
    """The job's name is what the alarm of a bot that is down asks for."""
    [job] = yaml.safe_load((ROOT / "deploy" / "prometheus" / "scrape.yaml").read_text())
    assert job["metrics_path"] == "/metrics"
    assert any(f'job="{job["job_name"]}"' in each.expr for each in ALERTS)
    assert json.dumps(job)
