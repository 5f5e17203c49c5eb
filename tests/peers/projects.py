"""The projects in which the stories are told, and the targets that they are about."""

from typing import Any, Final

from bot.core.records import Json
from bot.sandbox.clouds import HuaweiConfig, sandbox_config
from bot.sandbox.clouds.huawei.content import CHECKOUT_ID, FLAKY_ID, SHOP_ID
from bot.sandbox.clouds.huawei.seeds import cce_clusters as clusters
from bot.sandbox.clouds.huawei.seeds import cce_releases as releases
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
    ENVIRONMENT_ID,
)
from bot.systems.cce_cluster import Cluster
from bot.systems.cce_release import Release
from bot.systems.servicestage_v2 import Instance
from bot.systems.servicestage_v3 import Component
from tests.systems.conversing import JOB_SECONDS

_SWR: Final = "swr.cn-north-4.myhuaweicloud.com/shop"
_STANDARD_ID: Final = "a870253f-5dc7-11ee-bf71-0255ac100b04"
_SECRET: Final[dict[str, Json]] = {"db": {"password": "hunter2-Zq9", "user": "ann"}, "replicas": 2}
_PILOT_ID: Final = "b4b9e60f-8aa2-11ee-af09-0255ac100050"


def config() -> HuaweiConfig:
    """Return the sandbox's project, with a cluster and releases of either flavour."""
    base = sandbox_config(job_seconds=JOB_SECONDS)
    both = {"cce_clusters": _clusters(base), "cce_releases": _releases(base)}
    return base.model_copy(update={**both, "cce_writes_a_minute": None})


def other_config() -> HuaweiConfig:
    """Return the same where public documents leave a choice, and it is the other one.

    The precheck itself tells until when it holds, and releases show their secrets.
    """
    base = config()
    late = base.cce_clusters.model_copy(update={"expiry_in": "precheck"})
    open_ = base.cce_releases.model_copy(update={"masks": ()})
    return base.model_copy(update={"cce_clusters": late, "cce_releases": open_})


def _clusters(base: HuaweiConfig) -> clusters.CceClusterConfig:
    edge = base.cce_clusters.clusters[0]
    pilot = edge.model_copy(update={"id": _PILOT_ID, "name": "pilot", "flavour": "autopilot"})
    return base.cce_clusters.model_copy(update={"clusters": (edge, pilot)})


def _releases(base: HuaweiConfig) -> releases.CceReleaseConfig:
    known = base.cce_releases
    cluster = releases.ClusterSeed(id=_STANDARD_ID, name="standard", flavour="standard")
    search = known.releases[0]
    twin = search.model_copy(update={"cluster_id": _STANDARD_ID})
    secret = releases.RevisionSeed(chart_version="1.1.0", values=_SECRET)
    vault = search.model_copy(update={"name": "vault", "revisions": (secret,)})
    both = {"clusters": (*known.clusters, cluster), "releases": (*known.releases, twin, vault)}
    return known.model_copy(update=both)


def component(name: str, id_: str | None, **more: Any) -> Component:
    """Return a target of the sandbox."""
    ids = {"application_id": SHOP_ID, "component_id": id_}
    return Component.model_validate({**ids, "source_url": f"{_SWR}/{name}:{{version}}", **more})


CHECKOUT: Final = component("checkout", CHECKOUT_ID)
FLAKY: Final = component("flaky", FLAKY_ID)
GRAYING: Final = component(
    "checkout",
    CHECKOUT_ID,
    strategy="gray:20%",
    gray_release={"deployment_mode": 3, "first_batch_replica": 1, "remaining_batch": 2},
)
BASKET: Final = component(
    "basket",
    None,
    create_body={
        "name": "basket",
        "runtime_stack": {
            "name": "Docker", "type": "Docker", "version": "", "deploy_mode": "container",
        },
        "source": {"kind": "image", "storage": "swr"},
        "replica": 1,
        "refer_resources": [{"id": "c-1", "type": "cce", "parameters": {"namespace": "default"}}],
        "envs": [{"name": "LEVEL", "value": "warn"}],
        "limit_cpu": 0.25,
        "limit_memory": 0.5,
    },
)  # fmt: skip
BILLING: Final = Instance.model_validate(
    {
        "application_id": BILLING_APPLICATION_ID,
        "component_id": BILLING_COMPONENT_ID,
        "instance_id": BILLING_INSTANCE_ID,
        "artifacts": {"billing": f"{_SWR}/billing:{{version}}"},
    }
)
TAXES: Final = Instance.model_validate(
    {
        "application_id": BILLING_APPLICATION_ID,
        "artifacts": {"taxes": f"{_SWR}/taxes:{{version}}"},
        "create_body": {
            "component": {
                "name": "taxes",
                "runtime": "Docker",
                "category": "Common",
                "description": "taxes of the shop",
            },
            "instance": {
                "name": "taxes-1",
                "environment_id": ENVIRONMENT_ID,
                "flavor_id": "MICRO-5G:0.5C:1G",
                "replica": 1,
                "artifacts": {"taxes": {"storage": "swr", "type": "image", "auth": "iam"}},
                "configuration": {"env": [{"name": "LEVEL", "value": "warn"}]},
                "refer_resources": [
                    {"id": "c-1", "type": "cce", "parameters": {"namespace": "default"}}
                ],
            },
        },
    }
)
EDGE: Final = Cluster.model_validate({"cluster_id": clusters.EDGE_ID})
ORDERED: Final = Cluster.model_validate(
    {
        "cluster_id": clusters.EDGE_ID,
        "snapshot": False,
        "upgrade": {
            "batch": 2,
            "scope": "NodePool",
            "order": {
                "pools": {"DefaultPool": 2, "gpu": 1},
                "nodes": {
                    "DefaultPool": [
                        {
                            "nodeSelector": {"key": "zone", "operator": "in", "value": ["a"]},
                            "priority": 3,
                        }
                    ]
                },
            },
            "addons": [
                {
                    "addonTemplateName": "coredns",
                    "version": "1.30.1",
                    "values": {"basic": {"image_version": "1.30.1"}},
                }
            ],
        },
    }
)
PILOT: Final = Cluster.model_validate({"cluster_id": _PILOT_ID, "flavour": "autopilot"})


def release(flavour: str, **more: Any) -> Release:
    """Return the sandbox's release, or its twin in a standard cluster."""
    cluster = releases.SEARCH_CLUSTER_ID if flavour == "autopilot" else _STANDARD_ID
    place = {"cluster_id": cluster, "flavour": flavour, "namespace": "monitoring"}
    return Release.model_validate({**place, "release": "search", "chart": "search", **more})
