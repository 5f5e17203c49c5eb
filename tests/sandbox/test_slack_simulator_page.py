"""The API of the sandbox's page: state, stream, and what people do there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.ports import NO_TLS
from bot.sandbox.slack import SANDBOX, RateLimits, Workspace, served, served_app

DEPLOYS: Final = "C0DEPLOYS"
BLOCKS: Final[list[dict[str, Any]]] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "slipway.approve",
                "text": {"type": "plain_text", "text": "Approve"},
                "value": "v",
            }
        ],
    }
]
FORM: Final[dict[str, Any]] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Send"},
    "callback_id": "reason",
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


class Echo:
    """An app that answers every delivery with the same words and status, and keeps the triggers."""

    def __init__(self) -> None:
        self.status = 200
        self.words = "noted"
        self.triggers: list[str] = []
        self.kinds: list[str] = []
        self.app = Starlette(routes=[Route("/slack/events", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        if request.headers["content-type"] == "application/json":
            self.kinds.append((await request.json())["event"]["type"])
        else:
            form = await request.form()
            payload = json.loads(str(form.get("payload", "{}")))
            self.kinds.append(payload.get("type", "command"))
            self.triggers.append(str(form.get("trigger_id", payload.get("trigger_id", ""))))
        return PlainTextResponse(self.words, self.status)


@pytest.fixture
def echo() -> Echo:
    """The app behind the workspace."""
    return Echo()


@pytest.fixture
def workspace(echo: Echo, tmp_path: Path) -> Iterator[Workspace]:
    """A served workspace with an empty folder for its page."""
    whole = Workspace(SANDBOX, limits=RateLimits(enabled=False))
    with served_app(echo.app) as address, served(whole, tmp_path) as workspace:
        workspace.request_url = f"{address}/slack/events"
        yield workspace


@pytest.fixture
def page(workspace: Workspace) -> Iterator[httpx.Client]:
    """The page's side of the API."""
    with httpx.Client(base_url=workspace.base_url, trust_env=False, verify=NO_TLS) as client:
        yield client


@pytest.fixture
def slack(workspace: Workspace) -> WebClient:
    """The bot's client, which repeats nothing."""
    return WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])


def state(page: httpx.Client, person: str) -> dict[str, Any]:
    """Return what *person* sees."""
    body: dict[str, Any] = page.get("/workspace/state", params={"as": person}).json()
    return body


