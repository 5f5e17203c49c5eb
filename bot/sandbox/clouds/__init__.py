"""Strict simulators of the clouds that Slipway drives; they share no code with it."""

from bot.sandbox.clouds.cloudpods import CloudpodsCloud, cloudpods_app
from bot.sandbox.clouds.cloudpods_config import CloudpodsConfig
from bot.sandbox.clouds.cloudpods_content import sandbox_cloudpods
from bot.sandbox.clouds.config import (
    ApplicationSeed,
    ComponentSeed,
    Credential,
    EnvSeed,
    HuaweiConfig,
    ReadyToken,
)
from bot.sandbox.clouds.content import sandbox_config
from bot.sandbox.clouds.faults import Fault
from bot.sandbox.clouds.huawei import HuaweiCloud, huawei_app

__all__ = [
    "ApplicationSeed",
    "CloudpodsCloud",
    "CloudpodsConfig",
    "ComponentSeed",
    "Credential",
    "EnvSeed",
    "Fault",
    "HuaweiCloud",
    "HuaweiConfig",
    "ReadyToken",
    "cloudpods_app",
    "huawei_app",
    "sandbox_cloudpods",
    "sandbox_config",
]
