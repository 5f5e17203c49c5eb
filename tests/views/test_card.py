"""The card: what it says in each phase."""

from datetime import timedelta
from typing import Final

import pytest

from bot.core import events as ev
from bot.core.codes import Reason
from bot.core.codes.systems import StatusOf
from bot.core.estimates import Estimate
from bot.core.languages import Language
from bot.core.operation import Operation, TaskLine
from bot.core.outcomes import LiveState
from bot.core.plan import Change, PlannedStep
from bot.core.records import Json
from bot.views.blocks import card_blocks, faults
from bot.views.card import Card, CardFacts, change_lines
from bot.views.card import card as render
from bot.views.card_time import bar, redraw_at
from bot.views.details import details
from bot.views.steps import step_lines
from bot.views.words import Locale, worded
from tests.core.builders import foreign
from tests.views.conftest import Golden
from tests.views.samples import (
    ACCEPTED,
    APPROVED,
    DRAFT,
    EN,
    EXPECTED,
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
    in_line,
    line_of,
    offering,
    told,
    without_gate,
)
from tests.views.seen import texts, words

OWN = {"now", "title", "usual", "no_rollback_reason"}  # of the card alone


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


def detailed(operation: Operation) -> str:
    """Return all words of the operation's Details."""
    return "\n".join(texts(details(operation, EN)["blocks"]))


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
    assert "Ann: totals were wrong" in text
    assert text.endswith("op-0123456789")
    assert all(line in text for line in card(told(story), FACTS, EN).notes)


@pytest.mark.parametrize("story", ["plan_refused", "rejected", "expired", "cancelled"])
def test_what_never_left_is_called_so(story: str) -> None:
    """An operation that ends before its first permit says that nothing was sent."""
    assert "Nothing was sent" in shown(story)


@pytest.mark.parametrize("story", ["succeeded", "failed", "call_refused", "uncertain", "stalled"])
def test_what_left_is_never_called_unsent(story: str) -> None:
    """Once a permit was granted, no card claims that nothing was sent."""
    assert "Nothing was sent" not in shown(story)


def test_who_may_approve_is_named_while_people_decide() -> None:
    """The approvers are mentioned while the gate is closed, and not after."""
    assert "Needs 1 approval* from <!subteam^S0SRE>, <@U0SUE>" in shown("awaiting_approval")
    assert "subteam" not in shown("queued")
    assert "subteam" not in shown("succeeded")


def test_nobody_is_pinged_who_need_not_act() -> None:
    """Who asked, approved or rejected is named; a mention is for whom the card waits for."""
    for story in STORIES:
        assert "<@U0ANN>" not in shown(story)
        acts = {"awaiting_approval", "held_back"}  # who locked the target can unlock it
        assert ("<@U0SUE>" in shown(story)) == (story in acts)


def test_whose_name_nobody_knows_is_mentioned() -> None:
    """Without a name there is still somebody to see."""
    bare = FACTS.model_copy(update={"names": {}})
    drawn = render(told("succeeded"), offering(told("succeeded"), bare), EN)
    assert "<@U0ANN>, approved by <@U0SUE>" in words(card_blocks(drawn))


def test_the_end_tells_how_long_it_took_from_the_first_permit() -> None:
    """Waiting for people is no part of the duration."""
    assert "is on *1.4.0* (was 1.3.0) · 1 min 12 s" in shown("succeeded")
    assert "after 1 min 12 s" in shown("failed")


LINES = {
    "awaiting_approval": 5,
    "watching_first": 5,
    "succeeded": 2,
    "failed": 3,
    "uncertain": 6,
    "stalled": 6,
    "plan_refused": 1,
    "expired": 1,
}


@pytest.mark.parametrize("story", LINES)
def test_a_card_is_as_short_as_its_phase_allows(story: str) -> None:
    """What has to be seen has few lines; a row of buttons is one, what stands beside is none."""
    assert len(_lines(card(told(story), FACTS, EN))) <= LINES[story]


def _lines(drawn: Card) -> list[str]:
    row = ["row"] if drawn.buttons else []
    small = ["context"] if drawn.context else []
    quote = [drawn.quote] if drawn.quote else []
    return [line for part in (*drawn.lines, *quote, *drawn.notes) for line in part.split("\n")] + [
        *small, *row
    ]  # fmt: skip


def test_late_is_called_late() -> None:
    """What takes longer than hardly any other did says so, and once nothing moves, that as well."""
    assert "Late" not in shown("timed", now=at(105))
    assert "*Late*: hardly any took longer than 1 min 5 s" in shown("timed", now=at(106))
    assert "*Stuck?* Nothing has moved since" in shown("timed", now=at(111))
    assert "Late" not in shown("watching", now=at(10_000))  # nothing was expected of it


