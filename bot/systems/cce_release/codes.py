"""What is said of CCE's releases alone; what both clouds say of Helm is in `_helm.codes`."""

from bot.core.codes import Code


class NothingAsked(Code):
    """A deployment names neither a version nor a value."""

    key = "usage.version_or_value"


class NoSuchRelease(Code):
    """The cluster has no such release."""

    key = "not_found.release_in"
    cluster: str
    place: str
    words: str = ""  # what CCE says to that


class NoSuchChart(Code):
    """The project has no chart of this name or id."""

    key = "no_such_chart.cce"
    chart: str
    near: tuple[str, ...] = ()
    needed_for: str = ""  # the revision that wants it


class SeveralCharts(Code):
    """Several charts bear the name and the version."""

    key = "ambiguous.charts"
    chart: str
    version: str
    ids: tuple[str, ...]


class RevisionUnlisted(Code):
    """A revision that a call of ours made is not among the release's revisions."""

    key = "task_not_found.revision"
    revision: str


class Advice(Code):
    """What CCE's page advises about a release whose status is UNKNOWN."""

    key = "value.unknown_release"


class DeletionUnderWay(Code):
    """The release that is being deleted is still there."""

    key = "task.deletion"
    status: str


class DeletionFailed(Code):
    """A deletion ended badly."""

    key = "task_failed.deletion"
    status: str
    words: str = ""
