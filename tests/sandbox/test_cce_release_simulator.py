"""The simulated releases of CCE: the documented call, upgrades, rollbacks, deletions."""

import json
from datetime import datetime
from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    CceReleaseConfig,
    ChartSeed,
    ClusterSeed,
)
from tests.sandbox.cce_release_client import (
    PLACE,
    RELEASES,
    SEARCH,
    a_release_world,
    shown,
    statuses,
    upgraded,
)
from tests.sandbox.servicestage_client import World

FIRST_CHART: Final = "af4b699e-018c-11ec-b8b0-0255ac100b03"


FORBIDDEN: Final = {
    "errorCode": "CCE.01403005",
    "errorMessage": "Update release is forbidden",
}


DOCUMENTED_UPGRADE: Final = json.loads("""{
  "chart_id": "af4b699e-018c-11ec-b8b0-0255ac100b05",
  "action": "upgrade",
  "parameters": {
    "dry_run": false,
    "name_template": "string",
    "no_hooks": false,
    "replace": false,
    "recreate": false,
    "reset_values": false,
    "release_version": 1,
    "include_hooks": false
  },
  "values": {"imagePullPolicy": "IfNotPresent", "imageTag": "v2"}
}""")


DOCUMENTED_VALUES: Final = (
    '{"basic":{"admin_password":"******","admin_username":"username","app_name":"magento",'
    '"mysql_database":"magento","mysql_name":"mysql","mysql_password":"******",'
    '"mysql_port":3306,"mysql_root_password":"******","mysql_user":"magento",'
    '"storage_class":"csi-nas","storage_mode":"ReadWriteMany","storage_size":"10G"},'
    '"global":{"magento_EIP":"100.100.100.100","magento_EPORT":32080,"namespace":"default"},'
    '"image":{"magento_image":"example.com/everest/magento:latest",'
    '"mysql_image":"example.com/everest/mysql:5.7.14"}}'
)


DOCUMENTED_ANSWER: Final = {
    "chart_name": "magento-mysql",
    "chart_public": False,
    "chart_version": "1.0.0",
    "cluster_id": "a870253f-5dc7-11ee-bf71-0255ac100b03",
    "cluster_name": "sfs-turbo-test",
    "create_at": "2023-11-14T20:30:57+08:00",
    "description": "Initial install underway",
    "name": "testwww",
    "namespace": "monitoring",
    "parameters": "",
    "resources": "",
    "status": "PENDING_INSTALL",
    "status_description": "Initial install underway",
    "update_at": "2023-11-14T20:30:57+08:00",
    "values": DOCUMENTED_VALUES,
    "version": 1,
}


@pytest.fixture
def world() -> World:
    """Return a cloud with the sandbox's content."""
    return a_release_world()


def rolled_back(world: World, to: int, chart_id: str = FIRST_CHART) -> httpx.Response:
    """Ask for a rollback."""
    parameters = {"release_version": to}
    return upgraded(world, chart_id, action="rollback", parameters=parameters)


def documented() -> CceReleaseConfig:
    """Return what the vendor's sample is about, before it is installed."""
    return CceReleaseConfig(
        clusters=(
            ClusterSeed(
                id="a870253f-5dc7-11ee-bf71-0255ac100b03",
                name="sfs-turbo-test",
                flavour="autopilot",
            ),
        ),
        charts=(
            ChartSeed(
                id="af4b699e-018c-11ec-b8b0-0255ac100b05", name="magento-mysql", version="1.0.0"
            ),
        ),
        answers_before=True,
    )


