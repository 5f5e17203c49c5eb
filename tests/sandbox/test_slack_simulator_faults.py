"""What goes wrong on demand, and what comes too often."""

import http.client
from collections.abc import Iterator
from typing import Final

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SANDBOX, FaultKind, RateLimits, Workspace, served
from bot.sandbox.slack.limits import Buckets

DEPLOYS: Final = "C0DEPLOYS"


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    """A served workspace without rate limits."""
    with served(Workspace(SANDBOX, limits=RateLimits(enabled=False))) as workspace:
        yield workspace


def client(workspace: Workspace, seconds: int = 30) -> WebClient:
    """Return the bot's client, which repeats nothing."""
    return WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[], timeout=seconds)


FAULTS: Final[dict[FaultKind, tuple[type[Exception], bool]]] = {
    "ratelimited": (SlackApiError, False),
    "drop_before": (http.client.RemoteDisconnected, False),
    "drop_after": (http.client.RemoteDisconnected, True),
    "server_error": (SlackApiError, False),
    "html": (SlackApiError, False),
    "internal_error": (SlackApiError, False),
    "internal_error_after": (SlackApiError, True),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_shows_once_and_the_record_knows_what_was_done(
    workspace: Workspace, kind: FaultKind
) -> None:
    """The caller sees the fault, the record knows what was executed, the next call succeeds."""
    error, executed = FAULTS[kind]
    slack = client(workspace)
    workspace.faults.add("chat.postMessage", kind)
    done_before = len(workspace.executed)

    with pytest.raises(error):
        slack.chat_postMessage(channel=DEPLOYS, text=kind)

    assert len(workspace.executed) - done_before == int(executed)
    assert (kind in [m.text for m in workspace.messages(DEPLOYS)]) is executed
    assert slack.chat_postMessage(channel=DEPLOYS, text="again")["ok"]


def test_a_dropped_connection_makes_the_default_client_post_twice(workspace: Workspace) -> None:
    """Slack's client repeats a call after such a drop, unless it is told not to."""
    repeating = WebClient("xoxb-sandbox", base_url=workspace.api_url)
    workspace.faults.add("chat.postMessage", "drop_after")

    repeating.chat_postMessage(channel=DEPLOYS, text="twice")

    assert [m.text for m in workspace.messages(DEPLOYS)].count("twice") == 2


def test_a_slow_answer_comes_after_the_deed(workspace: Workspace) -> None:
    """A client that gave up waiting cannot know that its message was posted."""
    workspace.faults.add("chat.postMessage", "slow", seconds=1.2)

    with pytest.raises(TimeoutError):
        client(workspace, seconds=1).chat_postMessage(channel=DEPLOYS, text="late")

    assert "late" in [m.text for m in workspace.messages(DEPLOYS)]


def test_a_fault_can_be_had_several_times_and_taken_back(workspace: Workspace) -> None:
    """Faults are counted per method, in order, and `clear` forgets them."""
    workspace.faults.add("chat.update", "html", times=3)
    workspace.faults.add("chat.update", "ratelimited", retry_after=7)
    slack = client(workspace)

    with pytest.raises(SlackApiError):
        slack.chat_update(channel=DEPLOYS, ts="1.000001", text="x")
    assert workspace.faults.waiting("chat.update") == 3
    assert slack.auth_test()["ok"]
    workspace.faults.clear()
    assert workspace.faults.waiting("chat.update") == 0


def test_a_limited_call_says_when_to_come_back(workspace: Workspace) -> None:
    """A limited call is HTTP 429 with `Retry-After`."""
    workspace.faults.add("chat.update", "ratelimited", retry_after=7)

    with pytest.raises(SlackApiError) as caught:
        client(workspace).chat_update(channel=DEPLOYS, ts="1.000001", text="x")

    response = caught.value.response
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response.data == {"ok": False, "error": "ratelimited"}


def test_posting_is_limited_by_channel() -> None:
    """A burst of four in one channel, then one a second; another channel has its own budget."""
    clock = Clock()
    with served(Workspace(SANDBOX, clock)) as workspace:
        slack = client(workspace)
        for _ in range(4):
            slack.chat_postMessage(channel=DEPLOYS, text="x")

        with pytest.raises(SlackApiError) as caught:
            slack.chat_postMessage(channel=DEPLOYS, text="x")

        assert caught.value.response.headers["Retry-After"] == "1"
        assert slack.chat_postMessage(channel="C0GENERAL", text="x")["ok"]
        clock.now += 1
        assert slack.chat_postMessage(channel=DEPLOYS, text="x")["ok"]
        assert workspace.refused[0].error == "ratelimited"


def test_updates_share_one_budget() -> None:
    """`chat.update` is limited for the whole workspace, and refills at fifty a minute."""
    clock = Clock()
    buckets = Buckets(RateLimits(), clock)

    taken = [buckets.take("chat.update", "3", f"C{n}") for n in range(11)]

    assert taken == [None] * 10 + [2]
    clock.now += 60
    assert [buckets.take("chat.update", "3") for _ in range(11)] == [None] * 10 + [2]


def test_a_strict_slack_takes_nothing_at_once() -> None:
    """Without bursts each call waits for its turn, from the second one on."""
    clock = Clock()
    buckets = Buckets(RateLimits(bursts=False), clock)

    taken = [buckets.take("chat.postMessage", "post", "C1") for _ in range(2)]

    assert taken == [None, 1]
    clock.now += 1
    assert buckets.take("chat.postMessage", "post", "C1") is None


def test_a_workspace_takes_so_many_posts_in_all() -> None:
    """Where a limit is set for all channels, what one was refused is taken of no budget."""
    clock = Clock()
    buckets = Buckets(RateLimits(of_all=0.5), clock)

    taken = [buckets.take("chat.postMessage", "post", f"C{n}") for n in range(5)]

    assert taken == [None] * 4 + [2]
    assert buckets.take("chat.update", "3") is None
    clock.now += 2
    assert [buckets.take("chat.postMessage", "post", "C4") for _ in range(2)] == [None, 2]
