"""Both clouds of a schedule, and what they know by themselves."""

from dataclasses import dataclass

from bot.sandbox.clouds import CloudpodsCloud, HuaweiCloud
from bot.sandbox.clouds.cloudpods import content as lab
from bot.sandbox.clouds.http.ledger import Asked, Executed, Refused
from bot.sandbox.clouds.huawei.seeds.cce_clusters import EDGE_ID
from bot.sandbox.clouds.huawei.seeds.cce_releases import SEARCH_CLUSTER_ID
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import BILLING_INSTANCE_ID
from tests.faults.content import CHECKOUT, LAB_URL, SEARCH, SEARCH_NAMESPACE


@dataclass(frozen=True)
class Clouds:
    """Huawei Cloud, and a Cloudpods installation beside it."""

    huawei: HuaweiCloud
    pods: CloudpodsCloud

    def behind(self, url: str) -> HuaweiCloud | CloudpodsCloud:
        """Return the cloud at an address."""
        return self.pods if url.startswith(LAB_URL) else self.huawei

    @property
    def executed(self) -> tuple[Executed, ...]:
        """The mutations that took effect."""
        return (*self.huawei.executed, *self.pods.executed)

    @property
    def requests(self) -> tuple[Asked, ...]:
        """Everything that was asked."""
        return (*self.huawei.requests, *self.pods.requests)

    @property
    def strictness(self) -> tuple[Refused, ...]:
        """What was declined; answers made by a fault are not among it."""
        return (*self.huawei.strictness, *self.pods.strictness)

    def version(self, target: str) -> str:
        """Return what truly runs there."""
        match target:
            case "checkout":
                return str(self.huawei.component(CHECKOUT)["version"])
            case "billing":
                return str(self.huawei.instances.view(BILLING_INSTANCE_ID)["version"])
            case "edge":
                return self.huawei.clusters.version(EDGE_ID)
            case "search":
                view = self.huawei.releases.view(SEARCH_CLUSTER_ID, SEARCH_NAMESPACE, SEARCH)
                return str(view["chart_version"])
            case "etcd":
                return self.pods.chart_version(lab.RELEASE)
            case _:
                raise LookupError(target)
