"""A request from outside as its headers and bytes, and how what it says is read."""

import hashlib
from typing import Final, NamedTuple, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from bot.core.hooks import Nothing
from bot.core.records import Json

M = TypeVar("M", bound=BaseModel)

_KEY_MAX: Final = 200  # characters of a key that stand as they are

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]  # names in lower case, as ASGI has them


class HookRequest(NamedTuple):
    """What arrived for a hook; nothing of it is interpreted before it is verified."""

    headers: Headers
    body: bytes

    def header(self, name: str) -> bytes:
        """Return the header's value where it is there exactly once, else nothing."""
        wanted = name.encode()
        values = [value for each, value in self.headers if each == wanted]
        return values[0] if len(values) == 1 else b""

    def text(self, name: str) -> str:
        """Return a header that is plain ASCII; "" for any other."""
        value = self.header(name)
        return value.decode() if value.isascii() else ""


def read_as(model: type[M], content: dict[str, Json]) -> M | Nothing:
    """Return *content* in the shape of *model*, strictly; what lacks that says nothing."""
    try:
        return model.model_validate(content, strict=True)
    except ValidationError:
        return Nothing(ignored="unreadable")


def bounded(key: str) -> str:
    """Return a key as it is kept: by its hash where a database would not take all of it.

    An index takes only so much, and PostgreSQL no NUL.
    """
    is_kept = len(key) <= _KEY_MAX and "\0" not in key
    return key if is_kept else hashlib.sha256(key.encode()).hexdigest()
