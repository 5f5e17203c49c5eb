"""Ways on: what people may do about a failed step, from its card to the operation that follows.

The system here knows no way on, so its failure is told with those that a test wants.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from bot.core import events as ev
from bot.core.operation import RecoveryOption, TaskLine
from bot.sandbox.slack import Message
from tests.conversations.cards import (
    APPROVE,
    CANCEL,
    ROLL_BACK,
    labels,
    operation_of,
    value_of,
    words,
)
from tests.conversations.places import ANN, BOB, EVE, LEA
from tests.conversations.world import DATABASE, World
from tests.core.builders import foreign

RETRY_BUTTON: Final = "slipway.recovery.retry"
SKIP_BUTTON: Final = "slipway.recovery.skip"
RETRY: Final = RecoveryOption(
    name="retry", label=foreign("Retry"), explanation=foreign("it is tried once more")
)
SKIP: Final = RecoveryOption(
    name="skip",
    label=foreign("Skip 2 risks"),
    explanation=foreign("the disks of two nodes are not looked at"),
    items=("disk:node-1", "disk:node-2"),
    wants_reason=True,
)
BACK: Final = "Roll back to 2.0.0"


def failed(
    world: World,
    *ways: RecoveryOption,
    by: str = BOB,
    rows: Sequence[TaskLine] = (),
    more: str = "",
) -> Message:
    """Deploy to flaky, let it fail with these ways on, and return the card."""
    card = world.approved(f"/deploy flaky 2.1.0 {more}".rstrip(), by)
    world.machines.ring()
    event = ev.StepFailed(
        at=world.clock(), step=0, reason=foreign("two risks"), tasks=tuple(rows), ways=ways
    )
    world.machines.context.engine.apply(operation_of(card), event)
    world.machines.sleep(10)  # the cloud's own job has failed by then
    world.settle()
    return world.card(card)


def followers(world: World, card: Message) -> list[str]:
    """Return the ids of the operations that go on with the card's."""
    return [each.id for each in world.recorded if each.follows == operation_of(card)]


def test_a_failed_operation_is_gone_on_with_from_its_card(world: World) -> None:
    """A press begins an operation that follows: same target, action and words, its own gate."""
    card = failed(world, RETRY)
    assert labels(card) == [BACK, "Retry", "Details"]
    assert "*Retry*: it is tried once more." in world.shown(card)
    assert "*Retry*: it is tried once more." in world.thread(card)[-1]

    assert world.press(RETRY_BUTTON, card, by=ANN).ok
    world.settle()
    second = world.card()
    operation = world.operation(second)
    assert (operation.follows, operation.rollback_of) == (operation_of(card), None)
    assert (operation.target, operation.action, operation.requester) == ("flaky", "deploy", ANN)
    assert (operation.parameters.version, operation.parameters.way) == ("2.1.0", "retry")
    assert f"`{operation_of(card)}` (retry)" in world.shown(second)
    assert labels(second) == ["Approve", "Reject…", "Details", "Cancel request"]
    assert world.mutations == ["PUT"]

    world.press(APPROVE, second, by=BOB)
    world.settle()
    assert "succeeded" in world.card(second).text
    assert world.mutations == ["PUT", "PUT"]


def test_the_card_that_was_gone_on_with_loses_its_buttons(world: World) -> None:
    """Once an operation follows, the card says which; when nothing came of it, all is back."""
    card = failed(world, RETRY)
    world.press(RETRY_BUTTON, card)
    world.settle()
    second = world.card()
    assert labels(world.card(card)) == [BACK, "Details"]
    assert f"`{operation_of(second)}` is to continue it" in words(world.card(card))
    world.press(CANCEL, second)
    world.settle()
    assert labels(world.card(card)) == [BACK, "Retry", "Details"]
    assert "continue" not in words(world.card(card)).lower()
    world.press(RETRY_BUTTON, world.card(card))
    world.settle()
    assert len(followers(world, card)) == 2


def test_a_way_on_that_failed_in_its_turn_stays_gone(world: World) -> None:
    """What was sent counts: the way leads on from the newer card, and the older one says so."""
    card = failed(world, RETRY)
    world.press(RETRY_BUTTON, card)
    world.settle()
    second = world.card()
    world.press(APPROVE, second, by=LEA)
    world.machines.ring()
    again = ev.StepFailed(at=world.clock(), step=0, reason=foreign("once more"), ways=(RETRY,))
    world.machines.context.engine.apply(operation_of(second), again)
    world.settle()
    assert f"Continued by `{operation_of(second)}`" in words(world.card(card))
    assert "Retry" in labels(world.card(second))
    world.press(RETRY_BUTTON, card)
    world.settle()
    assert f"`{operation_of(second)}` continues it already" in world.whispers(BOB)[-1]


