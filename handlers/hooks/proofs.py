"""How senders prove who they are, as far as several do it alike."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final, Literal

from bot.core.hooks import Hook, is_standard, standard_key
from bot.core.records import Record
from handlers.hooks.request import HookRequest

SKEW_MAX: Final = 300  # seconds, in both directions
SIGNATURES_MAX: Final = 8  # in one header: several while a secret is being replaced


class Verified(Record):
    """The owner of a secret sent it."""

    secret: int  # which of the secrets: 0 is the first


class Refused(Record):
    """Nobody can tell who sent it; `cause` is for counting, never for the sender."""

    cause: Literal["header_grammar", "outside_time", "wrong_signature"]


def matching(given: Iterable[bytes], expected: Iterable[bytes]) -> Verified | Refused:
    """Return which of the *expected* values is among the *given*; all are compared, always.

    An empty one is expected of nobody.
    """
    sent = tuple(given)
    found = [
        number
        for number, wanted in enumerate(expected)
        for each in sent
        if hmac.compare_digest(each, wanted) and wanted
    ]
    return Verified(secret=found[0]) if found else Refused(cause="wrong_signature")


def secret_bytes(hook: Hook) -> list[bytes]:
    """Return the secrets of *hook* as they stand."""
    return [each.get_secret_value().encode() for each in hook.secrets]


def hex_signatures(hook: Hook, content: bytes) -> list[bytes]:
    """Return what each secret of *hook* makes of *content*: HMAC-SHA256 in lower-case hex."""
    return [
        hmac.new(secret, content, hashlib.sha256).hexdigest().encode()
        for secret in secret_bytes(hook)
    ]


def standard_signatures(hook: Hook, content: bytes) -> list[bytes]:
    """Return what each secret of *hook* makes of *content*, as Standard Webhooks writes it.

    b"", which no sender signs with: that secret does not sign.
    """
    return [_standard_signature(hook, each.get_secret_value(), content) for each in hook.secrets]


def _standard_signature(hook: Hook, secret: str, content: bytes) -> bytes:
    key = standard_key(secret) if is_standard(hook.kind, secret) else None
    if key is None:
        return b""
    return b"v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())


def bears(request: HookRequest, hook: Hook) -> Verified | Refused:
    """Return whether a secret of *hook* is the bearer token of a question."""
    return matching([_credentials(request, b"bearer")], secret_bytes(hook))


def authorised(request: HookRequest, hook: Hook) -> Verified | Refused:
    """Return whether `Authorization` is a secret: as it stands, as a bearer, or `user:password`."""
    given = request.header("authorization")
    if not given:
        return Refused(cause="header_grammar")
    secrets = secret_bytes(hook)
    forms = (
        (given, secrets),
        (_credentials(request, b"bearer"), secrets),
        (_credentials(request, b"basic"), [base64.b64encode(each) for each in secrets]),
    )
    found = [matching([sent], expected) for sent, expected in forms]
    return next((each for each in found if isinstance(each, Verified)), found[0])


def _credentials(request: HookRequest, wanted: bytes) -> bytes:
    """Return what `Authorization` has after its scheme, which has no case; b"": it is another.

    Source: RFC 9110, section 11.1 and 11.4
    """
    scheme, _, credentials = request.header("authorization").partition(b" ")
    return credentials.lstrip(b" ") if scheme.lower() == wanted else b""
