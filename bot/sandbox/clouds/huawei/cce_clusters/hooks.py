"""What tests and the sandbox do to clusters past their API."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.cce_clusters.rules import check_offer
from bot.sandbox.clouds.huawei.cce_clusters.state import Cluster, Clusters, Kind, Workflow
from bot.sandbox.clouds.huawei.cce_clusters.views import Views
from bot.sandbox.clouds.huawei.seeds.cce_clusters import FindingSeed


class ClusterHooks:
    """A door beside the API; *reach* locks the cloud, brings it up to date and tells the time.

    Every method raises LookupError where there is no such cluster.
    """

    def __init__(
        self, clusters: Clusters, reach: Callable[[], AbstractContextManager[float]]
    ) -> None:
        self._clusters = clusters
        self._reach = reach

    def view(self, cluster_id: str) -> JsonObject:
        """Return a cluster as CCE would show it now."""
        with self._reach() as now:
            return Views(self._clusters.config).cluster(self._cluster(cluster_id, now))

    def version(self, cluster_id: str) -> str:
        """Return the exact version that a cluster has."""
        with self._reach() as now:
            return self._cluster(cluster_id, now).version

    def be(self, cluster_id: str, phase: str, reason: str = "") -> None:
        """Let a cluster be in another phase."""
        with self._reach() as now:
            cluster = self._cluster(cluster_id, now)
            cluster.phase, cluster.reason = phase, reason

    def offer(self, cluster_id: str, *versions: str) -> None:
        """Let a cluster be offered other versions, or none."""
        with self._reach() as now:
            self._cluster(cluster_id, now).offers = versions

    def find(self, cluster_id: str, *findings: FindingSeed) -> None:
        """Let the coming prechecks find this, and nothing else; without any, all is mended."""
        with self._reach() as now:
            self._cluster(cluster_id, now).findings[:] = findings

    def fail_next(
        self, cluster_id: str, kind: Kind, message: str, *, is_error: bool = False
    ) -> None:
        """Let the next task of a kind fail; a precheck may also end with an error."""
        with self._reach() as now:
            self._cluster(cluster_id, now).to_fail[kind] = (message, is_error)

    def take_seconds(self, cluster_id: str, seconds: float) -> None:
        """Let the coming tasks of a cluster take *seconds*; a billion is for ever."""
        with self._reach() as now:
            self._cluster(cluster_id, now).seconds = seconds

    def meddle(self, cluster_id: str, version: str) -> str:
        """Open a workflow past Slipway, as somebody in the console would; return its id."""
        with self._reach() as now:
            cluster = self._cluster(cluster_id, now)
            workflow = Workflow(
                uid=self._clusters.new_id(), before=cluster.version,
                after=check_offer(cluster, version), made=now, updated=now,
            )  # fmt: skip
            cluster.workflows.append(workflow)
            return workflow.uid

    def meddle_with(self, cluster_id: str, kind: Kind) -> str:
        """Start a task of the open workflow past Slipway; return its id."""
        with self._reach() as now:
            cluster = self._cluster(cluster_id, now)
            workflow = cluster.open_workflow(now)
            if workflow is None:
                text = f"no workflow is open on {cluster_id!r}"
                raise LookupError(text)
            return self._clusters.begin(cluster, workflow, kind, now).uid

    def _cluster(self, cluster_id: str, now: float) -> Cluster:
        cluster = self._clusters.find(cluster_id, now)
        if cluster is None:
            text = f"there is no cluster {cluster_id!r}"
            raise LookupError(text)
        return cluster
