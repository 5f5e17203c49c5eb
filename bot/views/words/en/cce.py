"""English for what CCE's clusters and releases say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.en.helm import or_unknown, with_words
from bot.views.words.template import Params, Words

_TRY_LATER: Final = "Try again when it has finished. {/ops status} shows it."
_ASK_AGAIN: Final = "Request the upgrade again."


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
    says = with_words("The deletion failed: the release is {status}", params)
    return says + ". Delete what is left of it by hand, then install it again"


_RETRY: Final[Mapping[str, str]] = {
    "precheck": "Run the precheck again",
    "snapshot": "Take the snapshot again",
    "upgrade": "Retry the upgrade",
    "postcheck": "Run the postcheck again",
}
_RETRY_DOES: Final[Mapping[str, str]] = {
    "precheck": "The precheck runs again. If it passes, the upgrade continues",
    "snapshot": "Another snapshot is taken. If it succeeds, the upgrade continues",
    "upgrade": "The failed upgrade task resumes where it stopped",
    "postcheck": "The cluster and its workloads are checked again. Nothing is changed",
}


def _retry(params: Params) -> str:
    return _RETRY.get(str(params["step"]), "Retry")


def _retry_does(params: Params) -> str:
    return _RETRY_DOES.get(str(params["step"]), "It runs again")


def _no_version(params: Params) -> str:
    if params["version"]:
        return "{version:name} is not a cluster version"
    return "No version is given"


def _not_offered(params: Params) -> str:
    if params["offered"]:
        return "CCE does not offer {version:name} to this cluster, which runs {running:name}"
    paths = ". Upgrade paths from there lead to {paths:list}" if params["paths"] else ""
    return "CCE offers this cluster, which runs {running:name}, no upgrade right now" + paths


def _not_offered_remedy(params: Params) -> str:
    if params["offered"]:
        return "Choose one of those offered: {offered:list}."
    return "Try again later. CCE decides when it offers an upgrade."


def _changing(params: Params) -> str:
    return with_words("The cluster is already being changed: it is {status}", params)


def _unavailable(params: Params) -> str:
    return with_words("The cluster is {status}, and only an Available one can be upgraded", params)


def _elsewhere(params: Params) -> str:
    there = "{version:name}" if params["version"] else "an unknown version"
    return "Workflow {workflow} leads to " + there + ", not to {wanted:name}"


def _course(params: Params) -> str:
    to = "to {version:name}, " if params["version"] else ""
    return to + or_unknown("status", params) + ": " + _points(params)


def _points(params: Params) -> str:
    return "{points:list}" if params["points"] else "no points yet"


def _expired(params: Params) -> str:
    said = "{words}: " if params["words"] else ""
    return said + "the precheck has expired. Request the upgrade again; it starts a new precheck"


def _step(params: Params) -> str:
    says = "{status}" + (", {progress}" if params["progress"] else "")
    says += _nodes(params)
    says += "; {points:list}" if params["points"] else ""
    return "As before the retry: " + says if params["is_old"] else says


def _nodes(params: Params) -> str:
    """Say which nodes are being upgraded; older versions did not record any."""
    if not params.get("nodes"):
        return ""
    if not params["upgrading"]:
        return ", {nodes:count:node}"
    more = " and {more} more" if params["more"] else ""
    return ", {upgrading:list}" + more + " of {nodes:count:node} upgrading"


def _at_once(params: Params) -> str:
    how_many = "" if params["nodes"] is None else "{nodes}, "
    by_pool = ", pool by pool" if params["by_pool"] else ""
    return how_many + "up to {batch} at a time" + by_pool


def _made(params: Params) -> str:
    return "From {before:name} to {after:name}; " + _points(params)


def _precheck_failed(params: Params) -> str:
    return with_words("The precheck ended with status {status}", params)


def _found(params: Params) -> str:
    counts = [name for name in ("exceptions", "risks") if params[name]]
    what = " and ".join("{" + name + ":count:" + name[:-1] + "}" for name in counts)
    more = "; and {more} more" if params["more"] else ""
    return "The precheck found " + (what or "nothing") + ": {findings:list}" + more


def _snapshot_failed(params: Params) -> str:
    return with_words("The snapshot failed", params)


def _upgrade_failed(params: Params) -> str:
    return with_words("The upgrade failed", params) + (
        "; {points:list}" if params["points"] else ""
    )


def _skip_does(params: Params) -> str:
    what = "{told:list}" if params.get("told") else "{risks:count:risk}"
    return (
        f"The precheck runs again and skips {what}. If it finds nothing else, the upgrade goes on"
    )


def _cancel_does(params: Params) -> str:
    left = ". The cluster stays as the failed upgrade left it" if params["is_begun"] else ""
    return "The workflow is closed without an upgrade" + left


def _step_is_ours(params: Params) -> str:
    match = "; {match:reason}" if params["match"] else ""
    return (
        "{step} {task} was made {made:moment}, our call was permitted {permitted:moment}"
        + match
        + "; there is no other new one"
    )


CCE: Final[Mapping[str, Words]] = {
    "unsupported_action.no_downgrade": Words(
        "CCE cannot downgrade a cluster", "See {/ops help} for what is possible."
    ),
    "unsupported_action.option": Words(
        "A cluster upgrade has no recovery option {name:name}.", "Request the upgrade again."
    ),
    "not_found.cluster": Words(
        "There is no {flavour} cluster {cluster}.",
        "Check `cluster_id` and `flavour` of the target in slipway.yaml.",
    ),
    "bad_version.cluster": Words(
        _no_version, "Name it as CCE does: v1.31, or v1.31.4-r0 for one patch."
    ),
    "no_change.lower": Words(
        "{version:name} is lower than {running:name}, which is running, and a cluster cannot be "
        "downgraded.",
        "Ask for a higher version.",
    ),
    "no_such_version.not_offered": Words(_not_offered, _not_offered_remedy),
    "in_progress.cluster": Words(_changing, _TRY_LATER),
    "not_available.cluster": Words(_unavailable, "Repair it in CCE's console, then ask again."),
    "in_progress.workflow": Words("Workflow {workflow} is running {course:reason}.", _TRY_LATER),
    "in_progress.other_workflow": Words(
        "Workflow {workflow} to {version:name} is open, and a cluster has only one at a time.",
        "Ask for {version:name} to continue it, or cancel it in CCE's console.",
    ),
    "in_progress.workflows": Words(
        "The cluster has several open workflows: {workflows:list}.",
        "Cancel all but one in CCE's console.",
    ),
    "in_progress.no_task": Words(
        "The upgrade of workflow {workflow} failed, but CCE shows no task to retry.",
        "Check CCE's console.",
    ),
    "in_progress.not_cancellable": Words(
        "Workflow {workflow} cannot be cancelled: {because:reason}.",
        "Continue it, or check CCE's console.",
    ),
    "workflow.point_busy": Words("{point} is {status}"),
    "workflow.phase": Words("its phase is {status}"),
    "workflow.critical": Words("a critical stage has not finished"),
    "changed_meanwhile.workflow_closed": Words(
        "The failed workflow is no longer open.", _ASK_AGAIN
    ),
    "no_change.no_workflow": Words(
        "No upgrade workflow is open.", "{/ops status} shows what CCE has open."
    ),
    "changed_meanwhile.workflow_ended": Words(
        "Workflow {workflow} has ended: {status}.", _ASK_AGAIN
    ),
    "changed_meanwhile.version": Words(_elsewhere, _ASK_AGAIN),
    "changed_meanwhile.precheck": Words(
        "The precheck of workflow {workflow} is no longer failed, or what it found has changed.",
        _ASK_AGAIN,
    ),
    "value.workflow": Words("workflow to {version:name}"),
    "value.cancelled": Words("cancelled"),
    "value.nothing_offered": Words("nothing right now"),
    "value.at_once": Words(_at_once),
    "value.priorities": Words("{told} (higher goes first)"),
    "value.by_path": Words("not offered now; an upgrade path leads there"),
    "value.course": Words(_course),
    "plan.precheck_expired": Words("the last precheck expired {at:moment}"),
    "refused.precheck_expired": Words(_expired),
    "task.step": Words(_step),
    "task.workflow": Words(_made),
    "task.cancelled": Words("The workflow is cancelled"),
    "task_failed.workflow_cancelled": Words("Workflow {workflow} was cancelled"),
    "task_failed.workflow_succeeded": Words("The workflow succeeded instead"),
    "task_failed.precheck": Words(_precheck_failed),
    "task_failed.findings": Words(_found),
    "task_failed.snapshot": Words(_snapshot_failed),
    "task_failed.upgrade": Words(_upgrade_failed),
    "task_failed.postcheck": Words(
        "The postcheck failed: the cluster has its new version, but it is not confirmed"
    ),
    "option.retry": Words(_retry),
    "option.retry_does": Words(_retry_does),
    "task.upgraded": Words(
        "The cluster runs {version:name}. Confirm that it and its workloads are well"
    ),
    "option.confirm": Words("Run the postcheck"),
    "option.confirm_does": Words(
        "CCE checks the cluster, which confirms that it and its workloads are well and closes "
        "the workflow"
    ),
    "value.asked_before": Words("somebody starts it"),
    "option.skip": Words("Skip {risks:count:risk}"),
    "option.skip_does": Words(_skip_does),
    "value.skipped_risks": Words("{risks:list}"),
    "option.cancel": Words("Cancel the workflow"),
    "option.cancel_does": Words(_cancel_does),
    "no_trace.step": Words("CCE lists no {step} from the time of our call"),
    "no_trace.untimed": Words("CCE does not say when this {step} was made: {tasks:list}"),
    "no_trace.still_so": Words("{task} is still {status}"),
    "no_trace.changed_then": Words("{task} changed, but not at the time of our call"),
    "no_trace.unreadable": Words("{task} cannot be read: {by:reason}"),
    "adopted.step": Words(_step_is_ours),
    "adopted.change": Words(
        "{task} is {status} since {changed:moment}; our call was permitted {permitted:moment}"
    ),
    "usage.version_or_value": Words(
        "Neither a version nor a value is given.", "Name the chart's version, or set key=value."
    ),
    "not_found.release_in": Words(
        _no_release,
        "Check the target in slipway.yaml and what its credentials may see, or create the release "
        "with {/ops create}.",
    ),
    "no_such_chart.cce": Words(_no_chart, _no_chart_remedy),
    "ambiguous.charts": Words(
        "Several charts are {chart:name} {version:name}: {ids:list}.",
        "Name the chart's id in slipway.yaml (`chart:`).",
    ),
    "value.unknown_release": Words("CCE advises to delete it by hand and to install it again"),
    "task_not_found.revision": Words("Revision {revision} is not among the release's revisions"),
    "task.deletion": Words(_deletion),
    "task_failed.deletion": Words(_deletion_failed),
}
