"""The truth of an installation: rows of the database, Helm's records beside them, and time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.clouds.cloudpods.charts import chart_of
from bot.sandbox.clouds.cloudpods.config import (
    ChartSeed,
    CloudpodsConfig,
    ClusterSeed,
    NamespaceSeed,
    ReleaseSeed,
    RepoSeed,
)
from bot.sandbox.clouds.cloudpods.helm import HelmError, Records
from bot.sandbox.clouds.cloudpods.wire import BehindError, Pod, declined, unclassified
from bot.sandbox.clouds.http.wire import JsonObject

UNREACHABLE: Final = (
    'Kubernetes cluster unreachable: Get "https://test122.example:6443/version": '
    "dial tcp test122.example:6443: connect: connection refused"
)
_SEED_AGE: Final = 86_400.0  # seconds since the oldest revision of a seed


@dataclass
class Row:
    """A release as the database has it, and what Helm keeps of it in its cluster.

    *repo* is None, and *config* too, for a release that only a sync found; *held_until* is when
    the request that works on it will be done.
    """

    id: str
    name: str
    cluster: ClusterSeed
    namespace: NamespaceSeed
    repo: RepoSeed | None
    chart: str
    chart_version: str
    config: JsonObject | None
    status: str
    created_at: float
    helm: Records
    updated_at: float = 0.0
    held_until: float = 0.0
    fails_next: str = ""
    hook_seconds: float | None = None


@dataclass
class Event:
    """A line of the operation log, the only place that tells why a task failed."""

    row: Row
    action: str
    notes: str
    at: float


@dataclass
class Timeline:
    """What will happen when, in the order of time and, at one moment, of asking."""

    _due: list[tuple[float, int, Callable[[float], None]]] = field(default_factory=list)
    _count: int = 0

    def at(self, moment: float, act: Callable[[float], None]) -> None:
        """Have *act* done at *moment*, which it is told."""
        self._count += 1
        self._due.append((moment, self._count, act))

    def run(self, now: float) -> None:
        """Do what is due until *now*; what follows from that, too."""
        while self._due and min(self._due)[0] <= now:
            first = min(self._due)
            self._due.remove(first)
            first[2](first[0])


@dataclass
class Pods:
    """Everything that one installation knows of releases."""

    config: CloudpodsConfig
    new_id: Callable[[], str]
    rows: list[Row] = field(default_factory=list)
    lost: list[Row] = field(default_factory=list)  # dropped by a sync, and still known to Helm
    events: list[Event] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)  # names of clusters
    timeline: Timeline = field(default_factory=Timeline)

    def seed(self, now: float) -> None:
        """Take in what is there from the start."""
        self.rows.extend(self._seeded(each, now) for each in self.config.releases)

    def cluster(self, named: str) -> ClusterSeed:
        """Return the cluster with this id or name.

        Raises:
            DeclinedError: there is none.
        """
        found = next((one for one in self.config.clusters if named in {one.id, one.name}), None)
        if found is None:
            inner = (
                f'{{"error":{{"class":"NotFoundError","code":404,"data":{{"fields":["{named}"],'
                f'"id":"Cluster %!s(MISSING)"}},"details":"Cluster {named}"}}}}'
            )
            text = f"ListItemFilter: FetchClusterByIdOrName: {inner}"
            raise declined(404, "NotFoundError", text)
        return found

    def namespace(self, cluster: ClusterSeed, named: str) -> NamespaceSeed:
        """Return the namespace of *cluster* with this id or name.

        Raises:
            DeclinedError: there is none.
        """
        found = next((one for one in cluster.namespaces if named in {one.id, one.name}), None)
        if found is None:
            text = f"resource namespace_id/{named} not found: NotFoundError"
            raise declined(404, "NotFoundError", text)
        return found

    def repo(self, named: str) -> RepoSeed:
        """Return the repository with this id or name.

        Raises:
            DeclinedError: there is none.
        """
        found = next((one for one in self.config.repos if named in {one.id, one.name}), None)
        if found is None:
            raise declined(404, "NotFoundError", f"resource repo/{named} not found: NotFoundError")
        return found

    def one(self, named: str, rows: list[Row] | None = None) -> Row:
        """Return the release with this id or, else, this name; a system cluster's only by id.

        Raises:
            DeclinedError: there is none, or there are several of that name.
        """
        among = self.rows if rows is None else rows
        by_id = next((row for row in among if row.id == named), None)
        if by_id is not None:
            return by_id
        found = [row for row in among if row.name == named]
        if rows is None:
            found = [row for row in found if not row.cluster.is_system]
        if not found:
            raise declined(404, "ResourceNotFoundError", f"release {named} not found")
        if len(found) > 1:
            raise declined(500, "duplicate entry", "duplicate entry")
        return found[0]

    def filtered(self, pod: Pod) -> list[Row]:
        """Return the releases that the query's cluster and namespace leave.

        Raises:
            DeclinedError: one of the two is unknown, or the cluster is not told.
        """
        cluster, namespace = pod.asked("cluster", "cluster_id"), pod.asked("namespace")
        namespace = namespace or pod.asked("namespace_id")
        if namespace and not cluster:
            raise unclassified(why="cluster id must provided")
        if not cluster:
            is_shown = pod.asked("system") == "true"
            return [row for row in self.rows if is_shown or not row.cluster.is_system]
        there = self.cluster(cluster)
        rows = [row for row in self.rows if row.cluster is there]
        if not namespace:
            return rows
        inside = self.namespace(there, namespace)
        return [row for row in rows if row.namespace is inside]

    def free(self, row: Row, at: float) -> None:
        """Make sure that no request works on *row*.

        Raises:
            BehindError: one does.
        """
        if row.held_until > at:
            raise BehindError(row.held_until)

    def reach(self, row: Row) -> None:
        """Make sure that the cluster of *row* answers.

        Raises:
            HelmError: it does not.
        """
        if row.cluster.name in self.unreachable:
            raise HelmError(UNREACHABLE)

    def chart(self, row: Row) -> ChartSeed:
        """Return the chart that *row* was made of.

        Raises:
            DeclinedError: it was found by a sync, so nobody knows.
        """
        if row.repo is None:
            text = f"get release {row.name} repo: resource repo/ not found"
            raise unclassified(why=text)
        return chart_of(self.config, row.repo.name, row.chart)

    def log(self, row: Row, action: str, notes: str, at: float) -> None:
        """Write a line into the operation log."""
        self.events.append(Event(row, action, notes, at))

    def _seeded(self, seed: ReleaseSeed, now: float) -> Row:
        cluster = self.cluster(seed.cluster)
        helm, first = Records(seed.name), seed.revisions[0]
        began = now - _SEED_AGE
        helm.begin_install(seed.chart, first.version, first.values, began).end(began)
        for number, each in enumerate(seed.revisions[1:], start=1):
            at = began + 60.0 * number
            helm.begin_upgrade(seed.chart, each.version, each.values, at).end(at)
        shown = seed.revisions[-1] if self.config.branch == "3.10" else first
        return Row(
            id=seed.id,
            name=seed.name,
            cluster=cluster,
            namespace=self.namespace(cluster, seed.namespace),
            repo=self.repo(seed.repo),
            chart=seed.chart,
            chart_version=shown.version,
            config=shown.values,
            status="deployed",
            created_at=began,
            updated_at=began,
            helm=helm,
            fails_next=seed.fails_next,
        )
