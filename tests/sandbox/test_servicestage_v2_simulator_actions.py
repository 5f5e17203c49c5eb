"""Actions, rollbacks, lists and oddities of the simulated ServiceStage v2."""

import json
from typing import Final

import pytest

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
)
from tests.sandbox.servicestage_client import (
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
    SNAPSHOTS,
    act,
    odd,
    shown,
    status,
    upgrade,
    versions,
)
from tests.systems.servicestage_v2 import documents as printed


@pytest.fixture
def world() -> World:
    """Return a cloud with the sandbox's content."""
    return a_world()


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
