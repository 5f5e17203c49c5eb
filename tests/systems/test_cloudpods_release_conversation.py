"""Cloudpods' releases: the system, the client and the strict simulator over a real socket."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError, OutcomeUnknownError, UnreadableReplyError
from bot.core.plan import PlanDraft
from bot.core.records import Action, Json, PastStep
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
from bot.sandbox.clouds import CloudpodsCloud, Fault, cloudpods_app, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import (
    OTHER_CLUSTER,
    PASSWORD,
    RELEASE,
    RELEASE_ID,
    USERNAME,
)
from bot.systems import system
from bot.systems._cloudpods.connection import CloudpodsConnection, CloudpodsPassword
from bot.systems.cloudpods_release import Release
from tests.systems.conversing import Conversation, Door, Hands, opened

SYSTEM: Final = system("cloudpods-release")
PLACE: Final = {
    "cluster": "test122",
    "namespace": "default",
    "release": RELEASE,
    "chart": "bitnami-new/etcd",
}
ETCD: Final = Release.model_validate(PLACE)
VALUES: Final = {"image": {"tag": "3.5.8-debian-11-r9"}, "replicaCount": 3}
DECLARED: Final = Release.model_validate({**PLACE, "values": VALUES})


class Lab(Conversation):
    """A simulated installation, and what Slipway did to it so far."""

    def __init__(self, door: Door, **config: Any) -> None:
        hands = Hands()
        self.there = CloudpodsCloud(sandbox_cloudpods().model_copy(update=config), hands.seconds)
        self.past: tuple[PastStep, ...] = ()
        door.lead_to(cloudpods_app(self.there))
        auth = {
            "identity_url": f"{door.url}/v3",
            "username": USERNAME,
            "password": PASSWORD,
            "project": "system",
        }
        connection = CloudpodsConnection(
            name="lab",
            auth=CloudpodsPassword.model_validate(auth),
            endpoints={"k8s": f"{door.url}/api"},
        )
        super().__init__(connection, self.there.faults, hands, SYSTEM)

    def do(self, target: Release, action: Action, **given: Any) -> tuple[PlanDraft, PollResult]:
        """Plan, send and watch an action to its end, and remember it if it succeeded."""
        draft = self.draft(target, action, past=self.past, **given)
        work = Work(step=draft.steps[0])
        task = self.send(target, work)
        seen = self.look(target, work, task)
        if isinstance(seen, TaskSucceeded):
            self.remember(action, work, task)
        return draft, seen

    def remember(self, action: Action, work: Work, task: RemoteTask) -> None:
        """Keep a step that succeeded, as the journal does."""
        step = PastStep(
            action=action, name=work.step.name, parameters=work.step.parameters, task=task.id
        )
        self.past = (step, *self.past)

    def attempt(self, target: Release, work: Work) -> Work:
        """Try to send; return the same work as it is after the API declined."""
        with pytest.raises(CloudRefusedError) as error:
            self.run(SYSTEM.submit(target, work))
        return work.model_copy(update={"declined": (*work.declined, error.value.verdict)})

    @property
    def revision(self) -> int:
        """The newest revision that is really there."""
        return max(int(row["revision"]) for row in self.rows)

    @property
    def rows(self) -> list[Any]:
        """The history that is really there."""
        return self.there.history(RELEASE)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server that outlives the tests' installations."""
    with opened() as there:
        yield there


@pytest.fixture
def lab(door: Door) -> Lab:
    """A fresh installation behind a real server on loopback."""
    return Lab(door)


def test_a_deployment_from_plan_to_end(lab: Lab) -> None:
    """The whole way: one mutation, wrapped, pinned, by id, without values; the history decides."""
    draft, seen = lab.do(ETCD, "deploy", version="8.11.2")
    assert isinstance(seen, TaskSucceeded)
    assert "pods" in seen.detail
    assert (draft.before, draft.after, draft.observed.revision) == ("8.11.1", "8.11.2", "1")
    [executed] = lab.there.executed
    assert executed.path == f"/api/releases/{RELEASE_ID}/upgrade"
    body = {"release": {"release_name": RELEASE, "version": "8.11.2"}}
    assert executed.body == body
    assert lab.run(SYSTEM.status(ETCD)).headline == "deployed 8.11.2"
    assert lab.there.strictness == ()


