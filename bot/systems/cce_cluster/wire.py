"""What CCE answers about a cluster, its upgrade workflows and their tasks.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/CreateUpgradeWorkFlow.html
"""

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from bot.core.codes.systems import NoUsableId
from bot.systems._huawei.cce import Object, Rows, is_identifier, moment
from bot.systems._wire.replies import UnfitError
from bot.systems._wire.text import Text, Word

AVAILABLE: Final = "Available"
CHANGING: Final = frozenset(
    {
        *("ScalingUp", "ScalingDown", "Creating", "Deleting", "Upgrading", "Resizing"),
        *("RollingBack", "Hibernating", "Awaking"),
    }
)
PRECHECK, SNAPSHOT, CLUSTER, POSTCHECK = "PreCheck", "Snapshot", "Cluster", "PostCheck"
UNDER_WAY: Final = frozenset({"Init", "Queuing", "Running", "Pause"})  # of a task
_CLOSED: Final = frozenset({"Success", "Cancel"})
_OPEN: Final = frozenset({"Init", "Running", "Pending"})
_DIGITS: Final = 6  # of a count
_NOT_BEGUN: Final = frozenset({"", "Init"})
_ENDED: Final = frozenset({"Success", "Failed"})


def _fit(uid: str) -> str:
    if not is_identifier(uid):
        raise UnfitError(NoUsableId())
    return uid


def _place(value: Any) -> Any:
    """Take the end of a line, which is an object in samples and a text in tables."""
    return value.get("taskType") if isinstance(value, dict) else value


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _flag(value: Any) -> Any:
    return str(value).strip().lower() == "true"  # a text by the page, a boolean by its kit


class Metadata(BaseModel):
    """What every object has; times are texts."""

    uid: Annotated[Word, AfterValidator(_fit)]
    created: Text = Field(default="", alias="creationTimestamp")
    updated: Text = Field(default="", alias="updateTimestamp")


class Point(BaseModel):
    """One of the tasks that a workflow leads through; without a status it has not begun."""

    kind: Word = Field(default="", alias="taskType")
    task: Text = Field(default="", alias="taskID")
    status: Word = "Init"
    begun: Text = Field(default="", alias="startTimeStamp")
    ended: Text = Field(default="", alias="endTimeStamp")
    expires: Text = Field(default="", alias="expireTimeStamp")

    @property
    def is_busy(self) -> bool:
        """Whether its task goes on; a word that is not listed counts as that."""
        if self.status in _NOT_BEGUN:
            return bool(self.task)
        return self.status not in _ENDED

    @property
    def is_over(self) -> bool:
        """Whether its task has come to an end, good or bad."""
        return self.status in _ENDED


class _Line(BaseModel):
    start: Annotated[Text, BeforeValidator(_place)] = Field(default="", alias="startPoint")
    end: Annotated[Text, BeforeValidator(_place)] = Field(default="", alias="endPoint")
    critical: Annotated[bool, BeforeValidator(_flag)] = False


class _Course(BaseModel):
    phase: Word = "Init"  # not told right after the creation
    points: Rows[Point] = Field(default_factory=list, alias="pointStatuses")
    lines: Rows[_Line] = Field(default_factory=list, alias="lineStatuses")


class _Way(BaseModel):
    before: Text = Field(default="", alias="clusterVersion")
    after: Text = Field(default="", alias="targetVersion")


class Workflow(BaseModel):
    """An upgrade from one exact version to another."""

    metadata: Metadata
    spec: Object[_Way] = Field(default_factory=_Way)
    status: Object[_Course] = Field(default_factory=_Course)

    @property
    def uid(self) -> str:
        """Its id."""
        return self.metadata.uid

    @property
    def phase(self) -> str:
        """The vendor's word."""
        return self.status.phase

    @property
    def is_open(self) -> bool:
        """Whether it may still go on; an unknown phase counts as that."""
        return self.phase not in _CLOSED

    @property
    def is_known(self) -> bool:
        """Whether its phase is one that the pages list."""
        return self.phase in _OPEN or self.phase in _CLOSED

    def point(self, kind: str) -> Point:
        """Return the point of this kind; one that is not listed has not begun."""
        blank = Point.model_validate({"taskType": kind})
        return next((each for each in self.status.points if each.kind == kind), blank)

    def busy(self, but: str = "") -> tuple[Point, ...]:
        """Return the points whose task goes on, *but* one kind."""
        return tuple(each for each in self.status.points if each.is_busy and each.kind != but)

    @property
    def is_bound(self) -> bool:
        """Whether a critical line that was not gone to its end forbids to cancel."""
        return any(line.critical and not self.point(line.end).is_over for line in self.status.lines)


class WorkflowList(BaseModel):
    """All workflows of a cluster, those that have ended too."""

    items: Rows[Workflow]


class _State(BaseModel):
    phase: Word = ""
    progress: Text = ""
    completed: Text = Field(default="", alias="completionTime")
    expires: Text = Field(default="", alias="expireTimeStamp")
    message: Text = ""


class _SnapshotItem(BaseModel):
    kind: Word = Field(default="", alias="type")
    status: Word = ""
    message: Text = ""


