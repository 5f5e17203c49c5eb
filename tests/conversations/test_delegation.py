"""Delegation: somebody approves in another's place, until a time, and is one with them."""

import pytest

from bot.cli.shapes import operation_json
from tests.conversations.cards import APPROVE, DETAILS, words
from tests.conversations.places import ANN, BOB, CROWD, EVE, GUS, LEA, SUE
from tests.conversations.world import World

LEND = f"/ops delegate <@{EVE}> --until 2026-12-01"
DAY = 24 * 3600.0


@pytest.fixture
def admins(world: World) -> World:
    """A world whose admin is Lea."""
    with world.configuration.open("a") as file:
        file.write(f"admins: [{LEA}]\n")
    return world


def test_who_was_named_approves_in_anothers_place(world: World) -> None:
    """The answer says until when; card, thread, JSON and audit say "Eve for Bob"."""
    said = world.command(LEND, by=BOB).text
    assert f"<@{EVE}> can approve for <@{BOB}> until" in said
    assert "2026-12-02T00:00:00Z" in said
    card = world.asked()
    assert f"<@{EVE}>" in world.replies(card)[0]
    assert world.press(APPROVE, card, by=EVE).ok
    world.settle()
    done = world.card(card)
    assert "succeeded" in done.text
    assert "approved by Eve for Bob" in words(done)
    assert "Approved by Eve for Bob" in world.thread(done)[0]
    told = operation_json(world.operation(card), [])["approvals"]
    assert isinstance(told, list)
    given = told[0]
    assert isinstance(given, dict)
    assert (given["by"], given["for"]) == (EVE, BOB)
    rows = [each for each in world.parts.journal.audit.export() if each["what"] == "approval_given"]
    assert [BOB in str(each["detail"]) for each in rows] == [True]
    world.press(DETAILS, done, by=ANN)
    assert f"<@{EVE}> for <@{BOB}>" in str(world.workspace.views(ANN)[-1].body)


def test_who_was_named_is_told(world: World) -> None:
    """In a direct message, with whose place and until when."""
    world.command(LEND, by=BOB)
    world.settle()
    told = [each.text for each in world.workspace.messages(f"D{EVE.removeprefix('U')}")]
    assert len(told) == 1
    assert f"You can approve for <@{BOB}> until" in told[0]


def test_two_words_of_one_moment_are_both_told(world: World) -> None:
    """Under two policies, and the same once more, which says nothing new: no word is lost."""
    for words_ in (LEND, f"{LEND} prod", f"{LEND} prod"):
        assert "can approve for" in world.command(words_, by=BOB).text
    world.settle()
    told = world.workspace.messages(f"D{EVE.removeprefix('U')}")
    assert len(told) == 2


def test_it_ends_by_its_time_and_by_a_word(world: World) -> None:
    """After its end, or `off`, the press is refused as before."""
    world.command(f"/ops delegate <@{EVE}> --for 2h", by=BOB)
    world.machines.sleep(2 * 3600)
    card = world.asked()
    world.press(APPROVE, card, by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]
    world.command(LEND, by=BOB)
    assert "any more" in world.command("/ops delegate off", by=BOB).text
    world.press(APPROVE, world.card(card), by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]
    assert "approves in this person's place" in world.command("/ops delegate off", by=BOB).text


def test_it_counts_under_the_policy_that_is_named(world: World) -> None:
    """Elsewhere it does not."""
    said = world.command(f"{LEND} dev", by=BOB).text
    assert "under the policy dev" in said
    card = world.asked()
    world.press(APPROVE, card, by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]
    assert "[unknown_target]" in world.command(f"{LEND} prdo", by=BOB).text


@pytest.mark.parametrize("order", [(BOB, EVE), (EVE, BOB)], ids=["bob first", "eve first"])
def test_both_are_one(world: World, order: tuple[str, str]) -> None:
    """Whoever lends the right and whoever uses it count once; a second person is still wanted."""
    world.edit("approvals: 1\n    approval_expires", "approvals: 2\n    approval_expires")
    world.command(LEND, by=BOB)
    card = world.asked()
    for each in order:
        world.press(APPROVE, world.card(card), by=each)
        world.settle()
    assert "by the right of" in world.whispers(order[1])[-1]
    assert len(world.operation(card).approvals) == 1
    world.press(APPROVE, world.card(card), by=CROWD[0])
    world.settle()
    assert "succeeded" in world.card(card).text


