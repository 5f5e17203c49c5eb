"""The simulator and an app: commands, presses, forms and events, as signed requests."""

import hmac
import json
import threading
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.slack import (
    SANDBOX,
    NothingThereError,
    RateLimits,
    UnknownPersonError,
    Workspace,
    served,
    served_app,
)

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


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


class Bare:
    """An app of a few lines: keeps what it got, answers what it was told to."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, dict[str, str]]] = []
        self.status = 200
        self.body: bytes = b""
        self.headers: dict[str, str] = {}
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.app = Starlette(routes=[Route("/slack/events", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.got.append((await request.body(), dict(request.headers)))
        await run_in_threadpool(self.may_answer.wait)
        return Response(self.body, self.status, self.headers)

    def say(self, **body: object) -> None:
        """Answer JSON from now on."""
        self.body = json.dumps(body).encode()
        self.headers = {"Content-Type": "application/json"}

    @property
    def payload(self) -> dict[str, Any]:
        """The last delivery's contents, a form's fields as they are."""
        fields = parse_qs(self.got[-1][0].decode(), keep_blank_values=True)
        if "payload" in fields:
            payload: dict[str, Any] = json.loads(fields["payload"][0])
            return payload
        return {name: values[0] for name, values in fields.items()}


@pytest.fixture
def clock() -> Clock:
    """A clock that only the test moves."""
    return Clock()


@pytest.fixture
def bare() -> Bare:
    """An app of a few lines."""
    return Bare()


@pytest.fixture
def workspace(clock: Clock, bare: Bare) -> Iterator[Workspace]:
    """A served workspace whose app is the bare one, and which waits 0.3 seconds for it."""
    config = SANDBOX.model_copy(update={"answer_limit": 0.3})
    whole = Workspace(config, clock, limits=RateLimits(enabled=False))
    with served_app(bare.app) as address, served(whole) as workspace:
        workspace.request_url = f"{address}/slack/events"
        yield workspace
        bare.may_answer.set()


@pytest.fixture
def slack(workspace: Workspace) -> WebClient:
    """The bot's client, which repeats nothing."""
    return WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])


def refusal(call: Any, **arguments: object) -> str:
    """Return the error of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_command_is_signed_over_its_bytes(workspace: Workspace, bare: Bare) -> None:
    """A command is a signed form with all its fields, and `should_escape` turns names to ids."""
    workspace.command("/ops can @eve deploy checkout", by="U0ANN", channel=DEPLOYS)

    body, headers = bare.got[0]
    base = b"v0:" + headers["x-slack-request-timestamp"].encode() + b":" + body
    digest = hmac.new(SANDBOX.signing_secret.encode(), base, sha256).hexdigest()
    assert headers["x-slack-signature"] == f"v0={digest}"
    assert headers["x-slack-request-timestamp"] == "1795000000"
    payload = bare.payload
    assert payload["text"] == "can <@U0EVE|eve> deploy checkout"
    assert set(payload) == {
        *("token", "team_id", "team_domain", "channel_id", "channel_name", "user_id"),
        *("user_name", "command", "text", "api_app_id", "response_url", "trigger_id"),
        "is_enterprise_install",
    }


def test_a_command_s_answer_is_a_whisper(workspace: Workspace, bare: Bare) -> None:
    """Text and JSON become ephemeral messages, unless the app says `in_channel`."""
    bare.body = b"Recorded as op-1."
    first = workspace.command("/deploy checkout 1", by="U0ANN", channel=DEPLOYS)
    bare.say(text="Open to all", response_type="in_channel")
    workspace.command("/deploy checkout 2", by="U0ANN", channel=DEPLOYS)

    assert (first.ok, first.text) == (True, "Recorded as op-1.")
    assert [m.text for m in workspace.whispers("U0ANN")] == ["Recorded as op-1."]
    assert [m.text for m in workspace.messages(DEPLOYS)] == ["Open to all"]


def test_a_late_command_fails_before_its_person(workspace: Workspace, bare: Bare) -> None:
    """No answer in time: the person is told, and the command is not sent again."""
    bare.may_answer.clear()

    answer = workspace.command("/deploy checkout 1", by="U0ANN", channel=DEPLOYS)

    assert answer.status is None
    assert answer.notice == '/deploy failed with the error "operation_timeout"'
    assert [n.text for n in workspace.notices("U0ANN")] == [answer.notice]
    assert len(bare.got) == 1


def test_a_failed_command_fails_before_its_person(workspace: Workspace, bare: Bare) -> None:
    """Any status but 200, and no app at all, is `dispatch_failed`."""
    bare.status = 404
    refused = workspace.command("/deploy checkout 1", by="U0ANN", channel=DEPLOYS)
    workspace.request_url = "http://127.0.0.1:9/slack/events"
    unreachable = workspace.command("/deploy checkout 1", by="U0ANN", channel=DEPLOYS)

    assert refused.status == 404
    assert unreachable.status is None
    for answer in (refused, unreachable):
        assert answer.notice == '/deploy failed with the error "dispatch_failed"'


def test_an_answer_that_slack_would_not_show_is_refused(workspace: Workspace, bare: Bare) -> None:
    """A command's answer is held to the same limits as a message."""
    bare.say(text="x", blocks=[{"type": "section", "text": plain("x" * 3001)}])

    answer = workspace.command("/deploy checkout 1", by="U0ANN", channel=DEPLOYS)

    assert answer.notice == '/deploy failed with the error "invalid_command_response"'
    assert workspace.refused[0].error == "invalid_blocks"


