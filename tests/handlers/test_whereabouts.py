"""Where people are told what came of what they did: where they did it, and see it."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.conversations.cards import texts
from tests.handlers.workspace import (
    APP,
    BOB,
    CARD,
    FIRST,
    OPS,
    TEAM,
    Workspace,
    an_operation,
    interaction,
)

VALUE: Final = f"{FIRST}:1:52ddc814e000"
GONE: Final = "op-9999999999:1:52ddc814e000"
REPLY: Final = "1781000009.000100"
IN_THREAD: Final = {
    "container": {"type": "message", "message_ts": REPLY, "channel_id": OPS, "thread_ts": CARD}
}
ROOT: Final = {"container": {"type": "message", "message_ts": CARD, "channel_id": OPS}}
IN_BOTH: Final = {**IN_THREAD, "message": {"ts": REPLY, "subtype": "thread_broadcast"}}
PLACES: Final = {"root": (ROOT, None), "reply": (IN_THREAD, CARD)}
JSON: Final = "application/json"


def _press(here: Workspace, name: str, value: str, place: Mapping[str, object]) -> None:
    action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
    assert here.post(here.click({"actions": [action], **place})).status_code == 200


@pytest.mark.parametrize(("place", "thread"), PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slipway.approve", GONE),
        ("slipway.approve", ""),
        ("slipway.launch", VALUE),
        ("slipway.incident_update", "none"),
        ("slipway.dismiss", "none"),
    ],
)
def test_a_press_is_answered_where_it_was_made(
    workspace: Workspace, name: str, value: str, place: dict[str, Any], thread: str | None
) -> None:
    """Refused, unreadable or unknown: below a card in its thread, on the card in the channel."""
    _press(workspace, name, value, place)

    assert [(to, where) for to, where, _ in workspace.service.whispers] == [(BOB, OPS)]
    assert workspace.service.threads == [thread]


@pytest.mark.parametrize(
    ("name", "value"),
    [("slipway.approve", GONE), ("slipway.incident_update", "x"), ("slipway.dismiss", "x")],
)
def test_a_reply_that_the_channel_shows_as_well_is_answered_in_a_view(
    workspace: Workspace, name: str, value: str
) -> None:
    """Slack does not say in which of both it was pressed, and shows a view in either."""
    _press(workspace, name, value, IN_BOTH)

    [view] = workspace.forms.opened
    assert "[" in "".join(texts(view["blocks"]))
    assert "submit" not in view
    assert workspace.service.whispers == []


def test_where_slack_opens_no_view_the_channel_has_it(workspace: Workspace) -> None:
    """Whoever sees the thread sees its channel, on most screens; never the other way round."""
    workspace.forms.is_down = True
    _press(workspace, "slipway.approve", GONE, IN_BOTH)

    [(to, where, _)] = workspace.service.whispers
    assert (to, where, workspace.service.threads) == (BOB, OPS, [None])


@pytest.mark.parametrize(("place", "thread"), PLACES.values(), ids=PLACES)
def test_a_form_is_answered_where_it_was_opened(
    workspace: Workspace, place: dict[str, Any], thread: str | None
) -> None:
    """What a form came to, and does not say itself, is told where its button stands."""
    workspace.service.operations[FIRST] = an_operation(FIRST)
    _press(workspace, "slipway.reject", VALUE, place)
    [view] = workspace.forms.opened
    _press(workspace, "slipway.reject", VALUE, place)
    for each in workspace.forms.opened:
        workspace.post(workspace.submission({**view, **each}, "too risky"))

    assert len(workspace.service.whispers) == 1
    assert workspace.service.threads == [thread]


def test_a_mention_that_fails_is_answered_in_its_thread(workspace: Workspace) -> None:
    """A fault of ours is told where somebody asked, as any answer is."""
    workspace.service.is_wrong = True
    workspace.post(workspace.mention("<@U0BOT> help", thread=CARD), label=JSON)

    assert workspace.service.threads == [CARD]


@pytest.mark.parametrize(
    ("message", "thread"),
    [
        ({"ts": REPLY, "thread_ts": CARD}, CARD),
        ({"ts": CARD, "thread_ts": CARD}, None),
        ({"ts": REPLY, "thread_ts": CARD, "subtype": "thread_broadcast"}, None),
    ],
    ids=["reply", "root", "both"],
)
def test_a_marked_reply_is_answered_in_its_thread(
    workspace: Workspace, message: dict[str, str], thread: str | None
) -> None:
    """A message's own menu is used where the message is read."""
    body = interaction(
        type="message_action",
        callback_id="slipway.incident_mark",
        team={"id": TEAM},
        user={"id": BOB},
        channel={"id": OPS},
        api_app_id=APP,
        trigger_id=workspace.trigger(),
        message={"type": "message", "text": "AKIAIOSFODNN7EXAMPLE", "user": BOB, **message},
    )
    assert workspace.post(body).status_code == 200
    assert workspace.service.threads == [thread]
