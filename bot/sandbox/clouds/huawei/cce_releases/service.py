"""CCE's releases and charts, by the paths of standard and of Autopilot clusters.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/
"""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import Answer, Call, JsonObject, Route
from bot.sandbox.clouds.huawei.cce_gateway import bad_request, refused_by_cce
from bot.sandbox.clouds.huawei.cce_releases.bodies import CreateBody, UpdateBody, read
from bot.sandbox.clouds.huawei.cce_releases.estate import (
    Release,
    ReleaseEstate,
    Revision,
    laid_over,
)
from bot.sandbox.clouds.huawei.cce_releases.views import as_installed, chart_view, release_view
from bot.sandbox.clouds.huawei.seeds.cce_releases import ChartSeed, Flavour

_Handler: TypeAlias = Callable[[Flavour, Call], Answer]

_CAM: Final[dict[Flavour, str]] = {
    "standard": "/cce/cam/v3/clusters/{cluster_id}",
    "autopilot": "/autopilot/cam/v3/clusters/{cluster_id}",
}
_CHARTS: Final[dict[Flavour, str]] = {
    "standard": "/v2/charts",
    "autopilot": "/autopilot/v2/charts",
}
_RESOURCES: Final = frozenset({"show_resources"})


class CceReleases:
    """The calls on releases and charts of a project."""

    def __init__(self, estate: ReleaseEstate) -> None:
        self._estate = estate

    def routes(self) -> tuple[Route, ...]:
        """Return the calls of this service, by both families of paths."""
        return (*self._family("standard"), *self._family("autopilot"))

    def _family(self, flavour: Flavour) -> tuple[Route, ...]:
        all_of_them = f"{_CAM[flavour]}/releases"
        one = f"{_CAM[flavour]}/namespace/{{namespace}}/releases/{{name}}"
        charts = _CHARTS[flavour]

        def by(handler: _Handler) -> Callable[[Call], Answer]:
            return partial(handler, flavour)

        return (
            Route("GET", all_of_them, by(self._list), frozenset({"chart_id", "namespace"})),
            Route("POST", all_of_them, by(self._create), takes_body=True),
            Route("GET", one, by(self._show), _RESOURCES),
            Route("PUT", one, by(self._update), _RESOURCES, takes_body=True),
            Route("DELETE", one, by(self._delete), _RESOURCES),
            Route("GET", f"{one}/history", by(self._history)),
            Route("GET", charts, self._list_charts),
            Route("GET", f"{charts}/{{chart_id}}", self._show_chart),
            Route("GET", f"{charts}/{{chart_id}}/values", self._chart_values),
        )

    def _list(self, flavour: Flavour, call: Call) -> Answer:
        cluster = self._estate.cluster(call.names["cluster_id"], flavour)
        namespace, chart_id = call.query.get("namespace", ""), call.query.get("chart_id", "")
        rows: list[JsonValue] = [
            self._view(each, each.last, call)
            for each in self._estate.present(cluster.id, call.at)
            if namespace in {"", each.namespace} and chart_id in {"", each.last.chart.id}
        ]
        return Answer(body=rows)

    def _show(self, flavour: Flavour, call: Call) -> Answer:
        release = self._release(flavour, call)
        return Answer(body=self._view(release, release.last, call))

    def _history(self, flavour: Flavour, call: Call) -> Answer:
        release = self._release(flavour, call)
        return Answer(body=[self._view(release, each, call) for each in release.revisions])

    def _create(self, flavour: Flavour, call: Call) -> Answer:
        cluster = self._estate.cluster(call.names["cluster_id"], flavour)
        body = read(CreateBody, call.body)
        chart = self._estate.chart(body.chart_id)
        if body.version != chart.version:
            raise bad_request(
                why=f"chart {chart.id} has version {chart.version}, not {body.version}"
            )
        if self._estate.find(cluster.id, body.namespace, body.name, call.at):
            raise refused_by_cce(409, "CCE.01409001", f"release {body.name} already exists")
        status = self._estate.config.created_status
        if body.parameters is not None and body.parameters.dry_run:
            only = Release(cluster, body.namespace, body.name, self._estate.config.seconds)
            only.add("install", chart, body.values, call.at)
            view = self._view(only, only.last, call)
            return Answer(status=status, body=view, changed_nothing=True)
        release = self._estate.install(
            cluster, body.namespace, body.name, chart, body.values, call.at
        )
        return Answer(status=status, body=self._view(release, release.last, call))

    def _update(self, flavour: Flavour, call: Call) -> Answer:
        release = self._release(flavour, call)
        body = read(UpdateBody, call.body)
        chart = self._estate.chart(body.chart_id)
        if refusal := self._estate.busy(release, call.at):
            raise refusal
        before = release.last.number
        if body.parameters.dry_run:
            if body.action == "rollback":
                self._origin(release, body, chart)
            view = self._view(release, release.last, call)
            return Answer(body=view, changed_nothing=True)
        if body.action == "rollback":
            self._roll_back(release, body, chart, call.at)
        else:
            self._upgrade(release, body, chart, call.at)
        view = self._view(release, release.last, call)
        oddly = self._estate.config.answers_before
        return Answer(body=as_installed(view, before) if oddly else view)

    def _upgrade(self, release: Release, body: UpdateBody, chart: ChartSeed, at: float) -> None:
        config, present = self._estate.config, release.last.values
        values = present if config.keeps_values and not body.values else body.values
        if config.merges_values:
            values = laid_over(present, body.values)
        if body.parameters.reset_values:
            values = body.values
        release.add("upgrade", chart, values, at)

    def _roll_back(self, release: Release, body: UpdateBody, chart: ChartSeed, at: float) -> None:
        origin = self._origin(release, body, chart)
        release.add("rollback", chart, origin.values, at, origin=origin.number)

    def _origin(self, release: Release, body: UpdateBody, chart: ChartSeed) -> Revision:
        wanted = body.parameters.release_version
        origin = next((each for each in release.revisions if each.number == wanted), None)
        if origin is None:
            raise bad_request(why=f"release: revision {wanted} not found")
        if origin.chart.id != chart.id:
            raise bad_request(why=f"revision {wanted} was not installed from chart {chart.id}")
        return origin

    def _delete(self, flavour: Flavour, call: Call) -> Answer:
        release = self._release(flavour, call)
        if release.deleted_at is None:
            release.deleted_at = call.at + release.seconds
        return Answer(body=f"release {release.name} is being deleted")

    def _list_charts(self, _call: Call) -> Answer:
        return Answer(body=[chart_view(each) for each in self._estate.config.charts])

    def _show_chart(self, call: Call) -> Answer:
        return Answer(body=chart_view(self._estate.chart(call.names["chart_id"])))

    def _chart_values(self, call: Call) -> Answer:
        chart = self._estate.chart(call.names["chart_id"])
        return Answer(body={"values": {"basic": dict(chart.values)}})

    def _release(self, flavour: Flavour, call: Call) -> Release:
        cluster = self._estate.cluster(call.names["cluster_id"], flavour)
        namespace, name = call.names["namespace"], call.names["name"]
        release = self._estate.find(cluster.id, namespace, name, call.at)
        if release is None:
            text = f"release {namespace}/{name} not found"
            raise refused_by_cce(404, "CCE.01404001", text)
        return release

    def _view(self, release: Release, revision: Revision, call: Call) -> JsonObject:
        shows = call.query.get("show_resources") == "true"
        config = self._estate.config
        return release_view(release, revision, config, call.at, shows_resources=shows)
