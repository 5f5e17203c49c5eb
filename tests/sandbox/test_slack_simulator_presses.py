"""Presses in the simulated Slack: on messages, of choices, on a home tab."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.sandbox.slack import (
    SANDBOX,
    NothingThereError,
    RateLimits,
    Workspace,
    served,
    served_app,
)
from bot.sandbox.slack.records import JsonObject
from tests.sandbox.slack_app import DEPLOYS, FORM, PRESS, Bare, Clock, plain, row, trigger
from tests.sandbox.slack_blocks import field


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


def picker(least: int | None = None) -> JsonObject:
    """Return a form whose one field asks the app."""
    element: JsonObject = {"type": "external_select", "action_id": "target"}
    if least is not None:
        element["min_query_length"] = least
    return {**FORM, "blocks": [field(block_id="target", element=element)]}


@pytest.mark.parametrize(
    ("typed", "least", "asked"), [("", 0, 1), ("", None, 0), ("ch", None, 0), ("che", None, 1)]
)
def test_a_picker_asks_from_the_third_character_on(
    workspace: Workspace, slack: WebClient, bare: Bare, typed: str, least: int | None, asked: int
) -> None:
    """Unless it says from which one."""
    shown = slack.views_open(trigger_id=trigger(workspace, bare), view=picker(least))["view"]
    before = len(bare.got)

    workspace.options("target", typed, view_id=shown["id"], by="U0ANN")

    assert len(bare.got) - before == asked


def test_a_picker_without_an_address_for_options_asks_nobody(clock: Clock, bare: Bare) -> None:
    """The manifest names it beside the one for presses, which does not do for options."""
    config = SANDBOX.model_copy(update={"has_options_url": False})
    whole = Workspace(config, clock, limits=RateLimits(enabled=False))
    with served_app(bare.app) as address, served(whole) as workspace:
        workspace.request_url = f"{address}/slack/events"
        slack = WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])
        shown = slack.views_open(trigger_id=trigger(workspace, bare), view=picker(0))["view"]
        before = len(bare.got)

        assert workspace.options("target", "che", view_id=shown["id"], by="U0ANN") == []
        assert len(bare.got) == before
        bare.may_answer.set()


@pytest.fixture
def form(workspace: Workspace, slack: WebClient, bare: Bare) -> str:
    """The id of an open form of Ann's."""
    return str(slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)["view"]["id"])


def test_a_home_tab_is_pressed_where_it_is(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """A press on the Home tab names the view and no channel."""
    view = slack.views_publish(user_id="U0ANN", view={"type": "home", "blocks": row()})["view"]

    workspace.press_in_view(PRESS, view_id=view["id"], by="U0ANN")

    assert bare.payload["container"] == {"type": "view", "view_id": view["id"]}
    assert "channel" not in bare.payload
