"""The simulated ServiceStage v3: creating, modifying, listing and deleting components."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import httpx
import pytest

from bot.sandbox.clouds import HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.content import FLAKY_ID
from tests.sandbox import servicestage_samples as samples
from tests.sandbox.servicestage_client import (
    CAS,
    CHECKOUT,
    COMPONENT,
    COMPONENTS,
    FLAKY,
    Clock,
    InProcess,
    Signer,
    World,
    a_world,
    act,
    an_upgrade,
    error,
    records,
    shown,
    status,
)

KEY: Final = sandbox_config().credentials[0]


@pytest.fixture
def world() -> World:
    """Return a cloud with the sandbox's content."""
    return a_world()


def _ids() -> Iterator[str]:
    yield samples.CREATED
    yield from (f"11111111-1111-4111-8111-11111111111{n}" for n in range(9))


def test_the_vendors_printed_flow_works_literally() -> None:
    """Create, poll at v2, upgrade, roll back and stop, with the bodies as they are printed."""
    clock = Clock()
    config = sandbox_config().model_copy(update={"components": ()})
    cloud = HuaweiCloud(config, clock, new_id=partial(next, _ids()))
    transport = InProcess(huawei_app(cloud))
    client = httpx.Client(
        transport=transport, base_url="http://cas.test", auth=Signer(KEY.ak, KEY.sk, clock)
    )
    world = World(cloud, clock, client)
    component = f"{COMPONENTS}/{samples.CREATED}"

    created = client.post(COMPONENTS, json=samples.CREATE)
    polled = world.job(created, version="v2").json()["job"]["EXECUTION_STATUS"]
    ended = [
        world.finish(created),
        world.finish(client.put(component, json=samples.UPGRADE)),
        world.finish(act(world, "rollback_current", component)),
        world.finish(act(world, "stop", component)),
    ]

    assert created.json()["component_id"] == samples.CREATED
    assert polled == "SUBMITTED"
    assert ended == ["SUCCEEDED"] * 4
    assert shown(world, component)["version"] == "2023.0712.09204"
    assert status(world, component) == "STOPPED"
    assert cloud.strictness == ()


def test_a_failed_deploy_is_rolled_back_and_a_later_one_works(world: World) -> None:
    """Flaky's next deploy fails; a rollback repairs it, and the deploy after that succeeds."""
    failed = world.client.put(FLAKY, json=an_upgrade("2.1.0", name="flaky"))
    assert status(world, FLAKY) == "UPGRADING"
    assert world.finish(failed) == "FAILED"
    assert status(world, FLAKY) == "FAILED"
    assert shown(world, FLAKY)["status"]["available_replica"] == 1
    assert records(world, FLAKY)[0] == ("2.1.0", True, "failed")
    task = world.job(failed).json()["tasks"][-1]
    assert (task["task_name"], task["task_status"]) == ("TN00097", "FAILED")
    assert task["messages"] == (
        '{"message":"readiness probe failed: container flaky not ready after 60s"}'
    )

    assert world.finish(act(world, "rollback", FLAKY, version="2.0.0")) == "SUCCEEDED"
    assert (shown(world, FLAKY)["version"], status(world, FLAKY)) == ("2.0.0", "RUNNING")
    assert shown(world, FLAKY)["status"]["available_replica"] == 2

    again = world.client.put(FLAKY, json=an_upgrade("2.1.0", name="flaky"))
    assert world.finish(again) == "SUCCEEDED"
    assert records(world, FLAKY) == [
        ("2.1.0", True, "succeeded"),
        ("2.1.0", False, "failed"),
        ("2.0.0", False, "succeeded"),
        ("1.9.0", False, "succeeded"),
    ]
    assert [executed.method for executed in world.cloud.executed] == ["PUT", "POST", "PUT"]


def test_a_test_may_let_the_next_deploy_of_any_component_fail(world: World) -> None:
    """One deploy fails, the one after it does not."""
    world.cloud.fail_next_deploy(CHECKOUT)

    ended = [world.finish(world.client.put(COMPONENT, json=an_upgrade(v))) for v in ("1.4", "1.5")]

    assert ended == ["FAILED", "SUCCEEDED"]


