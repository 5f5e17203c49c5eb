"""The system `cce-release`, the client and the strict simulator over a real socket."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bot.core.codes import Denied
from bot.core.codes.systems import label
from bot.core.connection import AccessKey, HuaweiConnection
from bot.core.errors import CloudRefusedError, OutcomeUnknownError
from bot.core.flow import Call, Flow, Reply, drive
from bot.core.plan import PlanDraft
from bot.core.records import Action, Asked, Json, Parameters, PastStep
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault, HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.content import ACCESS_KEY, SECRET_KEY
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    SEARCH_CHART_ID,
    SEARCH_CLUSTER_ID,
    CceReleaseConfig,
    ClusterSeed,
    ReleaseSeed,
    RevisionSeed,
    search_config,
)
from bot.systems._helm.codes import ValuesKept, ValuesUnknown
from bot.systems.cce_release import CceRelease, Release
from workers.cloud.client import Cloud

T = TypeVar("T")

SYSTEM: Final = CceRelease()
EPOCH: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
SECONDS: Final = 4.0
PLACE: Final = (SEARCH_CLUSTER_ID, "monitoring", "search")
PASSWORD: Final = "hunter2-Zq9"


def target(**given: Any) -> Release:
    """The sandbox's release, with further keys of slipway.yaml."""
    return Release.model_validate(
        {
            "cluster_id": SEARCH_CLUSTER_ID,
            "flavour": "autopilot",
            "namespace": "monitoring",
            "release": "search",
            "chart": "search",
            **given,
        }
    )


SEARCH: Final = target()


class Hands:
    """A clock that tests move, for both sides."""

    def __init__(self) -> None:
        self.now = EPOCH

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same for the simulator."""
        return self.now.timestamp()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class World:
    """A simulated project, a client that is connected to it, and what was done before."""

    def __init__(self, url: str, cloud: HuaweiCloud, hands: Hands) -> None:
        self.there = cloud
        self.hands = hands
        self.past: tuple[PastStep, ...] = ()
        self._client = Cloud(hands)
        self._connection = HuaweiConnection(
            name="huawei",
            region="cn-north-4",
            project_id=cloud.config.project_id,
            auth=AccessKey.model_validate({"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}),
            endpoints={"cce": url},
        )

    def run(self, flow: Flow[T]) -> T:
        """Drive a flow against the simulator."""
        return drive(flow, self._answer)

    def _answer(self, call: Call) -> Reply:
        ask = self._client.mutate if call.mutates else self._client.read
        return ask(self._connection, SYSTEM, call)

    def prepare(self, release: Release, action: Action, **given: Any) -> PlanDraft | Denied:
        """Ask what an action would do."""
        question = Asked(action=action, parameters=Parameters(**given), past=self.past)
        return self.run(SYSTEM.prepare(release, question))

    def refused(self, release: Release, action: Action, **given: Any) -> Denied:
        """Ask for what cannot be done."""
        refusal = self.prepare(release, action, **given)
        assert isinstance(refusal, Denied), refusal
        return refusal

    def begin(self, release: Release, action: Action, **given: Any) -> tuple[PlanDraft, RemoteTask]:
        """Plan and send."""
        draft = self.prepare(release, action, **given)
        assert isinstance(draft, PlanDraft), draft
        return draft, self.run(SYSTEM.submit(release, Work(step=draft.steps[0])))

    def look(self, release: Release, draft: PlanDraft, task: RemoteTask) -> PollResult:
        """Look once."""
        return self.run(SYSTEM.watch(release, Work(step=draft.steps[0]), task))

    def finish(self, release: Release, action: Action, **given: Any) -> PlanDraft:
        """Plan, send, let the time pass, see it done, and remember it as the journal does."""
        draft, task = self.begin(release, action, **given)
        self.hands.advance(SECONDS + 1)
        seen = self.look(release, draft, task)
        assert isinstance(seen, TaskSucceeded), seen
        step = draft.steps[0]
        done = PastStep(action=action, name=step.name, parameters=step.parameters, task=task.id)
        self.past = (done, *self.past)
        return draft

    @property
    def sent(self) -> list[Any]:
        """The bodies of the mutations that took effect."""
        return [done.body for done in self.there.executed]

    @property
    def values(self) -> dict[str, Json]:
        """What the release truly has."""
        return self.there.releases.values(*PLACE)


class Switch:
    """An application that serves one simulated project after the other."""

    def __init__(self) -> None:
        self.cloud: HuaweiCloud | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.cloud is not None
        await huawei_app(self.cloud)(scope, receive, send)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Switch, str]]:
    """A real server on loopback."""
    switch = Switch()
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(switch, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield switch, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


def content(**given: Any) -> CceReleaseConfig:
    """The sandbox's releases with other choices."""
    return search_config(seconds=SECONDS).model_copy(update=given)


