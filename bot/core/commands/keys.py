r"""The keys of `key=value` words, as Helm's --set has them: `image.tag`, `a[0].b`, `a\.b`."""

import re
from typing import Final, TypeAlias

Key: TypeAlias = tuple[str | int, ...]

DEEPEST: Final = 30  # levels, as in Helm
_LARGEST: Final = 65_536  # index, as in Helm
_PART: Final = re.compile(
    r"(?P<name>(?:[^\\.\[\]]|\\.)+)|\[(?P<index>[^\]]*)\]|(?P<dot>\.)", re.DOTALL
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_ESCAPE: Final = re.compile(r"([\\.\[\]])")
_INDEX: Final = re.compile(r"[0-9]{1,5}")


def parse_key(text: str) -> Key:
    """Return the names and indices that *text* leads through.

    Raises:
        ValueError: it is no such key; the text says what is wrong.
    """
    parts: list[str | int] = []
    at, wants_name = 0, True
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise ValueError(_fault(text, f"{text[at]!r} does not fit there"))
        at = found.end()
        if found["dot"]:
            if wants_name:
                raise ValueError(_fault(text, "a name is missing before a dot"))
            wants_name = True
        elif found["name"] is not None:
            if not wants_name:
                raise ValueError(_fault(text, "a dot is missing after a ]"))
            parts.append(_ESCAPED.sub(r"\1", found["name"]))
            wants_name = False
        else:
            if wants_name:
                raise ValueError(_fault(text, "an index wants a name before it"))
            parts.append(_index(text, found["index"]))
    if wants_name:
        raise ValueError(_fault(text, "a name is missing at its end"))
    if len(parts) > DEEPEST:
        raise ValueError(_fault(text, f"it has more than {DEEPEST} levels"))
    return tuple(parts)


def key_text(key: Key) -> str:
    """Return *key* as people type it; `parse_key` reads it back."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + _NEEDS_ESCAPE.sub(r"\\\1", part)
    return text


def _index(text: str, written: str) -> int:
    if not _INDEX.fullmatch(written) or int(written) > _LARGEST:
        raise ValueError(_fault(text, f"an index is a whole number up to {_LARGEST}"))
    return int(written)


def _fault(text: str, why: str) -> str:
    return f"{text!r} is no key: {why}"
