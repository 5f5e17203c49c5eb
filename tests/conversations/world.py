"""A whole Slipway in one process: what people do there, what they see, what goes wrong."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from bot.app.resources import Resources
from bot.core.operation import Operation
from bot.sandbox.clouds import CloudpodsCloud, Fault, HuaweiCloud
from bot.sandbox.slack import Answer, Message, View, Workspace, sign
from bot.views.details import details
from bot.views.words import DEFAULT
from handlers.changes import Changes
from tests.conversations.cards import (
    APPROVE,
    is_card,
    operation_in,
    operation_of,
    press_on,
    submit_on,
    texts,
    words,
)
from tests.conversations.clock import GivenClock
from tests.conversations.machines import Machines
from tests.conversations.places import ANN, BOB, DEPLOYS

DATABASE: Final = "slipway.db"
CLOSED_PORT: Final = 9  # nobody listens there
CALL: Final = re.compile(r"\* needs [0-9]+ approval")
FORM: Final = "application/x-www-form-urlencoded"


@dataclass
class World:
    """Who is there and what they do; the clock stands still unless somebody moves it."""

    clock: GivenClock
    workspace: Workspace
    cloud: HuaweiCloud
    lab: CloudpodsCloud
    parts: Resources
    machines: Machines
    changes: Changes  # what the bot does with typed changes that come together
    http: httpx.Client
    configuration: Path
    clouds_url: str
    expected: set[str] = field(default_factory=set)  # refusals that the test asks for

    def command(self, text: str, by: str = ANN, *, channel: str = DEPLOYS) -> Answer:
        """Type a command and return what only its sender sees."""
        return self.workspace.command(text, by=by, channel=channel)

    def say(
        self, text: str, by: str = ANN, *, channel: str = DEPLOYS, below: Message | None = None
    ) -> Answer:
        """Write a message, *below* a card if one is given."""
        thread_ts = below.ts if below else None
        return self.workspace.say(text, by=by, channel=channel, thread_ts=thread_ts)

    def press(self, action_id: str, card: Message, by: str = BOB) -> Answer:
        """Press a button of the card as this person saw it, be it long replaced.

        In a menu, the option that stands for it is chosen; a form that this opens is sent empty.
        """
        return press_on(self.workspace, action_id, card, by)

    def submit(self, words: str, by: str = BOB) -> Answer:
        """Fill the form that this person has open and send it."""
        return submit_on(self.workspace, words, by)

    def asked(self, text: str = "/deploy checkout 1.4.0", by: str = ANN) -> Message:
        """Type a command that is recorded, and return the card once it has come to rest."""
        operation_id = operation_in(self.command(text, by).text)
        self.settle()
        return self.card(operation_id)

    def approved(self, text: str = "/deploy checkout 1.4.0", by: str = BOB) -> Message:
        """Type a command and have it approved; no worker has heard of that yet."""
        card = self.asked(text)
        assert self.press(APPROVE, card, by).ok
        return card

    def approve(self, card: Message, by: str = BOB) -> Message:
        """Approve what the card asks for, and return the card when all is over."""
        assert self.press(APPROVE, card, by).ok
        self.settle()
        return self.card(card)

    def done(self, text: str = "/deploy checkout 1.4.0") -> Message:
        """Type a command, have it approved, and return the card when all is over."""
        card = self.approved(text)
        self.settle()
        return self.card(card)

    def card(self, of: str | Message = "") -> Message:
        """Return the newest card, or that of an operation, as it stands now."""
        wanted = operation_of(of) if isinstance(of, Message) else of
        found = [each for each in self.cards() if not wanted or operation_of(each) == wanted]
        assert found, f"there is no card of {wanted or 'anything'}"
        return found[-1]

    def shown(self, card: Message) -> str:
        """Return all that the card says, and all that is one press away in its Details."""
        view = details(self.operation(card), DEFAULT)
        return "\n".join((words(self.card(card)), *texts(view["blocks"])))

    def cards(self, *, channel: str = DEPLOYS) -> list[Message]:
        """Return all cards of a channel, oldest first."""
        return [each for each in self.workspace.messages(channel) if is_card(each)]

    def thread(self, card: Message) -> list[str]:
        """Return the replies below a card, but for the calls to approve it."""
        return [each for each in self.replies(card) if not CALL.search(each)]

    def replies(self, card: Message) -> list[str]:
        """Return all replies below a card."""
        return [each.text for each in self.workspace.thread(card.channel, card.ts)[1:]]

    def whispers(self, person: str) -> list[str]:
        """Return what only *person* saw, answers to commands included."""
        return [each.text for each in self.workspace.whispers(person)]

    def operation(self, card: Message) -> Operation:
        """Return what the journal says of the card's operation."""
        return self.parts.journal.operations.load(operation_of(card))

    @property
    def recorded(self) -> tuple[Operation, ...]:
        """All operations of the journal, newest first."""
        return self.parts.journal.operations.recent(1000)

    @property
    def mutations(self) -> list[str]:
        """What took effect in the cloud: `PUT`, or `POST rollback` and the like."""
        return [_told(each.method, each.body or {}) for each in self.cloud.executed]

    @property
    def tries(self) -> int:
        """How many mutating requests have reached the cloud, whatever came of them."""
        return sum(each.method != "GET" for each in self.cloud.requests)

    def breaks(self, fault: Fault) -> None:
        """Let the cloud do something wrong."""
        self.cloud.faults.add(fault)

    def edit(self, old: str, new: str) -> None:
        """Change slipway.yaml while everything runs."""
        text = self.configuration.read_text()
        assert old in text, f"slipway.yaml has no {old!r}"
        self.configuration.write_text(text.replace(old, new))

    def form(self, view: View, by: str = BOB, words: str = "no") -> httpx.Response:
        """Send a form as it is given here; one that nobody could send in the simulator."""
        config = self.workspace.config
        block = next(each for each in view.body["blocks"] if each["type"] == "input")
        entry = {"type": "plain_text_input", "value": words}
        payload = {
            "type": "view_submission",
            "team": {"id": config.team_id},
            "api_app_id": config.app_id,
            "user": {"id": by},
            "trigger_id": "5.6.forged",
            "view": {
                **view.body,
                "id": view.id,
                "state": {"values": {block["block_id"]: {block["element"]["action_id"]: entry}}},
            },
        }
        return self.post(urlencode({"payload": json.dumps(payload)}).encode())

    def filled(
        self,
        view: View,
        by: str,
        *,
        target: str = "",
        version: str = "",
        metadata: str | None = None,
        values: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """Send the form of a change as it is given here, by whomever, open or not."""
        chosen = {"slipway.pick_target": target, "slipway.pick_version": version}
        given = {
            name: {name: {"type": "external_select", "selected_option": {"value": each}}}
            for name, each in chosen.items()
        }
        kept = view.body["private_metadata"] if metadata is None else metadata
        state = {"values": given if values is None else values}
        sent = {**view.body, "id": view.id, "private_metadata": kept, "state": state}
        return self.interacted({"type": "view_submission", "view": sent, "user": {"id": by}})

    def picked(self, view: View, by: str, target: str) -> httpx.Response:
        """Choose a target in a form as it was seen before."""
        option = {"selected_option": {"value": target}}
        action = {"type": "external_select", "action_id": "slipway.pick_target", **option}
        sent = {**view.body, "id": view.id, "hash": view.hash, "state": {"values": {}}}
        told = {"type": "block_actions", "view": sent, "actions": [action], "user": {"id": by}}
        return self.interacted(told)

    def clicked_at_home(self, view: View, by: str, action: str, value: str) -> httpx.Response:
        """Press a button of a Home as it was seen before, whether it is still there or not."""
        pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value}
        sent = {**view.body, "id": view.id, "hash": view.hash, "state": {"values": {}}}
        container = {"type": "view", "view_id": view.id}
        trigger = self.workspace.state.tickets.trigger(by)
        told = {
            "type": "block_actions",
            "view": sent,
            "container": container,
            "trigger_id": trigger,
        }
        return self.interacted({**told, "actions": [pressed], "user": {"id": by}})

    def interacted(self, payload: dict[str, Any]) -> httpx.Response:
        """Send what somebody did in a view; it need not be possible there."""
        config = self.workspace.config
        known = {"team": {"id": config.team_id}, "api_app_id": config.app_id}
        whole = {**known, "trigger_id": "5.6.forged", **payload}
        return self.post(urlencode({"payload": json.dumps(whole)}).encode())

    @contextmanager
    def without_redis(self) -> Iterator[None]:
        """Let nobody reach Redis for a while: its port is closed."""
        pool = self.parts.redis.connection_pool
        port = pool.connection_kwargs["port"]
        pool.connection_kwargs["port"] = CLOSED_PORT
        pool.reset()
        try:
            yield
        finally:
            pool.connection_kwargs["port"] = port
            pool.reset()

    @contextmanager
    def locked_journal(self) -> Iterator[None]:
        """Let nobody write to the journal for a while: another process holds it."""
        path = self.configuration.with_name(DATABASE)
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.close()

    def settle(self) -> None:
        """Let all workers work until nothing is due, or only a person."""
        self.machines.settle()

    def wait(self, seconds: float, *, step: float = 1.0) -> None:
        """Let time pass while all work."""
        self.machines.wait(seconds, step=step)

    def post(self, body: bytes, content_type: str = FORM) -> httpx.Response:
        """Send a signed request to the bot past all that Slack itself would check."""
        config, at = self.workspace.config, int(self.clock.seconds())
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": str(at),
            "X-Slack-Signature": sign(config.signing_secret, at, body),
        }
        return self.http.post(self.workspace.request_url, content=body, headers=headers)

    def slash(self, command: str, text: str, **fields: str) -> httpx.Response:
        """Send a command with these fields; one that nobody typed in the simulator."""
        return self.post(urlencode(self.typed(command, text, **fields)).encode())

    def typed(self, command: str, text: str, **fields: str) -> dict[str, str]:
        """Return the fields of a command, as Slack sends them."""
        config = self.workspace.config
        known = {
            "command": command,
            "text": text,
            "team_id": config.team_id,
            "api_app_id": config.app_id,
            "user_id": ANN,
            "channel_id": DEPLOYS,
            "trigger_id": "1.2.forged",
        }
        return {**known, **fields}

    def click(self, card: Message, action: dict[str, Any], **payload: Any) -> httpx.Response:
        """Send a press with this action; one that nobody could do in the simulator."""
        config = self.workspace.config
        known = {
            "type": "block_actions",
            "team": {"id": config.team_id},
            "api_app_id": config.app_id,
            "user": {"id": BOB},
            "channel": {"id": card.channel},
            "container": {
                "type": "message",
                "message_ts": card.ts,
                "channel_id": card.channel,
                "is_ephemeral": False,
            },
            "trigger_id": "3.4.forged",
            "actions": [{"type": "button", "block_id": "slipway.actions", **action}],
        }
        return self.post(urlencode({"payload": json.dumps({**known, **payload})}).encode())


def _told(method: str, body: dict[str, Any]) -> str:
    return f"{method} {body['action']}" if "action" in body else method
