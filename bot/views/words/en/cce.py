"""English for what CCE's clusters and releases say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.en.helm import or_unknown, with_words
from bot.views.words.template import Params, Words


def _no_release(params: Params) -> str:
    return with_words("Cluster {cluster} has no release {place}", params)


def _no_chart(params: Params) -> str:
    needed = ", which {needed_for} needs" if params["needed_for"] else ""
    return "There is no chart {chart:name}" + needed


def _no_chart_remedy(params: Params) -> str:
    if params["near"]:
        return "Choose one of {near:list}."
    return "Check `chart:` in slipway.yaml, or upload the chart."


def _deletion(params: Params) -> str:
    return "The release still exists and is " + or_unknown("status", params)


def _deletion_failed(params: Params) -> str:
    return with_words("The deletion ended with status {status}", params)


CCE: Final[Mapping[str, Words]] = {
    "unsupported_action.no_downgrade": Words(
        "CCE cannot downgrade a cluster", "See {/ops help} for what is possible."
    ),
    "usage.version_or_value": Words(
        "Neither a version nor a value is given.", "Name the chart's version, or set key=value."
    ),
    "not_found.release_in": Words(
        _no_release, "Check the target in slipway.yaml and what its credentials may see."
    ),
    "no_such_chart.cce": Words(_no_chart, _no_chart_remedy),
    "ambiguous.charts": Words(
        "Several charts are {chart:name} {version:name}: {ids:list}.",
        "Name the chart's id in slipway.yaml (`chart:`).",
    ),
    "task_not_found.revision": Words("Revision {revision} is not among the release's revisions"),
    "task.deletion": Words(_deletion),
    "task_failed.deletion": Words(_deletion_failed),
}
