"""The simulated ServiceStage v3: actions, records, and one thing at a time."""

from typing import Final

import pytest

from bot.sandbox.clouds.huawei.content import FLAKY_ID
from tests.sandbox import servicestage_samples as samples
from tests.sandbox.servicestage_client import (
    CHECKOUT,
    COMPONENT,
    COMPONENTS,
    FLAKY,
    PROJECT,
    World,
    a_world,
    act,
    an_upgrade,
    error,
    records,
    shown,
    status,
)


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
    """While its job runs a component says so, afterwards it shows what became of it."""
    during, after, available = ACTIONS[action]

    answer = act(world, action)
    seen = status(world)
    ended = world.finish(answer)

    assert answer.json()["result"] == "succeeded"
    assert (seen, ended, status(world)) == (during, "SUCCEEDED", after)
    assert shown(world)["status"]["available_replica"] == available
    assert shown(world)["status"]["last_job_id"] == answer.json()["job_id"]


def test_scaling_changes_the_number_of_replicas(world: World) -> None:
    """A scaled component has as many replicas as were asked for."""
    world.finish(act(world, "scale", replica=5))

    view = shown(world)["status"]
    assert (view["replica"], view["available_replica"]) == (5, 5)


WRONG_ACTIONS: Final[dict[str, tuple[object, tuple[int, str]]]] = {
    "unknown": ({"action": "explode"}, (400, "SVCSTG.00100418")),
    "nothing": ({}, (400, "SVCSTG.00100400")),
    "unknown field": ({"action": "stop", "force": True}, (400, "SVCSTG.00100400")),
    "needless": ({"action": "stop", "parameters": {"now": True}}, (400, "SVCSTG.00100400")),
    "back, with": (
        {"action": "rollback_current", "parameters": {"version": "1.2.0"}},
        (400, "SVCSTG.00100400"),
    ),
    "scale to nothing": ({"action": "scale"}, (400, "SVCSTG.00100400")),
    "scale to text": (
        {"action": "scale", "parameters": {"replica": "3"}},
        (400, "SVCSTG.00100400"),
    ),
    "hosts": (
        {"action": "scale", "parameters": {"replica": 3, "hosts": ["a"]}},
        (400, "SVCSTG.00100400"),
    ),
    "back to nothing": ({"action": "rollback"}, (400, "SVCSTG.00100400")),
    "back to a number": (
        {"action": "rollback", "parameters": {"version": 1}},
        (400, "SVCSTG.00100400"),
    ),
    "back to the present": (
        {"action": "rollback", "parameters": {"version": "1.3.0"}},
        (400, "SVCSTG.00100400"),
    ),
    "back to what never was": (
        {"action": "rollback", "parameters": {"version": "0.1.0"}},
        (404, "SVCSTG.00100436"),
    ),
    "no gray release": ({"action": "continue_deploy"}, (400, "SVCSTG.00100400")),
}


@pytest.mark.parametrize("what", WRONG_ACTIONS)
def test_a_wrong_action_is_refused(world: World, what: str) -> None:
    """Unknown actions, and parameters that are wrong, missing or superfluous, change nothing."""
    body, expected = WRONG_ACTIONS[what]

    response = world.client.post(f"{COMPONENT}/action", json=body)

    assert error(response) == expected
    assert world.cloud.executed == ()


def test_a_failed_version_is_nothing_to_roll_back_to(world: World) -> None:
    """A version that never ran well has no snapshot."""
    world.finish(world.client.put(FLAKY, json=an_upgrade("2.1.0", name="flaky")))
    world.finish(world.client.put(FLAKY, json=an_upgrade("2.2.0", name="flaky")))

    assert error(act(world, "rollback", FLAKY, version="2.1.0")) == (404, "SVCSTG.00100436")


