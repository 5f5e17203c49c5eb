"""What credentials make of a request, and what an answer to a login is taken for."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from bot.core.codes.clouds import LoginRefused
from bot.core.connection import Connection
from bot.core.errors import CloudRefusedError, CloudUnavailableError
from bot.core.flow import Reply
from bot.core.vendor import Answer, Login, Outgoing, Token
from bot.systems import vendor_of
from tests.systems.connections import HUAWEI, REQUEST, USER, huawei, lab

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)


def authorised(connection: Connection, token: str = "") -> Outgoing:
    """Return the request with the connection's credentials."""
    return vendor_of(connection).authorised(REQUEST, connection, NOW, token)


def login_of(connection: Connection) -> Login | None:
    """Return what the connection logs in with."""
    return vendor_of(connection).login(connection)


def token_in(answer: Answer, connection: Connection) -> Token:
    """Return the token that the connection's vendor finds."""
    return vendor_of(connection).token(answer, NOW)


def test_a_temporary_key_signs_its_token() -> None:
    """X-Security-Token and X-Project-Id are sent, and signed."""
    auth = {**HUAWEI["auth"], "security_token": "st-not-real"}
    headers = authorised(huawei(**auth)).headers
    assert headers["X-Security-Token"] == "st-not-real"
    assert headers["X-Project-Id"] == HUAWEI["project_id"]
    assert (
        "SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token,"
        in headers["Authorization"]
    )


def given(text: str = "one", body: Any = None, status: int = 200) -> Answer:
    """An answer to a login."""
    return Answer(Reply(status=status, body=body), {"x-subject-token": text})


@pytest.mark.parametrize("text", ["", "a b", "ü", "a\x7fb"])
def test_a_token_must_be_fit_for_a_header(text: str) -> None:
    """What IAM answers is not trusted to be a token."""
    with pytest.raises(CloudUnavailableError):
        token_in(given(text), huawei(**USER))


def test_cloudpods_shows_its_token() -> None:
    """Section 2: X-Auth-Token, whether it was given or fetched; nothing is signed."""
    ready = authorised(lab(token="ready-token-0001"))
    assert ready.headers["X-Auth-Token"] == "ready-token-0001"
    assert authorised(lab(), "fetched").headers["X-Auth-Token"] == "fetched"
    assert "Authorization" not in ready.headers


def test_cloudpods_logs_in_for_a_project() -> None:
    """Section 2: one method, the user's domain, and a scope, without which there is no catalog."""
    login = login_of(lab())
    assert login is not None
    request = login.request
    assert request.method == "POST"
    assert request.url == "https://lab.example:30500/v3/auth/tokens"
    assert request.headers == {"Content-Type": "application/json"}
    password = {"user": {"name": "ops", "password": "pw", "domain": {"name": "Default"}}}
    assert json.loads(request.body) == {
        "auth": {
            "identity": {"methods": ["password"], "password": password},
            "scope": {"project": {"name": "system", "domain": {"name": "Default"}}},
        }
    }


def test_who_has_no_password_does_not_log_in() -> None:
    """A key signs, and a ready token is all there is."""
    for connection in (lab(token="t"), huawei(), huawei(token="t")):
        assert login_of(connection) is None


def told(*, hours: float, early: float = 0) -> dict[str, Any]:
    """The times of a token, by a clock that is *early* hours before ours."""
    issued = NOW - timedelta(hours=early)
    return {
        "issued_at": issued.isoformat(),
        "expires_at": (issued + timedelta(hours=hours)).isoformat(),
    }


LIVES: Final[list[tuple[Any, timedelta, timedelta]]] = [
    ({"token": told(hours=24)}, timedelta(hours=24), timedelta(minutes=10)),
    ({"token": told(hours=24, early=30)}, timedelta(hours=24), timedelta(minutes=10)),
    ({"token": told(hours=1)}, timedelta(hours=1), timedelta(minutes=6)),
    ({"token": {"expires_at": (NOW + timedelta(hours=2)).isoformat()}},
     timedelta(hours=2), timedelta(minutes=10)),
    ({"token": told(hours=-1)}, timedelta(minutes=1), timedelta(seconds=6)),
    ({"token": {"expires_at": "tomorrow"}}, timedelta(hours=1), timedelta(minutes=6)),
    (None, timedelta(hours=1), timedelta(minutes=6)),
]  # fmt: skip


