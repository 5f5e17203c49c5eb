"""Two targets are never the same thing: two locks for it would be none."""

from typing import Final

import pytest

from tests.catalogue.files import CONNECTION, POLICY, TARGET, built, faults_of

COMPONENT: Final = "f3f6cb89-831d-4579-8bbc-664487889e38"
CLUSTER: Final = "a870253f-5dc7-11ee-bf71-0255ac100b03"
PLACE: Final = "kind: huaweicloud, project_id: p, auth: {token: '${TOKEN}'}"
LAB: Final = "kind: cloudpods, auth: {identity_url: https://lab.example:30500/v3, username: ops"
PASSWORD: Final = 'password: "${LAB_PASSWORD}", project: system'

CONNECTIONS: Final = f"""\
{CONNECTION}\
  again: {{region: cn-north-4, {PLACE}}}
  upper: {{region: cn-north-4, {PLACE},
          endpoints: {{servicestage: "https://ServiceStage.CN-North-4.myhuaweicloud.com.:443/"}}}}
  user: {{kind: huaweicloud, region: cn-north-4, project_id: P,
         auth: {{username: ops, password: "${{LAB_PASSWORD}}", domain: shop}}}}
  south: {{region: cn-south-1, {PLACE}}}
  other: {{kind: huaweicloud, region: cn-north-4, project_id: q, auth: {{token: "${{TOKEN}}"}}}}
  lab: {{{LAB}, {PASSWORD}}}}}
  labs: {{{LAB}, {PASSWORD}, domain: default}}, endpoints: {{k8s: https://lab.example:30442/api}}}}
  ready: {{kind: cloudpods, auth: {{token: "${{TOKEN}}"}},
          endpoints: {{k8s: https://LAB.example:30442/api/}}}}
  shops: {{{LAB}, {PASSWORD}, domain: shops}}}}
"""


def component(connection: str, written: str = COMPONENT) -> str:
    """Return a second component."""
    return f"""\
  second:
    system: servicestage-v3
    connection: {connection}
    application_id: 2c458700-c8e0-4651-a73b-5219b70a6572
    component_id: "{written}"
    source_url: "swr.example.com/shop/second:{{version}}"
"""


def cluster(name: str, connection: str, flavour: str) -> str:
    """Return a cluster."""
    return f"""\
  {name}:
    {{system: cce-cluster, connection: {connection}, cluster_id: {CLUSTER}, flavour: {flavour}}}
"""


def release(name: str, connection: str, what: str) -> str:
    """Return a release of CCE."""
    return f"""\
  {name}:
    {{system: cce-release, connection: {connection}, cluster_id: {CLUSTER}, chart: nginx, {what}}}
"""


def lab(name: str, connection: str, what: str) -> str:
    """Return a release of Cloudpods."""
    return f"""\
  {name}: {{system: cloudpods-release, connection: {connection}, chart: bitnami/etcd, {what}}}
"""


def instance(name: str, connection: str, what: str) -> str:
    """Return an instance of ServiceStage v2."""
    return f"""\
  {name}: {{system: servicestage-v2, connection: {connection}, component_id: {COMPONENT},
    application_id: 2c458700-c8e0-4651-a73b-5219b70a6572, instance_id: {what},
    artifacts: {{web: "swr.example.com/web:{{version}}"}}}}
"""


WEB: Final = "namespace: shop, release: web"
PODS: Final = "cluster: Test122, namespace: default, release: etcd"
SAME: Final = {
    "the same connection": component("h"),
    "another connection to the same project": component("again"),
    "the address in other letters, with its port": component("upper"),
    "another login to the same project": component("user"),
    "the id in capitals": component("h", COMPONENT.upper()),
    "the id without dashes": component("h", COMPONENT.replace("-", "")),
    "a cluster of another flavour": cluster("one", "h", "standard")
    + cluster("second", "again", "autopilot"),
    "a release": release("one", "h", WEB) + release("second", "user", WEB),
    "an instance": instance("one", "h", CLUSTER) + instance("second", "h", CLUSTER.upper()),
    "a release of Cloudpods": lab("one", "lab", PODS)
    + lab("second", "lab", PODS.replace("Test", "test")),
    "a release of Cloudpods by another login": lab("one", "lab", PODS)
    + lab("second", "labs", PODS),
    "a release of Cloudpods by a token": lab("one", "labs", PODS) + lab("second", "ready", PODS),
}
DIFFERENT: Final = {
    "another region": component("south"),
    "another project": component("other"),
    "another id": component("h", CLUSTER),
    "a release beside its cluster": cluster("one", "h", "standard") + release("second", "h", WEB),
    "another release": release("one", "h", WEB) + release("second", "h", f"{WEB}2"),
    "another namespace": release("one", "h", WEB)
    + release("second", "h", "namespace: dev, release: web"),
    "another instance": instance("one", "h", CLUSTER) + instance("second", "h", COMPONENT),
    "another domain": lab("one", "lab", PODS) + lab("second", "shops", PODS),
}


def _file(targets: str) -> str:
    return f"connections:\n{CONNECTIONS}targets:\n{TARGET}{targets}policies:\n{POLICY}"


@pytest.mark.parametrize("targets", SAME.values(), ids=SAME)
def test_two_targets_that_are_one_thing_are_a_fault(targets: str) -> None:
    """V28: however connection and ids are spelled; both places are named."""
    text = _file(targets)
    first = "one" if "  one:" in targets else "checkout"
    places = {
        name: text[: text.index(f"  {name}:\n" if name == "checkout" else f"  {name}:")].count("\n")
        for name in (first, "second")
    }
    [fault] = faults_of(text)
    assert fault.startswith(f"targets.second (line {places['second'] + 1}): is the same thing as ")
    assert f"targets.{first} (line {places[first] + 1})" in fault


@pytest.mark.parametrize("targets", DIFFERENT.values(), ids=DIFFERENT)
def test_different_things_are_none(targets: str) -> None:
    """V28: what may be different is let through: another place, another id, another system."""
    assert "second" in built(_file(targets)).targets