def test_rolling_back_the_current_version_works_once(world: World) -> None:
    """It returns to the version before, with its settings, and cannot be repeated."""
    before = shown(world)
    world.finish(world.client.put(COMPONENT, json=an_upgrade("1.4.0")))

    world.finish(act(world, "rollback_current"))
    again = act(world, "rollback_current")

    after = shown(world)
    assert {key for key in before if before[key] != after[key]} == {"status"}
    assert records(world) == [
        ("1.4.0", False, "succeeded"),
        ("1.3.0", True, "succeeded"),
        ("1.2.0", False, "succeeded"),
    ]
    assert error(again) == (400, "SVCSTG.00100400")


def test_after_failures_the_current_version_goes_back_to_the_last_good_one(world: World) -> None:
    """A failed release is nobody's predecessor."""
    for version in ("2.1.0", "2.2.0"):
        world.cloud.fail_next_deploy(FLAKY_ID)
        world.finish(world.client.put(FLAKY, json=an_upgrade(version, name="flaky")))

    world.finish(act(world, "rollback_current", FLAKY))

    assert shown(world, FLAKY)["version"] == "2.0.0"


def test_without_a_predecessor_nothing_is_rolled_back(world: World) -> None:
    """A component that was only created has no previous version."""
    created = world.client.post(COMPONENTS, json=samples.CREATE)
    world.finish(created)

    answer = act(world, "rollback_current", f"{COMPONENTS}/{created.json()['component_id']}")

    assert error(answer) == (400, "SVCSTG.00100400")


def test_a_record_lists_the_jobs_that_made_it_current(world: World) -> None:
    """The job of the deploy, then that of the rollback to it."""
    world.finish(world.client.put(COMPONENT, json=an_upgrade("1.4.0")))
    back = act(world, "rollback", version="1.3.0")

    row = world.client.get(f"{COMPONENT}/records?order=asc&offset=1&limit=1").json()["records"][0]

    assert [(job["sequence"], job["deploy_type"]) for job in row["jobs"]] == [
        (1, "upgrade"),
        (2, "rollback"),
    ]
    assert row["jobs"][1]["job_id"] == back.json()["job_id"]
    assert row["jobs"][0]["job_info"]["source_url"].endswith("checkout:1.3.0")
    assert row["begin_time"] < row["end_time"]


SECOND: Final[dict[str, tuple[str, str, object]]] = {
    "modify": ("PUT", COMPONENT, an_upgrade()),
    "delete": ("DELETE", COMPONENT, None),
    "restart": ("POST", f"{COMPONENT}/action", {"action": "restart"}),
    "scale": ("POST", f"{COMPONENT}/action", {"action": "scale", "parameters": {"replica": 3}}),
    "rollback": (
        "POST",
        f"{COMPONENT}/action",
        {"action": "rollback", "parameters": {"version": "1.2.0"}},
    ),
}


@pytest.mark.parametrize("second", SECOND)
def test_a_second_write_while_a_job_runs_is_a_conflict(world: World, second: str) -> None:
    """Until the job has ended nothing else can be asked of its component."""
    method, path, body = SECOND[second]
    act(world, "restart")

    conflict = world.client.request(method, path, json=body)
    elsewhere = act(world, "restart", FLAKY)
    world.clock.turn(4)
    later = world.client.request(method, path, json=body)

    assert error(conflict) == (409, "SVCSTG.00100400")
    assert (elsewhere.status_code, later.status_code) == (200, 200)


@pytest.mark.parametrize(
    "path",
    [
        COMPONENT.replace(CHECKOUT, PROJECT),
        f"{COMPONENT.replace(CHECKOUT, PROJECT)}/records",
        COMPONENTS.replace("2c458700", "00000000"),
        COMPONENT.replace("2c458700", "00000000"),
    ],
)
def test_what_does_not_exist_is_401_on_v3(world: World, path: str) -> None:
    """An unknown component or application is SVCSTG.00100401 with HTTP 401."""
    assert error(world.client.get(path)) == (401, "SVCSTG.00100401")