def stream(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """Yield what comes in on an open stream."""
    for line in response.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_the_state_is_what_one_person_sees(page: httpx.Client, slack: WebClient) -> None:
    """Whispers are in their reader's state only, and all the page needs is there."""
    slack.chat_postMessage(channel=DEPLOYS, text="card", blocks=BLOCKS)
    slack.chat_postEphemeral(channel=DEPLOYS, user="U0EVE", text="[denied] no")

    ann, eve = state(page, "U0ANN"), state(page, "U0EVE")

    assert set(ann) == {
        *("team", "me", "people", "groups", "channels", "commands", "shortcuts"),
        *("message_shortcuts", "messages", "views", "home"),
    }
    assert [m["text"] for m in ann["messages"][DEPLOYS]] == ["card"]
    assert [(m["text"], m["ephemeral"]) for m in eve["messages"][DEPLOYS]] == [
        ("card", False),
        ("[denied] no", True),
    ]
    assert set(ann["messages"][DEPLOYS][0]) == {
        *("ts", "channel", "user", "text", "blocks", "thread_ts", "reply_broadcast"),
        *("edited", "ephemeral", "metadata", "deleted", "files", "reactions"),
    }
    assert ann["commands"][0].keys() == {"command", "description", "usage_hint"}


def test_a_shortcut_is_chosen_from_the_menu_of_a_message(
    page: httpx.Client, slack: WebClient, echo: Echo
) -> None:
    """The app is sent it as Slack sends it; one that it has not registered is refused."""
    ts = slack.chat_postMessage(channel=DEPLOYS, text="it began at 14:02")["ts"]
    [known] = state(page, "U0ANN")["message_shortcuts"]
    assert known == {"callback_id": "slipway.incident_mark", "name": "Add to timeline"}
    echo.words = ""
    wanted = {"as": "U0ANN", "channel": DEPLOYS, "ts": ts, "callback_id": known["callback_id"]}
    assert page.post("/workspace/message_shortcut", json=wanted).json() == {"ok": True}
    assert echo.kinds[-1] == "message_action"
    other = page.post("/workspace/message_shortcut", json={**wanted, "callback_id": "other"})
    assert other.status_code == 400


def test_a_person_types_presses_and_fills(page: httpx.Client, slack: WebClient, echo: Echo) -> None:
    """A command's answer and what follows come by the stream, in order."""
    as_ann = {"as": "U0ANN"}
    with page.stream("GET", "/workspace/stream", params=as_ann) as response:
        seen = stream(response)
        where = {**as_ann, "channel": DEPLOYS}
        said = page.post("/workspace/say", json={**where, "thread_ts": None, "text": "/ops help"})
        assert said.json() == {"ok": True}
        answer = next(seen)
        assert (answer["type"], answer["message"]["text"]) == ("message", "noted")
        assert answer["message"]["ephemeral"]

        ts = slack.chat_postMessage(channel=DEPLOYS, text="card", blocks=BLOCKS)["ts"]
        assert next(seen)["message"]["blocks"] == BLOCKS
        press = {**where, "ts": ts, "block_id": "row", "action_id": "slipway.approve"}
        echo.words = ""
        pressed = page.post("/workspace/press", json={**press, "value": "v", "ephemeral": False})
        assert pressed.json() == {"ok": True}

        slack.views_open(trigger_id=echo.triggers[-1], view=FORM)
        [view] = next(seen)["views"]
        assert (view["callback_id"], view["state"]) == ("reason", {"values": {}})
        filled = {"why": {"text": {"type": "plain_text_input", "value": "late"}}}
        form = {**as_ann, "view_id": view["id"]}
        empty = page.post("/workspace/submit", json={**form, "values": {}}).json()
        assert empty == {"ok": False, "errors": {"why": "Please complete this required field."}}
        assert page.post("/workspace/submit", json={**form, "values": filled}).json()["ok"]
        assert next(seen) == {"type": "views", "views": []}

        slack.chat_delete(channel=DEPLOYS, ts=ts)
        assert next(seen) == {"type": "message_deleted", "channel": DEPLOYS, "ts": ts}


def test_a_person_chooses_a_language(page: httpx.Client, slack: WebClient) -> None:
    """What the page asks for is what Slack says of that person, and of nobody else."""
    for locale in ("zh-CN", "en-US"):
        asked = page.post("/workspace/language", json={"as": "U0BOB", "locale": locale})
        assert asked.json() == {"ok": True}
        people = {each["id"]: each["locale"] for each in state(page, "U0ANN")["people"]}
        assert (people["U0BOB"], people["U0ANN"]) == (locale, "en-US")
        told = slack.users_info(user="U0BOB", include_locale=True)["user"]
        assert told["locale"] == locale
    assert "locale" not in slack.users_info(user="U0BOB")["user"]
    refused = page.post("/workspace/language", json={"as": "U0BOB", "locale": "de-DE"})
    assert refused.status_code == 400


def test_failures_are_told(page: httpx.Client, slack: WebClient, echo: Echo) -> None:
    """A failed command is a notice by the stream, a failed press an error at the button."""
    ts = slack.chat_postMessage(channel=DEPLOYS, text="card", blocks=BLOCKS)["ts"]
    echo.status = 500
    where = {"as": "U0ANN", "channel": DEPLOYS}

    with page.stream("GET", "/workspace/stream", params={"as": "U0ANN"}) as response:
        page.post("/workspace/say", json={**where, "text": "/deploy checkout 1"})
        notice = next(stream(response))
    pressed = page.post(
        "/workspace/press", json={**where, "ts": ts, "action_id": "slipway.approve"}
    )

    failed = '/deploy failed with the error "dispatch_failed"'
    assert notice == {"type": "notice", "channel": DEPLOYS, "text": failed}
    assert pressed.json() == {"ok": False, "error": "dispatch_failed"}


def test_a_stream_holds_nothing_of_others(
    workspace: Workspace, page: httpx.Client, slack: WebClient
) -> None:
    """What only Eve sees never reaches Ann's stream; a change of people tells all to look again."""
    with page.stream("GET", "/workspace/stream", params={"as": "U0ANN"}) as response:
        seen = stream(response)
        slack.chat_postEphemeral(channel=DEPLOYS, user="U0EVE", text="for eve")
        workspace.set_group("S0SRE", ("U0ANN",))

        assert next(seen) == {"type": "people"}


def test_the_home_tab_is_opened_and_shown(page: httpx.Client, slack: WebClient, echo: Echo) -> None:
    """Opening the Home tab is an event; what the app publishes is in stream and state."""
    as_ann = {"as": "U0ANN"}
    with page.stream("GET", "/workspace/stream", params=as_ann) as response:
        assert page.post("/workspace/open_home", json=as_ann).json() == {"ok": True}
        slack.views_publish(user_id="U0ANN", view={"type": "home", "blocks": BLOCKS})
        home = next(item for item in stream(response) if item["type"] == "home")["home"]

    assert echo.kinds == ["app_home_opened"]
    assert state(page, "U0ANN")["home"] == home
    press = {**as_ann, "channel": None, "ts": None, "view_id": home["id"], "block_id": "row"}
    pressed = page.post("/workspace/press", json={**press, "action_id": "slipway.approve"})
    assert pressed.json() == {"ok": True}


def test_a_form_is_closed(page: httpx.Client, slack: WebClient, echo: Echo) -> None:
    """Closing takes the form away."""
    page.post("/workspace/say", json={"as": "U0ANN", "channel": DEPLOYS, "text": "/deploy"})
    slack.views_open(trigger_id=echo.triggers[-1], view=FORM)
    [view] = state(page, "U0ANN")["views"]

    closed = page.post("/workspace/close", json={"as": "U0ANN", "view_id": view["id"]})

    assert closed.json() == {"ok": True}
    assert state(page, "U0ANN")["views"] == []


SAY: Final = {"as": "U0ANN", "channel": DEPLOYS, "text": "hello"}
WRONG: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "nobody": ("say", {**SAY, "as": "U0NOBODY"}),
    "the bot itself": ("say", {**SAY, "as": "U0SLIPWAY"}),
    "no channel": ("say", {**SAY, "channel": "C0NONE"}),
    "no thread": ("say", {**SAY, "thread_ts": "1.000001"}),
    "unknown field": ("say", {**SAY, "colour": "red"}),
    "nothing said": ("say", {**SAY, "text": ""}),
    "no message": ("press", {"as": "U0ANN", "channel": DEPLOYS, "ts": "1.0", "action_id": "x"}),
    "pressed nowhere": ("press", {"as": "U0ANN", "action_id": "x"}),
    "no view": ("submit", {"as": "U0ANN", "view_id": "V0", "values": {}}),
    "no view to close": ("close", {"as": "U0ANN", "view_id": "V0"}),
}


