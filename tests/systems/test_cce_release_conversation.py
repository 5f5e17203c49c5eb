"""The system `cce-release`, the client and the strict simulator over a real socket."""

from collections.abc import Iterator

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import (
    Absent,
    NoSuchRevision,
    NotCreatedYet,
    RevisionEndedBadly,
    StatusOf,
    UnlistedStatus,
    label,
)
from bot.core.errors import CloudRefusedError
from bot.core.system import (
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    SEARCH_CHART_ID,
    SEARCH_CLUSTER_ID,
    CceReleaseConfig,
    ClusterSeed,
)
from bot.systems._helm.codes import (
    Gone,
    NoChartVersion,
    RevisionFailed,
    RevisionUnderWay,
    SameRevision,
    Superseded,
    ValuesKept,
    VersionAt,
)
from bot.systems.cce_release.codes import DeletionUnderWay, NoSuchChart, NoSuchRelease
from tests.systems.cce_release_world import (
    PASSWORD,
    PLACE,
    SEARCH,
    SECONDS,
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


def test_a_deployment_from_plan_to_end(world: ReleaseWorld) -> None:
    """A new chart version, with no values sent: the present ones stay, and the plan says so."""
    draft = world.finish(SEARCH, "deploy", version="1.2.0")

    assert (draft.before, draft.after) == ("1.1.0", "1.2.0")
    assert draft.observed.revision == "2"
    assert (label("values"), ValuesKept().reason) in [
        (each.name, each.after) for each in draft.changes
    ]
    assert world.sent == [
        {
            "chart_id": SEARCH_CHART_ID,
            "action": "upgrade",
            "parameters": {"dry_run": False},
            "values": {},
        }
    ]
    assert world.values == {"replicas": 2, "index": {"shards": 3}}
    assert world.there.strictness == ()
    status = world.run(SYSTEM.status(SEARCH))
    assert status.headline == StatusOf(status="deployed", version="1.2.0").reason
    assert status.facts["revision"] == "3"
    entries = world.run(SYSTEM.history(SEARCH))
    assert [(each.revision, each.is_current, each.can_return) for each in entries] == [
        ("3", True, False),
        ("2", False, True),
        ("1", False, True),
    ]
    assert entries[1].status == "SUPERSEDED"
    assert entries[0].description == "search 1.2.0: Upgrade complete"
    assert entries[0].when == "2026-05-06T15:08:13+08:00"


def test_what_is_under_way_is_seen_and_left_alone(world: ReleaseWorld) -> None:
    """Pending is running; nothing else is planned then, and what is sent waits its turn."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")

    assert task.id == "3"
    seen = world.seen(SEARCH, draft, task)
    under_way = RevisionUnderWay(revision="3", status="PENDING_UPGRADE", words="Preparing upgrade")
    assert seen == TaskRunning(detail=under_way.reason)
    assert world.refused(SEARCH, "deploy", version="1.2.0").code == "in_progress"
    assert world.refused(SEARCH, "rollback").code == "in_progress"
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])))
    assert caught.value.verdict == "busy"
    assert "Update release is forbidden" in caught.value.why


def test_rollbacks_one_after_the_other(world: ReleaseWorld) -> None:
    """To the one before, to a named one, and from a rollback to what was before its origin."""
    first = VersionAt(version="1.0.0", revision="1").reason
    second = VersionAt(version="1.1.0", revision="2").reason
    for revision, to in ((None, first), ("2", second)):
        draft = world.finish(SEARCH, "rollback", revision=revision)
        assert draft.after == to
    back = world.finish(SEARCH, "rollback")

    assert back.after == first
    assert [body["parameters"] for body in world.sent] == [
        {"dry_run": False, "release_version": number} for number in (1, 2, 1)
    ]
    assert {repr(body["values"]) for body in world.sent} == {"{}"}
    assert world.values["replicas"] == 1
    changed = [(each.name, each.before, each.after) for each in back.changes]
    assert ("replicas", "2", "1") in changed
    assert world.there.strictness == ()


def test_revisions_that_cannot_be_returned_to_are_named(world: ReleaseWorld) -> None:
    """FM-70: an unknown, the present or a failed revision gets the nearest there are."""
    unknown = world.refused(SEARCH, "rollback", revision="9")
    assert unknown == Denied.of(NoSuchRevision(thing="release", revision="9", near=("1",)))
    present = world.refused(SEARCH, "rollback", revision="2")
    assert present == Denied.of(SameRevision(revision="2"))
    world.there.releases.fail_next(*PLACE)
    world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)
    world.finish(SEARCH, "deploy", version="1.2.0")
    failed = world.refused(SEARCH, "rollback", revision="3")
    badly = RevisionEndedBadly(revision="3", status="FAILED", near=("2", "1"))
    assert failed == Denied.of(badly)
    back = world.finish(SEARCH, "rollback").after
    assert back == VersionAt(version="1.1.0", revision="2").reason


def test_charts_and_versions_that_are_not_there_are_named(world: ReleaseWorld) -> None:
    """A wrong chart, id or version gets the nearest ones; the id's own version needs no list."""
    version = world.refused(SEARCH, "deploy", version="1.2.1")
    near = ("1.2.0", "1.1.0", "1.0.0")
    assert version == Denied.of(NoChartVersion(chart="search", version="1.2.1", near=near))
    name = world.refused(target(chart="serch"), "deploy", version="1.2.0")
    assert name == Denied.of(NoSuchChart(chart="serch", near=("search", "metrics")))
    no_id = target(chart="00000000-0000-4000-8000-000000000000")
    assert world.refused(no_id, "deploy", version="1.2.0").code == "no_such_chart"
    by_id = target(chart=SEARCH_CHART_ID)
    assert world.finish(by_id, "deploy", version="1.2.0").after == "1.2.0"
    assert world.finish(by_id, "deploy", version="1.0.0").after == "1.0.0"


def test_a_failure_is_told_and_deployed_over(world: ReleaseWorld) -> None:
    """A failed upgrade is told in the cloud's words; the next one is allowed."""
    world.there.releases.fail_next(*PLACE)
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)

    seen = world.seen(SEARCH, draft, task)

    words = "Upgrade failed: timed out waiting for the condition"
    assert seen == TaskFailed(
        reason=RevisionFailed(revision="3", status="FAILED", words=words).reason
    )
    assert world.finish(SEARCH, "deploy", version="1.2.0").after == "1.2.0"


