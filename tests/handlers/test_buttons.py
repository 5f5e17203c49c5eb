"""Buttons: what reaches the service, whom it whispers to, and what is not even looked at."""

from typing import Final

import pytest

from bot.core.operation import Queued
from bot.core.outcomes import Caller
from bot.core.rules import Seen
from bot.core.verbs import action_id
from handlers.submissions import FormContext
from handlers.view_payloads import ChangeContext
from tests.handlers.workspace import (
    ANN,
    BOB,
    CARD,
    FIRST,
    OPS,
    TEAM,
    Workspace,
    a_failed,
    an_operation,
)

VALUE: Final = f"{FIRST}:1:52ddc814e000"
ACTIONS: Final = (
    "slipway.approve",
    "slipway.cancel",
    "slipway.rollback",
    "slipway.look_again",
    "slipway.executed",
    "slipway.not_executed",
    "slipway.keep_waiting",
    "slipway.recovery.retry",
    "slipway.recovery.skip-2_risks",
)


@pytest.fixture
def asked(workspace: Workspace) -> Workspace:
    """Return a workspace in which one operation waits for approval."""
    workspace.service.operations[FIRST] = an_operation(FIRST)
    return workspace


@pytest.mark.parametrize("named", ACTIONS)
def test_a_press_reaches_the_service(asked: Workspace, named: str) -> None:
    """Each button hands over who pressed which card, by ids; the answer is empty."""
    option = named.partition("recovery.")[2]
    response = asked.press(named, f"{VALUE}:{option}" if option else VALUE)

    assert (response.status_code, response.content) == (200, b"")
    caller = Caller(user=BOB, team=TEAM, channel=OPS, message_ts=CARD)
    [(intent, by, delivery)] = asked.service.acts
    assert (intent.operation, intent.seen) == (FIRST, Seen(round=1, digest="52ddc814e000"))
    assert (action_id(intent), by, delivery) == (named, caller, "1.176.abcdef")
    assert asked.service.whispers == []


def test_an_approval_counts_once(asked: Workspace) -> None:
    """B11: of 50 presses at once one has an effect, the others hear how things stand."""
    clicks = [asked.click({"actions": [_action()]}) for _ in range(50)]

    answers = asked.send(*[asked.sign(click) for click in clicks])

    assert {answer.status_code for answer in answers} == {200}
    assert len(asked.service.operations[FIRST].approvals) == 1
    assert len(asked.service.whispers) == 49
    assert {(to, channel) for to, channel, _ in asked.service.whispers} == {(BOB, OPS)}


def test_a_refused_press_is_whispered(workspace: Workspace) -> None:
    """A press that is denied is told to its presser alone, with the code."""
    workspace.press("slipway.approve", "op-9999999999:1:52ddc814e000")

    [(to, channel, text)] = workspace.service.whispers
    assert (to, channel) == (BOB, OPS)
    assert "[unknown_operation]" in text
    assert "Nothing was recorded" not in text


def test_reject_opens_the_form(asked: Workspace) -> None:
    """Reject opens a form that knows which press it belongs to."""
    asked.press("slipway.reject", VALUE)

    [view] = asked.forms.opened
    assert view["callback_id"] == "slipway.reject_reason"
    assert FIRST in str(view["private_metadata"])
    assert BOB in str(view["private_metadata"])


def test_a_form_that_cannot_be_opened_is_said(asked: Workspace) -> None:
    """C37: where Slack does not open the form, the person is told to press again."""
    asked.forms.is_down = True

    response = asked.press("slipway.reject", VALUE)

    assert response.status_code == 200
    [(to, _, text)] = asked.service.whispers
    assert to == BOB
    assert "[form_unavailable]" in text


def test_a_late_reject_opens_no_form(asked: Workspace) -> None:
    """B10: past the gate, Reject is answered with the present state."""
    past = asked.service.operations[FIRST].model_copy(update={"phase": Queued()})
    asked.service.operations[FIRST] = past

    asked.press("slipway.reject", VALUE)

    assert asked.forms.opened == []
    assert len(asked.service.whispers) == 1


def test_a_way_on_that_wants_a_reason_opens_its_form(workspace: Workspace) -> None:
    """The form knows which way of which operation was pressed, by whom, and by which press."""
    workspace.service.operations[FIRST] = a_failed(FIRST)

    workspace.press("slipway.recovery.skip", f"{VALUE}:skip")

    [view] = workspace.forms.opened
    context = FormContext.model_validate_json(str(view["private_metadata"]))
    assert view["callback_id"] == "slipway.recovery_reason"
    assert context.value == f"{VALUE}:skip"
    assert (context.opener, context.delivery) == (BOB, "1.176.abcdef")
    assert workspace.service.whispers == []


