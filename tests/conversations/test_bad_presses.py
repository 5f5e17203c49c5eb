"""Presses that are late, forged or malformed: reliability's rows B1 to B27, as far as they exist.

Every one is answered with 200, and none of them changes anything.
"""

import json
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from tests.conversations.cards import APPROVE, CANCEL, ROLL_BACK, operation_of, value_of
from tests.conversations.places import ANN, BOB, CROWD, GENERAL, GUS, LEA, RELIABILITY, SUE
from tests.conversations.world import World

MALFORMED: Final[dict[str, Any]] = {
    "B1 empty": {"value": ""},
    "B1 missing": {},
    "B1 null": {"value": None},
    "B1 long": {"value": "x" * 2001},
    "B1 not ASCII": {"value": "op-é"},
    "B1 NUL": {"value": "op-\x00"},
    "B2 no operation": {"value": "nonsense"},
    "B2 unknown operation": {"value": "op-0000000000:1:abcdef123456"},
    "B23 a selection": {"type": "static_select", "selected_option": {"value": "op-0000000000"}},
}


def untouched(world: World, operation_id: str) -> bool:
    """Whether it still waits, as if nobody had pressed anything."""
    operation = world.parts.journal.operations.load(operation_id)
    return operation.phase.kind == "awaiting_approval" and not operation.approvals


