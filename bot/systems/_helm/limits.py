"""Whether values can be kept and sent: as JSON, in UTF-8, not too deep and not too large."""

import json
from collections.abc import Mapping
from typing import Final

from bot.core.records import Json

LARGEST: Final = 200_000  # characters; they are recorded with each plan
_DEEPEST: Final = 40  # levels


def unfit(values: Mapping[str, Json]) -> str:
    """Return why *values* cannot be used, as a clause; empty where they can."""
    if _depth(dict(values)) > _DEEPEST:
        return f"the values are nested deeper than {_DEEPEST} levels"
    try:
        text = json.dumps(values, allow_nan=False, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        return "the values hold text that is not valid Unicode"
    except ValueError:
        return "the values hold a number that JSON does not have"
    if len(text) > LARGEST:
        return f"the values are larger than {LARGEST} characters"
    return "the values hold a NUL character" if "\\u0000" in text else ""


def _depth(values: Json) -> int:
    """Return how deep it is nested, without recursion: it may be deeper than Python goes."""
    level: list[Json] = [values]
    depth = 0
    while level and depth <= _DEEPEST:
        depth += 1
        level = [each for held in level for each in _inside(held)]
    return depth


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [each for each in value.values() if isinstance(each, dict | list)]
    held = value if isinstance(value, list) else []
    return [each for each in held if isinstance(each, dict | list)]
