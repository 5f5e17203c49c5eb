"""What the sandbox's people find: slipway.yaml, the channels, the commands."""

from typing import Final

from bot.core.commands import SLASH
from bot.sandbox.clouds.content import (
    ACCESS_KEY,
    CHECKOUT_ID,
    FLAKY_ID,
    PROJECT_ID,
    REGION,
    SECRET_KEY,
    SHOP_ID,
)
from bot.sandbox.slack import SANDBOX, Command, WorkspaceConfig

CHANNEL: Final = "C0DEPLOYS"
SECRETS: Final = {"CLOUD_SDK_AK": ACCESS_KEY, "CLOUD_SDK_SK": SECRET_KEY}

_CONFIGURATION: Final = """\
# The sandbox's configuration, written anew at every start.
connections:
  huawei:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints:
      servicestage: {clouds}

targets:
  checkout:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {checkout}
    source_url: "swr.{region}.myhuaweicloud.com/shop/checkout:{{version}}"
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


def configuration(clouds: str) -> str:
    """Return slipway.yaml for clouds at the address *clouds*."""
    return _CONFIGURATION.format(
        region=REGION,
        project=PROJECT_ID,
        clouds=clouds,
        shop=SHOP_ID,
        checkout=CHECKOUT_ID,
        flaky=FLAKY_ID,
        channel=CHANNEL,
    )


def workspace_config() -> WorkspaceConfig:
    """Return the workspace with Slipway's own commands."""
    commands = tuple(
        Command(command=f"/{each.name}", description=each.description, usage_hint=each.usage_hint)
        for each in SLASH
    )
    return SANDBOX.model_copy(update={"commands": commands})
