"""What slipway.yaml says of a release in a CCE cluster."""

import re
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, Secret, StringConstraints, model_validator

from bot.core.records import Record
from bot.systems._helm.choice import ValuesMode
from bot.systems._helm.declared import Hidden, Whole, revealed
from bot.systems._helm.values import Values, merged
from bot.systems._huawei.cce import Flavour
from bot.systems._wire.templates import Said, require_agreement, require_known

_LABEL: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
_RELEASE: Final = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
_CHART: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_VERSION: Final = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$"
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Options(Record):
    """The vendor's parameters of a change, as far as they break no promise of Slipway's.

    A dry run would make no revision; resetting or replacing would lose values that are to stay.
    `release_version` decides nothing but where a rollback goes, and that Slipway says itself.
    """

    dry_run: Literal[False] = False
    name_template: Annotated[str, StringConstraints(max_length=256)] | None = None
    no_hooks: bool | None = None
    replace: Literal[False] | None = None
    recreate: bool | None = None
    reset_values: Literal[False] | None = None
    release_version: Annotated[int, Field(ge=1)] | None = None
    include_hooks: bool | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The parameters as they are sent."""
        return self.model_dump(exclude_none=True)


class Creation(Record):
    """The vendor's body of a creation; what the target says as well must be the same."""

    chart_id: UUID | None = None
    name: str | None = None
    namespace: str | None = None
    version: Annotated[str, StringConstraints(pattern=_VERSION)] | None = None
    description: Annotated[str, StringConstraints(max_length=256)] = ""
    parameters: Options = Options()
    values: Whole = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _is_the_vendors(cls, body: Any) -> Any:
        if isinstance(body, dict):
            require_known(map(str, body), cls.model_fields)
        return body


class Release(Record):
    """A release; `chart` is the id of one version of a chart, or a chart's name."""

    cluster_id: UUID
    flavour: Flavour = "standard"
    namespace: Annotated[str, StringConstraints(pattern=_LABEL)]
    release: Annotated[str, StringConstraints(pattern=_RELEASE)]
    chart: Annotated[str, StringConstraints(pattern=_CHART)]
    values: Hidden | None = None  # all values of the user's; undeclared: those that run stay
    values_mode: ValuesMode = "replace"
    parameters: Options = Options()
    create_body: Secret[Creation] | None = None  # where it may be created; may hold secrets

    @model_validator(mode="after")
    def _is_at_one(self) -> Self:
        """Check that the template speaks of this release; by a chart's name it may tell the id."""
        if self.creation is not None:
            require_agreement(self._said(self.creation))
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from all others of its project."""
        return (str(self.cluster_id), self.namespace, self.release)

    @property
    def place(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}/{self.release}"

    @property
    def creation(self) -> Creation | None:
        """The create template; None where it may not be created."""
        return None if self.create_body is None else self.create_body.get_secret_value()

    @property
    def declared(self) -> Values | None:
        """The values that slipway.yaml declares, with their secrets."""
        return revealed(self.values)

    @property
    def created_values(self) -> Values:
        """The values of a release that is created: the template's, overlaid by the target's."""
        template = self.creation.values if self.creation else {}
        return merged(template, self.declared or {})

    @property
    def created_version(self) -> str | None:
        """The version that a creation installs: the template's; "" is that of its chart's id."""
        told = self.creation.version if self.creation else None
        return told or ("" if self.created_chart_id else None)

    @property
    def chart_id(self) -> str | None:
        """The chart's id, where one is configured; ids are UUIDs, names are not."""
        return self.chart if _ID.fullmatch(self.chart) else None

    @property
    def created_chart_id(self) -> str | None:
        """The id of the chart that a creation installs, where one is configured."""
        told = self.creation.chart_id if self.creation else None
        return str(told) if told else self.chart_id

    def _said(self, creation: Creation) -> tuple[Said, ...]:
        told = str(creation.chart_id) if creation.chart_id and self.chart_id else None
        return (
            Said("chart_id", told, "chart", self.chart.lower()),
            Said("name", creation.name, "release", self.release),
            Said("namespace", creation.namespace, "namespace", self.namespace),
        )
