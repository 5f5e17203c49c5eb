"""English for what Cloudpods' releases alone say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words


def _exists_remedy(params: Params) -> str:
    return "Delete it first with {/ops delete}." if params["has_failed"] else "Deploy to it."


def _no_release_remedy(params: Params) -> str:
    similar = "Similar names: {near:list}. " if params["near"] else ""
    return (
        similar + "Check the target in slipway.yaml and what its credentials may see, or create "
        "the release with {/ops create}."
    )


def _or_unknown(name: str, params: Params) -> str:
    return f"{{{name}}}" if params[name] else "in an unknown state"


def _newest(params: Params) -> str:
    return "{chart:name}, newest version" if params["chart"] else "newest version"


def _with_words(says: str, params: Params) -> str:
    return says + ": {words}" if params["words"] else says


def _revision_state(params: Params) -> str:
    return _with_words("revision {revision} is " + _or_unknown("status", params), params)


def _pending_since(params: Params) -> str:
    return "{status}" + (" since {since}" if params["since"] else "")


def _release_failed(params: Params) -> str:
    return _with_words("{status}", params)


def _deletion(params: Params) -> str:
    is_told = params["status"]
    return "the release is still there" + (", with status {status}" if is_told else "")


def _changed_meanwhile(params: Params) -> str:
    now = "is at revision {revision} now" if params["revision"] else "has no revision any more"
    return "The release " + now + ", no longer at {planned}. Nothing was sent."


CLOUDPODS: Final[Mapping[str, Words]] = {
    "no_change.release": Words(
        "{place} already exists; its status is {status:code}.", _exists_remedy
    ),
    "usage.version_unread": Words(
        "Cloudpods does not say which chart version is running.", "Name the chart version."
    ),
    "bad_values.empty": Words(
        "Cloudpods ignores empty values, so the current ones would stay.",
        "Declare at least one value in slipway.yaml, or leave `values:` out.",
    ),
    "ambiguous.releases": Words(
        "Several releases match {place}: {ids:list}.",
        "Name cluster and namespace by their ids in slipway.yaml.",
    ),
    "not_found.release": Words("There is no release {place}.", _no_release_remedy),
    "not_found.no_record": Words(
        "Helm has no record of the release; Cloudpods reports its status as {status:code}.",
        "{/ops status} shows it. Remove a failed installation with {/ops delete}.",
    ),
    "not_found.nothing_runs": Words(
        "Nothing is running that could be upgraded: revision {revision} is {status:code}.",
        "Delete the release, then create it.",
    ),
    "no_repository.release": Words(
        "Cloudpods found this release in the cluster and knows no chart repository for it, so it "
        "cannot upgrade it.",
        "Upgrade it with Helm, or create it again through Cloudpods.",
    ),
    "no_such_chart.other": Words(
        "The release was made from chart {chart:name}, and an upgrade keeps its chart; "
        "slipway.yaml says {declared:name}.",
        "Correct `chart:` of the target in slipway.yaml.",
    ),
    "no_such_chart.missing": Words(
        "Repository {repository:name} has no chart {chart:name}.", "Choose one of {near:list}."
    ),
    "value.newest_version": Words(_newest),
    "value.revision_state": Words(_revision_state),
    "value.pending_since": Words(_pending_since),
    "value.passed_over": Words("passed over, even if someone's change is still running"),
    "task.not_ours_yet": Words("New revisions {revisions:list}; none is ours so far"),
    "task.cluster_away": Words("Cloudpods cannot reach the cluster right now"),
    "task.update": Words("Updating; no revision newer than {newest} yet"),
    "task.cloudpods_deletion": Words(_deletion),
    "task.purged": Words(
        "Cloudpods no longer lists the release. What Helm deployed is untouched, and a sync of the "
        "cluster may list it again"
    ),
    "option.purge": Words("Remove record"),
    "option.purge_does": Words(
        "Removes the release from Cloudpods' list only. What Helm deployed stays in the cluster"
    ),
    "value.forgotten": Words("not listed; still in the cluster"),
    "task.name_taken": Words(
        "The old release is gone, but one with the same name exists under another id, {id}"
    ),
    "task_failed.release": Words(_release_failed),
    "task_failed.update_ignored": Words(
        "Cloudpods accepted the update, but did not upgrade the release"
    ),
    "no_trace.release": Words("Release {id} is new, but {by:reason}"),
    "adopted.release": Words(
        "{place} did not exist before our call; release {id} does now, made {made:moment}. Our "
        "call was permitted {permitted:moment}"
    ),
    "not_found.release_gone": Words(
        "There is no release {place} any more. Nothing was sent.", "{/ops status} shows the target."
    ),
    "changed_meanwhile.revision": Words(
        _changed_meanwhile, "Look at {/ops status}, then request it again."
    ),
    "unsupported_action.call": Words(
        "This Cloudpods does not know the call that {step} needs. Nothing was sent.",
        "Upgrade Cloudpods, or do it with Helm.",
    ),
    "unreadable.no_new_revision": Words("The answer names revision {revision}, which is not new"),
}
