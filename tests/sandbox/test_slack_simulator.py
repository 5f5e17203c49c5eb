"""The simulated Web API: cards, whispers, people, channels, forms, Home."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from slack_sdk import WebClient

from bot.sandbox.slack import BOT_SCOPES, Workspace, served
from tests.sandbox.slack_client import DEPLOYS, a_workspace, refusal

BUTTON: Final[dict[str, Any]] = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "slipway.approve",
            "text": {"type": "plain_text", "text": "Approve"},
            "value": "opaque",
        }
    ],
}


METADATA: Final = {
    "event_type": "slipway_operation",
    "event_payload": {"operation_id": "op-1", "sequence": 0},
}


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A served workspace."""
    with served(a_workspace()) as workspace:
        yield workspace


@pytest.fixture
def slack(workspace: Workspace) -> WebClient:
    """The bot's client, which repeats nothing."""
    return WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])


def test_who_am_i_tells_the_scopes(slack: WebClient) -> None:
    """`auth.test` takes an empty JSON body, and its headers list what the token may do."""
    answer = slack.auth_test()

    assert (answer["user_id"], answer["team_id"]) == ("U0SLIPWAY", "T0SLIPWAY")
    assert set(answer.headers["x-oauth-scopes"].split(",")) == BOT_SCOPES


def test_a_card_lives_in_one_message(workspace: Workspace, slack: WebClient) -> None:
    """A message is posted, replied to, updated in place and found again by its metadata."""
    posted = slack.chat_postMessage(
        channel=DEPLOYS, text="checkout waits", blocks=[BUTTON], metadata=METADATA
    )
    slack.chat_postMessage(channel=DEPLOYS, text="approved", thread_ts=posted["ts"])
    slack.chat_update(channel=DEPLOYS, ts=posted["ts"], text="checkout runs")

    [card] = workspace.messages(DEPLOYS)
    assert (card.text, card.blocks, card.edited) == ("checkout runs", None, True)
    assert [m.text for m in workspace.thread(DEPLOYS, card.ts)] == ["checkout runs", "approved"]
    [found] = slack.conversations_history(channel=DEPLOYS, include_all_metadata=True)["messages"]
    assert (found["metadata"], found["reply_count"]) == (METADATA, 1)
    assert [call.method for call in workspace.executed] == [
        "chat.postMessage",
        "chat.postMessage",
        "chat.update",
        "conversations.history",
    ]


def test_only_a_text_alone_is_marked_as_edited(workspace: Workspace, slack: WebClient) -> None:
    """An update with blocks leaves no mark, and blocks get the ids that they lack."""
    posted = slack.chat_postMessage(channel=DEPLOYS, text="one")
    slack.chat_update(channel=DEPLOYS, ts=posted["ts"], text="two", blocks=[BUTTON])

    [card] = workspace.messages(DEPLOYS)
    assert not card.edited
    assert card.blocks is not None
    assert card.blocks[0]["block_id"]


def test_timestamps_are_unique_and_rise(workspace: Workspace, slack: WebClient) -> None:
    """Though the clock stands still, no two messages share a timestamp, nor swap places."""
    stamps = [slack.chat_postMessage(channel=DEPLOYS, text="x")["ts"] for _ in range(5)]

    assert stamps == sorted(set(stamps))
    assert [m.ts for m in workspace.messages(DEPLOYS)] == stamps


