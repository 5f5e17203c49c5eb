"""Words that are sent alone, where the cloud keeps what it is not given."""

from collections.abc import Mapping

from bot.core.keys import Key, key_text
from bot.core.records import Json
from bot.systems._helm.codes import ValuesUnknown
from bot.systems._helm.values import Values, ValuesError, find, keys_of, merged, overlay, put


def alone(declared: Values | None, words: Mapping[str, str], now: Values | None) -> Values:
    """Return what is declared and what *words* set, and nothing else.

    A list is replaced as a whole, so a word for one of its rows takes the list as it is *now*.

    Raises:
        ValuesError: a key does not fit what is there, or leads into a list that nobody knows.
    """
    whole = overlay(merged(now or {}, declared or {}), words, now)
    part: Json = dict(declared or {})
    for key in keys_of(words):
        place = _whole_lists(key)
        if len(place) < len(key) and find(now or {}, place) is None:
            raise ValuesError(ValuesUnknown(paths=(key_text(place),)))
        part = put(part, place, find(whole, place))
    return part if isinstance(part, dict) else {}


def _whole_lists(key: Key) -> Key:
    """Return *key* up to the first list that it leads into."""
    return key[: next((at for at, part in enumerate(key) if isinstance(part, int)), len(key))]
