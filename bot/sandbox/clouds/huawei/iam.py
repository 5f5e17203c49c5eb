"""IAM: tokens for users of an account, by their password.

Source: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
"""

import secrets
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.sandbox.clouds.http.wire import (
    Answer,
    Call,
    ErrorForm,
    JsonObject,
    ReadyToken,
    Record,
    RefusedError,
    Route,
)
from bot.sandbox.clouds.huawei.authentication import Authentication
from bot.sandbox.clouds.huawei.config import HuaweiConfig, UserSeed

BodyT = TypeVar("BodyT", bound=BaseModel)

_LENGTH: Final = 1_200  # bytes of a token: real ones are kilobytes long
_Words = Annotated[str, StringConstraints(min_length=1)]


class Login(Record):
    """A login that was asked for, and how it ended: the status of its answer."""

    user: str
    at: float
    status: int


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Domain(_Body):
    name: _Words


class _User(_Body):
    name: _Words
    password: _Words
    domain: _Domain


class _Password(_Body):
    user: _User


class _Identity(_Body):
    methods: list[Literal["password"]] = Field(min_length=1, max_length=1)
    password: _Password


class _Project(_Body):
    id: _Words | None = None
    name: _Words | None = None


class _Scope(_Body):
    project: _Project


class _Auth(_Body):
    identity: _Identity
    scope: _Scope


class _LoginBody(_Body):
    auth: _Auth


class Iam:
    """The login; who is let in with what it gives is the gateway's matter."""

    def __init__(self, config: HuaweiConfig, authentication: Authentication) -> None:
        self._config = config
        self._authentication = authentication
        self.logins: list[Login] = []

    def routes(self) -> tuple[Route, ...]:
        """Return the one call that is served."""
        login = Route(
            *("POST", "/v3/auth/tokens", self._log_in, frozenset({"nocatalog"})),
            takes_body=True,
            bad_request=_bad_request,
            is_login=True,
        )
        return (login,)

    def _log_in(self, call: Call) -> Answer:
        auth = _read(call.body).auth
        try:
            answer = self._answer(auth, call)
        except RefusedError as refusal:
            self._note(auth, call, refusal.status)
            raise
        self._note(auth, call, answer.status)
        return answer

    def _note(self, auth: _Auth, call: Call, status: int) -> None:
        self.logins.append(Login(user=auth.identity.password.user.name, at=call.at, status=status))

    def _answer(self, auth: _Auth, call: Call) -> Answer:
        user = self._user(auth.identity.password.user)
        project = auth.scope.project
        told = (project.id or self._config.project_id, project.name or self._config.region)
        if told != (self._config.project_id, self._config.region):
            raise _refused(403, "Forbidden", "The project is not one of the user's account.")
        ends = call.at + self._config.token_seconds
        text = f"MIIE{secrets.token_urlsafe(_LENGTH)}"
        self._authentication.give(ReadyToken(token=text, name=user.name, expires_at=ends))
        body: JsonObject = {"token": self._shown(user, call.at, ends)}
        if not call.query.get("nocatalog"):
            body["token"] = {**self._shown(user, call.at, ends), "catalog": []}
        return Answer(status=201, body=body, headers={"X-Subject-Token": text})

    def _user(self, given: _User) -> UserSeed:
        """Return who logs in; whether the name or the password is wrong, nobody is told."""
        key = (given.domain.name, given.name, given.password)
        for each in self._config.users:
            if (each.domain, each.name, each.password) == key:
                return each
        raise _refused(401, "Unauthorized", "The username or password is wrong.")

    def _shown(self, user: UserSeed, now: float, ends: float) -> JsonObject:
        domain: JsonObject = {"id": f"id-of-{user.domain}", "name": user.domain}
        return {
            "expires_at": _moment(ends),
            "issued_at": _moment(now),
            "methods": ["password"],
            "project": {
                "domain": domain,
                "id": self._config.project_id,
                "name": self._config.region,
            },
            "roles": [{"id": "0", "name": "te_admin"}],
            "user": {
                "domain": domain,
                "id": f"id-of-{user.name}",
                "name": user.name,
                "password_expires_at": "",
            },
        }


def _read(body: JsonObject | None) -> _LoginBody:
    try:
        return _LoginBody.model_validate(body or {})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise _bad_request(why=f"{where}: {first['msg']}") from None


def _bad_request(*, why: str) -> RefusedError:
    return _refused(400, "Bad Request", why)


def _refused(status: int, title: str, text: str) -> RefusedError:
    return RefusedError(status, title, text, ErrorForm.KEYSTONE)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
