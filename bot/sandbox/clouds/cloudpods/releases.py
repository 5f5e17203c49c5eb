"""Releases of kubeserver: list, show, history, upgrade, rollback, and what PUT does.

Source: https://github.com/yunionio/kubecomps (pkg/kubeserver/models/release.go)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.cloudpods.charts import values_in, version_of
from bot.sandbox.clouds.cloudpods.estate import Pods, Row
from bot.sandbox.clouds.cloudpods.helm import NOT_FOUND, Change, HelmError, Revision
from bot.sandbox.clouds.cloudpods.tasks import Tasks
from bot.sandbox.clouds.cloudpods.views import details, helm_view, history_view, row_view
from bot.sandbox.clouds.cloudpods.wire import (
    Held,
    Pod,
    PodRoute,
    declined,
    error_answer,
    success,
    unclassified,
)
from bot.sandbox.clouds.http.wire import Answer, JsonObject

ROWS: Final = "/api/releases"
ONE: Final = "/api/releases/{id}"
_LIMIT_MAX: Final = 2048
_FILTER: Final = re.compile(r"(\w+)\.(contains|equals)\(([^)]*)\)")


@dataclass
class Releases:
    """The calls about releases."""

    pods: Pods
    tasks: Tasks

    def routes(self) -> tuple[PodRoute, ...]:
        """Return them."""
        return (
            PodRoute("GET", ROWS, self._list, "releases:list"),
            PodRoute("GET", ONE, self._show, "releases:get"),
            PodRoute("HEAD", ONE, self._head, "releases:get"),
            PodRoute("GET", f"{ONE}/history", self._history, "releases:get:history"),
            PodRoute("GET", f"{ONE}/{{spec}}", self._no_spec, "releases:get"),
            PodRoute("POST", f"{ONE}/upgrade", self._upgrade, "releases:perform:upgrade"),
            PodRoute("POST", f"{ONE}/rollback", self._rollback, "releases:perform:rollback"),
            PodRoute("POST", f"{ONE}/status", self._status, "releases:perform:status"),
            PodRoute("POST", f"{ONE}/purge", self._purge, "releases:perform:purge"),
            PodRoute("POST", f"{ONE}/{{action}}", self._no_action, "releases:perform"),
            PodRoute("PUT", ONE, self._put, "releases:update"),
            PodRoute("PATCH", ONE, self._put, "releases:update"),
        )

    def _list(self, pod: Pod) -> Answer:
        rows = [row for row in self.pods.filtered(pod) if _is_asked_for(row, pod)]
        backwards = pod.asked("order") != "asc"
        rows.sort(key=lambda row: row.created_at, reverse=backwards)
        limit, offset = _number(pod.asked("limit")), _number(pod.asked("offset"))
        shown = rows[offset:][: limit or _LIMIT_MAX]
        if not rows:
            return success({"releases": []})
        whole = pod.asked("details") != "false"
        views = [details(self.pods, row) if whole else row_view(row) for row in shown]
        envelope: JsonObject = {"total": len(rows), "limit": limit, "offset": offset}
        told: JsonObject = {key: value for key, value in envelope.items() if value}
        return success({"releases": [_columns(view, pod) for view in views], **told})

    def _show(self, pod: Pod) -> Answer:
        return self._details(self._read(pod))

    def _head(self, pod: Pod) -> Answer:
        self._read(pod)
        return Answer(headers={"Content-Type": "application/json;charset=utf-8"})

    def _history(self, pod: Pod) -> Answer:
        row = self._read(pod)
        try:
            self.pods.reach(row)
        except HelmError as error:
            raise unclassified(why=f"get release history: {error}") from None
        if row.helm.last is None:
            raise unclassified(why=f"get release history: {NOT_FOUND}")
        return success({"release": history_view(row)})

    def _no_spec(self, pod: Pod) -> Answer:
        row = self._read(pod)
        text = f"release {row.name} {pod.names['spec']} not found"
        raise declined(404, "SpecNotFoundError", text)

    def _no_action(self, pod: Pod) -> Answer:
        self.pods.one(pod.names["id"])
        raise _unknown_action(action=pod.names["action"])

    def _upgrade(self, pod: Pod) -> Answer | Held:
        row = self.pods.one(pod.names["id"])
        if not self.pods.config.knows_upgrade:
            raise _unknown_action(action="upgrade")
        return self._begin_upgrade(row, pod, lambda revision: self._raw(row, revision))

    def _begin_upgrade(self, row: Row, pod: Pod, answer: Callable[[Revision], Answer]) -> Held:
        """Only version, values, sets and values_json of the body are used; dry_run is not."""
        self.pods.free(row, pod.at)
        chart = self.pods.chart(row)
        values = values_in(pod)
        version = version_of(chart, pod.given("version"))
        try:
            self.pods.reach(row)
            change = row.helm.begin_upgrade(
                chart.name, version, values, pod.at, failure=row.fails_next
            )
        except HelmError as error:
            raise unclassified(why=f"update release: {error}") from None

        def kept() -> None:
            if self.pods.config.branch == "3.10":
                row.chart_version, row.config = version, change.revision.values

        return self._held(row, change, "update release", kept, answer, pod.at)

    def _rollback(self, pod: Pod) -> Held:
        row = self.pods.one(pod.names["id"])
        self.pods.free(row, pod.at)
        try:
            self.pods.reach(row)
            wanted = _number(pod.given("revision"))
            change = row.helm.begin_rollback(wanted, pod.at, failure=row.fails_next)
        except HelmError as error:
            raise unclassified(why=f"Run rollback: {error}") from None
        return self._held(
            row, change, "Run rollback", lambda: None, lambda _revision: self._details(row), pod.at
        )

    def _held(
        self,
        row: Row,
        change: Change,
        doing: str,
        kept: Callable[[], None],
        answer: Callable[[Revision], Answer],
        at: float,
    ) -> Held:
        """Hold *row* until *change* has ended; it does so by the clock, if nobody waits for it."""
        row.fails_next = ""
        seconds = self._hooks(row)
        row.held_until = at + seconds

        def end(now: float) -> None:
            if change.has_ended:
                return
            change.end(now)
            row.held_until = min(row.held_until, now)
            if not change.failure:
                kept()

        self.pods.timeline.at(at + seconds, end)

        def finish(now: float) -> Answer:
            end(now)
            if change.failure:
                why = unclassified(why=f"{doing}: {change.failure}")
                return error_answer(why, now, mangles=self.pods.config.branch != "3.10")
            return answer(change.revision)

        return Held(seconds, finish)

    def _put(self, pod: Pod) -> Answer | Held:
        row = self.pods.one(pod.names["id"])
        if not self.pods.config.knows_upgrade:
            return self._begin_upgrade(row, pod, lambda _revision: self._details(row))
        self.pods.free(row, pod.at)
        if pod.given("name") not in {"", row.name}:
            raise declined(400, "InputParameterError", "can not update cluster resource name")
        config = (pod.body or {}).get("config")
        if isinstance(config, dict):
            row.config = config
        self.tasks.put(row, pod.at)
        return Held(0.0, lambda _now: self._details(row))

    def _status(self, pod: Pod) -> Answer:
        row = self.pods.one(pod.names["id"])
        status = pod.given("status")
        if not status:
            raise declined(400, "MissingParameterError", "Missing parameter status")
        row.status = status
        return self._details(row)

    def _purge(self, pod: Pod) -> Answer:
        row = self.pods.one(pod.names["id"])
        self.pods.rows.remove(row)
        return self._details(row)

    def _read(self, pod: Pod) -> Row:
        return self.pods.one(pod.names["id"], self.pods.filtered(pod))

    def _details(self, row: Row) -> Answer:
        return success({"release": details(self.pods, row)})

    def _raw(self, row: Row, revision: Revision) -> Answer:
        return success({"release": helm_view(row, revision, self.pods.chart(row))})

    def _hooks(self, row: Row) -> float:
        own = row.hook_seconds
        return self.pods.config.hook_seconds if own is None else own


def _unknown_action(*, action: str) -> Exception:
    text = f"release perform {action} not found, please check service version, current version: v"
    return declined(404, "ActionNotFoundError", text)


def _is_asked_for(row: Row, pod: Pod) -> bool:
    names, statuses = pod.query.get("name", ()), pod.query.get("status", ())
    kind, search = pod.asked("type"), pod.asked("search")
    is_internal = row.repo is not None and row.repo.type == "internal"
    return (
        (not names or row.name in names)
        and (not statuses or row.status in statuses)
        and (kind not in {"external", "internal"} or (kind == "internal") is is_internal)
        and (not search or any(search in text for text in (row.name, row.id, row.chart)))
        and all(_passes(row, rule) for rule in pod.query.get("filter", ()))
    )


def _passes(row: Row, rule: str) -> bool:
    hit = _FILTER.fullmatch(rule)
    if hit is None:
        return True
    value = str(row_view(row).get(hit[1], ""))
    return hit[3] in value if hit[2] == "contains" else hit[3] == value


def _columns(view: JsonObject, pod: Pod) -> JsonValue:
    wanted = pod.query.get("field", ())
    return {name: value for name, value in view.items() if not wanted or name in wanted}


def _number(text: str) -> int:
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * int(digits) if digits.isdecimal() else 0
