"""Cloudpods' releases: the system, the client and the strict simulator over a real socket."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import (
    NotCreatedYet,
    StatusOf,
)
from bot.core.records import Action
from bot.core.system import (
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.config import (
    ChartSeed,
    ClusterSeed,
    NamespaceSeed,
    RepoSeed,
    RevisionSeed,
)
from bot.sandbox.clouds.cloudpods.content import (
    RELEASE,
    RELEASE_ID,
)
from bot.systems._helm.codes import Deployed, ValuesUnknown
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release import Release
from bot.systems.cloudpods_release.codes import ReleaseExists
from tests.systems.cloudpods_lab import DECLARED, ETCD, PLACE, SYSTEM, VALUES, Lab, at, failed
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


def test_a_deployment_from_plan_to_end(lab: Lab) -> None:
    """The whole way: one mutation, wrapped, pinned, by id, without values; the history decides."""
    draft, seen = lab.do(ETCD, "deploy", version="8.11.2")
    assert isinstance(seen, TaskSucceeded)
    assert seen.detail == Deployed(revision="2", version="8.11.2").reason
    assert (draft.before, draft.after) == (verbatim("8.11.1"), verbatim("8.11.2"))
    assert draft.observed.revision == "1"
    [executed] = lab.there.executed
    assert executed.path == f"/api/releases/{RELEASE_ID}/upgrade"
    body = {"release": {"release_name": RELEASE, "version": "8.11.2"}}
    assert executed.body == body
    now = StatusOf(status="deployed", version="8.11.2").reason
    assert lab.run(SYSTEM.status(ETCD)).headline == now
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
    assert (draft.before, draft.after) == (at("8.12.0", 3), at("8.11.2", 2))
    assert lab.there.executed[-1].body == {"release": {"revision": 2}}
    draft, _ = lab.do(ETCD, "rollback")
    assert draft.after == at("8.11.1", 1)
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
    assert lab.run(SYSTEM.status(ETCD)).headline == NotCreatedYet().reason
    missing = lab.prepare(ETCD, "deploy", version="8.11.1")
    assert isinstance(missing, Denied)
    assert missing.code == "not_found"
    draft, seen = lab.do(target, "create")
    assert isinstance(seen, TaskSucceeded)
    assert draft.after == verbatim("8.12.0")
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
    said = "CreateRemoteObject: install release: timed out waiting for the condition"
    assert seen.reason == failed("create_fail", said)
    again = lab.prepare(target, "create", version="8.11.1")
    exists = ReleaseExists(place=target.place, status="create_fail", has_failed=True)
    assert again == Denied.of(exists)
    lab.there.fail_next("other", "hook failed")
    work = Work(step=lab.draft(target, "delete").steps[0])
    task = lab.send(target, work)
    assert isinstance(lab.run(SYSTEM.watch(target, work, task)), TaskRunning)
    seen = lab.look(target, work, task)
    assert isinstance(seen, TaskFailed)
    assert seen.reason == failed("delete_fail", "uninstall: hook failed")
    assert isinstance(lab.do(target, "delete")[1], TaskSucceeded)


PLANNED: Final[dict[Action, dict[str, Any]]] = {
    "deploy": {"values": {"replicaCount": "3"}},
    "rollback": {"revision": "1"},
    "delete": {},
}


@pytest.mark.parametrize("action", PLANNED)
def test_a_plan_stays_the_same_while_nobody_changes_anything(lab: Lab, action: Action) -> None:
    """What an approval is given for has nothing in it that ages or heals by itself."""
    lab.do(ETCD, "deploy", version="8.11.2")
    lab.there.fail_next(RELEASE)
    lab.do(ETCD, "delete")
    digests = set()
    for _ in range(3):
        draft = lab.draft(ETCD, action, past=lab.past, **PLANNED[action])
        digests.add(lab.plan(action, draft).digest)
        lab.hands.advance(3600)
        lab.there.sync("test122")
    assert len(digests) == 1


def test_an_internal_release_from_creation_to_deletion(door: Door) -> None:
    """The platform chooses cluster and namespace: neither is sent, and it is found all the same."""
    seeds = sandbox_cloudpods()
    own = NamespaceSeed(id="n-9", name="p-1")
    system = ClusterSeed(id="c-9", name="system", namespaces=(own,), is_system=True)
    lab = Lab(
        door,
        repos=(*seeds.repos, RepoSeed(id="r-2", name="inner", type="internal")),
        charts=(*seeds.charts, ChartSeed(repo="inner", name="etcd", versions=("8.12.0",))),
        clusters=(*seeds.clusters, system),
    )
    given = {"type": "internal", "release": RELEASE, "chart": "inner/etcd", "create_body": {}}
    target = Release.model_validate(given)
    for action, ways in (("create", {}), ("deploy", {"values": {"a": "1"}}), ("delete", {})):
        _, seen = lab.do(target, action, **ways)  # type: ignore[arg-type] # one of the actions
        assert isinstance(seen, TaskSucceeded), (action, seen)
    sent: Any = lab.there.executed[0].body
    assert {"cluster", "namespace"}.isdisjoint(sent["release"])
    assert lab.revision == 1  # of the release of that name that is none of the platform's


def test_single_values_need_no_more_than_the_secrets_declared(door: Door) -> None:
    """Slipway records no secret: from the second value on slipway.yaml tells it, and no more."""
    secret: dict[str, Any] = {"auth": {"rootPassword": "tr0ub4dor"}}
    seed = sandbox_cloudpods().releases[0]
    first = RevisionSeed(
        version="8.11.1", values={**secret, "replicaCount": 1, "pdb": {"create": True}}
    )
    lab = Lab(door, releases=(seed.model_copy(update={"revisions": (first,)}),))
    lab.do(ETCD, "deploy", values={"replicaCount": "2"})
    refusal = lab.prepare(ETCD, "deploy", past=lab.past, values={"logLevel": "debug"})
    assert refusal == Denied.of(ValuesUnknown(paths=("auth.rootPassword",)))
    declared = Release.model_validate({**PLACE, "values": secret})
    lab.do(declared, "deploy", values={"logLevel": "debug"})
    lab.do(declared, "deploy", version="8.11.2")
    kept = {**secret, "pdb": {"create": True}}
    assert lab.there.values(RELEASE) == {**kept, "replicaCount": 2, "logLevel": "debug"}
    assert lab.there.strictness == ()


def test_declared_secrets_are_laid_over_what_cloudpods_shows(door: Door) -> None:
    """At the first revision all values are shown: those that are not declared stay as well."""
    seed = sandbox_cloudpods().releases[0]
    values: dict[str, Any] = {"auth": {"rootPassword": "old"}, "dbPassword": "b", "replicaCount": 1}
    first = RevisionSeed(version="8.11.1", values=values)
    lab = Lab(door, releases=(seed.model_copy(update={"revisions": (first,)}),))
    declared = Release.model_validate({**PLACE, "values": {"auth": {"rootPassword": "new"}}})
    lab.do(declared, "deploy", values={"logLevel": "debug"})
    new = {**values, "auth": {"rootPassword": "new"}, "logLevel": "debug"}
    assert lab.there.values(RELEASE) == new