def test_an_unknown_status_is_bad_and_an_unlisted_one_is_running(world: ReleaseWorld) -> None:
    """FM-75: UNKNOWN is listed as abnormal; what is not listed is shown, with a warning."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.there.releases.force_status(*PLACE, "UNKNOWN")
    assert isinstance(world.seen(SEARCH, draft, task), TaskFailed)
    world.there.releases.force_status(*PLACE, "RECONCILING")
    seen = world.seen(SEARCH, draft, task)
    assert isinstance(seen, TaskRunning)
    assert seen.note == UnlistedStatus(status="RECONCILING").reason


def test_a_newer_revision_does_not_hide_ours(world: ReleaseWorld) -> None:
    """Somebody upgrades after us: our end is read from the revisions."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)
    assert world.there.releases.meddle(*PLACE, SEARCH_CHART_ID) == 4
    under_way = world.seen(SEARCH, draft, task)
    world.hands.advance(SECONDS + 1)
    ended = world.seen(SEARCH, draft, task)

    for seen, status in ((under_way, "PENDING_UPGRADE"), (ended, "DEPLOYED")):
        since = Superseded(revision="3", newest="4", status=status)
        assert seen == TaskSucceeded(detail=since.reason)


def test_a_deletion_and_a_creation(world: ReleaseWorld) -> None:
    """A bare text answers the deletion, 404 ends it; a new release begins at revision 1."""
    there = target(values={"replicas": 4})
    draft, task = world.begin(there, "delete")
    under_way = DeletionUnderWay(status="DELETING").reason
    assert world.seen(there, draft, task) == TaskRunning(detail=under_way)
    assert world.refused(there, "deploy", version="1.2.0").code == "in_progress"
    world.hands.advance(SECONDS + 1)
    assert world.seen(there, draft, task) == TaskSucceeded(detail=Gone().reason)
    assert world.refused(there, "deploy", version="1.2.0").code == "not_found"
    assert world.run(SYSTEM.status(there)).headline == NotCreatedYet().reason
    assert world.run(SYSTEM.history(there)) == ()
    assert world.refused(there, "create", version="1.2.0").code == "not_creatable"

    creatable = target(
        values={"replicas": 4, "db": {"password": PASSWORD}},
        create_body={"description": "made by Slipway", "values": {"zone": "a", "replicas": 1}},
    )
    made = world.finish(creatable, "create", version="1.2.0")

    assert (made.before, made.after) == (Absent().reason, "1.2.0")
    assert PASSWORD not in repr(made)
    assert world.values == {"replicas": 4, "zone": "a", "db": {"password": PASSWORD}}
    assert world.sent[-1]["description"] == "made by Slipway"
    assert world.past[0].task == "1"
    assert world.refused(creatable, "create", version="1.2.0").code == "no_change"
    assert world.refused(creatable, "rollback").code == "no_previous_revision"


@pytest.mark.parametrize("world", [content(answers_before=True, created_status=200)], indirect=True)
def test_the_sample_s_own_answer_is_understood(world: ReleaseWorld) -> None:
    """The document answers an upgrade with the revision and the words of an installation."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")

    assert task.id == "3"
    world.hands.advance(SECONDS + 1)
    assert isinstance(world.seen(SEARCH, draft, task), TaskSucceeded)


def standard() -> CceReleaseConfig:
    """The same in a standard cluster."""
    cluster = ClusterSeed(id=SEARCH_CLUSTER_ID, name="monitoring", flavour="standard")
    return content(clusters=(cluster,))


@pytest.mark.parametrize("world", [standard()], indirect=True)
def test_a_standard_cluster_has_paths_of_its_own(world: ReleaseWorld) -> None:
    """The whole way in a standard cluster; by Autopilot's paths it is not there."""
    assert world.finish(target(flavour="standard"), "deploy", version="1.2.0").after == "1.2.0"
    assert {each.path.split("/")[1] for each in world.there.requests} == {"cce", "v2"}
    refusal = world.refused(SEARCH, "deploy", version="1.2.0")
    words = f"CCE.01404001 cluster {SEARCH_CLUSTER_ID} not found"
    assert refusal == Denied.of(
        NoSuchRelease(cluster=SEARCH_CLUSTER_ID, place="monitoring/search", words=words)
    )
