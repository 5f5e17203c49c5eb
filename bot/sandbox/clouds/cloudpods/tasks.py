"""What kubeserver does in the background: creating, deleting, the PUT that fails, and the sync.

Source: https://github.com/yunionio/kubecomps (pkg/kubeserver/tasks)
"""

import re
from dataclasses import dataclass
from typing import Final

from bot.sandbox.clouds.cloudpods.charts import chart_of, values_in, version_of
from bot.sandbox.clouds.cloudpods.config import ClusterSeed, NamespaceSeed, RepoSeed
from bot.sandbox.clouds.cloudpods.estate import UNREACHABLE, Pods, Row
from bot.sandbox.clouds.cloudpods.helm import HelmError, Records
from bot.sandbox.clouds.cloudpods.views import details
from bot.sandbox.clouds.cloudpods.wire import Pod, PodRoute, declined, success
from bot.sandbox.clouds.http.wire import Answer

PUT_SECONDS: Final = 1.0
NAMESPACE_SECONDS: Final = 50.0  # how long a namespace that is not active is waited for
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,52}")
_INSTALLS, _SYNCS = 0.5, 0.8  # shares of the time that creating takes
_HELM_SHOWN: Final = frozenset({"deployed", "failed"})


@dataclass
class Tasks:
    """The calls that answer at once and work on after that."""

    pods: Pods

    def routes(self) -> tuple[PodRoute, ...]:
        """Return them."""
        return (
            PodRoute("POST", "/api/releases", self._create, "releases:create"),
            PodRoute("DELETE", "/api/releases/{id}", self._delete, "releases:delete"),
        )

    def put(self, row: Row, at: float) -> None:
        """Begin what a PUT leads to: no upgrade, and a status that says so in the end."""
        row.status = "updating"
        self.pods.timeline.at(at + PUT_SECONDS, lambda _now: _become(row, "update_fail"))

    def sync(self, cluster: ClusterSeed, now: float) -> None:
        """Bring the database to what Helm's listing says: it hides what is pending.

        A row whose release is hidden goes; a release without a row comes back as a stranger, with
        another id, and nobody knows its chart.
        """
        if cluster.name in self.pods.unreachable:
            return
        back = [row for row in self.pods.lost if row.cluster is cluster and _is_shown(row)]
        for row in [each for each in self.pods.rows if each.cluster is cluster]:
            if _is_shown(row):
                row.status = row.helm.last.status if row.helm.last is not None else row.status
            elif not row.status.endswith("_fail"):
                self.pods.rows.remove(row)
                self.pods.lost.append(row)
        for row in back:
            self.pods.lost.remove(row)
            self.pods.rows.append(self._stranger(row, now))

    def _create(self, pod: Pod) -> Answer:
        if pod.body is None:
            text = "Internal server error: runtime error: invalid memory address"
            raise declined(500, "InternalServerError", f"{text} or nil pointer dereference")
        if not pod.wrapped:
            raise declined(400, "InputParameterError", "No request key: release")
        row = self._checked(pod)
        if pod.body.get("dry_run") is not True:
            self.pods.rows.append(row)
            self._begin(row, pod)
        return success({"release": details(self.pods, row)})

    def _checked(self, pod: Pod) -> Row:
        """Return the row that is asked for, after all checks, in their order."""
        repo_name, chart_name = _halves(pod)
        repo = self.pods.repo(repo_name)
        name = _name(pod)
        cluster, namespace = self._place(pod, repo)
        chart = chart_of(self.pods.config, repo.name, chart_name)
        version = version_of(chart, pod.given("version"))
        if any(each.name == name and each.namespace is namespace for each in self.pods.rows):
            raise declined(409, "DuplicateNameError", f"Duplicate name release {name}")
        return Row(
            id=self.pods.new_id(),
            name=name,
            cluster=cluster,
            namespace=namespace,
            repo=repo,
            chart=chart.name,
            chart_version=version,
            config=values_in(pod) or {},
            status="init",
            created_at=pod.at,
            helm=Records(name),
        )

    def _place(self, pod: Pod, repo: RepoSeed) -> tuple[ClusterSeed, NamespaceSeed]:
        given, named = (
            pod.given("cluster", "cluster_id"),
            pod.given("namespace", "namespace_id"),
        )
        if repo.type == "internal":
            return self._own_place(given or named)
        if not given:
            raise declined(406, "NotEmptyError", "cluster")
        cluster = self.pods.cluster(given)
        if not named:
            raise declined(406, "NotEmptyError", "namespace")
        return cluster, self.pods.namespace(cluster, named)

    def _own_place(self, given: str) -> tuple[ClusterSeed, NamespaceSeed]:
        """Return where internal releases run: the system's cluster, its project's namespace."""
        if given:
            text = "internal release can not set cluster or namespace"
            raise declined(406, "NotAcceptableError", text)
        found = next((one for one in self.pods.config.clusters if one.is_system), None)
        if found is None:
            raise declined(404, "NotFoundError", "Cluster system")
        return found, found.namespaces[0]

    def _begin(self, row: Row, pod: Pod) -> None:
        whole, at = self.pods.config.create_seconds, pod.at
        if row.namespace.status != "Active":
            why = f"namespace {row.namespace.name} is not active"
            self.pods.timeline.at(
                at + NAMESPACE_SECONDS, lambda now: self._fail(row, "create_fail", why, now)
            )
            return
        self.pods.timeline.at(at, lambda _now: _become(row, "creating"))
        self.pods.timeline.at(at + whole * _INSTALLS, lambda now: self._install(row, now))
        self.pods.timeline.at(at + whole * _SYNCS, lambda _now: _go_on(row, "creating", "syncing"))
        self.pods.timeline.at(at + whole, lambda _now: _go_on(row, "syncing", "deployed"))

    def _install(self, row: Row, now: float) -> None:
        if row.status != "creating":
            return
        failure, row.fails_next = row.fails_next, ""
        values = row.config or {}
        try:
            self.pods.reach(row)
            change = row.helm.begin_install(
                row.chart, row.chart_version, values, now, failure=failure
            )
        except HelmError as error:
            failure = str(error)
        else:
            change.end(now)
        if failure:
            self._fail(row, "create_fail", f"CreateRemoteObject: install release: {failure}", now)

    def _delete(self, pod: Pod) -> Answer:
        row = self.pods.one(pod.names["id"])
        self.pods.free(row, pod.at)
        shown = details(self.pods, row)
        row.status = "deleting"
        when = pod.at + self.pods.config.delete_seconds
        self.pods.timeline.at(when, lambda now: self._uninstall(row, now))
        return success({"release": shown})

    def _uninstall(self, row: Row, now: float) -> None:
        failure, row.fails_next = row.fails_next, ""
        if row.cluster.name in self.pods.unreachable:
            failure = UNREACHABLE
        if failure:
            self._fail(row, "delete_fail", f"uninstall: {failure}", now)
        elif row in self.pods.rows:
            row.helm.revisions.clear()
            self.pods.rows.remove(row)

    def _fail(self, row: Row, status: str, why: str, now: float) -> None:
        row.status = status
        self.pods.log(row, f"resource_{status}", why, now)

    def _stranger(self, row: Row, now: float) -> Row:
        last = row.helm.last
        return Row(
            id=self.pods.new_id(),
            name=row.name,
            cluster=row.cluster,
            namespace=row.namespace,
            repo=None,
            chart="",
            chart_version="",
            config=None,
            status="unknown" if last is None else last.status,
            created_at=now,
            helm=row.helm,
        )


def _halves(pod: Pod) -> tuple[str, str]:
    """Return repository and chart, each of its own field, or of the two in one."""
    both = pod.given("chart_name")
    if both and both.count("/") != 1:
        raise declined(400, "InputParameterError", f'Illegal chart name: "{both}"')
    first, _, second = both.partition("/")
    repo, chart = pod.given("repo") or first, pod.given("chart") or second
    if not repo:
        raise declined(406, "NotEmptyError", "repo must provided")
    if not chart:
        raise declined(406, "NotEmptyError", "chart must provided")
    return repo, chart


def _name(pod: Pod) -> str:
    name = pod.given("release_name", "name", "generate_name")
    if not name:
        text = "invalid name: no release provided"
        raise declined(400, "InputParameterError", text)
    if not _NAME.fullmatch(name):
        raise declined(400, "InputParameterError", f"invalid name: {name}")
    return name


def _become(row: Row, status: str) -> None:
    row.status = status


def _go_on(row: Row, before: str, after: str) -> None:
    if row.status == before:
        row.status = after


def _is_shown(row: Row) -> bool:
    """Whether Helm lists the release: by default only what is deployed or failed."""
    last = row.helm.last
    return last is not None and last.status in _HELM_SHOWN
