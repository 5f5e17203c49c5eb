"""Huawei Cloud's SMN: notifications signed with its certificate, which is pinned in slipway.yaml.

Nothing is fetched: neither the certificate that a message names, nor the address that confirms a
subscription, which a person opens. A secret in a header of the subscription is the second proof.
Source: https://support.huaweicloud.com/intl/en-us/usermanual-smn/ (HTTP(S) message formats)
"""

import base64
import binascii
import re
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Confirmation, Event, Hook, Nothing
from bot.core.records import Json
from handlers.decoding import UnreadableError, decode
from handlers.hooks import ours
from handlers.hooks.proofs import Refused, Verified, bears
from handlers.hooks.request import HookRequest, read_as

WINDOW: Final = timedelta(minutes=15)  # a message that comes again has the time of its first try
_SUBSCRIPTION: Final = ("message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type")
_SIGNED: Final = {
    "Notification": ("message", "message_id", "subject", "timestamp", "topic_urn", "type"),
    "SubscriptionConfirmation": _SUBSCRIPTION,
    "UnsubscribeConfirmation": _SUBSCRIPTION,
}
_CONFIRMS: Final = re.compile(  # of a console, or of the service itself
    r"https://[a-z0-9.-]+\.(?:my)?huaweicloud\.(?:com|eu)/[\x21-\x7e]{1,1500}"
)


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
    message_id: str
    topic_urn: str
    message: str = ""
    subject: str = ""
    timestamp: str
    signature: str
    subscribe_url: str = ""


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:
    """Return whether the message bears a secret of *hook* and SMN's signature of a topic of it."""
    verdict = bears(request, hook)
    if isinstance(verdict, Refused):
        return verdict
    sent = _message(request)
    if sent is None or sent.topic_urn not in hook.topics:
        return Refused(cause="wrong_signature")
    if not _is_signed(sent, hook.certificate):
        return Refused(cause="wrong_signature")
    return verdict if _is_timely(sent, now) else Refused(cause="outside_time")


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:  # noqa: ARG001 - the body says all
    """Return what the text of a notification says, which has to be an event of ours in JSON."""
    sent = read_as(_Message, content)
    if isinstance(sent, Nothing):
        return sent
    if sent.type == "UnsubscribeConfirmation":
        return Nothing(ignored="unwanted_event")
    if sent.type == "SubscriptionConfirmation":
        if not _CONFIRMS.fullmatch(sent.subscribe_url):
            return Nothing(ignored="unreadable")
        says = Confirmation(topic=sent.topic_urn, url=sent.subscribe_url)
        return Event(key=sent.message_id, says=says)
    try:
        inner = decode(sent.message.encode(), is_json=True).content
    except (UnreadableError, UnicodeEncodeError):
        return Nothing(ignored="unreadable")
    return ours.read(inner, sent.message_id)


def _message(request: HookRequest) -> _Message | None:
    try:
        found = read_as(_Message, decode(request.body, is_json=True).content)
    except UnreadableError:
        return None
    return found if isinstance(found, _Message) else None


def _is_signed(sent: _Message, certificates: str) -> bool:
    """Whether one of the pinned certificates signed the fields that its kind of message has."""
    named = ((name, str(getattr(sent, name))) for name in _SIGNED[sent.type])
    text = "".join(f"{name}\n{value}\n" for name, value in named if value or name != "subject")
    try:
        signature = base64.b64decode(sent.signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    pinned = x509.load_pem_x509_certificates(certificates.encode())
    found = [_has_signed(each, signature, text.encode()) for each in pinned]  # all, always
    return any(found)


def _has_signed(certificate: x509.Certificate, signature: bytes, text: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, text, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _is_timely(sent: _Message, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(sent.timestamp)
    except ValueError:
        return False
    return at.tzinfo is not None and abs(now - at) <= WINDOW
