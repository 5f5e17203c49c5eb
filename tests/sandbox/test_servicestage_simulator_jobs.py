"""The simulated ServiceStage: jobs, and what tests can see and do from outside."""

import pytest

from bot.sandbox.clouds.http.wire import RefusedError
from tests.sandbox.servicestage_client import (
    CHECKOUT,
    COMPONENT,
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


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_an_unknown_job_is_not_found(world: World, version: str) -> None:
    """A job that never was is SVCSTG.00100429 on both paths."""
    path = f"/{version}/{PROJECT}/cas/jobs/JOB870e9ffe-227e-43a9-9c84-20a7ad02e77c"

    assert error(world.client.get(path)) == (404, "SVCSTG.00100429")


def test_both_paths_show_the_same_job_in_their_own_spelling(world: World) -> None:
    """The v2 path writes keys in upper case, the v3 path in lower case."""
    answer = act(world, "restart")
    world.clock.turn(2)

    upper, lower = world.job(answer, version="v2").json(), world.job(answer).json()

    assert upper["job"]["JOB_ID"] == lower["job"]["job_id"] == answer.json()["job_id"]
    assert upper["job"]["EXECUTION_STATUS"] == lower["job"]["execution_status"] == "RUNNING"
    assert set(lower["job"]) == {"job_id", "job_type", "execution_status", "rollback_enabled"}
    assert upper["task_count"] == lower["task_count"] == 5
    assert [task["TASK_ID"] for task in upper["tasks"]] == [
        task["task_id"] for task in lower["tasks"]
    ]
    assert all(key.isupper() for task in upper["tasks"] for key in task)
    assert all(key.islower() for task in lower["tasks"] for key in task)


def test_tasks_appear_and_advance_with_time(world: World) -> None:
    """A job has no tasks at first, then one after the other, at indices with gaps."""
    answer = act(world, "restart")
    seen = []
    for _ in range(5):
        job = world.job(answer, version="v2").json()
        tasks = [(task["TASK_INDEX"], task["TASK_STATUS"]) for task in job["tasks"]]
        seen.append((job["job"]["EXECUTION_STATUS"], tasks))
        world.clock.turn(1)

    done = [(1, "SUCCEEDED"), (4, "SUCCEEDED")]
    assert seen == [
        ("SUBMITTED", []),
        ("RUNNING", [*done, (6, "RUNNING")]),
        ("RUNNING", [*done, (6, "SUCCEEDED"), (7, "SUCCEEDED"), (9, "SUBMITTED")]),
        ("RUNNING", [*done, (6, "SUCCEEDED"), (7, "SUCCEEDED"), (9, "RUNNING")]),
        ("SUCCEEDED", [*done, (6, "SUCCEEDED"), (7, "SUCCEEDED"), (9, "SUCCEEDED")]),
    ]


def test_job_ids_are_never_given_twice(world: World) -> None:
    """Every order has an id of its own, JOB and a uuid."""
    answers = []
    for _ in range(20):
        answers.append(act(world, "restart").json()["job_id"])
        world.clock.turn(4)

    assert len(set(answers)) == 20
    assert all(job_id.startswith("JOB") and len(job_id) == 39 for job_id in answers)


def test_a_job_may_take_its_time(world: World) -> None:
    """How long the jobs of a component take can be set from outside."""
    world.cloud.take_seconds(CHECKOUT, 1e9)
    answer = act(world, "restart")

    assert world.finish(answer) == "RUNNING"
    assert status(world) == "RESTARTING"


def test_somebody_else_can_get_in_between(world: World) -> None:
    """A change past the client shows in the component, not among what clients executed."""
    job_id = world.cloud.meddle(CHECKOUT, "9.9.9")
    world.clock.turn(4)

    view = world.cloud.component(CHECKOUT)
    assert view["version"] == "9.9.9"
    assert shown(world)["status"]["last_job_id"] == job_id
    assert world.cloud.executed == ()


def test_what_was_executed_is_remembered_with_its_body(world: World) -> None:
    """The list of mutations has method, path, body, time and who it was."""
    act(world, "scale", replica=3)

    executed = world.cloud.executed[0]
    assert (executed.method, executed.path) == ("POST", f"{COMPONENT}/action")
    assert executed.body == {"action": "scale", "parameters": {"replica": 3}}
    assert (executed.at, executed.principal) == (world.clock.now, "slipway")


def test_the_sandbox_holds_a_shop(world: World) -> None:
    """Checkout runs 1.3.0 after 1.2.0, with its own and the platform's variables."""
    view = shown(world)

    assert (view["name"], view["version"], view["replica"]) == ("checkout", "1.3.0", 2)
    assert view["source"]["url"] == "swr.cn-north-4.myhuaweicloud.com/shop/checkout:1.3.0"
    assert [row[:2] for row in records(world)] == [("1.3.0", True), ("1.2.0", False)]
    assert {env["inner"] for env in view["envs"]} == {True, False}
    assert view["status"]["component_status"] == "RUNNING"
    assert view["status"]["create_time"] < view["status"]["update_time"]


def test_an_earlier_version_can_be_shown_with_its_settings(world: World) -> None:
    """The query field version shows the settings of then; an unknown one has no snapshot."""
    world.finish(world.client.put(COMPONENT, json=an_upgrade("1.4.0")))

    then = world.client.get(f"{COMPONENT}?version=1.3.0").json()
    unknown = world.client.get(f"{COMPONENT}?version=7")

    assert (then["version"], then["readiness_probe"]["path"]) == ("1.3.0", "/ready")
    assert error(unknown) == (404, "SVCSTG.00100436")


def test_tasks_are_paged_like_any_list(world: World) -> None:
    """The rows of a job can be turned round and cut; a limit must be a number."""
    answer = act(world, "restart")
    world.clock.turn(4)
    path = f"/v3/{PROJECT}/cas/jobs/{answer.json()['job_id']}"

    last = world.client.get(f"{path}?desc=true&limit=1&offset=0").json()
    wrong = world.client.get(f"{path}?limit=x")

    assert [task["task_index"] for task in last["tasks"]] == [9]
    assert error(wrong) == (400, "SVCSTG.00100400")


def test_somebody_else_has_to_wait_as_well(world: World) -> None:
    """A change past the client is refused while a job runs, and needs a component."""
    act(world, "restart")

    with pytest.raises(RefusedError, match="is busy"):
        world.cloud.meddle(CHECKOUT, "9.9.9")
    with pytest.raises(LookupError):
        world.cloud.meddle(PROJECT, "9.9.9")


def test_a_refusal_names_the_field(world: World) -> None:
    """People find in the text which field of their client was wrong."""
    body = an_upgrade(readiness_probe={"type": "http", "delay": 1})

    response = world.client.put(COMPONENT, json=body)

    assert "readiness_probe.timeout" in response.json()["error_msg"]
