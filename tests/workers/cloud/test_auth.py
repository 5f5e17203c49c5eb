"""Connections and what their credentials make of a request."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.core.connection import (
    CloudpodsConnection,
    Connection,
    HuaweiConnection,
    Password,
    secrets_of,
)
from bot.core.errors import (
    CloudRefusedError,
    CloudUnavailableError,
    ConfigurationError,
    CredentialError,
)
from bot.core.flow import Call, Reply
from tests.workers.cloud.wire import connection_to
from workers.cloud.auth import (
    Answer,
    Outgoing,
    authorised,
    login_request,
    needs_login,
    owner_of,
    password_of,
    place_of,
    token_in,
)
from workers.cloud.verdicts import url_of

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
READER: Final[TypeAdapter[Connection]] = TypeAdapter(Connection)
HUAWEI: Final[dict[str, Any]] = {
    "kind": "huaweicloud",
    "name": "huawei",
    "region": "cn-north-4",
    "project_id": "063a3158b1a34710b36ad208b9497d00",
    "auth": {"access_key": "AKTEST0001", "secret_key": "sk-not-a-real-one"},
}
LAB: Final[dict[str, Any]] = {
    "kind": "cloudpods",
    "name": "lab",
    "auth": {
        "identity_url": "https://lab.example:30500/v3",
        "username": "ops",
        "password": "pw",
        "project": "system",
    },
    "endpoints": {"k8s": "https://lab.example:30442/api/"},
}
REQUEST: Final = Outgoing("GET", "https://a.example/x", {"Content-Type": "application/json"}, b"")


def test_endpoints_follow_from_the_region() -> None:
    """A service has its usual address, unless another is given."""
    given = {**HUAWEI, "endpoints": {"cce": "https://cce.example/"}}
    connection = READER.validate_python(given)
    assert connection.endpoint("cce") == "https://cce.example"
    assert (
        connection.endpoint("servicestage") == "https://servicestage.cn-north-4.myhuaweicloud.com"
    )


def test_cloudpods_names_its_endpoints() -> None:
    """Nothing derives an address of Cloudpods: a missing one is told with its place."""
    lab = READER.validate_python(LAB)
    assert isinstance(lab, CloudpodsConnection)
    assert lab.endpoint("k8s") == "https://lab.example:30442/api"
    with pytest.raises(ConfigurationError, match=r"connections\.lab\.endpoints\.other"):
        lab.endpoint("other")


BAD_ENDPOINTS: Final = (
    *("http://cce.example", "ftp://127.0.0.1", "https://u:p@cce.example", "https://u@cce.example"),
    *("https://cce.example?x=1", "https://cce.example#x", "https://cce.example?", "cce.example"),
    *("https://", "https://a b.example", "https://a.example:99999", "https://a.example\r\nX: y"),
    *("http://127.0.0.1.example", "http://localhost.example", "", "https://a.example:0"),
)


@pytest.mark.parametrize("url", BAD_ENDPOINTS)
def test_credentials_go_only_over_tls(url: str) -> None:
    """An endpoint is https, or http on loopback; no credentials or queries stand in it."""
    with pytest.raises(ValidationError):
        READER.validate_python({**HUAWEI, "endpoints": {"cce": url}})


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080"])
def test_loopback_needs_no_tls(url: str) -> None:
    """The sandbox's clouds are on this machine."""
    assert READER.validate_python({**HUAWEI, "endpoints": {"cce": url}}).endpoint("cce") == url


BAD_AUTH: Final[dict[str, dict[str, Any]]] = {
    "nothing": {},
    "half a key": {"access_key": "AKTEST0001"},
    "an empty secret": {"access_key": "AKTEST0001", "secret_key": ""},
    "a line end": {"token": "ready-token\n"},
    "two kinds": {"access_key": "AKTEST0001", "secret_key": "sk", "token": "t"},
    "a password without user": {"password": "pw"},
    "an unknown key": {"token": "t", "tokn": "t"},
}


@pytest.mark.parametrize("auth", BAD_AUTH.values(), ids=list(BAD_AUTH))
def test_faulty_credentials_are_refused(auth: dict[str, Any]) -> None:
    """What could not be sent, or is ambiguous, is a fault of the configuration."""
    with pytest.raises(ValidationError):
        READER.validate_python({**HUAWEI, "auth": auth})


def test_secrets_are_masked_and_known() -> None:
    """No secret shows in a text of the record; all of them can be hidden elsewhere."""
    auth = {**HUAWEI["auth"], "security_token": "st-not-real"}
    connection = READER.validate_python({**HUAWEI, "auth": auth})
    shown = repr(connection) + connection.model_dump_json()
    assert "sk-not-a-real-one" not in shown
    assert "st-not-real" not in shown
    assert list(secrets_of(connection)) == ["sk-not-a-real-one", "st-not-real"]


def test_a_temporary_key_signs_its_token() -> None:
    """X-Security-Token and X-Project-Id are sent, and signed."""
    auth = {**HUAWEI["auth"], "security_token": "st-not-real"}
    connection = READER.validate_python({**HUAWEI, "auth": auth})
    headers = authorised(REQUEST, connection, NOW, "").headers
    assert headers["X-Security-Token"] == "st-not-real"
    assert headers["X-Project-Id"] == HUAWEI["project_id"]
    assert (
        "SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token,"
        in headers["Authorization"]
    )


