"""The cloud and Slack as one process reaches them: the simulators, called without a network."""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from typing_extensions import override

from bot.catalogue import Catalogue
from bot.core.vendor import Answer, Outgoing, Token
from bot.redaction import Redactor
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.cloudpods.content import TOKEN as LAB_TOKEN
from bot.sandbox.clouds.cloudpods.gateway import Waiting
from bot.sandbox.clouds.http.outcome import Outcome
from bot.sandbox.clouds.http.wire import Request
from bot.sandbox.clouds.huawei.content import TOKEN as CLOUD_TOKEN
from bot.sandbox.slack import Executed, FaultKind, Message, Refused, WorkspaceConfig, files
from bot.sandbox.slack import web_api as slack_api
from bot.sandbox.slack.state import State
from bot.systems import vendor_of
from tests.conversations.clock import GivenClock
from tests.faults.clouds import Clouds
from tests.faults.points import Points
from tests.workers.cloud.direct import Room
from workers.cloud.client import resolver
from workers.cloud.layers import Wait
from workers.cloud.parts import CloudParts
from workers.cloud.rate_limits import RateLimiter
from workers.cloud.replies import reply_from
from workers.cloud.tokens import Tokens
from workers.cloud.transports import ExchangeError
from workers.slack import SlackMessages

BAD_GATEWAY: Final = {"kind": "answer", "status": 502, "raw": b"<html>bad gateway</html>"}
BUSY: Final = {
    "kind": "answer",
    "status": 409,
    "body": {"error_code": "SVCSTG.00100400", "error_msg": "another operation is in progress"},
}
CLOUD_FAULTS: Final[Mapping[str, Fault]] = {
    "lost-before": Fault(kind="drop", when="before", match="any"),
    "lost-after": Fault(kind="drop", when="after", match="any"),
    "502-before": Fault.model_validate({**BAD_GATEWAY, "when": "before", "match": "any"}),
    "502-after": Fault.model_validate({**BAD_GATEWAY, "when": "after", "match": "any"}),
    "garbage-after": Fault.model_validate({**BAD_GATEWAY, "status": 200, "when": "after"}),
    "409-before": Fault.model_validate({**BUSY, "when": "before", "match": "any"}),
    "409-after": Fault.model_validate({**BUSY, "when": "after", "match": "any"}),
    "429": Fault(kind="throttled", retry_after="2", match="any"),
    "timeout-late": Fault(kind="later", status=504, seconds=20, match="any"),
}
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing is opened
# What an incident asks of Slack, and is not to be done twice.
STEPS: Final = frozenset(
    {
        "conversations.create",
        "conversations.setTopic",
        "conversations.setPurpose",
        "conversations.invite",
        "pins.add",
        "bookmarks.add",
        "files.completeUploadExternal",
        "conversations.canvases.create",
    }
)
UNREACHED: Final = "unreached"  # proven not sent: nobody listens there
SLACK_FAULTS: Final[Mapping[str, FaultKind]] = {
    "ambiguous-before": "drop_before",
    "ambiguous-after": "drop_after",
    "429": "ratelimited",
}


@dataclass
class NearTransport:
    """The way to both clouds: what the product's own layers send is handed to the simulators."""

    points: Points
    clouds: Clouds
    at_execution: Callable[[], None]  # looks around right after something took effect

    async def exchange(self, request: Outgoing, wait: Wait, redactor: Redactor) -> Answer:  # noqa: ARG002 - here nothing takes time
        """Send a request once; a fate may end the process before or after it."""
        place = "job" if "/jobs/" in request.url else "look"
        path = urlsplit(request.url).path
        if request.method == "GET":
            what, changes = f"GET {path}", False
        else:
            what, place, changes = "mutate", "put", True
        answer = self.points.risky_io(
            what, place, lambda fault: self._answer(request, fault, redactor), changes=changes
        )
        if isinstance(answer, ExchangeError):
            raise answer
        return answer

    def _answer(
        self, request: Outgoing, fault: str | None, redactor: Redactor
    ) -> Answer | ExchangeError:
        if fault == UNREACHED:
            return ExchangeError(ConnectionRefusedError(), has_left=False)
        before = len(self.clouds.executed)
        outcome = self._outcome(request, fault)
        if len(self.clouds.executed) > before:
            self.at_execution()
        if outcome.hit is not None and outcome.hit.fault.is_silent:
            return ExchangeError(ConnectionResetError(), has_left=True)
        told = {"x-request-id": outcome.request_id, "content-type": "application/json"}
        headers = {**told, **{key.lower(): text for key, text in outcome.answer.headers.items()}}
        reply = reply_from(outcome.answer.status, headers, _content(outcome), redactor)
        return Answer(reply, headers)

    def _outcome(self, request: Outgoing, fault: str | None) -> Outcome:
        cloud = self.clouds.behind(request.url)
        if fault is not None:
            cloud.faults.add(CLOUD_FAULTS[fault])
        outcome = cloud.handle(_request(request))
        if isinstance(outcome, Waiting):
            raise TypeError(outcome)  # in a schedule nothing takes its time but by the given clock
        return outcome


