"""The way back: from a card, by command, and where there is none."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest

from tests.conversations.cards import (
    APPROVE,
    CANCEL,
    DETAILS,
    ROLL_BACK,
    labels,
    operation_of,
    value_of,
    words,
)
from tests.conversations.places import ANN, BOB, CHECKOUT, EVE, FLAKY, LEA
from tests.conversations.world import World


def test_a_failed_deployment_is_rolled_back_from_its_card(world: World) -> None:
    """A failure is told in the channel with a way back; pressed, a linked operation returns."""
    failed = world.done("/deploy flaky 2.1.0")
    assert "failed" in failed.text
    assert "readiness probe failed" in words(failed)
    assert labels(failed) == ["Roll back to 2.0.0", "Try again…", "Details"]
    loud = [each for each in world.workspace.messages(failed.channel) if each.reply_broadcast]
    assert ["readiness probe failed" in each.text for each in loud] == [True]
    assert world.press(ROLL_BACK, failed, by=BOB).ok
    world.settle()
    back = world.card()
    assert operation_of(back) != operation_of(failed)
    assert world.operation(back).rollback_of == operation_of(failed)
    assert operation_of(failed) in world.shown(back)
    assert "succeeded" in back.text
    assert world.mutations[0] == "PUT"
    assert world.mutations[1].startswith("POST rollback")
    assert len(world.mutations) == 2
    assert world.cloud.component(FLAKY)["version"] == "2.0.0"


def test_the_card_that_was_rolled_back_loses_its_button(world: World) -> None:
    """Once its rollback is under way, a card says which operation undoes it."""
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed, by=BOB)
    world.settle()
    undone = world.card(failed)
    assert labels(undone) == ["Details"]
    assert f"Rolled back by `{operation_of(world.card())}`" in words(undone)


def test_a_deployment_that_succeeded_can_be_rolled_back(world: World) -> None:
    """What succeeded may be wrong all the same: its card offers the way back, too."""
    card = world.done()
    world.press(ROLL_BACK, card, by=ANN)
    world.settle()
    assert "succeeded" in world.card().text
    assert world.cloud.component(CHECKOUT)["version"] == "1.3.0"


@pytest.mark.parametrize("at_once", [False, True], ids=["one-after-the-other", "at-once"])
def test_two_people_roll_back_once(world: World, *, at_once: bool) -> None:
    """Pressed by two people, it is one rollback, and who came second is told."""
    failed = world.done("/deploy flaky 2.1.0")
    with ThreadPoolExecutor(max_workers=2 if at_once else 1) as two:
        answers = list(two.map(lambda each: world.press(ROLL_BACK, failed, by=each), (BOB, LEA)))
    assert all(each.status == HTTPStatus.OK and each.notice is None for each in answers)
    world.settle()
    backs = [each for each in world.recorded if each.rollback_of == operation_of(failed)]
    assert len(backs) == 1
    assert len(world.mutations) == 2
    late = LEA if backs[0].requester == BOB else BOB
    at_fields = [words for each in answers for words in each.errors.values()]
    told = [*world.whispers(late), *at_fields, *(str(each.blocks or "") for each in answers)]
    assert any(backs[0].id in each for each in told)
    assert not set("<>`") & set("".join(at_fields))


def test_pressed_again_after_the_rollback_nothing_happens(world: World) -> None:
    """The old state of the card rolls back once and never again."""
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed, by=BOB)
    world.settle()
    world.press(ROLL_BACK, failed, by=BOB)
    world.settle()
    said = world.whispers(BOB)[-1]
    assert "already has a rollback: `op-" in said
    assert said.count("op-") == 1  # who takes it back is named once
    assert len(world.mutations) == 2


def test_a_rollback_that_was_cancelled_may_be_asked_again(world: World) -> None:
    """A rollback that came to nothing leaves the way back open."""
    world.edit("rollback_approvals: 0", "rollback_approvals: 1")
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed, by=LEA)
    world.settle()
    waiting = world.card()
    assert labels(waiting) == ["Approve", "Reject…", "Details", "Cancel request"]
    assert labels(world.card(failed)) == ["Details"]
    world.press(CANCEL, waiting, by=LEA)
    world.settle()
    assert labels(world.card(failed)) == ["Roll back to 2.0.0", "Try again…", "Details"]
    world.press(ROLL_BACK, world.card(failed), by=LEA)
    world.settle()
    world.press(APPROVE, world.card(), by=BOB)
    world.settle()
    assert world.cloud.component(FLAKY)["version"] == "2.0.0"


def test_only_the_newest_operation_can_be_rolled_back(world: World) -> None:
    """A card whose target was changed since has no button, and its old one names the newer."""
    first = world.done("/deploy checkout 1.4.0")
    second = world.done("/deploy checkout 1.5.0")
    assert labels(world.card(first)) == ["Same again…", "Details"]
    world.press(ROLL_BACK, first)
    world.settle()
    assert "[not_newest]" in world.whispers(BOB)[-1]
    assert operation_of(second) in world.whispers(BOB)[-1]
    assert world.mutations == ["PUT", "PUT"]


def test_an_operation_that_never_sent_anything_does_not_count_as_newer(world: World) -> None:
    """A request that was cancelled changed nothing, so the way back of the one before stays."""
    first = world.done()
    waiting = world.asked("/deploy checkout 1.5.0")
    world.press(CANCEL, waiting, by=ANN)
    world.settle()
    world.press(ROLL_BACK, first, by=BOB)
    world.settle()
    assert world.cloud.component(CHECKOUT)["version"] == "1.3.0"
    assert "[not_newest]" not in " ".join(world.whispers(BOB))


def test_an_outsider_rolls_nothing_back(world: World) -> None:
    """Who may not roll back is told so, and nothing is recorded."""
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed, by=EVE)
    world.settle()
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert len(world.recorded) == 1


@pytest.mark.parametrize("typed", ["/rollback checkout 1.2.0", "/rollback checkout"])
def test_a_rollback_is_typed(world: World, typed: str) -> None:
    """`/rollback` returns to a named version, or to the one before, without an approval."""
    world.asked(typed)
    world.settle()
    assert "1.3.0 → 1.2.0" in world.card().text
    assert "succeeded" in world.card().text
    assert world.cloud.component(CHECKOUT)["version"] == "1.2.0"


def test_an_unknown_revision_gets_the_near_ones(world: World) -> None:
    """A revision that never ran ends at the plan, with those that it can go back to."""
    card = world.asked("/rollback checkout 1.2.9")
    assert "no_such_revision" in words(card)
    assert "The component's records do not contain 1.2.9" in words(card)
    dry = world.command("/rollback checkout 1.2.9 --dry-run").text
    assert "[no_such_revision]" in dry
    assert "Choose one of 1.2.0" in dry
    assert world.tries == 0


def test_a_version_that_failed_is_no_way_back(world: World) -> None:
    """What ended badly is not offered, and refused by its name."""
    world.done("/deploy flaky 2.1.0")
    world.asked("/rollback flaky")
    assert "2.1.0" not in world.command("/ops revisions flaky").text.split("can roll back to")[1]
    dry = world.command("/rollback flaky 2.1.0 --dry-run").text
    assert "did not end well" in dry


def test_the_way_back_may_need_approval(world: World) -> None:
    """Where the policy asks for it, a rollback waits at the gate, too."""
    world.edit("rollback_approvals: 0", "rollback_approvals: 1")
    card = world.asked("/rollback checkout 1.2.0")
    assert "waiting for approval (0 of 1)" in card.text
    assert world.tries == 0
    world.press(APPROVE, card)
    world.settle()
    assert world.cloud.component(CHECKOUT)["version"] == "1.2.0"


def test_who_rolls_back_second_is_told_and_asked(world: World) -> None:
    """V44: two people in an incident go back one release, not two, unless they say so."""
    world.done("/deploy checkout 1.4.0")
    world.done("/deploy checkout 1.5.0")
    assert "Recorded as" in world.command("/rollback checkout", by=ANN).text
    world.settle()
    first = world.card()
    assert world.cloud.component(CHECKOUT)["version"] == "1.4.0"
    world.machines.sleep(60)

    told = world.command("/rollback checkout", by=BOB).text
    assert f"<@{ANN}> rolled checkout back from 1.5.0 to 1.4.0" in told
    assert operation_of(first) in told
    assert "/rollback checkout REVISION" in told
    assert told.endswith("[rolled_back_lately]")
    world.settle()
    assert world.cloud.component(CHECKOUT)["version"] == "1.4.0"
    assert "*Dry run" in world.command("/rollback checkout --dry-run", by=BOB).text

    assert "Recorded as" in world.command("/rollback checkout 1.3.0", by=BOB).text
    world.settle()
    assert world.cloud.component(CHECKOUT)["version"] == "1.3.0"


def test_an_approver_reads_that_it_was_rolled_back_just_now(world: World) -> None:
    """V44: where a rollback waits for approval, its card says what it goes back behind."""
    world.done("/deploy checkout 1.4.0")
    world.done("/deploy checkout 1.5.0")
    world.command("/rollback checkout", by=ANN)
    world.settle()
    world.edit("rollback_approvals: 0", "rollback_approvals: 1")
    card = world.asked("/rollback checkout 1.3.0", by=ANN)
    assert "Approve" in labels(card)
    assert "this goes one further back" in words(card)
    assert "this goes one further back" in card.text
    done = world.approve(card, by=BOB)
    assert "one further back" not in words(done)


def test_long_after_a_rollback_the_next_one_is_as_any(world: World) -> None:
    """V44: after ten minutes it is no mistake of two people, but a wish of one."""
    world.done("/deploy checkout 1.4.0")
    world.done("/deploy checkout 1.5.0")
    world.command("/rollback checkout", by=ANN)
    world.settle()
    world.machines.sleep(601)
    assert "Recorded as" in world.command("/rollback checkout", by=BOB).text


def test_the_card_of_a_way_back_leads_to_nothing_that_failed(world: World) -> None:
    """V1: what had failed was taken back; no press brings it out again, nor a forged one."""
    failed = world.done("/deploy flaky 2.1.0")
    world.press(ROLL_BACK, failed)
    world.settle()
    back = world.card()
    assert "succeeded" in back.text
    assert labels(back) == ["Same again…", "Details"]

    action = {"action_id": ROLL_BACK, "value": value_of(back, DETAILS)}
    assert world.click(back, action, user={"id": LEA}).is_success
    world.settle()

    assert "[no_previous_revision]" in world.whispers(LEA)[-1]
    assert world.card().ts == back.ts
