"""The simulated ServiceStage v2: components, instances, snapshots, actions and its oddities."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds import HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
)
from tests.sandbox.servicestage_client import (
    PROJECT,
    Clock,
    InProcess,
    Signer,
    World,
    a_world,
    error,
)
from tests.systems.servicestage_v2 import documents as printed

KEY: Final = sandbox_config().credentials[0]
COMPONENTS: Final = f"/v2/{PROJECT}/cas/applications/{BILLING_APPLICATION_ID}/components"
COMPONENT: Final = f"{COMPONENTS}/{BILLING_COMPONENT_ID}"
INSTANCES: Final = f"{COMPONENT}/instances"
INSTANCE: Final = f"{INSTANCES}/{BILLING_INSTANCE_ID}"
SNAPSHOTS: Final = f"{INSTANCE}/snapshots"
NOBODY: Final = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def world() -> World:
    """Return a cloud with the sandbox's content."""
    return a_world()


def odd(**changes: Any) -> World:
    """Return a cloud whose part of v2 makes other choices."""
    base = sandbox_config()
    part = base.servicestage_v2.model_copy(update=changes)
    return a_world(base.model_copy(update={"servicestage_v2": part}))


def act(world: World, action: str, instance: str = INSTANCE, **parameters: Any) -> httpx.Response:
    """Ask for an action."""
    body = {"action": action, **({"parameters": parameters} if parameters else {})}
    return world.client.post(f"{instance}/action", json=body)


def shown(world: World, instance: str = INSTANCE) -> dict[str, Any]:
    """Show an instance."""
    view: dict[str, Any] = world.client.get(instance).json()
    return view


def status(world: World, instance: str = INSTANCE) -> str:
    """Return an instance's status."""
    return str(shown(world, instance)["status_detail"]["status"])


def versions(world: World, query: str = "") -> list[Any]:
    """Return the versions of billing's snapshots."""
    page = world.client.get(SNAPSHOTS + query).json()
    return [row["version"] for row in page["snapshots"]]


def upgrade(version: str = "2.4.0", **changes: object) -> dict[str, object]:
    """Return the body of a PUT that brings out *version* of billing."""
    url = f"swr.cn-north-4.myhuaweicloud.com/shop/billing:{version}"
    artifact = {"storage": "swr", "type": "image", "url": url, "auth": "iam"}
    return {"version": version, "artifacts": {"billing": artifact}, **changes}


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


