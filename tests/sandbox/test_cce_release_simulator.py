"""The simulated releases and charts of CCE: state over time, strictness, oddities."""

import json
from datetime import datetime
from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.http.wire import RefusedError
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    SEARCH_CHART_ID,
    SEARCH_CLUSTER_ID,
    CceReleaseConfig,
    ChartSeed,
    ClusterSeed,
    ReleaseSeed,
    RevisionSeed,
    search_config,
)
from tests.sandbox.servicestage_client import World, a_world

PLACE: Final = (SEARCH_CLUSTER_ID, "monitoring", "search")
RELEASES: Final = f"/autopilot/cam/v3/clusters/{SEARCH_CLUSTER_ID}/releases"
SEARCH: Final = (
    f"/autopilot/cam/v3/clusters/{SEARCH_CLUSTER_ID}/namespace/monitoring/releases/search"
)
CHARTS: Final = "/autopilot/v2/charts"
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


def a_release_world(content: CceReleaseConfig | None = None, *, writes: int | None = None) -> World:
    """Return a world with the sandbox's releases, or others; writes are not limited."""
    known = search_config() if content is None else content
    changed = {"cce_releases": known, "cce_writes_a_minute": writes}
    return a_world(sandbox_config().model_copy(update=changed))


@pytest.fixture
def world() -> World:
    """Return a cloud with the sandbox's content."""
    return a_release_world()


def choosing(**given: Any) -> World:
    """Return a world with other choices."""
    return a_release_world(search_config().model_copy(update=given))


def upgraded(world: World, chart_id: str = SEARCH_CHART_ID, **given: Any) -> httpx.Response:
    """Ask for an upgrade."""
    body = {"chart_id": chart_id, "action": "upgrade", "parameters": {}, "values": {}}
    return world.client.put(SEARCH, json={**body, **given})


def rolled_back(world: World, to: int, chart_id: str = FIRST_CHART) -> httpx.Response:
    """Ask for a rollback."""
    parameters = {"release_version": to}
    return upgraded(world, chart_id, action="rollback", parameters=parameters)


def shown(world: World, where: str = SEARCH) -> dict[str, Any]:
    """Show a release."""
    view: dict[str, Any] = world.client.get(where).json()
    return view


def statuses(world: World) -> list[tuple[int, str]]:
    """Return the revisions with their statuses."""
    rows = world.client.get(f"{SEARCH}/history").json()
    return [(row["version"], row["status"]) for row in rows]


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


def test_values_are_text_and_masked() -> None:
    """Secrets are hidden in it, at any depth; what is true is known only past the API."""
    values: dict[str, Any] = {"users": [{"dbPassword": "x", "pin": 1}], "replicas": 2}
    seed = ReleaseSeed(
        cluster_id=SEARCH_CLUSTER_ID,
        namespace="monitoring",
        name="search",
        chart_name="search",
        revisions=(RevisionSeed(chart_version="1.0.0", values=values),),
    )
    world = choosing(releases=(seed,))

    view = shown(world)

    assert isinstance(view["values"], str)
    assert json.loads(view["values"]) == {
        "users": [{"dbPassword": "******", "pin": 1}],
        "replicas": 2,
    }
    assert world.cloud.releases.values(*PLACE) == values
    assert (view["parameters"], view["resources"]) == ("", "")
    more = world.client.get(SEARCH, params={"show_resources": "true"}).json()["resources"]
    assert json.loads(more)[0]["kind"] == "Deployment"


@pytest.mark.parametrize(
    ("keeps", "sent", "kept"),
    [
        (True, {}, {"replicas": 2, "index": {"shards": 3}}),
        (False, {}, {}),
        (True, {"replicas": 9}, {"replicas": 9}),
    ],
)
def test_values_that_are_not_sent(
    keeps: bool,  # noqa: FBT001 - a column of the table
    sent: dict[str, Any],
    kept: dict[str, Any],
) -> None:
    """Kept or dropped, as one chooses; those that are sent replace all others."""
    world = choosing(keeps_values=keeps)
    upgraded(world, values=sent)
    assert world.cloud.releases.values(*PLACE) == kept


def test_a_dry_run_makes_no_revision(world: World) -> None:
    """It answers, and nothing has changed."""
    assert upgraded(world, parameters={"dry_run": True}).json()["version"] == 2
    assert statuses(world)[-1] == (2, "DEPLOYED")


BODY: Final[dict[str, Any]] = {
    "chart_id": SEARCH_CHART_ID,
    "action": "upgrade",
    "parameters": {},
    "values": {},
}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"chart_id": None}, 400, "CCE.01400001"),
        ({"chart_id": "x"}, 404, "CCE.01404001"),
        ({"action": "deploy"}, 400, "CCE.01400001"),
        ({"parameters": None}, 400, "CCE.01400001"),
        ({"parameters": {"force": True}}, 400, "CCE.01400001"),
        ({"parameters": {"dry_run": "false"}}, 400, "CCE.01400001"),
        ({"values": '{"a":1}'}, 400, "CCE.01400001"),
        ({"namespace": "monitoring"}, 400, "CCE.01400001"),
        ({"action": "rollback"}, 400, "CCE.01400001"),
        ({"action": "rollback", "parameters": {"release_version": 9}}, 400, "CCE.01400001"),
        ({"action": "rollback", "parameters": {"release_version": 1}}, 400, "CCE.01400001"),
    ],
)
def test_an_update_is_read_strictly(
    world: World, change: dict[str, Any], status: int, code: str
) -> None:
    """All four fields, nothing else, and a chart that fits the revision returned to."""
    answer = world.client.put(SEARCH, json={**BODY, **change})
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert world.cloud.executed == ()


