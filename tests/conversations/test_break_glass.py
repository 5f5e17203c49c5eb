"""Break-glass: nobody's approval, lock or freeze holds it, all hear of it, and somebody reviews."""

import json

import pytest

from bot.cli.shapes import operation_json
from bot.sandbox.slack import Message
from tests.conversations.cards import DETAILS, labels, operation_of, words
from tests.conversations.places import ANN, BOB, DEPLOYS, EVE, LEA
from tests.conversations.test_incidents import opened, place
from tests.conversations.world import World

REVIEW = "slipway.review"
GLASS = '--break-glass --reason "checkout is down"'
HOUR = 3600.0


@pytest.fixture
def breakable(world: World) -> World:
    """A world in which Ann and Lea may break the glass of prod."""
    glass = f"    break_glass: [{ANN}, {LEA}]\n"
    world.edit("    deadline: 30m\n  dev:", f"{glass}    deadline: 30m\n  dev:")
    return world


def broken(world: World, by: str = ANN) -> str:
    """Break the glass for a deployment, and return its operation's id when all is over."""
    card = world.asked(f"/deploy checkout 1.4.0 {GLASS}", by)
    world.settle()
    return operation_of(card)


def judged(world: World, by: str, verdict: str, note: str = "") -> dict[str, str]:
    """Fill in the form of the review that this person has open; return what is wrong with it."""
    view = world.workspace.views(by)[-1]
    assert view.body["callback_id"] == "slipway.review_form"
    values = {
        "slipway.review_verdict": {"slipway.review_verdict": verdict},
        "slipway.review_note": {"slipway.review_note": note},
    }
    return dict(world.workspace.submit(view.id, values, by=by).errors)


def glass(world: World, operation_id: str) -> dict[str, object]:
    """Return what scripts see of it."""
    operation = world.parts.journal.operations.load(operation_id)
    told = operation_json(operation, [])["break_glass"]
    assert isinstance(told, dict)
    return dict(told)


def test_a_dry_run_says_that_nobody_has_to_approve(breakable: World) -> None:
    """With the word no approval is needed, and what would hold others is passed over, by name."""
    breakable.command('/ops freeze checkout "stocktaking"', by=BOB)
    breakable.command('/ops lock checkout "Black Friday"', by=BOB)
    told = breakable.command(f"/deploy checkout 1.4.0 {GLASS} --dry-run").text
    assert "Approvals needed: none" in told
    assert "would be refused" not in told
    for held in ("stocktaking", "Black Friday"):
        [line] = [each for each in told.splitlines() if held in each]
        assert "It would pass over this: " in line
    assert "Approvals needed: 1" in breakable.command("/deploy checkout 1.4.0 --dry-run").text


def test_it_goes_without_approval_and_says_so_aloud(breakable: World) -> None:
    """Nobody is waited for; the channel hears who, what and why, and who has to review it."""
    answer = breakable.command(f"/deploy checkout 1.4.0 {GLASS}")
    assert "The glass is broken" in answer.text
    breakable.settle()
    card = breakable.card()
    assert "succeeded" in card.text
    aloud = [
        each for each in breakable.workspace.messages(DEPLOYS) if "breaks the glass" in each.text
    ]
    assert len(aloud) == 1
    assert aloud[0].is_reply
    assert "1.3.0 → 1.4.0, “checkout is down”" in aloud[0].text
    assert "<!subteam^S0SRE>" in aloud[0].text
    assert labels(aloud[0]) == ["Review"]
    assert f"<@{ANN}> *broke the glass*" in words(card)
    assert "Review" in labels(card)
    told = glass(breakable, operation_of(card))
    assert (told["by"], told["reason"], told["review"]) == (ANN, "checkout is down", None)
    assert told["due"] == "2026-11-19T09:00:00Z"


