"""The card: what it says in each phase."""

from datetime import timedelta

import pytest

from bot.core import events as ev
from bot.core.estimates import Estimate
from bot.core.operation import Operation, TaskLine
from bot.core.plan import Change, PlannedStep
from bot.views.blocks import card_blocks, faults
from bot.views.card import Card, CardFacts
from bot.views.card import card as render
from bot.views.words import Locale, worded
from tests.core.builders import foreign
from tests.views.conftest import Golden
from tests.views.samples import (
    APPROVED,
    DRAFT,
    EN,
    FACTS,
    FINDINGS,
    MADE,
    NOON,
    PERMIT,
    PLAN,
    PLANNED,
    REQUESTED,
    STORIES,
    WITH_WAYS,
    after,
    at,
    offering,
    told,
    without_gate,
)
from tests.views.seen import words

OWN = {"now", "title", "usual", "left", "no_rollback_reason"}  # of the card alone


def card(operation: Operation, facts: CardFacts, locale: Locale) -> Card:
    """Return the card with the buttons that the rules offer."""
    return render(operation, offering(operation, facts), locale)


def shown(story: str, **facts: object) -> str:
    """Return all words of the card of a story; *facts*: what the card or the rules know else."""
    own = {name: value for name, value in facts.items() if name in OWN}
    known = {name: value for name, value in facts.items() if name not in OWN}
    operation = told(story)
    offered = offering(operation, FACTS.model_copy(update=own), **known)
    return words(card_blocks(render(operation, offered, EN)))


@pytest.mark.parametrize("story", STORIES)
def test_each_phase_has_its_card(story: str, golden: Golden) -> None:
    """What people see changes only on purpose, and passes Slack's limits."""
    drawn = card(told(story), FACTS, EN)
    blocks = card_blocks(drawn)

    assert faults(blocks) == ()
    golden(f"cards/{story}", {"text": drawn.text, "blocks": blocks})


@pytest.mark.parametrize("story", STORIES)
def test_the_text_alone_is_understood(story: str) -> None:
    """A notification says what is done to what, how it stands, who asked, why, and the id."""
    text = card(told(story), FACTS, EN).text

    assert "Deploy checkout" in text
    assert "<@U0ANN>: totals were wrong" in text
    assert text.endswith("op-0123456789")
    assert all(line in text for line in card(told(story), FACTS, EN).notes)


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
    assert "1 approval from <!subteam^S0SRE>, <@U0SUE>" in shown("awaiting_approval")
    assert "subteam" not in shown("queued")
    assert "subteam" not in shown("succeeded")


def test_the_end_tells_how_long_it_took_from_the_first_permit() -> None:
    """Waiting for people is no part of the duration."""
    assert "*Succeeded* in 1 min 12 s" in shown("succeeded")
    assert "*Failed* after 1 min 12 s" in shown("failed")


def test_late_is_called_late() -> None:
    """A running operation that takes longer than nine of ten says so; before, it does not."""
    assert "Slower than usual" not in shown("watching", now=at(100))
    assert "Slower than usual: 90 % finish within 4 min" in shown("watching", now=at(300))


def test_few_samples_tell_the_last_time_alone() -> None:
    """Below five samples nobody is told shares, nor that it is late."""
    few = Estimate(p50=40.0, p90=240.0, last=30.0, samples=4)
    words = shown("watching", usual=few, left=few, now=at(300))
    assert "last time 30 s" in words
    assert not any(each in words for each in ("usually", "Late:", " left"))
    assert "last time" not in shown("succeeded", usual=few)


def test_a_running_card_tells_what_is_left() -> None:
    """How long it still takes is said until that time is over."""
    half = Estimate(p50=150.0, p90=240.0, last=30.0, samples=9)
    over = half.model_copy(update={"p50": 0.0})
    assert "about 2 min 30 s left" in shown("watching", left=half)
    assert " left" not in shown("watching", left=over)
    assert " left" not in shown("succeeded", left=half)


