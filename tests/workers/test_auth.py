"""Connections and what their credentials make of a request."""

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
from bot.core.errors import CloudRefusedError, CloudUnavailableError, ConfigurationError
from bot.core.flow import Reply
from tests.workers.wire import connection_to
from workers.auth import Answer, Outgoing, Token, Tokens, authorised, token_in

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


def user() -> HuaweiConnection:
    """A connection with a password."""
    auth = Password.model_validate({"username": "u", "password": "pw", "domain": "d"})
    return connection_to("http://127.0.0.1:1", auth)


def test_a_token_is_renewed_before_its_end() -> None:
    """A token serves until ten minutes before it ends."""
    tokens = Tokens()
    tokens.put(user(), Token("one", NOW + timedelta(hours=1)))
    assert tokens.get(user(), NOW + timedelta(minutes=49)) == "one"
    assert tokens.get(user(), NOW + timedelta(minutes=51)) is None


def test_only_the_refused_token_is_dropped() -> None:
    """A newer token that somebody else fetched meanwhile stays."""
    tokens = Tokens()
    tokens.put(user(), Token("two", NOW + timedelta(hours=1)))
    tokens.drop(user(), "one")
    assert tokens.get(user(), NOW) == "two"
    tokens.drop(user(), "two")
    assert tokens.get(user(), NOW) is None


def test_a_refused_login_rests() -> None:
    """Within five minutes a refused password is not tried again."""
    tokens = Tokens()
    error = CloudRefusedError(doing="x", why="no", status=401, verdict="refused")
    tokens.refuse(user(), error, NOW)
    with pytest.raises(CloudRefusedError):
        tokens.get(user(), NOW + timedelta(minutes=4))
    assert tokens.get(user(), NOW + timedelta(minutes=6)) is None


@pytest.mark.parametrize("text", ["", "a b", "ü", "a\x7fb"])
def test_a_token_must_be_fit_for_a_header(text: str) -> None:
    """What IAM answers is not trusted to be a token."""
    answer = Answer(Reply(status=201), {"x-subject-token": text})
    with pytest.raises(CloudUnavailableError):
        token_in(answer, NOW)
