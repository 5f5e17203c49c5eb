"""Our signatures, as the SDK's own signer makes them, and as a server that has it sees them."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from bot.core.errors import CloudRefusedError
from bot.core.flow import Call, path, query_text
from bot.core.vendor import Outgoing
from bot.sandbox.ports import NO_TLS
from bot.systems import system
from bot.systems._huawei.connection import HuaweiConnection
from bot.systems._huawei.signing import Key, signed_headers
from tests.peers.peer import Peer
from tests.peers.places import Ours, Verifying, Witness
from tests.peers.projects import CHECKOUT, config
from tests.systems.conversing import Door, Hands, opened
from tests.workers.cloud.direct import Direct

_KEY: Final = Key("AKTESTEXAMPLE0000001", "sk-example-secret-not-real")
_PROJECT: Final = "063a3158b1a34710b36ad208b9497d00"
_TLS: Final = ssl.create_default_context()
_SYSTEM: Final = system("servicestage-v3")

_METHODS: Final = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"])
_TEXTS: Final = st.text(st.characters(codec="utf-8"), max_size=12)
_PLAIN: Final = st.from_regex(r"[!-~]{1,20}", fullmatch=True)
_PAIRS: Final = st.lists(st.tuples(_TEXTS, _TEXTS), max_size=5)
_HOSTS: Final = st.sampled_from(
    ["cce.cn-north-4.myhuaweicloud.com", "127.0.0.1:8443", "[::1]:8080", "cce.example"]
)
_TYPES: Final = st.sampled_from(
    [
        "application/json",
        "application/json;charset=utf8",
        "application/merge-patch+json",
        "multipart/form-data; boundary=x",
        None,
    ]
)


@st.composite
def urls(draw: st.DrawFn) -> str:
    """Any address, its query in any order, and quoted as it needs not be."""
    parts = "/".join(quote(each, safe="") for each in draw(st.lists(_TEXTS, max_size=5)))
    safe = draw(st.sampled_from(["", "/:@!*'(),"]))
    query = "&".join(
        f"{quote(name, safe=safe)}={quote(value, safe=safe)}" for name, value in draw(_PAIRS)
    )
    return f"https://{draw(_HOSTS)}/{parts}" + (f"?{query}" if query else "")


@st.composite
def headers(draw: st.DrawFn) -> dict[str, str]:
    """What a client says besides: the type of its body, the project, a temporary key's token."""
    kind, token = draw(_TYPES), draw(st.none() | _PLAIN)
    told = {"Content-Type": kind, "X-Security-Token": token, "X-Project-Id": _PROJECT}
    odd = {"X-Odd": draw(st.none() | _PLAIN), "X_Not_Signed": draw(st.none() | _PLAIN)}
    return {name: value for name, value in {**told, **odd}.items() if value is not None}


@given(
    method=_METHODS,
    url=urls(),
    given_headers=headers(),
    body=st.binary(max_size=40),
    key=st.builds(Key, _PLAIN, _TEXTS.filter(bool)),
    seconds=st.integers(0, 2**32),
)
def test_the_sdks_signer_signs_alike(
    peer: Peer,
    method: str,
    url: str,
    given_headers: dict[str, str],
    body: bytes,
    key: Key,
    seconds: int,
) -> None:
    """For any request, both add the same headers, byte for byte."""
    now = datetime.fromtimestamp(seconds, UTC)
    ours = signed_headers(Outgoing(method, url, given_headers, body), key, now)
    dated = {**given_headers, "X-Sdk-Date": ours["X-Sdk-Date"]}
    assert peer.signed(method, url, dated, body, key) == ours


class Gate:
    """A server that lets in what the SDK's signer would have signed alike, and remembers it."""

    def __init__(self, door: Door, peer: Peer) -> None:
        self.url = door.url
        self.guard = Verifying(JSONResponse({}), peer, _KEY)
        self.witness = Witness(self.guard)
        door.lead_to(self.witness)

    def connection(self, secret: str, token: str | None, prefix: str = "") -> HuaweiConnection:
        """Return a way here."""
        auth = {"access_key": _KEY.access, "secret_key": secret, "security_token": token}
        return HuaweiConnection.model_validate(
            {
                "name": "huawei",
                "region": "cn-north-4",
                "project_id": _PROJECT,
                "auth": auth,
                "endpoints": {"servicestage": f"{self.url}{prefix}"},
            }
        )