@pytest.mark.parametrize("action", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_press_does_nothing(world: World, action: dict[str, Any]) -> None:
    """B1, B2, B23: what is no press of a button of ours is refused in a whisper."""
    card = world.asked()
    answer = world.click(card, {"action_id": APPROVE, **action})
    world.settle()
    assert (answer.status_code, answer.text) == (200, "")
    assert world.whispers(BOB)[-1].endswith("]")
    assert untouched(world, operation_of(card))


@pytest.mark.parametrize(
    "actions",
    [[], [{"type": "button", "action_id": APPROVE, "value": "op-0000000000"}] * 2, None, "x"],
    ids=["none", "two", "null", "text"],
)
def test_a_press_is_one_press(world: World, actions: Any) -> None:
    """B23: no action and two actions are no press."""
    card = world.asked()
    answer = world.click(card, {"action_id": APPROVE, "value": "x"}, actions=actions)
    world.settle()
    assert answer.status_code in {200, 400}
    assert untouched(world, operation_of(card))


def test_an_unknown_button_is_told(world: World) -> None:
    """B23: an action that Slipway does not have is answered in a whisper."""
    card = world.asked()
    value = value_of(card, APPROVE)
    answer = world.click(card, {"action_id": "slipway.destroy", "value": value})
    world.settle()
    assert answer.status_code == 200
    assert "[unknown_button]" in world.whispers(BOB)[-1]
    assert untouched(world, operation_of(card))


def test_a_value_of_another_operation_does_not_count_here(world: World) -> None:
    """B6: a card speaks for its own operation only."""
    one, other = world.asked(), world.asked("/ops restart flaky")
    world.click(one, {"action_id": APPROVE, "value": value_of(other, APPROVE)})
    world.settle()
    assert "[wrong_place]" in world.whispers(BOB)[-1]
    assert untouched(world, operation_of(one))
    assert untouched(world, operation_of(other))


@pytest.mark.parametrize(
    "place",
    [
        {"channel": {"id": GENERAL}, "container": {"message_ts": "1.000001"}},
        {"container": {"message_ts": "1795000000.000009"}},
    ],
    ids=["other-channel", "other-message"],
)
def test_a_copied_card_does_not_count(world: World, place: dict[str, Any]) -> None:
    """B7: the right value on another message decides nothing."""
    card = world.asked()
    action = {"action_id": APPROVE, "value": value_of(card, APPROVE)}
    world.click(card, action, **place)
    world.settle()
    assert "[wrong_place]" in world.whispers(BOB)[-1]
    assert untouched(world, operation_of(card))


@pytest.mark.parametrize(
    "payload",
    [
        {"team": {"id": "T0OTHER"}},
        {"team": None, "is_enterprise_install": True, "enterprise": {"id": "E0OTHER"}},
        {"api_app_id": "A0OTHER"},
    ],
    ids=["team", "enterprise", "app"],
)
def test_a_press_from_elsewhere_does_nothing(world: World, payload: dict[str, Any]) -> None:
    """B8: other teams, organisations and apps are not listened to."""
    card = world.asked()
    action = {"action_id": APPROVE, "value": value_of(card, APPROVE)}
    answer = world.click(card, action, **payload)
    world.settle()
    assert answer.status_code in {200, 400, 403}
    assert untouched(world, operation_of(card))


@pytest.mark.parametrize("changed", ["round", "digest"])
def test_a_card_of_an_earlier_round_is_stale(world: World, changed: str) -> None:
    """B16, B17: who saw another plan, or an earlier round, approves nothing."""
    card = world.asked()
    operation_id, _, digest = value_of(card, APPROVE).split(":")
    value = f"{operation_id}:0:{digest}" if changed == "round" else f"{operation_id}:1:000000000000"
    world.click(card, {"action_id": APPROVE, "value": value})
    world.settle()
    assert "[stale]" in world.whispers(BOB)[-1]
    assert untouched(world, operation_id)


@pytest.mark.parametrize("end", ["cancelled", "succeeded"])
def test_a_press_after_the_end_is_told_how_it_ended(world: World, end: str) -> None:
    """B10: old buttons of an operation that has ended change nothing and say how it stands."""
    card = world.asked()
    if end == "cancelled":
        world.press(CANCEL, card, by=ANN)
    else:
        world.press(APPROVE, card)
    world.settle()
    sequence = world.operation(card).sequence
    for action_id in (APPROVE, CANCEL):
        world.press(action_id, card, by=LEA)
        world.settle()
        assert operation_of(card) in world.whispers(LEA)[-1]
    assert world.operation(card).sequence == sequence
    assert world.operation(card).phase.kind == end


def test_the_same_person_approves_once(world: World) -> None:
    """B11: a double click is one approval."""
    world.edit("approvals: 1", "approvals: 2")
    card = world.asked()
    for _ in range(5):
        world.press(APPROVE, card)
    world.settle()
    assert len(world.operation(card).approvals) == 1


@pytest.mark.parametrize("members", [(LEA,), ()], ids=["left", "emptied"])
def test_an_approver_of_yesterday_does_not_count(world: World, members: tuple[str, ...]) -> None:
    """B13: who has left the group since is no approver, once the minute of the cache is over."""
    card = world.asked()
    world.workspace.set_group(RELIABILITY, members)
    world.machines.sleep(61)
    world.press(APPROVE, card)
    world.settle()
    assert "[not_approver]" in world.whispers(BOB)[-1]
    assert untouched(world, operation_of(card))


@pytest.mark.parametrize("by", [GUS, SUE])
def test_guests_and_strangers_press_in_vain(world: World, by: str) -> None:
    """B14: guests and strangers in the channel decide nothing, even as members of the group."""
    world.workspace.set_group(RELIABILITY, (BOB, GUS, SUE))
    card = world.asked()
    action = {"action_id": APPROVE, "value": value_of(card, APPROVE)}
    world.click(card, action, user={"id": by})
    world.settle()
    assert "[not_allowed]" in world.whispers(by)[-1]
    assert untouched(world, operation_of(card))


def test_a_rollback_of_a_rollback_is_a_new_operation(world: World) -> None:
    """B22: the way back can be gone back, as an operation of its own."""
    world.done()
    world.press(ROLL_BACK, world.card(), by=BOB)
    world.settle()
    back = world.card()
    world.press(ROLL_BACK, back, by=LEA)
    world.settle()
    again = world.card()
    assert world.operation(again).rollback_of == operation_of(back)
    assert "1.3.0 → 1.4.0" in again.text


def test_a_reused_trigger_is_one_operation(world: World) -> None:
    """B26: the same trigger of Roll back, delivered again, is the same operation."""
    world.edit("    approvals: 1\n", "    approvals: 1\n    rollback_preview: false\n")
    failed = world.done("/deploy flaky 2.1.0")
    action = {"action_id": ROLL_BACK, "value": value_of(failed, ROLL_BACK)}
    world.click(failed, action)
    world.machines.sleep(2)
    world.click(failed, action)
    world.settle()
    assert len([each for each in world.recorded if each.rollback_of]) == 1


def test_a_press_without_the_right_form_is_refused(world: World) -> None:
    """I18, I21: payloads that could be read in two ways are not read at all."""
    card = world.asked()
    value = value_of(card, APPROVE)
    for body in (
        urlencode({"payload": "{"}),
        urlencode({"payload": "[]"}),
        urlencode([("payload", "{}"), ("payload", "{}")]),
        urlencode({"payload": '{"type": "block_actions", "type": "view_submission"}'}),
        urlencode({"payload": json.dumps({"type": "block_actions", "value": value})[:-1]}),
    ):
        assert world.post(body.encode()).status_code == 400
    assert untouched(world, operation_of(card))


def test_an_unsigned_press_is_refused(world: World) -> None:
    """I1, I26: without the signature nobody can press anything."""
    card = world.asked()
    payload = json.dumps({"type": "block_actions", "token": "sandbox-verification"})
    answer = world.http.post(world.workspace.request_url, data={"payload": payload})
    assert (answer.status_code, answer.text) == (401, "")
    assert untouched(world, operation_of(card))


def test_anybody_of_the_crowd_may_approve(world: World) -> None:
    """A group's member counts, whoever it is."""
    card = world.asked()
    world.press(APPROVE, card, by=CROWD[-1])
    world.settle()
    assert world.mutations == ["PUT"]
