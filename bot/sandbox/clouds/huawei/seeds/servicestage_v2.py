"""What a simulated project holds in ServiceStage v2 when it starts, and its open choices."""

from typing import Final, Literal

from pydantic import Field, JsonValue

from bot.sandbox.clouds.http.wire import JsonObject, Record

BILLING_APPLICATION_ID: Final = "4f2c2d3e-7e86-4a5c-9d53-5a2b4f6f8a11"
BILLING_COMPONENT_ID: Final = "0d0b8a5e-0b6d-4c1c-8c39-7a0f0f3f1a22"
BILLING_INSTANCE_ID: Final = "89f5baf5-efe4-4f12-9c0d-734d2af5a184"
ENVIRONMENT_ID: Final = "6e763000-9128-4a9d-adea-34c42cc5344d"
_CLUSTER_ID: Final = "b6862a62-d916-11e9-bdf1-0255ac101fd9"


class InstanceSeed(Record):
    """A component with one instance that is there from the start.

    *history* lists the versions deployed before, oldest first; *image* is without its version;
    *settings* are further fields of the instance's body.
    """

    application_id: str
    component_id: str
    instance_id: str
    name: str
    version: str
    image: str
    history: tuple[str, ...] = ()
    replica: int = 1
    platform_type: Literal["cce", "vmapp"] = "cce"
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    job_seconds: float | None = None
    fails_next: bool = False


class ServiceStageV2Config(Record):
    """The applications and instances of v2, and what public documents do not settle.

    * *omitted*: whether a setting that a PUT does not name is kept, or dropped;
    * *describes_in_json*: a snapshot's description is JSON in text;
    * *numeric_versions*: a version of digits only is shown as a number;
    * *versions_once*: a version that was deployed before is refused with SVCSTG.00100441;
    * *shows_component_status*: whether a component has a status, which the vendor's sample lacks.
    """

    applications: dict[str, str] = Field(default_factory=dict)  # id → name
    instances: tuple[InstanceSeed, ...] = ()
    omitted: Literal["kept", "dropped"] = "kept"
    describes_in_json: bool = True
    numeric_versions: bool = False
    versions_once: bool = False
    shows_component_status: bool = True


def image_artifacts(name: str, url: str) -> JsonObject:
    """Return the artifacts of an instance with one container."""
    return {name: {"storage": "swr", "type": "image", "url": url, "auth": "iam"}}


def billing_config(region: str) -> ServiceStageV2Config:
    """Return the sandbox's part: billing, which works."""
    return ServiceStageV2Config(
        applications={BILLING_APPLICATION_ID: "finance"},
        instances=(
            InstanceSeed(
                application_id=BILLING_APPLICATION_ID,
                component_id=BILLING_COMPONENT_ID,
                instance_id=BILLING_INSTANCE_ID,
                name="billing",
                version="2.3.0",
                image=f"swr.{region}.myhuaweicloud.com/shop/billing",
                history=("2.1.0", "2.2.0"),
                replica=2,
                settings=_settings(),
            ),
        ),
    )


def _settings() -> dict[str, JsonValue]:
    return {
        "flavor_id": "SMALL-10G:1.0C:2G",
        "description": "billing of the shop",
        "configuration": {
            "env": [{"name": "LEDGER_URL", "value": "http://ledger.finance.svc:8080"}],
            "strategy": {"upgrade": "RollingUpdate"},
            "probes": {
                "readinessProbe": {
                    "type": "http",
                    "delay": 5,
                    "timeout": 3,
                    "parameters": {"scheme": "HTTP", "port": 8080, "path": "/ready"},
                }
            },
        },
        "refer_resources": [
            {"id": _CLUSTER_ID, "type": "cce", "parameters": {"namespace": "default"}}
        ],
    }
