"""What a connection has, and which of it is no target yet."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from bot.catalogue import Catalogue, is_free
from bot.core.connection import Connection
from bot.core.errors import CloudError
from bot.core.flow import Flow
from bot.core.outcomes import Discovered, DiscoveredThing
from bot.core.system import Found, System
from bot.core.target import Target
from bot.systems import SYSTEMS

_UNFIT: Final = re.compile(r"[^a-z0-9._-]+")
_NAME_MAX: Final = 60
_NO_PLACE: Final = frozenset({"kind"})  # says nothing of where a connection leads
_OWN: Final = {"name", "auth", "endpoints"}

Ask = Callable[[Target, Flow[tuple[Found, ...]]], tuple[Found, ...]]


def discovered(
    catalogue: Catalogue, connection: Connection, words: tuple[str, ...], ask: Ask
) -> Discovered:
    """Ask all systems of the connection's kind what there is; *ask* drives each question.

    A system that cannot be asked takes nothing from the others.
    """
    things: list[DiscoveredThing] = []
    unlisted = []
    taken = set(catalogue.words)
    for system, found in _asked(connection, ask):
        if isinstance(found, CloudError):
            unlisted.append((system.spec.name, found.reason))
            continue
        for each in found:
            thing = _thing(catalogue, connection, system, each)
            if _has(thing, words):
                things.append(_named(thing, taken))
    return Discovered(
        connection=connection.name,
        things=tuple(things),
        words=words,
        unlisted=tuple(unlisted),
    )


def _asked(
    connection: Connection, ask: Ask
) -> Iterator[tuple[System[Any], tuple[Found, ...] | CloudError]]:
    for system in SYSTEMS:
        if system.spec.connection_kind != connection.kind or not system.questions.discover:
            continue
        nobody = Target(
            name="discover", system=system.spec.name, connection=connection.name, policy=""
        )
        try:
            yield system, ask(nobody, system.questions.discover())
        except CloudError as error:
            yield system, error


def _thing(
    catalogue: Catalogue, connection: Connection, system: System[Any], found: Found
) -> DiscoveredThing:
    there = (
        target.name
        for target in catalogue.targets.values()
        if target.system == system.spec.name
        and _is_alike(catalogue.connections[target.connection], connection)
        and _is(target, found)
    )
    fit = found if _fits(system, found) else found.model_copy(update={"settings": None})
    return DiscoveredThing(system=system.spec.name, found=fit, target=next(there, ""))


def _fits(system: System[Any], found: Found) -> bool:
    """Whether its settings make a target: one that does not would spoil the whole slipway.yaml."""
    try:
        system.spec.target.model_validate(found.settings)
    except ValidationError:
        return False
    return True


def _is_alike(one: Connection, other: Connection) -> bool:
    """Whether both lead to the same place, as far as what they say of it tells."""
    if one.name == other.name:
        return True
    place, there = (each.model_dump(exclude=_OWN) for each in (one, other))
    return place == there and bool(set(place) - _NO_PLACE)


def _is(target: Target, found: Found) -> bool:
    """Whether *target* is what was *found*: each setting is one of the names that it has."""
    if not found.identity:
        return False
    return all(
        str(getattr(target.settings, name, "")).lower() in {each.lower() for each in names}
        for name, names in found.identity.items()
    )


def _has(thing: DiscoveredThing, words: tuple[str, ...]) -> bool:
    found = thing.found
    told = f"{thing.system} {found.kind} {found.place} {found.name} {found.status} {thing.target}"
    return all(word.lower() in told.lower() for word in words)


def _named(thing: DiscoveredThing, taken: set[str]) -> DiscoveredThing:
    """Give what could be a target a name that no other has."""
    if thing.target or thing.found.settings is None:
        return thing
    stem = _UNFIT.sub("-", thing.found.name.lower()).strip("-._")[:_NAME_MAX] or thing.found.kind
    name, number = stem, 2
    while name in taken or not is_free(name):
        name, number = f"{stem[: _NAME_MAX - 4]}-{number}", number + 1
    taken.add(name)
    return thing.model_copy(update={"new_name": name})