@pytest.fixture
def world(request: pytest.FixtureRequest, served: tuple[Switch, str]) -> World:
    """The sandbox's project, or another where the test says so."""
    switch, url = served
    hands = Hands()
    releases = getattr(request, "param", content())
    whole = sandbox_config(job_seconds=SECONDS).model_copy(update={"cce_releases": releases})
    switch.cloud = HuaweiCloud(whole, hands.seconds)
    return World(url, switch.cloud, hands)


def with_password() -> CceReleaseConfig:
    """A release that was installed with a secret."""
    values: dict[str, Json] = {"db": {"password": PASSWORD, "user": "ann"}, "replicas": 2}
    seed = ReleaseSeed(
        cluster_id=SEARCH_CLUSTER_ID,
        namespace="monitoring",
        name="search",
        chart_name="search",
        revisions=(RevisionSeed(chart_version="1.1.0", values=values),),
    )
    return content(releases=(seed,))


HIDING: Final = with_password()
SHOWING: Final = HIDING.model_copy(update={"masks": ()})


def test_a_deployment_from_plan_to_end(world: World) -> None:
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
    assert status.headline == "deployed 1.2.0"
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


def test_what_is_under_way_is_seen_and_left_alone(world: World) -> None:
    """Pending is running; nothing else is planned then, and what is sent waits its turn."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")

    assert task.id == "3"
    seen = world.look(SEARCH, draft, task)
    assert seen == TaskRunning(detail="revision 3 is PENDING_UPGRADE: Preparing upgrade")
    assert world.refused(SEARCH, "deploy", version="1.2.0").code == "in_progress"
    assert world.refused(SEARCH, "rollback").code == "in_progress"
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])))
    assert caught.value.verdict == "busy"
    assert "Update release is forbidden" in caught.value.why


def test_values_are_set_from_what_is_shown(world: World) -> None:
    """All present values are shown, so one can be changed and the rest is sent with it."""
    draft = world.finish(SEARCH, "deploy", values={"replicas": "5", "index.shards": "4"})

    assert world.values == {"replicas": 5, "index": {"shards": 4}}
    assert [(each.name, each.before, each.after) for each in draft.changes] == [
        ("index.shards", "3", "4"),
        ("replicas", "2", "5"),
    ]
    assert (draft.before, draft.after) == ("1.1.0", "1.1.0, other values")
    assert draft.steps[0].parameters["words"] == {"replicas": "5", "index.shards": "4"}
    again = world.refused(SEARCH, "deploy", values={"replicas": "5"})
    assert again.code == "no_change"


def test_values_that_were_typed_hold(world: World) -> None:
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
def test_masked_values_are_never_sent_back(world: World) -> None:
    """A single value cannot be changed where a secret is not known: the way out is named."""
    refusal = world.refused(SEARCH, "deploy", values={"replicas": "3"})
    assert refusal == Denied.of(ValuesUnknown())

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


@pytest.mark.parametrize("world", [SHOWING], indirect=True)
def test_a_secret_that_only_the_cloud_knows_is_sent_and_never_told(world: World) -> None:
    """It is recorded masked, and read again from the live state right before the call."""
    draft = world.finish(SEARCH, "deploy", values={"replicas": "3"})

    assert world.values == {"db": {"password": PASSWORD, "user": "ann"}, "replicas": 3}
    assert PASSWORD not in repr(draft)
    assert draft.steps[0].parameters["values"] == {
        "db": {"password": "******", "user": "ann"},
        "replicas": 3,
    }


@pytest.mark.parametrize("world", [SHOWING], indirect=True)
def test_a_secret_that_is_gone_before_the_call_stops_it(world: World) -> None:
    """FM-77: what cannot be made whole is not sent at all."""
    draft = world.prepare(SEARCH, "deploy", values={"replicas": "3"})
    assert isinstance(draft, PlanDraft)
    world.there.releases.meddle(*PLACE, SEARCH_CHART_ID, {"db": {"password": "other"}})

    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])))

    assert caught.value.code == "values_unknown"
    assert "db.password" in caught.value.why
    assert world.there.executed == ()


def test_rollbacks_one_after_the_other(world: World) -> None:
    """To the one before, to a named one, and from a rollback to what was before its origin."""
    for revision, to in ((None, "1.0.0 (revision 1)"), ("2", "1.1.0 (revision 2)")):
        draft = world.finish(SEARCH, "rollback", revision=revision)
        assert draft.after == to
    back = world.finish(SEARCH, "rollback")

    assert back.after == "1.0.0 (revision 1)"
    assert [body["parameters"] for body in world.sent] == [
        {"dry_run": False, "release_version": number} for number in (1, 2, 1)
    ]
    assert {repr(body["values"]) for body in world.sent} == {"{}"}
    assert world.values["replicas"] == 1
    changed = [(each.name, each.before, each.after) for each in back.changes]
    assert ("replicas", "2", "1") in changed
    assert world.there.strictness == ()


def test_a_rollback_records_what_held_then(world: World) -> None:
    """The words of the revision returned to hold again: the next deployment sends them."""
    declared = target(values={"replicas": 2})
    world.finish(declared, "deploy", values={"zone": "a"})
    world.finish(declared, "deploy", values={"zone": "b"})
    back = world.finish(declared, "rollback", revision="3")

    assert back.steps[0].parameters["words"] == {"zone": "a"}
    world.finish(declared, "deploy", version="1.2.0")
    assert world.sent[-1]["values"] == {"replicas": 2, "zone": "a"}


def test_revisions_that_cannot_be_returned_to_are_named(world: World) -> None:
    """FM-70: an unknown, the present or a failed revision gets the nearest there are."""
    unknown = world.refused(SEARCH, "rollback", revision="9")
    assert (unknown.code, unknown.way_out) == ("no_such_revision", "Choose one of 1.")
    assert world.refused(SEARCH, "rollback", revision="2").code == "no_change"
    world.there.releases.fail_next(*PLACE)
    world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)
    world.finish(SEARCH, "deploy", version="1.2.0")
    failed = world.refused(SEARCH, "rollback", revision="3")
    assert failed.reason == "revision 3 is FAILED"
    assert world.finish(SEARCH, "rollback").after == "1.1.0 (revision 2)"


def test_charts_and_versions_that_are_not_there_are_named(world: World) -> None:
    """A wrong chart, id or version gets the nearest ones; the id's own version needs no list."""
    version = world.refused(SEARCH, "deploy", version="1.2.1")
    assert (version.code, version.way_out) == (
        "no_such_version",
        "Choose one of 1.2.0, 1.1.0, 1.0.0.",
    )
    name = world.refused(target(chart="serch"), "deploy", version="1.2.0")
    assert name.way_out == "Choose one of search."
    no_id = target(chart="00000000-0000-4000-8000-000000000000")
    assert world.refused(no_id, "deploy", version="1.2.0").code == "no_such_chart"
    by_id = target(chart=SEARCH_CHART_ID)
    assert world.finish(by_id, "deploy", version="1.2.0").after == "1.2.0"
    assert world.finish(by_id, "deploy", version="1.0.0").after == "1.0.0"


