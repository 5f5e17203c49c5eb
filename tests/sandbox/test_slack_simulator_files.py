"""Files in the simulated workspace: announced, sent, and shared once, as strictly as in Slack."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import Workspace, served
from tests.sandbox.slack_client import DEPLOYS, a_workspace

NAME = "inc-7f3k2a-9.md"
TEXT = b"# Checkout 5xx\n"


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A served workspace."""
    with served(a_workspace()) as workspace:
        yield workspace


@pytest.fixture
def slack(workspace: Workspace) -> WebClient:
    """The bot's client, which repeats nothing."""
    return WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])


def announced(slack: WebClient, **changes: Any) -> dict[str, Any]:
    """Ask where the bytes may go."""
    asked = {"filename": NAME, "length": len(TEXT), **changes}
    return dict(slack.api_call("files.getUploadURLExternal", data=asked).data)  # type: ignore[arg-type]


def shared(slack: WebClient, file: str, channel: str = DEPLOYS) -> None:
    """Share a file in a channel."""
    named = {"files": json.dumps([{"id": file, "title": "Timeline"}]), "channel_id": channel}
    slack.api_call("files.completeUploadExternal", data=named)


def test_a_file_is_shared_by_three_calls(workspace: Workspace, slack: WebClient) -> None:
    """An address, the bytes, the share: a message has it, and its own address shows it."""
    place = announced(slack)
    assert httpx.post(place["upload_url"], content=TEXT).status_code == 200
    shared(slack, place["file_id"])
    [message] = workspace.messages(DEPLOYS)
    [file] = message.files
    assert (file["name"], file["title"], file["size"]) == (NAME, "Timeline", len(TEXT))
    assert httpx.get(file["url_private"]).content == TEXT
    assert workspace.file(NAME) == TEXT


@pytest.mark.parametrize("told", [{"length": 0}, {"filename": "a/b"}, {"length": 2_000_000_000}])
def test_what_is_no_file_gets_no_address(slack: WebClient, told: dict[str, Any]) -> None:
    """An empty one, one that is too large, and a name with a path."""
    with pytest.raises(SlackApiError):
        announced(slack, **told)


def test_what_was_not_sent_is_not_shared(slack: WebClient) -> None:
    """Nor what was shared before, nor what nobody knows."""
    place = announced(slack)
    with pytest.raises(SlackApiError, match="file_not_found"):
        shared(slack, place["file_id"])
    assert httpx.post(place["upload_url"], content=TEXT[:-1]).status_code == 400
    httpx.post(place["upload_url"], content=TEXT)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        shared(slack, place["file_id"], "C0NONE")
    shared(slack, place["file_id"])
    for file in (place["file_id"], "F0NONE"):
        with pytest.raises(SlackApiError, match="file_not_found"):
            shared(slack, file)


def test_the_token_stays_with_the_web_api(slack: WebClient) -> None:
    """Who sends it along with the bytes is refused."""
    headers = {"Authorization": f"Bearer {slack.token}"}
    place = announced(slack)
    assert httpx.post(place["upload_url"], content=TEXT, headers=headers).status_code == 400


def canvas(slack: WebClient, method: str = "conversations.canvases.create", **told: Any) -> str:
    """Make a canvas, and return its id."""
    content = json.dumps({"type": "markdown", "markdown": "## What happened"})
    asked = {"title": "Checkout 5xx", "document_content": content, **told}
    return str(slack.api_call(method, data=asked)["canvas_id"])


def test_a_channel_has_one_canvas(workspace: Workspace, slack: WebClient) -> None:
    """Its members see it, at an address of its own; a second one is refused."""
    made = canvas(slack, channel_id=DEPLOYS)
    assert workspace.canvas(DEPLOYS) == "## What happened"
    found = httpx.get(f"{workspace.base_url}/workspace/state", params={"as": "U0ANN"}).json()
    [shown] = [each["canvas"] for each in found["channels"] if each["id"] == DEPLOYS]
    assert (shown["id"], shown["title"]) == (made, "Checkout 5xx")
    assert httpx.get(shown["url_private"]).text == "## What happened"
    with pytest.raises(SlackApiError, match="channel_canvas_already_exists"):
        canvas(slack, channel_id=DEPLOYS)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "invalid_arguments"),
        ({"channel_id": "C0NONE"}, "channel_not_found"),
        ({"channel_id": DEPLOYS, "channel": DEPLOYS}, "invalid_arguments"),
        ({"channel_id": DEPLOYS, "document_content": "# text"}, "invalid_arguments"),
        ({"channel_id": DEPLOYS, "document_content": '{"type": "html"}'}, "invalid_arguments"),
    ],
)
def test_what_is_no_canvas_is_refused(slack: WebClient, told: dict[str, str], code: str) -> None:
    """Each argument as it is documented, and no other."""
    with pytest.raises(SlackApiError, match=code):
        canvas(slack, **told)


def test_a_free_workspace_has_tabs_alone() -> None:
    """No canvas of a channel, and none without one; one as a tab."""
    config = a_workspace().config.model_copy(update={"has_canvases": False})
    with served(Workspace(config)) as free:
        slack = WebClient("xoxb-sandbox", base_url=free.api_url, retry_handlers=[])
        with pytest.raises(SlackApiError, match="team_tier_cannot_create_channel_canvases"):
            canvas(slack, channel_id=DEPLOYS)
        with pytest.raises(SlackApiError, match="free_teams_cannot_create_non_tabbed_canvases"):
            canvas(slack, "canvases.create")
        assert canvas(slack, "canvases.create", channel_id=DEPLOYS)
        with pytest.raises(SlackApiError, match="free_team_canvas_tab_already_exists"):
            canvas(slack, "canvases.create", channel_id=DEPLOYS)
