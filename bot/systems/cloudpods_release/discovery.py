"""What Cloudpods has of Helm: clusters, namespaces, releases, repositories, charts."""

from collections.abc import Mapping
from typing import Annotated, Final, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, Field

from bot.core.errors import CloudError
from bot.core.flow import Flow
from bot.core.system import Found
from bot.systems._cloudpods.kubeserver import call
from bot.systems._wire.replies import parse
from bot.systems._wire.text import Text, Word, listed, plain
from bot.systems.cloudpods_release.reads import RELEASES
from bot.systems.cloudpods_release.wire import Charts, Row, Rows

ModelT = TypeVar("ModelT", bound=BaseModel)

_UNTOLD: Final = "fill-in"
_ALL: Final = (("details", "false"), ("limit", "2048"))


class _Named(BaseModel):
    id: Word = ""
    name: Text = ""
    status: Text = ""
    type: Word = ""
    cluster_id: Word = ""


_Rows = Annotated[list[_Named], BeforeValidator(listed)]


class _Clusters(BaseModel):
    rows: _Rows = Field(alias="kubeclusters")


class _Namespaces(BaseModel):
    rows: _Rows = Field(alias="namespaces")


class _Repos(BaseModel):
    rows: _Rows = Field(alias="repos")


class _Names(NamedTuple):
    """What the ids in the rows of releases are called."""

    clusters: Mapping[str, str]
    namespaces: Mapping[str, str]
    repos: Mapping[str, _Named]


def discover() -> Flow[tuple[Found, ...]]:
    """Read all that there is; what the user may not list is left out."""
    clusters = yield from _read(_Clusters, "/kubeclusters")
    spaces: list[_Named] = []
    for cluster in clusters:
        rows = yield from _read(_Namespaces, "/namespaces", ("cluster", cluster.id))
        spaces += [each.model_copy(update={"cluster_id": cluster.id}) for each in rows]
    repos = yield from _read(_Repos, "/repos")
    names = _Names(
        {each.id: each.name for each in clusters},
        {each.id: each.name for each in spaces},
        {each.id: each for each in repos},
    )
    reply = yield call("GET", RELEASES, query=_ALL)
    releases = parse(Rows, reply, "list the releases").releases
    charts: list[Found] = []
    for repo in repos:
        charts += yield from _charts(repo)
    return (
        *(Found(kind="cluster", name=each.name, status=each.status) for each in clusters),
        *(_space(each, names) for each in spaces),
        *(Found(kind="repository", name=each.name, place=plain(each.type)) for each in repos),
        *charts,
        *(_found(each, names) for each in releases),
    )


def _read(
    model: type[_Clusters] | type[_Namespaces] | type[_Repos], where: str, *more: tuple[str, str]
) -> Flow[tuple[_Named, ...]]:
    try:
        reply = yield call("GET", where, query=(*more, *_ALL))
        return tuple(parse(model, reply, f"list {where.strip('/')}").rows)
    except CloudError:
        return ()


def _charts(repo: _Named) -> Flow[list[Found]]:
    query = (("repo", repo.id), ("limit", "2048"))
    try:
        reply = yield call("GET", "/charts", query=query)
        rows = parse(Charts, reply, "list the charts").charts
    except CloudError:
        return []
    return [
        Found(
            kind="chart",
            name=plain(f"{repo.name}/{each.chart_name}"),
            status=plain(each.chart_version),
        )
        for each in rows
    ]


def _space(each: _Named, names: _Names) -> Found:
    place = names.clusters.get(each.cluster_id, "")
    return Found(kind="namespace", name=each.name, place=place, status=each.status)


def _found(row: Row, names: _Names) -> Found:
    cluster = names.clusters.get(row.cluster_id) or row.cluster or row.cluster_id
    space = row.namespace_name or names.namespaces.get(row.namespace_id) or row.namespace_id
    repo = names.repos.get(row.repo_id)
    internal = {"type": "internal"} if repo and repo.type == "internal" else {}
    chart = f"{repo.name if repo else _UNTOLD}/{row.chart or _UNTOLD}"
    place = {"cluster": cluster or _UNTOLD, "namespace": space or _UNTOLD, "release": row.name}
    return Found(
        kind="release",
        name=row.name,
        place=plain(f"{cluster}/{space}"),
        status=" ".join(filter(None, (plain(row.status), row.chart, row.chart_version))),
        settings={**internal, **place, "chart": chart},
        identity={
            "cluster": tuple(dict.fromkeys((cluster, row.cluster_id))),
            "namespace": tuple(dict.fromkeys((space, row.namespace_id))),
            "release": (row.name,),
        },
    )
