"""What Cloudpods refuses or does not know, and what Slipway refuses before, over a real socket."""

from collections.abc import Iterator

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import (
    NoSuchRevision,
    label,
)
from bot.core.errors import CloudRefusedError
from bot.core.records import Json
from bot.core.system import (
    RemoteTask,
    TaskFailed,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.cloudpods.content import (
    OTHER_CLUSTER,
    RELEASE,
    RELEASE_ID,
)
from bot.systems._helm.codes import BusyRevision, NoChartVersion
from bot.systems.cloudpods_release.codes import NewerRevision, NoSuchRelease, OtherChart, PassedOver
from tests.systems.cloudpods_lab import DECLARED, ETCD, SYSTEM, VALUES, Lab
from tests.systems.conversing import Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server that outlives the tests' installations."""
    with opened() as there:
        yield there


@pytest.fixture
def lab(door: Door) -> Lab:
    """A fresh installation behind a real server on loopback."""
    return Lab(door)


def test_what_changed_since_the_plan_is_not_built_on(lab: Lab) -> None:
    """Between plan and call somebody else upgraded: their values would be dropped."""
    draft = lab.draft(DECLARED, "deploy", version="8.12.0")
    lab.there.meddle(RELEASE, "8.11.2")
    with pytest.raises(CloudRefusedError) as error:
        lab.run(SYSTEM.submit(DECLARED, Work(step=draft.steps[0])))
    assert error.value.code == "changed_meanwhile"
    assert error.value.reason == NewerRevision(revision="2", planned="1").reason
    assert lab.there.executed == ()


def test_another_operation_is_busy_and_a_stuck_one_is_freed_on_request(lab: Lab) -> None:
    """A pending revision refuses deployments; a rollback passes it, and its plan says so."""
    lab.do(ETCD, "deploy", version="8.11.2")
    lab.there.stick_pending(RELEASE)
    refusal = lab.prepare(ETCD, "deploy", version="8.12.0")
    busy = BusyRevision(revision="3", status="pending-upgrade", frees="2")
    assert refusal == Denied.of(busy)
    draft, seen = lab.do(ETCD, "rollback")
    assert isinstance(seen, TaskSucceeded)
    [stuck] = draft.changes
    assert (stuck.name, stuck.after) == (label("revision", of="3"), PassedOver().reason)
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


def test_a_wrong_version_gets_the_nearest(lab: Lab) -> None:
    """A refusal names what there is."""
    refusal = lab.prepare(ETCD, "deploy", version="8.11.9")
    near = ("8.11.2", "8.11.1", "8.12.0")
    assert refusal == Denied.of(NoChartVersion(chart=ETCD.chart, version="8.11.9", near=near))


def test_another_chart_than_the_releases_own_is_refused(lab: Lab) -> None:
    """An upgrade keeps to the chart that the release was made from."""
    target = ETCD.model_copy(update={"chart": "bitnami-new/redis"})
    refusal = lab.prepare(target, "deploy", version="8.11.2")
    assert refusal == Denied.of(OtherChart(chart="etcd", declared="bitnami-new/redis"))


def test_a_wrong_name_gets_the_nearest(lab: Lab) -> None:
    """A refusal names the releases that are called alike."""
    target = ETCD.model_copy(update={"release": "etcd-relase"})
    refusal = lab.prepare(target, "deploy", version="8.11.2")
    assert refusal == Denied.of(NoSuchRelease(place=target.place, near=(RELEASE,)))


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
    unknown = NoSuchRevision(thing="release", revision="7", near=("1",))
    assert refusal == Denied.of(unknown)
