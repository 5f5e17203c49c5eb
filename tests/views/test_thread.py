"""The thread: which events are told, and in which words."""

from typing import Final, get_args

import pytest

from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import TaskLine
from bot.core.policy import Policy
from bot.core.records import SLIPWAY
from bot.sandbox.slack.strictness import check_message
from bot.views.blocks import card_blocks, faults, line_blocks
from bot.views.card import card
from bot.views.text import TEXT_MAX
from bot.views.thread import fresh, reply, seen, together
from tests.core.builders import foreign
from tests.views.conftest import Golden
from tests.views.samples import (
    ANN,
    APPROVED,
    EN,
    EVENTS,
    FAILURE,
    FORGONE,
    LATE,
    LOST,
    MADE,
    PERMIT,
    PLANNED,
    PRECHECKED,
    REQUESTED,
    SEEN,
    STOPPED,
    SUCCESS,
    WAITS,
    WITH_WAYS,
    after,
    at,
    counting,
    offering,
    told,
    without_gate,
)

SILENT = {"requested", "answer_awaited", "permit_granted"}


def kinds() -> set[str]:
    """Return the kinds of all events that the core knows."""
    union, *_ = get_args(Event)
    return {member.model_fields["kind"].default for member in get_args(union)}


def said(kind: str) -> str:
    """Return the complete words of the reply to the sample of a kind."""
    line = reply(*EVENTS[kind], EN)
    return line.text if line else ""


def test_every_kind_of_event_is_decided() -> None:
    """A new kind of event needs a sample here, and with it a decision."""
    assert EVENTS.keys() == kinds()


@pytest.mark.parametrize("kind", EVENTS)
def test_each_event_has_its_line_or_none(kind: str, golden: Golden) -> None:
    """The words of a thread change only on purpose, and pass Slack's limits."""
    line = reply(*EVENTS[kind], EN)

    assert (line is None) == (kind in SILENT)
    blocks = line_blocks(line) if line else None
    assert faults(blocks) == () if blocks else True
    golden(f"thread/{kind}", {"text": line.text, "blocks": blocks} if line else None)


@pytest.mark.parametrize("kind", sorted(EVENTS.keys() - SILENT))
def test_each_line_alone_is_understood(kind: str) -> None:
    """A notification of a reply names action, target and operation, and what the blocks say."""
    line = reply(*EVENTS[kind], EN)

    assert line is not None
    assert "Deploy checkout" in line.text
    assert "op-0123456789" in line.text
    assert line.words in line.text
    assert all(detail in line.text for detail in line.details)


def test_what_was_seen_last_is_what_was_seen_then() -> None:
    """A reply that is drawn anew tells nothing that came after it."""
    before, after_it = SEEN.model_copy(update={"detail": foreign("pulling")}), SEEN
    events: dict[int, Event] = dict(enumerate((PERMIT, before, LATE, after_it), start=1))
    line = reply(told("stalled"), LATE, EN, seen=seen(events, 3))

    assert line is not None
    assert "Last seen: pulling" in line.text
    assert seen(events, 1) is None


def test_plain_progress_is_silent() -> None:
    """Progress belongs to the card; only what nobody listed is told."""
    assert reply(told("watching"), SEEN.model_copy(update={"note": None}), EN) is None
    assert "status 'ODD'" in said("task_seen")


def test_an_approval_tells_its_place_and_the_open_gate() -> None:
    """The first of two is counted, the last opens the gate."""
    two = after(REQUESTED.model_copy(update={"approvals_needed": 2}), PLANNED, APPROVED)
    last = ev.ApprovalGiven(at=at(40), by="U0TOM", digest=MADE.digest)

    first_line, last_line = reply(two, APPROVED, EN), reply(after(two, last), last, EN)

    assert first_line is not None
    assert first_line.words.endswith("Approved by <@U0SUE> (1 of 2)")
    assert last_line is not None
    assert last_line.words.endswith("<@U0TOM> (2 of 2): *all approvals are in*")


def test_a_failure_lists_what_was_found_and_what_can_be_done(golden: Golden) -> None:
    """The thread has every finding, the worst first, and what each way on does."""
    line = reply(told("failed_with_ways"), WITH_WAYS, EN)

    assert line is not None
    assert faults(line_blocks(line)) == ()
    assert all(words in line.text for words in (line.words, *line.below, *line.details))
    golden("thread/step_failed_with_ways", {"text": line.text, "blocks": line_blocks(line)})


def test_forty_findings_on_ten_nodes_are_all_listed() -> None:
    """What a check of a whole cluster finds has room in one reply."""
    detail = "the free space of the disk is below the threshold of this check; clean it up"
    rows = tuple(
        TaskLine(name=f"node-{number % 10}: check {number // 10}", status="Risk", detail=detail)
        for number in range(40)
    )
    line = reply(told("failed_with_ways"), WITH_WAYS.model_copy(update={"tasks": rows}), EN)

    assert line is not None
    assert faults(line_blocks(line)) == ()
    assert sum("*Risk* node-" in each for each in line.below) == 40
    assert len(line.text) <= TEXT_MAX


