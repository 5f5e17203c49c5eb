"""What slipway.yaml says of a release in a Cloudpods cluster."""

from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import Secret, StringConstraints, model_validator

from bot.core.records import Record
from bot.systems._helm.declared import Hidden, revealed
from bot.systems._helm.values import Values, merged
from bot.systems._wire.templates import Said, require_agreement, require_given
from bot.systems.cloudpods_release.template import Creation, Placed

_RELEASE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,52}$"
_CHART: Final = r"^[^/\s]{1,128}/[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"

Kind: TypeAlias = Literal["external", "internal"]


class Release(Record):
    """A release; cluster and namespace by id or name, the chart as `repository/chart`.

    An internal one, of an internal repository, runs in the platform's own cluster, in a namespace
    of its project: Cloudpods chooses both, and they only tell it from others of its name.
    """

    type: Kind = "external"
    cluster: Placed = ""
    namespace: Placed = ""
    release: Annotated[str, StringConstraints(pattern=_RELEASE)]
    chart: Annotated[str, StringConstraints(pattern=_CHART)]
    values: Hidden | None = None  # all values of the user's; undeclared: those that run stay
    create_body: Secret[Creation] | None = None  # where it may be created; may hold secrets

    @model_validator(mode="after")
    def _is_placed(self) -> Self:
        """Check that it can be told from others of its name; a namespace wants its cluster."""
        is_free = self.is_internal and not self.namespace
        needed = () if is_free else ("cluster",) if self.is_internal else ("cluster", "namespace")
        require_given(key for key in needed if not getattr(self, key))
        return self

    @model_validator(mode="after")
    def _is_at_one(self) -> Self:
        if self.creation is not None:
            require_agreement(self._said(self.creation))
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from all others of its installation."""
        return (self.type, self.cluster, self.namespace, self.release)

    @property
    def is_internal(self) -> bool:
        """Whether it is of an internal repository."""
        return self.type == "internal"

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
        template = self.creation.whole_values if self.creation else {}
        return merged(template, self.declared or {})

    @property
    def created_version(self) -> str:
        """The version that a creation installs: the template's; "" is the newest."""
        return (self.creation.version if self.creation else None) or ""

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
        where = self.cluster or self.type
        return "/".join(part for part in (where, self.namespace, self.release) if part)

    def _said(self, creation: Creation) -> tuple[Said, ...]:
        """Return what the template says once more; an internal one may not say its place."""
        cluster = None if self.is_internal else self.cluster
        namespace = None if self.is_internal else self.namespace
        return (
            Said("chart_name", creation.chart_name, "chart", self.chart),
            Said("repo", creation.repo, "chart", self.repository),
            Said("chart", creation.chart, "chart", self.chart_name),
            Said("release_name", creation.release_name, "release", self.release),
            Said("name", creation.name, "release", self.release),
            Said("generate_name", creation.generate_name, "release", self.release),
            Said("cluster", creation.cluster, "cluster", cluster),
            Said("cluster_id", creation.cluster_id, "cluster", cluster),
            Said("namespace", creation.namespace, "namespace", namespace),
            Said("namespace_id", creation.namespace_id, "namespace", namespace),
        )
