"""Calls over real sockets: what leaves, what comes back, and what may be done next."""

import asyncio
import json
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from urllib.parse import parse_qsl

import pytest
from pydantic import ValidationError

from bot.core.codes.clouds import NoAnswer
from bot.core.connection import ReadyToken
from bot.core.errors import (
    CloudRefusedError,
    CloudUnavailableError,
    OutcomeUnknownError,
)
from bot.core.flow import Call, Reply
from bot.core.system import PATIENCE_MAX, SystemSpec
from bot.core.vendor import Outgoing
from bot.redis.doorbell import ADVANCE_SECONDS
from bot.systems import SYSTEMS
from bot.systems._huawei.connection import Password
from bot.systems._huawei.signing import Key, signed_headers
from bot.systems.servicestage_v3 import ServiceStageV3
from bot.systems.servicestage_v3.target import Component
from tests.workers.cloud.direct import TARGET, Direct, parts_for
from tests.workers.cloud.wire import Act, closed_port, connection_to, http, served
from workers.advancing.submitting import RECORD_AGAIN, RECORD_TRIES
from workers.cloud.client import polling_client
from workers.cloud.limits import CloudLimits
from workers.cloud.verdicts import url_of
from workers.processes.supervisor import GRACE_SECONDS

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)


class Hasty(ServiceStageV3):
    """A system that waits no longer for a mutation than the client's own limits."""

    spec: ClassVar[SystemSpec[Component]] = ServiceStageV3.spec.model_copy(
        update={"patience": timedelta(seconds=0.5)}
    )


class Patient(ServiceStageV3):
    """A system whose mutations may take their time."""

    spec: ClassVar[SystemSpec[Component]] = ServiceStageV3.spec.model_copy(
        update={"patience": PATIENCE_MAX}
    )


SYSTEM: Final = Hasty()
READ: Final = Call(
    method="GET",
    service="servicestage",
    path="/v3/{project_id}/cas/x",
    query=(("offset", "0"), ("limit", "a b/ü")),
)
CHANGE: Final = Call(
    method="PUT", service="servicestage", path="/v3/{project_id}/cas/x", body={"a": "ü"}
)
QUICK: Final = CloudLimits(
    connect=1,
    read_silence=0.5,
    read_total=1,
    mutation_silence=0.5,
    mutation_total=1,
    login_total=1,
    body_bytes=10_000,
    mutation_body_bytes=15_000,
)
TOKEN: Final = ReadyToken.model_validate({"token": "ready-token-0001"})
USER: Final = Password.model_validate({"username": "u", "password": "pw-secret-1", "domain": "d"})


def clock() -> datetime:
    """The moment at which everything here happens."""
    return NOW


def cloud() -> Direct:
    """A client with short limits."""
    return Direct(clock, QUICK)


def error_body(code: str, message: str = "words") -> bytes:
    """An error in the gateway's form."""
    return json.dumps({"error_code": code, "error_msg": message}).encode()


def hangs(peer: socket.socket) -> None:
    """Says nothing until the client has gone."""
    peer.recv(1)