def test_a_failure_is_told_and_deployed_over(world: World) -> None:
    """A failed upgrade is told in the cloud's words; the next one is allowed."""
    world.there.releases.fail_next(*PLACE)
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)

    seen = world.look(SEARCH, draft, task)

    assert seen == TaskFailed(
        reason="revision 3 is FAILED: Upgrade failed: timed out waiting for the condition"
    )
    assert world.finish(SEARCH, "deploy", version="1.2.0").after == "1.2.0"


def test_an_unknown_status_is_bad_and_an_unlisted_one_is_running(world: World) -> None:
    """FM-75: UNKNOWN is listed as abnormal; what is not listed is shown, with a warning."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.there.releases.force_status(*PLACE, "UNKNOWN")
    assert isinstance(world.look(SEARCH, draft, task), TaskFailed)
    world.there.releases.force_status(*PLACE, "RECONCILING")
    seen = world.look(SEARCH, draft, task)
    assert isinstance(seen, TaskRunning)
    assert "'RECONCILING'" in seen.note


def test_a_newer_revision_does_not_hide_ours(world: World) -> None:
    """Somebody upgrades after us: our end is read from the revisions."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)
    assert world.there.releases.meddle(*PLACE, SEARCH_CHART_ID) == 4
    under_way = world.look(SEARCH, draft, task)
    world.hands.advance(SECONDS + 1)
    ended = world.look(SEARCH, draft, task)

    for seen in (under_way, ended):
        assert seen == TaskSucceeded(
            detail="revision 3 was deployed; revision 4 has been made since"
        )