@pytest.mark.parametrize("field", list(BODY))
def test_an_update_lacks_nothing(world: World, field: str) -> None:
    """The vendor's SDK demands every field, whatever the action."""
    body = {key: value for key, value in BODY.items() if key != field}
    assert world.client.put(SEARCH, json=body).status_code == 400


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({}, 201, None),
        ({"name": "search"}, 409, "CCE.01409001"),
        ({"name": "Search2"}, 400, "CCE.01400001"),
        ({"name": "x-"}, 400, "CCE.01400001"),
        ({"version": "1.1.0"}, 400, "CCE.01400001"),
        ({"chart_id": "x"}, 404, "CCE.01404001"),
        ({"values": None}, 400, "CCE.01400001"),
    ],
)
def test_a_creation_is_read_strictly(
    world: World, change: dict[str, Any], status: int, code: str | None
) -> None:
    """Names, the chart's own version, and no second release of the name."""
    body = {
        "chart_id": SEARCH_CHART_ID,
        "name": "finder",
        "namespace": "monitoring",
        "version": "1.2.0",
        "values": {},
    }
    answer = world.client.post(RELEASES, json={**body, **change})
    assert (answer.status_code, answer.json().get("errorCode")) == (status, code)


def test_lists_are_arrays(world: World) -> None:
    """Releases by namespace and chart, and the charts of the project."""
    rows = world.client.get(RELEASES, params={"namespace": "monitoring"}).json()
    assert [row["name"] for row in rows] == ["search"]
    assert world.client.get(RELEASES, params={"namespace": "other"}).json() == []
    assert world.client.get(RELEASES, params={"chart_id": SEARCH_CHART_ID}).json() == []
    assert world.client.get(RELEASES, params={"page": "1"}).status_code == 400
    charts = world.client.get(CHARTS).json()
    assert [(each["name"], each["version"]) for each in charts] == [
        ("search", "1.0.0"),
        ("search", "1.1.0"),
        ("search", "1.2.0"),
    ]
    assert world.client.get(f"{CHARTS}/{SEARCH_CHART_ID}").json()["version"] == "1.2.0"
    assert world.client.get(f"{CHARTS}/x").status_code == 404
    values = world.client.get(f"{CHARTS}/{SEARCH_CHART_ID}/values").json()
    assert values["values"]["basic"]["image"]["tag"] == "1.2.0"


def test_each_flavour_has_its_paths(world: World) -> None:
    """An Autopilot cluster is not there by the paths of standard ones; the plural is no path."""
    standard = SEARCH.replace("/autopilot/cam", "/cce/cam")
    assert world.client.get(standard).json()["errorCode"] == "CCE.01404001"
    assert world.client.get("/v2/charts").status_code == 200
    plural = SEARCH.replace("/namespace/", "/namespaces/")
    assert world.client.get(plural).json()["error_code"] == "APIGW.0101"
    cluster = ClusterSeed(id=SEARCH_CLUSTER_ID, name="x", flavour="standard")
    assert choosing(clusters=(cluster,)).client.get(standard).status_code == 200


def test_somebody_else_may_meddle(world: World) -> None:
    """Past the API, as in the console; not while a change is under way."""
    assert world.cloud.releases.meddle(*PLACE, SEARCH_CHART_ID) == 3
    with pytest.raises(RefusedError):
        world.cloud.releases.meddle(*PLACE, SEARCH_CHART_ID)
    world.clock.turn(10)
    assert world.cloud.releases.meddle(*PLACE, SEARCH_CHART_ID, {"a": 1}) == 4
    assert world.cloud.releases.values(*PLACE) == {"a": 1}
    assert world.cloud.executed == ()


def test_a_status_and_a_duration_on_demand(world: World) -> None:
    """UNKNOWN, a word that no page lists, and a change that does not end."""
    for word in ("UNKNOWN", "RECONCILING"):
        world.cloud.releases.force_status(*PLACE, word)
        assert world.cloud.releases.view(*PLACE)["status"] == word
    world.cloud.releases.force_status(*PLACE, "")
    world.cloud.releases.take_seconds(*PLACE, 1e9)
    upgraded(world)
    world.clock.turn(86_400)
    assert shown(world)["status"] == "PENDING_UPGRADE"


def test_writes_are_counted() -> None:
    """Ten within a minute, refused ones too; then the window's text."""
    world = a_release_world(writes=10)
    answers = [upgraded(world).status_code for _ in range(11)]
    assert answers == [200, *[403] * 9, 429]
    assert world.client.get(SEARCH).status_code == 200
