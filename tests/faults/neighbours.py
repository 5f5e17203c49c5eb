"""The cloud and Slack as one process reaches them: the simulators, called without a network."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from typing_extensions import override

from bot.catalogue import Catalogue
from bot.core.connection import secrets_of
from bot.core.errors import CloudUnavailableError, OutcomeUnknownError
from bot.core.flow import Call, Flow, Reply, drive
from bot.core.ports import Clock
from bot.core.target import Target
from bot.core.vendor import Outgoing
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.cloudpods.content import TOKEN as LAB_TOKEN
from bot.sandbox.clouds.cloudpods.gateway import Waiting
from bot.sandbox.clouds.http.outcome import Outcome
from bot.sandbox.clouds.http.wire import Request
from bot.sandbox.slack import Executed, FaultKind, Message, Refused, WorkspaceConfig
from bot.sandbox.slack import web_api as slack_api
from bot.sandbox.slack.state import State
from bot.systems import system as system_named
from bot.systems import vendor_of
from tests.faults.clouds import Clouds
from tests.faults.points import Points
from workers.cloud.replies import reply_from
from workers.cloud.verdicts import failed_mutation, failed_read, url_of

T = TypeVar("T")

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
UNREACHED: Final = "unreached"  # proven not sent: nobody listens there
SLACK_FAULTS: Final[Mapping[str, FaultKind]] = {
    "ambiguous-before": "drop_before",
    "ambiguous-after": "drop_after",
    "429": "ratelimited",
}


@dataclass
class NearCloud:
    """The clouds of all targets: signs, asks the simulator, and judges as the product does."""

    points: Points
    clouds: Clouds
    catalogue: Callable[[], Catalogue]
    clock: Clock
    at_execution: Callable[[], None]  # looks around right after something took effect

    def read(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        place = "job" if "/jobs/" in call.path else "look"
        return self.points.risky_io(
            call.name, place, lambda fault: self._read(target, call, fault), changes=False
        )

    def mutate(self, target: Target, call: Call) -> Reply:
        """Make a mutating call once; returns a 2xx or raises a CloudError."""
        answer = self.points.risky_io(
            "mutate", "put", lambda fault: self._mutate(target, call, fault), changes=True
        )
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads."""
        return drive(flow, lambda call: self.read(target, call))

    def _read(self, target: Target, call: Call, fault: str | None) -> Reply:
        reply = self._exchanged(target, call, fault)
        if reply is None:
            raise CloudUnavailableError(doing=call.name, why="no usable answer")
        system = system_named(target.system)
        verdict = system.verdict(reply)
        if verdict == "accepted" and reply.is_success:
            return reply
        raise failed_read(system, call, reply, verdict, self.clock())

    def _mutate(self, target: Target, call: Call, fault: str | None) -> Reply | Exception:
        if fault == UNREACHED:
            return CloudUnavailableError(doing=call.name, why="not reached, not sent")
        before = len(self.clouds.executed)
        reply = self._exchanged(target, call, fault)
        if len(self.clouds.executed) > before:
            self.at_execution()
        if reply is None:
            return OutcomeUnknownError(doing=call.name, why="no complete answer came")
        system = system_named(target.system)
        verdict = system.verdict(reply)
        if verdict == "accepted":
            return reply
        return failed_mutation(system, call, reply, verdict, self.clock())

    def _exchanged(self, target: Target, call: Call, fault: str | None) -> Reply | None:
        """Return the answer; None where the connection broke."""
        connection = self.catalogue().connections[target.connection]
        cloud = self.clouds.behind(connection)
        if fault is not None:
            cloud.faults.add(CLOUD_FAULTS[fault])
        body = b"" if call.body is None else json.dumps(call.body).encode()
        url, headers = url_of(connection, call), {"Content-Type": "application/json"}
        plain = Outgoing(call.method, url, headers, body)
        outgoing = vendor_of(connection).authorised(plain, connection, self.clock(), LAB_TOKEN)
        outcome = cloud.handle(_request(outgoing))
        if isinstance(outcome, Waiting):
            raise TypeError(outcome)  # in a schedule nothing takes its time but by the given clock
        if outcome.hit is not None and outcome.hit.fault.is_silent:
            return None
        told = {"x-request-id": outcome.request_id, "content-type": "application/json"}
        headers = {**told, **{key.lower(): text for key, text in outcome.answer.headers.items()}}
        content = _content(outcome)
        return reply_from(outcome.answer.status, headers, content, secrets_of(connection))


@dataclass
class NearReader:
    """The same for the poller."""

    cloud: NearCloud

    async def read(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        return self.cloud.read(target, call)


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
        writes = api_method.startswith("chat.")
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


def _place(method: str, arguments: dict[str, Any]) -> str:
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