def test_a_deletion_and_a_creation(world: World) -> None:
    """A bare text answers the deletion, 404 ends it; a new release begins at revision 1."""
    there = target(values={"replicas": 4})
    draft, task = world.begin(there, "delete")
    assert world.look(there, draft, task) == TaskRunning(detail="still there, as DELETING")
    assert world.refused(there, "deploy", version="1.2.0").code == "in_progress"
    world.hands.advance(SECONDS + 1)
    assert world.look(there, draft, task) == TaskSucceeded(detail="the release is gone")
    assert world.refused(there, "deploy", version="1.2.0").code == "not_found"
    assert world.run(SYSTEM.status(there)).headline == "not created yet"
    assert world.run(SYSTEM.history(there)) == ()
    assert world.refused(there, "create", version="1.2.0").code == "not_creatable"

    creatable = target(
        values={"replicas": 4, "db": {"password": PASSWORD}},
        create_body={"description": "made by Slipway", "values": {"zone": "a", "replicas": 1}},
    )
    made = world.finish(creatable, "create", version="1.2.0")

    assert (made.before, made.after) == ("absent", "1.2.0")
    assert PASSWORD not in repr(made)
    assert world.values == {"replicas": 4, "zone": "a", "db": {"password": PASSWORD}}
    assert world.sent[-1]["description"] == "made by Slipway"
    assert world.past[0].task == "1"
    assert world.refused(creatable, "create", version="1.2.0").code == "no_change"
    assert world.refused(creatable, "rollback").code == "no_previous_revision"


@pytest.mark.parametrize("world", [content(answers_before=True, created_status=200)], indirect=True)
def test_the_sample_s_own_answer_is_understood(world: World) -> None:
    """The document answers an upgrade with the revision and the words of an installation."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")

    assert task.id == "3"
    world.hands.advance(SECONDS + 1)
    assert isinstance(world.look(SEARCH, draft, task), TaskSucceeded)


def standard() -> CceReleaseConfig:
    """The same in a standard cluster."""
    cluster = ClusterSeed(id=SEARCH_CLUSTER_ID, name="monitoring", flavour="standard")
    return content(clusters=(cluster,))


@pytest.mark.parametrize("world", [standard()], indirect=True)
def test_a_standard_cluster_has_paths_of_its_own(world: World) -> None:
    """The whole way in a standard cluster; by Autopilot's paths it is not there."""
    assert world.finish(target(flavour="standard"), "deploy", version="1.2.0").after == "1.2.0"
    assert {each.path.split("/")[1] for each in world.there.requests} == {"cce", "v2"}
    refusal = world.refused(SEARCH, "deploy", version="1.2.0")
    assert refusal.code == "not_found"
    assert refusal.reason == (
        f"cluster {SEARCH_CLUSTER_ID} has no release monitoring/search: "
        f"CCE.01404001 cluster {SEARCH_CLUSTER_ID} not found"
    )


def lost(world: World, fault: Fault, action: Action, **given: Any) -> SentStep:
    """Send a step whose answer is lost."""
    draft = world.prepare(SEARCH, action, **given)
    assert isinstance(draft, PlanDraft)
    permitted_at = world.hands.now
    world.there.faults.add(fault)
    with pytest.raises(OutcomeUnknownError):
        world.run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])))
    return SentStep(
        work=Work(step=draft.steps[0]),
        observed=draft.observed,
        permitted_at=permitted_at,
        settle=SYSTEM.spec.settle,
    )