def test_a_way_on_may_want_a_reason(world: World) -> None:
    """The form says what will be done; its reason is the new operation's, with the items."""
    card = failed(world, RETRY, SKIP)
    world.press(SKIP_BUTTON, card)
    view = world.workspace.views(BOB)[-1]
    assert view.body["callback_id"] == "slipway.recovery_reason"
    assert "the disks of two nodes are not looked at" in str(view.body["blocks"])
    assert followers(world, card) == []

    assert world.submit("they are\ncleaned up").ok
    world.settle()
    second = world.operation(world.card())
    assert (second.follows, second.requester) == (operation_of(card), BOB)
    assert (second.parameters.way, second.parameters.items) == ("skip", SKIP.items)
    assert second.reason == "they are cleaned up"
    assert "they are cleaned up" in words(world.card())


@pytest.mark.parametrize(
    ("reason", "code"),
    [(" \n ", "reason_required"), ("see xoxb-123456789012-abcdef", "secret_in_reason")],
)
def test_a_bad_reason_is_sent_back(world: World, reason: str, code: str) -> None:
    """A blank reason, or one with a secret, is refused at its field, and kept nowhere."""
    card = failed(world, SKIP)
    world.press(SKIP_BUTTON, card)
    assert f"[{code}]" in str(world.submit(reason).errors)
    world.settle()
    assert followers(world, card) == []
    assert b"xoxb-123456789012" not in world.configuration.with_name(DATABASE).read_bytes()


def test_a_policys_reason_needs_no_form(world: World) -> None:
    """Where the policy wants a reason and the way none, the press is the reason."""
    world.edit("approvals: 1", "approvals: 1\n    reason: required")
    card = failed(world, RETRY, more='--reason "new prices"')
    world.press(RETRY_BUTTON, card)
    world.settle()
    [follower] = followers(world, card)
    recorded = world.parts.journal.operations.load(follower)
    assert (recorded.reason, recorded.follows) == ("", operation_of(card))


@pytest.mark.parametrize("button", [RETRY_BUTTON, SKIP_BUTTON])
def test_an_outsider_goes_on_with_nothing(world: World, button: str) -> None:
    """Who may not ask for the change is told so, and no form is opened."""
    card = failed(world, RETRY, SKIP)
    world.press(button, card, by=EVE)
    world.settle()
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert world.workspace.views(EVE) == []
    assert followers(world, card) == []


def test_rights_are_checked_again_at_the_form(world: World) -> None:
    """Who lost the right between the press and the form is refused at the field."""
    card = failed(world, SKIP)
    world.press(SKIP_BUTTON, card)
    rest = "approve: [S0SRE]\n    approvals: 1"
    world.edit(f"request: [S0DEVS, S0SRE]\n    {rest}", f"request: [S0DEVS]\n    {rest}")
    assert "[not_allowed]" in str(world.submit("known").errors)
    world.settle()
    assert followers(world, card) == []


@pytest.mark.parametrize("at_once", [False, True], ids=["one-after-the-other", "at-once"])
def test_two_people_go_on_once(world: World, *, at_once: bool) -> None:
    """Pressed by two people, it is one operation, and who came second is told."""
    card = failed(world, RETRY)
    with ThreadPoolExecutor(max_workers=2 if at_once else 1) as two:
        answers = list(two.map(lambda each: world.press(RETRY_BUTTON, card, by=each), (BOB, LEA)))
    assert all(each.ok for each in answers)
    world.settle()
    [follower] = followers(world, card)
    late = LEA if world.parts.journal.operations.load(follower).requester == BOB else BOB
    assert follower in world.whispers(late)[-1]


def test_a_form_that_comes_too_late_says_so(world: World) -> None:
    """Sent after somebody else went on, the form closes and whispers which operation it is."""
    card = failed(world, RETRY, SKIP)
    world.press(SKIP_BUTTON, card, by=BOB)
    world.press(RETRY_BUTTON, card, by=LEA)
    assert world.submit("known").ok
    world.settle()
    [follower] = followers(world, card)
    assert f"`{follower}` continues it already" in world.whispers(BOB)[-1]


