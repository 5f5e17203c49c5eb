"""SDK-HMAC-SHA256 as the receiving side reads it.

Source: https://support.huaweicloud.com/intl/en-us/devg-apisign/
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, unquote

from bot.sandbox.clouds.http.wire import Request

ALGORITHM: Final = "SDK-HMAC-SHA256"
SKEW_MAX: Final = 15 * 60  # seconds
UNSIGNED_PAYLOAD: Final = "UNSIGNED-PAYLOAD"
_SIGNED_TYPES: Final = ("application/json", "application/bson")
_AUTHORIZATION: Final = re.compile(
    rf"{ALGORITHM} Access=(?P<ak>[^,\s]+), "
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Claim:
    """What an Authorization header claims."""

    ak: str
    names: tuple[str, ...]
    signature: str


def claim_of(authorization: str) -> Claim | None:
    """Read an Authorization header, or nothing if it is not one of this algorithm."""
    found = _AUTHORIZATION.fullmatch(authorization)
    if found is None:
        return None
    return Claim(found["ak"], tuple(found["names"].split(";")), found["signature"])


def signed_at(request: Request) -> float | None:
    """Return when the request says it was signed, in seconds since 1970."""
    try:
        moment = datetime.strptime(request.header("x-sdk-date"), "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 - the Z is literal
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC).timestamp()


def verifies(request: Request, claim: Claim, secret: str) -> bool:
    """Whether *claim* was made of exactly this request with *secret*."""
    if "x-sdk-date" not in claim.names or list(claim.names) != sorted(set(claim.names)):
        return False
    if not set(claim.names) <= {name for name, _ in request.headers}:
        return False
    if _leaves_payload_unsigned(request) and "x-sdk-content-sha256" not in claim.names:
        return False
    expected = signature(canonical_request(request, claim.names), request, secret)
    return hmac.compare_digest(expected, claim.signature)


def signature(canonical: str, request: Request, secret: str) -> str:
    """Return the signature that *secret* gives to a canonical request."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{ALGORITHM}\n{request.header('x-sdk-date')}\n{digest}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def canonical_request(request: Request, names: tuple[str, ...]) -> str:
    """Return the six lines of which the digest is signed."""
    headers = "".join(f"{name}:{request.header(name).strip()}\n" for name in names)
    return "\n".join(
        (
            request.method,
            _canonical_path(request.path),
            _canonical_query(request.query),
            headers,
            ";".join(names),
            _payload_hash(request),
        )
    )


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Split a query string; a plus is a plus, since only %20 is a blank to the gateway."""
    halves = (pair.partition("=") for pair in query.split("&") if pair)
    return [(unquote(name), unquote(value)) for name, _, value in halves]


def _canonical_path(path: str) -> str:
    encoded = "/".join(_encoded(unquote(segment)) for segment in path.split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: str) -> str:
    pairs = sorted(query_pairs(query))
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)


def _encoded(text: str) -> str:
    return quote(text, safe="~")


def _leaves_payload_unsigned(request: Request) -> bool:
    content_type = request.header("content-type")
    return content_type != "" and not content_type.startswith(_SIGNED_TYPES)


def _payload_hash(request: Request) -> str:
    if _leaves_payload_unsigned(request) and request.body:
        return UNSIGNED_PAYLOAD
    return hashlib.sha256(request.body).hexdigest()