ACTIONS: Final = {
    "start": ("STARTING", "RUNNING", 2),
    "stop": ("STOPPING", "STOPPED", 0),
    "restart": ("RESTARTING", "RUNNING", 2),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_shows_in_the_status_and_ends(world: World, action: str) -> None:
    """While its job runs an instance says so, afterwards it shows what became of it."""
    during, after, available = ACTIONS[action]
    answer = act(world, action)
    seen = status(world)
    ended = world.finish(answer)
    assert set(answer.json()) == {"job_id"}
    assert (seen, ended, status(world)) == (during, "SUCCEEDED", after)
    detail = shown(world)["status_detail"]
    assert (detail["available_replica"], detail["last_job_status"]) == (available, "SUCCEEDED")
    assert detail["last_job_id"] == answer.json()["job_id"]


def test_scaling_takes_a_number_in_a_cluster_and_hosts_on_ecs(world: World) -> None:
    """Each platform refuses what belongs to the other."""
    world.finish(act(world, "scale", replica=5))
    assert shown(world)["status_detail"]["available_replica"] == 5
    assert error(act(world, "scale", hosts=["a"])) == (400, "SVCSTG.00100400")

    seeds = sandbox_config().servicestage_v2.instances
    on_ecs = tuple(each.model_copy(update={"platform_type": "vmapp"}) for each in seeds)
    other = odd(instances=on_ecs)
    assert error(act(other, "scale", replica=5)) == (400, "SVCSTG.00100400")
    other.finish(act(other, "scale", hosts=["a", "b", "c"]))
    assert shown(other)["status_detail"]["replica"] == 3


WRONG_ACTIONS: Final[dict[str, tuple[object, tuple[int, str]]]] = {
    "unknown": ({"action": "explode"}, (400, "SVCSTG.00100418")),
    "of v3": ({"action": "rollback_current"}, (400, "SVCSTG.00100418")),
    "nothing": ({}, (400, "SVCSTG.00100400")),
    "needless": ({"action": "stop", "parameters": {"now": True}}, (400, "SVCSTG.00100400")),
    "scale to nothing": ({"action": "scale"}, (400, "SVCSTG.00100400")),
    "back to nothing": ({"action": "rollback"}, (400, "SVCSTG.00100400")),
    "back to a number": (
        {"action": "rollback", "parameters": {"version": 2}},
        (400, "SVCSTG.00100400"),
    ),
    "back to the present": (
        {"action": "rollback", "parameters": {"version": "2.3.0"}},
        (400, "SVCSTG.00100400"),
    ),
    "back to what never was": (
        {"action": "rollback", "parameters": {"version": "0.1.0"}},
        (404, "SVCSTG.00100436"),
    ),
}


@pytest.mark.parametrize("what", WRONG_ACTIONS)
def test_a_wrong_action_is_refused(world: World, what: str) -> None:
    """Unknown actions, and parameters that are wrong, missing or superfluous, change nothing."""
    body, expected = WRONG_ACTIONS[what]
    assert error(world.client.post(f"{INSTANCE}/action", json=body)) == expected
    assert world.cloud.executed == ()


def test_a_rollback_returns_with_all_settings(world: World) -> None:
    """Whatever a later version was set to, the snapshot's settings are back."""
    before = shown(world)
    changed = upgrade(configuration={"env": []}, description="other")
    world.finish(world.client.put(INSTANCE, json=changed))
    world.finish(act(world, "rollback", version="2.3.0"))
    after = shown(world)
    moving = {"update_time", "status_detail"}
    assert {key for key in before if before[key] != after[key]} <= moving
    assert versions(world) == ["2.4.0", "2.3.0", "2.2.0", "2.1.0"]


SECOND: Final[dict[str, tuple[str, str, object]]] = {
    "modify": ("PUT", INSTANCE, upgrade()),
    "delete": ("DELETE", INSTANCE, None),
    "restart": ("POST", f"{INSTANCE}/action", {"action": "restart"}),
    "scale": ("POST", f"{INSTANCE}/action", {"action": "scale", "parameters": {"replica": 3}}),
    "rollback": (
        "POST",
        f"{INSTANCE}/action",
        {"action": "rollback", "parameters": {"version": "2.2.0"}},
    ),
}


@pytest.mark.parametrize("second", SECOND)
@pytest.mark.parametrize("code", [400, 409])
def test_a_second_write_while_a_job_runs_is_refused(second: str, code: int) -> None:
    """Until the job has ended nothing else can be asked; with which status is a switch."""
    world = a_world(sandbox_config().model_copy(update={"busy_status": code}))
    method, path, body = SECOND[second]
    act(world, "restart")
    conflict = world.client.request(method, path, json=body)
    world.clock.turn(4)
    later = world.client.request(method, path, json=body)
    assert error(conflict) == (code, "SVCSTG.00100400")
    assert later.status_code == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (INSTANCE.replace(BILLING_INSTANCE_ID, NOBODY), "SVCSTG.00100412"),
        (SNAPSHOTS.replace(BILLING_INSTANCE_ID, NOBODY), "SVCSTG.00100412"),
        (INSTANCE.replace(BILLING_COMPONENT_ID, NOBODY), "SVCSTG.00100404"),
        (INSTANCES.replace(BILLING_COMPONENT_ID, NOBODY), "SVCSTG.00100404"),
        (COMPONENTS.replace(BILLING_APPLICATION_ID, NOBODY), "SVCSTG.00100403"),
    ],
)
def test_what_does_not_exist_is_404_on_v2(world: World, path: str, code: str) -> None:
    """Where v3 says 401, v2 says 404, with a code for each kind of thing."""
    assert error(world.client.get(path)) == (404, code)