def resets(peer: socket.socket) -> None:
    """Ends the connection the hard way."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def drips(peer: socket.socket) -> None:
    """FM-68: sends one byte in a while, for longer than anybody should wait."""
    for byte in http(body=b'{"job_id": "JOB1"}'):
        peer.settimeout(0.05)
        peer.sendall(bytes([byte]))
        try:
            if not peer.recv(1):
                return
        except TimeoutError:
            continue


def heads(peer: socket.socket) -> None:
    """FM-69: ends after the headers."""
    peer.sendall(http(body=b"", length=100))
    peer.shutdown(socket.SHUT_WR)


def test_a_read_is_signed_and_its_query_encoded_once() -> None:
    """What is on the wire has the signature of what it means; a blank goes as %20."""
    with served(http(body=b'{"a": 1}')) as server:
        connection = connection_to(server.url)
        assert cloud().send(connection, SYSTEM, READ).body == {"a": 1}
        line = server.requests[0].split(b"\r\n")[0].decode()
        sent = server.headers()
    where = line.removeprefix("GET ").removesuffix(" HTTP/1.1")
    assert where.startswith(f"/v3/{connection.project_id}/cas/x?limit=a%20b")
    assert parse_qsl(where.partition("?")[2]) == [("limit", "a b/ü"), ("offset", "0")]
    given = {"Content-Type": "application/json", "X-Project-Id": connection.project_id}
    key = Key("AKTEST0001", "sk-not-a-real-one")
    wanted = signed_headers(Outgoing("GET", f"{server.url}{where}", given, b""), key, NOW)
    assert sent["authorization"] == wanted["Authorization"]
    assert sent["x-sdk-date"] == wanted["X-Sdk-Date"]
    assert sent["host"] == wanted["Host"]
    assert sent["accept-encoding"] == "identity"


def test_a_ready_token_is_sent_as_it_is() -> None:
    """A connection with a token signs nothing."""
    with served(http()) as server:
        cloud().send(connection_to(server.url, TOKEN), SYSTEM, READ)
        assert server.headers()["x-auth-token"] == "ready-token-0001"
        assert "authorization" not in server.headers()


def test_a_mutation_goes_alone_and_once() -> None:
    """A mutating call has a connection of its own, which is closed after it."""
    with served(http(body=b'{"job_id": "JOB1"}')) as server:
        reply = cloud().send(connection_to(server.url), SYSTEM, CHANGE)
        assert server.headers()["connection"] == "close"
        assert server.requests[0].endswith(b'{"a": "\\u00fc"}')
        assert len(server.requests) == 1
    assert reply.body == {"job_id": "JOB1"}
    assert reply.request_id == "r-1"


def test_a_poller_only_reads() -> None:
    """A mutating call never takes kept connections, where it could be repeated."""

    async def change() -> None:
        parts = parts_for(connection_to("http://127.0.0.1:1"), SYSTEM, clock)
        async with polling_client(parts) as reading:
            await reading.send(TARGET, CHANGE)

    with pytest.raises(ValueError, match="is no read"):
        asyncio.run(change())


def test_nobody_listening_is_not_sent() -> None:
    """FM-52, PR1: a refused connection proves that nothing left."""
    connection = connection_to(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(CloudUnavailableError, match="not_reached"):
        cloud().send(connection, SYSTEM, CHANGE)
    with pytest.raises(CloudUnavailableError):
        cloud().send(connection, SYSTEM, READ)


def test_an_unknown_name_is_not_sent() -> None:
    """FM-53, PR1: a name that nobody resolves proves that nothing left."""
    with pytest.raises(CloudUnavailableError, match="not_reached"):
        cloud().send(connection_to("https://no-such-host.invalid"), SYSTEM, CHANGE)


def test_a_failed_handshake_is_not_sent() -> None:
    """FM-54, PR1: without TLS no byte of the request leaves."""
    with served(http()) as server:
        connection = connection_to(server.url.replace("http:", "https:"))
        hasty = Direct(clock, CloudLimits(connect=0.2))
        with pytest.raises(CloudUnavailableError, match="not_reached"):
            hasty.send(connection, SYSTEM, CHANGE)
        assert server.requests == []


LOST: Final[dict[str, bytes | Act]] = {
    "reset": resets,
    "hang": hangs,
    "one byte at a time": drips,
    "end after the headers": heads,
    "cut short": http(body=b'{"job_id"', length=100),
    "no HTTP": b"hello\r\n\r\n",
    "500": http(500, error_body("APIGW.0601")),
    "502 page": http(502, b"<html>", Content_Type="text/html"),
    "503": http(503, error_body("APIGW.0613")),
    "504": http(504, b""),
    "403 page": http(403, b"<html>"),
    "408": http(408, error_body("X.1")),
}


@pytest.mark.parametrize("act", LOST.values(), ids=list(LOST))
def test_a_lost_answer_is_unknown(act: bytes | Act) -> None:
    """PR8 to PR10, FM-55 to FM-69: what may have been executed is told as that, and sent once."""
    with served(_closing(act)) as server:
        with pytest.raises(OutcomeUnknownError):
            cloud().send(connection_to(server.url), SYSTEM, CHANGE)
        assert len(server.requests) == 1


@pytest.mark.parametrize("act", LOST.values(), ids=list(LOST))
def test_a_lost_read_may_be_repeated(act: bytes | Act) -> None:
    """The same faults cost a read nothing but time."""
    twice = (_closing(act), _closing(act))  # the kept connections try a read once more themselves
    with served(*twice) as server, pytest.raises(CloudUnavailableError):
        cloud().send(connection_to(server.url), SYSTEM, READ)


def _closing(act: bytes | Act) -> Act:
    if not isinstance(act, bytes):
        return act
    content = act

    def answer(peer: socket.socket) -> None:
        peer.sendall(content)

    return answer


def test_a_slow_answer_ends_at_the_total() -> None:
    """FM-68: a byte now and then does not prolong the wait."""
    began = time.monotonic()
    with served(drips) as server, pytest.raises(OutcomeUnknownError):
        cloud().send(connection_to(server.url), SYSTEM, CHANGE)
    assert time.monotonic() - began < 5


def late(peer: socket.socket) -> None:
    """Answers after a while, as a server does that works before it speaks."""
    peer.settimeout(0.5)
    try:
        peer.recv(1)
    except TimeoutError:
        peer.sendall(http(body=b'{"job_id": "JOB1"}'))


def test_a_systems_patience_outlasts_the_limits() -> None:
    """Some APIs answer a mutation after it is done: they are waited for, and no others."""
    hurried = CloudLimits(mutation_silence=0.1, mutation_total=0.2)
    with served(late, late) as server:
        connection = connection_to(server.url)
        reply = Direct(clock, hurried).send(connection, Patient(), CHANGE)
        assert reply.body == {"job_id": "JOB1"}
        with pytest.raises(CloudUnavailableError):
            Direct(clock, hurried.model_copy(update={"read_total": 0.2})).send(
                connection, Patient(), READ
            )


def test_everything_else_waits_for_the_most_patient_system() -> None:
    """No job, no shutdown and no container ends while a mutation may still be answered."""
    longest = PATIENCE_MAX.total_seconds() + CloudLimits().login_total + RECORD_TRIES * RECORD_AGAIN
    assert all(each.spec.patience <= PATIENCE_MAX for each in SYSTEMS)
    assert longest <= GRACE_SECONDS
    assert longest + 2 * CloudLimits().read_total <= ADVANCE_SECONDS
    with pytest.raises(ValidationError):
        SystemSpec.model_validate(
            {**dict(Patient.spec), "patience": PATIENCE_MAX + timedelta(seconds=1)}
        )


def test_a_mutations_answer_may_be_long() -> None:
    """An answer that brings a whole chart is read, and nothing is kept of it twice."""
    chart = b"[" + b"31,139,8,0," * 450_000 + b"0]"
    answer = http(body=b'{"version": 4, "chart": ' + chart + b"}")
    assert len(answer) > 4_900_000
    with served(answer, answer) as server:
        reply = Direct(clock).send(connection_to(server.url), SYSTEM, CHANGE)
        assert isinstance(reply.body, dict)
        assert (reply.body["version"], reply.text) == (4, "")
        assert Direct(clock).send(connection_to(server.url), SYSTEM, READ).body is None


def test_a_read_can_be_given_less_time() -> None:
    """Whoever must answer Slack gives a read what is left."""
    began = time.monotonic()
    with served(hangs) as server, pytest.raises(CloudUnavailableError) as caught:
        Direct(clock).send(connection_to(server.url), SYSTEM, READ, within=0.2)
    assert time.monotonic() - began < 5
    told = caught.value.reason
    assert told.key == NoAnswer.key
    assert 0 < NoAnswer.model_validate(told.params).within <= 0.2


UNREADABLE: Final[dict[str, bytes]] = {
    "empty": http(202, b""),
    "a page": http(200, b"<html>log in</html>", Content_Type="text/html"),
    "compressed": http(200, b"\x1f\x8b\x08", Content_Encoding="gzip"),
    "brotli": http(200, b"{}", Content_Encoding="br"),
    "huge": http(200, b'{"a": "' + b"x" * 20_000 + b'"}'),
    "deep": http(200, b"[" * 100 + b"]" * 100),
    "NaN": http(200, b'{"a": NaN}'),
    "twice": http(200, b'{"a": 1, "a": 2}'),
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=list(UNREADABLE))
def test_an_unreadable_success_has_no_body(answer: bytes) -> None:
    """FM-65, R12: it was accepted, and the system says that it cannot be read."""
    with served(answer, answer) as server:
        assert cloud().send(connection_to(server.url), SYSTEM, CHANGE).body is None
        assert cloud().send(connection_to(server.url), SYSTEM, READ).body is None


REFUSALS: Final[list[tuple[int, str, str, str]]] = [
    (400, "SVCSTG.00100400", "bad version", "refused"),
    (401, "SVCSTG.00100401", "not found", "not_found"),
    (401, "APIGW.0301", "verify aksk signature fail", "refused"),
    (403, "APIGW.0302", "no", "refused"),
    (409, "SVCSTG.00100400", "no", "busy"),
    (401, "APIGW.0307", "The token must be updated", "refused"),  # a key is not renewed
]


@pytest.mark.parametrize(("status", "code", "message", "verdict"), REFUSALS)
def test_a_refusal_carries_the_apis_words(
    status: int, code: str, message: str, verdict: str
) -> None:
    """PR2 to PR4: the verdict, the code and the words come from the API."""
    answer = http(status, error_body(code, message), Retry_After="7")
    with served(answer, answer) as server:
        for call in (READ, CHANGE):
            with pytest.raises(CloudRefusedError) as caught:
                cloud().send(connection_to(server.url), SYSTEM, call)
            error = caught.value
            assert (error.status, error.code, error.why) == (status, code, message)
            assert (error.verdict, error.request_id, error.retry_after) == (verdict, "r-1", 7)
        assert len(server.requests) == 2  # nothing was repeated


def test_the_time_that_only_the_words_name_is_heeded() -> None:
    """FM-62: a limit says over which time it counts; Retry-After, where it is sent, says more."""
    words = "The throttling threshold has been reached: over ratelimit,limit:10,time:1 minute"
    body = error_body("APIGW.0308", words)
    answers = [http(429, body), http(429, body, Retry_After="7"), http(429, body, Retry_After="x")]
    with served(*answers) as server:
        for wanted in (60, 7, 60):
            with pytest.raises(CloudRefusedError) as caught:
                cloud().send(connection_to(server.url), SYSTEM, CHANGE)
            assert caught.value.retry_after == wanted


def test_words_of_any_kind_are_made_plain() -> None:
    """R5: controls go, length is cut but not the cause, our own credential is hidden."""
    words = "\x1b[31m" + "sk-not-a-real-one " + "x" * 5_000 + " no quota left"
    answer = http(400, error_body("A.1", words))
    with served(answer) as server, pytest.raises(CloudRefusedError) as caught:
        cloud().send(connection_to(server.url), SYSTEM, READ)
    assert len(caught.value.why) <= 4_000
    assert caught.value.why.endswith("x no quota left")
    assert "sk-not" not in str(caught.value)
    assert caught.value.why.isprintable()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """FM-71, PR7: neither the call nor the credential goes to another address."""
    with served() as other, served(http(status, b"", Location=other.url)) as server:
        with pytest.raises(CloudRefusedError) as caught:
            cloud().send(connection_to(server.url), SYSTEM, CHANGE)
        assert other.requests == []
    assert caught.value.verdict == "misdirected"


def test_no_cookie_comes_back() -> None:
    """R11: a cookie is not kept."""

    async def twice(url: str) -> None:
        parts = parts_for(connection_to(url), SYSTEM, clock, limits=QUICK)
        async with polling_client(parts) as reading:
            await reading.send(TARGET, READ)
            await reading.send(TARGET, READ)

    with served(http(Set_Cookie="a=b"), http()) as server:
        asyncio.run(twice(server.url))
        assert "cookie" not in server.headers()
        assert server.connections == 1  # a poller's reads share one


def test_a_poller_reads_the_very_address_that_was_signed() -> None:
    """What a library would write in another way is sent as it is."""
    odd = READ.model_copy(update={"path": "/v3/{project_id}/cas/a%2Fb%7Ec%20d", "query": ()})

    async def once(url: str) -> Reply:
        parts = parts_for(connection_to(url), SYSTEM, clock, limits=QUICK)
        async with polling_client(parts) as reading:
            return await reading.send(TARGET, odd)

    with served(http(Date="Wed, 06 May 2026 07:08:39 GMT", X_Request_ID="r-7")) as server:
        reply = asyncio.run(once(server.url))
        line = server.requests[0].split(b"\r\n")[0]
    assert line.endswith(b"/cas/a%2Fb%7Ec%20d HTTP/1.1")
    assert (reply.request_id, reply.headers["date"][:3]) == ("r-7", "Wed")


@pytest.mark.parametrize(("act", "told"), [(hangs, "broken"), (drips, "no_answer")])
def test_a_poller_says_whether_all_of_its_time_was_waited(act: Act, told: str) -> None:
    """A cloud that falls silent is told apart from one that is too slow."""

    async def once(url: str) -> None:
        parts = parts_for(connection_to(url), SYSTEM, clock, limits=QUICK)
        async with polling_client(parts) as reading:
            await reading.send(TARGET, READ)

    with served(act) as server, pytest.raises(CloudUnavailableError, match=told):
        asyncio.run(once(server.url))


def login(given: str = "iam-token-1") -> bytes:
    """IAM's answer to a password."""
    body = json.dumps({"token": {"expires_at": (NOW + timedelta(hours=24)).isoformat()}})
    return http(201, body.encode(), X_Subject_Token=given)