def test_locks_and_freezes_do_not_hold_it_and_are_named(breakable: World) -> None:
    """What was passed over stands on the card, in the thread, in `/ops why` and in the audit."""
    breakable.command('/ops lock checkout "stocktaking"', by=BOB)
    breakable.command('/ops freeze checkout "year end"', by=BOB)
    assert "[locked]" in breakable.command("/deploy checkout 1.4.0", by=LEA).text
    operation_id = broken(breakable)
    card = breakable.card(operation_id)
    assert "succeeded" in card.text
    for said in ("stocktaking", "year end", "1 approval"):
        assert said in words(card)
        assert said in breakable.thread(card)[0]
    why = breakable.command(f"/ops why {operation_id}").text
    assert why.count("Passed over") == 3
    assert "stocktaking" in why
    rows = breakable.parts.journal.audit.export()
    told = [each for each in rows if (each["subject"], each["what"]) == (operation_id, "allowed")]
    found = [json.loads(str(each["detail"]))["decided"]["found"] for each in told]
    assert all("lock:passed:locked.by_person" in each for each in found)
    assert all("freeze:passed:frozen.by_person" in each for each in found)
    assert any("approvals:passed:approvals_missing.passed_over" in each for each in found)


def test_why_names_what_it_passes_over_while_it_runs(breakable: World) -> None:
    """Each finding is there, said to be passed over."""
    breakable.command('/ops lock checkout "stocktaking"', by=BOB)
    operation_id = breakable.command(f"/deploy checkout 1.4.0 {GLASS}").text
    found = breakable.command(f"/ops why {breakable.recorded[0].id}").text
    assert operation_id
    assert "Passed over" in found
    assert "Nothing stands before its next call" in found


@pytest.mark.parametrize(
    ("text", "by", "code"),
    [
        ("/deploy checkout 1.4.0 --break-glass", ANN, "[reason_required]"),
        ('/deploy checkout 1.4.0 --break-glass --reason "  "', ANN, "[usage]"),
        (f"/deploy checkout 1.4.0 {GLASS}", BOB, "[not_allowed]"),
        (f"/deploy checkout 1.4.0 {GLASS}", EVE, "[not_allowed]"),
        (f"/deploy newcomer 1.4.0 {GLASS}", ANN, "[not_allowed]"),
        (f"/deploy checkout 1.4.0 {GLASS} --break-glass", ANN, "[usage]"),
    ],
)
def test_who_may_not_or_says_not_why_breaks_nothing(
    breakable: World, text: str, by: str, code: str
) -> None:
    """The policy lists who may, and each time a reason is given."""
    assert code in breakable.command(text, by=by).text
    assert breakable.recorded == ()


def test_a_halt_and_the_targets_operation_hold_it(breakable: World) -> None:
    """What is technical, or means everybody, is not behind the glass."""
    with breakable.configuration.open("a") as file:
        file.write(f"admins: [{BOB}]\n")
    breakable.command('/ops halt "the data centre burns"', by=BOB)
    assert "[halted]" in breakable.command(f"/deploy checkout 1.4.0 {GLASS}").text
    breakable.command("/ops resume", by=BOB)
    breakable.asked("/deploy checkout 1.4.0")
    refused = breakable.command(f"/deploy checkout 1.4.0 {GLASS}").text
    assert "Recorded" not in refused or "waiting" in refused.lower()


@pytest.mark.parametrize("text", [f"/rollback checkout {GLASS}", f"/ops restart checkout {GLASS}"])
def test_every_change_has_it(breakable: World, text: str) -> None:
    """Also the way back, and the verbs of /ops."""
    breakable.edit("rollback_approvals: 0", "rollback_approvals: 1")
    breakable.done()
    assert "The glass is broken" in breakable.command(text).text
    breakable.settle()
    assert "succeeded" in breakable.card().text


