"""Releases as kubeserver shows them: the database's columns laid over what Helm says now."""

from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.cloudpods.config import ChartSeed
from bot.sandbox.clouds.cloudpods.estate import Pods, Row
from bot.sandbox.clouds.cloudpods.helm import Revision
from bot.sandbox.clouds.http.wire import JsonObject

DOMAIN: Final = "default"
_TEMPLATE: Final = "apiVersion: v1\nkind: ConfigMap\n"


def row_view(row: Row) -> JsonObject:
    """Return the columns of *row*."""
    return {
        "can_delete": True,
        "can_update": True,
        "chart": row.chart,
        "chart_version": row.chart_version,
        "cluster_id": row.cluster.id,
        "config": row.config if row.config is not None else {},
        "created_at": seconds(row.created_at),
        "deleted": False,
        "description": "",
        "domain_id": DOMAIN,
        "domain_src": "local",
        "external_id": f"{row.cluster.id}/{row.namespace.name}/{row.name}",
        "id": row.id,
        "is_emulated": False,
        "name": row.name,
        "namespace_id": row.namespace.id,
        "progress": 0,
        "repo_id": "" if row.repo is None else row.repo.id,
        "resource_version": "",
        "source": "local" if row.repo is not None else "external",
        "status": row.status,
        "update_version": 0,
        "updated_at": seconds(row.updated_at or row.created_at),
    }


def details(pods: Pods, row: Row) -> JsonObject:
    """Return *row* with all that is resolved for it; the live part lacks where Helm is silent."""
    resolved: JsonObject = {
        "cluster": row.cluster.name,
        "clusterID": row.cluster.id,
        "distribution": "k8s",
        "metadata": {},
        "namespace": row.namespace.name,
        "namespace_labels": {},
        "project_domain": "Default",
    }
    last = row.helm.last
    if last is None or row.cluster.name in pods.unreachable:
        return {**row_view(row), **resolved, "type": "", "version": 0}
    live = _live(pods, row, last)
    config = row.config if row.config is not None else last.values
    return {**live, **row_view(row), "config": config, **resolved}


def history_view(row: Row) -> list[JsonValue]:
    """Return the history in the order that kubeserver gives it."""
    return [
        {
            "chart": f"{each.chart}-{each.version}",
            "description": each.description,
            "revision": each.number,
            "status": each.status,
            "updated": nanoseconds(each.updated),
        }
        for each in row.helm.by_key()
    ]


def helm_view(row: Row, revision: Revision, chart: ChartSeed) -> JsonObject:
    """Return what an upgrade answers: Helm's own object, the chart and its bytes with it."""
    return {
        "chart": chart_object(chart, revision.version, list(_template(chart))),
        "config": revision.values,
        "info": _info(row, revision),
        "manifest": _manifest(revision),
        "name": row.name,
        "namespace": row.namespace.name,
        "version": revision.number,
    }


def chart_object(chart: ChartSeed, version: str, content: JsonValue) -> JsonObject:
    """Return a chart with its one template, whose *content* is spelt in two ways."""
    return {
        "files": [],
        "lock": None,
        "metadata": {
            "apiVersion": "v2",
            "deprecated": False,
            "name": chart.name,
            "version": version,
        },
        "schema": None,
        "templates": [{"data": content, "name": "templates/cm.yaml"}],
        "values": chart.values,
    }


def _template(chart: ChartSeed) -> bytes:
    text = _TEMPLATE.encode()
    return text.ljust(chart.template_bytes, b"#")


def seconds(moment: float) -> str:
    """Return a moment as the database prints it."""
    return datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def nanoseconds(moment: float) -> str:
    """Return a moment as Helm prints it."""
    return datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def _live(pods: Pods, row: Row, last: Revision) -> JsonObject:
    view: JsonObject = {
        "files": [],
        "hooks": [],
        "info": _info(row, last),
        "manifest": _manifest(last),
        "pods_status": {f"{row.name}-0": "Running"},
        "resources": {
            "k8s_service": [{"name": row.name}],
            "secret": [],
            "statefulset": [{"name": row.name, "status": "running"}],
        },
        "type": "external" if row.repo is None else row.repo.type,
        "version": last.number,
    }
    if pods.config.branch == "3.10" and row.repo is not None:
        view["chart_info"] = {"metadata": {"name": row.chart, "version": last.version}}
    return view


def _info(row: Row, revision: Revision) -> JsonObject:
    return {
        "deleted": "",
        "description": revision.description,
        "first_deployed": nanoseconds(row.helm.first_deployed),
        "last_deployed": nanoseconds(revision.updated),
        "notes": "",
        "status": revision.status,
    }


def _manifest(revision: Revision) -> str:
    return (
        f"---\n# Source: {revision.chart}/templates/cm.yaml\napiVersion: v1\nkind: ConfigMap\n"
        f"metadata:\n  name: {revision.chart}\n"
    )