def test_an_instance_lies_in_its_own_component(world: World) -> None:
    """A path that mixes two components leads nowhere."""
    other = world.client.post(COMPONENTS, json=printed.CREATE_COMPONENT).json()["id"]
    mixed = f"{COMPONENTS}/{other}/instances/{BILLING_INSTANCE_ID}"
    assert error(world.client.get(mixed)) == (404, "SVCSTG.00100412")


def test_lists_show_less_than_a_look(world: World) -> None:
    """A row names where it belongs, and lacks settings."""
    row = world.client.get(INSTANCES).json()["instances"][0]
    view = shown(world)
    assert set(view) - set(row) == {
        *("description", "flavor_id", "configuration", "refer_resources"),
    }
    assert (row["component_name"], row["application_name"]) == ("billing", "finance")
    assert world.client.get(COMPONENTS).json()["count"] == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?limit=2", ["2.3.0", "2.2.0"]),
        ("?limit=2&offset=2", ["2.1.0"]),
        ("?order=asc", ["2.1.0", "2.2.0", "2.3.0"]),
        ("?limit=101", ["2.3.0", "2.2.0", "2.1.0"]),
        ("?snapshot_order_by=version", ["2.3.0", "2.2.0", "2.1.0"]),
    ],
)
def test_snapshots_are_paged(world: World, query: str, found: list[str]) -> None:
    """Newest first by default, a page at a time."""
    assert versions(world, query) == found


def test_a_limit_out_of_range_is_ten_for_snapshots_alone(world: World) -> None:
    """Other lists refuse it."""
    for n in range(12):
        world.finish(world.client.put(INSTANCE, json={"version": f"3.{n}"}))
    assert len(versions(world, "?limit=1000")) == 10
    assert len(versions(world)) == 15
    for query in ("?limit=1000", "?limit=x", "?order=up", "?offset=-1", "?force=true"):
        assert error(world.client.get(INSTANCES + query)) == (400, "SVCSTG.00100400")


def test_the_listed_oddities_are_on_demand() -> None:
    """Versions as numbers, words instead of JSON, no status of a component, a version once."""
    world = odd(
        numeric_versions=True,
        describes_in_json=False,
        shows_component_status=False,
        versions_once=True,
    )
    world.finish(world.client.put(INSTANCE, json=upgrade("7")))
    row = world.client.get(SNAPSHOTS).json()["snapshots"][0]
    assert (row["version"], row["description"], shown(world)["version"]) == (
        7, "New Version: 7", 7,
    )  # fmt: skip
    assert "status" not in world.client.get(COMPONENT).json()
    for used in ("7", "2.1.0"):
        assert error(world.client.put(INSTANCE, json=upgrade(used))) == (400, "SVCSTG.00100441")
    usual = a_world().client.get(SNAPSHOTS).json()["snapshots"][0]
    assert json.loads(usual["description"]) == {"action": "New Version: 2.3.0"}


def test_hooks_reach_instances_past_the_api(world: World) -> None:
    """Look, slow down, and meddle as somebody in the console would."""
    hooks = world.cloud.instances
    hooks.take_seconds(BILLING_INSTANCE_ID, 100)
    job = hooks.meddle(BILLING_INSTANCE_ID, "9.9")
    with pytest.raises(LookupError, match="runs on"):
        hooks.meddle(BILLING_INSTANCE_ID, "9.10")
    world.clock.turn(50)
    assert status(world) == "UPGRADING"
    world.clock.turn(51)
    view = hooks.view(BILLING_INSTANCE_ID)
    assert view == shown(world)
    assert (view["version"], shown(world)["status_detail"]["last_job_id"]) == ("9.9", job)
    with pytest.raises(LookupError, match="no instance"):
        hooks.view(NOBODY)
    assert world.cloud.executed == ()
