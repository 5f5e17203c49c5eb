"""Connections of both vendors: what may stand in slipway.yaml, and what shows of it."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.connection import secrets_of
from bot.core.errors import ConfigurationError
from bot.systems import SYSTEMS, VENDORS, vendor_of
from tests.systems.connections import HUAWEI, LAB, huawei, lab, read


def test_every_system_has_its_vendor() -> None:
    """A system names a kind of connection that some vendor declares, and no two declare one."""
    kinds = [each.kind for each in VENDORS]
    assert len(set(kinds)) == len(kinds)
    assert {each.spec.connection_kind for each in SYSTEMS} <= set(kinds)
    for vendor in VENDORS:
        assert vendor.connection.model_fields["kind"].default == vendor.kind
    assert vendor_of(lab()).kind == "cloudpods"
    assert vendor_of(huawei()).kind == "huaweicloud"


def test_endpoints_follow_from_the_region() -> None:
    """A service has its usual address, unless another is given."""
    given = {**HUAWEI, "endpoints": {"cce": "https://cce.example/"}}
    connection = read(given)
    assert connection.endpoint("cce") == "https://cce.example"
    assert (
        connection.endpoint("servicestage") == "https://servicestage.cn-north-4.myhuaweicloud.com"
    )


def test_cloudpods_names_its_endpoints() -> None:
    """Nothing derives an address of Cloudpods: a missing one is told with its place."""
    assert lab().endpoint("k8s") == "https://lab.example:30442/api"
    with pytest.raises(ConfigurationError, match=r"connections\.lab\.endpoints\.other"):
        lab().endpoint("other")


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
        read({**HUAWEI, "endpoints": {"cce": url}})


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080"])
def test_loopback_needs_no_tls(url: str) -> None:
    """The sandbox's clouds are on this machine."""
    assert read({**HUAWEI, "endpoints": {"cce": url}}).endpoint("cce") == url


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
        read({**HUAWEI, "auth": auth})


@pytest.mark.parametrize("field", ["username", "password", "project", "domain", "identity_url"])
@pytest.mark.parametrize("end", [" ", "\n", "\r\n", "\t"], ids=repr)
def test_a_line_end_is_no_part_of_a_credential(field: str, end: str) -> None:
    """V29: what came with the file that it was read from is refused by name, not sent."""
    auth = {"domain": "Default", **LAB["auth"]}
    for wrong in (f"{auth[field]}{end}", f"{end}{auth[field]}"):
        with pytest.raises(ValidationError) as caught:
            lab(**{**auth, field: wrong})
        [fault] = caught.value.errors()
        assert fault["loc"][-1] == field
        assert auth[field] not in fault["msg"]


def test_blanks_inside_a_password_are_its_own() -> None:
    """A pass phrase is one."""
    assert list(secrets_of(lab(**{**LAB["auth"], "password": "a pass phrase"})))


def test_secrets_are_masked_and_known() -> None:
    """No secret shows in a text of the record; all of them can be hidden elsewhere."""
    auth = {**HUAWEI["auth"], "security_token": "st-not-real"}
    connection = read({**HUAWEI, "auth": auth})
    shown = repr(connection) + connection.model_dump_json()
    assert "sk-not-a-real-one" not in shown
    assert "st-not-real" not in shown
    assert list(secrets_of(connection)) == ["sk-not-a-real-one", "st-not-real"]
