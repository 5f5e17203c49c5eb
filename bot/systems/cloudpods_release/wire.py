"""What Cloudpods answers about releases and charts.

Source: https://github.com/yunionio/kubecomps/tree/master/pkg/kubeserver/api
"""

import re
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from bot.core.codes.systems import ListedTwice
from bot.core.flow import Reply
from bot.systems._cloudpods import kubeserver
from bot.systems._helm.limits import unfit
from bot.systems._helm.values import Values
from bot.systems._wire.replies import moment, parse, unreadable
from bot.systems._wire.text import Text, Word, keyed

ModelT = TypeVar("ModelT", bound=BaseModel)

DEPLOYED: Final = "deployed"
FAILED: Final = "failed"
SUPERSEDED: Final = "superseded"
PENDING: Final = frozenset({"pending-install", "pending-upgrade", "pending-rollback"})
BEGUN: Final = frozenset({"init", "creating"})  # the task that installs it has not come to Helm
DELETING: Final = "deleting"
DELETION_FAILED: Final = "delete_fail"
AT_WORK: Final = BEGUN | {"syncing", "updating", DELETING}
BAD_ENDS: Final = frozenset({"create_fail", "sync_fail", "update_fail", DELETION_FAILED, "unknown"})
HELM_WORDS: Final = PENDING | {DEPLOYED, FAILED, SUPERSEDED, "uninstalling", "uninstalled"}

KEYWORD: Final = "release"
_RETURNED: Final = re.compile(r"rollback to (\d{1,9})\b", re.IGNORECASE)
_ROLLBACK: Final = re.compile(r"rollback\b", re.IGNORECASE)
_BROKEN: Final = re.compile(r'(?:upgrade|rollback|release) "[^"]*" failed', re.IGNORECASE)
_DIGIT: Final = re.compile(r"-(?=v?\d)")

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Number = Annotated[int, Field(ge=0, le=1_000_000_000)]


def is_known(status: str) -> bool:
    """Whether the API's pages list *status*."""
    return status in HELM_WORDS | AT_WORK | BAD_ENDS


def _map(value: Any) -> Any:
    return value if isinstance(value, dict) else None


class Row(BaseModel):
    """A release as the list's database rows have it."""

    id: Id
    name: Text = ""
    status: Word = ""
    chart: Text = ""
    chart_version: Text = ""
    repo_id: Word = ""
    cluster: Text = ""
    cluster_id: Text = ""
    namespace: Text = ""
    namespace_id: Text = ""
    external_id: Text = ""
    created_at: Text = ""

    @property
    def lacks_repository(self) -> bool:
        """Whether it is known to have none: it was found in the cluster, not made here."""
        return "repo_id" in self.model_fields_set and not self.repo_id

    @property
    def namespace_name(self) -> str:
        """The name of its namespace, where that is told."""
        parts = self.external_id.split("/")
        return self.namespace or (parts[1] if len(parts) == 3 else "")  # noqa: PLR2004 - cluster/namespace/name


class Rows(BaseModel):
    """The list of releases."""

    releases: list[Row]


class Info(BaseModel):
    """What Helm says of a release now."""

    status: Word = ""
    description: Text = ""


class Shown(Row):
    """A release with its live part, which lacks where the cluster is not reached."""

    version: Number = 0  # Helm's revision
    config: Annotated[Values | None, BeforeValidator(_map)] = None
    resources: Any = None
    pods_status: Annotated[Values | None, BeforeValidator(_map)] = None  # of the whole namespace
    info: Annotated[Info, BeforeValidator(keyed)] = Field(default_factory=Info)