def test_the_documented_request_and_answer() -> None:
    """[REL]: its answer is an installation's, to the letter; its request is taken as it is."""
    world = a_release_world(documented())
    world.clock.now = datetime.fromisoformat("2023-11-14T20:30:57+08:00").timestamp()
    secret = json.loads(DOCUMENTED_VALUES.replace("******", "hunter2"))
    one = f"{RELEASES.removesuffix('/releases')}/namespace/monitoring/releases/testwww"

    created = world.client.post(
        RELEASES,
        json={
            "chart_id": "af4b699e-018c-11ec-b8b0-0255ac100b05",
            "name": "testwww",
            "namespace": "monitoring",
            "version": "1.0.0",
            "values": secret,
        },
    )
    world.clock.turn(60)
    changed = world.client.put(one, json=DOCUMENTED_UPGRADE)
    world.clock.turn(60)

    assert (created.status_code, created.json()) == (201, DOCUMENTED_ANSWER)
    assert changed.status_code == 200
    told = ("status", "version", "description", "status_description")
    assert [changed.json()[key] for key in told] == [DOCUMENTED_ANSWER[key] for key in told]
    after = shown(world, one)
    assert (after["version"], after["status"]) == (2, "DEPLOYED")
    assert json.loads(after["values"]) == {"imagePullPolicy": "IfNotPresent", "imageTag": "v2"}


def test_an_upgrade_takes_its_time(world: World) -> None:
    """Pending, then deployed; the one before is superseded only then."""
    answered = upgraded(world)
    assert answered.json()["status"] == "PENDING_UPGRADE"
    assert answered.json()["version"] == 3
    assert statuses(world) == [(1, "SUPERSEDED"), (2, "DEPLOYED"), (3, "PENDING_UPGRADE")]

    world.clock.turn(10)

    assert statuses(world) == [(1, "SUPERSEDED"), (2, "SUPERSEDED"), (3, "DEPLOYED")]
    view = shown(world)
    assert view["chart_version"] == "1.2.0"
    assert view["description"] == "Upgrade complete"
    assert view["create_at"] < view["update_at"]
    assert view["update_at"].endswith("+08:00")


def test_a_failed_upgrade_leaves_the_one_before_deployed(world: World) -> None:
    """And the next one ends well."""
    world.cloud.releases.fail_next(*PLACE)
    upgraded(world)
    world.clock.turn(10)
    assert statuses(world) == [(1, "SUPERSEDED"), (2, "DEPLOYED"), (3, "FAILED")]
    assert "timed out" in shown(world)["status_description"]
    upgraded(world)
    world.clock.turn(10)
    assert statuses(world)[-1] == (4, "DEPLOYED")


def test_a_rollback_is_a_new_revision(world: World) -> None:
    """With the chart and the values of the one that it returns to."""
    assert rolled_back(world, 1).json()["status"] == "PENDING_ROLLBACK"
    world.clock.turn(10)
    view = shown(world)
    assert (view["version"], view["chart_version"]) == (3, "1.0.0")
    assert view["description"] == "Rollback to 1"
    assert json.loads(view["values"])["replicas"] == 1


def test_a_failed_rollback_says_so(world: World) -> None:
    """In the words of a rollback."""
    world.cloud.releases.fail_next(*PLACE)
    rolled_back(world, 1)
    world.clock.turn(10)
    assert shown(world)["description"].startswith("Rollback to 1 failed")


@pytest.mark.parametrize(
    "words", [{}, {"action": "rollback", "parameters": {"release_version": 1}}]
)
def test_a_busy_release_forbids_any_update(world: World, words: dict[str, Any]) -> None:
    """While a change or a deletion is under way."""
    upgraded(world)
    answer = upgraded(world, **words)
    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    world.clock.turn(10)
    assert world.client.delete(SEARCH).status_code == 200
    assert upgraded(world, **words).json() == FORBIDDEN


def test_a_deletion_answers_text_then_404(world: World) -> None:
    """The body is a bare string, the release is DELETING, then it is gone."""
    answer = world.client.delete(SEARCH)
    assert answer.json() == "release search is being deleted"
    assert shown(world)["status"] == "DELETING"
    assert world.client.delete(SEARCH).status_code == 200
    world.clock.turn(10)
    gone = world.client.get(SEARCH)
    assert gone.status_code == 404
    assert gone.json() == {
        "errorCode": "CCE.01404001",
        "errorMessage": "release monitoring/search not found",
    }
    assert world.client.get(f"{SEARCH}/history").status_code == 404
    assert world.client.get(RELEASES).json() == []
    with pytest.raises(LookupError):
        world.cloud.releases.view(*PLACE)
