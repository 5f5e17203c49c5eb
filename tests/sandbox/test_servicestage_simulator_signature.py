"""What the gateway refuses of signatures, and when it locks a key."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds import Credential, HuaweiCloud, sandbox_config
from bot.sandbox.clouds.http.wire import Request
from bot.sandbox.clouds.huawei.signature import canonical_request, signature
from tests.sandbox.servicestage_client import (
    CAS,
    COMPONENT,
    PROJECT,
    SIGNED_AT,
    Clock,
    Signer,
    World,
    a_world,
)
from tests.sandbox.servicestage_signing import AK, DATE, SK, a_request


@pytest.fixture
def sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Request]:
    """Return what signs a request with the vendor's SDK, which writes to its HOME."""
    monkeypatch.setenv("HOME", str(tmp_path))
    signer: Any = importlib.import_module("huaweicloudsdkcore.signer.signer")
    sdk_request: Any = importlib.import_module("huaweicloudsdkcore.sdk_request")
    credentials: Any = importlib.import_module("huaweicloudsdkcore.auth.credentials")

    def sign(secret: str, path: str) -> Request:
        asked = sdk_request.SdkRequest(
            method="POST",
            schema="https",
            host="servicestage.test",
            resource_path=path,
            query_params=[],
            header_params={
                "Content-Type": "application/json",
                "X-Project-Id": PROJECT,
                "X-Sdk-Date": DATE,
                "User-Agent": "huaweicloud-usdk-python/3.0",
            },
            body='{"action": "restart"}',
        )
        signed = signer.Signer(credentials.BasicCredentials(AK, secret, PROJECT)).sign(asked)
        headers = tuple((name.lower(), value) for name, value in signed.header_params.items())
        return Request("POST", path, "", headers, signed.body)

    return sign


def error(response: httpx.Response) -> tuple[int, str, str]:
    """Return the status, code and text of a refusal."""
    body = response.json()
    return response.status_code, body["error_code"], body["error_msg"]


def with_key(world: World, **changes: Any) -> httpx.Response:
    """Show checkout with a signer that differs in *changes*."""
    key = sandbox_config().credentials[0]
    given = {"ak": key.ak, "sk": key.sk, "clock": world.clock, **changes}
    return world.client.get(COMPONENT, auth=Signer(**given))


WRONG_SIGNATURES: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "secret": ({"sk": "wrong"}, "APIGW.0301", "verify aksk signature fail"),
    "unknown key": (
        {"ak": "NOBODY"},
        "APIGW.0301",
        "Get secretKey failed,ak:NOBODY,err:ak not exist",
    ),
    "project not signed": (
        {"unsigned": frozenset({"x-project-id"})},
        "APIGW.0301",
        "x-project-id is not signed",
    ),
    "date not signed": (
        {"unsigned": frozenset({"x-sdk-date"})},
        "APIGW.0301",
        "verify aksk signature fail",
    ),
    "another project": (
        {"project_id": "0" * 32},
        "APIGW.0301",
        "x-project-id is not a project of the access key",
    ),
    "a security token nobody gave": (
        {"security_token": "x"},
        "APIGW.0301",
        "verify aksk signature fail",
    ),
    "too late": (
        {"clock": Clock(SIGNED_AT + 901)},
        "APIGW.0303",
        "the time of the signature is off",
    ),
    "too early": (
        {"clock": Clock(SIGNED_AT - 901)},
        "APIGW.0303",
        "the time of the signature is off",
    ),
}


@pytest.mark.parametrize("what", WRONG_SIGNATURES)
def test_a_wrong_signature_is_refused_in_the_gateways_words(what: str) -> None:
    """A signature that does not prove key, project and time is refused with 401."""
    changes, code, text = WRONG_SIGNATURES[what]
    world = a_world()

    response = with_key(world, **changes)

    assert error(response)[:2] == (401, code)
    assert error(response)[2].endswith(text)
    assert response.json()["request_id"] == response.headers["X-Request-Id"]
    assert [refused.code for refused in world.cloud.strictness] == [code]


