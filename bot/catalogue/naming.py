"""Names in slipway.yaml: where they stand, and the catalogue with ids in their place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from bot.core.records import Record

R = TypeVar("R", bound=Record)


def words_of(record: Record, place: str) -> Iterator[tuple[str, str]]:
    """Yield each word in the lists of *record*, also of what it is made of, with its place."""
    for key in type(record).model_fields:
        value = getattr(record, key)
        for each in value if isinstance(value, tuple) else ():
            if isinstance(each, str):
                yield each, f"{place}.{key}"
            elif isinstance(each, Record):
                yield from words_of(each, f"{place}.{key}")


def with_ids(record: R, ids: Mapping[str, str]) -> R:
    """Return *record* with the ids that are known in place of names, in its lists."""
    changed = {
        key: tuple(_in_place(each, ids) for each in value)
        for key in type(record).model_fields
        if isinstance(value := getattr(record, key), tuple)
    }
    return record.model_copy(update=changed)


def listed(words: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return each word with all its places."""
    places: dict[str, dict[str, None]] = defaultdict(dict)
    for word, place in words:
        places[word][place] = None
    return {word: tuple(places[word]) for word in sorted(places)}


def _in_place(each: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(each, str):
        return ids.get(each, each)
    return with_ids(each, ids) if isinstance(each, Record) else each
