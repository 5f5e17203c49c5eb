"""A simulated project with a witness at its door, for our client or the SDK in its place."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeVar

import httpx
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from bot.core.flow import Call, Flow, Reply, drive
from bot.core.system import System
from bot.redaction import Redactor
from bot.sandbox.clouds import HuaweiCloud, HuaweiConfig, huawei_app
from bot.systems._huawei.connection import AccessKey, HuaweiConnection
from bot.systems._huawei.signing import Key
from tests.peers import peer as kit
from tests.peers.calls import Counterpart, counterpart
from tests.peers.peer import Peer
from tests.peers.sites import Reached, waiting
from tests.systems.conversing import Conversation, Door, Hands
from workers.cloud.replies import reply_from
from workers.cloud.verdicts import failed_mutation, failed_read

T = TypeVar("T")

_SDK_DATE: Final = "%Y%m%dT%H%M%SZ"


class Heard(NamedTuple):
    """A request as it came, and how it was answered."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int
    answered: dict[str, str]  # the answer's headers
    content: bytes

    @property
    def url(self) -> str:
        """The address that was asked for."""
        query = f"?{self.query}" if self.query else ""
        return f"http://{self.headers['host']}{self.path}{query}"

    @property
    def asked(self) -> Any:
        """What the body says."""
        return json.loads(self.body) if self.body else None

    @property
    def told(self) -> Any:
        """What the answer says."""
        return json.loads(self.content) if self.content else None


class Witness:
    """Lets requests through, and remembers them."""

    def __init__(self, inside: ASGIApp) -> None:
        self._inside = inside
        self.heard: list[Heard] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, answered = bytearray(), list[Message]()

        async def taking() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def giving(message: Message) -> None:
            answered.append(message)
            if _is_last(message, answered[0]["status"]):
                self.heard.append(_heard(scope, bytes(asked), answered))
            await send(message)

        await self._inside(scope, taking, giving)


class Verifying:
    """Lets in only what the SDK's own signer would have signed alike."""

    def __init__(self, inside: ASGIApp, peer: Peer, key: Key) -> None:
        self._inside = inside
        self._peer = peer
        self._key = key
        self.let_in = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        came = _heard(scope, bytes(body), [])
        if not self._is_right(came):
            await JSONResponse({"error_code": "peer", "error_msg": "not as the SDK signs"}, 401)(
                scope, receive, send
            )
            return
        self.let_in += 1

        async def again() -> Message:
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        await self._inside(scope, again, send)

    def _is_right(self, came: Heard) -> bool:
        given = came.headers.get("authorization", "")
        names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        signed = {_as_named(name): came.headers.get(name, "") for name in names}
        right = self._peer.signed(came.method, came.url, signed, came.body, self._key)
        return right["Authorization"] == given


class Place(Conversation):
    """A project with all that was asked of it."""

    def __init__(
        self, door: Door, config: HuaweiConfig, system: System[Any], peer: Peer, *, secret: str = ""
    ) -> None:
        hands = Hands()
        known = config.credentials[0]
        self.there = HuaweiCloud(config, hands.seconds)
        auth = AccessKey.model_validate(
            {
                "access_key": known.ak,
                "secret_key": secret or known.sk,
                "security_token": known.security_token,
            }
        )
        connection = HuaweiConnection(
            name="huawei",
            region=config.region,
            project_id=config.project_id,
            auth=auth,
            endpoints={"servicestage": door.url, "cce": door.url},
        )
        super().__init__(connection, self.there.faults, hands, system)
        self.reached: set[Reached] = set()
        self._peer = peer
        self._key = Key(known.ak, known.sk)
        self.door = kit.Door(
            door.url, config.project_id, known.ak, known.sk, known.security_token or ""
        )
        self.witness = Witness(self._guarded(huawei_app(self.there)))
        door.lead_to(self.witness)

    @property
    def heard(self) -> list[Heard]:
        """All that was asked, in its order."""
        return self.witness.heard

    @override
    def run(self, flow: Flow[T]) -> T:
        def answered(call: Call) -> Reply:
            self.reached.update(waiting(flow))
            return self._answer(call)

        return drive(flow, answered)

    def _guarded(self, inside: ASGIApp) -> ASGIApp:
        return inside


class Ours(Place):
    """Our client talks, and the SDK's signer looks at each signature."""

    @override
    def _guarded(self, inside: ASGIApp) -> ASGIApp:
        self.guard = Verifying(inside, self._peer, self._key)
        return self.guard


class Understood(NamedTuple):
    """A call that the SDK made: by which method, how it understood the answer, what it lacked."""

    call: Call
    by: Counterpart
    heard: Heard
    answer: Any
    error: dict[str, Any] | None
    lacking: list[str]


class Theirs(Place):
    """The SDK talks: it makes each call of our flows by its own method."""

    def __init__(self, door: Door, config: HuaweiConfig, system: System[Any], peer: Peer) -> None:
        super().__init__(door, config, system, peer)
        self.understood: list[Understood] = []

    @override
    def _answer(self, call: Call) -> Reply:
        by, names = counterpart(call)
        outcome = self._peer.call(
            self.door,
            by.client,
            by.method,
            {**names, **dict(call.query)},
            by.body(call.body, self._shown(call)) if by.body else None,
            at=self.hands.now.strftime(_SDK_DATE),
        )
        heard = self.heard[-1]
        answer, error = outcome.get("answer"), outcome.get("error")
        self.understood.append(Understood(call, by, heard, answer, error, outcome["lacking"]))
        reply = reply_from(heard.status, heard.answered, heard.content, Redactor())
        verdict = self.system.verdict(reply)
        if verdict == "accepted":
            return reply
        judge = failed_mutation if call.mutates else failed_read
        raise judge(self.system, call, reply, verdict, self.hands.now)

    def _shown(self, call: Call) -> Any:
        """Return what the SDK was shown last of the same thing."""
        reads = (each for each in reversed(self.understood) if not each.call.mutates)
        return next((each.answer for each in reads if each.call.path == call.path), None)


def _is_last(message: Message, status: int) -> bool:
    """Whether whoever asked has the whole answer with this message: a 204 is over at its head."""
    if status == httpx.codes.NO_CONTENT:
        return bool(message["type"] == "http.response.start")
    return message["type"] == "http.response.body" and not message.get("more_body")


def _heard(scope: Scope, body: bytes, answered: list[Message]) -> Heard:
    start: Message = next(iter(answered), {"status": 0, "headers": []})
    return Heard(
        method=scope["method"],
        path=scope["raw_path"].partition(b"?")[0].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=dict(_texts(scope["headers"])),
        body=body,
        status=start["status"],
        answered=dict(_texts(start["headers"])),
        content=b"".join(each.get("body", b"") for each in answered[1:]),
    )


def _texts(headers: Any) -> Iterator[tuple[str, str]]:
    return ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)


def _as_named(header: str) -> str:
    """Return a header's name as the signer looks for it: it minds the letters' case in one."""
    return "Content-Type" if header == "content-type" else header
