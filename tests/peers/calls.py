"""Which method of the SDK makes which of our calls, and where the two differ, with the reasons."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.core.flow import Call
from tests.peers import bodies
from tests.peers.bodies import Body


class Counterpart(NamedTuple):
    """The SDK's way of making one of our calls; the names in braces are its own.

    The last three say by place why something differs: in the body, in how the SDK understands the
    answer, and what the SDK's model of the body wants beyond what we send.
    """

    verb: str
    path: str
    client: str
    method: str
    body: Body | None = None
    sends: Mapping[str, str] = {}
    misses: Mapping[str, str] = {}
    wants: Mapping[str, str] = {}


_UNKNOWN: Final = "its model of this answer has no such member"
_NONE: Final = "it makes an empty object of an empty list"
_NO_GRAYING: Final = "its list of this value lacks GRAYING"
_NO_FAULT: Final = "an empty text becomes an empty object, for want of such a value in its list"
_TEXT: Final = "it makes a text of the number of milliseconds"
_MADE: Final = {  # of a task
    "metadata.creationTimestamp": _UNKNOWN,
    "metadata.updateTimestamp": _UNKNOWN,
}
_DAY: Final = "it makes a day of the time"
_DAYS: Final = {"metadata.creationTimestamp": _DAY, "metadata.updateTimestamp": _DAY}
_WORDS: Final = "our simulator says why a task failed; the pages promise no words"

_V3: Final = "/v3/{project_id}/cas/applications/{application_id}/components"
_V2: Final = "/v2/{project_id}/cas/applications/{application_id}/components"
_INSTANCES: Final = f"{_V2}/{{component_id}}/instances"
_INSTANCE: Final = f"{_INSTANCES}/{{instance_id}}"

_JOBS: Final = (
    # The vendor's guide to v3 polls by v2's path, and so do we; v3's own is asked where it fails.
    Counterpart("GET", "/v2/{project_id}/cas/jobs/{job_id}", "servicestage-v2", "show_job_detail"),
    Counterpart(
        "GET",
        "/v3/{project_id}/cas/jobs/{job_id}",
        "servicestage-v3",
        "show_job_info",
        misses={"tasks[].task_index": _UNKNOWN},
    ),
)

SERVICESTAGE_V3: Final = (
    *_JOBS,
    Counterpart("GET", "/v3/{project_id}/cas/applications", "servicestage-v3", "show_applications"),
    Counterpart(
        "GET",
        "/v3/{project_id}/cas/components",
        "servicestage-v3",
        "show_components",
        misses={"components[].status.fail_detail": _NO_FAULT},
    ),
    Counterpart(
        "GET",
        _V3,
        "servicestage-v3",
        "show_components_in_application",
        misses={
            "components[].status.fail_detail": _NO_FAULT,
            "components[].status.component_status": _NO_GRAYING,
        },
    ),
    Counterpart(
        "POST", _V3, "servicestage-v3", "create_component", bodies.read_as("ComponentCreate")
    ),
    Counterpart(
        "GET",
        f"{_V3}/{{component_id}}",
        "servicestage-v3",
        "show_component_info",
        misses={
            "envs[].inner": _UNKNOWN,
            "id": _UNKNOWN,
            "status.component_status": _NO_GRAYING,
            "status.fail_detail": _NO_FAULT,
        },
    ),
    Counterpart(
        "PUT", f"{_V3}/{{component_id}}", "servicestage-v3", "modify_component", bodies.component
    ),
    Counterpart(
        "DELETE",
        f"{_V3}/{{component_id}}",
        "servicestage-v3",
        "delete_component",
        misses={"component_id": _UNKNOWN},
    ),
    Counterpart(
        "POST",
        f"{_V3}/{{component_id}}/action",
        "servicestage-v3",
        "update_component_action",
        bodies.action("ComponentAction"),
    ),
    Counterpart(
        "GET",
        f"{_V3}/{{component_id}}/records",
        "servicestage-v3",
        "show_component_records",
        misses={"records[].begin_time": _TEXT, "records[].end_time": _TEXT},
    ),
)

SERVICESTAGE_V2: Final = (
    *_JOBS,
    Counterpart("GET", "/v2/{project_id}/cas/applications", "servicestage-v2", "list_applications"),
    Counterpart(
        "GET",
        _V2,
        "servicestage-v2",
        "list_components",
        misses={"components[].pipeline_ids": _UNKNOWN},
    ),
    Counterpart(
        "POST", _V2, "servicestage-v2", "create_component", bodies.read_as("ComponentCreate")
    ),
    Counterpart("GET", f"{_V2}/{{component_id}}", "servicestage-v2", "show_component_detail"),
    Counterpart("GET", _INSTANCES, "servicestage-v2", "list_instances"),
    Counterpart(
        "POST", _INSTANCES, "servicestage-v2", "create_instance", bodies.read_as("InstanceCreate")
    ),
    Counterpart("GET", _INSTANCE, "servicestage-v2", "show_instance_detail"),
    Counterpart(
        "PUT",
        _INSTANCE,
        "servicestage-v2",
        "change_instance",
        bodies.instance,
        misses={"instance_id": _UNKNOWN},
    ),
    Counterpart("DELETE", _INSTANCE, "servicestage-v2", "delete_instance"),
    Counterpart(
        "DELETE",
        f"{_V2}/{{component_id}}",
        "servicestage-v2",
        "delete_component",
        misses={"all": "it makes an empty object of no content"},
    ),
    Counterpart("GET", f"{_INSTANCE}/snapshots", "servicestage-v2", "list_instance_snapshots"),
    Counterpart(
        "POST",
        f"{_INSTANCE}/action",
        "servicestage-v2",
        "update_instance_action",
        bodies.action("InstanceAction"),
    ),
)

_CLUSTER: Final = "/api/v3/projects/{project_id}/clusters/{cluster_id}"
_FLOWS: Final = f"{_CLUSTER}/operation/upgradeworkflows"
_FLOW: Final = f"{_FLOWS}/{{upgrade_workflow_id}}"
_PRECHECK: Final = f"{_CLUSTER}/operation/precheck"
_SNAPSHOT: Final = f"{_CLUSTER.replace('/v3/', '/v3.1/')}/operation/snapshot"
_UPGRADE: Final = f"{_CLUSTER}/operation/upgrade"

_NODES: Final = Counterpart("GET", f"{_CLUSTER}/nodes", "cce", "list_nodes")
_ALL_CLUSTERS: Final = Counterpart(
    "GET", "/api/v3/projects/{project_id}/clusters", "cce", "list_clusters"
)
_EVERY_CLUSTER: Final = (
    Counterpart("GET", _CLUSTER, "cce", "show_cluster"),
    Counterpart("GET", f"{_CLUSTER}/upgradeinfo", "cce", "show_cluster_upgrade_info"),
    Counterpart("GET", "/api/v3/clusterupgradepaths", "cce", "list_cluster_upgrade_paths"),
    Counterpart("POST", _FLOWS, "cce", "create_upgrade_work_flow", bodies.workflow, misses=_DAYS),
    Counterpart(
        "GET",
        _FLOWS,
        "cce",
        "list_upgrade_work_flows",
        misses={f"items[].{name}": _DAY for name in _DAYS},
    ),
    Counterpart("GET", _FLOW, "cce", "show_upgrade_work_flow", misses=_DAYS),
    Counterpart("PATCH", _FLOW, "cce", "upgrade_work_flow_update", bodies.cancel, misses=_DAYS),
    Counterpart("POST", _PRECHECK, "cce", "create_pre_check", bodies.precheck, misses=_MADE),
    Counterpart("GET", f"{_PRECHECK}/tasks", "cce", "list_pre_check_tasks"),
    Counterpart("GET", f"{_PRECHECK}/tasks/{{task_id}}", "cce", "show_pre_check"),
    Counterpart("POST", _SNAPSHOT, "cce", "create_cluster_master_snapshot"),
    Counterpart("GET", f"{_SNAPSHOT}/tasks", "cce", "list_cluster_master_snapshot_tasks"),
    Counterpart(
        "POST",
        _UPGRADE,
        "cce",
        "upgrade_cluster",
        bodies.upgrade,
    ),
    Counterpart("POST", f"{_UPGRADE}/retry", "cce", "retry_upgrade_cluster_task"),
    Counterpart(
        "GET",
        f"{_UPGRADE}/tasks",
        "cce",
        "list_upgrade_cluster_tasks",
        misses={"items[].status.message": _WORDS},
    ),
    Counterpart(
        "GET",
        f"{_UPGRADE}/tasks/{{task_id}}",
        "cce",
        "show_upgrade_cluster_task",
        misses={"status.message": _WORDS},
    ),
    Counterpart(
        "POST",
        f"{_CLUSTER}/operation/postcheck",
        "cce",
        "create_post_check",
        bodies.postcheck,
        misses=_MADE,
    ),
)

CCE_CLUSTER: Final = (*_EVERY_CLUSTER, _NODES)

_RELEASES: Final = "/cce/cam/v3/clusters/{cluster_id}/releases"
_RELEASE: Final = "/cce/cam/v3/clusters/{cluster_id}/namespace/{namespace}/releases/{name}"

CCE_RELEASE: Final = (
    Counterpart("POST", _RELEASES, "cce", "create_release", bodies.release),
    Counterpart("GET", _RELEASE, "cce", "show_release"),
    Counterpart("PUT", _RELEASE, "cce", "update_release", bodies.change),
    Counterpart("DELETE", _RELEASE, "cce", "delete_release"),
    Counterpart("GET", f"{_RELEASE}/history", "cce", "show_release_history"),
    Counterpart("GET", "/v2/charts", "cce", "list_charts"),
    Counterpart("GET", "/v2/charts/{chart_id}", "cce", "show_chart"),
    Counterpart("GET", "/v2/charts/{chart_id}/values", "cce", "show_chart_values"),
)


def _autopilot(each: Counterpart) -> Counterpart:
    """Return the same call for Autopilot: other roots, and the word in the method's name."""
    path = each.path
    for root in ("/api/v3", "/cce/cam", "/v2/charts"):
        if path.startswith(root):
            path = f"/autopilot{path.removeprefix('/api').removeprefix('/cce')}"
            break
    verb, _, rest = each.method.partition("_")
    return each._replace(path=path, method=f"{verb}_autopilot_{rest}")


