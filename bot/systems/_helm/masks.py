"""Which values are secrets: by what they are called, and by what they look like."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.core.keys import Key, key_text
from bot.core.records import Json
from bot.core.secrecy import MASK, is_below_secret, looks_secret, names_secret

_NAMING: Final = ("name", "key")  # of a pair such as {name: DB_PASSWORD, value: …}


class Leaf(NamedTuple):
    """A value that holds no others (an empty map or list is one), and whether it is a secret."""

    key: Key
    value: Json
    is_secret: bool
    is_hidden: bool  # it is a secret, or stands below the name of one: nobody is shown it


def is_masked(value: Json) -> bool:
    """Return whether *value* is what an API shows instead of a secret."""
    return isinstance(value, str) and MASK in value


def leaves(values: Mapping[str, Json]) -> Iterator[Leaf]:
    """Give every leaf of *values*; a pair of name and value is judged by that name."""
    return _leaves(dict(values), (), named=False)


def paths_of_masks(values: Mapping[str, Json]) -> frozenset[str]:
    """Return where *values* have a mask instead of a value."""
    return frozenset(key_text(leaf.key) for leaf in leaves(values) if is_masked(leaf.value))


def _leaves(value: Json, key: Key, *, named: bool) -> Iterator[Leaf]:
    """Give the leaves below *key*; *named*: it is the value of a pair with a secret's name."""
    if isinstance(value, dict) and value:
        pair = _is_secret_pair(value)
        for name, each in value.items():
            is_value = named or (pair and name not in _NAMING)
            yield from _leaves(each, (*key, name), named=is_value)
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from _leaves(each, (*key, index), named=named)
    else:
        is_secret = _is_secret(value, named=named or names_secret(key))
        is_hidden = is_secret or _is_secret(value, named=is_below_secret(key))
        yield Leaf(key, value, is_secret, is_hidden)


def _is_secret_pair(value: dict[str, Json]) -> bool:
    """Whether it is such a pair as environment variables are written in."""
    if "value" not in value:
        return False
    return any(isinstance(each, str) and names_secret((each,)) for each in map(value.get, _NAMING))


def _is_secret(value: Json, *, named: bool) -> bool:
    if value is None or isinstance(value, bool | dict | list) or value == "":
        return False
    return named or looks_secret(str(value))