def test_commands_are_refused_in_threads(workspace: Workspace, bare: Bare) -> None:
    """Slack itself refuses a command in a thread and one that nobody registered."""
    threaded = workspace.command("/deploy x 1", by="U0ANN", channel=DEPLOYS, thread_ts="1.000001")
    unknown = workspace.command("/deplyo x 1", by="U0ANN", channel=DEPLOYS)

    assert threaded.notice == "/deploy is not supported in threads. Sorry!"
    assert unknown.notice == "/deplyo is not a valid command."
    assert bare.got == []


def test_who_is_not_there_cannot_act(workspace: Workspace) -> None:
    """Deactivated people, bots and non-members do nothing."""
    workspace.change_person("U0BOB", deleted=True)
    workspace.set_members(DEPLOYS, ("U0ANN", "U0SLIPWAY"))

    for person in ("U0BOB", "U0SLIPWAY", "U0NOBODY"):
        with pytest.raises(UnknownPersonError):
            workspace.command("/ops help", by=person, channel=DEPLOYS)
    with pytest.raises(NothingThereError):
        workspace.command("/ops help", by="U0EVE", channel=DEPLOYS)


def test_a_press_carries_the_message_as_it_was_seen(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """A button that an update took away can still be pressed late, with what it stood on."""
    ts = slack.chat_postMessage(channel=DEPLOYS, text="waits", blocks=row())["ts"]
    slack.chat_update(channel=DEPLOYS, ts=ts, text="runs")

    answer = workspace.press(PRESS, ts=ts, channel=DEPLOYS, by="U0BOB", value="v")

    assert answer.ok
    payload = bare.payload
    assert payload["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": PRESS,
        "block_id": "row",
        "text": plain("Approve"),
        "value": "v",
        "action_ts": "",
    }
    assert payload["message"]["blocks"] == row()
    assert set(payload) == {
        *("type", "user", "api_app_id", "token", "container", "trigger_id", "team"),
        *("enterprise", "is_enterprise_install", "channel", "message", "state"),
        *("response_url", "actions"),
    }


def test_only_what_is_there_can_be_pressed(workspace: Workspace, slack: WebClient) -> None:
    """No press without its control, its value, and a message that the person sees."""
    ts = slack.chat_postMessage(channel=DEPLOYS, text="waits", blocks=row())["ts"]
    hidden = slack.chat_postEphemeral(channel=DEPLOYS, user="U0ANN", text="for ann", blocks=row())[
        "message_ts"
    ]

    for press in (
        {"action_id": "slipway.reject", "ts": ts},
        {"action_id": PRESS, "ts": ts, "value": "forged"},
        {"action_id": PRESS, "ts": ts, "block_id": "elsewhere"},
        {"action_id": PRESS, "ts": hidden},
        {"action_id": PRESS, "ts": "1.000001"},
    ):
        with pytest.raises(NothingThereError):
            workspace.press(**press, channel=DEPLOYS, by="U0BOB")


def test_an_unanswered_press_is_marked(workspace: Workspace, slack: WebClient, bare: Bare) -> None:
    """A press that the app does not answer with 200 fails, and is not sent again."""
    ts = slack.chat_postMessage(channel=DEPLOYS, text="waits", blocks=row())["ts"]
    bare.status = 500

    answer = workspace.press(PRESS, ts=ts, channel=DEPLOYS, by="U0BOB")

    assert (answer.ok, answer.notice) == (False, "dispatch_failed")
    assert len(bare.got) == 1


def test_a_choice_is_sent_as_an_option(workspace: Workspace, slack: WebClient, bare: Bare) -> None:
    """A select sends the option that has the value."""
    options = [{"text": plain(name), "value": name} for name in ("prod", "test")]
    element = {"type": "static_select", "action_id": "target", "options": options}
    blocks = [{"type": "actions", "block_id": "row", "elements": [element]}]
    ts = slack.chat_postMessage(channel=DEPLOYS, text="where?", blocks=blocks)["ts"]

    workspace.press("target", ts=ts, channel=DEPLOYS, by="U0ANN", value="test")

    assert bare.payload["actions"][0]["selected_option"] == options[1]
    assert bare.payload["state"]["values"]["row"]["target"]["selected_option"] == options[1]


def trigger(workspace: Workspace, bare: Bare) -> str:
    """Return the trigger of a command that was just typed."""
    workspace.command("/deploy", by="U0ANN", channel=DEPLOYS)
    return str(bare.payload["trigger_id"])


def test_a_trigger_opens_one_form_within_three_seconds(
    workspace: Workspace, slack: WebClient, bare: Bare, clock: Clock
) -> None:
    """A trigger is used up by what it opens, and expires; an invented one is none."""
    used, late = trigger(workspace, bare), trigger(workspace, bare)
    slack.views_open(trigger_id=used, view=FORM)
    clock.now += 3.1

    assert refusal(slack.views_open, trigger_id=used, view=FORM) == "exchanged_trigger_id"
    assert refusal(slack.views_open, trigger_id=late, view=FORM) == "expired_trigger_id"
    assert refusal(slack.views_open, trigger_id="1.2.3", view=FORM) == "invalid_trigger_id"


def test_three_forms_lie_on_each_other(workspace: Workspace, slack: WebClient, bare: Bare) -> None:
    """One form is opened and two are pushed; closing takes the topmost away."""
    slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)
    for _ in range(2):
        slack.views_push(trigger_id=trigger(workspace, bare), view=FORM)

    fourth = trigger(workspace, bare)
    assert refusal(slack.views_push, trigger_id=fourth, view=FORM) == "push_limit_reached"
    root, middle, top = workspace.views("U0ANN")
    assert (middle.root_id, middle.previous_id, top.previous_id) == (root.id, root.id, middle.id)
    workspace.close_view(top.id, by="U0ANN")
    assert workspace.views("U0ANN") == [root, middle]


