"""Turns a connection's credentials into what authorises a request; sends nothing itself."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, assert_never

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from bot.core.connection import (
    AccessKey,
    CloudpodsConnection,
    CloudpodsPassword,
    Connection,
    Endpoint,
    HuaweiConnection,
    Password,
    ReadyToken,
)
from bot.core.errors import CloudRefusedError, CloudUnavailableError, CredentialError
from bot.core.flow import Reply
from bot.core.records import Record
from workers.cloud.signing import Key, signed_headers

RENEW_BEFORE: Final = timedelta(minutes=10)
_LIFE_UNTOLD: Final = timedelta(hours=1)  # of a token whose end the answer does not tell
_LIFE_LEAST: Final = timedelta(minutes=1)
_DECLINED: Final = {  # what a login is refused with, for good; all other failures may pass
    "huaweicloud": frozenset({400, 401, 403, 404}),
    "cloudpods": frozenset({400, 401, 403, 404, 409, 423, 429}),
}
_INTERFACES: Final = ("public", "internal")  # of a catalog's addresses, the first is best
_CLASS: Final = re.compile(r"[A-Za-z]{1,40}")
_ADDRESS: Final[TypeAdapter[str]] = TypeAdapter(Endpoint)


class Outgoing(NamedTuple):
    """A request as it will be sent; *url* is complete, its query sorted and encoded."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """An answer with all its headers, names in lower case."""

    reply: Reply
    headers: dict[str, str]


class Token(Record):
    """What an identity service gave, and the addresses of services that it told with it.

    `trusted_until` is set for a token that was fetched because an API called the one before it
    expired: an API that says so of this one, too, until then, means something else.
    """

    text: str = Field(repr=False)
    expires_at: AwareDatetime
    renew_at: AwareDatetime
    endpoints: dict[str, str] = Field(default_factory=dict)
    trusted_until: AwareDatetime | None = None


def authorised(request: Outgoing, connection: Connection, now: datetime, token: str) -> Outgoing:
    """Return *request* with its credentials; *token* is what a login gave, where one is needed."""
    match connection.auth:
        case AccessKey() as key:
            return _signed(request, key, _project(connection), now)
        case ReadyToken() as ready:
            given = ready.token.get_secret_value()
        case Password() | CloudpodsPassword():
            given = token
        case _:
            assert_never(connection.auth)
    return request._replace(headers={**request.headers, "X-Auth-Token": given})


def needs_login(connection: Connection) -> bool:
    """Whether an identity service must give a token first."""
    return isinstance(connection.auth, Password | CloudpodsPassword)


def login_name(connection: Connection) -> str:
    """Return how errors speak of the login."""
    return "log in at IAM" if isinstance(connection, HuaweiConnection) else "log in at Keystone"


def owner_of(connection: Connection) -> str:
    """Name the user and project that a token is for, and the password, without telling any."""
    _, password = _way_in(connection)
    return _digest(f"{place_of(connection)}\n{password}")


def place_of(connection: Connection) -> str:
    """Name the user and project that a token is for; the same with every password."""
    login, _ = _way_in(connection)
    return _digest(json.dumps(login))


def password_of(connection: Connection) -> str:
    """Return the password of the connection's user."""
    return _way_in(connection)[1]


