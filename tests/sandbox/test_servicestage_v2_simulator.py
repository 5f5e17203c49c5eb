"""The simulated ServiceStage v2: the printed flow, upgrades, creations, deletions."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Final

import httpx
import pytest

from bot.sandbox.clouds import HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_INSTANCE_ID,
)
from tests.sandbox.servicestage_client import (
    Clock,
    InProcess,
    Signer,
    World,
    a_world,
    error,
)
from tests.sandbox.servicestage_v2_client import (
    COMPONENT,
    COMPONENTS,
    INSTANCE,
    INSTANCES,
    NOBODY,
    act,
    odd,
    shown,
    status,
    upgrade,
    versions,
)
from tests.systems.servicestage_v2 import documents as printed

KEY: Final = sandbox_config().credentials[0]


@pytest.fixture
def world() -> World:
    """Return a cloud with the sandbox's content."""
    return a_world()


def _ids() -> Iterator[str]:
    yield "0d0b8a5e-0000-4c1c-8c39-7a0f0f3f1a22"
    yield printed.INSTANCE_CREATED["instance_id"].replace("89f5", "99f5")
    yield from (f"11111111-1111-4111-8111-11111111111{n}" for n in range(9))


def test_the_vendors_printed_flow_works_literally() -> None:
    """All seven steps, with the bodies as they are printed."""
    clock = Clock()
    cloud = HuaweiCloud(sandbox_config(), clock, new_id=partial(next, _ids()))
    client = httpx.Client(
        transport=InProcess(huawei_app(cloud)),
        base_url="http://cas.test",
        auth=Signer(KEY.ak, KEY.sk, clock),
    )
    world = World(cloud, clock, client)

    component = client.post(COMPONENTS, json=printed.CREATE_COMPONENT)
    place = f"{COMPONENTS}/{component.json()['id']}/instances"
    created = client.post(place, json=printed.CREATE_INSTANCE)
    instance = f"{place}/{created.json()['instance_id']}"
    polled = world.job(created, version="v2").json()
    ended = [world.finish(created)]
    ended.append(world.finish(client.put(instance, json={**printed.UPGRADE, "version": 1})))
    upgraded = client.put(instance, json=printed.UPGRADE)
    ended.append(world.finish(upgraded))
    listed = client.get(f"{instance}/snapshots").json()
    ended.append(world.finish(client.post(f"{instance}/action", json=printed.ROLLBACK)))
    ended.append(world.finish(client.post(f"{instance}/action", json=printed.STOP)))

    assert set(component.json()) == {*printed.COMPONENT_CREATED, "creator", "status"}
    sent = {key: component.json()[key] for key in printed.CREATE_COMPONENT}
    assert sent == printed.CREATE_COMPONENT
    assert set(created.json()) == set(printed.INSTANCE_CREATED)
    assert polled["job"]["EXECUTION_STATUS"] == "SUBMITTED"
    assert polled["job"]["SERVICE_INSTANCE_ID"] == created.json()["instance_id"]
    assert set(upgraded.json()) == set(printed.UPGRADE_TAKEN)
    assert [row["version"] for row in listed["snapshots"]] == ["2", "1", "1.0.0"]
    meant = json.loads(
        printed.SNAPSHOTS_MISPRINTED.replace('},\n    "count": 1]', '}], "count": 1')
    )
    assert set(listed["snapshots"][0]) == set(meant["snapshots"][0])
    assert ended == ["SUCCEEDED"] * 5
    assert (shown(world, instance)["version"], status(world, instance)) == ("1", "STOPPED")
    assert cloud.strictness == ()


def test_a_failed_upgrade_leaves_no_snapshot_and_is_rolled_back(world: World) -> None:
    """What never ran well cannot be returned to; the version before can."""
    world.cloud.instances.fail_next_deploy(BILLING_INSTANCE_ID)
    failed = world.client.put(INSTANCE, json=upgrade())
    assert status(world) == "UPGRADING"
    assert world.finish(failed) == "FAILED"
    view = shown(world)
    assert (view["version"], view["status_detail"]["status"]) == ("2.4.0", "FAILED")
    assert view["status_detail"]["last_job_status"] == "FAILED"
    assert view["status_detail"]["available_replica"] == 1
    assert versions(world) == ["2.3.0", "2.2.0", "2.1.0"]

    assert world.finish(act(world, "rollback", version="2.3.0")) == "SUCCEEDED"
    assert (shown(world)["version"], status(world)) == ("2.3.0", "RUNNING")
    assert world.finish(world.client.put(INSTANCE, json=upgrade())) == "SUCCEEDED"
    assert versions(world)[0] == "2.4.0"