def test_a_value_is_sent_with_all_others_and_the_running_version(lab: Lab) -> None:
    """The server drops what is not sent, and takes the newest version where none is named."""
    lab.do(ETCD, "deploy", values={"replicaCount": "3"})
    lab.do(ETCD, "deploy", values={"image.tag": "3.5.8-debian-11-r9"})
    lab.do(ETCD, "deploy", version="8.11.2")
    lab.do(ETCD, "deploy", values={"logLevel": "debug"})
    assert lab.there.values(RELEASE) == {**VALUES, "logLevel": "debug"}
    assert [row["chart"] for row in lab.rows][:2] == ["etcd-8.11.2", "etcd-8.11.2"]


def test_values_that_nobody_knows_are_not_guessed(lab: Lab) -> None:
    """6.1: after somebody else's upgrade a single value is refused, all of them or none are not."""
    lab.there.meddle(RELEASE, "8.11.2", {"replicaCount": 5})
    refusal = lab.prepare(ETCD, "deploy", values={"image.tag": "x"})
    assert isinstance(refusal, Denied)
    assert refusal.code == "values_unknown"
    _, seen = lab.do(ETCD, "deploy", version="8.12.0")
    assert isinstance(seen, TaskSucceeded)
    assert lab.there.values(RELEASE) == {"replicaCount": 5}
    refusal = lab.prepare(ETCD, "deploy", past=lab.past, values={"image.tag": "x"})
    assert isinstance(refusal, Denied)
    lab.do(DECLARED, "deploy", version="8.12.0")
    assert lab.there.values(RELEASE) == VALUES


def test_values_are_known_again_after_a_rollback(lab: Lab) -> None:
    """What a step found before it is remembered as well: a rollback leads back to it."""
    lab.do(ETCD, "deploy", values={"replicaCount": "3"})
    lab.do(ETCD, "deploy", values={"replicaCount": "4"})
    lab.do(ETCD, "rollback", revision="2")
    lab.do(ETCD, "deploy", values={"logLevel": "debug"})
    assert lab.there.values(RELEASE) == {"replicaCount": 3, "logLevel": "debug"}
    lab.do(ETCD, "rollback", revision="1")
    lab.do(ETCD, "deploy", values={"logLevel": "info"})
    assert lab.there.values(RELEASE) == {"logLevel": "info"}


def test_declared_values_are_sent_whole(lab: Lab) -> None:
    """slipway.yaml's values go every time, with the words that hold laid over them."""
    lab.do(DECLARED, "deploy", values={"replicaCount": "5"})
    lab.do(DECLARED, "deploy", version="8.11.2")
    assert lab.there.values(RELEASE) == {**VALUES, "replicaCount": 5}
    refusal = lab.prepare(DECLARED, "deploy", past=lab.past, version="8.11.2")
    assert isinstance(refusal, Denied)
    assert refusal.code == "no_change"


def test_a_rollback_makes_a_new_revision(lab: Lab) -> None:
    """Back by default to what ran before, never to what a rollback has just left."""
    lab.do(ETCD, "deploy", version="8.11.2")
    lab.do(ETCD, "deploy", version="8.12.0")
    draft, seen = lab.do(ETCD, "rollback")
    assert isinstance(seen, TaskSucceeded)
    assert (draft.before, draft.after) == ("8.12.0 (revision 3)", "8.11.2 (revision 2)")
    assert lab.there.executed[-1].body == {"release": {"revision": 2}}
    draft, _ = lab.do(ETCD, "rollback")
    assert draft.after == "8.11.1 (revision 1)"
    entries = lab.run(SYSTEM.history(ETCD))
    assert [(row.revision, row.is_current) for row in entries] == [
        *[("5", True), ("4", False), ("3", False), ("2", False), ("1", False)]
    ]
    refusal = lab.prepare(ETCD, "rollback")
    assert isinstance(refusal, Denied)
    assert refusal.code == "no_previous_revision"