def test_who_has_the_right_uses_the_own_one(world: World) -> None:
    """Lea approves by herself, and Bob still can: two people, two rights."""
    world.edit("approvals: 1\n    approval_expires", "approvals: 2\n    approval_expires")
    world.command(f"/ops delegate <@{LEA}> --until 2026-12-01", by=BOB)
    card = world.asked()
    for each in (LEA, BOB):
        world.press(APPROVE, world.card(card), by=each)
        world.settle()
    assert "succeeded" in world.card(card).text
    assert [each.behalf for each in world.operation(card).approvals] == [None, None]


def test_nobody_approves_the_own_wish_in_anothers_place(world: World) -> None:
    """Neither who asked, nor somebody in the place of who asked."""
    world.command(f"/ops delegate <@{ANN}> --until 2026-12-01", by=BOB)
    card = world.asked()
    world.press(APPROVE, card, by=ANN)
    world.settle()
    assert "[self_approval]" in world.whispers(ANN)[-1]
    world.command(f"/ops cancel {world.recorded[0].id}")
    world.command(LEND, by=LEA)
    card = world.asked("/deploy checkout 1.4.0", by=LEA)
    world.press(APPROVE, card, by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]


def test_chains_do_not_extend(world: World) -> None:
    """Whoever was named has nothing to hand on."""
    world.command(LEND, by=BOB)
    refused = world.command(f"/ops delegate <@{ANN}> --until 2026-12-01", by=EVE).text
    assert "[not_approver]" in refused
    assert "not handed on" in refused


def test_what_is_taken_back_before_the_permit_counts_no_more(world: World) -> None:
    """Right before the call the right is looked at again: the approvals are void."""
    world.command(LEND, by=BOB)
    card = world.asked()
    world.press(APPROVE, card, by=EVE)
    world.command("/ops delegate off", by=BOB)
    world.settle()
    assert world.tries == 0
    assert world.operation(card).approvals == ()


def test_a_right_that_its_owner_lost_is_not_lent(world: World) -> None:
    """Who is taken off the list lends nothing any more."""
    world.edit(
        "    approve: [S0SRE]\n    approvals: 1", f"    approve: [{BOB}, {LEA}]\n    approvals: 1"
    )
    world.command(LEND, by=BOB)
    card = world.asked()
    world.edit(f"approve: [{BOB}, {LEA}]", f"approve: [{LEA}]")
    world.press(APPROVE, card, by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]


def test_admins_delegate_for_others(admins: World) -> None:
    """`--from` names whose approvals are meant; nobody else may say that."""
    refused = admins.command(f"{LEND} --from <@{BOB}>", by=BOB).text
    assert "[not_allowed]" in refused
    assert (
        f"<@{EVE}> can approve for <@{BOB}>"
        in admins.command(f"{LEND} --from <@{BOB}>", by=LEA).text
    )
    card = admins.asked()
    admins.press(APPROVE, card, by=EVE)
    admins.settle()
    assert "succeeded" in admins.card(card).text
    assert "[not_allowed]" in admins.command(f"/ops delegate off --from <@{BOB}>", by=ANN).text
    assert "any more" in admins.command(f"/ops delegate off --from <@{BOB}>", by=LEA).text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"<@{EVE}> --until 2026-11-17", "[bad_end]"),
        (f"<@{EVE}> --until 2026-11-18T08:59", "[bad_end]"),
        (f"<@{EVE}> --until 2126-11-18", "[bad_end]"),
        (f"<@{EVE}> --for 36500d", "[bad_end]"),
        (f"<@{EVE}> --for 0h", "[bad_end]"),
        (f"<@{EVE}> --for -2h", "[bad_end]"),
        (f"<@{EVE}> --until 2026-02-30", "[bad_end]"),
        (f"<@{EVE}> --until tomorrow", "[bad_end]"),
        (f"<@{EVE}> --until 9999-12-31", "[bad_end]"),
        (f"<@{EVE}>", "[usage]"),
        (f"<@{EVE}> --until 2026-12-01 --for 2h", "[usage]"),
        ("--until 2026-12-01", "[usage]"),
        ("eve --until 2026-12-01", "[usage]"),
        ("<!channel> --until 2026-12-01", "[usage]"),
        ("<!subteam^S0SRE> --until 2026-12-01", "[usage]"),
        (f"<@{EVE}> --until 2026-12-01 prod dev", "[usage]"),
        (f"<@{EVE}> --until 2026-12-01 --from bob", "[usage]"),
        (f"<@{BOB}> --until 2026-12-01", "[bad_delegate]"),
        (f"<@{GUS}> --until 2026-12-01", "[bad_delegate]"),
        (f"<@{SUE}> --until 2026-12-01", "[bad_delegate]"),
        ("<@U0SLIPWAY> --until 2026-12-01", "[bad_delegate]"),
        ("<@U0NOBODY> --until 2026-12-01", "[rights_unknown]"),
        ("off now", "[usage]"),
    ],
)
def test_what_cannot_be_meant_is_refused(world: World, text: str, code: str) -> None:
    """M11: an end that never comes, oneself, bots, guests, strangers, and who nobody knows."""
    world.expected |= {"user_not_found"}
    said = world.command(f"/ops delegate {text}", by=BOB).text
    assert code in said, said
    assert world.parts.journal.target_facts.everywhere() == ()


