"""Values of releases, over a real socket."""

from collections.abc import Iterator

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import label
from bot.core.errors import CloudRefusedError
from bot.core.system import (
    Work,
)
from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    SEARCH_CHART_ID,
)
from bot.systems._helm.codes import (
    OnlyThese,
    OtherValues,
    ValuesUnknown,
)
from tests.systems.cce_release_world import (
    HIDING,
    PASSWORD,
    PLACE,
    SEARCH,
    SECONDS,
    SHOWING,
    SYSTEM,
    ReleaseWorld,
    content,
    target,
)
from tests.systems.conversing import Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """One server for all tests of a module."""
    with opened() as door:
        yield door


@pytest.fixture
def world(request: pytest.FixtureRequest, door: Door) -> ReleaseWorld:
    """The sandbox's project, or another where the test says so."""
    releases = getattr(request, "param", content())
    whole = sandbox_config(job_seconds=SECONDS).model_copy(update={"cce_releases": releases})
    return door.world(SYSTEM, whole, ReleaseWorld)


def test_values_are_set_from_what_is_shown(world: ReleaseWorld) -> None:
    """All present values are shown, so one can be changed and the rest is sent with it."""
    draft = world.finish(SEARCH, "deploy", values={"replicas": "5", "index.shards": "4"})

    assert world.values == {"replicas": 5, "index": {"shards": 4}}
    assert [(each.name, each.before, each.after) for each in draft.changes] == [
        ("index.shards", "3", "4"),
        ("replicas", "2", "5"),
    ]
    assert (draft.before, draft.after) == ("1.1.0", OtherValues(version="1.1.0").reason)
    assert draft.steps[0].parameters["words"] == {"replicas": "5", "index.shards": "4"}
    again = world.refused(SEARCH, "deploy", values={"replicas": "5"})
    assert again.code == "no_change"


def test_values_that_were_typed_hold(world: ReleaseWorld) -> None:
    """What is declared is sent whole, with the words of the steps that made what runs."""
    declared = target(values={"replicas": 2, "index": {"shards": 3}, "zone": "a"})

    world.finish(declared, "deploy", values={"replicas": "7"})
    world.finish(declared, "deploy", version="1.2.0", values={"index.shards": "9"})
    world.finish(declared, "deploy", version="1.1.0")

    assert [body["values"] for body in world.sent] == [
        {"replicas": 7, "index": {"shards": 3}, "zone": "a"},
        {"replicas": 7, "index": {"shards": 9}, "zone": "a"},
        {"replicas": 7, "index": {"shards": 9}, "zone": "a"},
    ]
    assert world.past[0].parameters["words"] == {"replicas": "7", "index.shards": "9"}
    world.there.releases.meddle(*PLACE, SEARCH_CHART_ID)
    world.hands.advance(SECONDS + 1)
    world.finish(declared, "deploy", version="1.1.0")
    assert world.sent[-1]["values"]["replicas"] == 2


@pytest.mark.parametrize("world", [HIDING], indirect=True)
def test_masked_values_are_never_sent_back(world: ReleaseWorld) -> None:
    """A single value cannot be changed where a secret is not known: the way out is named."""
    refusal = world.refused(SEARCH, "deploy", values={"replicas": "3"})
    assert refusal == Denied.of(ValuesUnknown(paths=("db.password",)))

    world.finish(SEARCH, "deploy", version="1.2.0")
    declared = target(values={"db": {"password": "${not here}", "user": "ann"}, "replicas": 3})
    world.finish(declared, "deploy", version="1.2.0")
    again = world.refused(SEARCH, "deploy", values={"replicas": "3"})

    assert again.code == "values_unknown"
    assert [body["values"] for body in world.sent] == [
        {},
        {"db": {"password": "${not here}", "user": "ann"}, "replicas": 3},
    ]
    assert "******" not in repr(world.sent)


@pytest.mark.parametrize("world", [HIDING], indirect=True)
def test_one_value_is_set_where_only_the_secret_is_declared(world: ReleaseWorld) -> None:
    """V6: what CCE masks stands in slipway.yaml, the rest is sent as CCE shows it."""
    declared = target(values={"db": {"password": PASSWORD}})
    world.finish(declared, "deploy", values={"imageTag": "v2"})
    world.finish(declared, "deploy", values={"replicas": "3"})

    whole = {"db": {"password": PASSWORD, "user": "ann"}, "replicas": 2, "imageTag": "v2"}
    assert [body["values"] for body in world.sent] == [whole, {**whole, "replicas": 3}]
    assert world.values == {**whole, "replicas": 3}


@pytest.mark.parametrize(
    "world", [HIDING.model_copy(update={"merges_values": True})], indirect=True
)
def test_one_value_is_sent_alone_where_the_cloud_keeps_the_rest(world: ReleaseWorld) -> None:
    """V6: `values_mode: merge` needs no secret, and the plan says what it does."""
    merging = target(values_mode="merge")
    draft = world.finish(merging, "deploy", values={"imageTag": "v2"})
    world.finish(merging, "deploy", values={"replicas": "3"})

    assert [body["values"] for body in world.sent] == [{"imageTag": "v2"}, {"replicas": 3}]
    assert (label("values"), OnlyThese().reason) in [
        (each.name, each.after) for each in draft.changes
    ]
    kept = {"db": {"password": PASSWORD, "user": "ann"}, "imageTag": "v2"}
    assert world.values == {**kept, "replicas": 3}
    again = world.refused(merging, "deploy", values={"replicas": "3"})
    assert again.code == "no_change"


@pytest.mark.parametrize("world", [SHOWING], indirect=True)
def test_a_secret_that_only_the_cloud_knows_is_sent_and_never_told(world: ReleaseWorld) -> None:
    """It is recorded masked, and read again from the live state right before the call."""
    draft = world.finish(SEARCH, "deploy", values={"replicas": "3"})

    assert world.values == {"db": {"password": PASSWORD, "user": "ann"}, "replicas": 3}
    assert PASSWORD not in repr(draft)
    assert draft.steps[0].parameters["values"] == {
        "db": {"password": "******", "user": "ann"},
        "replicas": 3,
    }


@pytest.mark.parametrize("world", [SHOWING], indirect=True)
def test_a_secret_that_is_gone_before_the_call_stops_it(world: ReleaseWorld) -> None:
    """FM-77: what cannot be made whole is not sent at all."""
    draft = world.draft(SEARCH, "deploy", values={"replicas": "3"})
    world.there.releases.meddle(*PLACE, SEARCH_CHART_ID, {"db": {"password": "other"}})

    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])))

    assert caught.value.code == "values_unknown"
    assert "db.password" in caught.value.why
    assert world.there.executed == ()


def test_a_rollback_records_what_held_then(world: ReleaseWorld) -> None:
    """The words of the revision returned to hold again: the next deployment sends them."""
    declared = target(values={"replicas": 2})
    world.finish(declared, "deploy", values={"zone": "a"})
    world.finish(declared, "deploy", values={"zone": "b"})
    back = world.finish(declared, "rollback", revision="3")

    assert back.steps[0].parameters["words"] == {"zone": "a"}
    world.finish(declared, "deploy", version="1.2.0")
    assert world.sent[-1]["values"] == {"replicas": 2, "zone": "a"}
