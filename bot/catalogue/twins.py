"""Targets that are the same thing: two locks for one would be none."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from bot.core.connection import Connection
from bot.core.errors import ConfigurationError
from bot.core.system import System
from bot.core.target import Target

_Thing: TypeAlias = tuple[str, ...]


class Twins(NamedTuple):
    """Two targets that are one thing, in the order of the file."""

    first: str
    second: str


def twins(
    targets: Mapping[str, Target],
    systems: Mapping[str, System[Any]],
    connections: Mapping[str, Connection],
) -> Iterator[Twins]:
    """Yield each target that is the same thing as one before it, as far as that can be known.

    Alike are systems, ids without regard to case, and a place that their connections share,
    however it is spelled and whoever logs in there.
    """
    known: dict[_Thing, str] = {}
    for name, target in targets.items():
        connection = connections.get(target.connection)
        if connection is None:
            continue  # said already
        things = list(_things(target, systems[target.system], connection))
        first = next((known[each] for each in things if each in known), None)
        if first is not None:
            yield Twins(first, name)
        for each in things:
            known.setdefault(each, name)


def _things(target: Target, system: System[Any], connection: Connection) -> Iterator[_Thing]:
    spec = system.spec
    ids = tuple(each.strip().lower() for each in spec.identity(target.settings))
    for service in spec.services:
        try:
            places = connection.places(service)
        except ConfigurationError:  # the address is told by the login alone
            places = frozenset({(connection.name,)})
        for place in places:
            yield (spec.name, *place, *ids)
