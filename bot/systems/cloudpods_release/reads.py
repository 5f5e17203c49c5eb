"""The reads that several of the flows begin with."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Code, Denied
from bot.core.codes.systems import AboutAnother
from bot.core.errors import CloudError, CloudRefusedError
from bot.core.flow import Flow, Reply, path
from bot.core.near import nearest
from bot.core.records import Json
from bot.systems._cloudpods import kubeserver
from bot.systems._cloudpods.errors import NOT_RECORDED
from bot.systems._cloudpods.kubeserver import Failure, call
from bot.systems._helm.values import Values
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release.codes import Ambiguous, NoSuchChart, NoSuchRelease, ReleaseGone
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import (
    DEPLOYED,
    KEYWORD,
    ChartRow,
    Charts,
    Made,
    Revision,
    Row,
    Rows,
    Shown,
    ShownChart,
    parse_history,
    parse_one,
)

RELEASES: Final = "/releases"
_CHARTS_MOST: Final = 2048  # the most that a page may have
_SHOWN: Final = 5
_ALL: Final = ">0.0.0-0"  # pre-releases as well, which an upgrade may name


def release_path(release_id: str, action: str = "") -> str:
    """Return the path of a release, or of what is done to it."""
    return path(RELEASES + "/{release}", release=release_id) + action


def wrapped(body: dict[str, Json]) -> Json:
    """Return *body* as Cloudpods takes it."""
    return kubeserver.wrapped(KEYWORD, body)


def find_all(target: Release) -> Flow[tuple[Row, ...]]:
    """Look for the release by cluster, namespace and name: names alone are not unique."""
    rows = yield from _list(target, (("name", target.release),))
    return tuple(row for row in rows if row.name == target.release)


def find(target: Release) -> Flow[Row | None]:
    """Look for the one release that is meant; None: there is none.

    Raises:
        CloudRefusedError: several fit, so that none can be chosen.
    """
    rows = yield from find_all(target)
    if len(rows) > 1:
        raise refusal(doing=_looking(target), why=several(target, rows))
    return rows[0] if rows else None


def ambiguous(target: Release, rows: Sequence[Row]) -> Denied:
    """Return the refusal to choose among *rows*."""
    return Denied.of(several(target, rows))


def several(target: Release, rows: Sequence[Row]) -> Ambiguous:
    """Return why none of *rows* can be chosen."""
    return Ambiguous(place=target.place, ids=tuple(plain(row.id) for row in rows))


def found(target: Release) -> Flow[Row]:
    """Return the release.

    Raises:
        CloudRefusedError: there is none (any more), or there are several.
    """
    row = yield from find(target)
    if row is None:
        raise refusal(doing=_looking(target), why=ReleaseGone(place=target.place))
    return row


def missing(target: Release) -> Flow[Denied]:
    """Return the refusal for a release that is not there, with those of a similar name."""
    try:
        rows = yield from _list(target, ())
    except CloudError:
        rows = ()
    near = nearest(target.release, [row.name for row in rows])
    return Denied.of(NoSuchRelease(place=target.place, near=near))


def read_history(target: Release, release_id: str) -> Flow[tuple[Revision, ...]]:
    """Read the revisions, newest first; none where Helm has no record."""
    doing = f"read the history of release {target.release}"
    try:
        reply = yield call("GET", release_path(release_id, "/history"), query=_scope(target))
    except CloudRefusedError as error:
        if NOT_RECORDED not in error.why:
            raise
        return ()
    return parse_history(reply, doing)


def read_shown(target: Release, release_id: str) -> Flow[Shown]:
    """Read the release with its live part."""
    doing = f"read release {target.release}"
    reply = yield call("GET", release_path(release_id), query=_scope(target))
    shown = parse_one(Shown, reply, doing)
    if shown.id != release_id:
        raise unreadable(doing=doing, why=AboutAnother(id=plain(shown.id)))
    return shown


def read_first_values(target: Release, row: Row, rows: Sequence[Revision]) -> Flow[Values | None]:
    """Read the values that run, where they can be: while nothing came after the creation.

    Later ones are those of the creation, or of an upgrade that was rolled back since.
    """
    newest = rows[0]
    if newest.number != 1 or newest.status != DEPLOYED:
        return None
    shown = yield from read_shown(target, row.id)
    is_own = shown.version in {0, 1} and shown.chart_version == newest.version(target.chart_name)
    return shown.config if is_own else None


def read_versions(target: Release) -> Flow[tuple[str, ...] | Denied | None]:
    """Read which versions of the chart there are, as listed; None where that is not told.

    A chart that its repository lacks is refused, with those of a similar name.
    """
    listed = yield from _charts(target, (("name", target.chart_name), ("all_version", "true")))
    if listed is None:
        return None
    own = tuple(
        each.chart_version
        for each in listed
        if each.chart_name in {target.chart_name, ""} and each.chart_version
    )
    return own or (yield from _no_chart(target))


def read_chart_values(target: Release, version: str) -> Flow[Values | None]:
    """Read the default values of the chart; None where they are not told."""
    query = (("repo", target.repository), *((("version", version),) if version else ()))
    where = path("/charts/{chart}", chart=target.chart_name)
    try:
        reply = yield call("GET", where, query=query)
        shown = kubeserver.parse_one(ShownChart, "chart", reply, "read the chart")
    except CloudError:
        return None
    return shown.defaults


def read_failure(release_id: str) -> Flow[Failure]:
    """Read which task about the release failed last, and why, where that is told."""
    return (yield from kubeserver.read_failure(KEYWORD, release_id))


def check_answer(target: Release, row: Row, reply: Reply, doing: str) -> Made:
    """Return what a call's answer tells of the release.

    Raises:
        UnreadableReplyError: it is about something else.
    """
    made = parse_one(Made, reply, doing)
    if made.id != row.id and (made.id or made.name != target.release):
        raise unreadable(doing=doing, why=AboutAnother(id=plain(made.id or made.name)))
    return made


def refusal(*, doing: str, why: Code) -> CloudRefusedError:
    """Return the error with which a flow ends before it sends anything."""
    code = why.reason.code
    return CloudRefusedError(doing=doing, why=why, status=0, verdict="refused", code=code)


def _looking(target: Release) -> str:
    return f"look for release {target.release}"


def _scope(target: Release) -> tuple[tuple[str, str], ...]:
    """Return what lets a read see releases in the platform's own cluster."""
    return (("system", "true"),) if target.is_internal else ()