def test_somebody_else_reviews_it(breakable: World) -> None:
    """The form asks for a verdict and a note; both stand on the card, in the thread, in JSON."""
    operation_id = broken(breakable)
    card = breakable.card(operation_id)
    assert breakable.press(REVIEW, card, by=BOB).ok
    assert judged(breakable, BOB, "justified", "sales had stopped") == {}
    breakable.settle()
    reviewed = breakable.card(operation_id)
    assert f"Reviewed by <@{BOB}>: *justified*, “sales had stopped”." in words(reviewed)
    assert "Review" not in labels(reviewed)
    assert "sales had stopped" in breakable.thread(reviewed)[-1]
    [aloud] = [each for each in breakable.thread(reviewed) if "broke" in each or "breaks" in each]
    assert f"<@{BOB}> reviewed it" in aloud
    assert "due by" not in aloud
    assert "Decision needed" not in aloud
    review = glass(breakable, operation_id)["review"]
    assert isinstance(review, dict)
    assert (review["by"], review["verdict"], review["note"]) == (
        BOB,
        "justified",
        "sales had stopped",
    )
    breakable.press(REVIEW, card, by=LEA)
    breakable.settle()
    assert f"<@{BOB}> has already reviewed it" in breakable.whispers(LEA)[-1]


def test_who_broke_it_does_not_review_it(breakable: World) -> None:
    """Neither by the own account nor by another one, and no outsider does."""
    with breakable.configuration.open("a") as file:
        file.write(f"aliases: [[{ANN}, {LEA}]]\n")
    breakable.edit(
        "approve: [S0SRE]\n    approvals: 1\n    approval",
        f"approve: [S0SRE, {ANN}]\n    approvals: 1\n    approval",
    )
    card = breakable.card(broken(breakable))
    for by, code in ((ANN, "[self_approval]"), (LEA, "[self_approval]"), (EVE, "[not_approver]")):
        breakable.press(REVIEW, card, by=by)
        breakable.settle()
        assert code in breakable.whispers(by)[-1]
        assert breakable.workspace.views(by) == []


@pytest.mark.parametrize(
    ("verdict", "note", "field"),
    [
        ("not_justified", "", "slipway.review_note"),
        ("not_justified", "   ", "slipway.review_note"),
        ("justified", "see xoxb-123456789012-abcdef", "slipway.review_note"),
        ("", "why", "slipway.review_verdict"),
    ],
)
def test_a_review_that_cannot_be_kept_is_sent_back(
    breakable: World, verdict: str, note: str, field: str
) -> None:
    """What is wrong is said at its field, and the form stays open."""
    card = breakable.card(broken(breakable))
    breakable.press(REVIEW, card, by=BOB)
    assert list(judged(breakable, BOB, verdict, note)) == [field]
    assert len(breakable.workspace.views(BOB)) == 1


def test_a_review_is_reminded_of_until_it_is_there(breakable: World) -> None:
    """After 4 hours, 12 hours, and then each day; never twice, and never once it is there."""
    operation_id = broken(breakable)

    def reminded() -> int:
        thread = breakable.thread(breakable.card(operation_id))
        return sum("was it right to break the glass" in each for each in thread)

    seen = []
    for hours in (3.9, 0.2, 7.7, 0.3, 23.5, 0.6, 24.0):
        breakable.wait(hours * HOUR, step=600)
        breakable.settle()
        seen.append(reminded())
    assert seen == [0, 1, 1, 2, 2, 3, 4]
    assert "Review overdue" in breakable.thread(breakable.card(operation_id))[-1]
    card = breakable.card(operation_id)
    asked = breakable.workspace.thread(card.channel, card.ts)[-1]
    assert labels(asked) == ["Review"]
    breakable.press(REVIEW, asked, by=BOB)
    assert judged(breakable, BOB, "not_justified", "it could have waited") == {}
    breakable.settle()
    assert labels(breakable.workspace.thread(card.channel, card.ts)[-2]) == []
    breakable.wait(48 * HOUR, step=3600)
    assert reminded() == 4