def test_an_outdated_hash_updates_no_form(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """`views.update` with the hash of an older view changes nothing."""
    view = slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)["view"]
    slack.views_update(view_id=view["id"], hash=view["hash"], view={**FORM, "title": plain("Two")})

    late = refusal(slack.views_update, view_id=view["id"], hash=view["hash"], view=FORM)

    assert late == "hash_conflict"
    assert workspace.views("U0ANN")[0].body["title"] == plain("Two")


@pytest.fixture
def form(workspace: Workspace, slack: WebClient, bare: Bare) -> str:
    """The id of an open form of Ann's."""
    return str(slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)["view"]["id"])


def test_a_form_is_sent_with_what_was_entered(workspace: Workspace, bare: Bare, form: str) -> None:
    """A submission holds the state of every input; an empty answer closes the form."""
    answer = workspace.submit(form, {"why": {"text": "too early"}}, by="U0ANN")

    assert answer.ok
    payload = bare.payload
    entry = {"type": "plain_text_input", "value": "too early"}
    assert payload["view"]["state"]["values"] == {"why": {"text": entry}}
    assert payload["view"]["callback_id"] == "reason"
    assert workspace.views("U0ANN") == []


def test_slack_itself_keeps_back_a_form_that_is_wanting(
    workspace: Workspace, bare: Bare, form: str
) -> None:
    """A required field left empty, or one too long, never reaches the app."""
    sent = len(bare.got)

    empty = workspace.submit(form, {}, by="U0ANN")
    long = workspace.submit(form, {"why": {"text": "x" * 21}}, by="U0ANN")

    assert empty.errors == {"why": "Please complete this required field."}
    assert long.errors.keys() == {"why"}
    assert len(bare.got) == sent


RESPONSES: Final[dict[str, tuple[dict[str, Any], int]]] = {
    "errors": ({"response_action": "errors", "errors": {"why": "no"}}, 1),
    "update": ({"response_action": "update", "view": FORM}, 1),
    "push": ({"response_action": "push", "view": FORM}, 2),
    "clear": ({"response_action": "clear"}, 0),
}


@pytest.mark.parametrize("case", RESPONSES)
def test_a_form_s_answer_is_obeyed(workspace: Workspace, bare: Bare, form: str, case: str) -> None:
    """Errors keep the form, update and push show another view, clear closes all."""
    response, open_after = RESPONSES[case]
    bare.say(**response)

    answer = workspace.submit(form, {"why": {"text": "x"}}, by="U0ANN")

    assert answer.errors == response.get("errors", {})
    assert len(workspace.views("U0ANN")) == open_after


WRONG_RESPONSES: Final[dict[str, dict[str, Any]]] = {
    "unknown action": {"response_action": "close"},
    "errors at no field": {"response_action": "errors", "errors": {"other": "no"}},
    "a view too large": {"response_action": "update", "view": {**FORM, "title": plain("x" * 25)}},
}


