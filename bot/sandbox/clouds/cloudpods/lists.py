"""What stands around releases: charts, repositories, clusters, namespaces, events, version.

Source: https://github.com/yunionio/kubecomps (pkg/kubeserver/app/handlers.go)
"""

import base64
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.cloudpods.charts import chart_of, stable, version_of
from bot.sandbox.clouds.cloudpods.config import ChartSeed, RepoSeed
from bot.sandbox.clouds.cloudpods.estate import Event, Pods
from bot.sandbox.clouds.cloudpods.tasks import Tasks
from bot.sandbox.clouds.cloudpods.views import chart_object, seconds
from bot.sandbox.clouds.cloudpods.wire import Pod, PodRoute, declined, success
from bot.sandbox.clouds.http.wire import Answer, JsonObject

SYNC_REST: Final = 60.0  # seconds between two syncs of a cluster that nobody forces
_TEMPLATE: Final = base64.b64encode(b"apiVersion: v1\n").decode()


@dataclass
class Lists:
    """The calls that read them, and the sync of a cluster."""

    pods: Pods
    tasks: Tasks
    _synced: dict[str, float] = field(default_factory=dict)

    def routes(self) -> tuple[PodRoute, ...]:
        """Return them."""
        return (
            PodRoute("GET", "/api/charts", self._charts),
            PodRoute("GET", "/api/charts/{name}", self._chart),
            PodRoute("GET", "/api/repos", self._repos, "repos:list"),
            PodRoute("GET", "/api/repos/{id}", self._repo, "repos:get"),
            PodRoute("GET", "/api/kubeclusters", self._clusters, "kubeclusters:list"),
            PodRoute("GET", "/api/kubeclusters/{id}", self._cluster, "kubeclusters:get"),
            PodRoute(
                *("POST", "/api/kubeclusters/{id}/sync", self._sync, "kubeclusters:perform:sync"),
                wrapper="kubecluster",
            ),
            PodRoute("GET", "/api/namespaces", self._namespaces, "namespaces:list"),
            PodRoute("GET", "/api/events", self._events, "events:list"),
            PodRoute("GET", "/api/version", self._version, is_open=True),
            PodRoute("GET", "/api/ping", lambda _pod: success({"ping": "pong"}), is_open=True),
        )

    def _charts(self, pod: Pod) -> Answer:
        named = pod.asked("repo")
        if not named:
            raise declined(406, "NotEmptyError", "repo must provided")
        repo = self.pods.repo(named)
        charts = [each for each in self.pods.config.charts if each.repo == repo.name]
        wanted = pod.asked("name")
        rows = [_row(each, repo, pod) for each in charts if wanted in {"", each.name}]
        flat: list[JsonValue] = [row for part in rows for row in part]
        return success({"charts": flat, **({"total": len(flat)} if flat else {})})

    def _chart(self, pod: Pod) -> Answer:
        named = pod.asked("repo")
        if not named:
            raise declined(400, "InputParameterError", "repo not provided")
        repo = self.pods.repo(named)
        chart = chart_of(self.pods.config, repo.name, pod.names["name"])
        version = version_of(chart, pod.asked("version"))
        shown: JsonObject = {
            "chart": chart_object(chart, version, _TEMPLATE),
            "files": [],
            "name": chart.name,
            "options": [],
            "readme": base64.b64encode(b"").decode(),
            "repo": repo.name,
        }
        return success({"chart": shown})

    def _repos(self, _pod: Pod) -> Answer:
        return _listed("repos", [_repo_view(each) for each in self.pods.config.repos])

    def _repo(self, pod: Pod) -> Answer:
        return success({"repo": _repo_view(self.pods.repo(pod.names["id"]))})

    def _clusters(self, _pod: Pod) -> Answer:
        rows = [self._cluster_view(each.name) for each in self.pods.config.clusters]
        return _listed("kubeclusters", rows)

    def _cluster(self, pod: Pod) -> Answer:
        return success({"kubecluster": self._cluster_view(pod.names["id"])})

    def _cluster_view(self, named: str) -> JsonObject:
        cluster = self.pods.cluster(named)
        status = "lost" if cluster.name in self.pods.unreachable else cluster.status
        return {"id": cluster.id, "name": cluster.name, "status": status}

    def _sync(self, pod: Pod) -> Answer:
        cluster = self.pods.cluster(pod.names["id"])
        view = self._cluster_view(cluster.name)
        if view["status"] != "running":
            text = f"cluster status is {view['status']}"
            raise declined(406, "NotAcceptableError", text)
        forced = (pod.body or {}).get("force") is True
        if not forced and pod.at - self._synced.get(cluster.id, -SYNC_REST) < SYNC_REST:
            raise declined(406, "NotAcceptableError", "cluster synced too soon")
        self._synced[cluster.id] = pod.at
        self.tasks.sync(cluster, pod.at)
        return success({"kubecluster": view})

    def _namespaces(self, pod: Pod) -> Answer:
        named = pod.asked("cluster", "cluster_id")
        clusters = [self.pods.cluster(named)] if named else self.pods.config.clusters
        rows: list[JsonObject] = [
            {
                "cluster": cluster.name,
                "cluster_id": cluster.id,
                "id": each.id,
                "name": each.name,
                "status": each.status,
            }
            for cluster in clusters
            for each in cluster.namespaces
        ]
        return _listed("namespaces", rows)

    def _events(self, pod: Pod) -> Answer:
        ids = {pod.asked("obj_id", "obj_id.0")} - {""}
        names = {pod.asked("obj_name", "obj_name.0")} - {""}
        found = [
            each
            for each in self.pods.events
            if (not ids or each.row.id in ids) and (not names or each.row.name in names)
        ]
        return _listed("events", [_event_view(each) for each in reversed(found)])

    def _version(self, _pod: Pod) -> Answer:
        return success(
            {"git_branch": f"release/{self.pods.config.branch}", "git_version": "v0.0.0"}
        )


def _row(chart: ChartSeed, repo: RepoSeed, pod: Pod) -> list[JsonObject]:
    """Return the newest stable version, or all that were asked for."""
    hidden = pod.asked("version") == ""
    versions = stable(chart) if hidden else sorted(chart.versions, reverse=True)
    if pod.asked("all_version") != "true":
        versions = versions[:1]
    return [
        {
            "chart": {"name": chart.name, "version": version},
            "name": chart.name,
            "repo": repo.name,
            "type": repo.type,
            "version": version,
        }
        for version in versions
    ]


def _repo_view(repo: RepoSeed) -> JsonObject:
    return {
        "backend": "common",
        "id": repo.id,
        "name": repo.name,
        "type": repo.type,
        "url": f"https://charts.example/{repo.name}",
    }


def _event_view(event: Event) -> JsonObject:
    return {
        "action": event.action,
        "notes": event.notes,
        "obj_id": event.row.id,
        "obj_name": event.row.name,
        "obj_type": "release",
        "ops_time": seconds(event.at),
    }


def _listed(name: str, rows: list[JsonObject]) -> Answer:
    listed: list[JsonValue] = [*rows]
    return success({name: listed, **({"total": len(rows)} if rows else {})})