def test_a_password_becomes_a_token_once() -> None:
    """Section 3.1: the token stands in a header and serves until shortly before its end."""
    with served(login(), http(), http()) as server:
        ours = cloud()
        connection = connection_to(server.url, USER)
        ours.send(connection, SYSTEM, READ)
        ours.send(connection, SYSTEM, CHANGE)
        asked = json.loads(server.requests[0].partition(b"\r\n\r\n")[2])
        assert server.requests[0].startswith(b"POST /v3/auth/tokens?nocatalog=true ")
        assert server.headers(1)["x-auth-token"] == "iam-token-1"
        assert server.headers(2)["x-auth-token"] == "iam-token-1"
    assert asked["auth"]["scope"] == {"project": {"id": connection.project_id}}
    assert asked["auth"]["identity"]["password"]["user"]["domain"] == {"name": "d"}


EXPIRED: Final = http(401, error_body("APIGW.0307", "The token must be updated"))


def test_an_expired_token_is_renewed_once_for_a_read() -> None:
    """FM-72: one new login, one repetition, and then the API's word stands."""
    with served(login("one"), EXPIRED, login("two"), http(body=b"[1]")) as server:
        assert cloud().send(connection_to(server.url, USER), SYSTEM, READ).body == [1]
        assert server.headers()["x-auth-token"] == "two"
    with served(login("one"), EXPIRED, login("two"), EXPIRED) as server:
        with pytest.raises(CloudRefusedError) as caught:
            cloud().send(connection_to(server.url, USER), SYSTEM, READ)
        assert len(server.requests) == 4
    assert caught.value.verdict == "refused"


