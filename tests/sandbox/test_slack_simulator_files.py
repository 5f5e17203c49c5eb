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
