"""`@slipway …`: questions, answered by whisper."""

import json

import pytest

from bot.core.outcomes import Caller
from handlers.mentions import asked
from tests.handlers.workspace import (
    ANN,
    BOT,
    CARD,
    FIRST,
    JSON,
    OPS,
    TEAM,
    Workspace,
    an_operation,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<@U0BOT> status checkout", "status checkout"),
        ("<@U0BOT>   STATUS   checkout", "status checkout"),
        ("<@U0BOT|slipway> cancel op-0123456789", "cancel op-0123456789"),
        ("please <@U0BOT> cancel", "cancel"),
        ("<@U0BOT>", "help"),
        ("<@U0BOT> help", "help"),
        ("<@U0BOT> deploy checkout 1", "help deploy"),
        ("<@U0BOT> Restart checkout", "help restart"),
        ("<@U0BOT> <@U0ANN> status", "status"),
        ("<@U0BOT>: status checkout", "status checkout"),
        ("<@U0BOT>, queue checkout <@U0ANN>", "queue checkout"),
        ("<@U0BOT> targets", "targets"),
        ("<@U0BOT> can <@U0ANN> deploy checkout", "can <@U0ANN> deploy checkout"),
        ("<@U0BOT> Can deploy checkout", "can deploy checkout"),
        ("<@U0BOT> lock checkout", "help lock"),
        ("<@U0BOT> incident list", "help incident"),
        ("<@U0BOT> status a&amp;b", "status a&b"),
        ("", "help"),
        ("no mention at all", "help"),
        ("status checkout <@U0BOT>", "help"),
    ],
)
def test_only_harmless_words_are_known(text: str, wanted: str) -> None:
    """A mention asks or withdraws; whatever would start a change is answered with help."""
    assert asked(text, BOT) == wanted


def test_the_answer_is_whispered(workspace: Workspace) -> None:
    """Who asked is answered alone, where he or she asked."""
    response = workspace.post(workspace.mention("<@U0BOT> status checkout"), label=JSON)

    assert (response.status_code, response.content) == (200, b"")
    assert workspace.service.mentioned == [("status checkout", None)]
    [(to, channel, text)] = workspace.service.whispers
    assert (to, channel) == (ANN, OPS)
    assert "[unknown_operation]" in text
    assert Caller(user=ANN, team=TEAM, channel=OPS).user in text


def test_a_thread_is_handed_over(workspace: Workspace) -> None:
    """In a thread its operation is meant; what the thread tells is not whispered as well."""
    workspace.service.operations[FIRST] = an_operation(FIRST)

    workspace.post(workspace.mention("<@U0BOT> cancel", thread=CARD), label=JSON)

    assert workspace.service.mentioned == [("cancel", CARD)]
    assert workspace.service.whispers == []


def test_a_redelivered_event_is_answered_once(workspace: Workspace) -> None:
    """I9: Slack redelivers events; one event is one whisper."""
    body = workspace.mention("<@U0BOT> help")
    later = workspace.sign(body, label=JSON, at=workspace.now.replace(second=9))

    workspace.send(workspace.sign(body, label=JSON))
    workspace.send(later)

    assert len(workspace.service.whispers) == 1


def test_without_the_cache_an_answer_is_given(workspace: Workspace) -> None:
    """Redis down loses no answer."""
    workspace.keys.is_down = True

    workspace.post(workspace.mention("<@U0BOT> help"), label=JSON)

    assert len(workspace.service.whispers) == 1


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_mention", "bot_id": "B0X", "channel": OPS, "text": "<@U0BOT> help"},
        {"type": "app_mention", "user": BOT, "channel": OPS, "text": "<@U0BOT> help"},
        {"type": "app_mention", "user": "slipway", "channel": OPS, "text": "<@U0BOT> help"},
        {"type": "app_mention"},
    ],
    ids=["a-bot", "ourselves", "no-person", "nothing"],
)
def test_bots_are_not_answered(workspace: Workspace, event: dict[str, str]) -> None:
    """Nobody can whisper to a bot, and we never answer ourselves."""
    body = json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": "E1", "event": event})

    response = workspace.post(body.encode(), label=JSON)

    assert response.status_code == 200
    assert workspace.service.whispers == []


def test_without_the_journal_slack_delivers_again(workspace: Workspace) -> None:
    """A status other than 2xx makes Slack redeliver the event; then it is answered."""
    body = workspace.mention("<@U0BOT> help")
    workspace.service.is_down = True

    failed = workspace.post(body, label=JSON)
    workspace.service.is_down = False
    workspace.send(workspace.sign(body, label=JSON, at=workspace.now.replace(second=9)))

    assert failed.status_code == 500
    assert len(workspace.service.whispers) == 1


def test_a_fault_of_ours_is_whispered(workspace: Workspace) -> None:
    """An unforeseen exception is told to who asked, and not tried again."""
    workspace.service.is_wrong = True

    response = workspace.post(workspace.mention("<@U0BOT> help"), label=JSON)

    assert response.status_code == 200
    [(to, _, text)] = workspace.service.whispers
    assert to == ANN
    assert "[internal_error]" in text
