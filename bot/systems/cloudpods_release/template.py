"""The body of Cloudpods' creation of a release, as slipway.yaml may hold it: whole."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints, field_validator, model_validator

from bot.core.records import Json, Record
from bot.systems._helm.declared import Whole
from bot.systems._helm.values import Values, overlay
from bot.systems._wire.templates import require_known
from bot.systems._wire.yaml_values import read_values
from bot.systems.cloudpods_release.wire import KEYWORD

_VERSION: Final = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$"
# what is sent as it stands; the server heeds neither the timeout nor the details
_OTHERS: Final = ("project", "project_domain_id", "description", "labels", "timeout", "details")

Named: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]{1,128}$")]
Placed: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]{0,128}$")]


class Creation(Record):
    """The vendor's body; what the target says as well must be the same.

    A dry run is none of it: Cloudpods renders nothing then.
    """

    chart_name: str | None = None
    repo: str | None = None
    chart: str | None = None
    release_name: str | None = None
    name: str | None = None
    generate_name: str | None = None
    cluster: str | None = None
    cluster_id: str | None = None
    namespace: str | None = None
    namespace_id: str | None = None
    version: Annotated[str, StringConstraints(pattern=_VERSION)] | None = None
    values: str = ""  # YAML
    sets: dict[str, str] = Field(default_factory=dict)
    values_json: Whole = Field(default_factory=dict)
    project: Named | None = None
    project_domain_id: Named | None = None
    description: Annotated[str, StringConstraints(max_length=256)] = ""
    labels: dict[str, str] | None = None
    timeout: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    details: bool | None = None
    dry_run: Literal[False] = False

    @model_validator(mode="before")
    @classmethod
    def _is_the_vendors(cls, body: Any) -> Any:
        """Take the body with its wrapper or without."""
        if isinstance(body, dict) and set(body) == {KEYWORD}:
            body = body[KEYWORD]
        if isinstance(body, dict):
            require_known(map(str, body), cls.model_fields)
        return body

    @field_validator("values")
    @classmethod
    def _is_yaml(cls, text: str) -> str:
        read_values(text)
        return text

    @field_validator("sets")
    @classmethod
    def _are_keys(cls, sets: dict[str, str]) -> dict[str, str]:
        overlay({}, sets)
        return sets

    @property
    def whole_values(self) -> Values:
        """All values: those of the YAML with the sets; the JSON's replace them key by key."""
        return {**overlay(read_values(self.values), self.sets), **self.values_json}

    @property
    def others(self) -> dict[str, Json]:
        """What the target does not say, nor a plan by itself."""
        return self.model_dump(mode="json", include=set(_OTHERS), exclude_defaults=True)
