"""Texts of slipway.yaml, right ones and the parts to make wrong ones of."""

from typing import Any, Final

from bot.catalogue import Catalogue
from bot.catalogue.build import build
from bot.catalogue.document import read_document
from bot.core.errors import ConfigurationError
from bot.core.vendor import Vendor
from bot.systems import SYSTEMS, VENDORS

KINDS: Final[dict[str, Vendor[Any]]] = {each.kind: each for each in VENDORS}

ENVIRONMENT: Final = {
    "CLOUD_SDK_AK": "HPUA0123456789ABCDEF",
    "CLOUD_SDK_SK": "s3cret:with#and}",
    "TOKEN": "MIIFtoken",
    "LAB_PASSWORD": "p@ss word",
}
CONTRACT: Final = """\
connections:
  huawei:
    kind: huaweicloud
    region: cn-north-4
    project_id: 063a3158b1a34710b36ad208b9497d00
    auth: {access_key: "${CLOUD_SDK_AK}", secret_key: "${CLOUD_SDK_SK}"}   # signs every request
    endpoints:                                   # optional; derived from the region otherwise
      servicestage: https://servicestage.cn-north-4.myhuaweicloud.com
      cce: https://cce.cn-north-4.myhuaweicloud.com
      iam: https://iam.cn-north-4.myhuaweicloud.com
  huawei-token:
    kind: huaweicloud
    region: cn-north-4
    project_id: 063a3158b1a34710b36ad208b9497d00
    auth: {token: "${TOKEN}"}
  huawei-user:
    kind: huaweicloud
    region: cn-north-4
    project_id: 063a3158b1a34710b36ad208b9497d00
    auth: {username: ops, password: "${LAB_PASSWORD}", domain: shop}
  lab:
    kind: cloudpods
    auth: {identity_url: https://lab.example:30500/v3, username: ops, password: "${LAB_PASSWORD}",
           project: system, domain: Default}
    endpoints: {k8s: https://lab.example:30442/api}

targets:
  checkout:
    system: servicestage-v3
    connection: huawei
    application_id: 2c458700-c8e0-4651-a73b-5219b70a6572
    component_id: f3f6cb89-831d-4579-8bbc-664487889e38
    source_url: "swr.cn-north-4.myhuaweicloud.com/shop/checkout:{version}"
    channel: C0DEPLOYS                           # where its cards go
    policy: prod
    aliases: [co]

policies:
  prod:
    request: [S0DEVS, U0ANN]
    approve: [S0SRE]
    approvals: 1
    self_approval: false
    approval_expires: 60m
    rollback: [S0DEVS, S0SRE]
    rollback_approvals: 0
    reason: required
    freezes: [{days: sat-sun, zone: Asia/Shanghai},
              {from: 2026-12-24, until: 2027-01-02, reason: year's end}]
    break_glass: [U0LEAD]
    deadline: 2h
    on_failure: ask
"""
CONNECTION: Final = """\
  h: {kind: huaweicloud, region: cn-north-4, project_id: p, auth: {token: "${TOKEN}"}}
"""
TARGET: Final = """\
  checkout:
    system: servicestage-v3
    connection: h
    application_id: 2c458700-c8e0-4651-a73b-5219b70a6572
    component_id: f3f6cb89-831d-4579-8bbc-664487889e38
    source_url: "swr.example.com/shop/checkout:{version}"
    policy: prod
"""
POLICY: Final = """\
  prod:
    request: [S0DEVS]
    approve: [S0SRE]
"""


def a_file(target: str = "", policy: str = "", connection: str = "") -> str:
    """Return a small right file with lines added below its target, policy or connections."""
    connections = f"connections:\n{CONNECTION}{connection}"
    targets = f"targets:\n{TARGET}{target}"
    return f"{connections}{targets}policies:\n{POLICY}{policy}"


def built(text: str, environment: dict[str, str] | None = None) -> Catalogue:
    """Return what *text* describes."""
    systems: dict[str, Any] = {each.spec.name: each for each in SYSTEMS}
    given = ENVIRONMENT if environment is None else environment
    return build(read_document(text, given), systems, KINDS)


def faults_of(text: str, environment: dict[str, str] | None = None) -> list[str]:
    """Return every fault of *text*; none where it is right."""
    try:
        built(text, environment)
    except ConfigurationError as error:
        return error.faults
    return []