def near_parts(catalogue: Callable[[], Catalogue], clock: GivenClock) -> CloudParts:
    """Return what the clients of a schedule are made of; whoever needs a login has one already."""
    tokens = Tokens()
    for connection in catalogue().connections.values():
        login = vendor_of(connection).login(connection)
        if login is not None:
            far = clock() + timedelta(days=365)
            text = LAB_TOKEN if connection.kind == "cloudpods" else CLOUD_TOKEN
            token = Token(text=text, expires_at=far, renew_at=far)
            tokens.put(login, token, clock())
    return CloudParts(
        resolve=resolver(lambda: catalogue().connections),
        limiter=RateLimiter(Room()),
        clock=clock,
        tokens=tokens,
        tls=_NO_TLS,
    )


@dataclass(frozen=True)
class NearWorkspace:
    """The simulated workspace without its doors: nothing is delivered to a bot over HTTP."""

    state: State

    @property
    def config(self) -> WorkspaceConfig:
        """The workspace as it began."""
        return self.state.config

    @property
    def executed(self) -> list[Executed]:
        """Every call that was carried out."""
        return self.state.executed

    @property
    def refused(self) -> list[Refused]:
        """Every call that was not."""
        return self.state.refused

    def messages(self, channel: str) -> list[Message]:
        """Return what stands in the channel itself, oldest first."""
        return [each for each in self.state.messages.of_channel(channel) if not each.is_reply]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return a message and its replies, oldest first."""
        return self.state.messages.thread(channel, ts)


class NearSlack(WebClient):
    """Slack's own client, with the simulated workspace in place of the network."""

    def __init__(self, points: Points, workspace: NearWorkspace) -> None:
        super().__init__(token=workspace.config.bot_token, base_url="https://slack.invalid/api/")
        self._points = points
        self._workspace = workspace

    @override
    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        """Make one call, as slack_sdk does without retries."""
        named = given.get("json") or given.get("data") or given.get("params") or {}
        arguments = {name: value for name, value in named.items() if value is not None}
        writes = api_method.startswith("chat.") or api_method in STEPS
        reply = self._points.risky_io(
            api_method,
            _place(api_method, arguments),
            lambda fault: self._answered(api_method, arguments, fault),
            changes=writes,
        )
        if reply.dropped:
            raise ConnectionResetError(api_method)
        answer = SlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=reply.body,  # type: ignore[arg-type]  # a page comes as text, as from slack_sdk
            headers=reply.headers,
            status_code=reply.status,
        )
        answer.validate()  # type: ignore[no-untyped-call]  # raises where Slack said no
        return answer

    def _answered(
        self, method: str, arguments: dict[str, Any], fault: str | None
    ) -> slack_api.Reply:
        if fault is not None:
            self._workspace.state.faults.add(method, SLACK_FAULTS[fault], retry_after=5)
        request = slack_api.Request(
            method=method,
            authorization=f"Bearer {self.token}",
            content_type="application/json",
            body=json.dumps(arguments).encode(),
        )
        return slack_api.answer(self._workspace.state, request)


class NearMessages(SlackMessages):
    """What writes to Slack; the bytes of files go to the simulated workspace, too."""

    def __init__(self, points: Points, workspace: NearWorkspace, client: WebClient) -> None:
        super().__init__(client)
        self._points = points
        self._workspace = workspace

    @override
    def upload(self, url: str, content: bytes) -> None:
        token = url.rpartition("/")[2]
        state = self._workspace.state
        self._points.io("upload", lambda: files.take(state, token, content), changes=True)


def _place(method: str, arguments: dict[str, Any]) -> str:
    if method in STEPS:
        return "step"
    if method == "chat.update":
        return "update"
    if method == "chat.postEphemeral":
        return "whisper"
    if method != "chat.postMessage":
        return "lookup" if method.startswith("conversations.") else "people"
    if not arguments.get("thread_ts"):
        return "card"
    is_final = any(word in arguments.get("text", "") for word in (" succeeded*", "failed*"))
    return "final" if is_final else "reply"


def _request(outgoing: Outgoing) -> Request:
    parts = urlsplit(outgoing.url)
    told = {key.lower(): text for key, text in outgoing.headers.items()}
    headers = {"host": parts.netloc, **told}
    return Request(
        method=outgoing.method,
        path=parts.path,
        query=parts.query,
        headers=tuple(headers.items()),
        body=outgoing.body,
    )


def _content(outcome: Outcome) -> bytes:
    if outcome.hit is not None and outcome.hit.fault.raw is not None:
        return outcome.hit.fault.raw
    body = outcome.answer.body
    return b"" if body is None else json.dumps(body).encode()