@pytest.mark.parametrize(("body", "life", "early"), LIVES)
def test_a_token_is_renewed_early(body: Any, life: timedelta, early: timedelta) -> None:
    """Ten minutes before its end or after nine tenths of its life; clocks need not agree."""
    token = token_in(given(body=body), huawei(**USER))
    assert token.expires_at == NOW + life
    assert token.renew_at == NOW + life - early


def service(kind: Any, *addresses: tuple[Any, str]) -> dict[str, Any]:
    """A service of a catalog."""
    rows = [{"interface": interface, "url": url} for interface, url in addresses]
    return {"type": kind, "endpoints": rows}


PUBLIC, INTERNAL, OTHER = "https://pub.example/api", "https://int.example/api", "https://o.example"
CATALOGS: Final[list[tuple[Any, dict[str, str]]]] = [
    ([service("k8s", ("internal", INTERNAL), ("public", f"{PUBLIC}/"))], {"k8s": PUBLIC}),
    ([service("k8s", ("internal", INTERNAL), ("slave", OTHER))], {"k8s": INTERNAL}),
    ([service("k8s", ("public", PUBLIC), ("public", OTHER))], {"k8s": PUBLIC}),
    ([service("k8s", ("public", PUBLIC)), service("k8s", ("public", OTHER))], {"k8s": PUBLIC}),
    ([service("k8s", ("public", "http://pub.example/api")), service("x")], {}),
    ([service("k8s", ("public", "https://u:p@pub.example"), ("internal", INTERNAL))],
     {"k8s": INTERNAL}),
    ([service("k8s", ("admin", OTHER))], {}),
    ([service(7, ("public", PUBLIC))], {}),
    ("no list", {}),
]  # fmt: skip


@pytest.mark.parametrize(("catalog", "found"), CATALOGS)
def test_addresses_come_from_the_catalog(catalog: Any, found: dict[str, str]) -> None:
    """Public before internal; what slipway.yaml would refuse is no address; Huawei tells none."""
    answer = given(body={"token": {**told(hours=24), "catalog": catalog}})
    assert token_in(answer, lab()).endpoints == found
    assert token_in(answer, huawei(**USER)).endpoints == {}


REFUSALS: Final[list[tuple[int, Any, str]]] = [
    (401, {"class": "WrongPassword", "details": "pw"}, "WrongPassword"),
    (404, {"class": "UserNotFound"}, "UserNotFound"),
    (423, {"class": "UserLocked"}, "UserLocked"),
    (429, {"class": "TooManyFailedAttempts"}, "TooManyFailedAttempts"),
    (409, {"class": "ConflictError"}, "ConflictError"),
    (401, {"class": "[auth] <b>words</b>"}, ""),
    (403, {"class": 7}, ""),
    (400, None, ""),
]


@pytest.mark.parametrize(("status", "body", "word"), REFUSALS)
def test_a_refused_login_is_told_by_its_class(status: int, body: Any, word: str) -> None:
    """Section 2: the status and the machine word, nothing else of the answer."""
    with pytest.raises(CloudRefusedError, match="log in at Keystone") as caught:
        token_in(given(body=body, status=status), lab())
    refused = LoginRefused(identity="Keystone", status=status, word=word)
    assert caught.value.reason == refused.reason
    assert (caught.value.verdict, caught.value.code) == ("refused", "login_refused")


@pytest.mark.parametrize(
    ("connection", "status"), [(lab(), 500), (lab(), 503), (huawei(**USER), 429)]
)
def test_a_failed_login_is_no_refusal(connection: Connection, status: int) -> None:
    """What may pass is not remembered; IAM's own limit is no judgement of a password."""
    with pytest.raises(CloudUnavailableError, match="no_token"):
        token_in(given(status=status), connection)
