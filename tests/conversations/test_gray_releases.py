"""Gray releases from Slack: running from batch to batch, each brought out by somebody's press."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from bot.core.operation import Failed
from bot.sandbox.clouds import Fault
from bot.sandbox.slack import Message
from tests.conversations.cards import ROLL_BACK, labels, operation_of, value_of, words
from tests.conversations.places import ANN, BOB, CHECKOUT, EVE, LEA
from tests.conversations.world import World

NEXT: Final = "slipway.recovery.continue_deploy"
CHECK: Final = "slipway.recovery.check_gray_release"
DEPLOY: Final = "/deploy checkout 1.4.0 --strategy gray:20%"
WAITING: Final = ["Next batch", "Check", "Roll back to 1.3.0", "Details"]
POLICY: Final = "    channel: C0DEPLOYS\n    policy: prod\n    aliases: [co]\n"
OUTSIDE: Final = {"type": "GrayRelease", "gray_release": {"type": "WEIGHT", "remaining_batch": 1}}


@pytest.fixture
def gray(world: World) -> World:
    """Return the world; checkout has gray releases of three batches, and a rollback no gate."""
    body = "{deployment_mode: 3, remaining_batch: 2}"
    world.edit(POLICY, f"{POLICY}    gray_release: {body}\n")
    return world


def waiting(world: World) -> Message:
    """Deploy to checkout, and return the card when its first batch is out."""
    card = world.approved(DEPLOY)
    world.settle()
    return world.card(card)


def phase(world: World, card: Message) -> str:
    """Return where the card's operation stands."""
    return world.operation(card).phase.kind


def pressed(world: World, action_id: str, card: Message, by: str = ANN) -> Message:
    """Press, let all that follows happen, and return the card."""
    assert world.press(action_id, card, by=by).ok
    world.settle()
    return world.card(card)


def test_it_runs_until_its_last_batch(gray: World) -> None:
    """One operation, one approval, a permit for each batch; it succeeds with the last one."""
    card = waiting(gray)
    assert (phase(gray, card), labels(card)) == ("running", WAITING)
    assert "Waiting for a decision*: batch 1 of 3 is out with 20 % of the traffic" in words(card)
    assert gray.mutations == ["PUT"]
    digest = gray.operation(card).plan.digest

    card = pressed(gray, NEXT, card)
    assert (phase(gray, card), labels(card)) == ("running", WAITING)
    assert "batch 2 of 3 is out" in words(card)
    assert "% of the traffic" not in words(card)
    card = pressed(gray, NEXT, card, by=LEA)
    assert phase(gray, card) == "succeeded"

    assert gray.mutations == ["PUT", "POST continue_deploy", "POST continue_deploy"]
    operation = gray.operation(card)
    assert [each.name for each in operation.steps] == ["deploy", *["continue_deploy"] * 2]
    assert [each.attempt for each in operation.steps] == [1, 1, 1]
    assert len({each.remote_task for each in operation.steps}) == 3
    assert operation.plan.digest == digest == operation.approvals[0].digest
    assert len(gray.recorded) == 1


def test_the_strategy_is_on_the_card_before_it_is_approved(gray: World) -> None:
    """What is approved says how it is brought out, and the vendor is sent that."""
    card = gray.asked(DEPLOY)
    assert "gray:20%" in words(card)
    gray.approve(card)
    body: Any = gray.cloud.executed[-1].body
    sent = body["deploy_strategy"]["gray_release"]
    assert (sent["first_batch_weight"], sent["deployment_mode"]) == (20, 3)


def test_a_strategy_that_is_kept_is_on_the_card_before_it_is_approved(gray: World) -> None:
    """ServiceStage brings the next version out as the last one: who approves reads that."""
    card = waiting(gray)
    for _ in range(2):
        card = pressed(gray, NEXT, card)
    assert phase(gray, card) == "succeeded"
    second = gray.asked("/deploy checkout 1.5.0")
    assert "strategy: `gray:20%, as last time`" in words(second)
    assert gray.shown(second).count("gray:20%, as last time") == 2
    assert gray.press("slipway.cancel", second, by=ANN).ok
    gray.settle()
    third = gray.asked("/deploy checkout 1.5.0 --strategy gray:20%")
    assert "strategy: `gray:20%`" in words(third)


