"""Charts: which version is meant, and which values come of what was sent.

Source: https://github.com/yunionio/kubecomps (pkg/kubeserver/helm)
"""

import copy
import re
from typing import Final

import yaml
from pydantic import JsonValue

from bot.sandbox.clouds.cloudpods.config import ChartSeed, CloudpodsConfig
from bot.sandbox.clouds.cloudpods.wire import Pod, unclassified
from bot.sandbox.clouds.http.wire import JsonObject

_RANGE: Final = re.compile(r"(>=|<=|>|<|=|\^|~)?\s*v?(\d[\w.+-]*)")
_DIGITS: Final = re.compile(r"\d+|\D+")


def chart_of(config: CloudpodsConfig, repo: str, name: str) -> ChartSeed:
    """Return the chart *name* of the repository named *repo*.

    Raises:
        DeclinedError: there is none.
    """
    found = next((one for one in config.charts if (one.repo, one.name) == (repo, name)), None)
    if found is None:
        raise unclassified(why="get chart: no chart name found")
    return found


def version_of(chart: ChartSeed, wanted: str) -> str:
    """Return the version that *wanted* means: exact, the newest in a range, or of all.

    Raises:
        DeclinedError: there is none.
    """
    if wanted in chart.versions:
        return wanted
    fitting = [each for each in chart.versions if _fits(each, wanted)]
    if not fitting:
        raise unclassified(why=f"get chart: no chart version found for {chart.name}-{wanted}")
    return max(fitting, key=rank)


def stable(chart: ChartSeed) -> list[str]:
    """Return the versions that are no pre-releases, newest first."""
    kept = [each for each in chart.versions if "-" not in each]
    return sorted(kept, key=rank, reverse=True)


def rank(version: str) -> tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]:
    """Return what versions are ordered by: a pre-release comes before its release."""
    core, _, before = version.partition("+")[0].partition("-")
    numbers = tuple(int(part) if part.isdecimal() else 0 for part in core.split("."))
    parts = tuple(
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in _DIGITS.findall(before)
    )
    return numbers, not before, parts


def values_in(pod: Pod) -> JsonObject | None:
    """Return the values that were sent; None where there are none at all.

    Those in `values_json` replace whole top-level keys of the others.

    Raises:
        DeclinedError: `values` is no YAML of an object.
    """
    body = pod.body or {}
    values = _parsed(body.get("values"))
    sets, given = body.get("sets"), body.get("values_json")
    for path, value in (sets if isinstance(sets, dict) else {}).items():
        _set(values, path.split("."), value)
    if isinstance(given, dict):
        values = {**values, **copy.deepcopy(given)}
    return values or None


def _parsed(text: JsonValue) -> JsonObject:
    if not isinstance(text, str) or not text:
        return {}
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise unclassified(why=f"parse values: {error}") from None
    if not isinstance(found, dict):
        raise unclassified(why="parse values: cannot unmarshal into map[string]interface {}")
    return found


def _set(values: JsonObject, path: list[str], value: JsonValue) -> None:
    for part in path[:-1]:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            inner = values[part] = {}
        values = inner
    values[path[-1]] = value


def _fits(version: str, wanted: str) -> bool:
    """Whether *version* is in a range such as ">=8.11.0, <9"; an empty one takes everything."""
    rules = _RANGE.findall(wanted)
    if wanted and not rules:
        return False
    return all(_keeps(version, sign, bound) for sign, bound in rules)


def _keeps(version: str, sign: str, bound: str) -> bool:
    mine, theirs = rank(version), rank(bound)
    match sign:
        case ">=":
            return mine >= theirs
        case "<=":
            return mine <= theirs
        case ">":
            return mine > theirs
        case "<":
            return mine < theirs
        case "^":
            return mine >= theirs and mine[0][:1] == theirs[0][:1]
        case "~":
            return mine >= theirs and mine[0][:2] == theirs[0][:2]
        case _:
            return mine == theirs