@pytest.mark.parametrize(("omitted", "left"), [("kept", True), ("dropped", False)])
def test_what_a_put_does_not_name_is_kept_or_dropped(omitted: str, *, left: bool) -> None:
    """Public documents do not say which: a switch plays both."""
    world = odd(omitted=omitted)
    before = shown(world)
    world.finish(world.client.put(INSTANCE, json=upgrade()))
    after = shown(world)
    assert (after["configuration"] == before["configuration"]) == left
    assert (after["description"] == before["description"]) == left
    assert after["flavor_id"] == before["flavor_id"]
    assert after["artifacts"]["billing"]["url"].endswith("billing:2.4.0")


REFUSED_UPGRADES: Final[dict[str, dict[str, object]]] = {
    "unknown field": {"colour": "red"},
    "another name": {"name": "other"},
    "another environment": {"environment_id": NOBODY},
    "version of blanks": {"version": "1 4"},
    "version as a float": {"version": 1.4},
    "negative version": {"version": -1},
    "no artifacts": {"artifacts": {}},
    "artifact without address": {"artifacts": {"billing": {"type": "image"}}},
    "artifact of another type": {"artifacts": {"billing": {"type": "jar", "url": "a:1"}}},
    "unknown field of an artifact": {"artifacts": {"billing": {"url": "a:1", "tag": "1"}}},
    "flavour": {"flavor_id": "HUGE"},
    "resource": {"refer_resources": [{"id": "x", "type": "moon"}]},
    "variable as a number": {"configuration": {"env": [{"name": "A", "value": 1}]}},
    "variable without value": {"configuration": {"env": [{"name": "A"}]}},
    "unknown configuration": {"configuration": {"envs": []}},
    "access told only": {"external_accesses": [{"id": "a", "create_time": 1}]},
    "replica as text": {"replica": "2"},
}


@pytest.mark.parametrize("what", REFUSED_UPGRADES)
def test_an_upgrade_with_wrong_fields_changes_nothing(world: World, what: str) -> None:
    """Unknown fields, other types and values out of range are refused and leave no trace."""
    before = shown(world)
    response = world.client.put(INSTANCE, json={**upgrade(), **REFUSED_UPGRADES[what]})
    assert error(response) == (400, "SVCSTG.00100400")
    assert shown(world) == before
    assert world.cloud.executed == ()


def test_an_upgrade_needs_no_more_than_a_version(world: World) -> None:
    """All other fields are optional."""
    assert world.client.put(INSTANCE, json={"version": "2.4.0"}).status_code == 200
    assert error(world.client.put(INSTANCE, json={})) == (400, "SVCSTG.00100400")


@pytest.mark.parametrize("field", ["name", "runtime", "category"])
def test_a_component_lacks_no_required_field(world: World, field: str) -> None:
    """Each of the three is asked for."""
    body = {key: value for key, value in printed.CREATE_COMPONENT.items() if key != field}
    response = world.client.post(COMPONENTS, json=body)
    assert error(response) == (400, "SVCSTG.00100400")
    assert field in response.json()["error_msg"]


REQUIRED: Final = (
    *("name", "environment_id", "replica", "flavor_id", "version", "artifacts"),
    "refer_resources",
)


@pytest.mark.parametrize("field", REQUIRED)
def test_an_instance_lacks_no_required_field(world: World, field: str) -> None:
    """Each of the seven is asked for."""
    body = {key: value for key, value in printed.CREATE_INSTANCE.items() if key != field}
    response = world.client.post(INSTANCES, json=body)
    assert error(response) == (400, "SVCSTG.00100400")
    assert field in response.json()["error_msg"]


def test_names_are_used_once(world: World) -> None:
    """Two components of an application, or instances of a component, differ in name."""
    world.client.post(COMPONENTS, json=printed.CREATE_COMPONENT)
    world.client.post(INSTANCES, json=printed.CREATE_INSTANCE)
    again = (
        world.client.post(COMPONENTS, json=printed.CREATE_COMPONENT),
        world.client.post(INSTANCES, json=printed.CREATE_INSTANCE),
    )
    assert [error(each) for each in again] == [(400, "SVCSTG.00100400")] * 2


def test_a_component_goes_after_its_instances(world: World) -> None:
    """A deployed component is not deleted; then it is gone without an answer."""
    refused = world.client.delete(COMPONENT)
    deleted = world.client.delete(f"{INSTANCE}?force=true")
    assert status(world) == "DELETING"
    assert world.finish(deleted) == "SUCCEEDED"
    gone = world.client.get(INSTANCE)
    last = world.client.delete(COMPONENT)

    assert error(refused) == (400, "SVCSTG.00100402")
    assert error(gone) == (404, "SVCSTG.00100412")
    assert world.client.get(INSTANCES).status_code == 404
    assert (last.status_code, last.content) == (204, b"")
