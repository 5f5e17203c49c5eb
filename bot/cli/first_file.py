"""The text of a first slipway.yaml."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from bot.core.names import is_name
from bot.core.outcomes import DiscoveredThing
from bot.views.discoveries import entry


class FirstPolicy(NamedTuple):
    """Who may do what, by name or id; nobody approves where *approve* is empty."""

    name: str
    request: tuple[str, ...]
    approve: tuple[str, ...]
    channel: str


def connection_text(name: str, fields: Mapping[str, Any]) -> str:
    """Return the lines of a connection, to stand below `connections:`."""
    text = yaml.safe_dump({name: dict(fields)}, sort_keys=False, allow_unicode=True, width=1_000)
    return "".join(f"  {line}" for line in text.splitlines(keepends=True)).rstrip()


def target_text(thing: DiscoveredThing, connection: str, policy: FirstPolicy) -> str:
    """Return the lines of a target, to stand below `targets:`."""
    lines = [entry(thing, connection)]
    if policy.channel:
        lines.append(f"    channel: {_quoted(policy.channel)}")
    return "\n".join([*lines, f"    policy: {policy.name}"])


def first_file(
    connection: str, targets: Sequence[str], policy: FirstPolicy, variables: Sequence[str]
) -> str:
    """Return the whole file."""
    return "\n".join(_lines(connection, targets, policy, variables)) + "\n"


def _lines(
    connection: str, targets: Sequence[str], policy: FirstPolicy, variables: Sequence[str]
) -> Iterator[str]:
    yield "# What Slipway may change, where, and who decides: written by `slipway init`."
    yield "# `slipway config check` lists its faults, `slipway doctor` asks Slack and clouds."
    if variables:
        yield f"# Filled in from the environment of bot and worker: {', '.join(variables)}."
    yield from ("", "connections:", connection, "")
    yield from ("targets:", *targets) if targets else ("targets: {}",)
    request, approve = (_listed(each) for each in (policy.request, policy.approve))
    yield from ("", "policies:", f"  {policy.name}:", f"    request: {request}")
    if policy.approve:
        yield f"    approve: {approve}"
        yield "    approvals: 1                  # distinct people, and never who asked"
    else:
        yield "    approvals: 0                  # nobody has to approve"
    yield "    reason: optional              # or required"


def _listed(words: Sequence[str]) -> str:
    return f"[{', '.join(_quoted(each) for each in words)}]"


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False) if is_name(word) else word