def test_more_than_nine_revisions_are_sorted(lab: Lab) -> None:
    """6.3: the API sorts its history as text; the newest is found nevertheless."""
    for number in range(2, 13):
        lab.there.meddle(RELEASE, "8.11.2", {"replicaCount": number})
    draft, seen = lab.do(ETCD, "deploy", version="8.12.0")
    assert draft.observed.revision == "12"
    assert isinstance(seen, TaskSucceeded)
    assert lab.revision == 13


def test_a_deletion_and_a_creation(lab: Lab) -> None:
    """Both are background tasks, watched to their end; what was there before is forgotten."""
    template = {"values_json": {"replicaCount": 1}, "description": "shop"}
    target = Release.model_validate({**PLACE, "create_body": template})
    lab.do(ETCD, "deploy", values={"replicaCount": "3"})
    _, seen = lab.do(target, "delete")
    assert isinstance(seen, TaskSucceeded)
    assert lab.run(SYSTEM.status(ETCD)).headline == "not created yet"
    missing = lab.prepare(ETCD, "deploy", version="8.11.1")
    assert isinstance(missing, Denied)
    assert missing.code == "not_found"
    draft, seen = lab.do(target, "create")
    assert isinstance(seen, TaskSucceeded)
    assert draft.after == "8.12.0"
    assert lab.there.values(RELEASE) == {"replicaCount": 1}
    twice = lab.prepare(target, "create")
    assert isinstance(twice, Denied)
    lab.do(ETCD, "deploy", values={"logLevel": "debug"})
    assert lab.there.values(RELEASE) == {"replicaCount": 1, "logLevel": "debug"}


def test_the_tasks_of_creation_and_deletion_are_seen_under_way(lab: Lab) -> None:
    """Their words are shown while they last, and are no end; a failure tells its reason."""
    target = Release.model_validate({**PLACE, "release": "other", "create_body": {}})
    draft = lab.draft(target, "create", version="8.11.1")
    work = Work(step=draft.steps[0])
    task = lab.send(target, work)
    assert isinstance(lab.run(SYSTEM.watch(target, work, task)), TaskRunning)
    early = lab.prepare(target, "deploy", version="8.12.0")
    assert isinstance(early, Denied)
    assert early.code == "in_progress"
    lab.there.fail_next("other", "timed out waiting for the condition")
    seen = lab.look(target, work, task)
    assert isinstance(seen, TaskFailed)
    assert "timed out" in seen.reason
    again = lab.prepare(target, "create", version="8.11.1")
    assert isinstance(again, Denied)
    assert again.way_out == "Delete it first."
    lab.there.fail_next("other", "hook failed")
    work = Work(step=lab.draft(target, "delete").steps[0])
    task = lab.send(target, work)
    assert isinstance(lab.run(SYSTEM.watch(target, work, task)), TaskRunning)
    seen = lab.look(target, work, task)
    assert isinstance(seen, TaskFailed)
    assert "hook failed" in seen.reason
    assert isinstance(lab.do(target, "delete")[1], TaskSucceeded)


def test_an_upgrade_that_breaks_is_lost_then_found_broken(lab: Lab) -> None:
    """A 500 of Helm's proves nothing; the history shows the failed revision, the way back works."""
    lab.do(ETCD, "deploy", version="8.11.2")
    lab.there.fail_next(RELEASE)
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    sent = lost(lab, ETCD, draft)
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, Adopted)
    seen = lab.run(SYSTEM.watch(ETCD, sent.work, found.task))
    assert isinstance(seen, TaskFailed)
    assert "BackoffLimitExceeded" in seen.reason
    draft, seen = lab.do(ETCD, "rollback")
    assert draft.after == "8.11.2 (revision 2)"
    assert isinstance(seen, TaskSucceeded)


def lost(lab: Lab, target: Release, draft: PlanDraft) -> SentStep:
    """Send a plan's step; no usable answer comes."""
    work = Work(step=draft.steps[0])
    sent = SentStep(
        work=work,
        observed=draft.observed,
        permitted_at=lab.hands.now,
        settle=SYSTEM.spec.settle,
    )
    with pytest.raises(OutcomeUnknownError):
        lab.run(SYSTEM.submit(target, work))
    return sent


