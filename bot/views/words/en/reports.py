"""English: the report, and what runs where. What stands in charts and tables is plain text."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _head(params: Params) -> str:
    of = {"all": "all targets", "policy": "policy {name:name}", "target": "{name:name}"}
    return f"*The last {{days:count:day}}* of {of[str(params['scope'])]}"


_SPREAD: Final = "half within {half:duration}, nine in ten within {most:duration}"
_PART: Final = (
    "{count:count:deployment}, {share:text} failed or rolled back"
    "[[, half run within {running:duration}]][[, half are restored within {restore:duration}]]"
)

REPORTS: Final[Mapping[str, Template]] = {
    "report.head": _head,
    "report.nothing": "Nothing was deployed.",
    "report.deployments": "*{count:count:deployment}*, {per_day:text} a day",
    "report.bad": (
        "*{share:text}* failed or were rolled back ({failed} failed, {rolled_back} rolled back)"
    ),
    "report.lead": f"From the request to the end: {_SPREAD}",
    "report.approval": f"Waiting for approval: {_SPREAD}",
    "report.running": f"Running: {_SPREAD}",
    "report.restore": f"From trouble to running well again: {_SPREAD}",
    "report.error": (
        "Estimates: half were off by {error:text} or less; {within:text} finished within the time "
        "that nine in ten should take"
    ),
    "report.ranks": (
        "Suspects of {incidents:count:incident}: the change that was rolled back ranked first in "
        "{hit:text}, in the top three in {top:text}; its average rank was {mean:text}"
    ),
    "report.policy": f"Policy *{{name:name}}*: {_PART}",
    "report.target": f"*{{name:name}}*: {_PART}",
    "report.more": "… {more} more",
    "report.cut": "Only the newest changes were counted: there were too many.",
    "report.follows": "Charts follow in a moment.",
    "report.as_of": "As of {at:moment}",
    "report.chart_deployments": "Deployments (days in UTC)",
    "report.chart_times": "Minutes",
    "report.series_well": "went well",
    "report.series_bad": "failed or undone",
    "report.series_half": "half within",
    "report.series_most": "nine in ten within",
    "report.label_lead": "request to end",
    "report.label_approval": "approval",
    "report.label_running": "running",
    "report.label_restore": "to restore",
    "report.column_target": "Target",
    "report.column_deployments": "Deployments",
    "report.column_bad": "Failed or undone",
    "report.column_running": "Running",
    "report.column_restore": "To restore",
    "report.length": "{length:duration}",
    "runs.head": "*What runs where* ({count})",
    "runs.line": (
        "*{target:name}*[[: {version:text:60}]][[ since {since:moment}]][[, by {by:text:60}]]"
        "[[ · {live:text:120}]][[ · {doing}]]"
    ),
    "runs.held": "{targets:list}: {why}",
    "runs.more": "… {more} more: {/ops targets} lists them all.",
    "runs.as_of": "As of {at:clock}",
    "runs.read": "As of {at:clock}, as the clouds say",
    "runs.health": "{status:reason:60}[[ · {replicas:reason:40}]]",
    "runs.awaits": "waiting for its cloud",
    "runs.waiting": "{count} waiting",
    "runs.column_target": "Target",
    "runs.column_version": "Version",
    "runs.column_since": "Since",
    "runs.column_by": "By",
    "runs.column_health": "Health",
    "runs.column_doing": "Going on",
}