CCE_CLUSTER_AUTOPILOT: Final = tuple(map(_autopilot, _EVERY_CLUSTER))  # it shows no nodes
CCE_RELEASE_AUTOPILOT: Final = tuple(map(_autopilot, CCE_RELEASE))
_CHARTS: Final = next(each for each in CCE_RELEASE if each.method == "list_charts")
_INSTALLED: Final = Counterpart("GET", _RELEASES, "cce", "list_releases")
_LISTED: Final = (
    *(_CHARTS, _INSTALLED),
    _autopilot(_CHARTS),
    _autopilot(_INSTALLED)._replace(misses={"all": _NONE}),
)
CCE_CLUSTER_LISTS: Final = (_ALL_CLUSTERS, _autopilot(_ALL_CLUSTERS))
CCE_RELEASE_LISTS: Final = (*CCE_CLUSTER_LISTS, *_LISTED)


def counterpart(call: Call) -> tuple[Counterpart, dict[str, str]]:
    """Return how the SDK makes *call*, and the names in its path.

    Raises:
        LookupError: the SDK is not known to make it.
    """
    for each in every():
        names = _match(each.path, call.path)
        if each.verb == call.method and names is not None:
            return each, names
    msg = f"no counterpart of {call.method} {call.path} is known: add it to the table"
    raise LookupError(msg)


def every() -> Iterator[Counterpart]:
    """All that are known."""
    yield from SERVICESTAGE_V3
    yield from SERVICESTAGE_V2
    yield from CCE_CLUSTER
    yield from CCE_CLUSTER_AUTOPILOT
    yield from CCE_RELEASE
    yield from CCE_RELEASE_AUTOPILOT
    yield from CCE_RELEASE_LISTS


def _match(template: str, path: str) -> dict[str, str] | None:
    mine, theirs = template.split("/"), path.split("/")
    if len(mine) != len(theirs):
        return None
    pairs = [(one, other) for one, other in zip(mine, theirs, strict=True) if one != other]
    if not all(one.startswith("{") for one, _ in pairs):
        return None
    return {one[1:-1]: other for one, other in pairs}
