"""The values of a release: laid over one another, compared, masked, and made whole again."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from bot.core.codes import Code
from bot.core.keys import Key, KeyFaultError, key_text, parse_key
from bot.core.records import Json
from bot.core.secrecy import MASK
from bot.systems._helm.codes import (
    KeyMisfit,
    KeyUnreadable,
    SetTwice,
    ValuesUnknown,
)
from bot.systems._helm.masks import is_masked, leaves, paths_of_masks
from bot.systems._helm.word_types import typed, typed_like

__all__ = [
    "Values",
    "ValuesError",
    "find",
    "is_masked",
    "keys_of",
    "masked",
    "merged",
    "overlay",
    "put",
    "typed",
    "with_secrets",
]

Values: TypeAlias = dict[str, Json]

_ABSENT: Final = object()


class ValuesError(ValueError):
    """Values cannot be what they are asked to be: `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.key, code.reason.params)
        self.code = code


def overlay(
    base: Mapping[str, Json], words: Mapping[str, str], now: Mapping[str, Json] | None = None
) -> Values:
    """Return *base* with each word set at its dotted key; the order of *words* does not matter.

    A word keeps the type of the value that it replaces: of what runs *now*, else of *base*.

    Raises:
        ValuesError: a key cannot be read, or does not fit what is there.
    """
    whole: Json = _copy(dict(base))
    keys = sorted(((_key(word), word) for word in words), key=_in_order)
    for (key, word), (later, other) in pairwise(keys):
        if later[: len(key)] == key:
            raise ValuesError(SetTwice(one=word, other=other))
    for key, word in keys:
        present = find(now or {}, key)
        present = find(base, key) if present is None else present
        whole = put(whole, key, typed_like(words[word], key, present))
    return whole if isinstance(whole, dict) else {}


def keys_of(words: Iterable[str]) -> tuple[Key, ...]:
    """Return where *words* lead, as far as they do: older journals may hold what is no key."""
    found = []
    for word in words:
        with suppress(ValuesError):
            found.append(_key(word))
    return tuple(found)


def find(values: Mapping[str, Json], key: Key) -> Json:
    """Return what *values* have at *key*; None where they have nothing."""
    found: Json = dict(values)
    for part in key:
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found


def put(values: Json, key: Key, value: Json) -> Json:
    """Return *values* with *value* at *key*.

    Raises:
        ValuesError: the key does not fit what is there.
    """
    return _set(values, key, (), value)


def merged(base: Mapping[str, Json], more: Mapping[str, Json]) -> Values:
    """Return *base* with *more* merged in, map by map; lists are replaced as Helm does."""
    whole = _copied(base)
    for name, value in more.items():
        present = whole.get(name)
        if isinstance(present, dict) and isinstance(value, dict):
            whole[name] = merged(present, value)
        else:
            whole[name] = _copy(value)
    return whole


def masked(
    values: Mapping[str, Json], *like: Mapping[str, Json], typed_at: tuple[Key, ...] = ()
) -> Values:
    """Return *values* with every secret masked, and what is masked in any of *like*.

    What stands below a secret's name is masked as well, unless it was typed, at *typed_at*.
    """
    hidden = frozenset().union(*(paths_of_masks(each) for each in like))
    whole: Json = _copied(values)
    for leaf in leaves(values):
        was_typed = any(leaf.key[: len(key)] == key for key in typed_at)
        is_kept_back = leaf.is_secret if was_typed else leaf.is_hidden
        is_hidden = is_kept_back or key_text(leaf.key) in hidden
        if is_hidden and leaf.value not in (None, ""):
            whole = _set(whole, leaf.key, (), MASK)
    return whole if isinstance(whole, dict) else {}


def with_secrets(masked_values: Mapping[str, Json], *sources: Mapping[str, Json]) -> Values:
    """Return the values with each mask replaced by what the first source that knows it has.

    Raises:
        ValuesError: nobody knows some of them.
    """
    whole: Json = _copied(masked_values)
    unknown = []
    for leaf in leaves(masked_values):
        if not is_masked(leaf.value):
            continue
        known = next(_known(masked_values, leaf.key, sources), _ABSENT)
        if known is _ABSENT:
            unknown.append(key_text(leaf.key))
        else:
            whole = _set(whole, leaf.key, (), known)  # type: ignore[arg-type] # Json by now
    if unknown:
        raise ValuesError(ValuesUnknown(paths=tuple(unknown)))
    return whole if isinstance(whole, dict) else {}


def _key(word: str) -> Key:
    try:
        return parse_key(word)
    except KeyFaultError as error:
        raise ValuesError(KeyUnreadable(word=word, fault=error.fault)) from error


def _copy(value: Json) -> Json:
    match value:
        case dict():
            return _copied(value)
        case list():
            return [_copy(each) for each in value]
        case _:
            return value


def _copied(values: Mapping[str, Json]) -> Values:
    return {name: _copy(each) for name, each in values.items()}


def _in_order(keyed: tuple[Key, str]) -> list[tuple[bool, int, str]]:
    """Sort names by name and indices by size, so that a list grows from its beginning."""
    return [
        (isinstance(part, str), part if isinstance(part, int) else 0, str(part))
        for part in keyed[0]
    ]


def _set(present: Json, key: Key, above: Key, value: Json) -> Json:
    """Return *present* with *value* at *key*; *above* is where it stands itself."""
    if not key:
        return value
    head, *rest = key
    here = (*above, head)
    if isinstance(head, int):
        rows = [] if present is None else present
        if not isinstance(rows, list):
            raise _misfit(here, above, "list")
        if head > len(rows):
            raise _misfit(here, above, "row")
        inner = rows[head] if head < len(rows) else None
        return [*rows[:head], _set(inner, tuple(rest), here, value), *rows[head + 1 :]]
    names = {} if present is None else present
    if not isinstance(names, dict):
        raise _misfit(here, above, "map")
    return {**names, head: _set(names.get(head), tuple(rest), here, value)}


def _misfit(here: Key, above: Key, wanted: Literal["map", "list", "row"]) -> ValuesError:
    return ValuesError(KeyMisfit(word=key_text(here), above=key_text(above), wanted=wanted))


def _known(
    whole: Mapping[str, Json], key: Key, sources: tuple[Mapping[str, Json], ...]
) -> Iterator[Json]:
    """Give what each source that has it unmasked has at *key*."""
    for source in sources:
        found: object = _at(dict(whole), dict(source), key)
        if found is _ABSENT or is_masked(found) or isinstance(found, dict | list):  # type: ignore[arg-type] # Json
            continue
        yield found  # type: ignore[misc] # Json


def _at(mine: Json, theirs: Json, key: Key) -> object:
    """Return what *theirs* has at *key* of *mine*; rows of a list that have names go by these."""
    for part in key:
        if isinstance(part, int):
            if not isinstance(theirs, list) or not isinstance(mine, list):
                return _ABSENT
            row = _row(mine[part], theirs, part)
            if row is None:
                return _ABSENT
            mine, theirs = mine[part], theirs[row]
        else:
            if not isinstance(theirs, dict) or part not in theirs or not isinstance(mine, dict):
                return _ABSENT
            mine, theirs = mine[part], theirs[part]
    return theirs


def _row(mine: Json, theirs: list[Json], index: int) -> int | None:
    name = mine.get("name") if isinstance(mine, dict) else None
    if not isinstance(name, str):
        return index if index < len(theirs) else None
    same = [
        at for at, each in enumerate(theirs) if isinstance(each, dict) and each.get("name") == name
    ]
    return same[0] if len(same) == 1 else None