def test_a_temporary_key_needs_its_security_token() -> None:
    """A temporary key is believed with its signed security token and not without it."""
    key = Credential(ak="TEMPORARY", sk="temporary", security_token="st")
    world = a_world(sandbox_config().model_copy(update={"credentials": (key,)}))
    given = {"ak": key.ak, "sk": key.sk}

    accepted = with_key(world, **given, security_token="st")
    missing = with_key(world, **given)
    unsigned = with_key(
        world, **given, security_token="st", unsigned=frozenset({"x-security-token"})
    )

    statuses = [each.status_code for each in (accepted, missing, unsigned)]
    assert statuses == [200, 401, 401]


def test_five_failures_in_a_row_lock_the_key_for_five_minutes() -> None:
    """A locked key is refused even with the right secret, until five minutes have passed."""
    world = a_world()
    for _ in range(5):
        with_key(world, sk="guess")

    locked = with_key(world)
    world.clock.turn(299)
    still = with_key(world)
    world.clock.turn(1)
    free = with_key(world)

    assert error(locked)[2].endswith("AK access failed to reach the limit,forbidden")
    assert [still.status_code, free.status_code] == [401, 200]


def test_a_right_signature_ends_a_row_of_failures() -> None:
    """Only failures in a row lock a key."""
    world = a_world()
    for _ in range(3):
        for _ in range(4):
            with_key(world, sk="guess")
        assert with_key(world).status_code == 200


BROKEN_CLAIMS: Final = {
    "names out of order": ({}, "x-sdk-date;x-project-id", "APIGW.0301"),
    "a name that did not come": ({}, "host;x-project-id;x-sdk-date;x-zebra", "APIGW.0301"),
    "a date that is none": ({"x-sdk-date": "yesterday"}, "x-project-id;x-sdk-date", "APIGW.0303"),
    "an unsigned payload that is not declared": (
        {"content-type": "text/plain"},
        "content-type;x-project-id;x-sdk-date",
        "APIGW.0301",
    ),
}


@pytest.mark.parametrize("what", BROKEN_CLAIMS)
def test_a_broken_claim_is_refused_although_its_hash_is_right(what: str) -> None:
    """Order, presence, date and declaration are checked besides the hash."""
    headers, names, code = BROKEN_CLAIMS[what]
    key = Credential(ak=AK, sk=SK)
    cloud = HuaweiCloud(
        sandbox_config().model_copy(update={"credentials": (key,)}), Clock(SIGNED_AT)
    )
    bare = a_request("GET", f"https://servicestage.test{COMPONENT}", headers)
    proof = signature(canonical_request(bare, tuple(names.split(";"))), bare, SK)
    authorization = f"SDK-HMAC-SHA256 Access={AK}, SignedHeaders={names}, Signature={proof}"

    outcome = cloud.handle(replace(bare, headers=(*bare.headers, ("authorization", authorization))))

    body = outcome.answer.body
    assert isinstance(body, dict)
    assert (outcome.answer.status, body["error_code"]) == (401, code)


@pytest.mark.parametrize(("blank", "status"), [("%20", 200), ("+", 401)])
def test_a_blank_in_a_query_is_percent_20(blank: str, status: int) -> None:
    """A plus is a plus to the gateway: who signs a blank and sends a plus is refused."""
    key = Credential(ak=AK, sk=SK)
    cloud = HuaweiCloud(
        sandbox_config().model_copy(update={"credentials": (key,)}), Clock(SIGNED_AT)
    )
    names = ("host", "x-project-id", "x-sdk-date")
    address = f"https://servicestage.test{CAS}/components?component_name=a"
    meant = a_request("GET", f"{address}%20b")
    proof = signature(canonical_request(meant, names), meant, SK)
    authorization = (
        f"SDK-HMAC-SHA256 Access={AK}, SignedHeaders={';'.join(names)}, Signature={proof}"
    )
    sent = replace(
        a_request("GET", f"{address}{blank}b"),
        headers=(*meant.headers, ("authorization", authorization)),
    )

    assert cloud.handle(sent).answer.status == status
