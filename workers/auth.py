"""Turns a connection's credentials into what authorises a request; sends nothing itself."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias, assert_never

from pydantic import AwareDatetime, BaseModel, ValidationError

from bot.core.connection import (
    AccessKey,
    Connection,
    HuaweiConnection,
    Password,
    ReadyToken,
)
from bot.core.errors import CloudRefusedError, CloudUnavailableError, CredentialError
from bot.core.flow import Reply
from bot.core.ports import Clock
from workers.signing import Key, signed_headers

LOGIN: Final = "log in at IAM"
_RENEW_BEFORE: Final = timedelta(minutes=10)
_LIFE_UNTOLD: Final = timedelta(hours=1)  # of a token whose end the answer does not tell
_DECLINED: Final = frozenset({400, 401, 403, 404})
_REST: Final = timedelta(minutes=5)  # after a refused login: repeated ones lock the user


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


class Token(NamedTuple):
    """What IAM gave."""

    text: str
    expires_at: datetime


class _Refusal(NamedTuple):
    error: CloudRefusedError
    until: datetime


_Owner: TypeAlias = tuple[str, str, Password]


def authorised(request: Outgoing, connection: Connection, now: datetime, token: str) -> Outgoing:
    """Return *request* with its credentials; *token* is IAM's, where the connection needs one.

    Raises:
        CredentialError: nothing is known of how this connection's requests are authorised.
    """
    if not isinstance(connection, HuaweiConnection):
        raise CredentialError([f"connections.{connection.name}: {connection.kind} has no signer"])
    match connection.auth:
        case AccessKey() as key:
            return _signed(request, key, connection.project_id, now)
        case ReadyToken() as ready:
            given = ready.token.get_secret_value()
        case Password():
            given = token
        case _:
            assert_never(connection.auth)
    return request._replace(headers={**request.headers, "X-Auth-Token": given})


def needs_login(connection: Connection) -> bool:
    """Whether IAM must give a token first."""
    return isinstance(connection, HuaweiConnection) and isinstance(connection.auth, Password)


def login_request(connection: Connection) -> Outgoing:
    """Return the request for a token of the connection's project."""
    connection, auth = _with_password(connection)
    user = {
        "name": auth.username,
        "password": auth.password.get_secret_value(),
        "domain": {"name": auth.domain},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"project": {"id": connection.project_id}}
    return Outgoing(
        method="POST",
        url=f"{connection.endpoint('iam')}/v3/auth/tokens?nocatalog=true",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"auth": {"identity": identity, "scope": scope}}).encode(),
    )


class _TokenBody(BaseModel):
    expires_at: AwareDatetime


class _LoginBody(BaseModel):
    token: _TokenBody


def token_in(answer: Answer, now: datetime) -> Token:
    """Return the token, which stands in a header.

    Raises:
        CloudRefusedError: IAM declined.
        CloudUnavailableError: there is none.
    """
    reply = answer.reply
    if reply.status in _DECLINED:
        raise CloudRefusedError(
            doing=LOGIN,
            why=f"IAM answered HTTP {reply.status}",
            status=reply.status,
            verdict="refused",
            code="login_refused",
            request_id=reply.request_id,
        )
    text = answer.headers.get("x-subject-token", "")
    if (
        not reply.is_success
        or not text
        or not text.isascii()
        or not text.isprintable()
        or " " in text
    ):
        raise CloudUnavailableError(doing=LOGIN, why="the answer holds no token")
    try:
        expires_at = _LoginBody.model_validate(reply.body).token.expires_at
    except ValidationError:
        expires_at = now + _LIFE_UNTOLD
    return Token(text, expires_at)


class Tokens:
    """The tokens of this process: each lives until shortly before its end, or until dropped."""

    def __init__(self) -> None:
        self._tokens: dict[_Owner, Token] = {}
        self._refusals: dict[_Owner, _Refusal] = {}

    def get(self, connection: Connection, now: datetime) -> str | None:
        """Return the token in hand, if it still holds.

        Raises:
            CloudRefusedError: the login was refused a short while ago.
        """
        owner = _owner(connection)
        refusal = self._refusals.get(owner)
        if refusal and now < refusal.until:
            raise refusal.error
        token = self._tokens.get(owner)
        return token.text if token and now < token.expires_at - _RENEW_BEFORE else None

    def put(self, connection: Connection, token: Token) -> None:
        """Keep *token*."""
        self._tokens[_owner(connection)] = token

    def drop(self, connection: Connection, text: str) -> None:
        """Forget the token *text*, unless a newer one is in hand."""
        owner = _owner(connection)
        token = self._tokens.get(owner)
        if token and token.text == text:
            del self._tokens[owner]

    def refuse(self, connection: Connection, error: CloudRefusedError, now: datetime) -> None:
        """Remember a refused login: it is not repeated for a while."""
        self._refusals[_owner(connection)] = _Refusal(error, now + _REST)


class Login:
    """Gives each connection that needs one its token, asking IAM once for all that wait."""

    def __init__(
        self,
        ask: Callable[[Connection, Outgoing], Awaitable[Answer]],
        tokens: Tokens,
        clock: Clock,
    ) -> None:
        self._ask = ask
        self._tokens = tokens
        self._clock = clock
        self._locks: dict[str, asyncio.Lock] = {}

    async def token(self, connection: Connection) -> str:
        """Return a token that holds; empty where the connection needs none.

        Raises:
            CloudRefusedError: IAM declined, now or a short while ago.
            CloudUnavailableError: IAM gave no usable answer; nothing else was sent.
        """
        if not needs_login(connection):
            return ""
        async with self._locks.setdefault(connection.name, asyncio.Lock()):
            return self._tokens.get(connection, self._clock()) or await self._new(connection)

    def forget(self, connection: Connection, token: str) -> bool:
        """Drop a token that the API calls expired; return whether IAM may give another."""
        if not needs_login(connection):
            return False
        self._tokens.drop(connection, token)
        return True

    async def _new(self, connection: Connection) -> str:
        answer = await self._ask(connection, login_request(connection))
        try:
            token = token_in(answer, self._clock())
        except CloudRefusedError as refusal:
            self._tokens.refuse(connection, refusal, self._clock())
            raise
        self._tokens.put(connection, token)
        return token.text


def _signed(request: Outgoing, auth: AccessKey, project: str, now: datetime) -> Outgoing:
    headers = {**request.headers, "X-Project-Id": project}
    if auth.security_token is not None:
        headers["X-Security-Token"] = auth.security_token.get_secret_value()
    key = Key(auth.access_key, auth.secret_key.get_secret_value())
    signed = signed_headers(request.method, request.url, headers, request.body, key, now)
    return request._replace(headers=signed)


def _with_password(connection: Connection) -> tuple[HuaweiConnection, Password]:
    if isinstance(connection, HuaweiConnection) and isinstance(connection.auth, Password):
        return connection, connection.auth
    raise CredentialError([f"connections.{connection.name}: has no user who could log in"])


def _owner(connection: Connection) -> _Owner:
    huawei, auth = _with_password(connection)
    return huawei.endpoint("iam"), huawei.project_id, auth
