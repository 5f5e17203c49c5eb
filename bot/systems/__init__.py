"""The registry: every cloud API that Slipway drives, and every vendor of one, one line each.

A system's package has its `SYSTEM`, a vendor's folder its `VENDOR` in `authentication.py`. A
package from outside joins by an entry point of the group `slipway.systems`, which names its
`SYSTEM`; for a cloud of its own also by one of `slipway.vendors`, which names its `VENDOR`. Where
that cannot be loaded, or takes the name of another, importing this raises a ConfigurationError.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from bot.core.connection import Connection
from bot.core.errors import ConfigurationError
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


def _outside(group: str, named: Callable[[Any], str]) -> Iterator[tuple[str, Any]]:
    """Yield what installed packages offer, with their names; each has a name of its own."""
    for each in entry_points(group=group):
        package = each.dist.name if each.dist else "?"
        try:
            found = each.load()
            named(found)
        except Exception as error:
            why = f"{each.value} cannot be loaded ({type(error).__name__}: {error})"
            raise ConfigurationError(
                [f"the package {package}: {why}; mend or uninstall it"]
            ) from error
        yield package, found


def _by(named: Callable[[Any], str], among: Iterable[Any]) -> dict[str, Any]:
    """Return each by its name."""
    known: dict[str, Any] = {}
    for each in among:
        if named(each) in known:
            raise ConfigurationError([f"{named(each)} is offered twice: uninstall one package"])
        known[named(each)] = each
    return known


def _kind(vendor: Any) -> str:
    kind: str = vendor.kind
    return kind


def _name(system: Any) -> str:
    name: str = system.spec.name
    return name


_OUTSIDE: Final = (*_outside("slipway.systems", _name),)

VENDORS: Final[tuple[Vendor[Any], ...]] = (
    *(import_module(f"{__name__}.{each}.authentication").VENDOR for each in _VENDORS),
    *(each for _, each in _outside("slipway.vendors", _kind)),
)
SYSTEMS: Final[tuple[System[Any], ...]] = (
    *(import_module(f"{__name__}.{each}").SYSTEM for each in _SYSTEMS),
    *(each for _, each in _OUTSIDE),
)
_BY_KIND: Final[Mapping[str, Vendor[Any]]] = _by(_kind, VENDORS)
_BY_NAME: Final[Mapping[str, System[Any]]] = _by(_name, SYSTEMS)


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
