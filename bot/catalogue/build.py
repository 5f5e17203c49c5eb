"""Turns the checked file into connections, targets and policies, or lists every fault."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot.catalogue.document import Document, Path
from bot.catalogue.model import File, PolicyEntry, TargetEntry
from bot.core.connection import Connection
from bot.core.errors import ConfigurationError
from bot.core.policy import ANYONE, Policy
from bot.core.records import Json, Record
from bot.core.system import System
from bot.core.target import Target

T = TypeVar("T")

NO_POLICY: Final = "none"
_CONNECTION: Final[TypeAdapter[Connection]] = TypeAdapter(Connection)


class Catalogue(Record):
    """What may be changed, where, and by whom."""

    prefix: str = ""
    connections: dict[str, Connection] = Field(default_factory=dict)
    targets: dict[str, Target] = Field(default_factory=dict)
    policies: dict[str, Policy] = Field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def find(self, word: str) -> Target | None:
        """Return the target of this name or alias."""
        if word in self.targets:
            return self.targets[word]
        return next((each for each in self.targets.values() if word in each.aliases), None)

    @property
    def words(self) -> tuple[str, ...]:
        """Every name and alias."""
        aliases = (alias for target in self.targets.values() for alias in target.aliases)
        return (*self.targets, *aliases)

    def policy_of(self, target: Target) -> Policy:
        """Return the target's rules; without any, nobody may do anything."""
        return self.policies.get(target.policy, Policy(name=NO_POLICY))


class _Faults:
    """Collects the faults of one file, each with its place."""

    def __init__(self, document: Document) -> None:
        self.found: list[str] = []
        self._document = document

    def add(self, path: Path, text: str) -> None:
        self.found.append(f"{self._document.place(path)}: {text}")

    def checked(self, path: Path, check: Callable[[], T], keys: tuple[str, ...] = ()) -> T | None:
        """Return what *check* returns; note what it complains about below *path*."""
        try:
            return check()
        except ValidationError as error:
            for each in error.errors():
                where = tuple(str(part) for part in each["loc"] if not _is_tag(part))
                self.add((*path, *where), _words(each, keys))
        except ValueError as error:
            self.add(path, str(error))
        return None