@pytest.mark.parametrize("case", WRONG_RESPONSES)
def test_a_form_s_wrong_answer_is_shown_as_trouble(
    workspace: Workspace, bare: Bare, form: str, case: str
) -> None:
    """An answer that makes no sense to Slack leaves the form open, with Slack's own words."""
    bare.say(**WRONG_RESPONSES[case])

    answer = workspace.submit(form, {"why": {"text": "x"}}, by="U0ANN")

    assert answer.notice == "We had some trouble connecting. Try again?"
    assert len(workspace.views("U0ANN")) == 1


def test_a_closed_form_is_told_where_that_was_asked_for(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """`view_closed` is delivered for a view with `notify_on_close` only."""
    view = {**FORM, "notify_on_close": True}
    form = slack.views_open(trigger_id=trigger(workspace, bare), view=view)["view"]["id"]

    workspace.close_view(form, by="U0ANN")

    assert (bare.payload["type"], bare.payload["is_cleared"]) == ("view_closed", False)


def test_a_home_tab_is_pressed_where_it_is(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """A press on the Home tab names the view and no channel."""
    view = slack.views_publish(user_id="U0ANN", view={"type": "home", "blocks": row()})["view"]

    workspace.press_in_view(PRESS, view_id=view["id"], by="U0ANN")

    assert bare.payload["container"] == {"type": "view", "view_id": view["id"]}
    assert "channel" not in bare.payload


def test_a_response_url_serves_five_posts_in_half_an_hour(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """Answers appear to the person who pressed, replace the original, and come to an end."""
    ts = slack.chat_postEphemeral(channel=DEPLOYS, user="U0ANN", text="?", blocks=row())
    workspace.press(PRESS, ts=ts["message_ts"], channel=DEPLOYS, by="U0ANN")
    hook = WebhookClient(bare.payload["response_url"], retry_handlers=[])

    hook.send(text="replaced", replace_original=True)
    assert [m.text for m in workspace.whispers("U0ANN")] == ["replaced"]
    hook.send(text="beside")
    hook.send_dict({"text": "x", "colour": "red"})
    hook.send_dict({"delete_original": True})
    assert [m.text for m in workspace.whispers("U0ANN")] == ["beside"]
    assert [hook.send(text="more").status_code for _ in range(3)] == [200, 200, 404]


def test_a_response_url_grows_old(workspace: Workspace, bare: Bare, clock: Clock) -> None:
    """After thirty minutes a `response_url` is worth nothing."""
    workspace.command("/ops help", by="U0ANN", channel=DEPLOYS)
    clock.now += 30 * 60 + 1

    late = WebhookClient(bare.payload["response_url"], retry_handlers=[]).send(text="late")

    assert (late.status_code, json.loads(late.body)["error"]) == (404, "expired_url")
    assert workspace.whispers("U0ANN") == []


def test_the_app_hears_only_of_messages_that_name_it(workspace: Workspace, bare: Bare) -> None:
    """A mention in a thread is an event with `thread_ts`; other messages are none."""
    root = workspace.say("about checkout", by="U0ANN", channel=DEPLOYS).ts
    assert bare.got == []

    workspace.say("@slipway status <b> & #deploys", by="U0BOB", channel=DEPLOYS, thread_ts=root)

    envelope = json.loads(bare.got[0][0])
    event = envelope["event"]
    assert (envelope["type"], event["type"]) == ("event_callback", "app_mention")
    assert event["text"] == "<@U0SLIPWAY> status &lt;b&gt; &amp; <#C0DEPLOYS|deploys>"
    assert event["thread_ts"] == root


def test_a_failed_event_is_delivered_again(workspace: Workspace, bare: Bare) -> None:
    """Redeliveries carry number and reason, at most three, and the same event id."""
    bare.status = 500
    workspace.say("@slipway status", by="U0ANN", channel=DEPLOYS)
    for _ in range(4):
        workspace.redeliver()

    retries = [headers.get("x-slack-retry-num") for _, headers in bare.got]
    assert retries == [None, "1", "2", "3"]
    assert bare.got[1][1]["x-slack-retry-reason"] == "http_error"
    assert len({json.loads(body)["event_id"] for body, _ in bare.got}) == 1


def test_an_event_is_not_delivered_again_where_the_app_declines(
    workspace: Workspace, bare: Bare
) -> None:
    """`X-Slack-No-Retry` ends the redeliveries, and so does a 200."""
    bare.status = 500
    bare.headers = {"X-Slack-No-Retry": "1"}
    workspace.say("@slipway status", by="U0ANN", channel=DEPLOYS)
    bare.status = 200
    workspace.say("@slipway status", by="U0ANN", channel=DEPLOYS)

    assert workspace.redeliver() == []
