"""What the simulated Web API refuses: arguments, tokens, scopes, bodies."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.ports import NO_TLS
from bot.sandbox.slack import BOT_SCOPES, Workspace, served
from tests.sandbox.slack_client import DEPLOYS, JSON, a_workspace, refusal


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A served workspace."""
    with served(a_workspace()) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def untouched() -> Iterator[Workspace]:
    """A served workspace which every test leaves as it found it."""
    with served(a_workspace()) as workspace:
        yield workspace


@pytest.fixture
def slack(workspace: Workspace) -> WebClient:
    """The bot's client, which repeats nothing."""
    return WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])


POST: Final[dict[str, Any]] = {"channel": DEPLOYS, "text": "hello"}


REFUSED: Final[dict[str, tuple[str, dict[str, Any], str]]] = {
    "unknown method": ("chat.shout", {}, "unknown_method"),
    "unknown argument": ("chat.postMessage", {**POST, "client_msg_id": "1"}, "invalid_arguments"),
    "missing argument": ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    "argument of another kind": ("chat.postMessage", {**POST, "blocks": {}}, "invalid_arguments"),
    "no text": ("chat.postMessage", {"channel": DEPLOYS}, "no_text"),
    "no text beside blocks": ("chat.postMessage", {**POST, "text": ""}, "no_text"),
    "text too long": ("chat.postMessage", {**POST, "text": "x" * 40_001}, "msg_too_long"),
    "too many blocks": (
        "chat.postMessage",
        {**POST, "blocks": [{"type": "divider"}] * 51},
        "invalid_blocks",
    ),
    "metadata of another shape": (
        "chat.postMessage",
        {**POST, "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
    ),
    "no such channel": ("chat.postMessage", {**POST, "channel": "#deploys"}, "channel_not_found"),
    "private channel": ("chat.postMessage", {**POST, "channel": "C0SECRET"}, "channel_not_found"),
    "archived channel": ("chat.postMessage", {**POST, "channel": "C0OLD"}, "is_archived"),
    "channel without the bot": (
        "chat.postMessage",
        {**POST, "channel": "C0OTHER"},
        "not_in_channel",
    ),
    "no such thread": ("chat.postMessage", {**POST, "thread_ts": "1.000001"}, "thread_not_found"),
    "broadcast without a thread": (
        "chat.postMessage",
        {**POST, "reply_broadcast": True},
        "invalid_arguments",
    ),
    "whisper to nobody here": (
        "chat.postEphemeral",
        {**POST, "user": "U0NOBODY"},
        "user_not_in_channel",
    ),
    "update of nothing": ("chat.update", {**POST, "ts": "1.000001"}, "message_not_found"),
    "unfurl flag on update": (
        "chat.update",
        {**POST, "ts": "1.000001", "unfurl_links": False},
        "invalid_arguments",
    ),
    "replies of nothing": (
        "conversations.replies",
        {"channel": DEPLOYS, "ts": "1.000001"},
        "thread_not_found",
    ),
    "history unseen": ("conversations.history", {"channel": "C0OTHER"}, "not_in_channel"),
    "limit too high": (
        "conversations.history",
        {"channel": DEPLOYS, "limit": 1000},
        "invalid_limit",
    ),
    "no such cursor": (
        "conversations.history",
        {"channel": DEPLOYS, "cursor": "abc"},
        "invalid_cursor",
    ),
    "nobody": ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    "no such group": ("usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
    "update of no view": (
        "views.update",
        {"view_id": "V0", "view": {"type": "modal"}},
        "not_found",
    ),
    "another team": ("auth.test", {"team_id": "T0OTHER"}, "team_access_not_granted"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_slack_refuses_is_refused(untouched: Workspace, case: str) -> None:
    """A call that Slack would refuse changes nothing, and the refusal is on record."""
    method, arguments, error = REFUSED[case]
    client = WebClient("xoxb-sandbox", base_url=untouched.api_url, retry_handlers=[])

    assert refusal(client, method, **arguments)["error"] == error
    assert untouched.executed == []
    assert (untouched.refused[-1].method, untouched.refused[-1].error) == (method, error)


TOKENS: Final = {
    "none": ("", "auth.test", "not_authed"),
    "unknown": ("xoxb-other", "auth.test", "invalid_auth"),
    "app token for a bot's method": ("xapp-sandbox", "auth.test", "not_allowed_token_type"),
    "bot token for the app's": ("xoxb-sandbox", "apps.connections.open", "not_allowed_token_type"),
}


@pytest.mark.parametrize("case", TOKENS)
def test_a_token_opens_its_own_methods_only(untouched: Workspace, case: str) -> None:
    """Each method takes one kind of token, and none but the configured ones."""
    token, method, error = TOKENS[case]
    client = WebClient(token, base_url=untouched.api_url, retry_handlers=[])

    assert refusal(client, method)["error"] == error


SCOPED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "chat:write": ("chat.postMessage", POST),
    "channels:history": ("conversations.history", {"channel": DEPLOYS}),
    "channels:read": ("conversations.info", {"channel": DEPLOYS}),
    "im:write": ("conversations.open", {"users": ["U0ANN"]}),
    "usergroups:read": ("usergroups.list", {}),
    "users:read": ("users.info", {"user": "U0ANN"}),
}


@pytest.mark.parametrize("scope", SCOPED)
def test_a_missing_scope_is_named(workspace: Workspace, slack: WebClient, scope: str) -> None:
    """Without its scope a method is refused, and the answer says which one it needs."""
    method, arguments = SCOPED[scope]
    workspace.set_scopes(BOT_SCOPES - {scope})

    answer = refusal(slack, method, **arguments)

    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert scope not in answer["provided"].split(",")


def test_a_public_channel_takes_posts_with_a_scope_of_its_own(
    workspace: Workspace, slack: WebClient
) -> None:
    """`chat:write.public` replaces membership in public channels."""
    workspace.set_scopes(BOT_SCOPES | {"chat:write.public"})

    assert slack.chat_postMessage(channel="C0OTHER", text="hello")["ok"]


BODIES: Final = {
    "no JSON": (JSON, b"{not", "invalid_json"),
    "no object": (JSON, b"[]", "json_not_object"),
    "too deep": (JSON, b'{"blocks":' + b"[" * 100_000, "invalid_json"),
    "half a character": (JSON, b'{"text": "\\ud800"}', "invalid_json"),
    "no UTF-8": ("application/x-www-form-urlencoded", b"text=\xff", "invalid_form_data"),
    "another type": ("text/plain", b"text=x", "invalid_post_type"),
}


@pytest.mark.parametrize("case", BODIES)
def test_an_unreadable_body_is_refused(untouched: Workspace, case: str) -> None:
    """A body that is not what its content type says is an answer, never a crash."""
    content_type, body, error = BODIES[case]
    headers = {"Authorization": "Bearer xoxb-sandbox", "Content-Type": content_type}

    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        url = f"{untouched.api_url}chat.postMessage"
        response = client.post(url, content=body, headers=headers)

    assert response.json() == {"ok": False, "error": error}


def test_an_update_takes_fewer_words_than_a_post(slack: WebClient) -> None:
    """A text that can be posted may be too long for the update that follows."""
    ts = slack.chat_postMessage(channel=DEPLOYS, text="x" * 4_001)["ts"]
    assert slack.chat_update(channel=DEPLOYS, ts=ts, text="x" * 4_000)["ok"]
    with pytest.raises(SlackApiError, match="msg_too_long"):
        slack.chat_update(channel=DEPLOYS, ts=ts, text="x" * 4_001)