class _SnapshotSpec(BaseModel):
    items: Rows[_SnapshotItem] = Field(default_factory=list)


class AnyTask(BaseModel):
    """A task of a workflow, as far as all kinds are alike."""

    metadata: Metadata
    status: Object[_State] = Field(default_factory=_State)

    @property
    def uid(self) -> str:
        """Its id."""
        return self.metadata.uid

    @property
    def phase(self) -> str:
        """The vendor's word."""
        return self.status.phase

    @property
    def begun_at(self) -> datetime | None:
        """When it was made."""
        return moment(self.metadata.created)


class Task(AnyTask):
    """A precheck or an upgrade."""

    spec: Object[_Way] = Field(default_factory=_Way)

    def ended_at(self, point: Point) -> datetime | None:
        """When it ended, by its own word or its *point*'s; else when it was changed last."""
        told = (self.status.completed, point.ended, self.metadata.updated)
        return next((at for at in map(moment, told) if at), None)


class TaskList(BaseModel):
    """The prechecks or the upgrades of a cluster."""

    items: Rows[Task]


class SnapshotTask(AnyTask):
    """A backup of the control plane; the words of its own phase are on no page."""

    spec: Object[_SnapshotSpec] = Field(default_factory=_SnapshotSpec)

    @property
    def word(self) -> str:
        """Its phase; where it has none, the status of the item that makes the backup."""
        made = [each.status for each in self.spec.items if each.kind == "master-backup"]
        return self.phase or (made[-1] if made else "")

    @property
    def message(self) -> str:
        """What the items say."""
        return next((each.message for each in self.spec.items if each.message), "")


class SnapshotList(BaseModel):
    """All backups of a cluster."""

    items: Rows[SnapshotTask]


class Accepted(BaseModel):
    """What a mutating call answers: the task that it made."""

    metadata: Metadata


class _Ended(BaseModel):
    phase: Word = ""


class AcceptedPostcheck(Accepted):
    """What the postcheck call answers: it has ended already, and no call shows it again."""

    status: Object[_Ended] = Field(default_factory=_Ended)


class AcceptedSnapshot(BaseModel):
    """What the snapshot call answers: its id stands at the top."""

    uid: Annotated[Word, AfterValidator(_fit)]


class _Counts(BaseModel):
    total: Text = Field(default="", alias="totalNodesNumber")
    active: Text = Field(default="", alias="activeNodesNumber")


class _ClusterMetadata(BaseModel):
    uid: Word = ""
    name: Text = ""
    counts: Object[_Counts] = Field(default_factory=_Counts, alias="annotations")


class _ClusterSpec(BaseModel):
    version: Text = ""
    platform: Text = Field(default="", alias="platformVersion")


class _ClusterStatus(BaseModel):
    phase: Word = ""
    reason: Text = ""
    message: Text = ""


class ClusterView(BaseModel):
    """A cluster, as far as an upgrade cares."""

    metadata: _ClusterMetadata
    spec: _ClusterSpec
    status: _ClusterStatus

    @property
    def nodes(self) -> int | None:
        """How many nodes it has; None where that is not told."""
        return _count(self.metadata.counts.total)

    @property
    def ready(self) -> int | None:
        """How many of them work; None where that is not told."""
        return _count(self.metadata.counts.active)

    @property
    def why(self) -> str:
        """What CCE says of a phase that is not Available."""
        return ", ".join(filter(None, (self.status.reason, self.status.message)))


class _NodeMetadata(BaseModel):
    uid: Word = ""
    name: Text = ""


class _NodeStatus(BaseModel):
    phase: Word = ""


class NodeView(BaseModel):
    """A node of a cluster."""

    metadata: Object[_NodeMetadata] = Field(default_factory=_NodeMetadata)
    status: Object[_NodeStatus] = Field(default_factory=_NodeStatus)

    @property
    def is_upgrading(self) -> bool:
        """Whether it is being upgraded now."""
        return self.status.phase == "Upgrading"


class NodeList(BaseModel):
    """All nodes of a cluster."""

    items: Rows[NodeView]


class _VersionInfo(BaseModel):
    release: Text = ""
    patch: Text = ""
    targets: Rows[Text] = Field(default_factory=list, alias="targetVersions")


class _UpgradeSpec(BaseModel):
    versions: Object[_VersionInfo] = Field(default_factory=_VersionInfo, alias="versionInfo")


class UpgradeInfo(BaseModel):
    """What a cluster may be upgraded to, and whether it is being upgraded."""

    spec: _UpgradeSpec
    status: Object[_State] = Field(default_factory=_State)

    @property
    def version(self) -> str:
        """The exact version that runs; empty where it is not told."""
        found = self.spec.versions
        return f"{found.release}-{found.patch}" if found.release and found.patch else found.release

    @property
    def targets(self) -> tuple[str, ...]:
        """The versions that are offered; there may be none."""
        return tuple(each for each in self.spec.versions.targets if each)


class _Path(BaseModel):
    version: Text = ""
    targets: Rows[Text] = Field(default_factory=list, alias="targetVersions")


class UpgradePaths(BaseModel):
    """All ways from version to version."""

    paths: Rows[_Path] = Field(alias="upgradePaths")
