"""Bodies of CCE's release API, read strictly.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/UpdateAutopilotRelease.html
"""

from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.cce_gateway import bad_request

NAME_PATTERN: Final = r"\A[a-z]([a-z0-9-]*[a-z0-9])?\z"


class Body(BaseModel):
    """A body without room for unknown fields, and without conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Parameters(Body):
    """How a release is changed; what SDK and documents list, and no more."""

    dry_run: bool | None = None
    name_template: str | None = None
    no_hooks: bool | None = None
    replace: bool | None = None
    recreate: bool | None = None
    reset_values: bool | None = None
    release_version: int | None = Field(default=None, ge=1)
    include_hooks: bool | None = None


class CreateBody(Body):
    """A release to be installed."""

    chart_id: str = Field(min_length=1)
    name: str = Field(pattern=NAME_PATTERN, max_length=63)
    namespace: str = Field(min_length=1)
    version: str = Field(min_length=1)
    values: dict[str, JsonValue]
    description: str | None = None
    parameters: Parameters | None = None


class UpdateBody(Body):
    """A change of a release; every field is mandatory for the vendor's SDK, whatever the action."""

    chart_id: str = Field(min_length=1)
    action: Literal["upgrade", "rollback"]
    parameters: Parameters
    values: dict[str, JsonValue]


BodyT = TypeVar("BodyT", bound=Body)


def read(model: type[BodyT], body: JsonObject | None) -> BodyT:
    """Read *body* as *model*.

    Raises:
        RefusedError: a field is missing, unknown, of another type or out of range.
    """
    try:
        return model.model_validate({} if body is None else body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise bad_request(why=f"the parameter {where} is invalid: {first['msg']}") from None