def test_a_mutation_is_not_repeated_for_a_token() -> None:
    """PR3: the next attempt needs a permit of its own; it finds a new token."""
    with served(login("one"), EXPIRED, login("two"), http()) as server:
        ours = cloud()
        connection = connection_to(server.url, USER)
        with pytest.raises(CloudRefusedError) as caught:
            ours.send(connection, SYSTEM, CHANGE)
        assert caught.value.verdict == "expired"
        assert len(server.requests) == 2
        ours.send(connection, SYSTEM, CHANGE)
        assert server.headers()["x-auth-token"] == "two"


def test_a_refused_login_is_not_repeated() -> None:
    """Wrong passwords in a row lock a user: the refusal is remembered for a while."""
    with served(http(401, b'{"error": {"code": 401, "message": "no"}}')) as server:
        ours = cloud()
        for call in (READ, READ):
            with pytest.raises(CloudRefusedError, match="log in at IAM"):
                ours.send(connection_to(server.url, USER), SYSTEM, call)
        with pytest.raises(CloudRefusedError):
            ours.send(connection_to(server.url, USER), SYSTEM, CHANGE)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer", [http(201, b"{}"), http(500, b""), http(201, X_Subject_Token="")]
)
def test_a_login_without_token_sends_nothing_else(answer: bytes) -> None:
    """A mutation that lacks its credential has not left."""
    with served(answer) as server:
        with pytest.raises(CloudUnavailableError):
            cloud().send(connection_to(server.url, USER), SYSTEM, CHANGE)
        assert len(server.requests) == 1


