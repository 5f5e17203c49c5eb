"""Standard Webhooks: what any pipeline sends with openssl and curl.

Source: https://github.com/standard-webhooks/standard-webhooks (spec/standard-webhooks.md)
"""

import re
from datetime import datetime
from typing import Final

from bot.core.hooks import Event, Hook, Nothing
from bot.core.records import Json
from handlers.hooks import ours
from handlers.hooks.proofs import (
    SIGNATURES_MAX,
    SKEW_MAX,
    Refused,
    Verified,
    matching,
    standard_signatures,
)
from handlers.hooks.request import HookRequest

_ID: Final = re.compile(rb"[\x21-\x7e]{1,200}")
_TIMESTAMP: Final = re.compile(rb"[0-9]{10}")
_SIGNATURE: Final = re.compile(rb"v1,[A-Za-z0-9+/]{43}=")


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:
    """Return whether id, time and body were signed with a secret of *hook*, within five minutes."""
    delivery, stamp = request.header("webhook-id"), request.header("webhook-timestamp")
    signed = request.header("webhook-signature").split(b" ")[:SIGNATURES_MAX]
    given = [each for each in signed if _SIGNATURE.fullmatch(each)]
    if not _ID.fullmatch(delivery) or not _TIMESTAMP.fullmatch(stamp) or not given:
        return Refused(cause="header_grammar")
    if abs(now.timestamp() - int(stamp)) > SKEW_MAX:
        return Refused(cause="outside_time")
    content = delivery + b"." + stamp + b"." + request.body
    return matching(given, standard_signatures(hook, content))


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:
    """Return what an event of ours proposes; its key is the signed id of the delivery."""
    return ours.read(content, request.text("webhook-id"))
