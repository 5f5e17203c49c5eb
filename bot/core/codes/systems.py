"""What systems say alike: why a change is not planned, how a remote task goes, what is there.

What only one API says stands in a `codes.py` in its package.
"""

from typing import Final, Literal, TypeAlias, get_args

from bot.core.codes import Code, Reason

LabelName: TypeAlias = Literal[
    "addon",
    "advice",
    "artifact",
    "category",
    "chart",
    "cloudpods",
    "cluster",
    "component",
    "description",
    "earlier_words",
    "fault",
    "image",
    "instance",
    "key_value",
    "last_job",
    "more_values",
    "name",
    "namespace",
    "newest",
    "node_order",
    "nodes",
    "number",
    "objects",
    "offered",
    "options",
    "package",
    "platform",
    "pods",
    "pods_in_namespace",
    "pool_order",
    "postcheck",
    "release",
    "replicas",
    "repository",
    "revision",
    "runtime",
    "secrets",
    "skipped",
    "state_reason",
    "status",
    "strategy",
    "updated",
    "upgrade",
    "values",
    "version",
    "workflow",
]
LABELS: Final[frozenset[str]] = frozenset(get_args(LabelName))


def label(name: LabelName, of: str = "") -> Reason:
    """Return what a fact or a setting is called, and *of* what where there are several."""
    return Reason(key=f"label.{name}", params={"of": of})


class AlreadyRunning(Code):
    """The version that was asked for runs already."""

    key = "no_change.version"
    version: str


class AlreadyScaled(Code):
    """As many copies as were asked for are set already."""

    key = "no_change.replicas"
    replicas: int


class AlreadySo(Code):
    """The thing has the status already that was asked for."""

    key = "no_change.status"
    thing: LabelName
    status: str  # the vendor's word


class AlreadyThere(Code):
    """What was to be created exists already."""

    key = "no_change.exists"
    thing: LabelName
    name: str


class NotGiven(Code):
    """The command lacks what the action needs."""

    key = "usage.not_given"
    what: LabelName


class NoSuchStrategy(Code):
    """The command names a way of bringing a version out that the system does not have."""

    key = "usage.strategy"
    word: str
    known: tuple[str, ...]


class BusyWithTask(Code):
    """A remote task is changing the thing."""

    key = "in_progress.task"
    thing: LabelName
    task: str


class BusyByStatus(Code):
    """The thing's own status says that it is being changed."""

    key = "in_progress.status"
    thing: LabelName
    status: str  # the vendor's word


class TemplateLacks(Code):
    """The create template lacks fields that the API wants."""

    key = "not_creatable.lacks"
    fields: tuple[str, ...]


class TemplateMisfit(Code):
    """A field of the create template has the wrong type."""

    key = "not_creatable.type"
    field: str
    wanted: Literal["text", "object", "objects"]


class NoTemplate(Code):
    """The target has no create template."""

    key = "not_creatable.no_template"


class NoPreviousRevision(Code):
    """There is nothing that ran well before and could be gone back to."""

    key = "no_previous_revision.none"
    thing: LabelName


class NoSuchVersion(Code):
    """The cloud has, or offers here, no such version."""

    key = "no_such_version.unknown"
    version: str
    near: tuple[str, ...] = ()  # what could be named instead


class NoSuchRevision(Code):
    """A rollback names what the cloud's records do not hold."""

    key = "no_such_revision.unknown"
    thing: LabelName
    revision: str
    near: tuple[str, ...] = ()  # what could be named instead


class RevisionEndedBadly(Code):
    """A rollback names what did not end well."""

    key = "no_such_revision.ended_badly"
    revision: str
    status: str  # the vendor's word
    near: tuple[str, ...] = ()


class VendorSaid(Code):
    """The vendor's own words, with its code where it gave one."""

    key = "vendor_said"
    code: str = ""
    words: str = ""


class NotCreatedYet(Code):
    """Nothing of the target's name is there."""

    key = "status.not_created"


class StatusOf(Code):
    """What runs, and the vendor's word for how."""

    key = "status.now"
    status: str
    version: str = ""


class Replicas(Code):
    """A number of copies; None where nobody knows it."""

    key = "value.replicas"
    replicas: int | None