def test_an_incident_that_is_told_of_broken_glass_is_told_of_its_review(breakable: World) -> None:
    """What an incident's channel was called for, once it stood, is over there as well."""
    breakable.asked("/deploy checkout 1.5.0", by=LEA)
    card = breakable.asked(f"/deploy checkout 1.4.0 {GLASS}")
    channel = place(breakable, opened(breakable))
    shown = {operation_of(each): each for each in breakable.cards(channel=channel)}
    there = shown[operation_of(card)]

    def call() -> Message:
        told = breakable.workspace.thread(channel, there.ts)[1:]
        return next(each for each in told if "breaks the glass" in each.text)

    assert labels(call()) == ["Review"]
    breakable.press(REVIEW, card, by=BOB)
    assert judged(breakable, BOB, "justified") == {}
    breakable.settle()
    assert labels(call()) == []
    assert f"<@{BOB}> reviewed it" in call().text
    assert "is due" not in call().text


def test_who_owes_a_review_breaks_no_glass(breakable: World) -> None:
    """Once its time is over, the same person is refused until it is there; others are not."""
    operation_id = broken(breakable)
    breakable.wait(25 * HOUR, step=3600)
    breakable.settle()
    refused = breakable.command(f"/ops restart checkout {GLASS}")
    assert "[review_due]" in refused.text
    assert operation_id in refused.text
    assert "Recorded as" in breakable.command("/ops restart checkout").text
    breakable.command(f"/ops cancel {breakable.recorded[0].id}")
    assert "Recorded as" in breakable.command(f"/ops restart checkout {GLASS}", by=LEA).text
    breakable.settle()
    breakable.press(REVIEW, breakable.card(operation_id), by=BOB)
    judged(breakable, BOB, "justified")
    assert "Recorded as" in breakable.command(f"/ops restart checkout {GLASS}").text


def test_what_came_to_nothing_wants_no_review(breakable: World) -> None:
    """Where nothing was sent there is nothing to review, and nobody is reminded."""
    operation_id = broken(breakable)
    breakable.press(REVIEW, breakable.card(operation_id), by=BOB)
    judged(breakable, BOB, "justified")
    breakable.command(f"/deploy checkout 1.4.0 {GLASS}")
    breakable.settle()
    same = breakable.recorded[0]
    assert same.phase.kind == "failed"
    assert same.id != operation_id
    assert not same.needs_review
    breakable.wait(13 * HOUR, step=3600)
    assert breakable.parts.journal.operations.reviews_due() == ()


def test_the_call_for_a_review_ends_with_what_came_to_nothing(breakable: World) -> None:
    """Cancelled before anything was sent, it is due no more, where it was called for as well."""
    breakable.asked("/deploy checkout 1.5.0", by=LEA)
    card = breakable.asked(f"/deploy checkout 1.4.0 {GLASS}")
    assert "A review is due by" in breakable.thread(card)[0]
    breakable.command(f"/ops cancel {operation_of(card)}")
    breakable.settle()
    called = breakable.thread(card)[0]
    assert "breaks the glass" in called
    assert "due" not in called
    assert "Nothing was sent" in called


def test_who_may_break_glass_is_read_again_before_the_permit(breakable: World) -> None:
    """Who is taken off the list meanwhile breaks nothing."""
    breakable.command(f"/deploy checkout 1.4.0 {GLASS}")
    breakable.edit(f"break_glass: [{ANN}, {LEA}]", f"break_glass: [{LEA}]")
    breakable.settle()
    assert breakable.tries == 0
    assert breakable.recorded[0].phase.kind in {"cancelled", "failed"}


def test_details_say_it(breakable: World) -> None:
    """Whoever opens Details reads the whole reason."""
    card = breakable.card(broken(breakable))
    breakable.press(DETAILS, card, by=EVE)
    assert "checkout is down" in json.dumps(breakable.workspace.views(EVE)[-1].body)


def test_what_could_not_be_done_is_one_line_though_the_glass_was_broken(breakable: World) -> None:
    """The grey line has no bullets and no full stops inside; where nothing ran, the same."""
    breakable.command('/ops freeze checkout "stocktaking"', by=BOB)
    breakable.command("/ops lock checkout busy", by=BOB)
    told = words(breakable.asked(f"/deploy checkout 1.3.0 {GLASS}"))
    assert "Nothing was sent" in told
    assert "*broke the glass* · Passed over: " in told
    assert "•" not in told
    assert ". ·" not in told