def login_request(connection: Connection) -> Outgoing:
    """Return the request for a token of the connection's project.

    Source: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html and, for
    Cloudpods, https://github.com/yunionio/cloudpods (pkg/mcclient).
    """
    match connection:
        case HuaweiConnection(auth=Password() as auth):
            url = f"{connection.endpoint('iam')}/v3/auth/tokens?nocatalog=true"
            scope: dict[str, Any] = {"id": connection.project_id}
        case CloudpodsConnection(auth=CloudpodsPassword() as auth):
            url = f"{auth.identity_url}/auth/tokens"
            scope = {"name": auth.project, "domain": {"name": auth.domain}}
        case _:
            raise _no_user(connection)
    user = {
        "name": auth.username,
        "password": auth.password.get_secret_value(),
        "domain": {"name": auth.domain},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": {"project": scope}}}
    return Outgoing(
        method="POST",
        url=url,
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )


class _Address(BaseModel):
    interface: str
    url: str


class _Service(BaseModel):
    type: str
    endpoints: tuple[_Address, ...] = ()


class _TokenBody(BaseModel):
    expires_at: AwareDatetime
    issued_at: AwareDatetime | None = None


class _LoginBody(BaseModel):
    token: _TokenBody


class _CatalogBody(BaseModel):
    catalog: tuple[_Service, ...]


class _TellingBody(BaseModel):
    token: _CatalogBody


def token_in(answer: Answer, connection: Connection, now: datetime) -> Token:
    """Return the token, which stands in a header.

    It is renewed ten minutes before its end, or after nine tenths of a shorter life. The life is
    what the service says between its own two times, so that its clock need not be ours.

    Raises:
        CloudRefusedError: the identity service declined.
        CloudUnavailableError: there is none.
    """
    reply = answer.reply
    if reply.status in _DECLINED[connection.kind]:
        raise _login_refused(connection, reply)
    text = answer.headers.get("x-subject-token", "")
    if not reply.is_success or not _is_sendable(text):
        raise CloudUnavailableError(doing=login_name(connection), why="the answer holds no token")
    if reply.body is None and isinstance(connection, CloudpodsConnection):
        why = "the answer, which tells the services' addresses, cannot be read"
        raise CloudUnavailableError(doing=login_name(connection), why=why)
    life = _life(reply, now)
    end = now + life
    return Token(
        text=text,
        expires_at=end,
        renew_at=end - min(RENEW_BEFORE, life / 10),
        endpoints=_endpoints(reply) if isinstance(connection, CloudpodsConnection) else {},
    )


def _life(reply: Reply, now: datetime) -> timedelta:
    try:
        told = _LoginBody.model_validate(reply.body).token
    except ValidationError:
        return _LIFE_UNTOLD
    return max(told.expires_at - (told.issued_at or now), _LIFE_LEAST)


def _endpoints(reply: Reply) -> dict[str, str]:
    """Return the address of each service of the catalog: public before internal, any region."""
    try:
        services = _TellingBody.model_validate(reply.body).token.catalog
    except ValidationError:
        return {}
    found: dict[str, str] = {}
    for service in services:
        usable = {
            each.interface: address
            for each in reversed(service.endpoints)
            if (address := _address(each.url))
        }
        best = next((usable[name] for name in _INTERFACES if name in usable), "")
        if best:
            found.setdefault(service.type, best)
    return found


def _address(url: str) -> str:
    """Return *url* as slipway.yaml would take it; "" where credentials may not be sent there."""
    try:
        return _ADDRESS.validate_python(url)
    except ValidationError:
        return ""


def _is_sendable(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _login_refused(connection: Connection, reply: Reply) -> CloudRefusedError:
    body = reply.body if isinstance(reply.body, Mapping) else {}
    told = body.get("class")
    word = f" {told}" if isinstance(told, str) and _CLASS.fullmatch(told) else ""
    who = "IAM" if isinstance(connection, HuaweiConnection) else "Keystone"
    return CloudRefusedError(
        doing=login_name(connection),
        why=f"{who} answered HTTP {reply.status}{word}",
        status=reply.status,
        verdict="refused",
        code="login_refused",
        request_id=reply.request_id,
    )


def _signed(request: Outgoing, auth: AccessKey, project: str, now: datetime) -> Outgoing:
    headers = {**request.headers, "X-Project-Id": project}
    if auth.security_token is not None:
        headers["X-Security-Token"] = auth.security_token.get_secret_value()
    key = Key(auth.access_key, auth.secret_key.get_secret_value())
    signed = signed_headers(request.method, request.url, headers, request.body, key, now)
    return request._replace(headers=signed)


def _project(connection: Connection) -> str:
    return connection.project_id if isinstance(connection, HuaweiConnection) else ""


def _way_in(connection: Connection) -> tuple[list[str], str]:
    """Return where who logs in to what, and the password."""
    match connection:
        case HuaweiConnection(auth=Password() as auth):
            where = [connection.endpoint("iam"), connection.project_id]
        case CloudpodsConnection(auth=CloudpodsPassword() as auth):
            where = [auth.identity_url, auth.project]
        case _:
            raise _no_user(connection)
    login = [connection.kind, *where, auth.domain, auth.username]
    return login, auth.password.get_secret_value()


def _no_user(connection: Connection) -> CredentialError:
    return CredentialError([f"connections.{connection.name}: has no user who could log in"])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
