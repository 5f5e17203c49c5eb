"""The objects of a release in its cluster, by kind, and how its pods are."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.core.codes import Value
from bot.systems._helm.codes import Listed, PodsAre
from bot.systems._wire.text import plain

_NAMES: Final = 5  # of a kind; the rest is counted
_KINDS: Final = 8
_PODS: Final = frozenset({"pod", "pods"})
_WELL: Final = frozenset({"running", "succeeded", "completed"})
_LARGEST: Final = 2_000_000  # characters that are read

Objects = dict[str, dict[str, str]]  # kind → name → status, where one is told


def objects_in(value: Any) -> Objects:
    """Return the objects in *value*: a list, or lists by kind, or either as JSON in a text.

    No page of a vendor says more of its shape, so what is not understood is left out.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value) if 0 < len(value) <= _LARGEST else None
        except (ValueError, RecursionError):
            return {}
    found: Objects = {}
    for kind, name, status in _objects(value):
        found.setdefault(kind, {})[name] = status
    return found


def facts(objects: Objects, pods: Mapping[str, str] | None = None) -> dict[str, Value]:
    """Return what people read of the objects; *pods* are told apart where the API does so."""
    told: dict[str, Value] = {}
    for kind, names in sorted(objects.items())[:_KINDS]:
        if kind.lower() not in _PODS:
            told[f"objects:{kind}"] = _listed(tuple(names))
    of_kind = {
        name: status
        for kind, names in objects.items()
        if kind.lower() in _PODS
        for name, status in names.items()
    }
    shown = of_kind if pods is None else pods
    return {**told, **({"pods": _pods(shown)} if shown else {})}


def _objects(value: Any, kind: str = "") -> Iterator[tuple[str, str, str]]:
    """Give kind, name and status of each object."""
    if isinstance(value, list):
        for each in value:
            yield from _object(each, kind)
    elif isinstance(value, dict):
        for name, rows in value.items():
            yield from _objects(rows if isinstance(rows, list) else [], str(name))


def _object(each: Any, kind: str) -> Iterator[tuple[str, str, str]]:
    if not isinstance(each, dict):
        return
    metadata, status = each.get("metadata"), each.get("status")
    name = each.get("name") or (metadata.get("name") if isinstance(metadata, dict) else None)
    phase = status.get("phase") if isinstance(status, dict) else status
    own = each.get("kind")
    if isinstance(name, str) and name:
        told = plain(own) if isinstance(own, str) and own else plain(kind)
        yield told or "?", plain(name), plain(phase) if isinstance(phase, str) else ""


def _listed(names: tuple[str, ...]) -> Value:
    return Listed(names=names[:_NAMES], more=max(0, len(names) - _NAMES)).reason


def _pods(pods: Mapping[str, str]) -> Value:
    unwell = tuple(
        f"{name} {status or '?'}"
        for name, status in sorted(pods.items())
        if status.lower() not in _WELL
    )
    return PodsAre(
        well=len(pods) - len(unwell),
        total=len(pods),
        unwell=unwell[:_NAMES],
        more=max(0, len(unwell) - _NAMES),
    ).reason
