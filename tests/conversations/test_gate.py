"""The gate: who may open it, who may close it, and what makes approvals void."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.sandbox.clouds import Fault
from tests.conversations.cards import (
    APPROVE,
    CANCEL,
    REJECT,
    labels,
    operation_of,
    value_of,
    words,
)
from tests.conversations.places import (
    ANN,
    BOB,
    CHECKOUT,
    CROWD,
    DEPLOYS,
    EVE,
    GUS,
    LEA,
    RELIABILITY,
)
from tests.conversations.world import DATABASE, World


def test_a_rejection_asks_for_its_reason(world: World) -> None:
    """Reject opens a form; its reason stands on the card and in the thread, and nothing is sent."""
    card = world.asked()
    assert world.press(REJECT, card).ok
    assert world.operation(card).phase.kind == "awaiting_approval"
    assert world.submit("not on a Friday").ok
    world.settle()
    assert world.workspace.views(BOB) == []
    rejected = world.card(card)
    assert "rejected" in rejected.text
    assert "not on a Friday" in words(rejected)
    assert labels(rejected) == []
    assert "*Rejected* by Bob: not on a Friday" in world.thread(card)[0]
    assert world.tries == 0


def test_a_blank_reason_is_sent_back(world: World) -> None:
    """A reason of blanks is refused at its field, and the form stays open."""
    card = world.asked()
    world.press(REJECT, card)
    answer = world.submit("   ")
    assert "[reason_required]" in str(answer.errors)
    assert len(world.workspace.views(BOB)) == 1
    assert world.operation(card).phase.kind == "awaiting_approval"


def test_a_reason_with_a_secret_is_sent_back(world: World) -> None:
    """A reason that holds a token is refused at its field, as in a command, and kept nowhere."""
    card = world.asked()
    world.press(REJECT, card)
    answer = world.submit("see xoxb-123456789012-abcdef")
    assert "[secret_in_reason]" in str(answer.errors)
    assert len(world.workspace.views(BOB)) == 1
    assert world.operation(card).phase.kind == "awaiting_approval"
    world.settle()
    kept = [world.card(card).text, *world.thread(card), *world.whispers(BOB), str(answer.errors)]
    assert "xoxb-123456789012" not in " ".join(kept)
    assert b"xoxb-123456789012" not in world.configuration.with_name(DATABASE).read_bytes()


def test_a_rejection_that_comes_too_late_says_so(world: World) -> None:
    """A form that is sent after the gate was opened changes nothing and says why."""
    card = world.asked()
    world.press(REJECT, card, by=BOB)
    world.press(APPROVE, card, by=LEA)
    answer = world.submit("too late")
    world.settle()
    assert "already approved" in str(answer.errors) + " ".join(world.whispers(BOB))
    assert world.mutations == ["PUT"]


def test_a_reason_is_never_markup(world: World) -> None:
    """Mentions, links and right-to-left text in a reason reach nobody and turn nothing round."""
    card = world.asked()
    world.press(REJECT, card)
    world.submit("<!channel> <@U0EVE> <https://evil.example|bank> \u202eabc")
    world.settle()
    shown = words(world.card(card)) + world.thread(card)[0]
    assert "<!channel>" not in shown
    assert "<@U0EVE>" not in shown
    assert "<https" not in shown
    assert "\u202e" not in shown
    assert "&lt;!channel&gt;" in shown


@pytest.mark.parametrize("by", [ANN, BOB], ids=["requester", "approver"])
@pytest.mark.parametrize("way", ["button", "command", "mention"])
def test_a_cancelled_operation_is_never_sent(world: World, way: str, by: str) -> None:
    """Who asked and who may approve can cancel, by button, command and in the thread."""
    card = world.asked()
    if way == "button":
        assert world.press(CANCEL, card, by=by).ok
    elif way == "command":
        answer = world.command(f"/ops cancel {operation_of(card)}", by=by)
        assert "Done" in answer.text
    else:
        assert world.say("@slipway cancel", by=by, below=card).ok
    world.settle()
    assert "cancelled" in world.card(card).text
    assert f"*Cancelled* by {'Ann' if by == ANN else 'Bob'}" in world.thread(card)[-1]
    assert labels(world.card(card)) == []
    assert world.tries == 0


def test_an_outsider_cancels_nothing(world: World) -> None:
    """Others are told who may cancel, and it goes on waiting."""
    card = world.asked()
    world.press(CANCEL, card, by=EVE)
    world.settle()
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert f"<@{ANN}>" in world.whispers(EVE)[-1]
    assert world.operation(card).phase.kind == "awaiting_approval"


def test_what_was_sent_cannot_be_cancelled(world: World) -> None:
    """After the permit a cancel changes nothing and says so."""
    card = world.approved()
    world.machines.ring()
    answer = world.command(f"/ops cancel {operation_of(card)}")
    assert "cannot be cancelled" in answer.text
    world.settle()
    assert "succeeded" in world.card(card).text


def test_a_gate_that_nobody_decides_expires(world: World) -> None:
    """After the time of the policy it ends as expired; the target is free, and a press is late."""
    card = world.asked()
    world.wait(3602, step=60)
    expired = world.card(card)
    assert "expired" in expired.text
    assert labels(expired) == []
    assert "nobody decided in time" in world.thread(card)[-1]
    world.press(APPROVE, card)
    world.settle()
    assert "has expired" in world.whispers(BOB)[-1]
    assert world.tries == 0
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_a_press_after_the_expiry_is_late_even_before_the_sweeper(world: World) -> None:
    """The moment decides, not the sweeper: a press in the last gap opens nothing."""
    card = world.asked()
    world.machines.sleep(3601)
    world.press(APPROVE, card)
    world.settle()
    assert "time for approval is over" in world.whispers(BOB)[-1]
    assert world.tries == 0


def test_nobody_approves_the_own_request(world: World) -> None:
    """Who asked is told that somebody else must approve it."""
    card = world.asked(by=LEA)
    world.press(APPROVE, card, by=LEA)
    world.settle()
    assert "[self_approval]" in world.whispers(LEA)[-1]
    assert world.operation(card).approvals == ()


def test_who_cannot_approve_is_not_waited_for(world: World) -> None:
    """D15: neither who asked, nor who has approved already, though the policy lists them."""
    world.edit("approve: [S0SRE]", f"approve: [S0SRE, {ANN}, {BOB}]")
    world.edit("approvals: 1", "approvals: 2")
    dry = world.command("/deploy checkout 1.4.0 --dry-run", by=ANN).text
    said = world.command("/deploy checkout 1.4.0", by=ANN).text
    world.settle()
    card = world.card()
    for shown in (dry.partition("Approvals")[2], said.partition("Waiting for")[2]):
        assert f"<@{BOB}>" in shown
        assert f"<@{ANN}>" not in shown
    assert f"from <!subteam^{RELIABILITY}>, <@{BOB}> ·" in words(card)
    world.press(APPROVE, card, by=BOB)
    world.settle()
    assert f"from <!subteam^{RELIABILITY}> ·" in words(world.card(card))


def test_a_policy_may_allow_self_approval(world: World) -> None:
    """Where the policy says so, who asked may approve."""
    world.edit(
        "    approval_expires: 60m\n", "    approval_expires: 60m\n    self_approval: true\n"
    )
    card = world.asked(by=LEA)
    world.press(APPROVE, card, by=LEA)
    world.settle()
    assert world.mutations == ["PUT"]


@pytest.mark.parametrize("by", [ANN, EVE, GUS])
def test_only_approvers_approve(world: World, by: str) -> None:
    """Others are told who may, and the gate stays closed."""
    card = world.asked(by=BOB)
    world.press(APPROVE, card, by=by)
    world.settle()
    said = world.whispers(by)[-1]
    assert ("[not_allowed]" if by == GUS else "[not_approver]") in said
    assert by == GUS or f"<!subteam^{RELIABILITY}>" in said
    assert world.tries == 0


def test_a_second_press_is_told_how_it_stands(world: World) -> None:
    """An approval that comes after the gate was opened says so and has no effect."""
    card = world.approved(by=BOB)
    world.press(APPROVE, card, by=LEA)
    world.press(APPROVE, card, by=BOB)
    world.settle()
    assert "it is already approved" in world.whispers(LEA)[-1]
    assert "it is already approved" in world.whispers(BOB)[-1]
    assert len(world.operation(card).approvals) == 1
    assert world.mutations == ["PUT"]


def test_twenty_people_press_at_once(world: World) -> None:
    """A gate of one opens once: one approval, one PUT, and nineteen people are told."""
    card = world.asked()
    world.machines.sleep(20)  # Slack lets users.info be asked twenty times at once
    with ThreadPoolExecutor(max_workers=len(CROWD)) as crowd:
        answers = list(crowd.map(lambda each: world.press(APPROVE, card, by=each), CROWD))
    assert all(each.ok for each in answers)
    world.settle()
    approvals = world.operation(card).approvals
    assert len(approvals) == 1
    assert world.mutations == ["PUT"]
    late = [each for each in CROWD if each != approvals[0].by]
    assert all("already approved" in world.whispers(each)[-1] for each in late)
    assert world.whispers(approvals[0].by) == []


def test_two_approvals_are_two_people(world: World) -> None:
    """A gate of two wants two distinct people; the card and the thread count them."""
    world.edit("approvals: 1", "approvals: 2")
    card = world.asked()
    world.press(APPROVE, card, by=BOB)
    world.settle()
    assert "waiting for approval (1 of 2)" in world.card(card).text
    world.press(APPROVE, world.card(card), by=BOB)
    world.settle()
    assert "you have already approved it" in world.whispers(BOB)[-1]
    assert world.tries == 0
    world.press(APPROVE, card, by=LEA)
    world.settle()
    said = world.thread(card)
    assert "Approved by Bob (1 of 2)" in said[0]
    assert "Approved by Lea (2 of 2): *all approvals are in*" in said[1]
    assert world.mutations == ["PUT"]


def test_a_policy_that_changed_voids_the_approval(world: World) -> None:
    """Approved under other rules, it waits for a new approval and says why."""
    card = world.approved()
    world.edit("deadline: 30m\n  dev", "deadline: 20m\n  dev")
    world.settle()
    assert world.tries == 0
    assert "*Approvals voided*" in world.thread(card)[-1]
    assert "the policy has changed" in world.thread(card)[-1]
    again = world.card(card)
    assert labels(again) == ["Approve", "Reject…", "Details", "Cancel request"]
    world.press(APPROVE, card, by=BOB)
    world.settle()
    assert "[stale]" in world.whispers(BOB)[-1]
    world.press(APPROVE, again, by=BOB)
    world.settle()
    assert world.mutations == ["PUT"]


@pytest.mark.parametrize(
    ("asked", "raised"), [("approvals: 1", "approvals: 2"), ("approvals: 0", "approvals: 1")]
)
def test_a_policy_that_wants_more_approvals_ends_it(world: World, asked: str, raised: str) -> None:
    """A gate that was made for fewer approvals than are wanted now lets nothing through."""
    if asked == "approvals: 1":
        card = world.approved()
    else:
        world.command("/ops restart orphan")
        gone = "00000000-0000-4000-8000-000000000000"
        world.edit(f"component_id: {CHECKOUT}", "component_id: moved")
        world.edit(f"component_id: {gone}", f"component_id: {CHECKOUT}")
        world.edit("component_id: moved", f"component_id: {gone}")
    world.edit(asked, raised)
    world.settle()
    card = world.cards(channel=DEPLOYS)[-1]
    assert world.tries == 0
    assert "cancelled" in card.text or "not carried out" in card.text
    assert f"policy now wants {raised[-1]} approval" in words(card)


def test_a_target_that_moved_to_another_connection_ends_it(world: World) -> None:
    """What was approved for one project is not sent to another that has the same ids."""
    card = world.approved()
    text = world.configuration.read_text()
    huawei = text[text.index("  huawei:") : text.index("\ntargets:")]
    moved = text.replace("connection: huawei", "connection: elsewhere").replace(
        huawei, huawei + huawei.replace("  huawei:", "  elsewhere:")
    )
    world.configuration.write_text(moved)
    world.settle()
    assert world.tries == 0
    assert "no longer on huawei" in words(world.card(card))


def test_faults_in_the_file_leave_the_old_rules_in_force(world: World) -> None:
    """A file that is broken while everything runs changes nothing."""
    card = world.approved()
    world.configuration.write_text("targets: [")
    world.settle()
    assert "succeeded" in world.card(card).text


def test_a_gate_without_a_plan_does_not_open(world: World) -> None:
    """While Slipway still reads what runs, nobody can approve what nobody has seen."""
    world.breaks(Fault(kind="drop", match="GET *", times=None))
    world.command("/deploy checkout 1.4.0")
    world.wait(3)
    card = world.card()
    assert labels(card) == ["Details", "Cancel request"]
    assert "reading the live state" in card.text
    world.click(card, {"action_id": APPROVE, "value": value_of(card, CANCEL)})
    world.machines.send()
    assert "[not_ready]" in world.whispers(BOB)[-1]
    world.press(CANCEL, card, by=ANN)
    world.settle()
    assert "cancelled" in world.card(card).text


def test_a_form_is_for_whom_it_was_opened(world: World) -> None:
    """M1, M13: a form that somebody else sends, or for another operation, rejects nothing."""
    card = world.asked()
    world.press(REJECT, card, by=BOB)
    view = world.workspace.views(BOB)[-1]
    answers = [
        world.form(view, by=LEA),
        world.form(view.model_copy(update={"body": {**view.body, "private_metadata": "{}"}})),
        world.form(view.model_copy(update={"body": {**view.body, "private_metadata": ""}})),
    ]
    assert ["unreadable_request" in each.text for each in answers] == [True, True, True]
    assert world.operation(card).phase.kind == "awaiting_approval"


def test_a_form_that_is_sent_twice_rejects_once(world: World) -> None:
    """M7: the second sending finds it rejected and says so."""
    card = world.asked()
    world.press(REJECT, card, by=BOB)
    view = world.workspace.views(BOB)[-1]
    world.form(view)
    world.machines.sleep(2)
    world.form(view)
    world.settle()
    assert "already rejected" in world.whispers(BOB)[-1]
    assert len(world.thread(card)) == 1


def test_a_form_does_not_outlive_the_right(world: World) -> None:
    """M8: who lost the right since the form was opened rejects nothing."""
    card = world.asked()
    world.press(REJECT, card, by=BOB)
    world.workspace.set_group(RELIABILITY, (LEA,))
    world.machines.sleep(61)
    assert "[not_approver]" in str(world.submit("no").errors)
    assert world.operation(card).phase.kind == "awaiting_approval"


def test_another_version_that_runs_now_voids_the_approval(world: World) -> None:
    """If somebody else deployed meanwhile, people decide again about the new difference."""
    card = world.approved()
    world.cloud.meddle(CHECKOUT, "1.3.9")
    world.machines.sleep(10)
    world.settle()
    assert world.tries == 0
    voided = world.thread(card)[-1]
    assert "checkout now runs 1.3.9, no longer 1.3.0" in voided
    assert "1.3.9 → 1.4.0" in voided
    assert "1.3.9 → 1.4.0" in world.card(card).text
    world.press(APPROVE, world.card(card))
    world.settle()
    assert world.mutations == ["PUT"]


def test_another_number_that_is_set_now_voids_the_approval(world: World) -> None:
    """V2: what the card said was before is not so any more, though the same version runs."""
    card = world.approved("/ops scale checkout 3")
    world.cloud.meddle(CHECKOUT, "1.3.0", replica=10)
    world.machines.sleep(10)
    world.settle()
    assert world.tries == 0
    assert "10 replicas → 3 replicas" in world.card(card).text
    world.press(APPROVE, world.card(card))
    world.settle()
    assert world.mutations == ["POST scale"]


def test_a_change_under_way_is_not_crossed(world: World) -> None:
    """While somebody else's job runs on the component, nothing is sent."""
    card = world.approved()
    world.cloud.meddle(CHECKOUT, "1.3.9")
    world.machines.ring()
    assert world.tries == 0
    world.settle()
    assert "in_progress" in words(world.card(card))


