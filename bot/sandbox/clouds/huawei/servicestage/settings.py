"""Settings of a component as ServiceStage v3 takes them: no unknown field, no other type.

An empty object stands for a setting that is not set, as the vendor's samples have it.
Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from typing import Annotated, Final, Literal, Self, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.sandbox.clouds.http.wire import JsonObject

VERSION_PATTERN: Final = r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z"
REPLICA_MAX: Final = 200
_BATCHES: Final = r"\A[1-9][0-9]{0,2}\z"

_T = TypeVar("_T")


def _unset(value: object) -> object:
    return None if value == {} else value


Maybe: TypeAlias = Annotated[_T | None, BeforeValidator(_unset)]
Replica: TypeAlias = Annotated[int, Field(ge=0, le=REPLICA_MAX)]
Version: TypeAlias = Annotated[str, Field(pattern=VERSION_PATTERN)]


class Body(BaseModel):
    """A part of a body; nothing in it is guessed or converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RuntimeStack(Body):
    """What a component runs on."""

    name: str = Field(min_length=1)
    type: str = Field(min_length=1)
    version: str
    deploy_mode: Literal["container", "virtualmachine"]


class Source(Body):
    """Where its code or image comes from."""

    kind: Literal["code", "package", "image"]
    url: str | None = Field(default=None, pattern=r"\A\S+\z")
    version: str | None = None
    storage: str | None = None
    auth: str | None = None
    repo_auth: str | None = None
    repo_namespace: str | None = None
    repo_ref: str | None = None
    repo_type: str | None = None
    repo_url: str | None = None
    web_url: str | None = None

    @model_validator(mode="after")
    def _image_has_a_url(self) -> Self:
        if self.kind != "code" and self.url is None:
            text = "source.url is required for an image or a package"
            raise ValueError(text)
        return self


class ResourceParameters(Body):
    """Where in a cluster it runs."""

    namespace: str | None = None
    type: Literal["VirtualMachine", "ARM64"] | None = None


class Resource(Body):
    """A resource that it refers to."""

    id: str
    type: Literal["vpc", "eip", "elb", "cce", "ecs", "as", "cse", "dcs", "rds"]
    parameters: ResourceParameters | None = None


class ValueFrom(Body):
    """Where a variable takes its value from."""

    reference_type: str
    name: str
    key: str | None = None
    optional: bool | None = None


class Env(Body):
    """An environment variable of people; those of the platform must not be sent."""

    name: str = Field(min_length=1)
    value: str | None = None
    value_from: Maybe[ValueFrom] = None
    inner: Literal[False] | None = None


class StorageParameters(Body):
    """What is mounted."""

    path: str | None = None
    name: str | None = None
    default_mode: int | None = None
    medium: str | None = None


class Mount(Body):
    """Where it is mounted."""

    path: str
    sub_path: str
    read_only: bool


class Storage(Body):
    """A volume."""

    type: Literal["HostPath", "EmptyDir", "ConfigMap", "Secret", "PersistentVolumeClaim"]
    name: str
    parameters: StorageParameters
    mounts: list[Mount]


class Command(Body):
    """What the container runs."""

    command: list[str] = Field(default_factory=list)
    args: list[str] = Field(default_factory=list)


class Lifecycle(Body):
    """What is done after the start or before the stop."""

    type: Literal["http", "command"]
    scheme: str | None = None
    host: str | None = None
    port: int | None = None
    path: str | None = None
    command: list[str] | None = None


class Probe(Body):
    """How its health is asked for."""

    type: Literal["http", "tcp", "command"]
    delay: int = Field(ge=0)
    timeout: int = Field(ge=1)
    scheme: str | None = None
    host: str | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    path: str | None = None
    command: list[str] | None = None


class TomcatOpts(Body):
    """The configuration of Tomcat."""

    server_xml: str


class Mesher(Body):
    """The service mesh agent."""

    port: int


class CustomMetric(Body):
    """Where it shows metrics."""

    path: str
    port: int
    dimensions: str


class Log(Body):
    """Which logs are collected."""

    log_path: str
    rotate: Literal["Hourly", "Daily", "Weekly"]
    host_path: str
    host_extend_path: str


class ExternalAccess(Body):
    """How it is reached from outside."""

    protocol: str | None = None
    address: str | None = None
    forward_port: int | None = None


class Label(Body):
    """A label."""

    key: str = Field(min_length=1)
    value: str


class BuildParameters(Body):
    """How it is built."""

    cluster_id: str
    artifact_namespace: str | None = None
    build_cmd: str | None = None
    dockerfile_path: str | None = None
    environment_id: str | None = None
    node_label_selector: JsonObject | None = None


class Build(Body):
    """A build."""

    parameters: BuildParameters


class AffinityComponent(Body):
    """A component to be near to, or far from."""

    display_name: str = Field(alias="displayName")
    name: str


class Affinity(Body):
    """Where it should run, in the older form."""

    az: list[str] = Field(default_factory=list)
    node: list[str] = Field(default_factory=list)
    component: list[AffinityComponent] = Field(default_factory=list)


class MatchExpression(Body):
    """A condition on labels."""

    key: str
    operation: str
    value: str


class AffinityRule(Body):
    """Where it should run, in the newer form."""

    condition: str
    kind: str
    match_expressions: list[MatchExpression]
    weight: int | None = None


class RollingRelease(Body):
    """In how many batches; the vendor sends the number as text, too."""

    batches: Annotated[int, Field(ge=1)] | Annotated[str, Field(pattern=_BATCHES)]


class GrayRule(Body):
    """Which requests the first batch serves, by their content."""

    type: str
    key: str
    value: str
    condition: Literal["equal", "match", "in"]


class GrayRelease(Body):
    """How large the first batch is, and how many follow it."""

    type: Literal["WEIGHT", "CONTENT"]
    replica_surge_mode: Literal["MIRROR", "EXTRA", "NOSURGE"]
    deployment_mode: Literal[1, 3, 4, 6]
    first_batch_weight: int | None = Field(default=None, ge=1, le=100)
    first_batch_replica: int | None = Field(default=None, ge=1)
    remaining_batch: int | None = Field(default=None, ge=1)
    rule_match_mode: Literal["all", "any"] | None = None
    rules: list[GrayRule] | None = None

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Self:
        if self.type == "WEIGHT" and self.first_batch_weight is None:
            text = "first_batch_weight belongs to WEIGHT"
            raise ValueError(text)
        if self.type == "CONTENT" and not self.rules:
            text = "rules belong to CONTENT"
            raise ValueError(text)
        return self


class DeployStrategy(Body):
    """How a version is brought out; a gray release waits for people after its first batch."""

    type: Literal["OneBatchRelease", "RollingRelease", "GrayRelease"]
    rolling_release: RollingRelease | None = None
    gray_release: GrayRelease | None = None

    @model_validator(mode="after")
    def _rolling_has_batches(self) -> Self:
        if (self.type == "RollingRelease") != (self.rolling_release is not None):
            text = "rolling_release belongs to RollingRelease and only to it"
            raise ValueError(text)
        if (self.type == "GrayRelease") != (self.gray_release is not None):
            text = "gray_release belongs to GrayRelease and only to it"
            raise ValueError(text)
        return self


class UpdateStrategy(Body):
    """How Kubernetes replaces containers."""

    type: Literal["RollingUpdate", "Recreate"]
    max_surge: int | None = None
    max_unavailable: int | None = None
