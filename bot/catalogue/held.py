"""The secrets that slipway.yaml holds, so that texts from outside can be freed of them."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.catalogue.document import Document
from bot.core.connection import Connection, secrets_of
from bot.core.keys import Key
from bot.core.records import Json
from bot.core.secrecy import looks_secret, names_secret
from bot.redaction import SHORTEST

_HIDING: Final = frozenset({"values", "values_json", "create"})  # where targets keep secrets


def held_secrets(connections: Mapping[str, Connection], document: Document) -> frozenset[str]:
    """Return all credentials, and of what targets are sent what is or may be a secret.

    There, it is what variables gave, and what is called a secret or looks like one; short ones
    may be anybody's words.
    """
    credentials = (each for one in connections.values() for each in secrets_of(one))
    given = (
        each for path, several in document.given.items() if _is_hiding(path) for each in several
    )
    sent = (each for each in (*given, *_named(document.content, ())) if len(each) >= SHORTEST)
    return frozenset({*credentials, *sent})


def _is_hiding(path: Key) -> bool:
    return path[:1] == ("targets",) and not _HIDING.isdisjoint(path)


def _named(value: Json, path: Key) -> Iterator[str]:
    """Yield what below *path* is called a secret, or looks like one."""
    if isinstance(value, dict):
        name = value.get("name")  # of a pair of name and value
        for key, each in value.items():
            below = name if key == "value" and isinstance(name, str) else key
            yield from _named(each, (*path, below))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _named(each, (*path, number))
    elif isinstance(value, str) and _is_hiding(path) and _is_secret(value, path):
        yield value


def _is_secret(value: str, path: Key) -> bool:
    return names_secret(path) or looks_secret(value)