def test_a_put_replaces_what_it_does_not_name(world: World) -> None:
    """Variables, labels, probes and limits that are not sent again are gone."""
    before = shown(world)

    world.finish(world.client.put(COMPONENT, json=an_upgrade("1.4.0")))

    after = shown(world)
    assert before["readiness_probe"]["path"] == "/ready"
    assert {"readiness_probe", "liveness_probe", "limit_cpu", "deploy_strategy"} <= set(before)
    assert not {"readiness_probe", "liveness_probe", "limit_cpu", "deploy_strategy"} & set(after)
    assert (after["labels"], after["description"]) == ([], "")
    assert {env["inner"] for env in after["envs"]} == {True}
    assert after["refer_resources"] == before["refer_resources"]
    assert after["status"]["artifact"] == {
        "type": "image",
        "url": "swr.cn-north-4.myhuaweicloud.com/shop/checkout:1.4.0",
    }


def test_a_view_can_be_sent_back_without_what_is_not_ones_own(world: World) -> None:
    """All settings that a view shows, less status, ids and inner variables, are a valid PUT."""
    before = shown(world)
    body = {key: value for key, value in before.items() if key not in {"status", "environment_id"}}
    body["envs"] = [env for env in before["envs"] if not env["inner"]]
    body["version"] = "1.4.0"

    world.finish(world.client.put(COMPONENT, json=body))

    after = shown(world)
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    assert changed == {"version", "status", "envs"}
    assert [env for env in after["envs"] if not env["inner"]] == body["envs"]
    assert after["status"]["component_status"] == "RUNNING"
    assert world.cloud.strictness == ()


PROBE: Final = {"type": "tcp", "delay": 1, "timeout": 1}
REFUSED_CHANGES: Final[dict[str, dict[str, object]]] = {
    "unknown field": {"colour": "red"},
    "unknown field within": {"source": {"kind": "image", "url": "a:1", "tag": "1"}},
    "environment": {"environment_id": "21a43958-f64f-4077-8ae3-3a03bf0111c7"},
    "short name": {"name": "c"},
    "name with a blank": {"name": "check out"},
    "version of blanks": {"version": "1 4"},
    "version with a line end": {"version": "1.4.0\n"},
    "version as a number": {"version": 2},
    "version of 129 characters": {"version": "1" * 129},
    "replica as text": {"replica": "2"},
    "replica as a bool": {"replica": True},
    "negative replica": {"replica": -1},
    "too many replicas": {"replica": 201},
    "image without address": {"source": {"kind": "image"}},
    "kind of source": {"source": {"kind": "jar", "url": "a:1"}},
    "stack without mode": {"runtime_stack": {"name": "Docker", "type": "Docker", "version": ""}},
    "inner variable": {"envs": [{"name": "PAAS_X", "value": "1", "inner": True}]},
    "variable twice": {"envs": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
    "variable as a number": {"envs": [{"name": "A", "value": 1}]},
    "half a probe": {"readiness_probe": {"type": "http"}},
    "unknown probe": {"readiness_probe": {**PROBE, "type": "grpc"}},
    "batches of none": {
        "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": 0}}
    },
    "batches as a word": {
        "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": "one"}}
    },
    "rolling without batches": {"deploy_strategy": {"type": "RollingRelease"}},
    "label without value": {"labels": [{"key": "team"}]},
    "limit as text": {"limit_cpu": "0.5"},
    "id of another": {"id": FLAKY_ID},
    "another application": {"application_id": FLAKY_ID},
}


@pytest.mark.parametrize("what", REFUSED_CHANGES)
def test_a_put_with_wrong_fields_changes_nothing(world: World, what: str) -> None:
    """Unknown fields, other types and values out of range are refused and leave no trace."""
    before = shown(world)

    response = world.client.put(COMPONENT, json={**an_upgrade(), **REFUSED_CHANGES[what]})

    assert error(response) == (400, "SVCSTG.00100400")
    assert shown(world) == before
    assert world.cloud.executed == ()