@pytest.fixture(scope="module")
def gate(peer: Peer) -> Iterator[Gate]:
    """Return a server of its own."""
    with opened() as door:
        yield Gate(door, peer)


_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_TEXTS, inside, max_size=3),
    max_leaves=6,
)


@st.composite
def asked(draw: st.DrawFn) -> Call:
    """Any call, read or not, of an API with names in its path."""
    one, other = (draw(_TEXTS.filter(lambda name: name not in {"", ".", ".."})) for _ in range(2))
    where = path("/v3/{project_id}/cas/{one}/components/{other}", one=one, other=other)
    method, query = draw(_METHODS), tuple(draw(_PAIRS))
    body = None if method == "GET" else draw(_JSON)
    return Call.model_validate(
        {
            "method": method, "service": "servicestage", "path": where, "query": query,
            "body": body,
        }
    )  # fmt: skip


@given(call=asked(), token=st.none() | _PLAIN, prefix=st.sampled_from(["", "/gate", "/a/b"]))
def test_a_server_with_the_sdks_signer_lets_us_in(
    gate: Gate, call: Call, token: str | None, prefix: str
) -> None:
    """Looks and changes go by different transports; neither alters what was signed on its way.

    The one for looks unquotes what need not be quoted, which means the same to whoever verifies.
    """
    connection = gate.connection(_KEY.secret, token, prefix)
    cloud = Direct(Hands(), tls=_TLS)
    ask = cloud.send if call.mutates else cloud.look
    assert ask(connection, _SYSTEM, call).status == 200
    came = gate.witness.heard.pop()
    where = prefix + call.path.replace("{project_id}", _PROJECT)
    if call.mutates:
        assert (came.path, came.query) == (where, query_text(call.query))
    assert unquote(came.path) == unquote(where)
    assert parse_qsl(came.query, keep_blank_values=True) == sorted(call.query)
    assert came.asked == call.body
    assert came.headers.get("x-security-token") == token


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wrong_secret_is_refused(gate: Gate, method: Any) -> None:
    """The server does look."""
    call = Call(method=method, service="servicestage", path="/v3/{project_id}/cas/metadata")
    cloud = Direct(Hands(), tls=_TLS)
    with pytest.raises(CloudRefusedError) as caught:
        cloud.send(gate.connection("another", None), _SYSTEM, call)
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PATCH"},
        {"url": "/v3/a/c?limit=1"},
        {"url": "/v3/a/b?limit=2"},
        {"url": "/v3/a/b?limit=1&offset="},
        {"content": b'{"a": 2}'},
        {"headers": {"X-Project-Id": "another"}},
        {"headers": {"X-Sdk-Date": "20260506T070810Z"}},
    ],
    ids=["method", "path", "query", "more query", "body", "header", "time"],
)
def test_a_change_on_the_way_is_refused(gate: Gate, change: dict[str, Any]) -> None:
    """The server looks at every part of a request."""
    given_headers = {"Content-Type": "application/json", "X-Project-Id": _PROJECT}
    url, body = f"{gate.url}/v3/a/b?limit=1", b'{"a": 1}'
    signed = signed_headers(Outgoing("PUT", url, given_headers, body), _KEY, Hands().now)
    right: dict[str, Any] = {"method": "PUT", "url": url, "content": body}
    if "url" in change:
        change = {"url": f"{gate.url}{change['url']}"}
    wrong = {**right, **change, "headers": {**signed, **change.get("headers", {})}}
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        assert client.request(**right, headers=signed).status_code == 200
        assert client.request(**wrong).status_code == 401


def test_a_story_with_a_wrong_secret_ends_at_the_door(door: Door, peer: Peer) -> None:
    """Where the stories are told, the SDK's signer guards our requests too."""
    place = Ours(door, config(), _SYSTEM, peer, secret="another")
    with pytest.raises(CloudRefusedError):
        place.run(_SYSTEM.status(CHECKOUT))
    assert place.guard.let_in == 0
    assert place.there.executed == ()
