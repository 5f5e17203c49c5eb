"""What differs between the values of a release, for people: secrets are never shown."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import Value
from bot.core.keys import key_text
from bot.core.plan import Change
from bot.core.records import Json
from bot.core.secrecy import MASK
from bot.systems._helm.codes import (
    Kind,
    OtherType,
    SecretChanged,
)
from bot.systems._helm.masks import is_masked, leaves
from bot.systems._helm.word_types import typed
from bot.systems._wire.text import plain

_SHOWN: Final = 120  # characters of a value
_ABSENT: Final = object()


def flat(values: Mapping[str, Json]) -> dict[str, str]:
    """Return each value as text for people, by its dotted path."""
    return {key_text(leaf.key): _text(leaf.value) for leaf in leaves(values)}


def changes(
    before: Mapping[str, Json], after: Mapping[str, Json], *, are_masked: bool = False
) -> tuple[Change, ...]:
    """Return what differs, sorted by dotted path, with secrets masked.

    What one side has only masked cannot be compared, and is left out. *are_masked*: what nobody
    may see of *after* is masked already, so what else stands below a secret's name was typed.
    """
    old = {key_text(leaf.key): leaf for leaf in leaves(before) if leaf.key}  # none where it is {}
    new = {key_text(leaf.key): leaf for leaf in leaves(after) if leaf.key}
    found = []
    for path in sorted({*old, *new}):
        sides = (old.get(path), new.get(path))
        was, will_be = (side.value if side else _ABSENT for side in sides)
        if _is_same(was, will_be):
            continue
        is_secret = any(side.is_secret for side in sides if side)
        hidden = [is_secret or bool(side and side.is_hidden) for side in sides]
        if are_masked:
            hidden[1] = is_secret
        before_, after_ = (
            _side(value, hidden=each) for value, each in zip((was, will_be), hidden, strict=True)
        )
        is_shown = not any(hidden) and _ABSENT not in (was, will_be)
        kind = _kind(will_be) if is_shown and _kind(was) != _kind(will_be) else None
        found.append(_change(path, before_, after_, kind))
    return tuple(found)


def _kind(value: object) -> Kind | None:
    """Return what kind of value it is; None where there is none."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case dict():
            return "map"
        case list():
            return "list"
        case _:
            return None


def _text(value: Json) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            is_plain = bool(value) and value == value.strip() and typed(value) == value
            return plain(value if is_plain else f'"{value}"', _SHOWN)
        case dict():
            return "{}"
        case list():
            return "[]"
        case _:
            return str(value)


def _is_same(was: object, will_be: object) -> bool:
    """Whether nothing changes, or nobody can tell: true is not 1, and 1 is not 1.0."""
    if any(isinstance(each, str) and is_masked(each) for each in (was, will_be)):
        return _ABSENT not in (was, will_be)
    return type(was) is type(will_be) and was == will_be


def _change(path: str, before: str, after: str, kind: Kind | None) -> Change:
    stated: Value = after
    if before == after == MASK:
        stated = SecretChanged().reason
    elif kind:
        stated = OtherType(value=after, kind=kind).reason
    return Change(name=plain(path, _SHOWN), before=before, after=stated)


def _side(value: object, *, hidden: bool) -> str:
    if value is _ABSENT:
        return ""
    if hidden and value not in (None, "") and not isinstance(value, bool | dict | list):
        return MASK
    return _text(value)  # type: ignore[arg-type] # Json, since it is not absent
