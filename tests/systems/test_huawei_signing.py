"""The signature of requests: the vendor's vectors, and its own signer as a second opinion."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.flow import query_text
from bot.core.vendor import Outgoing
from bot.systems._huawei.signing import Key, canonical_request, signed_headers

KEY: Final = Key("AKTESTEXAMPLE0000001", "sk-example-secret-not-real")
NOW: Final = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
PROJECT: Final = "063a3158b1a34710b36ad208b9497d00"
SERVICESTAGE: Final = f"https://servicestage.cn-north-4.myhuaweicloud.com/v3/{PROJECT}/cas"
JSON: Final = {"Content-Type": "application/json", "X-Project-Id": PROJECT}
EMPTY: Final = hashlib.sha256(b"").hexdigest()


class Vector(NamedTuple):
    """A request and its signature."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    names: str
    canonical: str
    signature: str

    @property
    def request(self) -> Outgoing:
        """The request alone."""
        return Outgoing(self.method, self.url, self.headers, self.body)


QUERY: Final = query_text(
    (
        ("limit", "10"),
        ("offset", "0"),
        ("application_name", "a b/ü~"),
        ("component_name", ""),
    )
)
VECTORS: Final = {
    "sorted query": Vector(
        "GET",
        f"{SERVICESTAGE}/components?{QUERY}",
        JSON,
        b"",
        "content-type;host;x-project-id;x-sdk-date",
        "e2843997515d2a9d81636582152ded9f1ef6007f144baa1327aa2709433211d3",
        "bcbe35ff868f10a63fb1481ef1783a482b6fe10c58e5b112d72e870389a5503d",
    ),
    "body and security token": Vector(
        "PUT",
        "https://cce.cn-north-4.myhuaweicloud.com/autopilot/cam/v3/clusters/"
        "a870253f-5dc7-11ee-bf71-0255ac100b03/namespace/monitoring/releases/testwww"
        "?show_resources=true",
        {**JSON, "X-Security-Token": "SECURITYTOKEN"},
        b'{"chart_id":"af4b699e-018c-11ec-b8b0-0255ac100b05","action":"rollback",'
        b'"parameters":{"release_version":1},"values":{}}',
        "content-type;host;x-project-id;x-sdk-date;x-security-token",
        "3990f51e84b8b6ab41953d04bad82bb0c5e0261bff4932d6e40eb0552ee48d21",
        "8b49aeb290c1a2ae7bcc60251402754268cf4bb1d0973464c63704afb9045650",
    ),
    "multipart and a port": Vector(
        "POST",
        "https://127.0.0.1:8443/v2/charts",
        {"Content-Type": "multipart/form-data; boundary=x", "X-Project-Id": PROJECT},
        b"--x--",
        "content-type;host;x-project-id;x-sdk-content-sha256;x-sdk-date",
        "869bcb7e8fc800de706126d42a24b45e35b75d964e64f52e5a5a0a20f5d5b323",
        "b2d9150eb0c8e229204e0f9aecbec844b5be8b8cac8adc2f3e0d7603019f25a3",
    ),
    "no body": Vector(
        "POST",
        f"https://127.0.0.1:8443/api/v3/projects/{PROJECT}/clusters/"
        "b4b9e60f-8aa2-11ee-af09-0255ac10004f/operation/upgrade/retry",
        JSON,
        b"",
        "content-type;host;x-project-id;x-sdk-date",
        "ec4f8a5dbe5f97017e397e29d931cc26393c3fbc97b4416415abec7ba3bce3e2",
        "4f81c6e8865c925fcab9bac9eec8ac878139a1d42cb0293e65cd2737e76afbbb",
    ),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=list(VECTORS))