def test_a_delivered_press_counts_once(world: World) -> None:
    """The same press delivered twice is one operation."""
    card = failed(world, RETRY)
    action = {"action_id": RETRY_BUTTON, "value": value_of(card, RETRY_BUTTON)}
    answers = [world.click(card, action) for _ in range(2)]
    world.settle()
    assert [each.status_code for each in answers] == [200, 200]
    assert len(followers(world, card)) == 1


def test_after_something_newer_there_is_no_way_on(world: World) -> None:
    """A card whose target was changed since has no ways on, and its old one names the newer."""
    card = failed(world, RETRY)
    newer = world.done("/deploy flaky 2.2.0")
    assert labels(world.card(card)) == ["Details"]
    world.press(RETRY_BUTTON, card)
    world.settle()
    assert "[not_newest]" in world.whispers(BOB)[-1]
    assert operation_of(newer) in world.whispers(BOB)[-1]
    assert followers(world, card) == []


def test_once_it_is_rolled_back_there_is_no_way_on(world: World) -> None:
    """The way back and the ways on exclude each other."""
    card = failed(world, RETRY)
    world.press(ROLL_BACK, card)
    world.settle()
    assert labels(world.card(card)) == ["Details"]
    world.press(RETRY_BUTTON, card)
    world.settle()
    assert "already has a rollback: `op-" in world.whispers(BOB)[-1]


@pytest.mark.parametrize("name", ["skip", "nonsense"])
def test_a_way_that_the_failure_does_not_offer_is_none(world: World, name: str) -> None:
    """What a value names is looked up in the record: it decides nothing by itself."""
    card = failed(world, RETRY)
    value = value_of(card, RETRY_BUTTON).removesuffix("retry") + name
    world.click(card, {"action_id": f"slipway.recovery.{name}", "value": value})
    world.settle()
    assert "[no_way_on]" in world.whispers(BOB)[-1]
    assert followers(world, card) == []


def test_an_operation_that_did_not_fail_is_not_gone_on_with(world: World) -> None:
    """A forged press on another card than a failed one has no effect."""
    card = world.asked()
    world.click(card, {"action_id": RETRY_BUTTON, "value": f"{value_of(card, APPROVE)}:retry"})
    world.settle()
    assert "[no_way_on]" in world.whispers(BOB)[-1]
    assert len(world.recorded) == 1


def test_a_target_that_is_elsewhere_now_is_not_gone_on_with(world: World) -> None:
    """A way belongs to the system that offered it: under a new meaning of the name it is void."""
    card = failed(world, RETRY)
    text = world.configuration.read_text()
    connection = text[text.index("  huawei:\n") : text.index("targets:")]
    world.edit("targets:\n", connection.replace("huawei:", "elsewhere:", 1) + "targets:\n")
    flaky = "flaky:\n    system: servicestage-v3\n    connection: "
    world.edit(f"{flaky}huawei", f"{flaky}elsewhere")
    world.press(RETRY_BUTTON, card)
    world.settle()
    assert "flaky is now on elsewhere" in world.whispers(BOB)[-1]
    assert "[not_allowed]" in world.whispers(BOB)[-1]
    assert followers(world, card) == []


def test_a_failed_rollback_is_gone_on_with_as_a_rollback(world: World) -> None:
    """What follows a rollback still rolls back the first, and the first says so."""
    first = failed(world, RETRY)
    world.press(ROLL_BACK, first)
    world.machines.ring()
    back = world.recorded[0]
    event = ev.StepFailed(at=world.clock(), step=0, reason=foreign("stuck"), ways=(RETRY,))
    world.machines.context.engine.apply(back.id, event)
    world.machines.sleep(10)
    world.settle()
    world.press(RETRY_BUTTON, world.card(back.id))
    world.settle()
    again = world.recorded[0]
    assert (again.action, again.follows) == ("rollback", back.id)
    assert again.rollback_of == operation_of(first)


def test_forty_findings_are_counted_on_the_card_and_listed_below(world: World) -> None:
    """A check of ten nodes does not flood the channel, and hides nothing."""
    rows = [
        TaskLine(name=f"node-{number % 10}: disk {number}", status="Risk", detail="nearly full")
        for number in range(40)
    ]
    card = failed(world, SKIP, rows=rows)
    assert "… 37 more, see Details" in words(card)
    told = next(each for each in world.thread(card) if "two risks" in each)
    assert told.count("nearly full") == 40
