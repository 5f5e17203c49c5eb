"""Cloudpods' identity service, which looks like Keystone v3: logins, tokens, the catalog.

Source: https://github.com/yunionio/cloudpods (pkg/keystone)
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import JsonValue

from bot.sandbox.clouds.cloudpods.config import CloudpodsConfig, UserSeed
from bot.sandbox.clouds.cloudpods.wire import declined, success
from bot.sandbox.clouds.http.wire import Answer, JsonObject, Record, RefusedError, Request

LOGIN: Final = "/v3/auth/tokens"


class Login(Record):
    """A login that was asked for, and how it ended: the status of its answer."""

    user: str
    at: float
    status: int


@dataclass(frozen=True)
class _Token:
    user: str
    expires_at: float
    is_scoped: bool = True


@dataclass
class Identity:
    """Who may log in, the tokens that were given out, and how often somebody failed."""

    config: CloudpodsConfig
    new_id: Callable[[], str]
    logins: list[Login] = field(default_factory=list)
    _tokens: dict[str, _Token] = field(default_factory=dict)
    _failures: dict[UserSeed, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.config.tokens:
            end = each.expires_at if each.expires_at is not None else float("inf")
            self._tokens[each.token] = _Token(each.name, end)

    def expire_all(self, now: float) -> None:
        """Let every token that was given out until *now* have ended."""
        ended = {text: replace(each, expires_at=now) for text, each in self._tokens.items()}
        self._tokens.update(ended)

    def holder(self, text: str, now: float) -> str | None:
        """Return whose token *text* is, if it still holds and is for a project."""
        token = self._tokens.get(text)
        if token is None or token.expires_at <= now or not token.is_scoped:
            return None
        return token.user

    def handle(self, request: Request, now: float) -> Answer:
        """Answer a request for a token, for its end, or about it.

        Raises:
            DeclinedError: it is declined.
        """
        match request.method:
            case "POST":
                return self._logged_in(request, now)
            case "DELETE":
                self._tokens.pop(request.header("x-subject-token"), None)
                return Answer(status=204)
            case _:
                raise declined(404, "NotFoundError", "Handler not found")

    def _logged_in(self, request: Request, now: float) -> Answer:
        auth = _auth(request)
        named = str(_at(auth, "identity", "password", "user").get("name", ""))
        try:
            answer = self._token(request, auth, now)
        except RefusedError as refusal:
            self.logins.append(Login(user=named, at=now, status=refusal.status))
            raise
        self.logins.append(Login(user=named, at=now, status=answer.status))
        return answer

    def _token(self, request: Request, auth: dict[str, Any], now: float) -> Answer:
        methods = _at(auth, "identity").get("methods")
        if not isinstance(methods, list) or len(methods) != 1:
            raise declined(401, "[auth] invalid auth methods", "invalid auth methods")
        if methods != ["password"]:
            raise _unauthorised(why=f"unauthorized: method {methods[0]} is not served here")
        user = self._user(_at(auth, "identity", "password", "user"))
        scope = _at(auth, "scope", "project")
        project = str(scope.get("name", ""))
        if project and project not in user.projects:
            raise _unauthorised(why=f"unauthorized: user {user.name} not in project {project}")
        text = self.new_id()
        token = _Token(user.name, now + self.config.token_seconds, is_scoped=bool(project))
        self._tokens[text] = token
        shown = self._shown(request, user, project, now)
        answer = success({"id": text, "token": shown})
        return replace(answer, headers={**answer.headers, "X-Subject-Token": text})

    def _user(self, given: dict[str, Any]) -> UserSeed:
        name, domain = given.get("name"), _at(given, "domain").get("name", "")
        users = [each for each in self.config.users if each.name == name]
        if domain:
            users = [each for each in users if each.domain == domain]
        if not users:
            raise declined(404, "UserNotFound", f"user {name} not found")
        if len(users) > 1:
            raise declined(409, "ConflictError", "duplicate user name")
        [user] = users
        self._check(user, given.get("password"))
        return user

    def _check(self, user: UserSeed, password: object) -> None:
        failures = self._failures.get(user, 0)
        if user.state == "disabled":
            raise declined(423, "UserDisabled", f"user {user.name} disabled")
        if user.state == "locked" or failures > self.config.tries_max:
            raise declined(423, "UserLocked", f"user {user.name} locked")
        if password != user.password:
            self._failures[user] = failures + 1
            if failures >= self.config.tries_max:
                raise declined(429, "TooManyFailedAttempts", "too many failed attempts")
            raise declined(401, "WrongPassword", "wrong password")
        self._failures[user] = 0

    def _shown(self, request: Request, user: UserSeed, project: str, now: float) -> JsonObject:
        domain: JsonObject = {"id": "default", "name": user.domain}
        shown: JsonObject = {
            "context": {"source": "api"},
            "expires_at": _moment(now + self.config.token_seconds),
            "is_domain": False,
            "issued_at": _moment(now),
            "methods": ["password"],
            "user": {"domain": domain, "id": f"id-of-{user.name}", "name": user.name},
        }
        if project:
            shown["project"] = {"domain": domain, "id": f"id-of-{project}", "name": project}
            shown["roles"] = [{"id": "id-of-admin", "name": "admin"}]
            shown["policies"] = {"domain": [], "project": [], "system": []}
            shown["catalog"] = self._catalog(request)
        return shown

    def _catalog(self, request: Request) -> list[JsonValue]:
        here = f"http://{request.header('host')}"
        services = {"identity": f"{here}/v3"}
        if self.config.has_k8s:
            services["k8s"] = self.config.k8s_url or f"{here}/api"
        return [
            {
                "endpoints": [
                    {
                        "id": f"{interface}-{kind}",
                        "interface": interface,
                        "name": kind,
                        "region": "region0",
                        "region_id": "region0",
                        "url": url if interface == "public" else "https://default-k8s:30442/api",
                    }
                    for interface in ("internal", "public")
                ],
                "id": f"id-of-{kind}",
                "name": kind,
                "type": kind,
            }
            for kind, url in services.items()
        ]


def _auth(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("auth"), dict):
        raise declined(400, "InputParameterError", "fail to decode body")
    auth: dict[str, Any] = body["auth"]
    return auth


def _at(value: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the object at the end of these names; an empty one where there is none."""
    for name in names:
        inner = value.get(name)
        value = inner if isinstance(inner, dict) else {}
    return value


def _unauthorised(*, why: str) -> Exception:
    return declined(401, "UnauthorizedError", why)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
