"""Turns the checked file into connections, targets and policies, or lists every fault."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache, partial
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, TypeAdapter

from bot.catalogue.catalogue import Catalogue
from bot.catalogue.complaints import Faults
from bot.catalogue.document import Document, Path
from bot.catalogue.file import File, TargetEntry
from bot.catalogue.held import held_secrets
from bot.catalogue.hooks import hook_secrets, hook_warnings, hooks_of
from bot.catalogue.languages import Languages, languages_of
from bot.catalogue.model import (
    RETENTION,
    Accounts,
    Age,
    AuditSection,
    CommandNames,
    GateEntry,
    IncidentsSection,
    Person,
    PolicyEntry,
)
from bot.catalogue.risks import filled_in, idle, risky, written_out
from bot.catalogue.twins import twins
from bot.core.connection import Connection
from bot.core.errors import ConfigurationError
from bot.core.gates import placed
from bot.core.names import is_name
from bot.core.policy import NO_POLICY, Policy
from bot.core.records import Record, TargetName
from bot.core.system import System
from bot.core.target import ALL, Target
from bot.core.vendor import Vendor
from bot.core.verbs import OPERATION

_NAME: Final[TypeAdapter[str]] = TypeAdapter(TargetName)

_PEOPLE: Final[TypeAdapter[list[Person]]] = TypeAdapter(list[Person])
_NO_ADMINS: Final = "admins: nobody is listed, so nobody may freeze all, halt or resume"
_KEEP_ONE: Final = "by connection and ids: keep one, with an alias"
_TAKEN: Final = {  # words that commands take for something else
    "help": "'help' after any command asks for help; choose another name",
    ALL: f"{ALL!r} in a command means every target; choose another name",
}
_COMMENT: Final = 'is empty: what follows a # is a comment; write "#deploys" in quotes'
_AGE: Final[TypeAdapter[timedelta]] = TypeAdapter(Age)
_ALIASES: Final[TypeAdapter[list[list[str]]]] = TypeAdapter(list[Accounts])

Section = Mapping[str, dict[str, Any]]


def is_free(name: str) -> bool:
    """Whether a target may be called *name*: commands take it for nothing else."""
    return name not in _TAKEN and not OPERATION.fullmatch(name)


def build(
    document: Document, systems: Mapping[str, System[Any]], vendors: Mapping[str, Vendor[Any]]
) -> Catalogue:
    """Return the catalogue that *document* describes.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    faults = Faults(document)
    content = document.content
    if not isinstance(content, dict):
        faults.add((), f"wants the keys {', '.join(File.model_fields)}")
        raise ConfigurationError(faults.found)
    for key in content.keys() - File.model_fields.keys():
        faults.unknown_key((key,), tuple(File.model_fields))
    top = _top(content, faults)
    named = {
        name: _section(content, name, faults)
        for name in ("policies", "connections", "targets", "hooks")
    }
    policies = _policies(named["policies"], faults)
    connections = _connections(named["connections"], vendors, systems, faults)
    targets = _targets(named, systems, connections, faults)
    hooks = hooks_of(named["hooks"], targets, policies, faults)
    for each in twins(targets, systems, connections):
        first = document.place(("targets", each.first))
        faults.add(("targets", each.second), f"is the same thing as {first}, {_KEEP_ONE}")
    if faults.found or top is None:
        raise ConfigurationError(faults.found)
    catalogue = Catalogue(
        prefix=top.commands.prefix,
        audit=top.audit,
        incidents=top.incidents,
        language=top.languages.everywhere,
        languages=dict(top.languages.channels),
        aliases=top.aliases,
        retention=top.retention,
        connections=connections,
        targets=targets,
        policies=policies,
        hooks=hooks,
        admins=top.admins,
        lines=_lines(document, policies, targets),
        warnings=(
            *written_out(connections, document),
            *hook_warnings(hooks, document),
            *idle(connections, systems),
            *risky(targets, policies),
        ),
        notes=(*filled_in(document), *([] if top.admins else [_NO_ADMINS])),
        secrets=held_secrets(connections, document) | frozenset(hook_secrets(hooks)),
    )
    names = {word: at for word, at in catalogue.slack_words.items() if is_name(word)}
    return catalogue.model_copy(update={"named": names})