def test_findings_beyond_all_room_are_counted() -> None:
    """What no message can hold is counted, with the command that lists it."""
    rows = (TaskLine(name="n" * 200, status="Risk", detail="d" * 500),) * 900
    line = reply(told("failed_with_ways"), WITH_WAYS.model_copy(update={"tasks": rows}), EN)

    assert line is not None
    blocks = line_blocks(line)
    assert faults(blocks) == ()
    check_message(line.text, blocks)
    *_, rest, _, _, _ = line.below
    shown = len(line.below) - 4
    assert rest == f"… {900 - shown} more, listed by `slipway operations show --json op-0123456789`"


def test_a_late_reply_is_worded_from_its_event() -> None:
    """An approval that is told after it was voided claims no place and no open gate."""
    voided = ev.ApprovalsVoided(at=at(50), plan=MADE, reason=foreign("1.3.1 runs now"))
    line = reply(after(REQUESTED, PLANNED, APPROVED, voided), APPROVED, EN)

    assert line is not None
    assert line.words == ":+1: Approved by <@U0SUE>"


def test_without_approvals_there_are_none_to_void() -> None:
    """Where nobody had to approve, a new plan is called a new plan."""
    voided = ev.ApprovalsVoided(at=at(50), plan=MADE, reason=foreign("1.3.1 runs now"))
    line = reply(without_gate(), voided, EN)

    assert line is not None
    assert "*Plan changed*: 1.3.1 runs now" in line.words


def test_a_step_of_several_names_the_next() -> None:
    """Between steps the thread says what comes, at the end what came of it all."""
    between, end = reply(told("succeeded"), PRECHECKED, EN), reply(told("succeeded"), SUCCESS, EN)

    assert between is not None
    assert between.words == ":white_check_mark: *Precheck* succeeded in 20 s. Next: deploy"
    assert end is not None
    assert "*Deploy checkout 1.3.0 → 1.4.0 succeeded* in 1 min 12 s" in end.words


def test_a_lost_answer_promises_not_to_send_again() -> None:
    """What was sent, when, its id and what happens now are told at once."""
    line = reply(told("uncertain"), LOST, EN)

    assert line is not None
    assert "2026-11-20T12:01:01Z" in line.words
    assert "Slipway will not resend it" in line.text
    assert "`req-2`" in line.text


@pytest.mark.parametrize("kind", EVENTS)
def test_approvers_are_called_where_they_decide(kind: str) -> None:
    """Who has to decide is called by name, and nobody is for anything else."""
    line = reply(*EVENTS[kind], EN, approvers=("S0SRE", "U0SUE"))
    calls = {"answer_lost", "settle_time_passed", "watch_stalled", "executed_late", "seemed_stuck"}
    calls |= {"planned", "approvals_voided"}
    words = "Decision needed from <!subteam^S0SRE>, <@U0SUE>"
    assert (line is not None and words in line.text and words in line.details) == (kind in calls)


@pytest.mark.parametrize("kind", EVENTS)
def test_who_waits_to_hear_of_it_is_called(kind: str) -> None:
    """The end names who asked, a failure who approved as well; nobody hears of the own doing."""
    line = reply(*EVENTS[kind], EN, approvers=("S0SRE",))
    ends = {"step_succeeded", "approval_refused", "approval_lapsed"}
    trouble = {"answer_lost", "settle_time_passed", "watch_stalled", "executed_late"}
    slow = {"ran_late", "seemed_stuck"}
    told = line.details if line else ()
    failed = {"step_failed", "call_refused", "rollback_forgone"}
    ends.add("rollback_begun")
    assert ("For <@U0ANN>" in told) == (kind in {*ends, *trouble, *slow, "not_executed"})
    assert ("For <@U0ANN>, <@U0SUE>" in told) == (kind in failed)


BUTTONS: Final = {
    "answer_lost": ["Look again", "Details"],
    "settle_time_passed": ["Look again", "Details"],
    "watch_stalled": ["Keep waiting", "Look again", "Details"],
    "step_failed": ["Roll back to 1.3.0", "Try again…", "Details"],
    "call_refused": ["Try again…", "Details"],
    "not_executed": ["Roll back to 1.3.0", "Try again…", "Details"],
    "executed_late": ["Roll back to 1.3.0", "Try again…", "Details"],
    "rollback_forgone": ["Roll back to 1.3.0", "Try again…", "Details"],
    "task_waits": ["Next batch", "Roll back to 1.3.0", "Details"],
    "decision_awaited": ["Next batch", "Roll back to 1.3.0", "Details"],
    "ran_late": ["Details"],
    "seemed_stuck": ["Details"],
    "review_reminded": ["Review"],
    "turn_offered": ["Start now", "Details", "Cancel request"],
}


