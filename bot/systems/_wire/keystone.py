"""Logins as Keystone v3 takes them, which identity services of several vendors speak.

Source: https://docs.openstack.org/api-ref/identity/v3/
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from pydantic import AwareDatetime, BaseModel, ValidationError

from bot.core.codes.clouds import LoginRefused, NoToken
from bot.core.errors import CloudRefusedError, CloudUnavailableError
from bot.core.flow import Reply
from bot.core.vendor import Answer, Outgoing, Token

RENEW_BEFORE: Final = timedelta(minutes=10)
_LIFE_UNTOLD: Final = timedelta(hours=1)  # of a token whose end the answer does not tell
_LIFE_LEAST: Final = timedelta(minutes=1)
_CLASS: Final = re.compile(r"[A-Za-z]{1,40}")


class Identity(NamedTuple):
    """An identity service: its name, and the statuses with which it declines for good."""

    name: str
    declines: frozenset[int]  # all other failures may pass


class User(NamedTuple):
    """Who logs in."""

    name: str
    password: str
    domain: str


def password_login(url: str, user: User, project: dict[str, Any]) -> Outgoing:
    """Return the request for a token of *project*."""
    who = {"name": user.name, "password": user.password, "domain": {"name": user.domain}}
    identity = {"methods": ["password"], "password": {"user": who}}
    body = {"auth": {"identity": identity, "scope": {"project": project}}}
    return Outgoing(
        method="POST",
        url=url,
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )


def token_in(answer: Answer, identity: Identity, now: datetime) -> Token:
    """Return the token, which stands in a header.

    It is renewed ten minutes before its end, or after nine tenths of a shorter life. The life is
    what the service says between its own two times, so that its clock need not be ours.

    Raises:
        CloudRefusedError: the identity service declined.
        CloudUnavailableError: there is none.
    """
    reply = answer.reply
    if reply.status in identity.declines:
        raise _declined(identity, reply)
    text = answer.headers.get("x-subject-token", "")
    if not reply.is_success or not _is_sendable(text):
        why = NoToken(identity=identity.name)
        raise CloudUnavailableError(doing=f"log in at {identity.name}", why=why)
    life = _life(reply, now)
    end = now + life
    return Token(text=text, expires_at=end, renew_at=end - min(RENEW_BEFORE, life / 10))


def with_token(request: Outgoing, token: str) -> Outgoing:
    """Return *request* as one that bears *token*."""
    return request._replace(headers={**request.headers, "X-Auth-Token": token})


class _TokenBody(BaseModel):
    expires_at: AwareDatetime
    issued_at: AwareDatetime | None = None


class _LoginBody(BaseModel):
    token: _TokenBody


def _life(reply: Reply, now: datetime) -> timedelta:
    try:
        told = _LoginBody.model_validate(reply.body).token
    except ValidationError:
        return _LIFE_UNTOLD
    return max(told.expires_at - (told.issued_at or now), _LIFE_LEAST)


def _is_sendable(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _declined(identity: Identity, reply: Reply) -> CloudRefusedError:
    body = reply.body if isinstance(reply.body, Mapping) else {}
    told = body.get("class")
    word = told if isinstance(told, str) and _CLASS.fullmatch(told) else ""
    return CloudRefusedError(
        doing=f"log in at {identity.name}",
        why=LoginRefused(identity=identity.name, status=reply.status, word=word),
        status=reply.status,
        verdict="refused",
        code="login_refused",
        request_id=reply.request_id,
    )