def test_few_samples_tell_the_last_time_alone() -> None:
    """Below five samples nobody is told shares, nor that it is late."""
    few = Estimate(p50=40.0, p90=240.0, last=30.0, samples=4)
    begun = EXPECTED.model_copy(update={"expected": few})
    operation = after(REQUESTED, PLANNED, APPROVED, begun, ACCEPTED)
    drawn = card(operation, FACTS.model_copy(update={"usual": few, "now": at(900)}), EN)
    told = words(card_blocks(drawn))
    assert "last time 30 s" in told
    assert not any(each in told for each in ("usually", "Late", "Stuck", "done about"))


def test_a_running_card_tells_until_when() -> None:
    """Until when half are done, then until when nine in ten are; a moment does not grow old."""
    assert "done about *<!date^1795176080^{time}|" in shown("timed", now=at(79))
    assert "nine of ten are done by *<!date^1795176105^{time}|" in shown("timed", now=at(80))
    late = shown("timed", now=at(106))
    assert "done by" not in late
    assert "usually 40 s to 1 min" in late


def test_a_card_is_drawn_again_when_its_words_have_grown_old() -> None:
    """At p50, p90, when it is late, when it may be stuck, and at its deadline; then no more."""
    operation, moments, now = told("timed"), list[float](), at(70)
    while (again := redraw_at(operation, FACTS.model_copy(update={"now": now}))) is not None:
        moments.append((again - at(0)).total_seconds())
        now = again
    assert moments == [80.0, 100.0, 105.0, 110.0, 7_240.0]
    assert redraw_at(told("succeeded"), FACTS) is None
    assert redraw_at(told("waiting"), FACTS) is None


_STEP: Final[dict[str, Json]] = {
    "status": "Running",
    "points": [],
    "is_old": False,
    "nodes": 0,
    "upgrading": [],
    "more": 0,
}


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (None, "`▨▨▨▨▨▢▢▢▢▢`"),
        ("0", "`▱▱▱▱▱▱▱▱▱▱`"),
        ("71", "`▰▰▰▰▰▰▰▱▱▱`"),
        ("100", "`▰▰▰▰▰▰▰▰▰▰`"),
    ],
)
def test_a_bar_is_hatched_where_only_the_time_tells(share: str | None, drawn: str) -> None:
    """The vendor's percentage is drawn solid; what is guessed from the usual time is not."""
    detail = Reason(key="task.step", params={**_STEP, "progress": share or ""})
    seen = ev.TaskSeen(at=at(45), step=0, detail=detail)
    one = REQUESTED.plan.made(DRAFT.model_copy(update={"steps": DRAFT.steps[1:]}))
    approval = ev.ApprovalGiven(at=at(30), by="U0SUE", digest=one.digest)
    begun = (ev.Planned(at=at(2), plan=one), approval, EXPECTED, ACCEPTED, seen)
    operation = after(REQUESTED, *begun)
    assert bar(operation, at(60)) == drawn
    assert bar(operation, at(10_000)) == (drawn if share else "`▨▨▨▨▨▨▨▨▨▢`")


def test_an_uncertain_card_says_what_was_sent_and_when_people_may_decide() -> None:
    """That nothing is resent and the moment of decision are there; the request id in Details."""
    early = shown("uncertain", now=at(100))

    assert "the answer to *deploy* was lost" in early
    assert "Slipway will not resend it" in early
    assert "`req-2`" in detailed(told("uncertain"))
    assert "Approvers can press *Not executed* from <!date^1795176961^" in early
    late = "press *Not executed*; otherwise press *It was executed*. That takes 1 approver"
    assert late in shown("uncertain", now=at(961))


def test_without_a_plan_the_card_says_that_it_reads() -> None:
    """Before the live state is read, no "from" is claimed."""
    drawn = words(card_blocks(card(without_gate(), FACTS, EN)))

    assert "Reading the live state…" in drawn
    assert "*checkout* → *1.4.0*" in drawn
    assert "from" not in drawn


def test_a_long_list_of_steps_is_folded_around_the_present_one() -> None:
    """Of 40 steps the card shows six in a line with the present one, and counts the others."""
    steps = tuple(PlannedStep(name=f"wave {number}") for number in range(40))
    plan = PLAN.made(DRAFT.model_copy(update={"steps": steps}))
    operation = after(REQUESTED, ev.Planned(at=at(2), plan=plan))
    approval = ev.ApprovalGiven(at=at(3), by="U0SUE", digest=plan.digest)
    operation = after(operation, approval, PERMIT)
    strip = card(operation, FACTS, EN).lines[-1]

    assert strip.startswith(":outbox_tray: *Wave 0*  :white_circle:\N{NO-BREAK SPACE}Wave 1")
    assert strip.count("Wave") == 6
    assert strip.endswith("… 34 more")


