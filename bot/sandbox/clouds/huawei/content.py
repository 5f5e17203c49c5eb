"""What the sandbox's Huawei Cloud holds: a shop whose checkout works, and a flaky component."""

from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import ReadyToken
from bot.sandbox.clouds.huawei.config import (
    ApplicationSeed,
    ComponentSeed,
    Credential,
    EnvSeed,
    HuaweiConfig,
    UserSeed,
)
from bot.sandbox.clouds.huawei.seeds.cce_clusters import edge_config, stage_clusters
from bot.sandbox.clouds.huawei.seeds.cce_releases import search_config
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import billing_config

PROJECT_ID: Final = "063a3158b1a34710b36ad208b9497d00"
REGION: Final = "cn-north-4"
SHOP_ID: Final = "2c458700-c8e0-4651-a73b-5219b70a6572"
CHECKOUT_ID: Final = "f3f6cb89-831d-4579-8bbc-664487889e38"
CHECKOUT_DEV_ID: Final = "4e0b8f0c-52a1-4a9e-8a0d-6f3f8f1d9b27"
ENVIRONMENT_ID: Final = "3f1e6b0a-1f0c-4f0e-9d8e-0d3f1c2b4a55"
FLAKY_ID: Final = "7d1b6a4e-0f52-4c4b-9a3e-5b7f0c2d9e61"
ACCESS_KEY: Final = "SANDBOXAK00000000001"
SECRET_KEY: Final = "sandbox-secret-key-not-real"  # noqa: S105 - opens nothing but the sandbox
DOMAIN: Final = "shop-account"
USERNAME: Final = "slipway-ops"
PASSWORD: Final = "sandbox-password-not-real"  # noqa: S105 - opens nothing but the sandbox
TOKEN: Final = "sandbox-token-not-real"  # noqa: S105 - opens nothing but the sandbox


def sandbox_config(*, job_seconds: float = 4.0) -> HuaweiConfig:
    """Return the sandbox's project; its jobs take *job_seconds*."""
    return HuaweiConfig(
        project_id=PROJECT_ID,
        region=REGION,
        credentials=(Credential(ak=ACCESS_KEY, sk=SECRET_KEY),),
        tokens=(ReadyToken(token=TOKEN),),
        users=(UserSeed(name=USERNAME, password=PASSWORD, domain=DOMAIN),),
        applications=(ApplicationSeed(id=SHOP_ID, name="shop"),),
        components=(_checkout(), _flaky()),
        servicestage_v2=billing_config(REGION),
        cce_clusters=edge_config(seconds=job_seconds),
        cce_releases=search_config(seconds=job_seconds),
        job_seconds=job_seconds,
    )


def stage_config(*, job_seconds: float = 4.0) -> HuaweiConfig:
    """Return the project that people play with: also a component and a cluster for developers.

    The cluster edge has a risk, which people may skip.
    """
    plain = sandbox_config(job_seconds=job_seconds)
    developers = {"id": CHECKOUT_DEV_ID, "name": "checkout-dev"}
    components = (*plain.components, _checkout().model_copy(update=developers))
    clusters = stage_clusters(seconds=job_seconds)
    return plain.model_copy(update={"components": components, "cce_clusters": clusters})


def _checkout() -> ComponentSeed:
    return ComponentSeed(
        id=CHECKOUT_ID,
        application_id=SHOP_ID,
        name="checkout",
        version="1.3.0",
        image=f"swr.{REGION}.myhuaweicloud.com/shop/checkout:1.3.0",
        history=("1.2.0",),
        envs=(
            EnvSeed(name="PAYMENT_URL", value="http://payment.shop.svc:8080"),
            EnvSeed(name="LOG_LEVEL", value="info"),
            *_platform_envs("checkout"),
        ),
        settings=_settings("checkout", tier="front"),
    )


def _flaky() -> ComponentSeed:
    return ComponentSeed(
        id=FLAKY_ID,
        application_id=SHOP_ID,
        name="flaky",
        version="2.0.0",
        image=f"swr.{REGION}.myhuaweicloud.com/shop/flaky:2.0.0",
        history=("1.9.0",),
        envs=(EnvSeed(name="LOG_LEVEL", value="debug"), *_platform_envs("flaky")),
        settings=_settings("flaky", tier="back"),
        fails_next=True,
    )


def _platform_envs(name: str) -> tuple[EnvSeed, ...]:
    values = {
        "PAAS_APP_NAME": name,
        "PAAS_NAMESPACE": "default",
        "PAAS_PROJECT_ID": PROJECT_ID,
        "PAAS_REGION_NAME": REGION,
    }
    return tuple(EnvSeed(name=key, value=value, inner=True) for key, value in values.items())


def _settings(name: str, *, tier: str) -> dict[str, JsonValue]:
    return {
        "description": f"{name} of the shop",
        "labels": [{"key": "team", "value": "shop"}, {"key": "tier", "value": tier}],
        "limit_cpu": 0.5,
        "limit_memory": 1.0,
        "request_cpu": 0.25,
        "request_memory": 0.5,
        "readiness_probe": {
            "type": "http",
            "delay": 5,
            "timeout": 3,
            "scheme": "HTTP",
            "port": 8080,
            "path": "/ready",
        },
        "liveness_probe": {"type": "tcp", "delay": 10, "timeout": 3, "port": 8080},
        "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": 2}},
    }