class Ready(Code):
    """How many copies are ready, of how many; None where it is not told."""

    key = "value.ready"
    ready: int | None
    wanted: int | None


class Absent(Code):
    """Nothing is there."""

    key = "value.absent"


class RunState(Code):
    """Whether something runs, by the vendor's word: where that is what changes."""

    key = "value.run_state"
    status: str


class Hidden(Code):
    """A value that holds a secret."""

    key = "value.hidden"


class TaskProgress(Code):
    """How far a remote task is, by the vendor's word and its rows.

    More rows come while it runs, so the total is not shown: it does not say how much is left.
    """

    key = "task.progress"
    status: str
    done: int | None = None  # None: it has no rows
    total: int | None = None  # as far as they are known


class UnlistedStatus(Code):
    """A status that the reference does not list: it is shown, and decides nothing."""

    key = "task.unlisted_status"
    status: str
    of: str = ""  # the row or the thing it is the status of, by its name


class TaskEnded(Code):
    """The remote task ended badly, in the vendor's own words."""

    key = "task_failed.ended"
    task: str
    status: str
    row: str = ""  # the row that failed
    words: str = ""


class TaskUnknown(Code):
    """The API does not know the remote task."""

    key = "task_not_found.task"
    task: str


class StillLast(Code):
    """Nothing began since the call was permitted: the last remote task is the one of before."""

    key = "no_trace.last_task"
    thing: LabelName
    task: str = ""


class NotThere(Code):
    """What the lost call was to create is not there."""

    key = "no_trace.absent"
    thing: LabelName
    name: str


class NoTaskShown(Code):
    """What was to be created is there, but shows no remote task."""

    key = "no_trace.no_task"
    thing: LabelName
    id: str


class NoStartShown(Code):
    """A candidate is new, but does not tell when it began."""

    key = "no_trace.no_start"
    task: str


class WrongTime(Code):
    """A candidate began too far from the lost call."""

    key = "no_trace.wrong_time"
    task: str
    began: str  # RFC 3339


class Contradicted(Code):
    """A remote task is new, but something speaks against its being ours."""

    key = "no_trace.contradicted"
    task: str
    by: Reason


class Differs(Code):
    """Something has another value than what was sent."""

    key = "evidence.differs"
    what: LabelName
    theirs: str
    ours: str


class StatusMisfits(Code):
    """The status is none that the action leads to."""

    key = "evidence.status_misfits"
    status: str
    action: str


class Matches(Code):
    """Something has the value that was sent."""

    key = "evidence.matches"
    what: LabelName
    value: str


class StatusFits(Code):
    """The status is one that the action leads to."""

    key = "evidence.status_fits"
    status: str
    action: str


class WasNotThere(Code):
    """The thing was not there before the call."""

    key = "evidence.new"
    thing: LabelName
    id: str


class SeveralCandidates(Code):
    """More than one remote task may be ours: people must look."""

    key = "no_trace.several"
    tasks: tuple[str, ...]


class TaskIsOurs(Code):
    """The evidence that the lost call started a remote task."""

    key = "adopted.task"
    task: str
    before: str = ""  # the last remote task before the call
    began: str  # RFC 3339
    permitted: str  # RFC 3339
    match: Reason  # what else speaks for it


class FieldUnreadable(Code):
    """A field of an accepted call's answer is not what the API promises."""

    key = "unreadable.field"
    place: str  # empty: the answer itself
    fault: str  # what is wrong with it, as whoever read it says


class NotObjects(Code):
    """A list of an answer has entries that are no objects."""

    key = "unreadable.objects"
    place: str


class TooDeep(Code):
    """An answer is nested too deeply to be read."""

    key = "unreadable.too_deep"


class AboutAnother(Code):
    """An answer is about another thing than was asked for."""

    key = "unreadable.another"
    id: str


class SeveralCalled(Code):
    """Several things bear the name that one of them was looked for by."""

    key = "unreadable.several"
    thing: LabelName
    name: str


class EndlessList(Code):
    """A list does not end within as many pages as are read."""

    key = "unreadable.endless"
    pages: int


class NoUsableId(Code):
    """An answer names nothing that could be asked for."""

    key = "unreadable.no_id"


class ListedTwice(Code):
    """An answer lists the same thing twice."""

    key = "unreadable.listed_twice"
    what: LabelName