def test_slow_hooks_are_a_504_and_an_upgrade_that_goes_on(lab: Lab) -> None:
    """7.3: after 60 s the caller is told 504; the pending revision is adopted and watched."""
    lab.there.take_seconds(RELEASE, 90)
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    sent = lost(lab, ETCD, draft)
    lab.hands.advance(1)
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, Adopted)
    seen = lab.run(SYSTEM.watch(ETCD, sent.work, found.task))
    assert isinstance(seen, TaskRunning)
    assert "pending-upgrade" in seen.detail
    lab.hands.advance(100)
    assert isinstance(lab.run(SYSTEM.watch(ETCD, sent.work, found.task)), TaskSucceeded)
    assert len(lab.there.executed) == 1


CHANGES: Final[list[tuple[Action, dict[str, Any]]]] = [
    ("deploy", {"version": "8.12.0"}),
    ("deploy", {"values": {"replicaCount": "3"}}),
    ("rollback", {"revision": "1"}),
    ("delete", {}),
]


@pytest.mark.parametrize(("action", "given"), CHANGES)
@pytest.mark.parametrize("fault", [Fault(kind="drop", when="after"), Fault(kind="html")])
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    lab: Lab, action: Action, given: dict[str, Any], fault: Fault
) -> None:
    """FM-56, FM-58: executed, then a reset or a stranger's page: found, nothing is sent twice."""
    lab.do(ETCD, "deploy", values={"logLevel": "debug"})
    draft = lab.draft(ETCD, action, past=lab.past, **given)
    lab.there.faults.add(fault)
    sent = lost_or_unreadable(lab, draft)
    lab.hands.advance(5)
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, Adopted), found
    assert isinstance(lab.run(SYSTEM.watch(ETCD, sent.work, found.task)), TaskSucceeded)
    assert len(lab.there.executed) == 2


def lost_or_unreadable(lab: Lab, draft: PlanDraft) -> SentStep:
    """Send a plan's step; what comes is no usable answer, or none at all."""
    work = Work(step=draft.steps[0])
    with pytest.raises((OutcomeUnknownError, UnreadableReplyError)):
        lab.run(SYSTEM.submit(ETCD, work))
    return SentStep(
        work=work,
        observed=draft.observed,
        permitted_at=lab.hands.now,
        settle=SYSTEM.spec.settle,
    )


@pytest.mark.parametrize(("action", "given"), CHANGES)
def test_what_was_not_executed_is_not_found(
    lab: Lab, action: Action, given: dict[str, Any]
) -> None:
    """FM-55, FM-57: nothing was executed, so nothing is adopted, however long one reads."""
    lab.do(ETCD, "deploy", values={"logLevel": "debug"})
    draft = lab.draft(ETCD, action, past=lab.past, **given)
    lab.there.faults.add(Fault(kind="answer", status=502, when="before"))
    sent = lost(lab, ETCD, draft)
    for _ in range(3):
        lab.hands.advance(60)
        assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    assert len(lab.there.executed) == 1


def test_what_is_executed_later_is_adopted_then(lab: Lab) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    lab.there.faults.add(Fault(kind="later", status=504, seconds=30))
    sent = lost(lab, ETCD, draft)
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    lab.hands.advance(40)
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), Adopted)


def test_a_lost_creation_is_found(lab: Lab) -> None:
    """There was none before, and one is there now, of the right time and chart."""
    target = Release.model_validate({**PLACE, "release": "other", "create_body": {}})
    draft = lab.draft(target, "create", version="8.11.1")
    lab.there.faults.add(Fault(kind="drop", when="after"))
    sent = lost(lab, target, draft)
    found = lab.run(SYSTEM.recover(target, sent))
    assert isinstance(found, Adopted)
    assert isinstance(lab.look(target, sent.work, found.task), TaskSucceeded)


def test_somebody_elses_upgrade_is_not_adopted(lab: Lab) -> None:
    """Another version in the same minutes is not taken for ours; nor are two new revisions."""
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    lab.there.faults.add(Fault(kind="answer", status=502, when="before"))
    sent = lost(lab, ETCD, draft)
    lab.there.meddle(RELEASE, "8.11.2")
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, NothingFound)
    assert "8.11.2" in found.reason
    lab.there.meddle(RELEASE, "8.12.0")
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)


