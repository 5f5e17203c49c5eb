"""Where two values of JSON differ."""

from collections.abc import Iterator
from typing import Any


def differing(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """Name the places that differ, `a.b[].c`; a null is as good as a missing member."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            yield from differing(one.get(name), other.get(name), f"{at}.{name}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for left, right in zip(one, other, strict=True):
            yield from differing(left, right, f"{at}[]")
    elif (type(one), one) != (type(other), other) and not _are_same_number(one, other):
        yield at or "all"


def _are_same_number(one: Any, other: Any) -> bool:
    numbers = all(isinstance(each, int | float) for each in (one, other))
    truths = any(isinstance(each, bool) for each in (one, other))
    return numbers and not truths and one == other
