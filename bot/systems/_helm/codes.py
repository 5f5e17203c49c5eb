"""What is said of Helm's releases and their values, whichever cloud keeps them."""

from typing import Literal, TypeAlias

from bot.core.codes import Code, Reason
from bot.core.keys import KeyFault
from bot.core.records import Moment

Kind: TypeAlias = Literal["text", "number", "boolean", "list", "map"]


class SameValues(Code):
    """The values that were asked for are deployed already, and so is the version."""

    key = "no_change.values"


class SameRevision(Code):
    """The revision to roll back to is the one that runs."""

    key = "no_change.revision"
    revision: str


class BusyRevision(Code):
    """A revision has not come to its end."""

    key = "in_progress.revision"
    revision: str
    status: str  # Helm's word
    frees: str = ""  # the revision to roll back to, if it is stuck for good
    is_deletable: bool = False  # whether a deletion frees the release, if it is stuck


class NoChartVersion(Code):
    """The chart has no such version."""

    key = "no_such_version.chart"
    chart: str
    version: str
    near: tuple[str, ...] = ()
    needed_for: str = ""  # the revision that wants it


class KeyUnreadable(Code):
    """A key of a `key=value` word is none."""

    key = "bad_values.unreadable"
    word: str
    fault: KeyFault


class KeyMisfit(Code):
    """A key leads through something that is neither a map nor a list of that length."""

    key = "bad_values.misfit"
    word: str
    above: str
    wanted: Literal["map", "list", "row"]


class SetTwice(Code):
    """Two words set the same."""

    key = "bad_values.twice"
    one: str
    other: str


class ValuesUnknown(Code):
    """Values have to be sent as a whole, and not all of them are known."""

    key = "values_unknown.values"
    paths: tuple[str, ...] = ()  # the secrets that nobody knows; empty: none of the values is


class ValuesKept(Code):
    """No values are sent, so the present ones stay."""

    key = "value.values_kept"


class ValuesUnread(Code):
    """The values that are replaced are not known."""

    key = "value.values_unread"


class ValuesReplaced(Code):
    """All values are replaced."""

    key = "value.values_replaced"


class SecretsSent(Code):
    """Secrets are sent, and nobody can tell whether they change."""

    key = "value.secrets_sent"


class SecretChanged(Code):
    """A secret gets another value."""

    key = "value.secret_changed"


class OnlyThese(Code):
    """Words are sent alone, and the cloud keeps the other values."""

    key = "value.only_these"


class OtherType(Code):
    """A value gets another type than it has now."""

    key = "value.other_type"
    value: str
    kind: Kind


class WordKept(Code):
    """A word of an earlier command held so far."""

    key = "value.word_kept"


class WordDropped(Code):
    """A word of an earlier command does not fit the values any more."""

    key = "value.word_dropped"


class MoreChanges(Code):
    """More changes than a plan keeps."""

    key = "value.more_changes"
    count: int


class Deleted(Code):
    """What the target will be: gone."""

    key = "value.deleted"


class OtherValues(Code):
    """The same version with other values."""

    key = "value.other_values"
    version: str


class VersionAt(Code):
    """A version with the revision that has it."""

    key = "value.version_at"
    version: str
    revision: str


class Listed(Code):
    """Some names, and how many others there are."""

    key = "value.listed"
    names: tuple[str, ...]
    more: int = 0


class PodsAre(Code):
    """How many pods are well, and which are not."""

    key = "value.pods"
    well: int
    total: int
    unwell: tuple[str, ...] = ()  # with their status
    more: int = 0


class Deployed(Code):
    """The release is deployed, which does not mean that its pods are ready."""

    key = "task.deployed"
    revision: str = ""
    version: str = ""


class Superseded(Code):
    """The revision was deployed, and another one was made since."""

    key = "task.superseded"
    revision: str
    newest: str
    status: str  # Helm's word for the newest


class RevisionUnderWay(Code):
    """The revision has not come to its end."""

    key = "task.revision"
    revision: str
    status: str
    words: str = ""


class NoRevisionYet(Code):
    """Nothing newer than what the plan was made for is there."""

    key = "task.no_revision_yet"
    newest: str
    status: str = ""


class Gone(Code):
    """The release is gone, as was asked for."""

    key = "task.gone"
    revision: str = ""  # of the one that was installed since, where one was


class RevisionFailed(Code):
    """The revision failed, in Helm's words."""

    key = "task_failed.revision"
    revision: str
    status: str = ""
    words: str = ""


class ReleaseUnknown(Code):
    """The cloud does not know the release any more."""

    key = "task_not_found.release"
    release: str


class StillAtRevision(Code):
    """No revision was made since the call."""

    key = "no_trace.still_at"
    revision: str


class StillThere(Code):
    """The release that was to be deleted is there."""

    key = "no_trace.still_there"
    status: str


class OtherKind(Code):
    """A revision was made in another way than ours would be."""

    key = "evidence.other_kind"
    kind: Literal["upgrade", "rollback"]
    revision: str = ""  # what it is a rollback to, where that is told
    ours: str = ""  # what ours would be one to


class RevisionIsOurs(Code):
    """The evidence that a lost call made a revision."""

    key = "adopted.revision"
    revision: str
    before: str  # the newest one before the call
    made: Moment
    permitted: Moment
    words: str = ""  # Helm's description


class DeletionIsOurs(Code):
    """The evidence that a lost call deletes the release; without a status it is gone."""

    key = "adopted.deletion"
    id: str
    status: str = ""


class NoRelease(Code):
    """What a lost call was to make is not there (yet)."""

    key = "no_trace.no_release"


class SeveralRevisions(Code):
    """More than one revision is new, so people must look which is ours."""

    key = "no_trace.several_revisions"
    revisions: tuple[str, ...]


class RevisionContradicted(Code):
    """A revision is new, but something speaks against its being ours."""

    key = "no_trace.revision"
    revision: str
    by: Reason


class Untimed(Code):
    """A candidate does not tell when it was made."""

    key = "evidence.untimed"


class Untimely(Code):
    """A candidate was made too far from the lost call."""

    key = "evidence.untimely"
    at: Moment


class OtherValue(Code):
    """A candidate has another value than what was sent."""

    key = "evidence.other_value"
    path: str