class _Top(NamedTuple):
    """What the file says of the whole installation."""

    commands: CommandNames
    admins: tuple[str, ...]
    audit: AuditSection
    incidents: IncidentsSection
    languages: Languages
    aliases: tuple[frozenset[str], ...]
    retention: timedelta


def _top(content: Mapping[str, Any], faults: Faults) -> _Top | None:
    """Return what stands at the top of the file; None: it has faults."""
    commands = faults.checked(
        ("commands",), lambda: CommandNames.model_validate(content.get("commands", {}))
    )
    admins = faults.checked(
        ("admins",), lambda: _PEOPLE.validate_python(content.get("admins", []), strict=True)
    )
    audit = faults.checked(
        ("audit",), lambda: AuditSection.model_validate(content.get("audit", {}))
    )
    incidents = faults.checked(
        ("incidents",),
        lambda: IncidentsSection.model_validate(content.get("incidents", {})),
        tuple(IncidentsSection.model_fields),
    )
    languages = languages_of(content, faults)
    aliases = _aliases(content, faults)
    retention = faults.checked(
        ("retention",), lambda: _AGE.validate_python(content.get("retention", "400d"))
    )
    if commands is None or admins is None or audit is None or incidents is None:
        return None
    people = tuple(admins)
    return _Top(commands, people, audit, incidents, languages, aliases, retention or RETENTION)


