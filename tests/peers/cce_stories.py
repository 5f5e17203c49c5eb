"""What people do to clusters, and to the releases in them."""

from typing import Any, Final

from bot.core.codes import Denied
from bot.core.plan import PlanDraft
from bot.core.system import (
    Adopted,
    PrerequisiteSteps,
    RemoteTask,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds.huawei.seeds import cce_clusters as clusters
from bot.sandbox.clouds.huawei.seeds import cce_releases as releases
from bot.systems.cce_cluster import Cluster
from tests.peers import projects
from tests.peers.places import Place
from tests.peers.projects import release
from tests.peers.stories import LOST, Story, lose_all, losing, missing, read
from tests.systems.conversing import JOB_SECONDS

_NODE: Final = "2c5e3d6e-8aa3-11ee-af09-0255ac100041"  # one of the sandbox's cluster
_RISK: Final = clusters.FindingSeed(name="disk usage", message="/var is full", nodes=(_NODE,))
_ADDON: Final = clusters.FindingSeed(name="add-on limits", level="Info", message="no limits")


def upgrading(target: Cluster) -> Story:
    """Go the whole way, with a precheck whose risks are skipped."""

    def told(place: Place) -> None:
        place.there.clusters.find(target.id, _RISK, _ADDON)
        failed = carried(place, target)
        assert isinstance(failed, TaskFailed)
        skip = failed.ways[0].items
        assert isinstance(carried(place, target, way="skip", items=skip), TaskSucceeded)
        read(place, target)

    return told


def ordering(place: Place) -> None:
    """Upgrade in batches, pool by pool, with an add-on; look at it while a node is upgraded."""
    target = projects.ORDERED
    draft = place.draft(target, "deploy", version="v1.31")
    earlier = _begun(place, target, draft, len(draft.steps) - 2)
    work = Work(step=draft.steps[-2], earlier=earlier)
    task = place.send(target, work)
    place.hands.advance(JOB_SECONDS / 2)
    seen = place.run(place.system.watch(target, work, task))
    assert isinstance(seen, TaskRunning)
    assert isinstance(place.look(target, work, task), TaskSucceeded)


def retrying(target: Cluster) -> Story:
    """Let the upgrade fail, and run it again by a call whose answer is lost, to its end."""

    def told(place: Place) -> None:
        place.there.clusters.fail_next(target.id, "Cluster", "node-2 does not come back")
        assert isinstance(carried(place, target), TaskFailed)
        draft = place.draft(target, "deploy", version="v1.31", way="retry")
        sent = place.lose_step(target, LOST, draft)
        found = place.run(place.system.recover(target, sent))
        assert isinstance(found, Adopted)
        seen = place.look(target, Work(step=draft.steps[0]), found.task)
        assert isinstance(seen, TaskSucceeded)

    return told


def cancelling(target: Cluster) -> Story:
    """Close a workflow, and ask where the way leads when nothing is offered."""

    def told(place: Place) -> None:
        place.there.clusters.fail_next(target.id, "PreCheck", "no agent answers", is_error=True)
        assert isinstance(carried(place, target), TaskFailed)
        assert isinstance(carried(place, target, way="cancel"), TaskSucceeded)
        place.there.clusters.offer(target.id)
        assert isinstance(place.prepare(target, "deploy", version="v1.31"), Denied)

    return told


def closing(target: Cluster) -> Story:
    """Close a workflow by a call whose answer is lost."""

    def told(place: Place) -> None:
        place.there.clusters.fail_next(target.id, "PreCheck", "no agent answers", is_error=True)
        assert isinstance(carried(place, target), TaskFailed)
        lose_all(place, target, place.draft(target, "deploy", version="v1.31", way="cancel"))

    return told


def releasing(flavour: str) -> Story:
    """Deploy with and without values, by the chart's name and by its id; go back; delete."""

    def told(place: Place) -> None:
        target = release(flavour)
        by_id = release(flavour, chart=releases.SEARCH_CHART_ID)
        values = {"replicas": "5", "index.shards": "4"}
        assert isinstance(place.carry_out(target, "deploy", version="1.2.0"), TaskSucceeded)
        assert isinstance(place.carry_out(target, "deploy", values=values), TaskSucceeded)
        assert isinstance(place.carry_out(target, "rollback"), TaskSucceeded)
        assert isinstance(place.carry_out(by_id, "rollback", revision="1"), TaskSucceeded)
        assert isinstance(place.carry_out(by_id, "deploy", version="1.2.0"), TaskSucceeded)
        read(place, target)
        read(place, by_id)
        check = place.system.questions.check
        assert check is not None
        assert place.run(check(target, place.draft(target, "deploy", version="1.1.0")))
        assert not place.run(check(target, place.draft(target, "delete")))
        assert isinstance(place.carry_out(target, "delete"), TaskSucceeded)
        read(place, target)

    return told


def mending(flavour: str) -> Story:
    """Deploy over a deployment that failed."""

    def told(place: Place) -> None:
        target = release(flavour)
        place.there.releases.fail_next(str(target.cluster_id), target.namespace, target.release)
        assert isinstance(place.carry_out(target, "deploy", version="1.2.0"), TaskFailed)
        assert isinstance(place.carry_out(target, "deploy", version="1.1.0"), TaskSucceeded)

    return told


def installing(flavour: str) -> Story:
    """Create a release from a template, with every parameter that may be set."""

    def told(place: Place) -> None:
        options = {"name_template": "shop", "no_hooks": True, "recreate": True}
        more = {"replace": False, "reset_values": False, "include_hooks": True}
        template = {"version": "1.1.0", "description": "of the shop", "values": {"replicas": 2}}
        target = release(
            flavour,
            release="fresh",
            values={"zone": "ä"},
            create_body={**template, "parameters": {**options, **more}},
        )
        check = place.system.questions.check
        assert check is not None
        assert place.run(check(target, place.draft(target, "create")))
        assert isinstance(place.carry_out(target, "create"), TaskSucceeded)
        assert isinstance(place.carry_out(target, "deploy", version="1.2.0"), TaskSucceeded)

    return told


def overtaking(flavour: str) -> Story:
    """See the end of a revision that somebody has made another after."""

    def told(place: Place) -> None:
        target = release(flavour)
        work = Work(step=place.draft(target, "deploy", version="1.2.0").steps[0])
        task = place.send(target, work)
        assert isinstance(place.look(target, work, task), TaskSucceeded)
        where = (str(target.cluster_id), target.namespace, target.release)
        place.there.releases.meddle(*where, releases.SEARCH_CHART_ID)
        assert isinstance(place.look(target, work, task), TaskSucceeded)

    return told


def sealing(place: Place) -> None:
    """Keep a secret that only CCE knows."""
    target = release("autopilot", release="vault")
    check = place.system.questions.check
    assert check is not None
    assert place.run(check(target, place.draft(target, "deploy", values={"replicas": "3"})))
    assert isinstance(place.carry_out(target, "deploy", values={"replicas": "3"}), TaskSucceeded)


def expiring(target: Cluster) -> Story:
    """Let a precheck run out before the upgrade: what it skipped is asked of it once more."""

    def told(place: Place) -> None:
        draft = place.draft(target, "deploy", version="v1.31")
        steps = {step.name: number for number, step in enumerate(draft.steps)}
        earlier = _begun(place, target, draft, steps["upgrade"])
        place.hands.advance(place.there.config.cce_clusters.holds)
        work = Work(step=draft.steps[len(earlier)], earlier=earlier)
        assert isinstance(place.run(place.system.submit(target, work)), PrerequisiteSteps)

    return told


def carried(place: Place, target: Cluster, **given: Any) -> Any:
    """Carry out an upgrade up to its first failure, and return what was seen last."""
    draft = place.draft(target, "deploy", version="v1.31", **given)
    return _carried(place, target, draft)


def _carried(place: Place, target: Cluster, draft: PlanDraft) -> Any:
    earlier: tuple[RemoteTask, ...] = ()
    seen: Any = None
    for step in draft.steps:
        work = Work(step=step, earlier=earlier)
        task = place.send(target, work)
        seen = place.look(target, work, task)
        if not isinstance(seen, TaskSucceeded):
            break
        earlier = (*earlier, task)
    return seen


def _begun(place: Place, target: Cluster, draft: PlanDraft, count: int) -> tuple[RemoteTask, ...]:
    earlier: tuple[RemoteTask, ...] = ()
    for step in draft.steps[:count]:
        work = Work(step=step, earlier=earlier)
        task = place.send(target, work)
        assert isinstance(place.look(target, work, task), TaskSucceeded)
        earlier = (*earlier, task)
    return earlier


def of_cluster(target: Cluster) -> tuple[Story, ...]:
    """Return the stories of a cluster."""
    told = (upgrading, retrying, cancelling, closing, expiring)
    return *(each(target) for each in told), losing(target, "deploy", version="v1.31")


def of_release(flavour: str) -> tuple[Story, ...]:
    """Return the stories of a release."""
    target = release(flavour)
    lost = (losing(target, "deploy", version="1.2.0"), losing(target, "delete"))
    gone = missing(target, release="nobody")
    told = (releasing, mending, installing, overtaking)
    return *(each(flavour) for each in told), *lost, gone
