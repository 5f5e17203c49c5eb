"""What a simulated project holds in clusters when it starts, and the choices that are open."""

from typing import Final, Literal, TypeAlias

from pydantic import Field

from bot.sandbox.clouds.http.wire import Record

Flavour: TypeAlias = Literal["standard", "autopilot"]

EDGE_ID: Final = "b4b9e60f-8aa2-11ee-af09-0255ac10004f"
STAGING_ID: Final = "5d0c7b42-8aa4-11ee-af09-0255ac10004f"


class NodeSeed(Record):
    """A node of a cluster."""

    uid: str
    name: str


class FindingSeed(Record):
    """What a precheck finds until it is mended; without *nodes* it is about the whole cluster."""

    name: str
    kind: str = "Risk"  # or Exception, which cannot be skipped
    level: str = "Warning"
    group: str = "NodeCheck"
    message: str = ""
    nodes: tuple[str, ...] = ()  # uids


class ClusterSeed(Record):
    """A cluster that is there from the start; *offers* are exact versions."""

    id: str
    name: str
    flavour: Flavour = "standard"
    version: str = "v1.29.8-r0"
    offers: tuple[str, ...] = ("v1.30.6-r0", "v1.31.4-r0", "v1.31.4-r2")
    nodes: tuple[NodeSeed, ...] = ()
    findings: tuple[FindingSeed, ...] = ()
    past: tuple[str, ...] = ()  # versions that it was upgraded from, oldest first


class CceClusterConfig(Record):
    """Clusters, and what public documents do not settle.

    * *seconds*: how long each task takes; *holds*: how long a precheck stays good;
    * *wants_workflow*: a precheck or upgrade without an open workflow is refused;
    * *critical*: the lines of a workflow bind: one that was not gone to its end forbids to cancel;
    * *failed_phase*: what a cluster is after a failed upgrade;
    * *go_times*: times are written as Go prints them, not in ISO 8601;
    * *expiry_in*: whether the workflow, the precheck, or neither tells until when it holds;
    * *texts_for_flags*: `critical` is a text, as the vendor's table says;
    * *retry_makes_task*: a failed upgrade that runs again is another task;
    * *is_restless*: a failed task is touched whenever somebody reads it.
    """

    clusters: tuple[ClusterSeed, ...] = ()
    seconds: float = Field(default=4.0, ge=0)
    holds: float = Field(default=3600.0, ge=0)
    wants_workflow: bool = True
    critical: bool = False
    failed_phase: str = "Upgrading"
    go_times: bool = False
    expiry_in: Literal["workflow", "precheck", "neither"] = "workflow"
    texts_for_flags: bool = False
    retry_makes_task: bool = False
    is_restless: bool = False


def edge_config(*, seconds: float = 4.0) -> CceClusterConfig:
    """Return the sandbox's cluster, which an upgrade brings to v1.30 or v1.31."""
    nodes = tuple(
        NodeSeed(uid=f"2c5e3d6e-8aa3-11ee-af09-0255ac10004{number}", name=f"edge-node-{number}")
        for number in (1, 2, 3)
    )
    cluster = ClusterSeed(id=EDGE_ID, name="edge", nodes=nodes, past=("v1.28.15-r4",))
    return CceClusterConfig(clusters=(cluster,), seconds=seconds)


def stage_clusters(*, seconds: float = 4.0) -> CceClusterConfig:
    """Return edge with one risk, which may be skipped, and staging without any."""
    plain = edge_config(seconds=seconds)
    [edge] = plain.clusters
    risk = FindingSeed(name="DiskUsage", message="/var is 85 % full", nodes=(edge.nodes[0].uid,))
    node = NodeSeed(uid="5d0c7b42-8aa5-11ee-af09-0255ac100041", name="staging-node-1")
    staging = ClusterSeed(id=STAGING_ID, name="staging", nodes=(node,))
    risky = edge.model_copy(update={"findings": (risk,)})
    return plain.model_copy(update={"clusters": (risky, staging)})
