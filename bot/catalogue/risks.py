"""What is allowed in slipway.yaml, but is told."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.catalogue.document import Document, is_sent
from bot.core.connection import Connection, secret_fields
from bot.core.policy import ANYONE, NO_POLICY, Policy, gates_of
from bot.core.system import System
from bot.core.target import Target


def filled_in(document: Document) -> Iterator[str]:
    """Name the variables that stand in what is sent: the environment is the bot's own."""
    for path, names in document.filled.items():
        if is_sent(path):
            yield f"{document.place(path)}: filled in from {', '.join(names)}"


def written_out(connections: Mapping[str, Connection], document: Document) -> Iterator[str]:
    """Warn of secrets that stand in the file itself."""
    for name, connection in connections.items():
        for field, _ in secret_fields(connection):
            path = ("connections", name, "auth", field)
            if path not in document.filled:
                yield f"{document.place(path)}: a secret is written out; write ${{NAME}} instead"


def idle(
    connections: Mapping[str, Connection], systems: Mapping[str, System[Any]]
) -> Iterator[str]:
    """Warn of connections that no target could have."""
    kinds = {each.spec.connection_kind for each in systems.values()}
    for name, each in connections.items():
        if each.kind not in kinds:
            yield f"connections.{name}: no system uses a {each.kind} connection yet"


def risky(targets: Mapping[str, Target], policies: Mapping[str, Policy]) -> tuple[str, ...]:
    """Warn of targets that nobody may change, and of policies that let many or one do all."""
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
    open_gates = [
        f"policies.{name}: anyone may approve"
        for name, each in policies.items()
        if any(ANYONE in gate.approve for gate in gates_of(each, "deploy"))
    ]
    unbroken = [
        f"policies.{name}: anyone may break the glass"
        for name, each in policies.items()
        if ANYONE in each.break_glass
    ]
    return (*lonely, *selfish, *wide, *open_gates, *unbroken, *_ambiguous(targets, policies))


def _ambiguous(targets: Mapping[str, Target], policies: Mapping[str, Policy]) -> Iterator[str]:
    """Warn of policies that commands about a target or a policy would take for a target."""
    words = {word: name for name, each in targets.items() for word in (name, *each.aliases)}
    for name in policies:
        if name in words:
            yield (
                f"policies.{name}: targets.{words[name]} is called so as well, which is what "
                f"/ops freeze {name} means, so that nobody can freeze this policy"
            )