def test_no_step_is_counted_of_a_number_that_nobody_knows(gray: World) -> None:
    """While a batch is deployed the card names the step; how many follow, people decide."""
    card = waiting(gray)
    assert gray.press(NEXT, card, by=ANN).ok
    seen = list[str]()
    for _ in range(12):
        gray.wait(1)
        seen.append(words(gray.card(card)))
    assert any("*Batch 2 of 3*" in each for each in seen)
    assert not any("step 2 of 2" in each for each in seen)
    assert "Continue deploy" not in "\n".join(gray.thread(card))


def test_who_asked_is_called_when_it_waits(gray: World) -> None:
    """An update notifies nobody: the thread says what waits, for whom, and what can be done."""
    card = waiting(gray)
    [told] = [each for each in gray.thread(card) if "waits for a decision" in each]
    assert f"<@{ANN}>" in told
    assert "*Next batch*: Deploys batch 2 of 3" in told
    assert "*Check*: " in told
    pressed(gray, NEXT, card)
    assert "Ann continues: *Next batch*" in "\n".join(gray.thread(card))


def test_each_batch_has_its_number(gray: World) -> None:
    """Two steps are not called the same: on the card, in its thread, and in Details."""
    card = pressed(gray, NEXT, pressed(gray, NEXT, waiting(gray)))
    told = "\n".join((gray.shown(card), *gray.thread(card)))
    for each in ("*Batch 2 of 3*", "*Batch 3 of 3*"):
        assert each in told
    assert "*Next batch* succeeded" not in told


def test_a_check_changes_nothing(gray: World) -> None:
    """The vendor looks at the batch that is out; then the same choice is there again."""
    card = pressed(gray, CHECK, waiting(gray))
    assert (phase(gray, card), labels(card)) == ("running", WAITING)
    assert gray.mutations == ["PUT", "POST check_gray_release"]
    card = pressed(gray, NEXT, pressed(gray, NEXT, card))
    assert phase(gray, card) == "succeeded"


def test_a_check_that_fails_leaves_the_choice(gray: World) -> None:
    """A batch that is not well is out all the same: people roll it back, or go on."""
    card = waiting(gray)
    gray.cloud.fail_next_check(CHECKOUT)
    card = pressed(gray, CHECK, card)
    assert (phase(gray, card), labels(card)) == ("running", WAITING)
    assert "batch 1 of 3 is out, and its check failed" in words(card)


def test_it_is_rolled_back_before_its_end(gray: World) -> None:
    """Roll back ends it, and begins an operation of its own that returns to what ran before."""
    card = waiting(gray)
    assert gray.press(ROLL_BACK, card, by=BOB).ok
    gray.settle()
    back = gray.card()
    assert gray.operation(back).rollback_of == operation_of(card)
    assert phase(gray, back) == "succeeded"
    assert gray.mutations == ["PUT", "POST rollback_current"]

    first = gray.operation(card)
    assert isinstance(first.phase, Failed)
    assert (first.phase.code, labels(gray.card(card))) == ("taken_back", ["Details"])
    status = gray.command("/ops status checkout").text
    assert "running 1.3.0" in status


def test_a_typed_rollback_takes_it_back_too(gray: World) -> None:
    """The word means what the button means, and is not told that the target is locked."""
    card = waiting(gray)
    answer = gray.command("/rollback checkout", by=BOB).text
    assert "[locked]" not in answer
    gray.settle()
    assert gray.operation(gray.card()).rollback_of == operation_of(card)
    assert phase(gray, gray.card()) == "succeeded"


def test_who_may_not_roll_back_ends_nothing(gray: World) -> None:
    """It is decided before anything is touched."""
    card = waiting(gray)
    gray.press(ROLL_BACK, card, by=EVE)
    gray.press(NEXT, card, by=EVE)
    gray.command("/rollback checkout", by=EVE)
    gray.settle()
    assert (phase(gray, card), len(gray.recorded)) == ("running", 1)
    assert gray.mutations == ["PUT"]


def test_a_rejected_rollback_leaves_every_way(gray: World) -> None:
    """The gray release still waits in the cloud, so its card offers the same as before."""
    gray.edit("rollback_approvals: 0", "rollback_approvals: 1")
    card = waiting(gray)
    gray.press(ROLL_BACK, card, by=ANN)
    gray.settle()
    gray.press("slipway.cancel", gray.card(), by=ANN)
    gray.settle()
    card = gray.card(card)
    assert sorted(labels(card)) == sorted(WAITING)

    gray.press(NEXT, card, by=ANN)
    gray.settle()
    follower = gray.card()
    assert gray.operation(follower).follows == operation_of(card)
    gray.approve(follower)
    assert phase(gray, follower) == "running"
    assert labels(gray.card(follower))[:2] == WAITING[:2]


