"""The connection of Socket Mode: what it loses nothing of, and how it comes back."""

import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Queue
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest
from slack_bolt import BoltResponse
from slack_sdk import WebClient
from typing_extensions import override
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Handshake
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from bot.app.socket_mode import SocketMode
from bot.core.errors import SlackError
from handlers.limits import IngressLimits
from handlers.reception import Request
from handlers.turns import Turns
from tests.handlers.workspace import FIRST, Workspace
from tests.redis.authority import Authority

PATIENCE: Final = 10.0
LOOKS_EVERY: Final = 0.2
LONG: Final = 200_000  # characters: more than a length of two bytes can say


class Slack(WebClient):
    """Names where the next connection is opened."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.asked: list[int] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    @override
    def apps_connections_open(self, *, app_token: str, **_: Any) -> Any:
        self.asked.append(1)
        assert self.may_answer.wait(PATIENCE)
        return {"url": f"{self._url}/?ticket={len(self.asked)}"}


class Office:
    """The other end: every connection that was opened, and what was answered on it."""

    def __init__(self) -> None:
        self.opened: Queue[ServerConnection] = Queue()
        self.answers: Queue[dict[str, Any]] = Queue()
        self.refuses = 0  # handshakes
        self.slack = Slack("")
        self.refused: Queue[str] = Queue()
        self.seconds: Queue[float] = Queue()

    def admits(self, connection: ServerConnection, _: Handshake) -> Response | None:
        """Refuse as many handshakes as is wanted."""
        if not self.refuses:
            return None
        self.refuses -= 1
        return connection.respond(503, "not now\n")

    def hears(self, connection: ServerConnection) -> None:
        """Keep what comes."""
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self.opened.put(connection)
        with suppress(ConnectionClosed):
            for text in connection:
                self.answers.put(json.loads(text))

    def connection(self) -> ServerConnection:
        """Return the next connection, waiting for it."""
        return self.opened.get(timeout=PATIENCE)

    def answer(self) -> dict[str, Any]:
        """Return the next answer, waiting for it."""
        return self.answers.get(timeout=PATIENCE)


class Desk:
    """Answers in one way; what it was asked is kept."""

    def __init__(self, answer: Callable[[], BoltResponse]) -> None:
        self.asked: Queue[Request] = Queue()
        self.taken: Queue[str] = Queue()  # how each request was
        self._answer = answer

    def change_of(self, _: Request) -> None:
        """Return that nothing is done together with others."""

    def answer(self, request: Request) -> BoltResponse:
        """Answer as is wanted."""
        self.asked.put(request)
        self.taken.put("asked")
        return self._answer()

    def answer_together(self, asked: object) -> list[BoltResponse]:
        """Answer nothing together."""
        raise AssertionError(asked)

    def busy(self, _: Request) -> BoltResponse:
        """Refuse it."""
        self.taken.put("busy")
        return BoltResponse(status=200, body="busy")


class Tunnel(socketserver.BaseRequestHandler):
    """Leads to where the other end says, as a proxy of a company does."""

    @override
    def handle(self) -> None:
        """Pass on what comes, in both directions."""
        ours: socket.socket = self.request
        head = b""
        while b"\r\n\r\n" not in head:
            head += ours.recv(1)
        host, _, port = head.split()[1].decode().partition(":")
        with socket.create_connection((host, int(port))) as theirs:
            ours.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=passed_on, args=(theirs, ours))
            back.start()
            passed_on(ours, theirs)
            back.join()


def passed_on(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes until nothing does."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy() -> Iterator[str]:
    """Serve a proxy, without which Slack's library encrypts nothing but at port 443."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def office(authority: Authority | None = None) -> Iterator[Office]:
    """Serve the other end, encrypted where an authority signs its certificate."""
    there, host = Office(), "127.0.0.1"
    context = authority.context(host) if authority else None
    with serve(there.hears, host, 0, process_request=there.admits, ssl=context) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        there.slack = Slack(f"{'wss' if authority else 'ws'}://{host}:{port}")
        with ExitStack() as stack:
            if authority:
                there.slack.ssl = ssl.create_default_context(cafile=str(authority.path))
                there.slack.proxy = stack.enter_context(proxy())
            yield there


@contextmanager
def socket_mode(
    there: Office,
    desk: Any,
    limits: IngressLimits | None = None,
    *,
    ends: bool = True,
    looks_every: float = LOOKS_EVERY,
) -> Iterator[SocketMode]:
    """Have a connection to *there*, not opened yet, whose envelopes go to *desk*."""
    ours = SocketMode(there.slack, "xapp-1", looks_every=looks_every)
    turns = Turns(desk, limits or IngressLimits())
    ours.serve(
        turns,
        answered=lambda seconds, _: there.seconds.put(seconds),
        refused=there.refused.put,
    )
    try:
        yield ours
    finally:
        if ends:
            ours.close()


