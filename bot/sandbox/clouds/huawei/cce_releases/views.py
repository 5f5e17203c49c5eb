"""Releases and charts as CCE shows them."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.cce_releases.estate import Release, Revision
from bot.sandbox.clouds.huawei.seeds.cce_releases import CceReleaseConfig, ChartSeed

MASK: Final = "******"
_BEIJING: Final = timezone(timedelta(hours=8))


def release_view(
    release: Release,
    revision: Revision,
    config: CceReleaseConfig,
    now: float,
    *,
    shows_resources: bool = False,
) -> JsonObject:
    """Return a release at one of its revisions; values, parameters and resources are text."""
    status = release.row_status(revision, now, config.older)
    description = revision.description(now)
    return {
        "chart_name": revision.chart.name,
        "chart_public": False,
        "chart_version": revision.chart.version,
        "cluster_id": release.cluster.id,
        "cluster_name": release.cluster.name,
        "create_at": moment(release.revisions[0].begun),
        "description": description,
        "name": release.name,
        "namespace": release.namespace,
        "parameters": "",
        "resources": _resources(release, revision, status) if shows_resources else "",
        "status": status,
        "status_description": description,
        "update_at": moment(max(revision.begun, min(now, revision.ends))),
        "values": json.dumps(_masked(revision.values, config.masks), separators=(",", ":")),
        "version": revision.number,
    }


def as_installed(view: JsonObject, number: int) -> JsonObject:
    """Return *view* as the vendor's sample answers a change: in the words of an installation."""
    told = "Initial install underway"
    return {
        **view,
        "description": told,
        "status": "PENDING_INSTALL",
        "status_description": told,
        "version": number,
    }


def chart_view(chart: ChartSeed) -> JsonObject:
    """Return one version of a chart."""
    return {
        "id": chart.id,
        "name": chart.name,
        "values": "",
        "translate": "",
        "instruction": "README.md",
        "version": chart.version,
        "description": f"{chart.name} for the sandbox",
        "source": "package",
        "icon_url": "",
        "public": False,
        "chart_url": f"{chart.name}-{chart.version}.tgz",
        "create_at": moment(1_700_000_000),
        "update_at": moment(1_700_000_000),
    }


def moment(seconds: float) -> str:
    """Return a time as CCE writes it: in Beijing's zone, without fractions."""
    return datetime.fromtimestamp(int(seconds), UTC).astimezone(_BEIJING).isoformat()


def _masked(value: JsonValue, masks: tuple[str, ...]) -> JsonValue:
    if isinstance(value, dict):
        return {
            name: MASK if _is_hidden(name, each, masks) else _masked(each, masks)
            for name, each in value.items()
        }
    return [_masked(each, masks) for each in value] if isinstance(value, list) else value


def _is_hidden(name: str, value: JsonValue, masks: tuple[str, ...]) -> bool:
    return isinstance(value, str) and any(part in name.lower() for part in masks)


def _resources(release: Release, revision: Revision, status: str) -> str:
    """Return the objects in the cluster as JSON: a Deployment with its pods, and a Service."""
    replicas = revision.values.get("replicas", 1)
    count = replicas if isinstance(replicas, int) else 1
    phase = "Running" if status == "DEPLOYED" else "Pending"
    pods: list[JsonValue] = [
        _object("Pod", f"{release.name}-{number}", {"phase": phase}) for number in range(count)
    ]
    ready = count if phase == "Running" else 0
    deployment = _object("Deployment", release.name, {"replicas": count, "readyReplicas": ready})
    return json.dumps([deployment, _object("Service", release.name, {}), *pods])


def _object(kind: str, name: str, status: JsonObject) -> JsonObject:
    version = "apps/v1" if kind == "Deployment" else "v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "status": status}