def test_a_way_on_without_a_reason_opens_nothing(workspace: Workspace) -> None:
    """Where no reason is wanted the press is all."""
    workspace.service.operations[FIRST] = a_failed(FIRST)

    workspace.press("slipway.recovery.retry", f"{VALUE}:retry")

    assert workspace.forms.opened == []
    assert workspace.service.whispers == []


@pytest.mark.parametrize(
    "action_id", ["slipway.recovery", "slipway.recovery.", "slipway.recovery.A b"]
)
def test_a_way_on_has_a_name(asked: Workspace, action_id: str) -> None:
    """What is no name of a way is an unknown button."""
    asked.press(action_id, VALUE)

    assert asked.service.acts == []
    [(_, _, text)] = asked.service.whispers
    assert "[unknown_button]" in text


def _action(**other: object) -> dict[str, object]:
    return {"type": "button", "action_id": "slipway.approve", "value": VALUE, **other}


def _choice(value: object, **other: object) -> dict[str, object]:
    chosen = {"text": {"type": "plain_text", "text": "Look again"}, "value": value}
    menu = {"type": "overflow", "action_id": "slipway.more", "block_id": "slipway.card"}
    return {**menu, "selected_option": chosen, **other}


def test_an_option_of_the_menu_is_the_button_that_it_stands_for(asked: Workspace) -> None:
    """It reaches the service as that very press, with the token of the card."""
    asked.post(asked.click({"actions": [_choice(f"look_again:{VALUE}")]}))

    [(intent, by, delivery)] = asked.service.acts
    assert (action_id(intent), intent.operation) == ("slipway.look_again", FIRST)
    assert intent.seen == Seen(round=1, digest="52ddc814e000")
    assert (by.message_ts, delivery) == (CARD, "1.176.abcdef")


def test_what_a_menu_cannot_ask_about_a_form_asks(asked: Workspace) -> None:
    """Of a menu only the whole can ask first, so a rollback is asked about in its form."""
    asked.post(asked.click({"actions": [_choice(f"rollback:{VALUE}")]}))

    [view] = asked.forms.opened
    assert view["callback_id"] == "slipway.rollback_form"
    context = ChangeContext.model_validate_json(str(view["private_metadata"]))
    assert (context.press, context.opener, context.channel) == (VALUE, BOB, OPS)
    assert asked.service.acts == []


@pytest.mark.parametrize(
    "value",
    [VALUE, f"nothing:{VALUE}", "look_again", "look_again:", f"look_again:{FIRST}", f":{VALUE}"],
)
def test_an_option_that_stands_for_no_button_is_stale(asked: Workspace, value: str) -> None:
    """A verb that is no button, and a value without its digest, do nothing."""
    asked.post(asked.click({"actions": [_choice(value)]}))

    assert asked.service.acts == []
    assert asked.forms.opened == []
    [(_, _, text)] = asked.service.whispers
    assert "[stale]" in text


MALFORMED: Final[dict[str, dict[str, object]]] = {
    "B1-empty": {"actions": [_action(value="")]},
    "B1-null": {"actions": [_action(value=None)]},
    "B1-long": {"actions": [_action(value="x" * 2_001)]},
    "B1-not-ascii": {"actions": [_action(value="op-é")]},
    "B1-nul": {"actions": [_action(value="op-\0")]},
    "B1-number": {"actions": [_action(value=7)]},
    "B1-missing": {"actions": [{"type": "button", "action_id": "slipway.approve"}]},
    "B23-no-action": {"actions": []},
    "B23-two-actions": {"actions": [_action(), _action()]},
    "B23-not-a-list": {"actions": {"0": _action()}},
    "B23-text": {"actions": "approve"},
    "B23-no-actions": {},
    "B23-selected": {
        "actions": [
            {
                "type": "static_select",
                "action_id": "slipway.approve",
                "selected_option": {"value": VALUE},
            }
        ]
    },
    "B23-menu-without-a-choice": {"actions": [_choice(VALUE, selected_option=None)]},
    "B23-menu-with-a-value": {"actions": [{**_choice(None), "value": VALUE}]},
    "B23-action-id-is-no-text": {"actions": [_action(action_id=7)]},
    "B7-two-channels": {
        "actions": [_action()],
        "container": {"message_ts": CARD, "channel_id": "C0OTHER"},
    },
    "B7-no-timestamp": {"actions": [_action()], "container": {"message_ts": "now"}},
    "no-trigger": {"actions": [_action()], "trigger_id": ""},
}


