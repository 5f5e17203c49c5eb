"""The card: what it says in each phase."""

from datetime import timedelta

import pytest

from bot.core import events as ev
from bot.core.operation import TaskLine
from bot.core.plan import Change, PlannedStep
from bot.views.blocks import card_blocks, faults
from bot.views.card import CardFacts, card
from bot.views.text import escaped
from tests.views.conftest import Golden
from tests.views.samples import (
    APPROVED,
    DRAFT,
    FACTS,
    MADE,
    NOON,
    PERMIT,
    PLAN,
    PLANNED,
    REQUESTED,
    STORIES,
    after,
    at,
    told,
    without_gate,
)
from tests.views.seen import words


def shown(story: str, **facts: object) -> str:
    """Return all words of the card of a story."""
    return words(card_blocks(card(told(story), FACTS.model_copy(update=facts))))


@pytest.mark.parametrize("story", STORIES)
def test_each_phase_has_its_card(story: str, golden: Golden) -> None:
    """What people see changes only on purpose, and passes Slack's limits."""
    drawn = card(told(story), FACTS)
    blocks = card_blocks(drawn)

    assert faults(blocks) == ()
    golden(f"cards/{story}", {"text": drawn.text, "blocks": blocks})


@pytest.mark.parametrize("story", STORIES)
def test_the_text_alone_is_understood(story: str) -> None:
    """A notification says what is done to what, how it stands, who asked, why, and the id."""
    text = card(told(story), FACTS).text

    assert "Deploy checkout" in text
    assert "<@U0ANN>: totals were wrong" in text
    assert text.endswith("op-0123456789")
    assert all(line in text for line in card(told(story), FACTS).notes)


@pytest.mark.parametrize("story", ["plan_refused", "rejected", "expired", "cancelled"])
def test_what_never_left_is_called_so(story: str) -> None:
    """An operation that ends before its first permit says that nothing was sent."""
    assert "Nothing was sent." in shown(story)


@pytest.mark.parametrize("story", ["succeeded", "failed", "call_refused", "uncertain", "stalled"])
def test_what_left_is_never_called_unsent(story: str) -> None:
    """Once a permit was granted, no card claims that nothing was sent."""
    assert "Nothing was sent." not in shown(story)


def test_who_may_approve_is_named_while_people_decide() -> None:
    """The approvers are mentioned while the gate is closed, and not after."""
    assert "1 approval by <!subteam^S0SRE>, <@U0SUE>" in shown("awaiting_approval")
    assert "subteam" not in shown("queued")
    assert "subteam" not in shown("succeeded")


def test_the_end_tells_how_long_it_took_from_the_first_permit() -> None:
    """Waiting for people is no part of the duration."""
    assert "*succeeded* in 1 min 12 s" in shown("succeeded")
    assert "*failed* after 1 min 12 s" in shown("failed")


def test_late_is_called_late() -> None:
    """A running operation that takes longer than nine of ten says so; before, it does not."""
    assert "Late:" not in shown("watching", now=at(100))
    assert "Late: 90 % end within 4 min" in shown("watching", now=at(300))


def test_an_uncertain_card_says_what_was_sent_and_when_people_may_decide() -> None:
    """Time, request id, that nothing is resent, and the moment of decision are all there."""
    early = shown("uncertain", now=at(100))

    assert "`req-2`" in early
    assert "2026-11-20T12:01:01Z" in early
    assert "Nothing is sent again" in early
    assert "From <!date^1795176961^" in early
    assert "an approver may press *Not executed*" in shown("uncertain", now=at(961))


def test_without_a_plan_the_card_says_that_it_reads() -> None:
    """Before the live state is read, no "from" is claimed."""
    drawn = words(card_blocks(card(without_gate(), FACTS)))

    assert "reading what runs now…" in drawn
    assert "*Deploy checkout* to 1.4.0" in drawn
    assert "→ 1.4.0" not in drawn


def test_a_long_list_of_steps_is_folded_around_the_present_one() -> None:
    """Of 40 steps the card shows twelve with the present one, and counts the others."""
    steps = tuple(PlannedStep(name=f"wave {number}") for number in range(40))
    plan = PLAN.made(DRAFT.model_copy(update={"steps": steps}))
    operation = after(REQUESTED, ev.Planned(at=at(2), plan=plan))
    approval = ev.ApprovalGiven(at=at(3), by="U0SUE", digest=plan.digest)
    operation = after(operation, approval, PERMIT)
    lines = card(operation, FACTS).steps

    assert len(lines) == 13
    assert "Wave 0" in lines[0]
    assert lines[-1] == "… 28 more"


def test_a_broken_row_is_shown_before_a_running_one() -> None:
    """A failed row of the remote task tells more than one under way."""
    rows = (
        TaskLine(name="Pull", status="success"),
        TaskLine(name="Probe", status="Failed", detail="connection refused"),
        TaskLine(name="Wait", status="RUNNING"),
    )
    seen = ev.TaskSeen(at=at(80), step=1, detail="", tasks=rows)
    below = card(after(told("watching"), seen), FACTS).steps[1]

    assert "1 of 3 tasks · Probe: Failed (connection refused)" in below


@pytest.mark.parametrize("story", ["uncertain", "stalled", "failed", "call_refused"])
def test_a_reason_is_told_once(story: str) -> None:
    """What the notes say is not repeated at its step."""
    drawn = card(told(story), FACTS)
    reason = told(story).steps[-1].detail or told(story).steps[0].detail

    assert escaped(reason) in "".join(drawn.notes)
    assert escaped(reason) not in "".join(drawn.steps)


def test_changes_beyond_eight_are_counted() -> None:
    """A plan that changes many settings does not flood the channel."""
    changes = tuple(Change(name=f"key{n}", before="a", after="b") for n in range(11))
    plan = MADE.model_copy(update={"changes": changes})
    lines = card(after(REQUESTED, PLANNED.model_copy(update={"plan": plan})), FACTS).changes

    assert len(lines) == 9
    assert lines[0] == "• key0: `a` → `b`"
    assert lines[-1] == "… 3 more changes"


def test_where_the_api_has_no_way_back_the_reason_is_said() -> None:
    """No button, but the words why; nothing of it where nothing was changed."""
    facts = {"rollback_supported": False, "no_rollback_reason": "clusters cannot be downgraded"}

    assert "No roll back: clusters cannot be downgraded." in shown("succeeded", **facts)
    assert "No roll back" not in shown("rejected", **facts)
    assert "No roll back" not in shown("watching", **facts)


def test_a_rolled_back_operation_names_what_rolled_it_back() -> None:
    """The way from the first card to the second is its id."""
    assert "Rolled back by `op-9876543210`." in shown("succeeded", rolled_back_by="op-9876543210")


def test_the_approvals_of_two_are_counted() -> None:
    """The headline counts the distinct people who approved."""
    two = REQUESTED.model_copy(update={"approvals_needed": 2})
    drawn = card(after(two, PLANNED, APPROVED), FACTS)

    assert "*waiting for approval* (1 of 2)" in drawn.headline
    assert any("1 approval by" in field.words for field in drawn.fields)


def test_bare_facts_are_enough() -> None:
    """Where nothing but the moment is known, the card offers no way back."""
    drawn = card(told("succeeded"), CardFacts(now=NOON + timedelta(hours=1)))

    assert drawn.buttons == ()
    assert "servicestage-v3" in words(card_blocks(drawn))
