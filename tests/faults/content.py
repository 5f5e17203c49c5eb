"""What there is in the schedules: slipway.yaml, people, and the clouds' content."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.catalogue import Catalogue, load
from bot.sandbox.clouds import CloudpodsConfig, HuaweiConfig, sandbox_cloudpods, sandbox_config
from bot.sandbox.clouds import cloudpods_content as lab
from bot.sandbox.clouds.cce_cluster_seeds import EDGE_ID
from bot.sandbox.clouds.cce_release_seeds import SEARCH_CHART_ID, SEARCH_CLUSTER_ID
from bot.sandbox.clouds.content import (
    ACCESS_KEY,
    CHECKOUT_ID,
    PROJECT_ID,
    REGION,
    SECRET_KEY,
    SHOP_ID,
)
from bot.sandbox.clouds.servicestage_v2_seeds import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
)
from bot.sandbox.slack import SANDBOX, Group, WorkspaceConfig

ANN: Final = "U0ANN"  # asks, and may not approve
BOB: Final = "U0BOB"  # approves
LEA: Final = "U0LEAD"  # approves
EVE: Final = "U0EVE"  # may nothing
DEPLOYS: Final = "C0DEPLOYS"
CHECKOUT: Final = CHECKOUT_ID
SEARCH: Final = "search"
SEARCH_NAMESPACE: Final = "monitoring"
SECRETS: Final = (
    SECRET_KEY,
    lab.TOKEN,
    SANDBOX.bot_token,
    SANDBOX.signing_secret,
    SANDBOX.app_token,
)
JOB_SECONDS: Final = 1.5
_ENVIRONMENT: Final = {
    "CLOUD_SDK_AK": ACCESS_KEY,
    "CLOUD_SDK_SK": SECRET_KEY,
    "LAB_TOKEN": lab.TOKEN,
}
_FILE: Final = f"""\
connections:
  huawei:
    kind: huaweicloud
    region: {REGION}
    project_id: {PROJECT_ID}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: "https://servicestage.invalid", cce: "https://cce.invalid"}}
  lab:
    kind: cloudpods
    auth: {{token: "${{LAB_TOKEN}}"}}
    endpoints: {{k8s: "https://lab.invalid/api"}}
targets:
  checkout:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    component_id: {CHECKOUT_ID}
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/checkout:{{version}}"
    channel: {DEPLOYS}
    policy: prod
  billing:
    system: servicestage-v2
    connection: huawei
    application_id: {BILLING_APPLICATION_ID}
    component_id: {BILLING_COMPONENT_ID}
    instance_id: {BILLING_INSTANCE_ID}
    artifacts: {{billing: "swr.{REGION}.myhuaweicloud.com/shop/billing:{{version}}"}}
    channel: {DEPLOYS}
    policy: prod
  edge:
    system: cce-cluster
    connection: huawei
    cluster_id: {EDGE_ID}
    flavour: standard
    snapshot: true
    channel: {DEPLOYS}
    policy: prod
  search:
    system: cce-release
    connection: huawei
    cluster_id: {SEARCH_CLUSTER_ID}
    flavour: autopilot
    namespace: {SEARCH_NAMESPACE}
    release: {SEARCH}
    chart: {SEARCH_CHART_ID}
    channel: {DEPLOYS}
    policy: prod
  etcd:
    system: cloudpods-release
    connection: lab
    cluster: {lab.CLUSTER}
    namespace: {lab.NAMESPACE}
    release: {lab.RELEASE}
    chart: {lab.REPO}/{lab.CHART}
    channel: {DEPLOYS}
    policy: prod
policies:
  prod:
    request: [S0DEVS]
    approve: [S0SRE]
    approvals: APPROVALS
    rollback_approvals: 0
    deadline: 30m
"""


@cache
def catalogue(approvals: int) -> Catalogue:
    """Return slipway.yaml's content, where so many have to approve."""
    with TemporaryDirectory(prefix="slipway-faults-") as folder:
        path = Path(folder) / "slipway.yaml"
        path.write_text(_FILE.replace("APPROVALS", str(approvals)))
        return load(path, _ENVIRONMENT)


@cache
def cloud_config() -> HuaweiConfig:
    """Return the project at Huawei Cloud; its jobs take a moment."""
    return sandbox_config(job_seconds=JOB_SECONDS)


@cache
def lab_config() -> CloudpodsConfig:
    """Return the Cloudpods installation."""
    return sandbox_cloudpods()


@cache
def workspace_config() -> WorkspaceConfig:
    """Return the workspace: Ann develops, Bob and Lea care for reliability, Eve does neither."""
    everybody = tuple(each.id for each in SANDBOX.people)
    groups = (
        Group(id="S0DEVS", handle="devs", name="Developers", users=(ANN,)),
        Group(id="S0SRE", handle="sre", name="Reliability", users=(BOB, LEA)),
    )
    channels = tuple(each.model_copy(update={"members": everybody}) for each in SANDBOX.channels)
    return SANDBOX.model_copy(update={"groups": groups, "channels": channels})