def test_a_press_without_a_container_is_known_by_its_message(asked: Workspace) -> None:
    """The message's own timestamp says which card was pressed where no container does."""
    sent = {"actions": [_action()], "container": None, "message": {"ts": CARD}}

    asked.post(asked.click(sent))

    [act] = asked.service.acts
    assert act.by.message_ts == CARD


@pytest.mark.parametrize("other", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_press_is_whispered_and_done(
    asked: Workspace, other: dict[str, object]
) -> None:
    """B1, B23: such a press is answered 200, told to its presser, and has no effect."""
    response = asked.post(asked.click(other))

    assert (response.status_code, response.content) == (200, b"")
    assert asked.service.acts == []
    [(to, _, text)] = asked.service.whispers
    assert to == BOB
    assert "[unreadable_request]" in text


@pytest.mark.parametrize(
    "value",
    [FIRST, f"{FIRST}:1", f"{FIRST}:1:abc", f"{FIRST}:1:", f"{FIRST}:x:52ddc814e000", "approve"],
)
def test_a_value_without_its_digest_is_refused(asked: Workspace, value: str) -> None:
    """A button that does not say which plan its card showed decides nothing."""
    asked.press("slipway.approve", value)

    assert asked.service.acts == []
    [(_, _, text)] = asked.service.whispers
    assert text.endswith("[stale]")


def test_an_unknown_button_is_whispered(asked: Workspace) -> None:
    """B23: a button of another version is told to be unknown here."""
    asked.press("slipway.launch", VALUE)

    [(_, _, text)] = asked.service.whispers
    assert "[unknown_button]" in text


@pytest.mark.parametrize("other", [{"channel": None}, {"channel": {"id": "here"}}, {"user": {}}])
def test_nobody_is_whispered_to_blindly(asked: Workspace, other: dict[str, object]) -> None:
    """Without a sound person and channel there is nobody to tell; the press is done."""
    response = asked.post(asked.click({"actions": [_action()], **other}))

    assert (response.status_code, response.content) == (200, b"")
    assert asked.service.acts == []
    assert asked.service.whispers == []


@pytest.mark.parametrize("actions", [[_action()], []], ids=["sound", "malformed"])
def test_a_press_without_the_journal_shows_slacks_warning(
    asked: Workspace, actions: list[dict[str, object]]
) -> None:
    """B19: a whisper needs the journal too; a status other than 200 makes Slack show its sign."""
    asked.service.is_down = True

    assert asked.post(asked.click({"actions": actions})).status_code == 500


def test_a_fault_of_ours_is_whispered_with_an_id(asked: Workspace) -> None:
    """An unforeseen exception is told to the presser; whether it counted is left open."""
    asked.service.is_wrong = True

    response = asked.press("slipway.approve", VALUE)

    assert response.status_code == 200
    [(_, _, text)] = asked.service.whispers
    assert "[internal_error]" in text


def test_names_prove_nothing(asked: Workspace) -> None:
    """B27: whoever is called admin is still the id."""
    asked.press("slipway.approve", VALUE, by=ANN)

    assert [act.by.user for act in asked.service.acts] == [ANN]


def test_a_rollback_is_shown_at_once_and_then_with_its_plan(asked: Workspace) -> None:
    """The form opens before the cloud is asked; what would be refused cannot be sent."""
    asked.service.previews = True
    assert asked.press("slipway.rollback", VALUE).status_code == 200
    [first], [second] = asked.forms.opened, asked.forms.updated
    assert (first["callback_id"], "submit" in first) == ("slipway.rollback_form", True)
    assert "submit" not in second
    assert "[unknown_operation]" in str(second["blocks"])
    assert asked.service.acts == []


def test_a_rollback_that_slack_does_not_show_is_told(asked: Workspace) -> None:
    """Without a form nothing is asked of the cloud, and nothing happens."""
    asked.service.previews = True
    asked.forms.is_down = True
    asked.press("slipway.rollback", VALUE)
    assert "[form_unavailable]" in asked.service.whispers[-1][2]
    assert asked.service.acts == []