@pytest.mark.parametrize("at_once", [False, True], ids=["one-after-the-other", "at-once"])
def test_two_presses_bring_out_one_batch(gray: World, *, at_once: bool) -> None:
    """Two people mean the same batch, and who came second is told."""
    card = waiting(gray)
    with ThreadPoolExecutor(max_workers=2 if at_once else 1) as two:
        answers = list(two.map(lambda each: gray.press(NEXT, card, by=each), (ANN, LEA)))
    assert all(each.ok for each in answers)
    gray.settle()
    assert gray.mutations == ["PUT", "POST continue_deploy"]
    assert "gone on already" in "".join(gray.whispers(ANN) + gray.whispers(LEA))


def test_an_old_card_brings_out_no_later_batch(gray: World) -> None:
    """A press on what was drawn before the last choice is one that was made already."""
    first = waiting(gray)
    second = pressed(gray, NEXT, first)
    assert value_of(first, NEXT) != value_of(second, NEXT)
    action = {"action_id": NEXT, "value": value_of(first, NEXT)}
    gray.click(first, action, user={"id": ANN})
    gray.settle()
    assert gray.mutations == ["PUT", "POST continue_deploy"]
    assert "gone on already" in gray.whispers(ANN)[-1]


def test_a_lost_answer_of_a_batch_is_looked_for(gray: World) -> None:
    """The batch was begun: its job is found, told apart from that of the batch before."""
    card = waiting(gray)
    gray.breaks(Fault(kind="answer", status=502, when="after", match="POST */action"))
    card = pressed(gray, NEXT, card)
    assert gray.mutations == ["PUT", "POST continue_deploy"]
    assert (phase(gray, card), labels(card)) == ("running", WAITING)
    operation = gray.operation(card)
    assert operation.steps[0].remote_task != operation.steps[1].remote_task


def test_a_batch_that_was_never_begun_stays_uncertain(gray: World) -> None:
    """The job of the batch before is not taken for that of the lost call, and nothing is resent."""
    card = waiting(gray)
    gray.breaks(Fault(kind="answer", status=502, when="before", match="POST */action"))
    card = pressed(gray, NEXT, card)
    assert (phase(gray, card), gray.mutations) == ("uncertain", ["PUT"])


def test_people_have_all_the_time_they_want(gray: World) -> None:
    """The deadline is the cloud's: a batch that waits overnight is not stalled, and goes on."""
    card = waiting(gray)
    gray.machines.sleep(12 * 3600)
    gray.wait(90)
    assert phase(gray, card) == "running"
    card = pressed(gray, NEXT, gray.card(card))
    assert labels(card) == WAITING


def test_a_batch_from_elsewhere_is_seen(gray: World) -> None:
    """Somebody goes on in the vendor's console: the card says so, and it ends as usual."""
    card = waiting(gray)
    for _ in range(2):
        gray.cloud.act(CHECKOUT, "continue_deploy")
        gray.wait(70)
        assert "batch 1 of 3" not in words(gray.card(card))
    assert phase(gray, card) == "succeeded"


def test_while_it_waits_a_freeze_lets_it_finish(gray: World) -> None:
    """What was sent finishes: the next batch is no new change. A new one is refused."""
    card = waiting(gray)
    frozen = "    freezes: [{days: mon-sun, zone: UTC}]\n"
    gray.edit("    deadline: 30m\n  dev:", f"    deadline: 30m\n{frozen}  dev:")
    card = pressed(gray, NEXT, card)
    assert gray.mutations == ["PUT", "POST continue_deploy"]


def test_one_from_elsewhere_is_met(gray: World) -> None:
    """Status says so; another version is refused, with what can be done; a rollback works."""
    gray.cloud.meddle(CHECKOUT, "1.4.0", deploy_strategy=OUTSIDE)
    gray.wait(10)
    status = gray.command("/ops status checkout").text
    assert "rolling out 1.4.0" in status
    assert "next batch not deployed yet" in status

    gray.command("/deploy checkout 1.5.0")
    gray.settle()
    refused = gray.whispers(ANN)[-1]
    assert "[in_progress]" in refused
    assert "1.4.0 has not brought out its last batch" in refused
    assert "`/rollback checkout`" in refused or "/rollback" in refused
    assert gray.mutations == []

    gray.command("/rollback checkout")
    gray.settle()
    assert phase(gray, gray.card()) == "succeeded"
    assert "running 1.3.0" in gray.command("/ops status checkout").text
