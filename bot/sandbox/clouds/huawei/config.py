"""What a simulated Huawei Cloud project holds when it starts, and how strict it is."""

from pydantic import Field, JsonValue

from bot.sandbox.clouds.http.wire import JsonObject, ReadyToken, Record
from bot.sandbox.clouds.huawei.cce_gateway import WRITES_A_MINUTE
from bot.sandbox.clouds.huawei.seeds.cce_clusters import CceClusterConfig
from bot.sandbox.clouds.huawei.seeds.cce_releases import CceReleaseConfig
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import ServiceStageV2Config


class Credential(Record):
    """An access key; one with a security token is a temporary key."""

    ak: str
    sk: str = Field(repr=False)
    name: str = "slipway"
    security_token: str | None = Field(default=None, repr=False)


class UserSeed(Record):
    """An IAM user of an account, the *domain*, who may log in."""

    name: str
    password: str = Field(repr=False)
    domain: str


class EnvSeed(Record):
    """An environment variable of a component; inner ones belong to the platform."""

    name: str
    value: str
    inner: bool = False


class ComponentSeed(Record):
    """A component that is there from the start.

    *history* lists the versions deployed before, oldest first; *settings* are further fields of
    its body; *job_seconds* is how long each of its jobs takes.
    """

    id: str
    application_id: str
    name: str
    version: str
    image: str
    history: tuple[str, ...] = ()
    envs: tuple[EnvSeed, ...] = ()
    replica: int = 2
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    job_seconds: float | None = None
    fails_next: bool = False


class ApplicationSeed(Record):
    """An application that is there from the start."""

    id: str
    name: str


class HuaweiConfig(Record):
    """One project of one region, its keys and content, and the choices the vendor leaves open.

    The switches stand for what public documents do not settle:

    * *lenient_put*: a PUT may lack runtime_stack and replica, as the vendor's sample does;
    * *versions_once*: a version that was deployed before is refused with SVCSTG.00100441;
    * *busy_status* and *busy_code*: how a second write is refused while a job runs;
    * *skew_code*: how a signature of another time is refused.
    """

    project_id: str
    region: str = "cn-north-4"
    credentials: tuple[Credential, ...] = ()
    tokens: tuple[ReadyToken, ...] = ()
    users: tuple[UserSeed, ...] = ()
    token_seconds: float = Field(default=86_400.0, gt=0)
    applications: tuple[ApplicationSeed, ...] = ()
    components: tuple[ComponentSeed, ...] = ()
    servicestage_v2: ServiceStageV2Config = ServiceStageV2Config()
    cce_clusters: CceClusterConfig = CceClusterConfig()
    cce_releases: CceReleaseConfig = CceReleaseConfig()
    cce_writes_a_minute: int | None = WRITES_A_MINUTE  # None: as many as one likes
    job_seconds: float = Field(default=4.0, ge=0)
    lenient_put: bool = True
    versions_once: bool = False
    busy_status: int = 409
    busy_code: str = "SVCSTG.00100400"
    skew_code: str = "APIGW.0303"


def image_settings(image: str) -> JsonObject:
    """Return the runtime stack and source of a container image in SWR."""
    return {
        "runtime_stack": {
            "name": "Docker",
            "type": "Docker",
            "version": "",
            "deploy_mode": "container",
        },
        "source": {"kind": "image", "storage": "swr", "url": image},
    }