def test_an_uncertain_card_says_what_was_sent_and_when_people_may_decide() -> None:
    """Time, request id, that nothing is resent, and the moment of decision are all there."""
    early = shown("uncertain", now=at(100))

    assert "`req-2`" in early
    assert "2026-11-20T12:01:01Z" in early
    assert "Slipway will not resend it" in early
    assert "Approvers can press *Not executed* from <!date^1795176961^" in early
    late = "press *Not executed*, else *It was executed*: it takes 1 approver"
    assert late in shown("uncertain", now=at(961))


def test_without_a_plan_the_card_says_that_it_reads() -> None:
    """Before the live state is read, no "from" is claimed."""
    drawn = words(card_blocks(card(without_gate(), FACTS, EN)))

    assert "reading the live state…" in drawn
    assert "*Deploy checkout* to 1.4.0" in drawn
    assert "→ 1.4.0" not in drawn


def test_a_long_list_of_steps_is_folded_around_the_present_one() -> None:
    """Of 40 steps the card shows twelve with the present one, and counts the others."""
    steps = tuple(PlannedStep(name=f"wave {number}") for number in range(40))
    plan = PLAN.made(DRAFT.model_copy(update={"steps": steps}))
    operation = after(REQUESTED, ev.Planned(at=at(2), plan=plan))
    approval = ev.ApprovalGiven(at=at(3), by="U0SUE", digest=plan.digest)
    operation = after(operation, approval, PERMIT)
    lines = card(operation, FACTS, EN).steps

    assert len(lines) == 13
    assert "Wave 0" in lines[0]
    assert lines[-1] == "… 28 more"


def test_a_broken_row_is_shown_before_a_running_one() -> None:
    """A failed row of the remote task tells more than one under way."""
    rows = (
        TaskLine(name="Pull", status="Healthy", state="done"),
        TaskLine(name="Probe", status="Degraded", detail="connection refused", state="failed"),
        TaskLine(name="Wait", status="Progressing", state="running"),
    )
    seen = ev.TaskSeen(at=at(80), step=1, detail=foreign(""), tasks=rows)
    below = card(after(told("watching"), seen), FACTS, EN).steps[1]

    assert "1 of 3 tasks · Probe: Degraded (connection refused)" in below


@pytest.mark.parametrize("story", ["uncertain", "stalled", "failed", "call_refused"])
def test_a_reason_is_told_once(story: str) -> None:
    """What the notes say is not repeated at its step."""
    drawn = card(told(story), FACTS, EN)
    reason = worded(told(story).steps[-1].detail or told(story).steps[0].detail, EN)

    assert reason in "".join(drawn.notes)
    assert reason not in "".join(drawn.steps)


@pytest.mark.parametrize("name", ["version", "image tag"])
def test_the_version_is_told_once(name: str) -> None:
    """A change that says what "from → to" says already has no line; any other has one."""
    same = Change(name=name, before="1.3.0", after="1.4.0")
    other = Change(name=name, before="1.2.9", after="1.4.0")
    named = Change(name="chart", before="1.3.0", after="1.4.0")
    plan = MADE.model_copy(update={"changes": (same, other, named)})
    drawn = card(after(REQUESTED, PLANNED.model_copy(update={"plan": plan})), FACTS, EN)
    assert drawn.changes == (
        f"• {name}: `1.2.9` → `1.4.0`",
        "• chart: `1.3.0` → `1.4.0`",
    )
    assert "1.3.0 → 1.4.0" in drawn.headline


def test_findings_are_listed_the_worst_first() -> None:
    """What failed stands above what is only risky; what is done or never began is no finding."""
    drawn = card(told("failed_with_ways"), FACTS, EN)

    assert drawn.findings == (
        "*3 findings*, worst first",
        "• *Failed* node-3: kubelet: no answer &lt;in&gt; 5 s",
        "• *Risk* node-1: disk usage: 85 % of /var is in use",
        "• *Risk* node-2: disk usage",
    )
    assert not any("kubelet" in line for line in drawn.steps)
    assert "1 of 5 tasks · node-3: kubelet: Failed" in card(_seen(FINDINGS), FACTS, EN).steps[1]


