"""What slipway.yaml says of a release in a Cloudpods cluster."""

from typing import Annotated, Final, TypeAlias

from pydantic import Field, Secret, StringConstraints

from bot.core.records import Record
from bot.systems._helm.declared import Hidden, Whole, revealed
from bot.systems._helm.values import Values, merged

_VERSION: Final = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$"
_RELEASE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,52}$"
_CHART: Final = r"^[^/\s]{1,128}/[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"

Named: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]{1,128}$")]


class Creation(Record):
    """What a create template may hold; the rest the target says.

    A dry run is none of it: Cloudpods renders nothing then.
    """

    version: Annotated[str, StringConstraints(pattern=_VERSION)] | None = None
    description: Annotated[str, StringConstraints(max_length=256)] = ""
    project_domain_id: Named | None = None
    values_json: Whole = Field(default_factory=dict)


class Release(Record):
    """A release; cluster and namespace by id or name, the chart as `repository/chart`."""

    cluster: Named
    namespace: Named
    release: Annotated[str, StringConstraints(pattern=_RELEASE)]
    chart: Annotated[str, StringConstraints(pattern=_CHART)]
    values: Hidden | None = None  # all values of the user's; undeclared: those that run stay
    create_body: Secret[Creation] | None = None  # where it may be created; may hold secrets

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
        template = self.creation.values_json if self.creation else {}
        return merged(template, self.declared or {})

    @property
    def repository(self) -> str:
        """The chart's repository."""
        return self.chart.partition("/")[0]

    @property
    def chart_name(self) -> str:
        """The chart's own name."""
        return self.chart.partition("/")[2]

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"{self.cluster}/{self.namespace}/{self.release}"