def test_history_and_replies_come_in_pages(slack: WebClient) -> None:
    """History runs from the newest, replies from the oldest; the cursor leads through all."""
    stamps = [slack.chat_postMessage(channel=DEPLOYS, text=str(n))["ts"] for n in range(3)]
    slack.chat_postMessage(channel=DEPLOYS, text="quiet", thread_ts=stamps[0])
    slack.chat_postMessage(channel=DEPLOYS, text="loud", thread_ts=stamps[0], reply_broadcast=True)

    first = slack.conversations_history(channel=DEPLOYS, limit=3)
    second = slack.conversations_history(
        channel=DEPLOYS, limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    texts = [m["text"] for page in (first, second) for m in page["messages"]]
    assert texts == ["loud", "2", "1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    thread = slack.conversations_replies(channel=DEPLOYS, ts=stamps[0])
    assert [m["text"] for m in thread["messages"]] == ["0", "quiet", "loud"]
    between = slack.conversations_history(channel=DEPLOYS, oldest=stamps[1], latest=stamps[2])
    assert between["messages"] == []
    within = slack.conversations_history(
        channel=DEPLOYS, oldest=stamps[1], latest=stamps[2], inclusive=True
    )
    assert [m["text"] for m in within["messages"]] == ["2", "1"]


def test_metadata_is_kept_back_and_survives_an_update(slack: WebClient) -> None:
    """Metadata is only told to those who ask for it, and stays through a silent update."""
    posted = slack.chat_postMessage(channel=DEPLOYS, text="one", metadata=METADATA)
    slack.chat_update(channel=DEPLOYS, ts=posted["ts"], text="two")

    [kept_back] = slack.conversations_history(channel=DEPLOYS)["messages"]
    assert "metadata" not in kept_back
    [asked] = slack.conversations_replies(
        channel=DEPLOYS, ts=posted["ts"], include_all_metadata=True
    )["messages"]
    assert asked["metadata"] == METADATA


def test_a_whisper_reaches_one_person(workspace: Workspace, slack: WebClient) -> None:
    """An ephemeral message is no message to the Web API, and cannot be changed through it."""
    whispered = slack.chat_postEphemeral(channel=DEPLOYS, user="U0EVE", text="[denied] no")

    assert [m.text for m in workspace.whispers("U0EVE")] == ["[denied] no"]
    assert workspace.whispers("U0ANN") == []
    assert workspace.messages(DEPLOYS) == []
    ts = whispered["message_ts"]
    for method in ("chat.update", "chat.delete"):
        arguments = {"text": "x"} if method == "chat.update" else {}
        answer = refusal(slack, method, channel=DEPLOYS, ts=ts, **arguments)
        assert answer["error"] == "message_not_found"


def test_a_direct_message_needs_its_conversation_once(
    workspace: Workspace, slack: WebClient
) -> None:
    """`conversations.open` is idempotent, and posting to a person's id means the same place."""
    workspace.set_scopes(BOT_SCOPES | {"im:write"})
    opened = slack.conversations_open(users=["U0ANN"])["channel"]["id"]
    again = slack.conversations_open(users="U0ANN")["channel"]["id"]
    slack.chat_postMessage(channel="U0ANN", text="done")

    assert opened == again
    assert [m.text for m in workspace.messages(opened)] == ["done"]


def test_a_person_is_no_channel_but_for_a_new_message(
    workspace: Workspace, slack: WebClient
) -> None:
    """What is there already, and a whisper, want the id of the conversation."""
    ts = slack.chat_postMessage(channel="U0ANN", text="done")["ts"]

    for method, arguments in (
        ("chat.update", {"ts": ts, "text": "x"}),
        ("chat.delete", {"ts": ts}),
        ("chat.postEphemeral", {"user": "U0ANN", "text": "x"}),
    ):
        answer = refusal(slack, method, channel="U0ANN", **arguments)
        assert answer["error"] == "channel_not_found"
    assert workspace.whispers("U0ANN") == []


def test_a_whisper_below_what_nobody_answered_is_seen_by_nobody(
    workspace: Workspace, slack: WebClient
) -> None:
    """Slack shows an ephemeral reply only in a thread that is under way, and says nothing of it."""
    root = slack.chat_postMessage(channel=DEPLOYS, text="card")["ts"]

    slack.chat_postEphemeral(channel=DEPLOYS, user="U0EVE", text="lost", thread_ts=root)
    slack.chat_postMessage(channel=DEPLOYS, text="reply", thread_ts=root)
    slack.chat_postEphemeral(channel=DEPLOYS, user="U0EVE", text="seen", thread_ts=root)

    assert [m.text for m in workspace.whispers("U0EVE")] == ["seen"]


def test_people_and_groups_can_be_read(workspace: Workspace, slack: WebClient) -> None:
    """Groups and flags are told as they are now, a stranger only where there is one."""
    workspace.set_group("S0SRE", ("U0BOB",))
    workspace.change_person("U0EVE", is_stranger=True, is_restricted=True)

    listed = slack.usergroups_list(include_users=True)["usergroups"]
    assert {g["handle"]: g["users"] for g in listed}["sre"] == ["U0BOB"]
    assert "users" not in slack.usergroups_list()["usergroups"][0]
    assert slack.usergroups_users_list(usergroup="S0SRE")["users"] == ["U0BOB"]
    eve, ann = (slack.users_info(user=user)["user"] for user in ("U0EVE", "U0ANN"))
    assert (eve["is_stranger"], eve["is_restricted"]) == (True, True)
    assert "is_stranger" not in ann


def test_channels_can_be_read(slack: WebClient) -> None:
    """Public channels are listed, a private one without the bot is nowhere to be seen."""
    names = {c["name"] for c in slack.conversations_list(exclude_archived=True)["channels"]}

    assert names == {"deploys", "general", "incidents", "other"}
    assert slack.conversations_info(channel=DEPLOYS)["channel"]["is_member"]
    assert "U0ANN" in slack.conversations_members(channel=DEPLOYS)["members"]
    assert refusal(slack, "conversations.info", channel="C0SECRET")["error"] == "channel_not_found"


def test_a_person_s_message_is_not_the_bot_s_to_change(
    workspace: Workspace, slack: WebClient
) -> None:
    """Only own messages are updated and deleted."""
    ts = workspace.say("mine", by="U0ANN", channel=DEPLOYS).ts

    changed = refusal(slack, "chat.update", channel=DEPLOYS, ts=ts, text="yours")
    assert changed["error"] == "cant_update_message"
    assert refusal(slack, "chat.delete", channel=DEPLOYS, ts=ts)["error"] == "cant_delete_message"


def test_a_deleted_message_is_gone(workspace: Workspace, slack: WebClient) -> None:
    """After `chat.delete` nobody sees the message and nothing can be done to it."""
    ts = slack.chat_postMessage(channel=DEPLOYS, text="oops")["ts"]
    slack.chat_delete(channel=DEPLOYS, ts=ts)

    assert workspace.messages(DEPLOYS) == []
    gone = refusal(slack, "chat.update", channel=DEPLOYS, ts=ts, text="x")
    assert gone["error"] == "message_not_found"


def test_home_tabs_are_guarded_by_their_hash(workspace: Workspace, slack: WebClient) -> None:
    """`views.publish` with the hash of an older tab changes nothing."""
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = slack.views_publish(user_id="U0ANN", view=home)["view"]
    second = slack.views_publish(user_id="U0ANN", view=home, hash=first["hash"])["view"]

    late = refusal(slack, "views.publish", user_id="U0ANN", view=home, hash=first["hash"])

    assert late["error"] == "hash_conflict"
    shown = workspace.home("U0ANN")
    assert shown is not None
    assert (shown.id, shown.hash) == (first["id"], second["hash"])


def test_forms_are_read_as_forms(slack: WebClient) -> None:
    """Methods that the client sends as forms take their booleans, lists and objects from text."""
    posted = slack.api_call(
        "chat.postMessage",
        data={"channel": DEPLOYS, "text": "x", "blocks": '[{"type": "divider"}]', "mrkdwn": "0"},
    )

    assert posted["message"]["blocks"][0]["type"] == "divider"
    permalink = slack.chat_getPermalink(channel=DEPLOYS, message_ts=posted["ts"])["permalink"]
    assert posted["ts"].replace(".", "") in permalink
