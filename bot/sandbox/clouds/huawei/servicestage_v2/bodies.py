"""Bodies of ServiceStage v2, read strictly: no unknown field, no other type.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0018.html
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.servicestage.settings import Body, Replica, Version

_FLAVOR: Final = (
    r"\A(CUSTOM-\d+G:[0-9.]+C-[0-9.]+C:[0-9.]+Gi-[0-9.]+Gi|[A-Z]+-\d+G:[0-9.]+C:\d+G)\z"
)
_INSTANCE_NAME: Final = r"\A[a-z0-9][a-z0-9-]{1,62}\z"
_COMPONENT_NAME: Final = r"\A[A-Za-z0-9_-]{2,64}\z"

Flavor: TypeAlias = Annotated[str, Field(pattern=_FLAVOR)]
Whole: TypeAlias = Annotated[int, Field(ge=0)]


class ObjectProperties(Body):
    """Where in OBS a package lies."""

    endpoint: str | None = None
    bucket: str | None = None
    key: str | None = None


class SourceSpec(Body):
    """Where a component's code or package comes from."""

    storage: Literal["swr", "obs"] | None = None
    type: Literal["package"] | None = None
    url: str | None = None
    web_url: str | None = Field(default=None, alias="webUrl")
    auth: Literal["iam", "none"] | None = None
    properties: ObjectProperties | None = None
    repo_type: Literal["GitHub", "GitLab", "Gitee", "Bitbucket"] | None = None
    repo_url: str | None = None
    repo_ref: str | None = None
    repo_auth: str | None = None


class ComponentSource(Body):
    """What a component is made of."""

    kind: Literal["code", "artifact"]
    spec: SourceSpec


class BuildParameters(Body):
    """How it is built."""

    build_cmd: str | None = None
    dockerfile_path: str | None = None
    artifact_namespace: str | None = None
    cluster_id: str | None = None
    node_label_selector: JsonObject | None = None


class ComponentBuild(Body):
    """A build."""

    parameters: BuildParameters


class ComponentBody(Body):
    """A component to be made."""

    name: str = Field(pattern=_COMPONENT_NAME)
    runtime: Literal["Tomcat8", "Java8", "Php7", "Nodejs8", "Docker", "Python3", "Custom"]
    category: Literal["Webapp", "MicroService", "Common"]
    sub_category: (
        Literal[
            "Web", "Magento", "Wordpress", "SpringCloud", "Java Chassis", "Go Chassis", "Mesher"
        ]
        | None
    ) = None
    description: str | None = None
    source: ComponentSource | None = None
    build: ComponentBuild | None = None


class Artifact(Body):
    """What a container runs."""

    storage: Literal["swr", "devcloud", "obs"] | None = None
    type: Literal["package", "image"] | None = None
    url: str = Field(pattern=r"\A\S+\z")
    auth: Literal["iam", "none"] | None = None
    version: str | None = None
    properties: ObjectProperties | None = None


class Resource(Body):
    """A resource that an instance refers to."""

    id: str
    type: Literal[
        "security_group",
        "eip",
        "elb",
        "cce",
        "cci",
        "ecs",
        "as",
        "cse",
        "dcs",
        "rds",
        "pvc",
        "apm",
    ]
    refer_alias: str | None = None
    parameters: JsonObject | None = None


class Env(Body):
    """A variable."""

    name: str = Field(min_length=1)
    value: str


class Mount(Body):
    """Where a volume is mounted."""

    path: str
    sub_path: str | None = Field(default=None, alias="subPath")
    read_only: bool = Field(alias="readOnly")


class StorageParameters(Body):
    """What is mounted."""

    path: str | None = None
    name: str | None = None
    default_mode: int | None = Field(default=None, alias="defaultMode")
    medium: str | None = None


class Storage(Body):
    """A volume."""

    type: Literal["HostPath", "EmptyDir", "ConfigMap", "Secret", "PersistentVolumeClaim"]
    parameters: StorageParameters
    mounts: list[Mount]


class Strategy(Body):
    """How containers are replaced."""

    upgrade: Literal["RollingUpdate", "Recreate"]


class Probe(Body):
    """How health is asked for."""

    type: Literal["http", "tcp", "command"]
    delay: Whole | None = None
    timeout: Whole | None = None
    parameters: JsonObject


class Probes(Body):
    """Both probes."""

    liveness: Probe | None = Field(default=None, alias="livenessProbe")
    readiness: Probe | None = Field(default=None, alias="readinessProbe")


class Configuration(Body):
    """How an instance runs."""

    env: list[Env] | None = None
    storage: list[Storage] | None = None
    strategy: Strategy | None = None
    lifecycle: JsonObject | None = None
    scheduler: JsonObject | None = None
    probes: Probes | None = None
    container_spec: JsonObject | None = None


class NewAccess(Body):
    """How an instance is to be reached from outside."""

    protocol: Literal["HTTP", "HTTPS"]
    address: str
    forward_port: int


class Access(Body):
    """How an instance is reached from outside."""

    id: str | None = None
    protocol: Literal["HTTP", "HTTPS"] | None = None
    address: str | None = None
    forward_port: int | None = None
    type: Literal["AUTO_GENERATED", "SPECIFIED", "IP_ADDR"] | None = None
    status: Literal["NORMAL", "EXPIRED"] | None = None


class CreateInstanceBody(Body):
    """An instance to be made."""

    name: str = Field(pattern=_INSTANCE_NAME)
    environment_id: str
    replica: Replica
    flavor_id: Flavor
    version: Version
    artifacts: dict[str, Artifact] = Field(min_length=1)
    refer_resources: list[Resource] = Field(min_length=1)
    configuration: Configuration | None = None
    description: str | None = None
    external_accesses: list[NewAccess] | None = None


class ModifyInstanceBody(Body):
    """A new version of an instance.

    Name, environment and replicas are in the vendor's sample, a number as version too; none of
    them is in the model of its SDK.
    """

    version: Version | Whole
    flavor_id: Flavor | None = None
    artifacts: dict[str, Artifact] | None = Field(default=None, min_length=1)
    refer_resources: list[Resource] | None = None
    configuration: Configuration | None = None
    description: str | None = None
    external_accesses: list[Access] | None = None
    name: str | None = None
    environment_id: str | None = None
    replica: Replica | None = None


class Scale(Body):
    """Parameters of scale in a cluster."""

    replica: Replica


class ScaleHosts(Body):
    """Parameters of scale on ECS."""

    hosts: list[str] = Field(min_length=1)


class Rollback(Body):
    """Parameters of rollback."""

    version: Version


class ActionBody(Body):
    """What to do with an instance."""

    action: str
    parameters: JsonObject | None = None
