"""What the sandbox's people find: slipway.yaml, the channels, the commands."""

from pathlib import Path
from typing import Final

from bot.sandbox.clouds.cloudpods import content as lab
from bot.sandbox.clouds.huawei.content import (
    ACCESS_KEY,
    CHECKOUT_DEV_ID,
    CHECKOUT_ID,
    DOMAIN,
    ENVIRONMENT_ID,
    FLAKY_ID,
    PASSWORD,
    PROJECT_ID,
    REGION,
    SECRET_KEY,
    SHOP_ID,
    TOKEN,
    USERNAME,
)
from bot.sandbox.clouds.huawei.seeds.cce_clusters import EDGE_ID, STAGING_ID
from bot.sandbox.clouds.huawei.seeds.cce_releases import SEARCH_CHART_ID, SEARCH_CLUSTER_ID
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
)
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import ENVIRONMENT_ID as ENVIRONMENT_V2_ID
from bot.sandbox.configuration import CONFIGURATION
from bot.sandbox.slack import SANDBOX, Channel, Command, Group, Person, WorkspaceConfig
from bot.views.manifest import slash_commands
from bot.views.words import DEFAULT

CHANNEL: Final = "C0DEPLOYS"
HOOK: Final = "ci"
HOOK_SECRET: Final = "whsec_c2xpcHdheSBzYW5kYm94IGhvb2sgc2VjcmV0"  # noqa: S105 - opens nothing else
AUDIT_CHANNEL: Final = "C0AUDIT"
INCIDENTS: Final = "C0INCIDENTS"
_ONE_GATE: Final = """\
    approve: [S0SRE]
    approvals: 1
"""
_BREAK_GLASS: Final = "    break_glass: [U0LEAD]\n"
_PROD_APPROVALS: Final = (
    "    approvals: 1\n    approval_expires: 60m\n    rollback: [S0DEVS, S0SRE]\n"
)
_TWO_GATES: Final = """\
    gates: [{name: ops, approve: [S0SRE]}, {name: security, approve: [S0SEC]}]
"""
_PEOPLE: Final = (
    Person(id="U0SAM", name="sam", real_name="Sam", title="security"),
    Person(id="U0BOBADMIN", name="bob-admin", real_name="Bob (admin)", title="also Bob"),
)
_SECURITY: Final = Group(id="S0SEC", handle="security", name="Security", users=("U0SAM",))
_AUDIT: Final = Channel(
    id=AUDIT_CHANNEL,
    name="audit",
    topic="Anchors of the audit, and what becomes of slipway.yaml",
    members=("U0BOB", "U0LEAD", "U0SAM", SANDBOX.bot_user_id),
)
SECRETS: Final = {
    "CLOUD_SDK_AK": ACCESS_KEY,
    "CLOUD_SDK_SK": SECRET_KEY,
    "CLOUD_TOKEN": TOKEN,
    "CLOUD_PASSWORD": PASSWORD,
    "LAB_PASSWORD": lab.PASSWORD,
    "HOOK_CI": HOOK_SECRET,
}


def configuration(huawei: str, cloudpods: str) -> str:
    """Return slipway.yaml for clouds at these addresses, with one gate at most and no anchors."""
    return _filled(huawei, cloudpods, audit="", gates=_ONE_GATE, break_glass="")


def stage_configuration(huawei: str, cloudpods: str, anchors: Path) -> str:
    """Return slipway.yaml as people play with it: two gates for clusters, and an anchored audit.

    *anchors* is a file; they want a key for signing. Of incidents their channel hears.
    """
    audit = f'audit: {{channel: {AUDIT_CHANNEL}, file: "{anchors}"}}\n'
    incidents = f"incidents: {{announce: {INCIDENTS}, invite: [S0SRE]}}\n"
    return _filled(
        huawei, cloudpods, audit=audit + incidents, gates=_TWO_GATES, break_glass=_BREAK_GLASS
    )


def stricter(text: str) -> str:
    """Return slipway.yaml as somebody might want it: two people approve what goes to prod.

    `slipway policy test` says what that would have done to what was changed so far.
    """
    return text.replace(_PROD_APPROVALS, _PROD_APPROVALS.replace("1", "2"), 1)


def _filled(huawei: str, cloudpods: str, *, audit: str, gates: str, break_glass: str) -> str:
    return CONFIGURATION.format(
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
        checkout_dev=CHECKOUT_DEV_ID,
        staging=STAGING_ID,
        environment=ENVIRONMENT_ID,
        environment_v2=ENVIRONMENT_V2_ID,
        channel=CHANNEL,
        hook=HOOK,
        audit=audit,
        cluster_gates=gates,
        break_glass=break_glass,
    )


def workspace_config() -> WorkspaceConfig:
    """Return the workspace with Slipway's own commands, people for two gates, and the audit."""
    commands = tuple(Command.model_validate(each.model_dump()) for each in slash_commands(DEFAULT))
    *people, app = SANDBOX.people
    everybody = tuple(each.id for each in (*people, *_PEOPLE, app))
    channels = (each.model_copy(update={"members": everybody}) for each in SANDBOX.channels)
    return SANDBOX.model_copy(
        update={
            "commands": commands,
            "people": (*people, *_PEOPLE, app),
            "groups": (*SANDBOX.groups, _SECURITY),
            "channels": (*channels, _AUDIT),
        }
    )