CHANGES: Final[list[tuple[Action, dict[str, Any]]]] = [
    ("deploy", {"version": "1.2.0"}),
    ("deploy", {"values": {"replicas": "5"}}),
    ("rollback", {}),
    ("delete", {}),
]


@pytest.mark.parametrize(("action", "given"), CHANGES)
@pytest.mark.parametrize("pause", [1, SECONDS + 1])
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    world: World, action: Action, given: dict[str, Any], pause: float
) -> None:
    """FM-56, FM-58: executed, then a reset: found again, and nothing is sent twice."""
    sent = lost(world, Fault(kind="drop", when="after"), action, **given)
    world.hands.advance(pause)
    found = world.run(SYSTEM.recover(SEARCH, sent))
    assert isinstance(found, Adopted), found
    world.hands.advance(SECONDS + 1)
    seen = world.run(SYSTEM.watch(SEARCH, sent.work, found.task))
    assert isinstance(seen, TaskSucceeded)
    assert len(world.there.executed) == 1


@pytest.mark.parametrize(("action", "given"), CHANGES)
def test_what_was_not_executed_is_not_found(
    world: World, action: Action, given: dict[str, Any]
) -> None:
    """FM-55, FM-57: nothing was executed, so nothing is adopted, however long one reads."""
    sent = lost(world, Fault(kind="answer", status=502, when="before"), action, **given)
    for _ in range(3):
        world.hands.advance(60)
        assert isinstance(world.run(SYSTEM.recover(SEARCH, sent)), NothingFound)
    assert world.there.executed == ()


def test_what_is_executed_later_is_adopted_then(world: World) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    sent = lost(world, Fault(kind="later", status=504, seconds=30), "deploy", version="1.2.0")
    assert isinstance(world.run(SYSTEM.recover(SEARCH, sent)), NothingFound)
    world.hands.advance(40)
    assert isinstance(world.run(SYSTEM.recover(SEARCH, sent)), Adopted)


def test_somebody_elses_change_is_not_adopted(world: World) -> None:
    """Other values, another chart or a second new revision in the same minutes are not ours."""
    sent = lost(
        world, Fault(kind="answer", status=502, when="before"), "deploy", values={"replicas": "5"}
    )
    world.begin(SEARCH, "deploy", values={"replicas": "6"})
    world.hands.advance(SECONDS + 1)
    other = world.run(SYSTEM.recover(SEARCH, sent))
    assert other == NothingFound(reason="revision 3 is new, but its value of replicas is not ours")
    world.begin(SEARCH, "deploy", values={"replicas": "5"})
    several = world.run(SYSTEM.recover(SEARCH, sent))
    assert isinstance(several, NothingFound)
    assert "revisions 3, 4 are new" in several.reason


def test_a_creation_whose_answer_is_lost_is_found(world: World) -> None:
    """Absent before, there now, of the right chart and time: it is ours."""
    creatable = target(create_body={"version": "1.2.0"})
    world.finish(SEARCH, "delete")
    draft = world.prepare(creatable, "create")
    assert isinstance(draft, PlanDraft)
    world.there.faults.add(Fault(kind="drop", when="after"))
    with pytest.raises(OutcomeUnknownError):
        world.run(SYSTEM.submit(creatable, Work(step=draft.steps[0])))
    sent = SentStep(
        work=Work(step=draft.steps[0]),
        observed=draft.observed,
        permitted_at=world.hands.now,
        settle=SYSTEM.spec.settle,
    )
    found = world.run(SYSTEM.recover(creatable, sent))
    assert isinstance(found, Adopted), found
    assert found.task.id == "1"


def test_writes_are_throttled_and_told_so(world: World) -> None:
    """FM-61: the eleventh write within a minute is declined, and was not executed."""
    draft = world.prepare(SEARCH, "deploy", version="1.2.0")
    assert isinstance(draft, PlanDraft)
    world.there.faults.add(Fault(kind="throttled"))
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])))
    assert caught.value.verdict == "throttled"
    assert world.there.executed == ()


def test_a_release_that_vanishes_is_no_failure(world: World) -> None:
    """Somebody deletes it while we watch: that is said as it is."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)
    world.begin(SEARCH, "delete")
    world.hands.advance(SECONDS + 1)
    assert isinstance(world.look(SEARCH, draft, task), TaskNotFound)
