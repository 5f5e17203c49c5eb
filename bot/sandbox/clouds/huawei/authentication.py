"""Who asks: a signature with an access key, or a token of IAM.

Source: https://support.huaweicloud.com/intl/en-us/devg-apisign/
"""

from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.clouds.http.wire import (
    Principal,
    ReadyToken,
    RefusedError,
    Request,
    refused_by_gateway,
)
from bot.sandbox.clouds.huawei.config import Credential, HuaweiConfig
from bot.sandbox.clouds.huawei.signature import SKEW_MAX, Claim, claim_of, signed_at, verifies

FAILURES_MAX: Final = 5
LOCK_SECONDS: Final = 5 * 60


@dataclass
class _Failures:
    in_a_row: int = 0
    locked_until: float = 0.0


@dataclass
class Authentication:
    """Knows the keys and tokens of a project, and how often a key failed."""

    config: HuaweiConfig
    _failures: dict[str, _Failures] = field(default_factory=dict)
    _given: dict[str, ReadyToken] = field(default_factory=dict)

    @property
    def stranger(self) -> Principal:
        """Who has not said who it is."""
        return Principal(name="", project_id=self.config.project_id)

    def give(self, token: ReadyToken) -> None:
        """Let *token* in from now on; older ones stay good."""
        self._given[token.token] = token

    def expire_given(self, now: float) -> None:
        """Let every token that was given out until *now* have ended."""
        ends = {"expires_at": now}
        self._given = {text: each.model_copy(update=ends) for text, each in self._given.items()}

    def principal(self, request: Request, now: float) -> Principal:
        """Return who asks.

        Raises:
            RefusedError: nobody whom this project knows.
        """
        if request.header("authorization"):
            return self._by_signature(request, now)
        return self._by_token(request, now)

    def _by_token(self, request: Request, now: float) -> Principal:
        given = request.header("x-auth-token")
        if not given:
            raise _incorrect(why="x-auth-token not found")
        ready = (each for each in self.config.tokens if each.token == given)
        token = self._given.get(given) or next(ready, None)
        if token is None:
            raise _incorrect(why="decrypt token fail")
        if token.expires_at is not None and token.expires_at <= now:
            raise refused_by_gateway(401, "APIGW.0307", "The token must be updated")
        if request.header("x-project-id") not in {"", self.config.project_id}:
            raise _incorrect(why="x-project-id is not the project of the token")
        return Principal(name=token.name, project_id=self.config.project_id)

    def _by_signature(self, request: Request, now: float) -> Principal:
        claim = claim_of(request.header("authorization"))
        if claim is None:
            raise _incorrect(why="the Authorization header cannot be read")
        credential = next((each for each in self.config.credentials if each.ak == claim.ak), None)
        if credential is None:
            raise _incorrect(why=f"Get secretKey failed,ak:{claim.ak},err:ak not exist")
        self._check_signature(request, claim, credential, now)
        self._check_project(request, claim)
        return Principal(name=credential.name, project_id=self.config.project_id)

    def _check_signature(
        self, request: Request, claim: Claim, credential: Credential, now: float
    ) -> None:
        failures = self._failures.setdefault(claim.ak, _Failures())
        if now < failures.locked_until:
            raise _incorrect(why="AK access failed to reach the limit,forbidden")
        moment = signed_at(request)
        if moment is None or abs(moment - now) > SKEW_MAX:
            text = "Incorrect app authentication information: the time of the signature is off"
            raise refused_by_gateway(401, self.config.skew_code, text)
        if not _is_right(request, claim, credential):
            _count(failures, now)
            raise _incorrect(why="verify aksk signature fail")
        failures.in_a_row = 0

    def _check_project(self, request: Request, claim: Claim) -> None:
        if "x-project-id" not in claim.names:
            raise _incorrect(why="x-project-id is not signed")
        if request.header("x-project-id") != self.config.project_id:
            raise _incorrect(why="x-project-id is not a project of the access key")


def _is_right(request: Request, claim: Claim, credential: Credential) -> bool:
    given = request.header("x-security-token")
    if given != (credential.security_token or ""):
        return False
    if given and "x-security-token" not in claim.names:
        return False
    return verifies(request, claim, credential.sk)


def _count(failures: _Failures, now: float) -> None:
    failures.in_a_row += 1
    if failures.in_a_row >= FAILURES_MAX:
        failures.in_a_row = 0
        failures.locked_until = now + LOCK_SECONDS


def _incorrect(*, why: str) -> RefusedError:
    text = f"Incorrect IAM authentication information: {why}"
    return refused_by_gateway(401, "APIGW.0301", text)
