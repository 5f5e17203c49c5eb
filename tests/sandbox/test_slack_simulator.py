"""The Web API of the Slack simulator, asked by Slack's own client."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import BOT_SCOPES, SANDBOX, Channel, RateLimits, Workspace, served

DEPLOYS: Final = "C0DEPLOYS"
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


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


def a_workspace() -> Workspace:
    """Return one with a private and an archived channel, and without rate limits."""
    extra = (
        Channel(id="C0SECRET", name="secret", is_private=True, members=("U0ANN",)),
        Channel(id="C0OLD", name="old", is_archived=True, members=("U0SLIPWAY",)),
        Channel(id="C0OTHER", name="other", members=("U0ANN",)),
    )
    config = SANDBOX.model_copy(update={"channels": SANDBOX.channels + extra})
    return Workspace(config, Clock(), limits=RateLimits(enabled=False))


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


def refusal(client: WebClient, method: str, **arguments: object) -> dict[str, Any]:
    """Return Slack's answer to a call that it refuses."""
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json=arguments)
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


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
    opened = slack.conversations_open(users=["U0ANN"])["channel"]["id"]
    again = slack.conversations_open(users="U0ANN")["channel"]["id"]
    slack.chat_postMessage(channel="U0ANN", text="done")

    assert opened == again
    assert [m.text for m in workspace.messages(opened)] == ["done"]


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


JSON: Final = "application/json"
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

    with httpx.Client(trust_env=False) as client:
        url = f"{untouched.api_url}chat.postMessage"
        response = client.post(url, content=body, headers=headers)

    assert response.json() == {"ok": False, "error": error}
