"""A request from outside as its headers and bytes, and what is known of it once it is verified."""

import hmac
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from bot.core.records import Record

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


class Verified(Record):
    """The owner of a secret sent it."""

    secret: int  # which of the secrets: 0 is the new one


class Refused(Record):
    """Nobody can tell who sent it; `cause` is for counting, never for the sender."""

    cause: Literal["header_grammar", "outside_time", "wrong_signature"]


def matching(given: Iterable[bytes], expected: Iterable[bytes]) -> Verified | Refused:
    """Return which of the *expected* values is among the *given*; all are compared, always."""
    sent = tuple(given)
    found = [
        number
        for number, wanted in enumerate(expected)
        for each in sent
        if hmac.compare_digest(each, wanted)
    ]
    return Verified(secret=found[0]) if found else Refused(cause="wrong_signature")
