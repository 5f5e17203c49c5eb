"""Slack's request signature: who may be believed, before anything is read."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from bot.core.records import Record

SKEW_MAX: Final = 300  # seconds, in both directions
_TIMESTAMP: Final = re.compile(rb"[0-9]{10}")
_SIGNATURE: Final = re.compile(rb"v0=[0-9a-f]{64}")
_NAMES: Final = (b"x-slack-request-timestamp", b"x-slack-signature")

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]  # names in lower case, as ASGI has them


class Claim(NamedTuple):
    """What the headers say: when it was signed, and how."""

    timestamp: bytes  # seconds since 1970, lately
    signature: bytes


class Signed(NamedTuple):
    """The secret's owner sent this body at this time."""

    timestamp: str
    body: bytes

    @property
    def key(self) -> str:
        """What is the same when the same request is sent again."""
        return hashlib.sha256(self.timestamp.encode() + b":" + self.body).hexdigest()


class Unsigned(Record):
    """Nobody can tell who sent it; `cause` is for counting, never for the sender."""

    cause: Literal["header_grammar", "outside_time", "wrong_signature"]


def claimed(headers: Headers, *, now: datetime) -> Claim | Unsigned:
    """Return what these headers claim, or why no body could make them right: then read none.

    What was signed more than five minutes before or after *now* is not believed.

    Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp, signature = (_only(headers, name) for name in _NAMES)
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return Unsigned(cause="header_grammar")
    if abs(now.timestamp() - int(timestamp)) > SKEW_MAX:
        return Unsigned(cause="outside_time")
    return Claim(timestamp, signature)


def verified(claim: Claim, body: bytes, *, secret: bytes) -> Signed | Unsigned:
    """Return whether *body* was signed with *secret*, as was claimed."""
    signed = b"v0:" + claim.timestamp + b":" + body
    digest = hmac.new(secret, signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(b"v0=" + digest.encode(), claim.signature):
        return Unsigned(cause="wrong_signature")
    return Signed(timestamp=claim.timestamp.decode(), body=body)


def _only(headers: Headers, name: bytes) -> bytes:
    """Return the header's value where it is there exactly once, else nothing."""
    values = [value for each, value in headers if each == name]
    return values[0] if len(values) == 1 else b""