USER: Final = Password.model_validate({"username": "u", "password": "pw", "domain": "d"})


def user() -> HuaweiConnection:
    """A connection with a password."""
    return connection_to("http://127.0.0.1:1", USER)


def lab(**auth: Any) -> Connection:
    """A Cloudpods connection; with *auth*, other credentials."""
    return READER.validate_python({**LAB, "auth": auth or LAB["auth"]})


def given(text: str = "one", body: Any = None, status: int = 200) -> Answer:
    """An answer to a login."""
    return Answer(Reply(status=status, body=body), {"x-subject-token": text})


@pytest.mark.parametrize("text", ["", "a b", "ü", "a\x7fb"])
def test_a_token_must_be_fit_for_a_header(text: str) -> None:
    """What IAM answers is not trusted to be a token."""
    with pytest.raises(CloudUnavailableError):
        token_in(given(text), user(), NOW)


def test_cloudpods_shows_its_token() -> None:
    """Section 2: X-Auth-Token, whether it was given or fetched; nothing is signed."""
    ready = authorised(REQUEST, lab(token="ready-token-0001"), NOW, "")
    assert ready.headers["X-Auth-Token"] == "ready-token-0001"
    assert authorised(REQUEST, lab(), NOW, "fetched").headers["X-Auth-Token"] == "fetched"
    assert not needs_login(lab(token="ready-token-0001"))
    assert needs_login(lab())
    assert "Authorization" not in ready.headers


def test_cloudpods_logs_in_for_a_project() -> None:
    """Section 2: one method, the user's domain, and a scope, without which there is no catalog."""
    request = login_request(lab())
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
    for connection in (lab(token="t"), connection_to("http://127.0.0.1:1")):
        with pytest.raises(CredentialError):
            login_request(connection)
        with pytest.raises(CredentialError):
            owner_of(connection)


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
    token = token_in(given(body=body), user(), NOW)
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
    assert token_in(answer, lab(), NOW).endpoints == found
    assert token_in(answer, user(), NOW).endpoints == {}


def test_slipway_yaml_goes_before_the_catalog() -> None:
    """An address that somebody wrote down is meant; one that nobody knows is a clear refusal."""
    call = Call(method="GET", service="k8s", path="/releases")
    catalog = {"k8s": PUBLIC}
    assert url_of(lab(), call, catalog) == "https://lab.example:30442/api/releases"
    bare = READER.validate_python({**LAB, "endpoints": {}})
    assert url_of(bare, call, catalog) == f"{PUBLIC}/releases"
    with pytest.raises(CloudRefusedError, match=r"connections\.lab\.endpoints\.k8s") as caught:
        url_of(bare, call)
    assert (caught.value.verdict, caught.value.code) == ("misdirected", "no_endpoint")


REFUSALS: Final[list[tuple[int, Any, str]]] = [
    (401, {"class": "WrongPassword", "details": "pw"}, "HTTP 401 WrongPassword"),
    (404, {"class": "UserNotFound"}, "HTTP 404 UserNotFound"),
    (423, {"class": "UserLocked"}, "HTTP 423 UserLocked"),
    (429, {"class": "TooManyFailedAttempts"}, "HTTP 429 TooManyFailedAttempts"),
    (409, {"class": "ConflictError"}, "HTTP 409 ConflictError"),
    (401, {"class": "[auth] <b>words</b>"}, "HTTP 401"),
    (403, {"class": 7}, "HTTP 403"),
    (400, None, "HTTP 400"),
]


@pytest.mark.parametrize(("status", "body", "why"), REFUSALS)
def test_a_refused_login_is_told_by_its_class(status: int, body: Any, why: str) -> None:
    """Section 2: the status and the machine word, nothing else of the answer."""
    with pytest.raises(CloudRefusedError, match="log in at Keystone") as caught:
        token_in(given(body=body, status=status), lab(), NOW)
    assert caught.value.why == f"Keystone answered {why}"
    assert (caught.value.verdict, caught.value.code) == ("refused", "login_refused")


@pytest.mark.parametrize(("connection", "status"), [(lab(), 500), (lab(), 503), (user(), 429)])
def test_a_failed_login_is_no_refusal(connection: Connection, status: int) -> None:
    """What may pass is not remembered; IAM's own limit is no judgement of a password."""
    with pytest.raises(CloudUnavailableError, match="no token"):
        token_in(given(status=status), connection, NOW)


def test_an_owner_tells_nothing() -> None:
    """Tokens are kept by a digest: of another password, user or project it is another."""
    other = {**LAB["auth"], "password": "other"}
    third = {**LAB["auth"], "project": "other"}
    owners = {owner_of(each) for each in (lab(), lab(**other), lab(**third), user())}
    assert len(owners) == 4
    assert place_of(lab()) == place_of(lab(**other)) != place_of(lab(**third))
    assert password_of(lab()) == "pw"
    assert all(len(each) == 64 for each in owners)