def test_another_account_of_ones_own_is_oneself(world: World) -> None:
    """Aliases are one person, also here."""
    with world.configuration.open("a") as file:
        file.write(f"aliases: [[{BOB}, {EVE}]]\n")
    assert "[bad_delegate]" in world.command(LEND, by=BOB).text


def test_an_hour_that_the_clocks_skip_is_no_time(world: World) -> None:
    """Without a zone the policy's own is meant, and the answer says which; some hours are none."""
    freeze = "    freezes: [{from: 2027-01-01, until: 2027-01-02, zone: Europe/Berlin}]\n"
    world.edit("    deadline: 30m\n  dev:", f"{freeze}    deadline: 30m\n  dev:")
    skipped = f"/ops delegate <@{EVE}> --until 2027-03-28T02:30 prod"
    assert "[bad_end]" in world.command(skipped, by=BOB).text
    said = world.command(f"/ops delegate <@{EVE}> --until 2027-03-28T03:30 prod", by=BOB).text
    assert "2027-03-28T01:30:00Z" in said
    assert "Europe/Berlin" in said


def test_an_outsider_delegates_nothing(world: World) -> None:
    """Nobody lends what nobody gave."""
    assert "[not_approver]" in world.command(LEND, by=ANN).text
    assert "[not_allowed]" in world.command(LEND, by=GUS).text


def test_a_second_one_takes_the_place_of_the_first(world: World) -> None:
    """One at a time for each policy, or all: who was named before approves no more."""
    world.command(LEND, by=BOB)
    world.command(f"/ops delegate <@{ANN}> --until 2026-12-01", by=BOB)
    card = world.asked("/deploy checkout 1.4.0", by=LEA)
    world.press(APPROVE, card, by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]
    world.press(APPROVE, world.card(card), by=ANN)
    world.settle()
    assert "succeeded" in world.card(card).text


def test_gates_are_opened_in_anothers_place(world: World) -> None:
    """Of several gates, that one opens which its owner could open."""
    old = "    approve: [S0SRE]\n    approvals: 1\n    approval_expires: 60m\n"
    gates = f"[{{name: ops, approve: [{LEA}]}}, {{name: security, approve: [{BOB}]}}]"
    world.edit(old, f"    gates: {gates}\n    approval_expires: 60m\n")
    world.command(LEND, by=BOB)
    card = world.asked()
    for each in (EVE, LEA):
        world.press(APPROVE, world.card(card), by=each)
        world.settle()
    assert "succeeded" in world.card(card).text
    told = operation_json(world.operation(card), [])["approvals"]
    assert isinstance(told, list)
    assert [each["gate"] for each in told if isinstance(each, dict)] == ["security", "ops"]


def test_can_says_that_somebody_stands_in(world: World) -> None:
    """`/ops can` follows the same decision."""
    world.command(LEND, by=BOB)
    world.asked()
    assert "can do this now" in world.command(f"/ops can <@{EVE}> approve checkout").text


def test_what_is_wrong_with_a_delegation_is_named(world: World) -> None:
    """A policy that there is not is called a policy; without an end, the end is what is missing."""
    told = world.command(f"/ops delegate <@{EVE}> --until 2030-01-01 nope", by=BOB).text
    assert "No policy is called nope" in told
    told = world.command(f"/ops delegate <@{EVE}>", by=BOB).text
    assert "Nothing says until when" in told
    assert "No target and no policy is called nope" in world.command("/ops report nope").text
    assert "No target and no policy is called nope" in world.command("/ops thaw nope", by=BOB).text
