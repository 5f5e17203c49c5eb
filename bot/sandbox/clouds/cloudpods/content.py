"""What the sandbox's Cloudpods holds: etcd as one release of one cluster, in three versions."""

from typing import Final

from bot.sandbox.clouds.cloudpods.chart_values import ETCD_VALUES
from bot.sandbox.clouds.cloudpods.config import (
    ChartSeed,
    CloudpodsConfig,
    ClusterSeed,
    NamespaceSeed,
    ReleaseSeed,
    RepoSeed,
    RevisionSeed,
    UserSeed,
)
from bot.sandbox.clouds.http.wire import ReadyToken

CLUSTER: Final = "test122"
CLUSTER_ID: Final = "2c136bb7-aab8-42f6-89d4-ed921278456c"
OTHER_CLUSTER: Final = "test123"
NAMESPACE: Final = "default"
NAMESPACE_ID: Final = "18f51c33-5ff4-41f6-8396-2bcb3174ffa5"
REPO: Final = "bitnami-new"
REPO_ID: Final = "22e3d2e4-9230-4380-8a6f-a378fe730625"
CHART: Final = "etcd"
RELEASE: Final = "etcd-release"
RELEASE_ID: Final = "d44c4dc7-618a-4070-833a-6d6464e8ad83"
VERSIONS: Final = ("8.11.1", "8.11.2", "8.12.0")
USERNAME: Final = "slipway"
PASSWORD: Final = "sandbox-password-not-real"  # noqa: S105 - opens nothing but the sandbox
PROJECT: Final = "system"
DOMAIN: Final = "Default"
TOKEN: Final = "sandbox-cloudpods-token-not-real"  # noqa: S105 - as above


def sandbox_cloudpods(*, hook_seconds: float = 0.0, waits: bool = False) -> CloudpodsConfig:
    """Return the sandbox's installation; its upgrades take *hook_seconds*, really if it *waits*."""
    return CloudpodsConfig(
        users=(UserSeed(name=USERNAME, password=PASSWORD, domain=DOMAIN, projects=(PROJECT,)),),
        tokens=(ReadyToken(token=TOKEN),),
        repos=(RepoSeed(id=REPO_ID, name=REPO),),
        charts=(ChartSeed(repo=REPO, name=CHART, versions=VERSIONS, values=ETCD_VALUES),),
        clusters=(
            ClusterSeed(id=CLUSTER_ID, name=CLUSTER, namespaces=(_namespace(NAMESPACE_ID),)),
            ClusterSeed(
                id="6f0b1f0e-3a55-4f0c-8a43-1d6a0f4f5c77",
                name=OTHER_CLUSTER,
                namespaces=(_namespace("9a0d7c52-7f0a-4c58-9a4f-0f4e1d9a2b31"),),
            ),
        ),
        releases=(
            ReleaseSeed(
                id=RELEASE_ID,
                name=RELEASE,
                cluster=CLUSTER,
                namespace=NAMESPACE,
                repo=REPO,
                chart=CHART,
                revisions=(RevisionSeed(version=VERSIONS[0]),),
            ),
        ),
        hook_seconds=hook_seconds,
        waits=waits,
    )


def _namespace(id_: str) -> NamespaceSeed:
    return NamespaceSeed(id=id_, name=NAMESPACE)
