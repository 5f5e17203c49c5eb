"""The registry: every cloud API that Slipway drives, and every vendor of one, one line each."""

from typing import Any, Final

from bot.core.connection import Connection
from bot.core.system import System
from bot.core.vendor import Vendor
from bot.systems._cloudpods.authentication import Cloudpods
from bot.systems._huawei.authentication import Huawei
from bot.systems.cce_cluster import CceCluster
from bot.systems.cce_release import CceRelease
from bot.systems.cloudpods_release import CloudpodsRelease
from bot.systems.servicestage_v2 import ServiceStageV2
from bot.systems.servicestage_v3 import ServiceStageV3

VENDORS: Final[tuple[Vendor[Any], ...]] = (
    Huawei(),
    Cloudpods(),
)
SYSTEMS: Final[tuple[System[Any], ...]] = (
    ServiceStageV3(),
    ServiceStageV2(),
    CceCluster(),
    CceRelease(),
    CloudpodsRelease(),
)

_BY_KIND: Final = {each.kind: each for each in VENDORS}
_BY_NAME: Final = {each.spec.name: each for each in SYSTEMS}


def system(name: str) -> System[Any]:
    """Return the system of this name.

    Raises:
        KeyError: no system has it; the catalogue lets no such name in.
    """
    return _BY_NAME[name]


def vendor_of(connection: Connection) -> Vendor[Any]:
    """Return the vendor of this kind of connection.

    Raises:
        KeyError: no vendor has it; the catalogue lets no such connection in.
    """
    return _BY_KIND[connection.kind]
