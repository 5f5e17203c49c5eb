r"""The keys of `key=value` words, as Helm's --set has them: `image.tag`, `a[0].b`, `a\.b`."""

import re
from typing import Final, Literal, TypeAlias

Key: TypeAlias = tuple[str | int, ...]
KeyFault: TypeAlias = Literal[
    "character",  # one that does not fit where it stands
    "name_before_dot",  # a name is missing there
    "name_before_index",
    "name_at_end",
    "dot_after_index",  # a dot is missing there
    "index",  # no whole number, or too large
    "levels",  # too many
]

DEEPEST: Final = 30  # levels, as in Helm
_LARGEST: Final = 65_536  # index, as in Helm
_PART: Final = re.compile(
    r"(?P<name>(?:[^\\.\[\]]|\\.)+)|\[(?P<index>[^\]]*)\]|(?P<dot>\.)", re.DOTALL
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_ESCAPE: Final = re.compile(r"([\\.\[\]])")
_INDEX: Final = re.compile(r"[0-9]{1,5}")


class KeyFaultError(ValueError):
    """A text is no key: `fault` says why."""

    def __init__(self, text: str, fault: KeyFault) -> None:
        super().__init__(text, fault)
        self.fault: KeyFault = fault


def parse_key(text: str) -> Key:
    """Return the names and indices that *text* leads through.

    Raises:
        KeyFaultError: it is no such key.
    """
    parts: list[str | int] = []
    at, wants_name = 0, True
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise KeyFaultError(text, "character")
        at = found.end()
        if found["dot"]:
            if wants_name:
                raise KeyFaultError(text, "name_before_dot")
            wants_name = True
        elif found["name"] is not None:
            if not wants_name:
                raise KeyFaultError(text, "dot_after_index")
            parts.append(_ESCAPED.sub(r"\1", found["name"]))
            wants_name = False
        else:
            if wants_name:
                raise KeyFaultError(text, "name_before_index")
            parts.append(_index(text, found["index"]))
    if wants_name:
        raise KeyFaultError(text, "name_at_end")
    if len(parts) > DEEPEST:
        raise KeyFaultError(text, "levels")
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
        raise KeyFaultError(text, "index")
    return int(written)
