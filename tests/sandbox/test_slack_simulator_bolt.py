"""A conversation with a real Bolt app, over HTTP and over Socket Mode."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bot.sandbox.slack import SANDBOX, RateLimits, Workspace, served, served_app

DEPLOYS: Final = "C0DEPLOYS"
PRESS: Final = "slipway.approve"


def plain(text: str) -> dict[str, Any]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def row(action_id: str = PRESS) -> list[dict[str, Any]]:
    """Return blocks with one button."""
    button = {"type": "button", "action_id": action_id, "text": plain("Approve"), "value": "v"}
    return [{"type": "actions", "block_id": "row", "elements": [button]}]


FORM: Final[dict[str, Any]] = {
    "type": "modal",
    "callback_id": "reason",
    "title": plain("Reject"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": plain("Why"),
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
        }
    ],
}


def bolt_app(workspace: Workspace) -> App:
    """Return an app that answers a command with a card, and a press with a form."""
    client = WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])
    app = App(client=client, signing_secret=SANDBOX.signing_secret, process_before_response=True)

    @app.command("/deploy")
    def deploy(ack: Ack, body: dict[str, Any]) -> None:
        client.chat_postMessage(channel=body["channel_id"], text=body["text"], blocks=row())
        ack("Recorded as op-1.")

    @app.action(PRESS)
    def press(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=FORM)
        respond("pressed", replace_original=False)
        ack()

    @app.view("reason")
    def reason(ack: Ack, body: dict[str, Any]) -> None:
        why = body["view"]["state"]["values"]["why"]["text"]["value"]
        ack(response_action="errors", errors={"why": f"{why}?"})

    @app.event("app_mention")
    def mention(event: dict[str, Any]) -> None:
        client.chat_postMessage(
            channel=event["channel"], text="here", thread_ts=event.get("thread_ts", event["ts"])
        )

    return app


def converse(workspace: Workspace) -> None:
    """Type, press, fill and mention, and look at what becomes of it."""
    typed = workspace.command("/deploy checkout 1.4.0", by="U0ANN", channel=DEPLOYS)
    assert (typed.status, typed.text) == (200, "Recorded as op-1.")
    card = workspace.messages(DEPLOYS)[-1]
    assert (card.text, card.action_ids) == ("checkout 1.4.0", [PRESS])

    assert workspace.press(PRESS, ts=card.ts, channel=DEPLOYS, by="U0BOB").ok
    assert workspace.whispers("U0BOB")[-1].text == "pressed"
    [form] = workspace.views("U0BOB")
    answer = workspace.submit(form.id, {"why": {"text": "no"}}, by="U0BOB")
    assert answer.errors == {"why": "no?"}

    said = workspace.say("@slipway status", by="U0ANN", channel=DEPLOYS)
    assert said.ts is not None
    assert [m.text for m in workspace.thread(DEPLOYS, said.ts)][1:] == ["here"]
    assert workspace.refused == []


def test_a_conversation_over_http() -> None:
    """A Bolt app behind HTTP accepts every delivery, and its calls are all carried out."""
    with served(Workspace()) as workspace:
        handler = SlackRequestHandler(bolt_app(workspace))

        async def take(request: Request) -> Response:
            return await handler.handle(request)

        bolt = Starlette(routes=[Route("/slack/events", take, methods=["POST"])])
        with served_app(bolt) as address:
            workspace.request_url = f"{address}/slack/events"
            converse(workspace)


@pytest.fixture(scope="module")
def connected() -> Iterator[Workspace]:
    """A workspace whose Bolt app is connected by Socket Mode, and which waits a second for it."""
    config = SANDBOX.model_copy(update={"socket_mode": True, "answer_limit": 1.0})
    limits = RateLimits(enabled=False)
    with served(Workspace(config, limits=limits)) as workspace:
        handler = SocketModeHandler(bolt_app(workspace), "xapp-sandbox", ping_interval=1)
        handler.connect()
        assert workspace.sockets.wait_for(1, seconds=5)
        yield workspace
        handler.close()


def test_a_conversation_over_socket_mode(connected: Workspace) -> None:
    """The same conversation, as envelopes over a websocket."""
    converse(connected)


def test_no_frame_is_no_answer(connected: Workspace) -> None:
    """Bolt sends no frame for a command without a listener: the person sees the time-out."""
    answer = connected.command("/rollback checkout", by="U0ANN", channel=DEPLOYS)

    assert answer.notice == '/rollback failed with the error "operation_timeout"'


def test_a_dead_connection_is_followed_by_another(connected: Workspace) -> None:
    """A silent connection answers nothing; told goodbye, Bolt connects anew and goes on."""
    connected.sockets.silence()
    answer = connected.command("/deploy checkout 1", by="U0ANN", channel=DEPLOYS)
    assert answer.notice == '/deploy failed with the error "operation_timeout"'

    connected.sockets.say_goodbye("refresh_requested")
    assert connected.sockets.wait_for(0, seconds=5)
    assert connected.sockets.wait_for(1, seconds=15)
    converse(connected)


def test_a_socket_s_address_opens_once(connected: Workspace) -> None:
    """A used ticket, or an invented one, opens no connection."""
    client = WebClient("xapp-sandbox", base_url=connected.api_url, retry_handlers=[])
    url = client.apps_connections_open(app_token="xapp-sandbox")["url"]

    with connect(url) as socket:
        hello = json.loads(socket.recv())
        assert (hello["type"], hello["num_connections"]) == ("hello", 2)
    for dead in (url, url.replace("ticket=", "ticket=0")):
        with pytest.raises(InvalidStatus):
            connect(dead)


def test_without_a_connection_a_command_fails() -> None:
    """In Socket Mode without a connection a command cannot be dispatched."""
    config = SANDBOX.model_copy(update={"socket_mode": True})
    workspace = Workspace(config)

    answer = workspace.command("/deploy checkout 1", by="U0ANN", channel=DEPLOYS)

    workspace.close()
    assert answer.notice == '/deploy failed with the error "dispatch_failed"'
