"""A simulated project with clusters, whose plans have several steps and detours."""

from typing import Any, Final

from bot.core.codes import Denied
from bot.core.plan import PlanDraft
from bot.core.system import (
    PollResult,
    PrerequisiteSteps,
    RemoteTask,
    TaskFailed,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import HuaweiConfig, sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
    CceClusterConfig,
    ClusterSeed,
    FindingSeed,
    NodeSeed,
)
from bot.systems import system
from bot.systems.cce_cluster import Cluster
from tests.systems.conversing import JOB_SECONDS, World

SYSTEM: Final = system("cce-cluster")


EDGE: Final = Cluster.model_validate({"cluster_id": EDGE_ID})


LEAN: Final = Cluster.model_validate({"cluster_id": EDGE_ID, "snapshot": False})


PILOT_ID: Final = "c0ffee00-8aa2-11ee-af09-0255ac10004f"


PILOT: Final = Cluster.model_validate({"cluster_id": PILOT_ID, "flavour": "autopilot"})


NODES: Final = (
    NodeSeed(uid="node-uid-1", name="node-1"),
    NodeSeed(uid="node-uid-2", name="node-2"),
)


DISK: Final = FindingSeed(
    name="disk usage", message="/var is 91 % full", nodes=("node-uid-1", "node-uid-2")
)


ADDON: Final = FindingSeed(name="add-on limits", level="Info", message="coredns has no limits")


FATAL: Final = FindingSeed(
    name="kubelet", kind="Exception", level="Fatal", message="it does not run",
    nodes=("node-uid-2",),
)  # fmt: skip


CLUSTERS: Final = CceClusterConfig(
    clusters=(
        ClusterSeed(id=EDGE_ID, name="edge", nodes=NODES, past=("v1.28.15-r4",)),
        ClusterSeed(id=PILOT_ID, name="pilot", flavour="autopilot"),
    ),
    seconds=JOB_SECONDS,
)


def config(**choices: Any) -> HuaweiConfig:
    """The sandbox's project with clusters of our own."""
    clusters = CLUSTERS.model_copy(update=choices)
    changes = {"cce_clusters": clusters, "cce_writes_a_minute": None}
    return sandbox_config().model_copy(update=changes)


class ClusterWorld(World):
    """A project with a cluster, whose plans have several steps and detours."""

    done: tuple[RemoteTask, ...] = ()

    def go(self, target: Cluster, draft: PlanDraft, *, until: str = "") -> list[PollResult]:
        """Send and watch the steps before *until*, and what comes between, up to a failure."""
        steps, seen = list(draft.steps), list[PollResult]()
        done: tuple[RemoteTask, ...] = ()
        while steps and steps[0].name != until:
            work = Work(step=steps[0], earlier=done, permitted_at=self.hands.now)
            outcome = self.run(self.system.submit(target, work))
            if isinstance(outcome, PrerequisiteSteps):
                assert len(steps) <= len(draft.steps), "one detour leads to another"
                steps = [*outcome.steps, *steps]
                continue
            seen.append(self.look(target, work, outcome))
            if not isinstance(seen[-1], TaskSucceeded):
                break
            done = (*done, outcome)
            steps = steps[1:]
        self.done = done
        return seen

    def upgrade(self, target: Cluster = EDGE, version: str = "v1.31", **given: Any) -> list[Any]:
        """Plan and carry out an upgrade."""
        return self.go(target, self.draft(target, "deploy", version=version, **given))

    def broken(self, **given: Any) -> TaskFailed:
        """Carry out an upgrade that fails, and return how."""
        seen = self.upgrade(**given)
        assert isinstance(seen[-1], TaskFailed), seen
        return seen[-1]

    def denied(self, target: Cluster = EDGE, version: str = "v1.31", **given: Any) -> Denied:
        """Ask for what is refused."""
        refusal = self.prepare(target, "deploy", version=version, **given)
        assert isinstance(refusal, Denied), refusal
        return refusal

    @property
    def calls(self) -> list[str]:
        """The ends of the paths of what took effect."""
        return [each.path.rpartition("/operation/")[2] for each in self.there.executed]


def names(draft: PlanDraft) -> list[str]:
    """The steps of a plan."""
    return [each.name for each in draft.steps]