def _lines(document: Document, *sections: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    policies, targets = sections
    paths = [
        ("admins",),
        ("audit",),
        ("incidents",),
        *(("policies", name) for name in policies),
        *(("targets", name) for name in targets),
    ]
    found = {".".join(path): document.lines(*path) for path in paths}
    for name, policy in policies.items():
        found[f"policies.{name}"] |= _gate_lines(document, name, policy)
    return found


def _gate_lines(document: Document, name: str, policy: Policy) -> dict[str, int]:
    """Return the line of each gate, by its name."""
    lines = document.lines("policies", name, "gates")
    return {
        f"policies.{name}.gates.{gate.name}": lines[f"policies.{name}.gates.{number}"]
        for number, gate in enumerate(policy.gates)
    }


def _aliases(content: Mapping[str, Any], faults: Faults) -> tuple[frozenset[str], ...]:
    """Return which accounts are one person's each; note an account that is there twice."""
    listed = faults.checked(
        ("aliases",), lambda: _ALIASES.validate_python(content.get("aliases", []), strict=True)
    )
    seen: set[str] = set()
    for number, accounts in enumerate(listed or ()):
        for account in accounts:
            if account in seen:
                faults.add(("aliases", str(number)), f"{account} is there twice")
            seen.add(account)
    return tuple(frozenset(accounts) for accounts in listed or ())


def _section(content: Mapping[str, Any], section: str, faults: Faults) -> Section:
    """Return the entries of a section whose names and shapes are right."""
    entries = content.get(section, {})
    if not isinstance(entries, dict):
        faults.add((section,), "wants named entries; leave it out where there are none")
        return {}
    right = {}
    for name, entry in entries.items():
        path = (section, name)
        if not isinstance(entry, dict):
            faults.add(path, "wants keys below it")
        elif faults.checked(path, partial(_NAME.validate_python, name)) is not None:
            right[name] = entry
    return right


def _policies(section: Section, faults: Faults) -> dict[str, Policy]:
    built: dict[str, Policy] = {}
    for name, raw in section.items():
        path = ("policies", name)
        if name == ALL:
            faults.add(path, _TAKEN[ALL])
        entry = faults.checked(path, partial(PolicyEntry.model_validate, raw))
        if entry is None:
            continue
        _check_gate(entry, path, faults)
        built[name] = entry.policy(name)
    return built


def _check_gate(entry: PolicyEntry, path: Path, faults: Faults) -> None:
    """Refuse gates that nobody could ever open."""
    if entry.gates:
        _check_gates(entry, entry.gates, path, faults)
        return
    needed = {
        "approvals": entry.approvals,
        "rollback_approvals": entry.rollback_approvals,
        "irreversible": entry.irreversible.approvals if entry.irreversible else 0,
    }
    wanted = max(needed.values())
    if wanted and not entry.approve:
        faults.add((*path, "approve"), "approvals are wanted, but nobody may approve")
    people = {name for name in entry.approve if name.startswith(("U", "W"))}
    if len(people) < len(set(entry.approve)) or not people:
        return  # how many are in a group, Slack says
    if len(people) < wanted:
        key = max(needed, key=lambda name: needed[name])  # of equal ones the first
        faults.add((*path, key), f"{wanted} distinct people are wanted, {len(people)} may approve")
    elif not entry.self_approval and wanted and set(entry.request) == people and len(people) == 1:
        faults.add((*path, "approve"), "only the one person who may request could approve")


def _check_gates(entry: PolicyEntry, gates: list[GateEntry], path: Path, faults: Faults) -> None:
    """Refuse both ways of writing gates at once, a name twice, and gates without enough people."""
    both = sorted({"approve", "approvals"} & entry.model_fields_set)
    if both:
        faults.add((*path, "gates"), f"stands beside {' and '.join(both)}: write one or the other")
    if entry.irreversible:
        said = "stands beside gates, of which each says how many it takes: write one or the other"
        faults.add((*path, "irreversible"), said)
    names = [gate.name for gate in gates]
    for number, name in enumerate(names):
        if name in names[:number]:
            faults.add((*path, "gates", str(number)), f"{name!r} is the name of another gate")
    people = sorted({each for gate in gates for each in gate.approve})
    if any(not each.startswith(("U", "W")) for each in people) or len(set(names)) < len(names):
        return  # how many are in a group, Slack says
    needed = {gate.name: gate.approvals for gate in gates}
    fits = [[gate.name for gate in gates if each in gate.approve] for each in people]
    most, wanted = len(fits) - placed(needed, fits).count(None), sum(needed.values())
    if most < wanted:
        said = f"{wanted} distinct people are wanted at all gates, {most} can open them"
        faults.add((*path, "gates"), said)


def _connections(
    section: Section,
    vendors: Mapping[str, Vendor[Any]],
    systems: Mapping[str, System[Any]],
    faults: Faults,
) -> dict[str, Connection]:
    built: dict[str, Connection] = {}
    keys = {
        kind: _keys(vendor.connection)  # type: ignore[arg-type] # mypy doubts that classes hash
        for kind, vendor in vendors.items()
    }
    for name, raw in section.items():
        path = ("connections", name)
        if "name" in raw:
            faults.unknown_key((*path, "name"), ())
        vendor = _vendor(raw, vendors, path, faults)
        if vendor is None:
            continue
        check = partial(vendor.connection.model_validate, {**raw, "name": name})
        connection = faults.checked(path, check, keys[vendor.kind])
        if connection is not None:
            built[name] = connection
            _check_endpoints(connection, systems, faults)
    return built


def _check_endpoints(
    connection: Connection, systems: Mapping[str, System[Any]], faults: Faults
) -> None:
    """Note addresses of services that nobody asks: the one that was meant keeps its own."""
    theirs = [
        each.spec.services
        for each in systems.values()
        if each.spec.connection_kind == connection.kind
    ]
    if not theirs:
        return  # what its systems ask is not known yet
    known = connection.login_services.union(*theirs)
    for service in connection.endpoints:
        if service not in known:
            path = ("connections", connection.name, "endpoints", service)
            faults.unknown(path, "service", service, sorted(known))


def _vendor(
    raw: Mapping[str, Any], vendors: Mapping[str, Vendor[Any]], path: Path, faults: Faults
) -> Vendor[Any] | None:
    """Return whose kind the connection is; note it where that is nobody's."""
    if "kind" not in raw:
        faults.add(path, f"kind is missing: {' or '.join(vendors)}")
        return None
    kind = str(raw["kind"])
    if kind not in vendors:
        faults.unknown(path, "kind", kind, vendors)
    return vendors.get(kind)


@cache
def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys that a connection may have, those of its credentials included."""
    schema = model.model_json_schema()
    shapes = (schema, *schema.get("$defs", {}).values())
    return tuple(key for shape in shapes for key in shape.get("properties", {}))


def _targets(
    named: Mapping[str, Section],
    systems: Mapping[str, System[Any]],
    connections: Mapping[str, Connection],
    faults: Faults,
) -> dict[str, Target]:
    built: dict[str, Target] = {}
    for name, raw in named["targets"].items():
        path = ("targets", name)
        system = _referred(raw, "system", systems, path, faults)
        _referred(raw, "connection", named["connections"], path, faults)
        _referred(raw, "policy", named["policies"], path, faults)
        connection = connections.get(str(raw.get("connection")))
        if system and connection and connection.kind != system.spec.connection_kind:
            wanted = system.spec.connection_kind
            faults.add((*path, "connection"), f"{system.spec.name} wants a {wanted} connection")
        target = _target(name, raw, system, faults)
        if target is not None:
            built[name] = target
    _check_names(named["targets"], built, faults)
    return built


def _referred(
    raw: Mapping[str, Any], key: str, known: Mapping[str, Any], path: Path, faults: Faults
) -> Any:
    """Return what the target names under *key*; note it where nothing is called so."""
    word = raw.get(key)
    if not isinstance(word, str):
        return None  # its own check says so
    if word not in known:
        faults.unknown((*path, key), key, word, known)
    return known.get(word)


def _target(
    name: str, raw: dict[str, Any], system: System[Any] | None, faults: Faults
) -> Target | None:
    path = ("targets", name)
    entry = faults.checked(path, partial(TargetEntry.model_validate, raw))
    if "channel" in raw and raw["channel"] is None:
        faults.add((*path, "channel"), _COMMENT)
    if system is None:
        return None
    settings = _settings(raw, system, path, faults)
    if entry is None or settings is None:
        return None
    return Target(
        name=name,
        system=entry.system,
        connection=entry.connection,
        channel=None if is_name(entry.channel or "") else entry.channel,
        channel_name=entry.channel if entry.channel and is_name(entry.channel) else "",
        policy=entry.policy or NO_POLICY,
        aliases=tuple(entry.aliases),
        compare=entry.compare,
        console=entry.console,
        create=entry.create,
        settings=settings,
    )


def _settings(
    raw: Mapping[str, Any], system: System[Any], path: Path, faults: Faults
) -> Record | None:
    """Return what the target's system needs of *raw*."""
    model: type[Record] = system.spec.target
    fields = {key: value for key, value in raw.items() if key not in TargetEntry.model_fields}
    if raw.get("create") is not None:
        if "create_body" not in model.model_fields:
            faults.add((*path, "create"), f"{system.spec.name} cannot create")
            return None
        fields["create_body"] = raw["create"]
    known = (*TargetEntry.model_fields, *(set(model.model_fields) - {"create_body"}))
    return faults.checked(path, partial(model.model_validate, fields), known)


def _check_names(section: Section, targets: Mapping[str, Target], faults: Faults) -> None:
    owner: dict[str, str] = {name: name for name in section}
    for name in section:
        if OPERATION.fullmatch(name):
            faults.add(("targets", name), "looks like an operation's id")
        if name in _TAKEN:
            faults.add(("targets", name), _TAKEN[name])
    for name, target in targets.items():
        for alias in target.aliases:
            path = ("targets", name, "aliases")
            holder = owner.setdefault(alias, name)
            if alias in _TAKEN:
                faults.add(path, _TAKEN[alias])
            if OPERATION.fullmatch(alias):
                faults.add(path, f"{alias!r} looks like an operation's id")
            if alias == name:
                faults.add(path, f"{alias!r} is its own name")
            elif holder != name:
                faults.add(path, f"{alias!r} is the name or alias of {holder!r} already")
