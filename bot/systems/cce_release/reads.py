"""The reads that several of the flows begin with."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pydantic import RootModel, ValidationError

from bot.core.codes import Value
from bot.core.codes.systems import AboutAnother, ListedTwice
from bot.core.errors import CloudRefusedError
from bot.core.flow import Call, Flow, Method, Reply, path
from bot.core.plan import Observation
from bot.core.records import Json
from bot.systems._helm.values import Values
from bot.systems._huawei.cce import SERVICE, Flavour, dated
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.cce_release.codes import Advice
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import DELETED, UNKNOWN, Chart, ChartValues, ReleaseView

ROOTS: Final[dict[Flavour, str]] = {"standard": "/cce/cam/v3", "autopilot": "/autopilot/cam/v3"}
CHARTS: Final[dict[Flavour, str]] = {"standard": "/v2/charts", "autopilot": "/autopilot/v2/charts"}
_RESOURCES: Final = (("show_resources", "true"),)


class _Rows(RootModel[list[Any]]):
    """A list, of which each row is read by itself."""


class Absent(NamedTuple):
    """There is no such release (any more)."""

    words: str  # the API's own words, with its code


def releases_path(target: Release) -> str:
    """Return the path of the cluster's releases."""
    return _path(target, "/clusters/{cluster}/releases")


def release_path(target: Release) -> str:
    """Return the path of the release; its `namespace` is in the singular."""
    return _path(target, "/clusters/{cluster}/namespace/{namespace}/releases/{name}")


def history_path(target: Release) -> str:
    """Return the path of the release's revisions."""
    return f"{release_path(target)}/history"


def charts_path(target: Release, chart_id: str | None = None) -> str:
    """Return the path of the charts, or of one version of a chart."""
    root = CHARTS[target.flavour]
    return root if chart_id is None else f"{root}/{path('{chart}', chart=chart_id)}"


def call(method: Method, where: str, body: Json = None) -> Call:
    """Return a call of CCE's."""
    return Call(method=method, service=SERVICE, path=where, body=body)


def read_release(target: Release) -> Flow[ReleaseView | None]:
    """Read the release; None where there is none (any more)."""
    found = yield from find_release(target)
    return found if isinstance(found, ReleaseView) else None


def find_release(target: Release, *, shows_resources: bool = False) -> Flow[ReleaseView | Absent]:
    """Read the release, or what CCE says of there being none."""
    asked = call("GET", release_path(target))
    try:
        reply = yield asked.model_copy(update={"query": _RESOURCES}) if shows_resources else asked
    except CloudRefusedError as error:
        if error.verdict != "not_found":  # a wrong endpoint answers 404 as well
            raise
        return Absent(plain(f"{error.code} {error.why}"))
    view = own(target, parse(ReleaseView, reply, f"read release {target.release}"))
    return Absent("") if view.status == DELETED else view


def read_history(target: Release) -> Flow[tuple[ReleaseView, ...]]:
    """Read the release's revisions, newest first; none where there is no release."""
    doing = f"read the revisions of release {target.release}"
    try:
        reply = yield call("GET", history_path(target))
    except CloudRefusedError as error:
        if error.verdict != "not_found":
            raise
        return ()
    rows = [own(target, parse(ReleaseView, _as_reply(row), doing)) for row in listed(reply, doing)]
    if len({row.version for row in rows}) < len(rows):
        raise unreadable(doing=doing, why=ListedTwice(what="revision"))
    return tuple(sorted(rows, key=lambda row: row.version, reverse=True))


def read_charts(target: Release) -> Flow[tuple[Chart, ...]]:
    """Read all charts of the project; those that cannot be read are left out."""
    return (yield from read_charts_at(charts_path(target)))


def read_charts_at(where: str) -> Flow[tuple[Chart, ...]]:
    """Read all charts at *where*, which both flavours of clusters have."""
    reply = yield call("GET", where)
    charts = []
    for row in listed(reply, "list the charts"):
        try:
            charts.append(Chart.model_validate(row))
        except ValidationError:
            continue  # somebody else's chart need not concern us
    return tuple(charts)


def read_chart(target: Release, chart_id: str) -> Flow[Chart | None]:
    """Read one version of a chart; None where there is none of this id."""
    doing = f"read chart {chart_id}"
    try:
        reply = yield call("GET", charts_path(target, chart_id))
    except CloudRefusedError as error:
        if error.verdict != "not_found":
            raise
        return None
    chart = parse(Chart, reply, doing)
    if chart.id != chart_id:
        raise unreadable(doing=doing, why=AboutAnother(id=chart.id))
    return chart


def read_chart_values(target: Release, chart_id: str) -> Flow[Values | None]:
    """Read the default values of one version of a chart; None where they are not told."""
    try:
        reply = yield call("GET", f"{charts_path(target, chart_id)}/values")
    except CloudRefusedError:
        return None
    return parse(ChartValues, reply, f"read the values of chart {chart_id}").defaults


def own(target: Release, view: ReleaseView) -> ReleaseView:
    """Return *view* if it is about the target, as far as it says.

    Raises:
        UnreadableReplyError: it is about another release.
    """
    wanted = (target.namespace, target.release)
    told = (view.namespace or target.namespace, view.name or target.release)
    if told != wanted:
        another = AboutAnother(id=plain(f"{view.namespace}/{view.name}"))
        raise unreadable(doing=f"read release {target.release}", why=another)
    return view


def observation(view: ReleaseView, more: Mapping[str, Value] | None = None) -> Observation:
    """Return what people and plans need of the live state; *more* are further facts."""
    told = {**facts(view), **(more or {})}
    return Observation(revision=view.revision, status=plain(view.status), facts=told)


def facts(view: ReleaseView) -> dict[str, Value]:
    """Return what people read of a release."""
    told: dict[str, Value] = {
        "release": f"{view.namespace}/{view.name}".strip("/"),
        "chart": view.chart,
        "revision": view.revision,
        "updated": dated(view.update_at),
        "description": view.words,
        "advice": Advice().reason if view.status == UNKNOWN else "",
    }
    return {name: text for name, text in told.items() if text}


def _path(target: Release, template: str) -> str:
    return path(
        ROOTS[target.flavour] + template,
        cluster=str(target.cluster_id),
        namespace=target.namespace,
        name=target.release,
    )


def listed(reply: Reply, doing: str) -> list[Any]:
    """Return the rows of an answer that is a list."""
    return parse(_Rows, reply, doing).root


def _as_reply(row: Any) -> Reply:
    return Reply.model_construct(status=200, body=row)