def _list(target: Release, more: tuple[tuple[str, str], ...]) -> Flow[tuple[Row, ...]]:
    place = (("cluster", target.cluster), ("namespace", target.namespace))
    kind = (("type", "internal"),) if target.is_internal else ()
    told = (each for each in place if each[1])
    query = (*kind, *_scope(target), *told, *more, ("details", "false"))
    reply = yield call("GET", RELEASES, query=query)
    rows = parse(Rows, reply, "list the releases").releases
    return tuple(row for row in rows if _is_there(row, target))


def _is_there(row: Row, target: Release) -> bool:
    """Whether nothing that *row* tells speaks against its being in the target's namespace."""
    cluster, namespace = {row.cluster, row.cluster_id}, {row.namespace_name, row.namespace_id}
    is_elsewhere = (target.cluster and row.cluster and target.cluster not in cluster) or (
        target.namespace and row.namespace_name and target.namespace not in namespace
    )
    return not is_elsewhere


def _no_chart(target: Release) -> Flow[Denied | None]:
    listed = yield from _charts(target, ())
    names = tuple(dict.fromkeys(each.chart_name for each in listed or () if each.chart_name))
    if not names or target.chart_name in names:
        return None
    near = nearest(target.chart_name, names) or names[:_SHOWN]
    missing = NoSuchChart(repository=target.repository, chart=target.chart_name, near=near)
    return Denied.of(missing)


def _charts(
    target: Release, more: tuple[tuple[str, str], ...]
) -> Flow[tuple[ChartRow, ...] | None]:
    """Read charts of the repository; None where not all are told, or it cannot be read.

    It only makes refusals better: without it, Cloudpods itself refuses a wrong version.
    """
    limit = ("limit", str(_CHARTS_MOST))
    query = (("repo", target.repository), *more, ("version", _ALL), limit)
    try:
        reply = yield call("GET", "/charts", query=query)
        page = parse(Charts, reply, "list the charts")
    except CloudError:
        return None
    return tuple(page.charts) if len(page.charts) >= page.total else None
