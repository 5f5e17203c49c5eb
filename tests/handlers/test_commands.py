"""Slash commands: what reaches the service, and what people are answered."""

import logging

import pytest

from bot.core.outcomes import Caller
from tests.handlers.workspace import ANN, FIRST, OPS, TEAM, Workspace

CALLER = Caller(user=ANN, team=TEAM, channel=OPS)


@pytest.mark.parametrize(
    ("command", "text", "told"),
    [
        ("/deploy", "checkout 1.4.0", ("deploy", "checkout 1.4.0")),
        ("/upgrade", "checkout 1.4.0", ("deploy", "checkout 1.4.0")),
        ("/rollback", "checkout", ("rollback", "checkout")),
        ("/ops", "status checkout", ("ops", "status checkout")),
        ("/deploy", "checkout 1.4.0 --dry-run", ("deploy", "checkout 1.4.0 --dry-run")),
    ],
)
def test_a_command_reaches_the_service_with_its_sender(
    workspace: Workspace, command: str, text: str, told: tuple[str, str]
) -> None:
    """What was asked and the ids of the payload are handed over, and nothing else."""
    response = workspace.command(command, text)

    assert workspace.service.words == [(*told, CALLER)]
    answer = response.json()
    assert answer["response_type"] == "ephemeral"
    assert FIRST in answer["text"]
    assert answer["blocks"]


def test_names_begin_with_the_configured_prefix() -> None:
    """With a prefix only the prefixed names are ours."""
    workspace = Workspace(prefix="ship-")

    ours = workspace.command("/ship-deploy", "checkout 1")
    other = workspace.command("/deploy", "checkout 1")

    assert FIRST in ours.json()["text"]
    assert "[unknown_command]" in other.json()["text"]
    assert [verb for verb, _, _ in workspace.service.words] == ["deploy"]


def test_the_same_trigger_twice_is_one_operation(workspace: Workspace) -> None:
    """CONTRACT 5: a delivery is counted once, whatever else differs."""
    workspace.command("/deploy", "checkout 1", trigger_id="7.7")
    again = workspace.command("/deploy", "checkout 1", trigger_id="7.7", token="other")

    assert FIRST in again.json()["text"]
    assert list(workspace.service.operations) == [FIRST]


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("payload-api 1", "payload-api 1"),
        ("checkout 1 --reason &quot;", "checkout 1 --reason &quot;"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;!channel&amp;gt;", "&lt;!channel&gt;"),
        ("ä ☃ 名前", "ä ☃ 名前"),
    ],
)
def test_text_arrives_as_typed(workspace: Workspace, sent: str, typed: str) -> None:
    """BT-3, C22: no word of a text is special, and Slack's entities are decoded once."""
    workspace.command("/ops", sent)

    assert [text for _, text, _ in workspace.service.words] == [typed]


def test_a_denial_is_answered_with_its_code(workspace: Workspace) -> None:
    """A refusal says its code, why, the way out, and that nothing was recorded."""
    text = workspace.command("/deploy", " ").json()["text"]

    assert "[usage]" in text
    assert "Nothing was recorded." in text


@pytest.mark.parametrize(
    "broken",
    [
        {"user_id": "admin"},
        {"user_id": "slipway"},
        {"user_id": ""},
        {"channel_id": "ops"},
        {"trigger_id": ""},
        {"trigger_id": "x" * 201},
        {"user_id": "U0ANN\n"},
    ],
)
def test_an_incomplete_command_is_refused(workspace: Workspace, broken: dict[str, str]) -> None:
    """What is not Slack's form of an id reaches nobody; nobody can act as `slipway`."""
    text = workspace.command("/deploy", "checkout 1", **broken).json()["text"]

    assert "[unreadable_request]" in text
    assert workspace.service.words == []


def test_journal_down_is_said(workspace: Workspace) -> None:
    """FM-45: without the journal nothing is recorded, and that is what people read."""
    workspace.service.is_down = True

    response = workspace.command("/deploy", "checkout 1")

    assert response.status_code == 200
    assert "[journal_down]" in response.json()["text"]
    assert "Nothing was recorded." in response.json()["text"]


def test_a_busy_journal_is_no_broken_one(workspace: Workspace) -> None:
    """Where others write for too long, people are told to come again, and nothing is recorded."""
    workspace.service.is_busy = True

    said = workspace.command("/deploy", "checkout 1").json()["text"]

    assert "[busy]" in said
    assert "Nothing was recorded." in said


def test_a_fault_of_ours_is_answered_with_an_id(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    """An unforeseen exception is answered in words that claim nothing, and logged under its id."""
    workspace.service.is_wrong = True

    text = workspace.command("/deploy", "checkout 1").json()["text"]

    [record] = [each for each in caplog.records if each.msg == "listener.crashed"]
    assert text.endswith("[internal_error]")
    assert vars(record)["error_id"] in text
    assert "/ops status" in text
    assert "Nothing was recorded." not in text
    assert "a fault of ours" not in text
    assert record.exc_info


def test_bolt_leaves_our_loggers_alone(workspace: Workspace) -> None:
    """Bolt sets the level of the logger that is called like its app; that must be none of ours."""
    workspace.command("/ops", "help")

    assert logging.getLogger("slipway").level == logging.NOTSET
