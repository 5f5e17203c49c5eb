"""A workspace that sends to Slipway, a service that keeps what it was told, and a given clock."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

import httpx
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from starlette.types import ASGIApp

from bot.catalogue import Catalogue
from bot.core.codes import Denied
from bot.core.codes.grammar import NoTarget
from bot.core.codes.rules import UnknownOperation
from bot.core.errors import (
    JournalBusyError,
    JournalUnavailableError,
    QueueUnavailableError,
    SlackUnknownError,
)
from bot.core.operation import (
    Approval,
    AwaitingApproval,
    Failed,
    Operation,
    Queued,
    RecoveryOption,
    Rejected,
)
from bot.core.outcomes import (
    Caller,
    ChangeFormWanted,
    Choice,
    DetailsWanted,
    Done,
    FormWanted,
    Help,
    OpenedForm,
    Outcome,
    PreviewWanted,
    Recorded,
    Repeated,
    Unchanged,
    VersionChoice,
    Wish,
)
from bot.core.plan import Observation, Plan, PlannedStep
from bot.core.policy import Member, Policy
from bot.core.proposal import ProposalPress
from bot.core.records import Json, Parameters
from bot.core.rules import (
    Approve,
    Change,
    Facts,
    IncidentIntent,
    Press,
    Recover,
    Reject,
    Seen,
    decide,
)
from bot.core.surfaces import Show
from bot.core.verbs.forms import FormAction
from bot.readers import Readers
from handlers.bolt import bolt_app
from handlers.ingress import PATH, Ingress
from handlers.installation import Installation
from handlers.limits import IngressLimits
from handlers.reception import Reception
from tests.core.builders import foreign

SECRET: Final = "a-signing-secret-of-tests"
NOON: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEAM: Final = "T0TEAM"
APP: Final = "A0SLIPWAY"
BOT: Final = "U0BOT"
ANN: Final = "U0ANN"
BOB: Final = "U0BOB"
OPS: Final = "C0OPS"
CARD: Final = "1795176000.000100"
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
FIRST: Final = "op-0000000001"

RETRY: Final = RecoveryOption(
    name="retry", label=foreign("Retry"), explanation=foreign("does it once more")
)
SKIP: Final = RecoveryOption(
    name="skip",
    label=foreign("Skip 2 risks"),
    explanation=foreign("takes them on"),
    wants_reason=True,
)

NOT_HERE: Final = Denied.of(UnknownOperation())
NO_TARGET: Final = Denied.of(NoTarget(verb="deploy"))


def an_operation(operation_id: str, *, by: str = ANN, target: str = "checkout") -> Operation:
    """Return a deployment whose plan is made and which waits for approval."""
    parameters = Parameters(version="1.4.0")
    plan = Plan(
        target=target,
        action="deploy",
        parameters=parameters,
        policy_version="1",
        observed=Observation(revision="1.3.0"),
        steps=(PlannedStep(name="deploy"),),
        before="1.3.0",
        after="1.4.0",
    )
    return Operation(
        id=operation_id,
        target=target,
        system="servicestage-v3",
        connection="cn",
        action="deploy",
        parameters=parameters,
        policy="default",
        requester=by,
        channel=OPS,
        created_at=NOON,
        plan=plan,
        phase=AwaitingApproval(expires_at=NOON + timedelta(hours=1)),
        approvals_needed=1,
        approval_window=timedelta(hours=1),
        deadline=timedelta(hours=2),
    )


def a_failed(operation_id: str) -> Operation:
    """Return a deployment that failed, with two ways on."""
    phase = Failed(at=NOON, code="task_failed", reason=foreign("risks"), ways=(RETRY, SKIP))
    return an_operation(operation_id).model_copy(update={"phase": phase})


class DeathError(BaseException):
    """The process is gone: nothing of ours answers any more."""


class Act(NamedTuple):
    """What was pressed, by whom, and by which delivery."""

    intent: Press
    by: Caller
    delivery: str


@dataclass
class KeptService:
    """A service that keeps operations in memory, and refuses what the real one refuses."""

    operations: dict[str, Operation] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    words: list[tuple[str, str, Caller]] = field(default_factory=list)
    mentioned: list[tuple[str, str | None]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    whispers: list[tuple[str, str, str]] = field(default_factory=list)
    threads: list[str | None] = field(default_factory=list)  # in which each whisper is seen
    previews: bool = False  # whether a rollback is shown first
    looked: list[tuple[str, str]] = field(default_factory=list)
    is_down: bool = False
    is_busy: bool = False  # its journal, with the writes of others
    is_wrong: bool = False
    poison: str = ""  # the target of a change over which it stumbles
    batches: list[int] = field(default_factory=list)  # how many changes were done together
    dies: bool = False  # with the whole process, before anything is done
    may_go_on: Event = field(default_factory=Event)
    one_at_a_time: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.may_go_on.set()

    def typed(self, slash: str, text: str, *, by: Caller, delivery: str) -> Outcome:
        self._must_work()
        if not text.strip():
            return NO_TARGET
        with self.one_at_a_time:
            if delivery in self.deliveries:
                return Repeated(operation=self.operations[self.deliveries[delivery]])
            self.words.append((slash, text, by))
            operation = an_operation(f"op-{len(self.operations) + 1:010d}", by=by.user)
            self.operations[operation.id] = operation
            self.deliveries[delivery] = operation.id
            return Recorded(operation=operation)

    def repeated(self, delivery: str) -> Repeated | None:
        self._must_work()
        known = self.deliveries.get(delivery)
        return Repeated(operation=self.operations[known]) if known else None

    def changes(self, wishes: Sequence[Wish]) -> list[Outcome]:
        self._must_work()
        self.batches.append(len(wishes))
        if self.poison in {wish.change.target for wish in wishes}:
            raise ZeroDivisionError(self.poison)
        return [
            self.typed(
                wish.change.asked.action,
                f"{wish.change.target} {wish.change.asked.parameters.version or ''}".strip(),
                by=wish.by,
                delivery=wish.delivery,
            )
            for wish in wishes
        ]

    def mention(self, text: str, *, by: Caller, thread_ts: str | None, delivery: str) -> Outcome:
        self._must_work()
        self.mentioned.append((text, thread_ts))
        if text == "cancel" and thread_ts == CARD:
            return Done(operation=self.operations[FIRST])
        if text != "help":
            return NOT_HERE.model_copy(update={"rule": f"{by.user} asked in {delivery}"})
        return Help(example_target="checkout", can_approve=False)

    def form(self, intent: Press, *, by: Caller, in_menu: bool = False) -> Outcome | None:
        self._must_work()
        opens = intent.opens_in_menu if in_menu else intent.opens
        if opens == "nothing" or (opens == "preview" and not in_menu and not self.previews):
            return None
        operation = self.operations.get(intent.operation)
        if operation is None:
            return NOT_HERE
        if intent.opens == "details":
            return DetailsWanted(operation=operation)
        if isinstance(intent, Recover):
            option = operation.option(intent.option)
            wants = option is not None and option.wants_reason
            return FormWanted(operation=operation, option=option) if wants else None
        if opens == "preview":
            return PreviewWanted(operation=operation)
        stopped = self._decided(intent, operation, by)
        return stopped or FormWanted(operation=operation)

    def preview(self, wanted: PreviewWanted, intent: Press, *, by: Caller) -> PreviewWanted:
        self._must_work()
        is_his = by.user == BOB and intent.operation == wanted.operation.id
        return wanted.model_copy(update={"refused": NOT_HERE}) if is_his else wanted

    def change_form(self, action: FormAction, *, by: str, target: str = "") -> Outcome:
        self._must_work()
        return NOT_HERE if target or by == BOB else ChangeFormWanted(action=action)

    def targets_offered(
        self, word: str, *, by: str, action: FormAction | None = None
    ) -> tuple[Choice, ...]:
        self._must_work()
        found = f"{action or 'any'}.{word}.{by.lower()}"
        return (VersionChoice(version=found, source="typed"),)

    def versions_offered(
        self, action: FormAction, target: str, word: str, *, by: str
    ) -> tuple[Choice, ...]:
        self._must_work()
        found = f"{action}.{target}.{word}.{by.lower()}"
        return (VersionChoice(version=found, source="typed"),)

    def look_home(self, user: str, channel: str) -> None:
        self._must_work()
        self.looked.append((user, channel))

    def marked(self, channel: str, ts: str) -> None:
        self._must_work()
        self.whispers.append((channel, ts, "marked"))

    def incident_form(self, verb: str, incident_id: str, *, by: Caller) -> Outcome:
        self._must_work()
        return NOT_HERE.model_copy(update={"rule": f"{verb} {incident_id} {by.user}"})

    def act(
        self,
        intent: Change | Press | ProposalPress | IncidentIntent,
        *,
        by: Caller,
        delivery: str,
    ) -> Outcome:
        self._must_work()
        if isinstance(intent, Change | ProposalPress | IncidentIntent):
            return NOT_HERE
        with self.one_at_a_time:
            self.acts.append(Act(intent, by, delivery))
            operation = self.operations.get(intent.operation)
            if operation is None:
                return NOT_HERE
            if isinstance(intent, Recover):
                return self._followed(intent, operation, by, delivery)
            stopped = self._decided(intent, operation, by)
            return stopped or self._changed(intent, operation, by)

    def _decided(self, intent: Press, operation: Operation, by: Caller) -> Outcome | None:
        """Let the real rules decide whether the gate is still open; the rest is not our matter."""
        if not isinstance(intent, Approve | Reject):
            return None
        person = Member(
            id=by.user,
            team=TEAM,
            is_bot=False,
            is_guest=False,
            is_stranger=False,
            is_deactivated=False,
        )
        policy = Policy(name="default", request=("anyone",), approve=("anyone",))
        facts = Facts(now=NOON, team=TEAM, person=person, policy=policy, operation=operation)
        seen = Seen(round=operation.round, digest=operation.plan.digest)
        decision = decide(intent.model_copy(update={"seen": seen}), facts)
        found = decision.decisive
        if found is None or found.why is None:
            return None
        return decision.denied or Unchanged(operation=operation, why=found.why)

    def _changed(self, intent: Press, operation: Operation, by: Caller) -> Done:
        update: dict[str, object] = {}
        if isinstance(intent, Approve):
            given = Approval(by=by.user, at=NOON, digest=operation.plan.digest)
            update = {"approvals": (given,), "phase": Queued()}
        elif isinstance(intent, Reject):
            update = {"phase": Rejected(at=NOON, by=by.user, reason=intent.reason or "")}
        after = operation.model_copy(update=update)
        self.operations[after.id] = after
        return Done(operation=after)

    def _followed(
        self, intent: Recover, operation: Operation, by: Caller, delivery: str
    ) -> Outcome:
        if intent.reason is None:
            return Done(operation=operation)
        if delivery in self.deliveries:
            return Repeated(operation=self.operations[self.deliveries[delivery]])
        update = {"id": "op-000000000n", "follows": operation.id, "requester": by.user}
        words = f"{intent.option}: {intent.reason}"
        follower = operation.model_copy(update={**update, "reason": words})
        self.operations[follower.id] = follower
        self.deliveries[delivery] = follower.id
        return Done(operation=follower)

    def show(self, wanted: Show) -> None:
        self._must_work(besides_faults=True)
        assert wanted.kind == "whisper"
        self.whispers.append((wanted.user, wanted.channel, wanted.body["text"]))
        self.threads.append(wanted.body.get("thread_ts"))

    def _must_work(self, *, besides_faults: bool = False) -> None:
        self.may_go_on.wait()
        if self.dies:
            raise DeathError
        if self.is_busy:
            raise JournalBusyError
        if self.is_down:
            raise JournalUnavailableError
        if self.is_wrong and not besides_faults:
            msg = "a fault of ours"
            raise RuntimeError(msg)


@dataclass
class KeptKeys:
    """A replay cache in memory, which may be unreachable."""

    keys: set[str] = field(default_factory=set)
    is_down: bool = False
    one_at_a_time: Lock = field(default_factory=Lock)

    def has(self, key: str, *, here: bool = False) -> bool:  # noqa: ARG002 - one process
        if self.is_down:
            raise QueueUnavailableError
        with self.one_at_a_time:
            return key in self.keys

    def note(self, key: str) -> None:
        if self.is_down:
            raise QueueUnavailableError
        with self.one_at_a_time:
            self.keys.add(key)


@dataclass
class Forms:
    """Slack's side of forms: what was opened, each trigger once."""

    opened: list[dict[str, Json]] = field(default_factory=list)
    updated: list[dict[str, Json]] = field(default_factory=list)
    is_down: bool = False

    def open_form(self, trigger_id: str, view: dict[str, Json]) -> OpenedForm:
        if self.is_down:
            raise SlackUnknownError(method="views.open", why=trigger_id)
        self.opened.append(view)
        return OpenedForm(id=f"V{len(self.opened)}", hash="1")

    def update_form(self, seen: OpenedForm, view: dict[str, Json]) -> None:
        if self.is_down:
            raise SlackUnknownError(method="views.update", why=seen.id)
        self.updated.append(view)