def yes() -> BoltResponse:
    """Answer with words."""
    return BoltResponse(status=200, body="yes")


def command(number: int = 1, text: str = "checkout 1") -> str:
    """Return an envelope with a command."""
    payload = {"command": "/deploy", "text": text}
    return envelope("slash_commands", payload, number)


def envelope(kind: str, payload: dict[str, Any], number: int = 1) -> str:
    """Return an envelope."""
    frame = {
        "type": kind,
        "envelope_id": f"e{number}",
        "payload": payload,
        "accepts_response_payload": kind != "events_api",
    }
    return json.dumps(frame)


def test_a_long_answer_arrives_whole() -> None:
    """An answer of more than 64 KiB, such as a form with long lists, is given like any other."""
    long = BoltResponse(status=200, body={"text": "x" * LONG})
    with office() as there, socket_mode(there, Desk(lambda: long)) as ours:
        ours.connect()
        there.connection().send(command())
        assert there.answer() == {"envelope_id": "e1", "payload": {"text": "x" * LONG}}


def test_all_of_it_goes_encrypted_through_a_proxy(tmp_path: Path) -> None:
    """As with Slack: long ones get through in both directions, side by side, also when it broke."""
    long = BoltResponse(status=200, body={"text": "x" * LONG})
    payload = {"type": "message_action", "message": {"text": "x" * LONG}}
    authority = Authority(tmp_path / "authority.pem")
    with office(authority) as there, socket_mode(there, Desk(lambda: long)) as ours:
        ours.connect()
        slack = there.connection()
        for number in range(20):
            slack.send(envelope("interactive", payload, number))
        answers = [there.answer() for _ in range(20)]
        assert {each["envelope_id"] for each in answers} == {f"e{n}" for n in range(20)}
        assert all(each["payload"] == {"text": "x" * LONG} for each in answers)
        slack.socket.shutdown(socket.SHUT_RDWR)
        there.connection().send(command(30))
        assert there.answer()["envelope_id"] == "e30"


def test_a_long_envelope_is_read() -> None:
    """What Slack sends may hold a whole message twice, far more than fits into one read."""
    payload = {"type": "message_action", "message": {"text": "x" * 1_500_000}}
    desk = Desk(yes)
    with office() as there, socket_mode(there, desk) as ours:
        ours.connect()
        there.connection().send(envelope("interactive", payload))
        assert there.answer()["envelope_id"] == "e1"
    assert len(desk.asked.get_nowait().body) > 1_500_000


def test_a_connection_that_breaks_is_opened_again_soon() -> None:
    """The other end dies without a word: it is noticed at once, and commands are answered again."""
    with office() as there, socket_mode(there, Desk(yes)) as ours:
        ours.connect()
        there.connection().socket.shutdown(socket.SHUT_RDWR)

        there.connection().send(command())

        assert there.answer()["envelope_id"] == "e1"
        assert ours.is_connected


def test_a_connection_that_is_ended_unannounced_is_followed_at_once() -> None:
    """Slack closes without a warning: nobody waits for the next look at the connection."""
    with office() as there, socket_mode(there, Desk(yes), looks_every=60.0) as ours:
        ours.connect()
        there.connection().close()
        there.connection().send(command())

        assert there.answer()["envelope_id"] == "e1"
        assert len(there.slack.asked) == 2


@pytest.mark.parametrize("why", ["too_many_websockets", "link_disabled"])
def test_where_slack_wants_no_connection_it_is_asked_seldom(why: str) -> None:
    """Ten connections are all that an app may have: who is the eleventh asks again now and then."""
    with office() as there, socket_mode(there, Desk(yes)) as ours:
        began = time.monotonic()
        ours.connect()
        for _ in range(3):
            connection = there.connection()
            connection.send(json.dumps({"type": "disconnect", "reason": why}))
            connection.close()
        assert there.connection() is not None
        assert time.monotonic() - began > 2 * LOOKS_EVERY


@pytest.mark.filterwarnings("ignore:unclosed <socket")  # Slack's library lets go of it unclosed
def test_a_handshake_that_is_refused_is_no_connection() -> None:
    """Nobody says "connected" where no connection was opened; the next try has a new address."""
    with office() as there, socket_mode(there, Desk(yes)) as ours:
        there.refuses = 1
        with pytest.raises(SlackError):
            ours.connect()
        assert not ours.is_connected

        ours.connect()

        assert there.connection() is not None
        assert len(there.slack.asked) == 2


