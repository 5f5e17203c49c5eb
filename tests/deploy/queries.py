"""Every expression of PromQL in deploy/, and the metrics that it asks for."""

import json
import re
from pathlib import Path
from typing import Any, Final

import promql_parser
import yaml

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
RULES: Final[Any] = yaml.safe_load((DEPLOY / "prometheus" / "rules.yaml").read_text())
DASHBOARD: Final[Any] = json.loads((DEPLOY / "grafana" / "slipway.json").read_text())
_ALL: Final[list[Any]] = [each for group in RULES["groups"] for each in group["rules"]]
RECORDED: Final = [each["record"] for each in _ALL if "record" in each]


def expressions() -> set[str]:
    """All that are asked, by rules and by panels."""
    panels = {target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]}
    return panels | {each["expr"] for each in _ALL}


def metrics() -> set[str]:
    """The names of all metrics that they ask for, but for what rules record."""
    found: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector) and node.name:
            found.add(node.name)

    for each in expressions():
        promql_parser.walk(promql_parser.parse(each), visit)
    return found - set(RECORDED)


def quoted() -> set[str]:
    """The metrics that run-books send people to."""
    pages = (DEPLOY.parent / "docs" / "runbooks").iterdir()
    return {each for page in pages for each in re.findall(r"`(slipway_\w+)`", page.read_text())}
