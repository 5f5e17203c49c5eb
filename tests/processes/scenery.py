"""What a house is furnished with: its environment, slipway.yaml, people and components."""

import os
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from bot.journal import migrate, open_engine
from bot.sandbox.clouds import ComponentSeed, sandbox_config
from bot.sandbox.clouds.huawei.config import HuaweiConfig
from bot.sandbox.clouds.huawei.content import PROJECT_ID, REGION, SHOP_ID
from bot.sandbox.content import CHANNEL, SECRETS, workspace_config
from bot.sandbox.ports import free_port
from bot.sandbox.slack import Person, Workspace, WorkspaceConfig

TARGETS: Final = 60
REVIEWERS: Final = tuple(f"U0REV{number:02}" for number in range(20))

_CONNECTION: Final = """\
connections:
  huawei:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: {clouds}}}
policies:
  prod:
    request: [S0DEVS]
    approve: [S0SRE]
    approvals: 1
    deadline: 30m
targets:
"""
_TARGET: Final = """\
  {name}:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {component}
    source_url: "swr.{region}.myhuaweicloud.com/shop/{name}:{{version}}"
    channel: {channel}
    policy: prod
"""


def component_of(target: str) -> str:
    """Return the id of the target's component."""
    return str(uuid5(NAMESPACE_OID, target))


def settings_of(
    folder: Path,
    workspace: Workspace,
    clouds: str,
    database: str | None = None,
    *,
    is_migrated: bool = True,
) -> dict[str, str]:
    """Write slipway.yaml and the database, and return the environment of every process."""
    (folder / "slipway.yaml").write_text(_configuration(clouds))
    database = database or f"sqlite:///{folder / 'slipway.db'}"
    if is_migrated:
        engine = open_engine(database)
        migrate(engine)
        engine.dispose()
    config = workspace.config
    door = (
        {"SLACK_APP_TOKEN": config.app_token}
        if config.socket_mode
        else {"SLACK_SIGNING_SECRET": config.signing_secret}
    )
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **inherited,
        **SECRETS,
        **door,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SLACK_BOT_TOKEN": config.bot_token,
        "SLACK_API_URL": workspace.api_url,
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": database,
        "SLIPWAY_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "SLIPWAY_LISTEN": f"127.0.0.1:{free_port()}",
        "SLIPWAY_LOG_FORMAT": "json",
    }


def _configuration(clouds: str) -> str:
    head = _CONNECTION.format(region=REGION, project=PROJECT_ID, clouds=clouds)
    rows = (
        _TARGET.format(
            name=name, component=component_of(name), shop=SHOP_ID, region=REGION, channel=CHANNEL
        )
        for name in _names()
    )
    return head + "".join(rows)


def components(job_seconds: float) -> HuaweiConfig:
    """Return the cloud's components, one for each target."""
    plain = sandbox_config(job_seconds=job_seconds)
    pattern = plain.components[0]
    seeds = tuple(
        ComponentSeed(
            id=component_of(name),
            application_id=SHOP_ID,
            name=name,
            version="1.3.0",
            image=f"swr.{REGION}.myhuaweicloud.com/shop/{name}:1.3.0",
            history=("1.2.0",),
            settings=pattern.settings,
        )
        for name in _names()
    )
    return plain.model_copy(update={"components": seeds})


def people(*, socket_mode: bool) -> WorkspaceConfig:
    """Return the sandbox's people, and twenty more who may approve."""
    plain = workspace_config()
    crowd = tuple(Person(id=each, name=each.lower(), real_name=each.title()) for each in REVIEWERS)
    groups = tuple(
        group.model_copy(update={"users": (*group.users, *REVIEWERS)})
        if group.id == "S0SRE"
        else group
        for group in plain.groups
    )
    channels = tuple(
        each.model_copy(update={"members": (*each.members, *REVIEWERS)}) for each in plain.channels
    )
    return plain.model_copy(
        update={
            "people": (*plain.people, *crowd),
            "groups": groups,
            "channels": channels,
            "socket_mode": socket_mode,
        }
    )


def _names() -> list[str]:
    return [f"t{number:02}" for number in range(TARGETS)]
