"""What the simulated Slack sends an app: commands and events, and how it takes answers."""

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.sandbox.slack import (
    SANDBOX,
    NothingThereError,
    RateLimits,
    UnknownPersonError,
    Workspace,
    served,
    served_app,
)
from tests.sandbox.slack_app import DEPLOYS, FORM, PRESS, Bare, Clock, plain, row, trigger


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


@pytest.fixture
def form(workspace: Workspace, slack: WebClient, bare: Bare) -> str:
    """The id of an open form of Ann's."""
    return str(slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)["view"]["id"])


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