def test_an_approver_who_left_takes_the_approval_along(world: World) -> None:
    """Right before the permit the approvers' rights count as they are then."""
    card = world.approved(by=BOB)
    world.workspace.set_group(RELIABILITY, (LEA,))
    world.machines.sleep(61)
    world.settle()
    assert world.tries == 0
    assert "can no longer approve it" in world.thread(card)[-1]
    assert labels(world.card(card)) == ["Approve", "Reject…", "Details", "Cancel request"]
    world.press(APPROVE, world.card(card), by=LEA)
    world.settle()
    assert world.mutations == ["PUT"]


def test_a_requester_who_left_ends_the_operation(world: World) -> None:
    """Deactivated before the permit, the requester's operation is cancelled with the reason."""
    card = world.approved()
    world.workspace.change_person(ANN, deleted=True)
    world.machines.sleep(61)
    world.settle()
    assert world.tries == 0
    assert "can no longer deploy this target" in world.thread(card)[-1]
    assert "cancelled" in world.card(card).text


def test_a_freeze_that_began_meanwhile_holds_it(world: World) -> None:
    """A freeze holds what was approved before, says so once, and lets it go on by itself."""
    card = world.approved()
    freeze = '    freezes: [{days: "mon-sun", reason: "sale"}]\n'
    world.edit("    approval_expires: 60m\n", f"    approval_expires: 60m\n{freeze}")
    world.settle()
    world.wait(300, step=30)
    assert world.tries == 0
    assert world.operation(card).phase.kind == "queued"
    assert [each for each in world.thread(card) if "Held back" in each] == world.thread(card)[-1:]
    assert "changes are frozen on Wednesdays (sale)" in words(world.card(card))
    assert "goes on by itself" in words(world.card(card))
    assert labels(world.card(card)) == ["Details", "Cancel request"]
    world.edit(freeze, "")
    world.wait(61, step=10)
    world.settle()
    assert "succeeded" in world.card(card).text
    assert "Held back" not in words(world.card(card))


def test_a_target_that_left_the_file_stops_it(world: World) -> None:
    """A target that is no longer in slipway.yaml is not touched."""
    card = world.approved()
    world.edit("  checkout:\n", "  register:\n")
    world.settle()
    assert world.tries == 0
    assert "no longer in slipway.yaml" in world.thread(card)[-1]