def build(document: Document, systems: Mapping[str, System[Any]]) -> Catalogue:
    """Return the catalogue that *document* describes.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    faults = _Faults(document)
    keys = tuple(File.model_fields)
    file = faults.checked((), lambda: File.model_validate(document.content or {}), keys)
    if file is None:
        raise ConfigurationError(faults.found)
    policies = _policies(file, faults)
    connections = _connections(file, faults)
    targets = _targets(file, systems, connections, policies, faults)
    _check_aliases(targets, faults)
    if faults.found:
        raise ConfigurationError(faults.found)
    return Catalogue(
        prefix=file.commands.prefix,
        connections=connections,
        targets=targets,
        policies=policies,
        warnings=_warnings(targets, policies),
    )


def _policies(file: File, faults: _Faults) -> dict[str, Policy]:
    built: dict[str, Policy] = {}
    for name, entry in file.policies.items():
        path = ("policies", name)
        policy = faults.checked(path, partial(entry.policy, name))
        if policy is None:
            continue
        _check_policy(entry, path, faults)
        built[name] = policy
    return built


def _check_policy(entry: PolicyEntry, path: Path, faults: _Faults) -> None:
    if (entry.approvals or entry.rollback_approvals) and not entry.approve:
        faults.add((*path, "approve"), "approvals are wanted, but nobody may approve")
    people = [name for name in entry.approve if name.startswith(("U", "W"))]
    if len(people) == len(entry.approve) and 0 < len(set(people)) < entry.approvals:
        faults.add(
            (*path, "approvals"),
            f"{entry.approvals} distinct people are wanted, {len(set(people))} may approve",
        )
    for index, freeze in enumerate(entry.freezes):
        try:
            ZoneInfo(freeze.zone)
        except (ZoneInfoNotFoundError, ValueError):
            faults.add((*path, "freezes", str(index), "zone"), f"no time zone {freeze.zone!r}")


def _connections(file: File, faults: _Faults) -> dict[str, Connection]:
    built: dict[str, Connection] = {}
    for name, entry in file.connections.items():
        connection = faults.checked(
            ("connections", name),
            partial(_CONNECTION.validate_python, {**entry, "name": name}),
        )
        if connection is not None:
            built[name] = connection
    return built


def _targets(
    file: File,
    systems: Mapping[str, System[Any]],
    connections: Mapping[str, Connection],
    policies: Mapping[str, Policy],
    faults: _Faults,
) -> dict[str, Target]:
    built: dict[str, Target] = {}
    for name, raw in file.targets.items():
        path = ("targets", name)
        entry = faults.checked(path, partial(TargetEntry.model_validate, raw))
        if entry is None:
            continue
        _check_references(entry, path, systems, file, policies, faults)
        system = systems.get(entry.system)
        connection = connections.get(entry.connection)
        if system is None:
            continue
        if connection is not None and connection.kind != system.spec.connection_kind:
            wanted = system.spec.connection_kind
            faults.add((*path, "connection"), f"{entry.system} wants a {wanted} connection")
        target = _target(name, entry, system, path, faults)
        if target is not None:
            built[name] = target
    return built


def _check_references(
    entry: TargetEntry,
    path: Path,
    systems: Mapping[str, System[Any]],
    file: File,
    policies: Mapping[str, Policy],
    faults: _Faults,
) -> None:
    if entry.system not in systems:
        faults.add((*path, "system"), _unknown("system", entry.system, tuple(systems)))
    if entry.connection not in file.connections:
        known = tuple(file.connections)
        faults.add((*path, "connection"), _unknown("connection", entry.connection, known))
    if entry.policy is not None and entry.policy not in file.policies:
        faults.add((*path, "policy"), _unknown("policy", entry.policy, tuple(policies)))


def _target(
    name: str, entry: TargetEntry, system: System[Any], path: Path, faults: _Faults
) -> Target | None:
    model = system.spec.target
    fields: dict[str, Any] = dict(entry.settings)
    if entry.create is not None:
        if "create_body" not in model.model_fields:
            faults.add((*path, "create"), f"{entry.system} cannot create")
            return None
        fields["create_body"] = entry.create
    known = (*TargetEntry.model_fields, *model.model_fields)
    settings = faults.checked(path, lambda: _validated(model, fields), known)
    if settings is None:
        return None
    return Target(
        name=name,
        system=entry.system,
        connection=entry.connection,
        channel=entry.channel,
        policy=entry.policy or NO_POLICY,
        aliases=tuple(entry.aliases),
        create=entry.create,
        settings=settings,
    )


def _validated(model: type[Record], fields: Mapping[str, Json]) -> Record:
    return model.model_validate(dict(fields))


def _check_aliases(targets: Mapping[str, Target], faults: _Faults) -> None:
    owner: dict[str, str] = {name: name for name in targets}
    for name, target in targets.items():
        for alias in target.aliases:
            if owner.setdefault(alias, name) != name or alias in targets:
                path = ("targets", name, "aliases")
                faults.add(path, f"{alias!r} is the name or alias of {owner[alias]!r} already")


def _warnings(targets: Mapping[str, Target], policies: Mapping[str, Policy]) -> tuple[str, ...]:
    lonely = [
        f"targets.{name}: no policy, so nobody may change it"
        for name, target in targets.items()
        if target.policy == NO_POLICY
    ]
    selfish = [
        f"policies.{name}: self_approval is on"
        for name, each in policies.items()
        if each.self_approval
    ]
    wide = [
        f"policies.{name}: anyone may request"
        for name, each in policies.items()
        if ANYONE in each.request
    ]
    return (*lonely, *selfish, *wide)


def _unknown(kind: str, word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
    return f"no {kind} is called {word!r}; {hint}"


def _words(fault: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    if fault["type"] == "extra_forbidden":
        key = str(fault["loc"][-1])
        near = get_close_matches(key, keys or _all_keys(), n=1)
        return "unknown key" + (f"; did you mean {near[0]!r}?" if near else "")
    if fault["type"] == "string_type":
        return f"wants text: write it in quotes (it was read as {fault['input']!r})"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _all_keys() -> tuple[str, ...]:
    models: tuple[type[BaseModel], ...] = (File, TargetEntry, PolicyEntry)
    return tuple(key for model in models for key in model.model_fields)


def _is_tag(part: object) -> bool:
    """Whether a part of a fault's place names a union's member rather than a key."""
    return isinstance(part, str) and part in {"huaweicloud", "cloudpods", "function-plain"}
