"""Several gates: each wants people of its own, and one person opens one of them."""

import json

import pytest

from tests.conversations.cards import APPROVE, DETAILS, labels, operation_of, words
from tests.conversations.places import ANN, BOB, CROWD, EVE, LEA
from tests.conversations.world import World

OLD = """\
    approve: [S0SRE]
    approvals: 1
    approval_expires: 60m
"""
KIM = CROWD[0]  # of both gates, by group and by name
GATES = f"""\
    gates:
      - {{name: ops, approve: [S0SRE], approvals: 1}}
      - {{name: security, approve: [{ANN}, {KIM}, {LEA}], approvals: 1}}
    approval_expires: 60m
"""


@pytest.fixture
def gated(world: World) -> World:
    """A world whose checkout has two gates: Lea and Kim fit both, Bob one."""
    world.edit(OLD, GATES)
    return world


@pytest.mark.parametrize("order", [(LEA, BOB), (BOB, LEA)], ids=["lea first", "bob first"])
def test_two_gates_open_in_any_order(gated: World, order: tuple[str, str]) -> None:
    """Whoever fits both makes room for whoever fits one: nobody is blocked needlessly."""
    card = gated.asked()
    gated.press(APPROVE, card, by=order[0])
    gated.settle()
    assert gated.operation(card).phase.kind == "awaiting_approval"
    gated.press(APPROVE, gated.card(card), by=order[1])
    gated.settle()
    assert "succeeded" in gated.card(card).text
    assert gated.mutations == ["PUT"]


def test_the_card_says_each_gate(gated: World) -> None:
    """How many are there of how many, who did and who can; Details says the same."""
    card = gated.asked()
    shown = words(card)
    assert "ops: 0 of 1 from <!subteam^S0SRE>" in shown
    assert f"security: 0 of 1 from <@{ANN}>, <@{KIM}>, <@{LEA}>" in shown
    gated.press(APPROVE, card, by=BOB)
    gated.settle()
    assert "ops: 1 of 1, by Bob" in words(gated.card(card))
    gated.press(DETAILS, gated.card(card), by=EVE)
    seen = json.dumps(gated.workspace.views(EVE)[-1].body)
    assert "ops: 1 of 1, by " in seen
    assert "security: 0 of 1" in seen


def test_a_second_of_the_same_gate_is_told_what_is_closed(gated: World) -> None:
    """Nothing is counted, and the answer names the gate that still waits."""
    card = gated.asked()
    gated.press(APPROVE, card, by=BOB)
    gated.settle()
    other = CROWD[1]
    gated.press(APPROVE, gated.card(card), by=other)
    gated.settle()
    assert "ops needs no more approvals; security does" in gated.whispers(other)[-1]
    assert len(gated.operation(card).approvals) == 1
    assert "Approve" in labels(gated.card(card))


def test_the_requester_opens_none(gated: World) -> None:
    """Ann stands at a gate, and asked for it herself."""
    card = gated.asked()
    gated.press(APPROVE, card, by=ANN)
    gated.settle()
    assert "[self_approval]" in gated.whispers(ANN)[-1]


def test_two_accounts_of_one_person_open_one_gate(gated: World) -> None:
    """Aliases count once, at whichever gate."""
    with gated.configuration.open("a") as file:
        file.write(f"aliases: [[{LEA}, {KIM}]]\n")
    card = gated.asked()
    gated.press(APPROVE, card, by=LEA)
    gated.settle()
    gated.press(APPROVE, gated.card(card), by=KIM)
    gated.settle()
    assert "already approved" in gated.whispers(KIM)[-1]
    assert gated.operation(card).phase.kind == "awaiting_approval"


def test_why_and_can_name_each_gate_with_its_line(gated: World) -> None:
    """The gates stand there in order, each with its outcome and where slipway.yaml says so."""
    card = gated.asked()
    gated.press(APPROVE, card, by=BOB)
    gated.settle()
    lines = gated.configuration.read_text().splitlines()
    at = next(n for n, line in enumerate(lines, start=1) if "name: ops" in line)
    said = gated.command(f"/ops why {operation_of(card)}").text
    assert f"policies.prod.gates.ops, slipway.yaml:{at}" in said
    assert f"policies.prod.gates.security, slipway.yaml:{at + 1}" in said
    assert "still needs 1 approval at the gate security" in said
    assert "can do this now" in gated.command(f"/ops can <@{LEA}> approve checkout").text
    assert "cannot do this now" in gated.command(f"/ops can <@{CROWD[2]}> approve checkout").text


def test_an_approver_who_left_a_gate_voids_the_approvals(gated: World) -> None:
    """Rights are read again before the permit, for each gate."""
    card = gated.asked()
    gated.press(APPROVE, card, by=BOB)
    gated.settle()
    gated.press(APPROVE, gated.card(card), by=LEA)
    gated.edit(f"{KIM}, {LEA}]", f"{KIM}]")
    gated.settle()
    assert gated.tries == 0
    assert gated.operation(card).phase.kind == "awaiting_approval"
    assert gated.operation(card).approvals == ()


def test_a_new_gate_ends_what_was_asked_without_it(world: World) -> None:
    """What was asked for under fewer gates is asked for anew."""
    card = world.approved()
    world.edit(OLD, GATES)
    world.settle()
    assert world.tries == 0
    assert "now wants" in words(world.card(card))


def test_gates_take_no_effect_on_rollbacks(gated: World) -> None:
    """A rollback has its own number, of all who can approve."""
    card = gated.asked()
    for each in (BOB, LEA):
        gated.press(APPROVE, gated.card(card), by=each)
        gated.settle()
    assert "Starting" in gated.command("/rollback checkout").text
    gated.settle()
    assert "succeeded" in gated.card().text


def test_both_ways_of_writing_gates_are_a_fault(gated: World) -> None:
    """`approve` beside `gates` is refused with its line, and the old file stays in force."""
    assert "at security: 1" in gated.command("/deploy checkout 1.4.0 --dry-run").text
    gated.edit("    gates:\n", "    approve: [S0SRE]\n    gates:\n")
    assert "at security: 1" in gated.command("/deploy checkout 1.4.0 --dry-run").text
