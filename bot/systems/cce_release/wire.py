"""What CCE's release and chart APIs answer.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/UpdateAutopilotRelease.html
"""

import json
import re
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field, StrictInt, StringConstraints

from bot.systems._helm.limits import unfit
from bot.systems._helm.values import Values
from bot.systems._huawei.cce import moment
from bot.systems._wire.text import Text, Word

DEPLOYED: Final = "DEPLOYED"
DELETED: Final = "DELETED"
DELETING: Final = "DELETING"
SUPERSEDED: Final = "SUPERSEDED"  # Helm's word for an older revision; CCE's list lacks it
PENDING: Final = frozenset({"PENDING_INSTALL", "PENDING_UPGRADE", "PENDING_ROLLBACK"})
UNKNOWN: Final = "UNKNOWN"
BAD: Final = frozenset({"FAILED", UNKNOWN})
_TEXT_MAX: Final = 2_000_000  # characters of values that are read
_BROKEN: Final = re.compile(r"(?i)(?:upgrade|rollback|release)\b[^:]* failed\b")
_ROLLED_BACK: Final = re.compile(r"(?i)\brollback to (\d{1,9})\b")

_DIGITS: Final = re.compile(r"[0-9]{1,10}")
_Fit: Final = StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$")
_FitId: Final = StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> Any:
    """Take a number that is written as a text."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


class ReleaseView(BaseModel):
    """A release, or one of its revisions."""

    name: Word = ""
    namespace: Word = ""
    chart_name: Text = ""
    chart_version: Text = ""
    status: Word = ""
    status_description: Text = ""
    description: Text = ""
    create_at: Text = ""
    update_at: Text = ""
    values: Annotated[str, BeforeValidator(_text)] = ""
    resources: Any = None
    version: Annotated[StrictInt, BeforeValidator(_number), Field(ge=1, le=1_000_000_000)]

    @property
    def revision(self) -> str:
        """The revision as people name it."""
        return str(self.version)

    @property
    def chart(self) -> str:
        """The chart with its version, for people."""
        return f"{self.chart_name or '?'} {self.chart_version or '?'}"

    @property
    def shown(self) -> Values | None:
        """The values as they are shown, secrets masked perhaps; None where they are no JSON."""
        if not 0 < len(self.values) <= _TEXT_MAX:
            return None
        try:
            read = json.loads(self.values)
        except (ValueError, RecursionError):
            return None
        return read if isinstance(read, dict) and not unfit(read) else None

    @property
    def words(self) -> str:
        """What the API says about it, for people."""
        return self.status_description or self.description

    @property
    def rolled_back_to(self) -> int | None:
        """The revision that a rollback made it from, as Helm describes it; None: another way."""
        found = _ROLLED_BACK.search(self.description) or _ROLLED_BACK.search(
            self.status_description
        )
        return int(found[1]) if found else None

    @property
    def is_returnable(self) -> bool:
        """Whether it ended well as far as is told: older ones may have any word for a status.

        A failed one turns superseded when a rollback fails after it; its description stays.
        """
        if any(_BROKEN.match(each) for each in (self.description, self.status_description)):
            return False
        return self.status not in {*BAD, *PENDING, DELETED, DELETING, ""}

    @property
    def changed_at(self) -> datetime | None:
        """When it was made or changed; None where that cannot be read."""
        return moment(self.update_at) or moment(self.create_at)


class Chart(BaseModel):
    """One version of a chart."""

    id: Annotated[str, _FitId]
    name: Annotated[str, _Fit]
    version: Annotated[str, _Fit]

    @property
    def shown(self) -> str:
        """The chart with its version, for people."""
        return f"{self.name} {self.version}"


class ChartValues(BaseModel):
    """The values of a chart, in groups; the page and the SDK know one, "basic"."""

    values: dict[str, Any]

    @property
    def defaults(self) -> Values | None:
        """The values as they stand in the chart; None where they are none that can be shown."""
        basic = self.values.get("basic")
        whole = basic if isinstance(basic, dict) else self.values
        return whole if not unfit(whole) else None