def test_what_makes_no_sense_is_refused(page: httpx.Client) -> None:
    """Unknown ids and malformed bodies are 400 with a reason, and nobody's state is nothing."""
    answers = {
        case: page.post(f"/workspace/{path}", json=body) for case, (path, body) in WRONG.items()
    }

    assert {case: answer.status_code for case, answer in answers.items()} == dict.fromkeys(
        WRONG, 400
    )
    assert all(answer.json()["error"] for answer in answers.values())
    assert page.get("/workspace/state").status_code == 400
    assert page.get("/workspace/stream", params={"as": "U0NOBODY"}).status_code == 400


def test_other_sites_cannot_act(page: httpx.Client, workspace: Workspace) -> None:
    """A body without the JSON content type, which another site's form can send, is 415."""
    body = json.dumps(SAY)
    plain = page.post("/workspace/say", content=body, headers={"Content-Type": "text/plain"})

    assert plain.status_code == 415
    assert workspace.messages(DEPLOYS) == []


def test_the_page_is_served_once_it_is_built(page: httpx.Client, tmp_path: Path) -> None:
    """Without an index the address says so in one line; with one, it and its assets are there."""
    assert page.get("/").status_code == 503

    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<h1>Slipway</h1>")
    (tmp_path / "assets" / "a.js").write_text("1")

    assert page.get("/").text == "<h1>Slipway</h1>"
    assert page.get("/assets/a.js").text == "1"
    assert page.get("/assets/%2e%2e/index.html").status_code == 404


def test_a_person_marks_a_message(page: httpx.Client, slack: WebClient) -> None:
    """The page shows who put which emoji there; taken away, nothing is left of it."""
    ts = str(slack.chat_postMessage(channel=DEPLOYS, text="it began at 14:02")["ts"])
    mark = {"as": "U0ANN", "channel": DEPLOYS, "ts": ts, "name": "pushpin"}

    def reactions() -> Any:
        return state(page, "U0ANN")["messages"][DEPLOYS][0]["reactions"]

    assert page.post("/workspace/react", json={**mark, "added": True}).json()["ok"]
    assert reactions() == [{"name": "pushpin", "users": ["U0ANN"]}]
    assert page.post("/workspace/react", json={**mark, "added": False}).json()["ok"]
    assert reactions() == []
