"""Clusters with their upgrade workflows and tasks: what they have come to follows from the time."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from uuid import uuid4

from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    CceClusterConfig,
    ClusterSeed,
    FindingSeed,
    Flavour,
    NodeSeed,
)

Kind: TypeAlias = Literal["PreCheck", "Snapshot", "Cluster", "PostCheck"]
POINTS: Final[tuple[Kind, ...]] = ("PreCheck", "Snapshot", "Cluster", "PostCheck")
LINES: Final[tuple[tuple[Kind, Kind], ...]] = (("PreCheck", "Cluster"), ("Cluster", "PostCheck"))
_NEEDED: Final = frozenset({"PreCheck", "Cluster", "PostCheck"})
_INIT_SHARE: Final = 0.05  # of its time a task has not begun to work
_DAY: Final = 86_400.0  # seconds


@dataclass
class Task:
    """A task of a workflow; *failure* is what it will end with, if it is to fail."""

    uid: str
    kind: Kind
    made: float
    begun: float
    seconds: float
    failure: str = ""
    error: bool = False  # it will end Error, not Failed
    ended: float | None = None
    status: str = "Init"
    updated: float = 0.0
    skipped: tuple[tuple[str, tuple[str, ...]], ...] = ()  # item, uids of nodes; none: everywhere
    found: tuple[FindingSeed, ...] = ()
    expires: float | None = None
    before: str = ""
    after: str = ""

    @property
    def due(self) -> float:
        """When it ends if nothing stops it."""
        return self.begun + self.seconds

    def shown(self, now: float) -> str:
        """Return its status at *now*."""
        if self.ended is not None or self.status == "Pause":
            return self.status
        return "Init" if now - self.begun < _INIT_SHARE * self.seconds else "Running"

    def progress(self, now: float) -> str:
        """Return how far it is, in percent."""
        if self.ended is not None and self.status == "Success":
            return "100"
        return str(int(100 * min(1.0, max(0.0, now - self.begun) / (self.seconds or 1.0))))


@dataclass
class Workflow:
    """An upgrade from one exact version to another, with the newest task of each point."""

    uid: str
    before: str
    after: str
    made: float
    updated: float
    tasks: dict[Kind, Task] = field(default_factory=dict)
    is_cancelled: bool = False

    def status(self, kind: Kind, now: float) -> str:
        """Return the state of a point."""
        task = self.tasks.get(kind)
        if task is None:
            return "Init"
        shown = task.shown(now)
        return "Failed" if shown == "Error" else shown

    def phase(self, now: float) -> str:
        """Return what follows from the points."""
        if self.is_cancelled:
            return "Cancel"
        states = {kind: self.status(kind, now) for kind in POINTS}
        if "Failed" in states.values():
            return "Pending"
        if all(states[kind] == "Success" for kind in POINTS if kind in _NEEDED):
            return "Success"
        return "Running" if self.tasks else "Init"

    def is_open(self, now: float) -> bool:
        """Whether it may still go on."""
        return self.phase(now) not in {"Cancel", "Success"}


@dataclass
class Cluster:
    """The truth about one cluster."""

    id: str
    name: str
    flavour: Flavour
    version: str
    offers: tuple[str, ...]
    nodes: tuple[NodeSeed, ...]
    findings: list[FindingSeed]
    made: float
    seconds: float
    phase: str = "Available"
    reason: str = ""
    workflows: list[Workflow] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    to_fail: dict[Kind, tuple[str, bool]] = field(default_factory=dict)

    def open_workflow(self, now: float) -> Workflow | None:
        """Return the workflow that has not ended."""
        return next((each for each in self.workflows if each.is_open(now)), None)

    @property
    def running(self) -> Task | None:
        """The task that has not ended."""
        return next((each for each in self.tasks if each.ended is None), None)

    def of_kind(self, kind: Kind) -> list[Task]:
        """Return the tasks of a kind, oldest first."""
        return [each for each in self.tasks if each.kind == kind]


class Clusters:
    """All clusters of a project."""

    def __init__(self, config: CceClusterConfig, *, now: float, new_id: Callable[[], str]) -> None:
        self.config = config
        self.new_id = new_id
        self._clusters = {seed.id: self._planted(seed, now) for seed in config.clusters}

    def find(self, cluster_id: str, now: float) -> Cluster | None:
        """Return a cluster as it is by *now*, if there is one."""
        cluster = self._clusters.get(cluster_id)
        if cluster is not None:
            self._settle(cluster, now)
        return cluster

    def of(self, flavour: Flavour, now: float) -> list[Cluster]:
        """Return all clusters of a flavour as they are by *now*."""
        for each in self._clusters.values():
            self._settle(each, now)
        return [each for each in self._clusters.values() if each.flavour == flavour]

    def begin(self, cluster: Cluster, workflow: Workflow, kind: Kind, now: float) -> Task:
        """Let a task start and take its point."""
        failure, error = cluster.to_fail.pop(kind, ("", False))
        task = Task(
            uid=self.new_id(), kind=kind, made=now, begun=now, seconds=cluster.seconds,
            failure=failure, error=error, updated=now, before=workflow.before,
            after=workflow.after,
        )  # fmt: skip
        cluster.tasks.append(task)
        workflow.tasks[kind] = task
        workflow.updated = now
        if kind == "Cluster":
            cluster.phase = "Upgrading"
        return task

    def again(self, cluster: Cluster, workflow: Workflow, task: Task, now: float) -> None:
        """Let a failed upgrade run once more under its own id."""
        task.failure, task.error = cluster.to_fail.pop(task.kind, ("", False))
        task.begun = task.updated = workflow.updated = now
        task.ended, task.status = None, "Init"
        cluster.phase = "Upgrading"

    def _settle(self, cluster: Cluster, now: float) -> None:
        task = cluster.running
        if task is None or task.status == "Pause" or task.due > now:
            return
        task.ended = task.updated = task.due
        if task.kind == "PreCheck":
            task.found = tuple(left_over(cluster.findings, task.skipped))
            task.expires = task.due + self.config.holds
        is_bad = bool(task.failure or task.found)
        task.status = "Error" if task.error else "Failed" if is_bad else "Success"
        for workflow in cluster.workflows:
            if workflow.tasks.get(task.kind) is task:
                workflow.updated = task.due
        if task.kind == "Cluster":
            cluster.phase = "Available" if task.status == "Success" else self.config.failed_phase
            if task.status == "Success":
                cluster.version = task.after
                cluster.offers = tuple(
                    each for each in cluster.offers if numbers(each) > numbers(task.after)
                )

    def _planted(self, seed: ClusterSeed, now: float) -> Cluster:
        versions = (*seed.past, seed.version)
        cluster = Cluster(
            id=seed.id, name=seed.name, flavour=seed.flavour, version=seed.version,
            offers=seed.offers, nodes=seed.nodes, findings=list(seed.findings),
            made=now - _DAY * 30 * (len(versions) + 1), seconds=self.config.seconds,
        )  # fmt: skip
        for age, (before, after) in enumerate(itertools.pairwise(versions)):
            at = now - _DAY * 30 * (len(versions) - 1 - age)
            cluster.workflows.append(_ended(before, after, at))
        return cluster


def _ended(before: str, after: str, at: float) -> Workflow:
    """Return a workflow of long ago; its ids are made here, so that those of others stay theirs."""
    workflow = Workflow(uid=str(uuid4()), before=before, after=after, made=at, updated=at + 60)
    for kind in POINTS:
        workflow.tasks[kind] = Task(
            uid=str(uuid4()), kind=kind, made=at, begun=at, seconds=60.0, ended=at + 60,
            status="Success", updated=at + 60,
        )  # fmt: skip
    return workflow


def left_over(
    findings: list[FindingSeed], skipped: tuple[tuple[str, tuple[str, ...]], ...]
) -> list[FindingSeed]:
    """Return what is found although *skipped* is left out."""
    found = []
    for each in findings:
        without = {uid for name, uids in skipped if name == each.name for uid in uids}
        is_skipped = any(name == each.name and not uids for name, uids in skipped)
        nodes = tuple(uid for uid in each.nodes if uid not in without)
        if not is_skipped and (nodes or not each.nodes):
            found.append(each.model_copy(update={"nodes": nodes}))
    return found


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers; none for what is no version."""
    parts = version.removeprefix("v").replace("-r", ".").split(".")
    is_version = all(part.isascii() and part.isdecimal() for part in parts)
    return tuple(int(part) for part in parts) if is_version else ()


def resolved(wanted: str, offers: tuple[str, ...]) -> str | None:
    """Return the newest offered version that *wanted* means."""
    aim = numbers(wanted)
    fitting = [each for each in offers if aim and numbers(each)[: len(aim)] == aim]
    return max(fitting, key=numbers, default=None)