@pytest.mark.parametrize("field", ["name", "version", "source"])
def test_a_put_names_what_it_lacks(world: World, field: str) -> None:
    """Name, version and source are always required."""
    body = {key: value for key, value in an_upgrade().items() if key != field}

    response = world.client.put(COMPONENT, json=body)

    assert error(response) == (400, "SVCSTG.00100400")
    assert field in response.json()["error_msg"]


@pytest.mark.parametrize(("lenient", "expected"), [(True, 200), (False, 400)])
@pytest.mark.parametrize("field", ["runtime_stack", "replica"])
def test_leniency_spares_the_two_fields_of_the_sample(
    field: str, *, lenient: bool, expected: int
) -> None:
    """What the printed sample lacks may be lacking while lenient_put is on, and then stays."""
    world = a_world(sandbox_config().model_copy(update={"lenient_put": lenient}))
    before = shown(world)
    body = {key: value for key, value in an_upgrade().items() if key != field}

    response = world.client.put(COMPONENT, json=body)

    assert response.status_code == expected
    assert shown(world)[field] == before[field]


@pytest.mark.parametrize("version", ["1.4.0", "2023.0712.09204", "v1", "a" * 128, "1.4.0-rc_1"])
def test_versions_of_people_pass(world: World, version: str) -> None:
    """Numbers with dots and tag-like versions are both accepted."""
    assert world.client.put(COMPONENT, json=an_upgrade(version)).status_code == 200


@pytest.mark.parametrize(("once", "expected"), [(False, 200), (True, 400)])
def test_a_version_may_be_used_twice_unless_told_otherwise(*, once: bool, expected: int) -> None:
    """Whether a version can be deployed again is a switch, as the vendor leaves it open."""
    world = a_world(sandbox_config().model_copy(update={"versions_once": once}))

    assert world.client.put(COMPONENT, json=an_upgrade("1.2.0")).status_code == expected


@pytest.mark.parametrize(
    "field", ["name", "runtime_stack", "source", "replica", "version", "refer_resources"]
)
def test_a_create_lacks_no_required_field(world: World, field: str) -> None:
    """Each of the six required fields is asked for."""
    body = {key: value for key, value in samples.CREATE.items() if key != field}

    response = world.client.post(COMPONENTS, json=body)

    assert error(response) == (400, "SVCSTG.00100400")
    assert field in response.json()["error_msg"]


def test_a_created_component_runs_after_its_job_and_a_deleted_one_is_gone(world: World) -> None:
    """A component initialises, runs, is deleted, and then is unknown."""
    created = world.client.post(COMPONENTS, json=samples.CREATE)
    component = f"{COMPONENTS}/{created.json()['component_id']}"
    before = status(world, component)
    world.finish(created)
    after = status(world, component)

    deleted = world.client.delete(component)
    during = status(world, component)
    world.clock.turn(10)
    gone = world.client.get(component)

    assert (before, after, during) == ("INITIALIZING", "RUNNING", "DELETING")
    assert deleted.json() == {"component_id": created.json()["component_id"]}
    assert error(gone) == (401, "SVCSTG.00100401")
    assert world.client.get(COMPONENTS).json()["count"] == 2


def test_lists_are_ordered_paged_and_filtered(world: World) -> None:
    """An application's components, and all components by name, a page at a time."""
    page = world.client.get(f"{COMPONENTS}?limit=1&offset=1&order_by=name&order=asc").json()
    named = world.client.get(f"{CAS}/components?application_name=shop&component_name=flaky").json()
    none = world.client.get(f"{CAS}/components?application_name=other").json()

    assert (page["count"], [row["name"] for row in page["components"]]) == (2, ["flaky"])
    assert [row["id"] for row in named["components"]] == [FLAKY_ID]
    assert none == {"count": 0, "components": []}
