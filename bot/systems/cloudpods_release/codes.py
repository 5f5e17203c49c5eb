"""What is said of Cloudpods' releases alone."""

from bot.core.codes import Code, Reason
from bot.core.records import Moment


class ReleaseExists(Code):
    """A release that is to be created is there already."""

    key = "no_change.release"
    place: str
    status: str  # the vendor's word
    has_failed: bool  # its creation did: it can be deleted only


class VersionUnread(Code):
    """Which chart version runs cannot be read, and none was named."""

    key = "usage.version_unread"


class EmptyValues(Code):
    """Empty values were declared, which Cloudpods takes for none."""

    key = "bad_values.empty"


class Ambiguous(Code):
    """Several releases fit what slipway.yaml says."""

    key = "ambiguous.releases"
    place: str
    ids: tuple[str, ...]


class NoSuchRelease(Code):
    """There is no release where slipway.yaml says that there is one."""

    key = "not_found.release"
    place: str
    near: tuple[str, ...] = ()  # of a similar name


class NotRecorded(Code):
    """Helm has no record of the release: its installation failed early."""

    key = "not_found.no_record"
    status: str  # Cloudpods' word


class NothingRuns(Code):
    """No revision runs that an upgrade could begin with."""

    key = "not_found.nothing_runs"
    revision: str
    status: str


class NoRepository(Code):
    """Cloudpods found the release in the cluster, and knows no repository of its chart."""

    key = "no_repository.release"


class OtherChart(Code):
    """The release was made from another chart than slipway.yaml says."""

    key = "no_such_chart.other"
    chart: str
    declared: str


class NoSuchChart(Code):
    """The repository lacks the chart."""

    key = "no_such_chart.missing"
    repository: str
    chart: str
    near: tuple[str, ...]


class NewestVersion(Code):
    """Whichever version of the chart is the newest then."""

    key = "value.newest_version"
    chart: str = ""


class RevisionState(Code):
    """How a revision stands, in Helm's words."""

    key = "value.revision_state"
    revision: str
    status: str
    words: str = ""


class PendingSince(Code):
    """How long a revision has not come to its end, in Helm's words."""

    key = "value.pending_since"
    status: str
    since: str


class PassedOver(Code):
    """What becomes of a pending revision: somebody's change may still be at work on it."""

    key = "value.passed_over"


class NotOursYet(Code):
    """Revisions are new, and none of them fits what was sent."""

    key = "task.not_ours_yet"
    revisions: tuple[str, ...]


class ClusterAway(Code):
    """Cloudpods does not reach the cluster now, which may pass."""

    key = "task.cluster_away"


class DeletionUnderWay(Code):
    """How far a deletion is, and what the release was like when it was sent."""

    key = "task.cloudpods_deletion"
    status: str = ""  # Cloudpods' word
    was: str = ""  # the word then
    failure: str = ""  # when a task about the release had failed last, then
    has_begun: bool = False  # whether it was seen at work


class Purged(Code):
    """Cloudpods' record of the release is gone; Helm's and its objects are as they were."""

    key = "task.purged"


class Purge(Code):
    """The way on from a deletion that failed: on a button."""

    key = "option.purge"


class PurgeDoes(Code):
    """What a purge does."""

    key = "option.purge_does"


class Forgotten(Code):
    """What a release will be to Cloudpods: unknown, whatever runs in the cluster."""

    key = "value.forgotten"


class NameTaken(Code):
    """The release's id is gone, and one of its name is there under another id."""

    key = "task.name_taken"
    id: str


class ReleaseFailed(Code):
    """Cloudpods' own task about the release failed; the operation log may tell why."""

    key = "task_failed.release"
    status: str
    words: str = ""


class UpdateUnderWay(Code):
    """An old server's update was taken, and no new revision is there yet."""

    key = "task.update"
    newest: str  # revision
    was: str  # Cloudpods' word for the release when the update was sent


class UpdateIgnored(Code):
    """The server took the update that old ones upgrade by, and upgraded nothing."""

    key = "task_failed.update_ignored"


class ReleaseContradicted(Code):
    """A release is new, but something speaks against its being ours."""

    key = "no_trace.release"
    id: str
    by: Reason


class ReleaseIsOurs(Code):
    """The evidence that a lost call created a release."""

    key = "adopted.release"
    place: str
    id: str
    made: Moment
    permitted: Moment


class ReleaseGone(Code):
    """The release is not there any more; nothing was sent."""

    key = "not_found.release_gone"
    place: str


class NewerRevision(Code):
    """The release is at another revision than the plan was made for; nothing was sent."""

    key = "changed_meanwhile.revision"
    revision: str  # empty: Helm has no record any more
    planned: str


class CallUnknown(Code):
    """This Cloudpods knows the call in none of its forms; nothing was sent."""

    key = "unsupported_action.call"
    step: str


class NoNewRevision(Code):
    """The upgrade's answer names a revision that was there before."""

    key = "unreadable.no_new_revision"
    revision: str