@dataclass(frozen=True)
class Sent:
    """One HTTP request to the endpoint."""

    body: bytes
    headers: list[tuple[bytes, bytes]]
    method: str = "POST"
    path: str = PATH


class Workspace:
    """Slack with one workspace, and Slipway behind its endpoint."""

    def __init__(self, *, prefix: str = "", limits: IngressLimits | None = None) -> None:
        self.now = NOON
        self.service = KeptService()
        self.keys = KeptKeys()
        self.in_line: list[int] = []  # how many stood in line, as was told
        self.forms = Forms()
        self.refusals: list[str] = []
        self.installation = Installation(team=TEAM, app_id=APP)
        doors = bolt_app(
            client=WebClient(retry_handlers=[]),
            identity=AuthorizeResult(
                enterprise_id=None, team_id=TEAM, bot_user_id=BOT, bot_id="B0BOT"
            ),
            installation=self.installation,
            service=self.service,
            seen=self.keys,
            open_form=self.forms.open_form,
            update_form=self.forms.update_form,
            readers=Readers(lambda: Catalogue(prefix=prefix)),
        )
        self.app, self.changes = doors
        self.ingress = Ingress(
            self.reception(),
            signing_secret=SECRET,
            clock=lambda: self.now,
            limits=limits,
            refused=self._refused,
            in_line=self.in_line.append,
        )
        self._served: ASGIApp = self.ingress
        self._count = 0
        self._after: dict[int, Callable[[], None]] = {}

    def reception(self) -> Reception:
        """Return another door to the same house."""
        return Reception(self.app, self.changes, self.installation, self.keys)

    def serve(self, app: ASGIApp) -> None:
        """Send to *app* from now on."""
        self._served = app

    def on_refusals(self, count: int, then: Callable[[], None]) -> None:
        """Call *then* when *count* requests were refused."""
        self._after[count] = then

    def sign(self, body: bytes, *, label: str = FORM, at: datetime | None = None) -> Sent:
        """Return the request as Slack signs it."""
        timestamp = str(int((at or self.now).timestamp()))
        return Sent(body, headers(timestamp, signature(timestamp, body), label))

    def send(self, *requests: Sent) -> list[httpx.Response]:
        """Send all at the same time; the answers are in the order of the requests."""
        return asyncio.run(self._send(requests))

    def post(self, body: bytes, *, label: str = FORM) -> httpx.Response:
        """Send one signed request."""
        (response,) = self.send(self.sign(body, label=label))
        return response

    def command(self, name: str, text: str, *, by: str = ANN, **other: str) -> httpx.Response:
        """Type a command."""
        return self.post(self.typed(name, text, by=by, **other))

    def typed(self, name: str, text: str, *, by: str = ANN, **other: str) -> bytes:
        """Return the body of a command."""
        return urlencode(
            {
                "token": "deprecated",
                "team_id": TEAM,
                "team_domain": "payload-makers",  # BT-3: the word is harmless everywhere
                "channel_id": OPS,
                "channel_name": "ops",
                "user_id": by,
                "user_name": "admin",
                "command": name,
                "text": text,
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "trigger_id": self.trigger(),
                **other,
            }
        ).encode()

    def press(self, action_id: str, value: str, *, by: str = BOB) -> httpx.Response:
        """Press a button of a card."""
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        return self.post(self.click({"actions": [action]}, by=by))

    def click(self, changed: Mapping[str, object], *, by: str = BOB) -> bytes:
        """Return the body of a click, with some fields *changed*."""
        usual: dict[str, object] = {
            "type": "block_actions",
            "user": {"id": by, "username": "admin", "team_id": TEAM},
            "api_app_id": APP,
            "container": {"type": "message", "message_ts": CARD, "channel_id": OPS},
            "trigger_id": self.trigger(),
            "team": {"id": TEAM, "domain": "payload-makers"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": OPS, "name": "ops"},
        }
        return interaction(**{**usual, **changed})

    def submission(self, view: Mapping[str, Json], reason: Json, *, by: str = BOB) -> bytes:
        """Return the body of a filled form."""
        values = {"slipway.reason": {"in": {"type": "plain_text_input", "value": reason}}}
        return interaction(
            type="view_submission",
            team={"id": TEAM},
            user={"id": by, "team_id": TEAM},
            api_app_id=APP,
            trigger_id=self.trigger(),
            enterprise=None,
            view={"id": "V1", "type": "modal", "state": {"values": values}, **view},
        )

    def mention(self, text: str, *, event_id: str = "Ev01", thread: str = "") -> bytes:
        """Return the body of a mention."""
        event = {"type": "app_mention", "user": ANN, "text": text, "ts": CARD, "channel": OPS}
        return json.dumps(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "api_app_id": APP,
                "event_id": event_id,
                "event": {**event, "thread_ts": thread} if thread else event,
            }
        ).encode()

    def trigger(self) -> str:
        """Return a trigger_id that was never sent before."""
        self._count += 1
        return f"{self._count}.176.abcdef"

    def _refused(self, cause: str) -> None:
        self.refusals.append(cause)
        self._after.get(len(self.refusals), lambda: None)()

    async def _send(self, requests: tuple[Sent, ...]) -> list[httpx.Response]:
        transport = httpx.ASGITransport(self._served)
        async with httpx.AsyncClient(transport=transport, base_url="http://slipway") as client:
            return await asyncio.gather(*(self._one(client, each) for each in requests))

    async def _one(self, client: httpx.AsyncClient, sent: Sent) -> httpx.Response:
        request = httpx.Request(
            sent.method, f"http://slipway{sent.path}", headers=sent.headers, content=sent.body
        )
        return await client.send(request)


def interaction(**payload: object) -> bytes:
    """Return the body of an interaction."""
    return b"payload=" + quote(json.dumps(payload)).encode()


def signature(timestamp: str, body: bytes, *, secret: str = SECRET) -> str:
    """Return Slack's signature of *body*."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def headers(timestamp: str, signed: str, label: str = FORM) -> list[tuple[bytes, bytes]]:
    """Return the headers that Slack sends."""
    return [
        (b"content-type", label.encode()),
        (b"x-slack-request-timestamp", timestamp.encode()),
        (b"x-slack-signature", signed.encode()),
    ]
