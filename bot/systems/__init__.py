"""The registry: every cloud API that Slipway drives, and every vendor of one, one line each.

A system's package has its `SYSTEM`, a vendor's folder its `VENDOR` in `authentication.py`. A
package from outside joins by an entry point of the group `slipway.systems`, which names its
`SYSTEM`; for a cloud of its own also by one of `slipway.vendors`, which names its `VENDOR`.
"""

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from bot.core.connection import Connection
from bot.core.system import System
from bot.core.vendor import Vendor

_VENDORS: Final = (
    "_huawei",
    "_cloudpods",
)
_SYSTEMS: Final = (
    "servicestage_v3",
    "servicestage_v2",
    "cce_cluster",
    "cce_release",
    "cloudpods_release",
)

_OUTSIDE: Final = tuple(
    (each.dist.name if each.dist else "", each.load())
    for each in entry_points(group="slipway.systems")
)

VENDORS: Final[tuple[Vendor[Any], ...]] = (
    *(import_module(f"{__name__}.{each}.authentication").VENDOR for each in _VENDORS),
    *(each.load() for each in entry_points(group="slipway.vendors")),
)
SYSTEMS: Final[tuple[System[Any], ...]] = (
    *(import_module(f"{__name__}.{each}").SYSTEM for each in _SYSTEMS),
    *(each for _, each in _OUTSIDE),
)
_BY_KIND: Final = {each.kind: each for each in VENDORS}
_BY_NAME: Final = {each.spec.name: each for each in SYSTEMS}


def system(name: str) -> System[Any]:
    """Return the system of this name.

    Raises:
        KeyError: no system has it; the catalogue lets no such name in.
    """
    return _BY_NAME[name]


def offered_by(name: str) -> str:
    """Return the package that offers the system of this name."""
    return next((package for package, each in _OUTSIDE if each.spec.name == name), "slipway")


def vendor_of(connection: Connection) -> Vendor[Any]:
    """Return the vendor of this kind of connection.

    Raises:
        KeyError: no vendor has it; the catalogue lets no such connection in.
    """
    return _BY_KIND[connection.kind]
