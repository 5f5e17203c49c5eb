"""How the simulated releases of CCE read values and bodies, list, and count."""

import json
from typing import Any, Final

import pytest

from bot.sandbox.clouds.http.wire import RefusedError
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    SEARCH_CHART_ID,
    SEARCH_CLUSTER_ID,
    ClusterSeed,
    ReleaseSeed,
    RevisionSeed,
    search_config,
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

CHARTS: Final = "/autopilot/v2/charts"


@pytest.fixture
def world() -> World:
    """Return a cloud with the sandbox's content."""
    return a_release_world()


def choosing(**given: Any) -> World:
    """Return a world with other choices."""
    return a_release_world(search_config().model_copy(update=given))


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
        ("metrics", "2.0.0"),
        ("metrics", "2.1.0"),
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
