"""Request signatures of Huawei Cloud: SDK-HMAC-SHA256.

Source: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html
"""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.core.flow import encoded, query_text
from bot.core.vendor import Outgoing

ALGORITHM: Final = "SDK-HMAC-SHA256"
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"
_HASHED_TYPES: Final = ("application/json", "application/bson")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LEFT_OUT: Final = frozenset({"authorization", "content-length", "accept", "connection"})


class Key(NamedTuple):
    """An access key and its secret."""

    access: str
    secret: str


def signed_headers(request: Outgoing, key: Key, now: datetime) -> dict[str, str]:
    """Return the headers with Host, X-Sdk-Date and Authorization; all that were given are signed.

    Names that contain `_` stay unsigned, as gateways may drop them.
    """
    sent = dict(request.headers)
    sent["Host"] = _authority(request.url)
    sent["X-Sdk-Date"] = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    is_hashed = _is_hashed(_value(request.headers, "content-type"))
    if not is_hashed:
        sent["X-Sdk-Content-Sha256"] = _UNSIGNED
    is_covered = is_hashed or not request.body
    payload = hashlib.sha256(request.body).hexdigest() if is_covered else _UNSIGNED
    names, canonical = canonical_request(request._replace(headers=sent), payload)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{sent['X-Sdk-Date']}\n{digest}"
    signature = hmac.new(key.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    sent["Authorization"] = (
        f"{ALGORITHM} Access={key.access}, SignedHeaders={names}, Signature={signature}"
    )
    return sent


def canonical_request(request: Outgoing, payload: str) -> tuple[str, str]:
    """Return the list of signed names and the text that both sides hash."""
    signed = sorted(
        (name.lower(), value.strip())
        for name, value in request.headers.items()
        if "_" not in name and name.lower() not in _LEFT_OUT
    )
    names = ";".join(name for name, _ in signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed)
    parts = urlsplit(request.url)
    return names, "\n".join(
        (request.method.upper(), _path(parts.path), _query(parts.query), lines, names, payload)
    )


def _path(path: str) -> str:
    canonical = "/".join(encoded(segment) for segment in unquote(path).split("/"))
    return canonical if canonical.endswith("/") else f"{canonical}/"


def _query(query: str) -> str:
    return query_text(tuple(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)))


def _authority(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    is_default = parts.port is not None and parts.port == _DEFAULT_PORTS.get(parts.scheme)
    return host.rpartition(":")[0] if is_default else host


def _value(headers: dict[str, str], wanted: str) -> str | None:
    return next((value for name, value in headers.items() if name.lower() == wanted), None)


def _is_hashed(content_type: str | None) -> bool:
    return content_type is None or content_type.startswith(_HASHED_TYPES)