@pytest.mark.parametrize("kind", EVENTS)
def test_a_reply_that_people_act_on_carries_the_buttons(kind: str) -> None:
    """They are those of the card, with the same tokens; no other reply has any."""
    operation, event = EVENTS[kind]
    line = reply(operation, event, EN, facts=offering(operation))
    assert [each.text for each in line.buttons] == BUTTONS.get(kind, []) if line else True
    if line and line.buttons:
        assert faults(line_blocks(line)) == ()
        shown = {each.value for each in line.buttons}
        assert all(each.startswith("op-0123456789:") for each in shown)


def test_a_failure_says_that_it_is_rolled_back_by_itself(golden: Golden) -> None:
    """With the button that stops it, as long as somebody may press it; what is moot is not told."""
    rules = Policy(name="prod", request=(ANN,), approve=("S0SRE",), on_failure="rollback")
    operation = counting()
    facts = offering(operation, policy=rules)
    line = reply(operation, FAILURE, EN, facts=facts)
    assert line is not None
    assert [each.text for each in line.buttons][:2] == ["Roll back to 1.3.0", "Do not"]
    assert any("Press *Do not*" in each for each in line.below)
    assert "by itself" in line.text
    assert faults(line_blocks(line)) == ()
    drawn = card(operation, facts, EN)
    golden("cards/counting", {"text": drawn.text, "blocks": card_blocks(drawn)})
    stopped = after(operation, STOPPED)
    late = reply(stopped, FAILURE, EN, facts=offering(stopped, policy=rules))
    assert late is not None
    assert "by itself" not in late.text
    moot = FORGONE.model_copy(update={"is_moot": True})
    assert reply(after(operation, moot), moot, EN) is None


def test_a_reply_that_comes_too_late_carries_none() -> None:
    """Where it has moved on before the reply is drawn, there is nothing to press on it."""
    for story, event in (("succeeded", LOST), ("failed", WAITS), ("gone_on", WAITS)):
        operation = told(story)
        line = reply(operation, event, EN, facts=offering(operation))
        assert line is not None
        assert line.buttons == ()


def test_progress_is_told_at_each_quarter() -> None:
    """The thread says how far it is, in few words."""
    line = reply(told("watching"), SEEN.model_copy(update={"note": None, "quarter": 50}), EN)
    assert line is not None
    assert line.words == ":large_blue_circle: *Deploy* is past 50 %: rolling"


@pytest.mark.parametrize("kind", ["plan_refused", "approval_refused", "approval_lapsed"])
def test_what_never_left_is_told_so(kind: str) -> None:
    """An end before the first permit says that nothing was sent."""
    assert "Nothing was sent." in said(kind)


@pytest.mark.parametrize("kind", ["answer_lost", "step_failed", "call_refused", "watch_stalled"])
def test_what_left_is_not_told_unsent(kind: str) -> None:
    """Once something was sent, no reply says the opposite."""
    assert "Nothing was sent" not in said(kind)


def test_slipway_itself_is_no_person() -> None:
    """What Slipway withdraws is told without a mention that leads nowhere."""
    lapsed = ev.Withdrawn(at=at(50), by=SLIPWAY, reason=foreign("the requester left"))
    line = reply(told("cancelled"), lapsed, EN)

    assert line is not None
    assert "Cancelled* by Slipway: the requester left" in line.words


def test_several_replies_are_one_message() -> None:
    """What is told together is told in order, whole, and within Slack's rules."""
    lines = [line for pair in EVENTS.values() if (line := reply(*pair, EN)) is not None]

    whole = together(lines)

    blocks = line_blocks(whole)
    assert list(faults(blocks)) == []
    check_message(whole.text, blocks)
    assert whole.words == lines[0].words
    places = [whole.below.index(each.words) for each in lines[1:]]
    assert places == sorted(places)
    assert whole.details == lines[-1].details
    assert together(lines[:1]) == lines[0]


def test_what_is_told_together_tells_what_is_news() -> None:
    """Of a step's progress the last is told, and nobody is called to what was decided since."""
    quarters = [SEEN.model_copy(update={"note": None, "quarter": each}) for each in (25, 50, 75)]
    noted = SEEN.model_copy(update={"note": foreign("node 2 is drained"), "quarter": 0})
    thread: dict[int, Event] = dict(enumerate((PLANNED, APPROVED, *quarters, noted, SUCCESS), 1))

    assert fresh(told("awaiting_approval"), {1: PLANNED}) == {1}
    assert fresh(told("watching"), {1: PLANNED}) == {1}
    assert fresh(told("watching"), {each: thread[each] for each in range(1, 5)}) == {2, 4}
    assert fresh(told("watching"), {each: thread[each] for each in range(1, 7)}) == {2, 5, 6}
    assert fresh(told("succeeded"), thread) == {2, 6, 7}
    other = SEEN.model_copy(update={"note": None, "quarter": 25, "step": 0})
    assert fresh(told("watching"), {1: quarters[0], 2: other}) == {1, 2}