def test_a_broken_row_is_shown_before_a_running_one() -> None:
    """A failed row of the remote task tells more than one under way."""
    rows = (
        TaskLine(name="Pull", status="Healthy", state="done"),
        TaskLine(name="Probe", status="Degraded", detail="connection refused", state="failed"),
        TaskLine(name="Wait", status="Progressing", state="running"),
    )
    seen = ev.TaskSeen(at=at(80), step=1, detail=foreign(""), tasks=rows)
    below = step_lines(after(told("watching"), seen), None, EN)[1]

    assert "1 of 3 tasks · Probe: Degraded (connection refused)" in below


@pytest.mark.parametrize("story", ["stalled", "failed", "call_refused"])
def test_a_reason_is_told_once(story: str) -> None:
    """A card says why once."""
    drawn = card(told(story), FACTS, EN)
    reason = worded(told(story).steps[-1].detail or told(story).steps[0].detail, EN)

    assert words(card_blocks(drawn)).count(reason) == 1


@pytest.mark.parametrize("name", ["version", "image tag"])
def test_the_version_is_told_once(name: str) -> None:
    """A change that says what "from → to" says already has no line; any other has one."""
    same = Change(name=name, before="1.3.0", after="1.4.0")
    other = Change(name=name, before="1.2.9", after="1.4.0")
    named = Change(name="chart", before="1.3.0", after="1.4.0")
    plan = MADE.model_copy(update={"changes": (same, other, named)})
    drawn = card(after(REQUESTED, PLANNED.model_copy(update={"plan": plan})), FACTS, EN)
    assert drawn.notes == (
        f"• {name}: `1.2.9` → `1.4.0`",
        "• chart: `1.3.0` → `1.4.0`",
    )
    assert "*1.4.0*   _from 1.3.0_" in drawn.lines[0]


def test_an_image_of_the_version_is_no_other_change() -> None:
    """An address that ends with the version says it once more; another repository does not."""
    same = Change(name="image", before="shop/checkout:1.3.0", after="shop/checkout:1.4.0")
    other = Change(name="image", before="shop/checkout:1.3.0", after="evil/checkout:1.4.0")
    plan = MADE.model_copy(update={"changes": (same, other)})
    assert change_lines(plan, EN) == ("• image: `shop/checkout:1.3.0` → `evil/checkout:1.4.0`",)


def test_findings_are_listed_the_worst_first() -> None:
    """What failed stands above what is only risky; what is done or never began is no finding."""
    drawn = card(told("failed_with_ways"), FACTS, EN)

    assert drawn.lines[1:] == (
        "• *Failed* node-3: kubelet: no answer &lt;in&gt; 5 s",
        "• *Risk* node-1: disk usage: 85 % of /var is in use",
        "• *Risk* node-2: disk usage",
    )
    assert "1 of 5 tasks · node-3: kubelet: Failed" in step_lines(_seen(FINDINGS), None, EN)[1]


def _seen(rows: tuple[TaskLine, ...]) -> Operation:
    return after(told("watching"), ev.TaskSeen(at=at(80), step=1, detail=foreign(""), tasks=rows))


def test_a_single_risk_is_listed_and_a_single_failure_told_at_its_step() -> None:
    """Nothing that a failed step complains of is left out of Details."""
    for row, is_listed in ((FINDINGS[0], True), (FINDINGS[3], False)):
        event = WITH_WAYS.model_copy(update={"tasks": (row, FINDINGS[1])})
        operation = after(told("watching"), event)
        assert len(card(operation, FACTS, EN).lines) == 1 + is_listed
        assert row.name in detailed(operation)


def test_findings_beyond_three_are_counted() -> None:
    """A check of many nodes does not flood the channel; Details and the thread list them."""
    event = WITH_WAYS.model_copy(update={"tasks": FINDINGS[:1] * 400})
    _, *findings = card(after(told("watching"), event), FACTS, EN).lines

    assert len(findings) == 4
    assert findings[-1] == "… 397 more, see Details"


def test_a_way_on_is_explained_before_it_counts() -> None:
    """Whoever presses is asked with what it does; afterwards the card says what was done."""
    assert "the upgrade is tried once more" in shown("failed_with_ways")
    assert "disk usage on node-1 and node-2 is not" in detailed(told("failed_with_ways"))
    later = shown("failed_with_ways", continued_by="op-9876543210")
    assert "Skip 2 risks" not in later
    assert "Continued by `op-9876543210`." in later


