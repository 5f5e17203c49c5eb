"""Strict simulators of the clouds that Slipway drives; they share no code with it."""

from bot.sandbox.clouds.cloudpods.config import CloudpodsConfig
from bot.sandbox.clouds.cloudpods.content import sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.installation import CloudpodsCloud, cloudpods_app
from bot.sandbox.clouds.http.clock import StoppableClock
from bot.sandbox.clouds.http.faults import Armed, Fault
from bot.sandbox.clouds.http.ledger import Refused
from bot.sandbox.clouds.http.serving import LockedFaults
from bot.sandbox.clouds.http.wire import ReadyToken
from bot.sandbox.clouds.huawei.config import (
    ApplicationSeed,
    ComponentSeed,
    Credential,
    EnvSeed,
    HuaweiConfig,
)
from bot.sandbox.clouds.huawei.content import sandbox_config, stage_config
from bot.sandbox.clouds.huawei.project import HuaweiCloud, huawei_app

__all__ = [
    "ApplicationSeed",
    "Armed",
    "CloudpodsCloud",
    "CloudpodsConfig",
    "ComponentSeed",
    "Credential",
    "EnvSeed",
    "Fault",
    "HuaweiCloud",
    "HuaweiConfig",
    "LockedFaults",
    "ReadyToken",
    "Refused",
    "StoppableClock",
    "cloudpods_app",
    "huawei_app",
    "sandbox_cloudpods",
    "sandbox_config",
    "stage_config",
]
