"""The gateway of the simulated Huawei Cloud: signatures with access keys."""

import hashlib
import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds import Credential, HuaweiCloud, sandbox_config
from bot.sandbox.clouds.http.wire import Request
from bot.sandbox.clouds.huawei.signature import canonical_request, claim_of, signature, verifies
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

AK: Final = "AKTESTEXAMPLE0000001"
SK: Final = "sk-example-secret-not-real"
DATE: Final = "20240506T070809Z"
HEADERS: Final = {"x-project-id": PROJECT, "x-sdk-date": DATE}
JSON: Final = {"content-type": "application/json"}
ROLLBACK: Final = (
    b'{"chart_id":"af4b699e-018c-11ec-b8b0-0255ac100b05","action":"rollback",'
    b'"parameters":{"release_version":1},"values":{}}'
)


def a_request(
    method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Request:
    """Return a request as it would arrive."""
    found = httpx.URL(url)
    path, _, query = found.raw_path.decode().partition("?")
    everything = {"host": found.netloc.decode(), **HEADERS, **(headers or {})}
    return Request(method, path, query, tuple(everything.items()), body)


# method and address, further headers, body, hash of the canonical request, signature
VECTORS: Final = (
    (
        a_request(
            "GET",
            f"https://servicestage.cn-north-4.myhuaweicloud.com{CAS}/components"
            "?limit=10&offset=0&application_name=a%20b%2F%C3%BC~&component_name=",
            JSON,
        ),
        "e2843997515d2a9d81636582152ded9f1ef6007f144baa1327aa2709433211d3",
        "bcbe35ff868f10a63fb1481ef1783a482b6fe10c58e5b112d72e870389a5503d",
    ),
    (
        a_request(
            "PUT",
            "https://cce.cn-north-4.myhuaweicloud.com/autopilot/cam/v3/clusters/"
            "a870253f-5dc7-11ee-bf71-0255ac100b03/namespace/monitoring/releases/testwww"
            "?show_resources=true",
            {**JSON, "x-security-token": "SECURITYTOKEN"},
            ROLLBACK,
        ),
        "3990f51e84b8b6ab41953d04bad82bb0c5e0261bff4932d6e40eb0552ee48d21",
        "8b49aeb290c1a2ae7bcc60251402754268cf4bb1d0973464c63704afb9045650",
    ),
    (
        a_request(
            "POST",
            "https://127.0.0.1:8443/v2/charts",
            {
                "content-type": "multipart/form-data; boundary=x",
                "x-sdk-content-sha256": "UNSIGNED-PAYLOAD",
            },
            b"--x--",
        ),
        "869bcb7e8fc800de706126d42a24b45e35b75d964e64f52e5a5a0a20f5d5b323",
        "b2d9150eb0c8e229204e0f9aecbec844b5be8b8cac8adc2f3e0d7603019f25a3",
    ),
    (
        a_request(
            "POST",
            f"https://127.0.0.1:8443/api/v3/projects/{PROJECT}/clusters/"
            "b4b9e60f-8aa2-11ee-af09-0255ac10004f/operation/upgrade/retry",
            JSON,
        ),
        "ec4f8a5dbe5f97017e397e29d931cc26393c3fbc97b4416415abec7ba3bce3e2",
        "4f81c6e8865c925fcab9bac9eec8ac878139a1d42cb0293e65cd2737e76afbbb",
    ),
)


@pytest.mark.parametrize(("request_", "digest", "expected"), VECTORS, ids=["1", "2", "3", "4"])
def test_the_vendors_vectors_verify(request_: Request, digest: str, expected: str) -> None:
    """Requests that the vendor's signer signed have the canonical form and signature it gave."""
    names = tuple(sorted(name for name, _ in request_.headers))
    claim = claim_of(
        f"SDK-HMAC-SHA256 Access={AK}, SignedHeaders={';'.join(names)}, Signature={expected}"
    )

    canonical = canonical_request(request_, names)

    assert hashlib.sha256(canonical.encode()).hexdigest() == digest
    assert signature(canonical, request_, SK) == expected
    assert claim is not None
    assert verifies(request_, claim, SK)
    assert not verifies(request_, claim, f"{SK}!")


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


@pytest.mark.parametrize(("secret", "status"), [(SK, 200), ("another", 401)])
def test_the_official_signer_is_believed_only_with_the_right_key(
    sdk: Callable[[str, str], Request], secret: str, status: int
) -> None:
    """What the vendor's own SDK signs is let in, with a wrong key it is not."""
    known = sandbox_config().model_copy(update={"credentials": (Credential(ak=AK, sk=SK),)})
    cloud = HuaweiCloud(known, Clock())

    outcome = cloud.handle(sdk(secret, f"{COMPONENT}/action"))

    assert outcome.answer.status == status
    assert len(cloud.executed) == (status == 200)


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