def test_what_goes_on_names_what_it_goes_on_with() -> None:
    """The way from the second card to the first is its id, with the way that was chosen."""
    parameters = PLAN.parameters.model_copy(update={"way": "skip", "items": ("disk",)})
    second = {"follows": "op-9876543210", "parameters": parameters}
    drawn = details(told("watching").model_copy(update=second), EN)

    assert "Continues `op-9876543210` (skip)" in "\n".join(texts(drawn["blocks"]))


def test_changes_beyond_five_are_counted() -> None:
    """A plan that changes many settings does not flood the channel."""
    changes = tuple(Change(name=f"key{n}", before="a", after="b") for n in range(11))
    plan = MADE.model_copy(update={"changes": changes})
    lines = card(after(REQUESTED, PLANNED.model_copy(update={"plan": plan})), FACTS, EN).notes

    assert len(lines) == 6
    assert lines[0] == "• key0: `a` → `b`"
    assert lines[-1] == "… 6 more changes, see Details"


@pytest.mark.parametrize("story", ["awaiting_approval", "queued", "watching"])
def test_where_nothing_undoes_it_that_is_said_before(story: str) -> None:
    """Who approves reads that there is no way back, and why; nobody after the end."""
    facts = {"no_rollback_reason": foreign("clusters cannot be downgraded")}

    assert "*No way back*: clusters cannot be downgraded." in shown(story, **facts)
    assert "can be rolled back" not in shown(story, **facts)
    assert "No way back" not in shown("succeeded", **facts)
    assert "can be rolled back to 1.3.0" in shown("awaiting_approval")


def test_a_rolled_back_operation_names_what_rolled_it_back() -> None:
    """The way from the first card to the second is its id."""
    assert "Rolled back by `op-9876543210`." in shown("succeeded", rolled_back_by="op-9876543210")


def test_the_approvals_of_two_are_counted() -> None:
    """The card counts the approvals that are missing."""
    two = REQUESTED.model_copy(update={"approvals_needed": 2})
    drawn = card(after(two, PLANNED, APPROVED), FACTS, EN)

    assert "*Needs 1 more approval* from" in drawn.lines[1]


def test_the_change_and_the_console_are_linked() -> None:
    """Who approves can read what changes, where slipway.yaml says where that is."""
    pages = {"compare": "https://git.test/compare/1.3.0...1.4.0", "console": "https://cloud.test/c"}
    facts = FACTS.model_copy(update=pages)
    asked = words(card_blocks(card(told("awaiting_approval"), facts, EN)))
    ended = words(card_blocks(card(told("succeeded"), facts, EN)))

    assert "<https://git.test/compare/1.3.0...1.4.0|what changed>" in asked
    assert "<https://cloud.test/c|console>" in asked
    assert "what changed" not in ended
    assert "<https://cloud.test/c|console>" in ended


def test_bare_facts_are_enough() -> None:
    """Where nothing but the moment is known, the card offers no way back."""
    drawn = render(told("succeeded"), CardFacts(now=NOON + timedelta(hours=1)), EN)

    assert (drawn.buttons, drawn.menu, drawn.accessory) == ((), None, None)


def test_a_card_in_line_says_its_place() -> None:
    """Who waits reads the place, who has the target, and when it is expected to start."""
    operation = in_line()
    facts = FACTS.model_copy(update={"line": line_of(operation)})
    drawn = card(operation, facts, EN)
    assert "Place 2 in line for checkout, behind Deploy checkout" in drawn.notes[0]
    assert "Expected to start" in drawn.notes[0]
    assert "waiting in line" in drawn.text
    assert "reading" not in words(card_blocks(drawn))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_failed_card_has_one_line_of_what_runs(language: Language) -> None:
    """As the cloud said it right afterwards, with its moment; gone with what took it back."""
    headline = StatusOf(version="2.1.0", status="failed").reason
    left = LiveState(headline=headline, replicas="0 of 2", at=NOON)
    facts, locale = FACTS.model_copy(update={"left": left}), Locale(language=language)
    plain = render(told("failed"), FACTS, locale)
    shown = render(told("failed"), facts, locale)
    [line] = [each for each in shown.lines if each not in plain.lines]
    assert "*2.1.0*" in line
    assert "0 of 2" in line
    assert "2.1.0" in shown.text
    taken_back = facts.model_copy(update={"rolled_back_by": "op-9876543210"})
    assert "2.1.0" not in render(told("failed"), taken_back, locale).text
