"""Strict simulators of the clouds that Slipway drives; they share no code with it."""

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
    "ComponentSeed",
    "Credential",
    "EnvSeed",
    "Fault",
    "HuaweiCloud",
    "HuaweiConfig",
    "ReadyToken",
    "huawei_app",
    "sandbox_config",
]