def test_a_hanging_login_is_not_sent() -> None:
    """A permit does not wait for IAM longer than it is young."""
    with served(hangs) as server, pytest.raises(CloudUnavailableError):
        cloud().send(connection_to(server.url, USER), SYSTEM, CHANGE)


def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where requests go is the configuration's matter alone."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port()}")
    with served(http()) as server:
        assert cloud().send(connection_to(server.url), SYSTEM, READ).is_success


def test_certificates_are_verified() -> None:
    """The default is the system's store, and every name is checked."""
    context = parts_for(connection_to("http://127.0.0.1:1"), SYSTEM, clock).tls
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("path", ["/v3/{other}/x", "v3/x", "/v3/{project_id}/{x"])
def test_an_incomplete_path_never_leaves(path: str) -> None:
    """A placeholder that nobody filled in is our fault, and noticed here."""
    call = Call(method="GET", service="servicestage", path=path)
    with pytest.raises(ValueError, match="not complete"):
        url_of(connection_to("http://127.0.0.1:1"), call)


def test_reads_of_many_operations_run_at_once() -> None:
    """A poller waits for all of them together, and one hanging read does not stop another."""

    async def both(slow: str, quick: str) -> list[Reply | BaseException]:
        places = {"slow": connection_to(slow), "quick": connection_to(quick)}
        parts = replace(
            parts_for(places["slow"], SYSTEM, clock, limits=QUICK),
            resolve=lambda target, _: (places[target.name], SYSTEM),
        )
        async with polling_client(parts) as reading:
            targets = [TARGET.model_copy(update={"name": name}) for name in places]
            asked = [reading.send(each, READ) for each in targets]
            return await asyncio.gather(*asked, return_exceptions=True)

    with served(hangs) as slow, served(http()) as quick:
        first, second = asyncio.run(both(slow.url, quick.url))
    assert isinstance(first, CloudUnavailableError)
    assert isinstance(second, Reply)