def _seen(rows: tuple[TaskLine, ...]) -> Operation:
    return after(told("watching"), ev.TaskSeen(at=at(80), step=1, detail=foreign(""), tasks=rows))


def test_a_single_risk_is_listed_and_a_single_failure_told_at_its_step() -> None:
    """Nothing that a failed step complains of is left out."""
    for row, is_listed in ((FINDINGS[0], True), (FINDINGS[3], False)):
        event = WITH_WAYS.model_copy(update={"tasks": (row, FINDINGS[1])})
        drawn = card(after(told("watching"), event), FACTS, EN)
        assert bool(drawn.findings) is is_listed
        assert any(row.name in line for line in (*drawn.findings, *drawn.steps))


def test_findings_beyond_ten_are_counted() -> None:
    """A check of many nodes does not flood the channel; the thread lists them."""
    event = WITH_WAYS.model_copy(update={"tasks": FINDINGS[:1] * 400})
    findings = card(after(told("watching"), event), FACTS, EN).findings

    assert len(findings) == 12
    assert findings[0].startswith("*400 findings*")
    assert findings[-1] == "… 390 more, see the thread"


def test_a_way_on_is_explained_while_it_is_offered() -> None:
    """Whoever presses can read before what it will do; afterwards the card says what was done."""
    assert "*Skip 2 risks*: disk usage on node-1 and node-2 is not" in shown("failed_with_ways")
    later = shown("failed_with_ways", continued_by="op-9876543210")
    assert "Skip 2 risks" not in later
    assert "Continued by `op-9876543210`." in later


def test_what_goes_on_names_what_it_goes_on_with() -> None:
    """The way from the second card to the first is its id, with the way that was chosen."""
    parameters = PLAN.parameters.model_copy(update={"way": "skip", "items": ("disk",)})
    second = {"follows": "op-9876543210", "parameters": parameters}
    drawn = card(told("watching").model_copy(update=second), FACTS, EN)

    [field] = [each for each in drawn.fields if each.name == "Continues"]
    assert field.words == "`op-9876543210` (skip)"


def test_changes_beyond_eight_are_counted() -> None:
    """A plan that changes many settings does not flood the channel."""
    changes = tuple(Change(name=f"key{n}", before="a", after="b") for n in range(11))
    plan = MADE.model_copy(update={"changes": changes})
    lines = card(after(REQUESTED, PLANNED.model_copy(update={"plan": plan})), FACTS, EN).changes

    assert len(lines) == 9
    assert lines[0] == "• key0: `a` → `b`"
    assert lines[-1] == "… 3 more changes"


def test_where_the_api_has_no_way_back_the_reason_is_said() -> None:
    """No button, but the words why; nothing of it where nothing was changed."""
    facts = {"no_rollback_reason": foreign("clusters cannot be downgraded")}

    assert "Rollback is not available: clusters cannot be downgraded." in shown(
        "succeeded", **facts
    )
    assert "Rollback is not" not in shown("rejected", **facts)
    assert "Rollback is not" not in shown("watching", **facts)


def test_a_rolled_back_operation_names_what_rolled_it_back() -> None:
    """The way from the first card to the second is its id."""
    assert "Rolled back by `op-9876543210`." in shown("succeeded", rolled_back_by="op-9876543210")


def test_the_approvals_of_two_are_counted() -> None:
    """The headline counts the distinct people who approved."""
    two = REQUESTED.model_copy(update={"approvals_needed": 2})
    drawn = card(after(two, PLANNED, APPROVED), FACTS, EN)

    assert "*Waiting for approval* (1 of 2)" in drawn.headline
    assert any("1 approval from" in field.words for field in drawn.fields)


def test_bare_facts_are_enough() -> None:
    """Where nothing but the moment is known, the card offers no way back."""
    drawn = render(told("succeeded"), CardFacts(now=NOON + timedelta(hours=1)), EN)

    assert drawn.buttons == ()
    assert "servicestage-v3" in words(card_blocks(drawn))
