"""Standard Webhooks, and our own events in it: what any pipeline sends with openssl and curl.

Source: https://github.com/standard-webhooks/standard-webhooks (spec/standard-webhooks.md)
"""

import base64
import hashlib
import hmac
import re
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.core.hooks import Deployable, Event, Hook, Nothing, standard_key
from bot.core.records import Json
from handlers.hooks.request import HookRequest, Refused, Verified, matching

SKEW_MAX: Final = 300  # seconds, in both directions
SIGNATURES_MAX: Final = 8  # in one header: several while a secret is being replaced
PROPOSED: Final = "slipway.deploy.proposed"
_ID: Final = re.compile(rb"[\x21-\x7e]{1,200}")
_TIMESTAMP: Final = re.compile(rb"[0-9]{10}")
_SIGNATURE: Final = re.compile(rb"v1,[A-Za-z0-9+/]{43}=")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    target: str
    version: str
    digest: str = ""
    note: str = ""
    by: str = ""


class _Proposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str
    data: _Data


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
    keys = (standard_key(each.get_secret_value()) or b"" for each in hook.secrets)
    return matching(given, [_signature(key, content) for key in keys if key])


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:
    """Return what an event of ours proposes; its key is the signed id of the delivery."""
    if content.get("type") != PROPOSED:
        return Nothing(ignored="unwanted_event")
    try:
        data = _Proposed.model_validate(content).data
    except ValidationError:
        return Nothing(ignored="unreadable")
    says = Deployable(
        source=data.target, version=data.version, digest=data.digest, note=data.note, by=data.by
    )
    return Event(key=request.text("webhook-id"), says=says)


def _signature(key: bytes, content: bytes) -> bytes:
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return b"v1," + base64.b64encode(digest)
