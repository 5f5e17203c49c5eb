"""The releases of a project: their revisions, and what is being done with them.

A change needs no background task: what it has come to follows from the time that passed.
"""

import copy
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import RefusedError
from bot.sandbox.clouds.huawei.cce_gateway import refused_by_cce
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    CceReleaseConfig,
    ChartSeed,
    ClusterSeed,
    Flavour,
    ReleaseSeed,
)

FAILURE: Final = "timed out waiting for the condition"
_DAY: Final = 86_400  # seconds
_PENDING: Final = {
    "install": ("PENDING_INSTALL", "Initial install underway", "Install complete"),
    "upgrade": ("PENDING_UPGRADE", "Preparing upgrade", "Upgrade complete"),
}


def laid_over(present: dict[str, JsonValue], given: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the *present* values with those *given* merged in, map by map."""
    whole = dict(present)
    for name, value in given.items():
        there = whole.get(name)
        is_map = isinstance(there, dict) and isinstance(value, dict)
        whole[name] = laid_over(there, value) if is_map else value  # type: ignore[arg-type] # maps
    return whole


@dataclass
class Revision:
    """One revision; *ends* is when it comes to its end, well unless it *fails*."""

    number: int
    chart: ChartSeed
    values: dict[str, JsonValue]
    kind: str  # "install", "upgrade", "rollback"
    begun: float
    ends: float
    fails: bool = False
    origin: int = 0  # of a rollback
    forced: str = ""  # a status on demand

    def status(self, now: float) -> str:
        """Return what it has come to, regardless of newer ones."""
        if self.forced:
            return self.forced
        if now < self.ends:
            return "PENDING_ROLLBACK" if self.kind == "rollback" else _PENDING[self.kind][0]
        return "FAILED" if self.fails else "DEPLOYED"

    def description(self, now: float) -> str:
        """Return what Helm says about it."""
        if self.kind == "rollback":
            told = f"Rollback to {self.origin}"
            return told if now < self.ends or not self.fails else f"{told} failed: {FAILURE}"
        _, pending, done = _PENDING[self.kind]
        if now < self.ends:
            return pending
        return f"{self.kind.capitalize()} failed: {FAILURE}" if self.fails else done


@dataclass
class Release:
    """A release with its revisions, oldest first."""

    cluster: ClusterSeed
    namespace: str
    name: str
    seconds: float
    revisions: list[Revision] = field(default_factory=list)
    fails_next: bool = False
    deleted_at: float | None = None  # when its deletion comes, or came, to its end

    @property
    def last(self) -> Revision:
        """The newest revision."""
        return self.revisions[-1]

    def is_gone(self, now: float) -> bool:
        """Whether its deletion has come to its end."""
        return self.deleted_at is not None and now >= self.deleted_at

    def status(self, now: float) -> str:
        """Return the release's status."""
        return "DELETING" if self.deleted_at is not None else self.last.status(now)

    def row_status(self, revision: Revision, now: float, older: str) -> str:
        """Return a revision's status among the others: a good newer one supersedes it."""
        if revision is self.last:
            return self.status(now)
        newer = [each for each in self.revisions if each.number > revision.number]
        mine = revision.status(now)
        is_over = any(each.status(now) == "DEPLOYED" for each in newer)
        return older if mine == "DEPLOYED" and is_over else mine

    def add(
        self,
        kind: str,
        chart: ChartSeed,
        values: dict[str, JsonValue],
        at: float,
        *,
        origin: int = 0,
    ) -> Revision:
        """Begin a new revision; it fails if the release was told to."""
        revision = Revision(
            number=len(self.revisions) + 1,
            chart=chart,
            values=copy.deepcopy(values),
            kind=kind,
            begun=at,
            ends=at + self.seconds,
            fails=self.fails_next,
            origin=origin,
        )
        self.fails_next = False
        self.revisions.append(revision)
        return revision


class ReleaseEstate:
    """All clusters, charts and releases."""

    def __init__(self, config: CceReleaseConfig, *, now: float) -> None:
        self.config = config
        self._clusters = {each.id: each for each in config.clusters}
        self._releases: list[Release] = [self._planted(seed, now) for seed in config.releases]

    def cluster(self, cluster_id: str, flavour: Flavour) -> ClusterSeed:
        """Return a cluster.

        Raises:
            RefusedError: there is none of this flavour.
        """
        cluster = self._clusters.get(cluster_id)
        if cluster is None or cluster.flavour != flavour:
            raise refused_by_cce(404, "CCE.01404001", f"cluster {cluster_id} not found")
        return cluster

    def chart(self, chart_id: str) -> ChartSeed:
        """Return one version of a chart.

        Raises:
            RefusedError: there is none of this id.
        """
        found = next((each for each in self.config.charts if each.id == chart_id), None)
        if found is None:
            raise refused_by_cce(404, "CCE.01404001", f"chart {chart_id} not found")
        return found

    def present(self, cluster_id: str, now: float) -> list[Release]:
        """Return the releases of a cluster."""
        self._releases = [each for each in self._releases if not each.is_gone(now)]
        return [each for each in self._releases if each.cluster.id == cluster_id]

    def find(self, cluster_id: str, namespace: str, name: str, now: float) -> Release | None:
        """Return a release, if it is there."""
        there = self.present(cluster_id, now)
        key = (namespace, name)
        return next((each for each in there if (each.namespace, each.name) == key), None)

    def install(
        self,
        cluster: ClusterSeed,
        namespace: str,
        name: str,
        chart: ChartSeed,
        values: dict[str, JsonValue],
        at: float,
    ) -> Release:
        """Begin a new release."""
        release = Release(cluster, namespace, name, self.config.seconds)
        release.add("install", chart, values, at)
        self._releases.append(release)
        return release

    def busy(self, release: Release, now: float) -> RefusedError | None:
        """Return the refusal of a change while another is under way."""
        if not (release.status(now).startswith("PENDING") or release.deleted_at is not None):
            return None
        text = "Update release is forbidden"
        return refused_by_cce(self.config.busy_status, self.config.busy_code, text)

    def _planted(self, seed: ReleaseSeed, now: float) -> Release:
        """Make a release that has run for days."""
        cluster = self._clusters[seed.cluster_id]
        release = Release(cluster, seed.namespace, seed.name, self.config.seconds)
        charts = {(each.name, each.version): each for each in self.config.charts}
        for age, revision in zip(range(len(seed.revisions), 0, -1), seed.revisions, strict=True):
            kind = "upgrade" if release.revisions else "install"
            chart = charts[seed.chart_name, revision.chart_version]
            release.add(kind, chart, revision.values, now - _DAY * age)
        for each in release.revisions:
            each.ends = each.begun + 60
        release.fails_next = seed.fails_next
        return release
