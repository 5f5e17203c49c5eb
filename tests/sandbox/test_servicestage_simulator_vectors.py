"""The gateway believes the vendor's own signatures."""

import hashlib
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from bot.sandbox.clouds import Credential, HuaweiCloud, sandbox_config
from bot.sandbox.clouds.http.wire import Request
from bot.sandbox.clouds.huawei.signature import canonical_request, claim_of, signature, verifies
from tests.sandbox.servicestage_client import (
    CAS,
    COMPONENT,
    PROJECT,
    Clock,
)
from tests.sandbox.servicestage_signing import AK, DATE, SK, a_request

JSON: Final = {"content-type": "application/json"}


ROLLBACK: Final = (
    b'{"chart_id":"af4b699e-018c-11ec-b8b0-0255ac100b05","action":"rollback",'
    b'"parameters":{"release_version":1},"values":{}}'
)


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
