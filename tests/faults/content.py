"""What there is in the schedules: slipway.yaml, people, and the cloud's content."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.catalogue import Catalogue, load
from bot.sandbox.clouds import HuaweiConfig, sandbox_config
from bot.sandbox.clouds.content import (
    ACCESS_KEY,
    CHECKOUT_ID,
    PROJECT_ID,
    REGION,
    SECRET_KEY,
    SHOP_ID,
)
from bot.sandbox.slack import SANDBOX, Group, WorkspaceConfig

ANN: Final = "U0ANN"  # asks, and may not approve
BOB: Final = "U0BOB"  # approves
LEA: Final = "U0LEAD"  # approves
EVE: Final = "U0EVE"  # may nothing
DEPLOYS: Final = "C0DEPLOYS"
CHECKOUT: Final = CHECKOUT_ID
SECRETS: Final = (
    SECRET_KEY,
    SANDBOX.bot_token,
    SANDBOX.signing_secret,
    SANDBOX.app_token,
)
JOB_SECONDS: Final = 1.5
_ENVIRONMENT: Final = {"CLOUD_SDK_AK": ACCESS_KEY, "CLOUD_SDK_SK": SECRET_KEY}
_FILE: Final = f"""\
connections:
  huawei:
    kind: huaweicloud
    region: {REGION}
    project_id: {PROJECT_ID}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: "https://servicestage.invalid"}}
targets:
  checkout:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    component_id: {CHECKOUT_ID}
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/checkout:{{version}}"
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
    """Return the project; its jobs take a moment."""
    return sandbox_config(job_seconds=JOB_SECONDS)


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