def test_vectors(vector: Vector) -> None:
    """Our signature is the one that the vendor's signer gave for the same request."""
    signed = signed_headers(vector.request, KEY, NOW)
    assert signed["X-Sdk-Date"] == "20240506T070809Z"
    assert signed["Authorization"] == (
        f"SDK-HMAC-SHA256 Access={KEY.access}, SignedHeaders={vector.names}, "
        f"Signature={vector.signature}"
    )
    hidden = {name: value for name, value in signed.items() if name != "Authorization"}
    is_json = vector.headers["Content-Type"] == "application/json"
    payload = hashlib.sha256(vector.body).hexdigest() if is_json else "UNSIGNED-PAYLOAD"
    names, canonical = canonical_request(vector.request._replace(headers=hidden), payload)
    assert names == vector.names
    assert hashlib.sha256(canonical.encode()).hexdigest() == vector.canonical


def test_the_canonical_form_of_the_first_vector() -> None:
    """The path ends with a slash, the query is sorted, and a blank is %20."""
    headers = {**JSON, "Host": "servicestage.cn-north-4.myhuaweicloud.com"}
    url = VECTORS["sorted query"].url
    _, canonical = canonical_request(Outgoing("GET", url, headers, b""), EMPTY)
    lines = canonical.split("\n")
    assert lines[1] == f"/v3/{PROJECT}/cas/components/"
    assert lines[2] == "application_name=a%20b%2F%C3%BC~&component_name=&limit=10&offset=0"


def test_the_date_is_in_utc_wherever_we_are() -> None:
    """A clock of another zone signs the same moment."""
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    vector = VECTORS["no body"]
    first, second = (
        signed_headers(vector.request._replace(body=b""), KEY, now) for now in (NOW, there)
    )
    assert first == second


def test_a_default_port_is_not_named() -> None:
    """Host is the authority as a client sends it."""
    for url, host in (
        ("https://a.example:443/x", "a.example"),
        ("http://127.0.0.1:80/x", "127.0.0.1"),
        ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
        ("http://[::1]:8080/x", "[::1]:8080"),
    ):
        assert signed_headers(Outgoing("GET", url, {}, b""), KEY, NOW)["Host"] == host


@pytest.fixture(scope="module")
def kit() -> Iterator[Any]:
    """The vendor's own signer; it reads and writes below HOME when it is imported."""
    home = os.environ.get("HOME")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HOME"] = scratch
        try:
            yield _Kit()
        finally:
            os.environ.pop("HOME")
            if home is not None:
                os.environ["HOME"] = home


class _Kit:
    """Signs one request with the official kit, at a given second."""

    def __init__(self) -> None:
        self._signer = import_module("huaweicloudsdkcore.signer.signer").Signer
        self._credentials = import_module("huaweicloudsdkcore.auth.credentials").BasicCredentials
        self._request = import_module("huaweicloudsdkcore.sdk_request").SdkRequest

    def authorization(
        self, method: str, path: str, pairs: list[tuple[str, str]], body: bytes
    ) -> str:
        """Return the Authorization header that the kit gives."""
        request = self._request(
            method=method,
            schema="https",
            host="cce.example",
            resource_path=path,
            uri=None,
            query_params=pairs,
            header_params={**JSON, "X-Sdk-Date": "20240506T070809Z"},
            body=body.decode(),
            stream=False,
            signing_algorithm=None,
        )
        credentials = self._credentials(KEY.access, KEY.secret, PROJECT)
        signed = self._signer(credentials).sign(request)
        return str(signed.header_params["Authorization"])


_WORDS = st.text(
    alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12
)
_SEGMENTS = st.lists(
    st.from_regex(r"[A-Za-z0-9._~-]{1,12}", fullmatch=True), min_size=1, max_size=5
)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
    segments=_SEGMENTS,
    pairs=st.dictionaries(_WORDS.filter(bool), _WORDS, max_size=5),
    body=_WORDS,
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_vendors_signer_agrees(
    kit: _Kit, method: str, segments: list[str], pairs: dict[str, str], body: str
) -> None:
    """For any request, the official kit gives the same signature."""
    path = "/" + "/".join(segments)
    query = query_text(tuple(pairs.items()))
    url = f"https://cce.example{path}" + (f"?{query}" if query else "")
    ours = signed_headers(Outgoing(method, url, JSON, body.encode()), KEY, NOW)["Authorization"]
    assert ours == kit.authorization(method, path, list(pairs.items()), body.encode())