def test_what_changed_since_the_plan_is_not_built_on(lab: Lab) -> None:
    """Between plan and call somebody else upgraded: their values would be dropped."""
    draft = lab.draft(DECLARED, "deploy", version="8.12.0")
    lab.there.meddle(RELEASE, "8.11.2")
    with pytest.raises(CloudRefusedError, match="revision 2 now") as error:
        lab.run(SYSTEM.submit(DECLARED, Work(step=draft.steps[0])))
    assert error.value.code == "changed_meanwhile"
    assert lab.there.executed == ()


def test_another_operation_is_busy_and_a_stuck_one_is_freed_on_request(lab: Lab) -> None:
    """A pending revision refuses deployments; a rollback passes it, and its plan says so."""
    lab.do(ETCD, "deploy", version="8.11.2")
    lab.there.stick_pending(RELEASE)
    refusal = lab.prepare(ETCD, "deploy", version="8.12.0")
    assert isinstance(refusal, Denied)
    assert refusal.code == "in_progress"
    assert "rollback to revision 2" in refusal.way_out
    draft, seen = lab.do(ETCD, "rollback")
    assert isinstance(seen, TaskSucceeded)
    assert [change.name for change in draft.changes] == ["revision 3"]
    assert "passed over" in draft.changes[0].after
    assert isinstance(lab.do(ETCD, "deploy", version="8.12.0")[1], TaskSucceeded)


def test_a_race_with_another_writer_is_busy(lab: Lab) -> None:
    """7.5: the 500 that says so is proof that nothing was executed."""
    details = "update release: another operation (install/upgrade/rollback) is in progress"
    body: Json = {"class": "UnclassifiedError", "code": 500, "details": details, "time": ""}
    lab.there.faults.add(Fault(kind="answer", status=500, body=body))
    work = lab.attempt(ETCD, Work(step=lab.draft(ETCD, "deploy", version="8.12.0").steps[0]))
    assert work.declined == ("busy",)
    assert lab.send(ETCD, work) == RemoteTask(id="2")
    assert [each.method for each in lab.there.executed] == ["POST"]


def test_an_old_server_is_sent_the_update_of_the_documents(door: Door) -> None:
    """A server without the upgrade is sent PUT in a second attempt; the history shows it done."""
    lab = Lab(door, knows_upgrade=False)
    draft = lab.draft(DECLARED, "deploy", version="8.11.2")
    work = lab.attempt(DECLARED, Work(step=draft.steps[0]))
    assert work.declined == ("unsupported",)
    task = lab.send(DECLARED, work)
    [executed] = lab.there.executed
    assert (executed.method, executed.path) == ("PUT", f"/api/releases/{RELEASE_ID}")
    assert executed.body == {
        "chart_name": "bitnami-new/etcd",
        "release_name": RELEASE,
        "values_json": VALUES,
        "version": "8.11.2",
    }
    assert isinstance(lab.look(DECLARED, work, task), TaskSucceeded)
    assert lab.there.values(RELEASE) == VALUES


def test_an_update_that_upgrades_nothing_is_no_success(lab: Lab) -> None:
    """6.2: today's servers answer the update with 200 and do nothing: no revision, no success."""
    draft = lab.draft(DECLARED, "deploy", version="8.11.2")
    work = Work(step=draft.steps[0], declined=("unsupported",))
    task = lab.send(DECLARED, work)
    seen = lab.look(DECLARED, work, task)
    assert isinstance(seen, TaskFailed)
    assert lab.revision == 1


def test_a_call_that_no_form_of_is_known_is_refused_unsent(lab: Lab) -> None:
    """Nothing is tried a third time, and a rollback knows one form only."""
    deploy = lab.draft(ETCD, "deploy", version="8.11.2").steps[0]
    delete = lab.draft(ETCD, "delete").steps[0]
    for work in (
        Work(step=deploy, declined=("unsupported", "busy", "unsupported")),
        Work(step=delete, declined=("unsupported",)),
    ):
        assert lab.attempt(ETCD, work).declined[-1] == "refused"
    assert lab.there.executed == ()


def test_names_that_several_have_are_told_apart_by_their_cluster(lab: Lab) -> None:
    """5: the id is found with cluster and namespace, and every call goes by it."""
    lab.there.twin(RELEASE_ID, OTHER_CLUSTER)
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    lab.send(ETCD, Work(step=draft.steps[0]))
    assert [each.path for each in lab.there.executed] == [f"/api/releases/{RELEASE_ID}/upgrade"]


