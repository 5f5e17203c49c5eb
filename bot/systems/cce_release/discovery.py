"""What CCE has of Helm in a project: releases in its clusters, their namespaces, and charts."""

from collections.abc import Iterable

from pydantic import ValidationError

from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.system import Found
from bot.systems._helm.versions import rank
from bot.systems._huawei.cce import Flavour
from bot.systems._huawei.cce_clusters import ClusterRow, read_clusters
from bot.systems._wire.text import plain
from bot.systems.cce_release.reads import CHARTS, ROOTS, call, listed, read_charts_at
from bot.systems.cce_release.wire import Chart, ReleaseView

_SHOWN = 3  # versions of a chart


def discover() -> Flow[tuple[Found, ...]]:
    """Read the releases of all clusters, and the charts of the project."""
    found: list[Found] = []
    flavours: list[Flavour] = []
    for cluster in (yield from read_clusters()):
        flavours.append(cluster.flavour)
        rows = yield from _releases(cluster)
        spaces = dict.fromkeys(each.namespace for each in rows if each.namespace)
        found += [Found(kind="namespace", name=each, place=cluster.name) for each in spaces]
        found += [_found(cluster, each) for each in rows]
    for flavour in dict.fromkeys(flavours):
        found += _charts((yield from read_charts_at(CHARTS[flavour])), flavour)
    return tuple(found)


def _releases(cluster: ClusterRow) -> Flow[tuple[ReleaseView, ...]]:
    """Read a cluster's releases; one that cannot be asked now hides no other."""
    where = f"{ROOTS[cluster.flavour]}/clusters/{cluster.id}/releases"
    doing = f"list the releases of cluster {cluster.id}"
    try:
        reply = yield call("GET", where)
    except CloudRefusedError:
        return ()
    rows = []
    for row in listed(reply, doing):
        try:
            rows.append(ReleaseView.model_validate(row))
        except ValidationError:
            continue
    return tuple(rows)


def _found(cluster: ClusterRow, row: ReleaseView) -> Found:
    place = {"cluster_id": cluster.id, "namespace": row.namespace, "release": row.name}
    flavour = {} if cluster.flavour == "standard" else {"flavour": cluster.flavour}
    return Found(
        kind="release",
        name=plain(row.name),
        place=plain(f"{cluster.name}/{row.namespace}"),
        status=f"{plain(row.status)} {row.chart}",
        settings={**place, **flavour, "chart": row.chart_name or "fill-in"},
        identity={name: (value,) for name, value in place.items()},
    )


def _charts(charts: Iterable[Chart], flavour: Flavour) -> list[Found]:
    versions: dict[str, list[str]] = {}
    for each in charts:
        versions.setdefault(each.name, []).append(each.version)
    return [
        Found(
            kind="chart",
            name=name,
            place=flavour,
            status=", ".join(sorted(set(there), key=rank, reverse=True)[:_SHOWN]),
        )
        for name, there in sorted(versions.items())
    ]
