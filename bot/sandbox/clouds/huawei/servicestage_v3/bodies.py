"""Bodies of ServiceStage v3, read strictly.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from typing import Final, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from bot.sandbox.clouds.http.wire import JsonObject, refused_by_service
from bot.sandbox.clouds.huawei.servicestage.settings import (
    Affinity,
    AffinityRule,
    Body,
    Build,
    Command,
    CustomMetric,
    DeployStrategy,
    Env,
    ExternalAccess,
    Label,
    Lifecycle,
    Log,
    Maybe,
    Mesher,
    Probe,
    Replica,
    Resource,
    RuntimeStack,
    Source,
    Storage,
    TomcatOpts,
    UpdateStrategy,
    Version,
)

NAME_PATTERN: Final = r"\A[A-Za-z0-9_-]{2,64}\z"


class ComponentBody(Body):
    """What creating and modifying have in common."""

    name: str = Field(pattern=NAME_PATTERN)
    version: Version
    source: Source
    application_id: str | None = None
    enterprise_project_id: str | None = None
    limit_cpu: float | None = Field(default=None, ge=0)
    limit_memory: float | None = Field(default=None, ge=0)
    request_cpu: float | None = Field(default=None, ge=0)
    request_memory: float | None = Field(default=None, ge=0)
    envs: list[Env] | None = None
    storages: list[Storage] | None = None
    command: Maybe[Command] = None
    post_start: Maybe[Lifecycle] = None
    pre_stop: Maybe[Lifecycle] = None
    liveness_probe: Maybe[Probe] = None
    readiness_probe: Maybe[Probe] = None
    timezone: str | None = None
    jvm_opts: str | None = None
    description: str | None = None
    swimlane_id: str | None = None
    tomcat_opts: Maybe[TomcatOpts] = None
    mesher: Maybe[Mesher] = None
    custom_metric: Maybe[CustomMetric] = None
    logs: list[Log] | None = None
    external_accesses: list[ExternalAccess] | None = None
    labels: list[Label] | None = None
    build: Maybe[Build] = None
    affinity: Maybe[Affinity | list[AffinityRule]] = None
    anti_affinity: Maybe[Affinity | list[AffinityRule]] = None
    deploy_strategy: Maybe[DeployStrategy] = None
    config_mode: Literal["ui", "yaml", "template"] | None = None
    workload_content: str | None = None
    update_strategy: Maybe[UpdateStrategy] = None

    @model_validator(mode="after")
    def _env_names_differ(self) -> Self:
        names = [env.name for env in self.envs or []]
        if len(names) != len(set(names)):
            text = "an environment variable is named twice"
            raise ValueError(text)
        return self


class CreateBody(ComponentBody):
    """A component to be made."""

    runtime_stack: RuntimeStack
    replica: Replica
    refer_resources: list[Resource] = Field(min_length=1)
    environment_id: str | None = None


class LenientModifyBody(ComponentBody):
    """A new version of a component, as the vendor's sample has it."""

    id: str | None = None
    runtime_stack: RuntimeStack | None = None
    replica: Replica | None = None
    refer_resources: list[Resource] | None = None


class ModifyBody(LenientModifyBody):
    """A new version of a component, with what the vendor's SDK requires."""

    runtime_stack: RuntimeStack
    replica: Replica


class Scale(Body):
    """Parameters of scale."""

    replica: Replica


class Rollback(Body):
    """Parameters of rollback."""

    version: Version


class ActionBody(Body):
    """What to do with a component."""

    action: str
    parameters: JsonObject | None = None


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
        text = f"the parameter {where} is invalid: {first['msg']}"
        raise refused_by_service(400, "SVCSTG.00100400", text) from None