def test_a_token_that_ran_out_is_renewed(lab: Lab) -> None:
    """2: it is a 403; a read logs in anew and goes on, a mutation is proven not accepted."""
    lab.run(SYSTEM.status(ETCD))
    lab.there.expire_tokens()
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    assert len(lab.there.logins) == 2
    lab.send(ETCD, Work(step=draft.steps[0]))
    assert lab.revision == 2


def test_a_cluster_that_is_away_for_a_while_ends_nothing(lab: Lab) -> None:
    """Its history cannot be read then: the operation waits; a change is refused in clear words."""
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    work = Work(step=draft.steps[0])
    task = lab.send(ETCD, work)
    lab.there.unreachable("test122")
    assert isinstance(lab.run(SYSTEM.watch(ETCD, work, task)), TaskRunning)
    sent = SentStep(
        work=work,
        observed=draft.observed,
        permitted_at=lab.hands.now,
        settle=SYSTEM.spec.settle,
    )
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    with pytest.raises(CloudRefusedError, match="unreachable"):
        lab.prepare(ETCD, "deploy", version="8.11.2")
    lab.there.unreachable("test122", away=False)
    assert isinstance(lab.run(SYSTEM.watch(ETCD, work, task)), TaskSucceeded)


def test_a_sync_gives_a_release_another_id_while_it_is_watched(lab: Lab) -> None:
    """7.2: a pending one is dropped and comes back as another, which is found by its place."""
    lab.there.take_seconds(RELEASE, 90)
    sent = lost(lab, ETCD, lab.draft(ETCD, "deploy", version="8.12.0"))
    lab.there.sync("test122")
    task = RemoteTask(id="2")
    gone = lab.run(SYSTEM.watch(ETCD, sent.work, task))
    assert isinstance(gone, TaskNotFound)
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    lab.hands.advance(100)
    lab.there.sync("test122")
    assert isinstance(lab.run(SYSTEM.watch(ETCD, sent.work, task)), TaskSucceeded)
    refusal = lab.prepare(ETCD, "deploy", version="8.11.2")
    assert isinstance(refusal, Denied)
    assert refusal.code == "no_repository"
    assert isinstance(lab.do(ETCD, "rollback")[1], TaskSucceeded)


WRONG: Final[dict[str, tuple[Callable[[], Release], dict[str, Any], str, str]]] = {
    "version": (lambda: ETCD, {"version": "8.11.9"}, "no_such_version", "8.11.2"),
    "chart": (
        lambda: ETCD.model_copy(update={"chart": "bitnami-new/redis"}),
        {"version": "8.11.2"},
        "no_such_chart",
        "chart:",
    ),
    "release": (
        lambda: ETCD.model_copy(update={"release": "etcd-relase"}),
        {"version": "8.11.2"},
        "not_found",
        RELEASE,
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_a_wrong_name_gets_the_nearest(
    lab: Lab, wrong: tuple[Callable[[], Release], dict[str, Any], str, str]
) -> None:
    """A refusal names what there is."""
    target, given, code, named = wrong
    refusal = lab.prepare(target(), "deploy", **given)
    assert isinstance(refusal, Denied)
    assert refusal.code == code
    assert named in refusal.way_out


def test_a_wrong_cluster_is_named_with_the_vendors_code(lab: Lab) -> None:
    """The error's own words, freed of the JSON in them."""
    target = ETCD.model_copy(update={"cluster": "nowhere"})
    with pytest.raises(CloudRefusedError, match="Cluster nowhere") as error:
        lab.prepare(target, "deploy", version="8.11.2")
    assert (error.value.verdict, error.value.code) == ("not_found", "NotFoundError")
    assert "{" not in error.value.why


def test_a_wrong_revision_gets_the_nearest(lab: Lab) -> None:
    """As does a version."""
    lab.do(ETCD, "deploy", version="8.11.2")
    refusal = lab.prepare(ETCD, "rollback", revision="7")
    assert isinstance(refusal, Denied)
    assert (refusal.code, refusal.way_out) == ("no_such_revision", "Choose one of 1.")