class Revision(BaseModel):
    """One row of the history."""

    number: Annotated[int, Field(ge=1, le=1_000_000_000, alias="revision")]
    status: Word = ""
    chart: Word = ""
    description: Text = ""
    updated: Word = ""

    @property
    def text(self) -> str:
        """The revision as people name it."""
        return str(self.number)

    @property
    def updated_at(self) -> datetime | None:
        """When it was made or changed; None where that cannot be read."""
        return moment(self.updated)

    @property
    def is_pending(self) -> bool:
        """Whether Helm has not come to its end."""
        return self.status in PENDING

    @property
    def has_failed(self) -> bool:
        """Whether it failed: a failed one turns superseded when a rollback fails after it."""
        return self.status == FAILED or _BROKEN.match(self.description) is not None

    @property
    def is_usable(self) -> bool:
        """Whether it ran once, as far as its record tells."""
        return self.status in {DEPLOYED, SUPERSEDED} and not self.has_failed

    @property
    def is_rollback(self) -> bool:
        """Whether a rollback made it, whether or not it ended well."""
        return _ROLLBACK.match(self.description) is not None

    @property
    def returned_to(self) -> int | None:
        """The revision that a rollback made it from; None: it was made in another way."""
        found = _RETURNED.match(self.description)
        return int(found[1]) if found else None

    def version(self, chart: str) -> str:
        """Return the chart's version, from `<chart>-<version>`; empty where it cannot be read."""
        if self.chart.startswith(f"{chart}-"):
            return self.chart.removeprefix(f"{chart}-")
        parts = _DIGIT.split(self.chart, maxsplit=1)
        return parts[1] if len(parts) == 2 else ""  # noqa: PLR2004 - name and version


class _History(BaseModel):
    rows: list[Revision]


class Made(BaseModel):
    """What an upgrade or rollback answers, as far as it is read: the rest may be megabytes."""

    id: Word = ""
    name: Word = ""
    version: Annotated[Number, BeforeValidator(lambda value: value or 0)] = 0


class _Metadata(BaseModel):
    name: Word = ""
    version: Word = ""


class _Chart(BaseModel):
    metadata: Annotated[_Metadata, BeforeValidator(keyed)] = Field(default_factory=_Metadata)
    name: Word = ""
    version: Word = ""


class ChartRow(BaseModel):
    """A version of a chart, whose name and version stand at one of several depths."""

    name: Word = ""
    version: Word = ""
    chart: Annotated[_Chart, BeforeValidator(keyed)] = Field(default_factory=_Chart)

    @property
    def chart_name(self) -> str:
        """The chart's name."""
        return self.name or self.chart.name or self.chart.metadata.name

    @property
    def chart_version(self) -> str:
        """The chart's version."""
        return self.version or self.chart.version or self.chart.metadata.version


class _ChartContent(BaseModel):
    values: Annotated[Values, BeforeValidator(keyed)] = Field(default_factory=dict)


class ShownChart(BaseModel):
    """A chart with its content; the rest may be megabytes."""

    chart: _ChartContent

    @property
    def defaults(self) -> Values | None:
        """Its default values; None where they cannot be shown."""
        return None if unfit(self.chart.values) else self.chart.values


class Charts(BaseModel):
    """A page of charts; `total` is left out where it is 0."""

    charts: list[ChartRow]
    total: Number = 0


def parse_one(model: type[ModelT], reply: Reply, doing: str) -> ModelT:
    """Return the one release that *reply* is about.

    Raises:
        UnreadableReplyError: it is not what the API promises.
    """
    return kubeserver.parse_one(model, KEYWORD, reply, doing)


def parse_history(reply: Reply, doing: str) -> tuple[Revision, ...]:
    """Return the history, newest first: the API sorts it as text.

    Raises:
        UnreadableReplyError: it is not what the API promises.
    """
    found = {"rows": kubeserver.unwrapped(KEYWORD, reply.body)}
    rows = parse(_History, reply.model_copy(update={"body": found}), doing).rows
    if len({row.number for row in rows}) < len(rows):
        raise unreadable(doing=doing, why=ListedTwice(what="revision"))
    return tuple(sorted(rows, key=lambda row: row.number, reverse=True))
