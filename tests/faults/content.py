"""What there is in the schedules: slipway.yaml, people, and the clouds' content."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.catalogue import Catalogue, load
from bot.sandbox import content as sandbox
from bot.sandbox.clouds import CloudpodsConfig, HuaweiConfig, sandbox_cloudpods, sandbox_config
from bot.sandbox.clouds.cloudpods.content import TOKEN as LAB_TOKEN
from bot.sandbox.clouds.huawei.content import CHECKOUT_ID
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
    *(secret for name, secret in sandbox.SECRETS.items() if name != "CLOUD_SDK_AK"),
    LAB_TOKEN,
    SANDBOX.bot_token,
    SANDBOX.signing_secret,
    SANDBOX.app_token,
)
JOB_SECONDS: Final = 1.5
LAB_URL: Final = "https://lab.invalid"
_FILE: Final = sandbox.configuration("https://huawei.invalid", LAB_URL)


@cache
def catalogue(approvals: int) -> Catalogue:
    """Return slipway.yaml's content, where so many have to approve."""
    with TemporaryDirectory(prefix="slipway-faults-") as folder:
        path = Path(folder) / "slipway.yaml"
        path.write_text(_FILE.replace("    approvals: 1\n", f"    approvals: {approvals}\n"))
        return load(path, sandbox.SECRETS)


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
