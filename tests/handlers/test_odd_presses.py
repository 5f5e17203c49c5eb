"""Presses that say two things at once, or more than is asked: what counts of them."""

from typing import Final

import pytest

from bot.core.verbs import action_id
from tests.handlers.workspace import BOB, CARD, FIRST, Workspace, a_failed, an_operation

VALUE: Final = f"{FIRST}:1:52ddc814e000"
PRESSED: Final = {"type": "button", "action_id": "slipway.approve", "value": VALUE}


@pytest.fixture
def asked(workspace: Workspace) -> Workspace:
    """Return a workspace in which one operation waits for approval."""
    workspace.service.operations[FIRST] = an_operation(FIRST)
    return workspace


@pytest.mark.parametrize(
    ("named", "value"),
    [
        ("slipway.approve", f"{VALUE}:skip"),
        ("slipway.cancel", f"{VALUE}:retry"),
        ("slipway.recovery.skip", f"{VALUE}:retry"),
        ("slipway.recovery.retry", VALUE),
    ],
)
def test_a_button_and_its_value_say_the_same(workspace: Workspace, named: str, value: str) -> None:
    """B9: what is one button by its name and another by its value is neither."""
    workspace.service.operations[FIRST] = a_failed(FIRST)

    workspace.press(named, value)

    assert workspace.service.acts == []
    assert workspace.forms.opened == []
    [(to, _, text)] = workspace.service.whispers
    assert to == BOB
    assert "[stale]" in text


@pytest.mark.parametrize(
    "value", [f"{VALUE}=", f"{VALUE}==", f" {VALUE}", f"{VALUE}\n", VALUE.upper(), f"{VALUE}:"]
)
def test_a_value_has_one_form(asked: Workspace, value: str) -> None:
    """B3: a value is read as it was written or not at all; nothing more or less is the same."""
    asked.press("slipway.approve", value)

    assert asked.service.acts == []
    assert asked.service.whispers[-1][2].endswith(("[stale]", "[unreadable_request]"))


@pytest.mark.parametrize(
    "changed",
    [
        {"actions": [{**PRESSED, "action_ts": "9999999999.999999"}]},
        {"actions": [{**PRESSED, "action_ts": "0.000001"}]},
        {"actions": [{**PRESSED, "action_ts": "yesterday"}]},
        {"actions": [{**PRESSED, "text": {"type": "plain_text", "text": "Reject"}}]},
        {
            "actions": [PRESSED],
            "message": {"ts": CARD, "text": "*All is well*", "blocks": [], "user": "U0OTHER"},
        },
    ],
    ids=["from-the-future", "long-ago", "no-time", "another-label", "another-text"],
)
def test_what_a_message_says_is_not_read(asked: Workspace, changed: dict[str, object]) -> None:
    """B25, B26: neither words that an app may have edited nor a press' time decide anything."""
    asked.post(asked.click(changed))

    [(intent, by, _)] = asked.service.acts
    assert (action_id(intent), intent.operation, by.user) == ("slipway.approve", FIRST, BOB)
    assert asked.service.whispers == []