def test_a_renewed_connection_holds_up_nobody() -> None:
    """Slack warns before it ends a connection: what comes on it meanwhile is answered there."""
    with office() as there, socket_mode(there, Desk(yes)) as ours:
        ours.connect()
        first = there.connection()
        there.slack.may_answer.clear()
        first.send(json.dumps({"type": "disconnect", "reason": "warning"}))
        first.send(command())

        assert there.answer()["envelope_id"] == "e1"

        there.slack.may_answer.set()
        second = there.connection()
        second.send(command(2))
        assert there.answer()["envelope_id"] == "e2"
        first.send(command(3))
        assert there.answer()["envelope_id"] == "e3"


def test_the_end_waits_for_the_answers_under_way() -> None:
    """Who asked before the bot ends is answered; who asks then is told that nothing is recorded."""
    may_answer = threading.Event()

    def slow() -> BoltResponse:
        assert may_answer.wait(PATIENCE)
        return yes()

    desk = Desk(slow)
    with office() as there, socket_mode(there, desk, ends=False) as ours:
        ours.connect()
        slack = there.connection()
        slack.send(command(1))
        desk.asked.get(timeout=PATIENCE)
        ending = threading.Thread(target=ours.close)
        ending.start()
        slack.send(command(2))
        while desk.taken.get(timeout=PATIENCE) != "busy":  # one after another, until it ends
            slack.send(command(2))
        may_answer.set()
        ending.join(PATIENCE)
        answers = [there.answer()]
        while answers[-1]["envelope_id"] != "e1":
            answers.append(there.answer())
        assert answers[-1] == {"envelope_id": "e1", "payload": {"text": "yes"}}


@pytest.mark.parametrize(
    "frame",
    [
        "not JSON",
        "[]",
        "{}",
        '{"type": "slash_commands", "envelope_id": "e9"}',
        '{"type": "slash_commands", "envelope_id": "e9", "payload": []}',
        '{"type": "something_new", "envelope_id": "e9", "payload": {}}',
        '{"type": "interactive", "envelope_id": "e9", "payload": '
        + "[" * 5_000
        + "]" * 5_000
        + "}",
    ],
)
def test_what_cannot_be_read_stops_nothing(frame: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is counted and logged without what is in it, and the next command is answered."""
    with office() as there, socket_mode(there, Desk(yes)) as ours:
        ours.connect()
        slack = there.connection()
        slack.send(frame)
        slack.send(command())

        assert there.answer()["envelope_id"] == "e1"
        assert there.refused.get(timeout=PATIENCE) == "envelope"
    assert [each.exc_info for each in caplog.records if each.exc_info] == []


def test_an_envelope_that_comes_again_has_one_effect() -> None:
    """It is answered with what was recorded of it."""
    workspace = Workspace()
    fields = {**typed(workspace), "trigger_id": "1.1"}
    with office() as there, socket_mode(there, workspace.reception()) as ours:
        ours.connect()
        slack = there.connection()
        answers = []
        for _ in range(2):
            slack.send(envelope("slash_commands", fields))
            answers.append(there.answer()["payload"]["text"])
    assert all(FIRST in each for each in answers)
    assert len(workspace.service.words) == 1


def test_who_waits_too_long_is_refused_truthfully() -> None:
    """As over HTTP: what could not be begun in time is not done later, either."""
    may_answer = threading.Event()

    def slow() -> BoltResponse:
        assert may_answer.wait(PATIENCE)
        return yes()

    desk, limits = Desk(slow), IngressLimits(threads=1, waiting=0.2)
    with office() as there, socket_mode(there, desk, limits) as ours:
        ours.connect()
        slack = there.connection()
        slack.send(command(1))
        desk.asked.get(timeout=PATIENCE)
        slack.send(command(2))

        assert there.answer() == {"envelope_id": "e2", "payload": {"text": "busy"}}

        may_answer.set()
        assert there.answer()["envelope_id"] == "e1"
    assert desk.asked.empty()


def test_answers_are_measured() -> None:
    """How long an answer took, from the arrival to the frame, is a figure as over HTTP."""
    with office() as there, socket_mode(there, Desk(yes)) as ours:
        ours.connect()
        there.connection().send(command())
        assert 0 < there.seconds.get(timeout=PATIENCE) < PATIENCE


def typed(workspace: Workspace) -> dict[str, str]:
    """Return the fields of a deployment that somebody types."""
    return dict(parse_qsl(workspace.typed("/deploy", "checkout 1").decode()))
