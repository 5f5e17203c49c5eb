"""What the sandbox's people find: slipway.yaml, the channels, the commands."""

from typing import Final

from bot.sandbox.clouds.cloudpods import content as lab
from bot.sandbox.clouds.huawei.content import (
    ACCESS_KEY,
    CHECKOUT_ID,
    DOMAIN,
    FLAKY_ID,
    PASSWORD,
    PROJECT_ID,
    REGION,
    SECRET_KEY,
    SHOP_ID,
    TOKEN,
    USERNAME,
)
from bot.sandbox.clouds.huawei.seeds.cce_clusters import EDGE_ID
from bot.sandbox.clouds.huawei.seeds.cce_releases import SEARCH_CHART_ID, SEARCH_CLUSTER_ID
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
)
from bot.sandbox.slack import SANDBOX, Command, WorkspaceConfig
from bot.views.manifest import slash_commands
from bot.views.words import DEFAULT

CHANNEL: Final = "C0DEPLOYS"
HOOK: Final = "ci"
HOOK_SECRET: Final = "whsec_c2xpcHdheSBzYW5kYm94IGhvb2sgc2VjcmV0"  # noqa: S105 - opens nothing else
SECRETS: Final = {
    "CLOUD_SDK_AK": ACCESS_KEY,
    "CLOUD_SDK_SK": SECRET_KEY,
    "CLOUD_TOKEN": TOKEN,
    "CLOUD_PASSWORD": PASSWORD,
    "LAB_PASSWORD": lab.PASSWORD,
    "HOOK_CI": HOOK_SECRET,
}

_CONFIGURATION: Final = """\
# The sandbox's configuration, written anew at every start.
connections:
  huawei:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: "{clouds}", cce: "{clouds}", iam: "{clouds}"}}
  huawei-token:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{token: "${{CLOUD_TOKEN}}"}}
    endpoints: {{servicestage: "{clouds}"}}
  huawei-user:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{username: {user}, password: "${{CLOUD_PASSWORD}}", domain: {domain}}}
    endpoints: {{servicestage: "{clouds}", cce: "{clouds}", iam: "{clouds}"}}
  lab:
    kind: cloudpods
    auth:
      identity_url: {lab}/v3
      username: {lab_user}
      password: "${{LAB_PASSWORD}}"
      project: {lab_project}
      domain: {lab_domain}
    endpoints: {{k8s: "{lab}/api"}}

targets:
  checkout:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {checkout}
    source_url: "swr.{region}.myhuaweicloud.com/shop/checkout:{{version}}"
    gray_release: {{deployment_mode: 3, remaining_batch: 2}}
    channel: {channel}
    policy: prod
    aliases: [co]
  flaky:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {flaky}
    source_url: "swr.{region}.myhuaweicloud.com/shop/flaky:{{version}}"
    channel: {channel}
    policy: prod
  billing:
    system: servicestage-v2
    connection: huawei-token
    application_id: {billing_application}
    component_id: {billing_component}
    instance_id: {billing_instance}
    artifacts: {{billing: "swr.{region}.myhuaweicloud.com/shop/billing:{{version}}"}}
    channel: {channel}
    policy: prod
  edge:
    system: cce-cluster
    connection: huawei-user
    cluster_id: {edge}
    flavour: standard
    snapshot: true
    channel: {channel}
    policy: prod
  search:
    system: cce-release
    connection: huawei
    cluster_id: {search_cluster}
    flavour: autopilot
    namespace: monitoring
    release: search
    chart: {search_chart}
    channel: {channel}
    policy: prod
  metrics:
    system: cce-release
    connection: huawei
    cluster_id: {edge}
    flavour: standard
    namespace: monitoring
    release: metrics
    chart: metrics
    channel: {channel}
    policy: prod
  etcd:
    system: cloudpods-release
    connection: lab
    cluster: {etcd_cluster}
    namespace: {etcd_namespace}
    release: {etcd_release}
    chart: {etcd_chart}
    channel: {channel}
    policy: prod

hooks:
  {hook}:
    kind: standard
    secrets: ["${{HOOK_CI}}"]
    targets: [checkout, flaky, billing, edge, search, metrics, etcd]
    map: {{shop/checkout: checkout}}

admins: [S0SRE]

policies:
  prod:
    request: [S0DEVS, S0SRE]
    approve: [S0SRE]
    approvals: 1
    approval_expires: 60m
    rollback: [S0DEVS, S0SRE]
    rollback_approvals: 0
    deadline: 30m
"""


def configuration(huawei: str, cloudpods: str) -> str:
    """Return slipway.yaml for clouds at the addresses *huawei* and *cloudpods*."""
    return _CONFIGURATION.format(
        region=REGION,
        project=PROJECT_ID,
        clouds=huawei,
        user=USERNAME,
        domain=DOMAIN,
        lab=cloudpods,
        lab_user=lab.USERNAME,
        lab_project=lab.PROJECT,
        lab_domain=lab.DOMAIN,
        shop=SHOP_ID,
        checkout=CHECKOUT_ID,
        flaky=FLAKY_ID,
        billing_application=BILLING_APPLICATION_ID,
        billing_component=BILLING_COMPONENT_ID,
        billing_instance=BILLING_INSTANCE_ID,
        edge=EDGE_ID,
        search_cluster=SEARCH_CLUSTER_ID,
        search_chart=SEARCH_CHART_ID,
        etcd_cluster=lab.CLUSTER,
        etcd_namespace=lab.NAMESPACE,
        etcd_release=lab.RELEASE,
        etcd_chart=f"{lab.REPO}/{lab.CHART}",
        channel=CHANNEL,
        hook=HOOK,
    )


def workspace_config() -> WorkspaceConfig:
    """Return the workspace with Slipway's own commands."""
    commands = tuple(
        Command(command=each.command, description=each.description, usage_hint=each.usage_hint)
        for each in slash_commands(DEFAULT)
    )
    return SANDBOX.model_copy(update={"commands": commands})
