"""The values of a release: laid over one another, compared, masked, and made whole again."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from bot.core.codes import Code
from bot.core.commands.keys import Key, KeyFaultError, key_text, parse_key
from bot.core.commands.secrecy import MASK
from bot.core.plan import Change
from bot.core.records import Json
from bot.systems._helm.codes import (
    KeyMisfit,
    KeyUnreadable,
    SecretChanged,
    SetTwice,
    ValuesUnknown,
)
from bot.systems._helm.masks import is_masked, leaves, paths_of_masks
from bot.systems._wire.text import plain

__all__ = [
    "Values",
    "ValuesError",
    "changes",
    "flat",
    "is_masked",
    "masked",
    "merged",
    "overlay",
    "typed",
    "with_secrets",
]

Values: TypeAlias = dict[str, Json]

_SHOWN: Final = 120  # characters of a value
_INT64: Final = 2**63
_ABSENT: Final = object()


class ValuesError(ValueError):
    """Values cannot be what they are asked to be: `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.key, code.reason.params)
        self.code = code


def overlay(base: Mapping[str, Json], words: Mapping[str, str]) -> Values:
    """Return *base* with each word set at its dotted key; the order of *words* does not matter.

    Raises:
        ValuesError: a key cannot be read, or does not fit what is there.
    """
    whole: Json = _copy(dict(base))
    keys = sorted(((_key(word), word) for word in words), key=_in_order)
    for (key, word), (later, other) in pairwise(keys):
        if later[: len(key)] == key:
            raise ValuesError(SetTwice(one=word, other=other))
    for key, word in keys:
        whole = _set(whole, key, (), typed(words[word]))
    return whole if isinstance(whole, dict) else {}


def typed(text: str) -> Json:
    """Return *text* as Helm's --set takes it: true, false, null, a whole number, else text."""
    match text.lower():
        case "true":
            return True
        case "false":
            return False
        case "null":
            return None
        case "0":
            return 0
        case _:
            return _number(text)


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


def flat(values: Mapping[str, Json]) -> dict[str, str]:
    """Return each value as text for people, by its dotted path."""
    return {key_text(leaf.key): _text(leaf.value) for leaf in leaves(values)}


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
        found.append(_change(path, _side(was, hidden=hidden[0]), _side(will_be, hidden=hidden[1])))
    return tuple(found)


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


def _number(text: str) -> Json:
    digits = text[1:] if text[:1] in {"+", "-"} else text
    if not digits.isascii() or not digits.isdigit() or text[0] == "0" or len(digits) > 19:  # noqa: PLR2004 - as many as 64 bits have
        return text
    number = int(text)
    return number if -_INT64 <= number < _INT64 else text


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


def _change(path: str, before: str, after: str) -> Change:
    stated = SecretChanged().reason if before == after == MASK else after
    return Change(name=plain(path, _SHOWN), before=before, after=stated)


def _side(value: object, *, hidden: bool) -> str:
    if value is _ABSENT:
        return ""
    if hidden and value not in (None, "") and not isinstance(value, bool | dict | list):
        return MASK
    return _text(value)  # type: ignore[arg-type] # Json, since it is not absent


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
