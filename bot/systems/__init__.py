"""The registry: every cloud API that Slipway drives, one line each."""

from typing import Any, Final

from bot.core.system import System
from bot.systems.cce_cluster import CceCluster
from bot.systems.cce_release import CceRelease
from bot.systems.cloudpods_release import CloudpodsRelease
from bot.systems.servicestage_v2 import ServiceStageV2
from bot.systems.servicestage_v3 import ServiceStageV3

SYSTEMS: Final[tuple[System[Any], ...]] = (
    ServiceStageV3(),
    ServiceStageV2(),
    CceCluster(),
    CceRelease(),
    CloudpodsRelease(),
)

_BY_NAME: Final = {each.spec.name: each for each in SYSTEMS}


def system(name: str) -> System[Any]:
    """Return the system of this name.

    Raises:
        KeyError: no system has it; the catalogue lets no such name in.
    """
    return _BY_NAME[name]
