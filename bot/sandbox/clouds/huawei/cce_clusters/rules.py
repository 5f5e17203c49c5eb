"""What CCE declines about a cluster's upgrade, in its own form."""

from collections.abc import Sequence

from bot.sandbox.clouds.http.wire import RefusedError
from bot.sandbox.clouds.huawei.cce_clusters.state import (
    LINES,
    Cluster,
    Task,
    Workflow,
    numbers,
    resolved,
)
from bot.sandbox.clouds.huawei.cce_gateway import bad_request, refused_by_cce
from bot.sandbox.clouds.huawei.seeds.cce_clusters import CceClusterConfig


def missing(*, what: str) -> RefusedError:
    """Return the refusal of an id that nothing has."""
    return refused_by_cce(404, "CCE.01404001", f"Resource not found: the {what} does not exist")


def conflict(*, why: str) -> RefusedError:
    """Return the refusal of what the state forbids."""
    return refused_by_cce(409, "CCE.01409001", f"Conflict: {why}", in_full=True)


def busy(task: Task) -> RefusedError:
    """Return the refusal while a task runs."""
    text = f"Resource locked by other requests: {task.kind} task {task.uid}"
    return refused_by_cce(429, "CCE.01429002", text)


def check_offer(cluster: Cluster, wanted: str) -> str:
    """Return the exact version that *wanted* means.

    Raises:
        RefusedError: it is not offered, or the cluster cannot be upgraded now.
    """
    if cluster.phase != "Available":
        raise conflict(why=f"the cluster is {cluster.phase}")
    exact = resolved(wanted, cluster.offers)
    if exact is None or numbers(exact) <= numbers(cluster.version):
        raise bad_request(why=f"{cluster.version} cannot be upgraded to {wanted}")
    return exact


def check_versions(
    cluster: Cluster, workflow: Workflow, before: str | None, after: str | None
) -> None:
    """Check that a task is about the workflow's versions.

    Raises:
        RefusedError: it is about others.
    """
    if before is not None and before != cluster.version:
        raise bad_request(why=f"{before} is not the cluster's version, {cluster.version}")
    if after is not None and after != workflow.after:
        raise bad_request(why=f"{after} is not the workflow's target, {workflow.after}")


def check_skips(cluster: Cluster, skipped: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    """Check that only risks are skipped, on nodes that are there.

    Raises:
        RefusedError: an exception is, or a node is not of this cluster.
    """
    nodes = {node.uid for node in cluster.nodes}
    for name, uids in skipped:
        kinds = {each.kind for each in cluster.findings if each.name == name}
        if "Exception" in kinds:
            raise bad_request(why=f"the check item {name} cannot be skipped")
        if not nodes.issuperset(uids):
            raise bad_request(why=f"the check item {name} names a node that is not there")


def check_precheck(workflow: Workflow, at: float) -> None:
    """Check that a precheck has passed and still holds.

    Raises:
        RefusedError: it has not, or does not.
    """
    precheck = workflow.tasks.get("PreCheck")
    if precheck is None or precheck.status != "Success":
        raise bad_request(why="the cluster has not passed a precheck")
    if precheck.expires is not None and precheck.expires <= at:
        raise refused_by_cce(400, "CCE.01400075", "The pre-upgrade check result has expired")


def check_cancel(cluster: Cluster, workflow: Workflow, config: CceClusterConfig, at: float) -> None:
    """Check that a workflow may be cancelled.

    Raises:
        RefusedError: its phase, a task or a critical line forbids it.
    """
    phase = workflow.phase(at)
    if phase not in {"Init", "Pending"}:
        raise refused_by_cce(403, "CCE.01403003", f"a workflow that is {phase} cannot be cancelled")
    if cluster.running is not None:
        raise busy(cluster.running)
    ended = {kind for kind, task in workflow.tasks.items() if task.ended is not None}
    if config.critical and any(end not in ended for _, end in LINES):
        raise refused_by_cce(403, "CCE.01403004", "a critical line has not been executed")
