"""What there is in the conversations: people, slipway.yaml, and the cloud's content."""

from collections.abc import Sequence
from typing import Final

from bot.sandbox.clouds import HuaweiConfig, sandbox_config
from bot.sandbox.clouds.huawei.content import (
    CHECKOUT_ID,
    FLAKY_ID,
    PROJECT_ID,
    REGION,
    SHOP_ID,
)
from bot.sandbox.content import SECRETS
from bot.sandbox.slack import SANDBOX, Channel, Command, Group, Person, WorkspaceConfig
from bot.views.manifest import slash_commands
from bot.views.words import DEFAULT

ANN: Final = "U0ANN"  # asks: in the group of developers
BOB: Final = "U0BOB"  # approves: in the group of reliability
LEA: Final = "U0LEAD"  # approves, and may ask
EVE: Final = "U0EVE"  # in no group
GUS: Final = "U0GUS"  # a guest, though somebody put him into the developers' group
SUE: Final = "U0SUE"  # of another workspace, though in the developers' group
CROWD: Final = tuple(f"U0SRE{number:02}" for number in range(1, 21))  # approve, all of them

DEPLOYS: Final = "C0DEPLOYS"
GENERAL: Final = "C0GENERAL"
DEVELOPERS: Final = "S0DEVS"
RELIABILITY: Final = "S0SRE"

CHECKOUT: Final = CHECKOUT_ID
FLAKY: Final = FLAKY_ID

ENVIRONMENT: Final = SECRETS

_CONFIGURATION: Final = f"""\
connections:
  huawei:
    kind: huaweicloud
    region: {REGION}
    project_id: {PROJECT_ID}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: "CLOUDS"}}

targets:
  checkout:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    component_id: {CHECKOUT_ID}
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/checkout:{{version}}"
    channel: {DEPLOYS}
    policy: prod
    aliases: [co]
  flaky:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    component_id: {FLAKY_ID}
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/flaky:{{version}}"
    channel: {DEPLOYS}
    policy: prod
  newcomer:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/newcomer:{{version}}"
    channel: {DEPLOYS}
    policy: dev
    create:
      name: newcomer
      version: 0.1.0
      environment_id: 3f1e6b0a-1f0c-4f0e-9d8e-0d3f1c2b4a55
      replica: 1
      runtime_stack: {{name: Docker, type: Docker, version: "", deploy_mode: container}}
      source: {{kind: image, storage: swr, url: ""}}
      refer_resources: [{{id: 9c1b8c9e-3b53-4d1c-8a53-6c7c0a7f1b20, type: cce}}]
  orphan:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    component_id: 00000000-0000-4000-8000-000000000000
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/orphan:{{version}}"
    policy: dev
  lonely:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    component_id: 11111111-0000-4000-8000-000000000000
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/flaky:{{version}}"

policies:
  prod:
    request: [{DEVELOPERS}, {RELIABILITY}]
    approve: [{RELIABILITY}]
    approvals: 1
    approval_expires: 60m
    rollback: [{DEVELOPERS}, {RELIABILITY}]
    rollback_approvals: 0
    deadline: 30m
  dev:
    request: [{DEVELOPERS}, {RELIABILITY}]
    approve: [{RELIABILITY}]
    approvals: 0
    deadline: 30m
"""


def configuration(clouds: str, _lab: str) -> str:
    """Return slipway.yaml for a Huawei Cloud at the address *clouds*, and no other."""
    return _CONFIGURATION.replace("CLOUDS", clouds)


def cloud_config() -> HuaweiConfig:
    """Return the project: checkout works, flaky fails once; jobs take four seconds."""
    return sandbox_config(job_seconds=4.0)


def workspace_config(rooms: Sequence[Channel] = ()) -> WorkspaceConfig:
    """Return the workspace with everybody in all channels, of which *rooms* are more."""
    guests = (
        Person(id=GUS, name="gus", real_name="Gus", is_restricted=True),
        Person(id=SUE, name="sue", real_name="Sue", is_stranger=True, team_id="T0OTHER"),
        *(Person(id=each, name=each.lower(), real_name=each) for each in CROWD),
    )
    people = (*SANDBOX.people, *guests)
    everybody = tuple(each.id for each in people)
    return SANDBOX.model_copy(
        update={
            "answer_limit": 20.0,  # seconds: a busy machine is no fault of the product
            "people": people,
            "groups": (
                Group(id=DEVELOPERS, handle="devs", name="Developers", users=(ANN, GUS, SUE)),
                Group(id=RELIABILITY, handle="sre", name="Reliability", users=(BOB, LEA, *CROWD)),
            ),
            "channels": tuple(
                each.model_copy(update={"members": everybody})
                for each in (*SANDBOX.channels, *rooms)
            ),
            "commands": tuple(
                Command.model_validate(each.model_dump()) for each in slash_commands(DEFAULT)
            ),
        }
    )
