"""What the clouds held when the journal was written: every target of slipway.yaml, and no other."""

from typing import Final

from bot.sandbox.clouds import HuaweiConfig, sandbox_cloudpods, sandbox_config
from bot.sandbox.clouds.cloudpods.config import CloudpodsConfig
from bot.sandbox.clouds.huawei.config import ComponentSeed
from bot.sandbox.clouds.huawei.seeds.cce_clusters import CceClusterConfig, FindingSeed
from bot.sandbox.clouds.huawei.seeds.cce_clusters import ClusterSeed as Upgradable
from bot.sandbox.clouds.huawei.seeds.cce_releases import CceReleaseConfig
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import ServiceStageV2Config

V3: Final = (  # components of ServiceStage v3; `orphan` is in slipway.yaml alone
    *("catalog", "flaky", "orders", "prices", "offers", "stock", "taxes", "mail", "basket"),
    *("wishes", "gifts", "points", "returns", "sizes", "photos", "labels", "routes", "quotes"),
    *("audits", "vouchers", "parcels", "refunds", "letters", "answers"),
)
FAILING: Final = ("flaky", "refunds")  # at their next deployment
V2: Final = ("billing", "ledger", "invoices")
CLUSTERS: Final = ("edge", "north", "south", "east", "west")
RELEASES: Final = ("search", "logs", "metrics")
LAB: Final = ("etcd", "store", "queue")
DISK: Final = FindingSeed(name="DiskUsage", message="85 % of /var is in use")
SECONDS: Final = 100.0  # that a task of a cluster takes: longer than a precheck holds
HOLDS: Final = 60.0  # seconds that a precheck stays good


def huawei() -> HuaweiConfig:
    """Return the project: 24 components, three instances, five clusters, three releases."""
    config = sandbox_config(job_seconds=1.0)
    return config.model_copy(
        update={
            "components": _components(config.components),
            "servicestage_v2": _instances(config.servicestage_v2),
            "cce_clusters": _clusters(config.cce_clusters),
            "cce_releases": _releases(config.cce_releases),
            "cce_writes_a_minute": None,
        }
    )


def lab() -> CloudpodsConfig:
    """Return the installation with its three releases."""
    config = sandbox_cloudpods()
    (etcd,) = config.releases
    releases = [
        etcd.model_copy(update={"id": named("4b", number), "name": name})
        for number, name in enumerate(LAB, 1)
    ]
    return config.model_copy(update={"releases": tuple(releases)})


def named(prefix: str, number: int) -> str:
    """Return the id of the cloud's thing with this number."""
    return f"{prefix}000000-0000-4000-8000-{number:012}"


def component(name: str) -> str:
    """Return the id of a component of ServiceStage v3."""
    return named("3c", V3.index(name) + 1)


def instance(name: str) -> str:
    """Return the id of an instance of ServiceStage v2."""
    return named("2b", V2.index(name) + 1)


def cluster(name: str) -> str:
    """Return the id of a cluster."""
    return named("ce", CLUSTERS.index(name) + 1)


def _components(seeds: tuple[ComponentSeed, ...]) -> tuple[ComponentSeed, ...]:
    base = seeds[0]
    image = base.image.replace(base.name, "NAME")
    return tuple(
        base.model_copy(
            update={
                "id": component(name),
                "name": name,
                "image": image.replace("NAME", name),
                "fails_next": name in FAILING,
            }
        )
        for name in V3
    )


def _instances(config: ServiceStageV2Config) -> ServiceStageV2Config:
    (base,) = config.instances
    instances = [
        base.model_copy(
            update={
                "component_id": named("2a", number),
                "instance_id": named("2b", number),
                "name": name,
                "image": base.image.replace(base.name, name),
            }
        )
        for number, name in enumerate(V2, 1)
    ]
    return config.model_copy(update={"instances": tuple(instances)})


def _clusters(config: CceClusterConfig) -> CceClusterConfig:
    (base,) = config.clusters
    clusters: list[Upgradable] = [
        base.model_copy(update={"id": cluster(name), "name": name}) for name in CLUSTERS
    ]
    changed = {"clusters": tuple(clusters), "seconds": SECONDS, "holds": HOLDS}
    return config.model_copy(update=changed)


def _releases(config: CceReleaseConfig) -> CceReleaseConfig:
    base = next(each for each in config.releases if each.name == "search")
    releases = [base.model_copy(update={"name": name}) for name in RELEASES]
    return config.model_copy(update={"releases": tuple(releases)})
