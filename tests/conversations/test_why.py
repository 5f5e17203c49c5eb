"""Why, and who may: every rule speaks, in order, with its line of slipway.yaml."""

import re

import pytest

from tests.conversations.cards import operation_of
from tests.conversations.places import ANN, BOB, EVE, GUS, LEA
from tests.conversations.world import World


def line_of(world: World, key: str, policy: str = "prod") -> int:
    """Return the line of slipway.yaml on which *key* of a policy stands."""
    lines = world.configuration.read_text().splitlines()
    first = lines.index(f"  {policy}:", lines.index("policies:"))
    return next(
        n for n, line in enumerate(lines, 1) if n > first and line.startswith(f"    {key}:")
    )


def why(world: World, operation_id: str) -> str:
    """Return what `/ops why` says."""
    return world.command(f"/ops why {operation_id}").text


def test_why_names_the_gate_with_its_line_and_who_may_open_it(world: World) -> None:
    """What waits for an approval says so, from whom, by which line of slipway.yaml."""
    said = why(world, operation_of(world.asked()))
    assert f"`policies.prod.approve, slipway.yaml:{line_of(world, 'approve')}`" in said
    assert "it still needs 1 approval" in said.replace("It still", "it still")
    assert "Ask: <!subteam^S0SRE>" in said
    assert f"`policies.prod.request, slipway.yaml:{line_of(world, 'request')}`" in said


def test_why_names_what_holds_it(world: World) -> None:
    """A lock, and a freeze behind it, are both told; the first one decides."""
    card = world.approved()
    world.command('/ops lock checkout "Black Friday"', by=LEA)
    world.command('/ops freeze prod "stocktaking"', by=BOB)
    world.settle()
    said = why(world, operation_of(card))
    assert said.index("Black Friday") < said.index("stocktaking")
    assert f"Ask: <@{LEA}>" in said
    assert "take it over" in said


def test_why_of_what_has_ended_is_judged_by_the_policy_of_then(world: World) -> None:
    """A policy that changed since does not rewrite what was right when it was asked for."""
    card = world.done()
    world.machines.sleep(3600)
    before = line_of(world, "request")
    world.edit("    request: [S0DEVS, S0SRE]\n    approve: [S0SRE]\n    approvals: 1",
               "\n\n    request: [U0LEAD]\n    approve: [S0SRE]\n    approvals: 1")  # fmt: skip
    assert "[not_allowed]" in world.command("/deploy checkout 1.5.0").text
    said = why(world, operation_of(card))
    assert "Judged by the policy of" in said
    assert f"`policies.prod.request, slipway.yaml:{before}`" in said
    assert "You cannot" not in said


def test_why_is_asked_in_a_thread(world: World) -> None:
    """`@slipway why` in a thread means its operation."""
    card = world.asked()
    said = world.say("@slipway why", below=card)
    world.settle()
    told = said.text or " ".join(world.whispers(ANN)) + " ".join(world.thread(card))
    assert "it still needs 1 approval" in told.replace("It still", "it still")


@pytest.mark.parametrize(
    ("asked", "by", "said"),
    [
        ("deploy checkout", ANN, "can do this now"),
        ("upgrade CO", ANN, "can do this now"),
        (f"<@{EVE}> deploy checkout", ANN, "cannot do this now"),
        (f"<@{GUS}|gus> deploy checkout", ANN, "cannot do this now"),
        (f"<@{BOB}> rollback checkout", ANN, "can do this now"),
        ("scale checkout", EVE, "cannot do this now"),
        ("deploy chekout", ANN, "cannot do this now"),
        ("explode checkout", ANN, "[usage]"),
        ("deploy", ANN, "[usage]"),
        ("@ann deploy checkout", ANN, "[usage]"),
        ("deploy checkout 1.4.0", ANN, "[usage]"),
        ("approve checkout", BOB, "[unchanged]"),
    ],
)
def test_can_answers_for_anybody(world: World, asked: str, by: str, said: str) -> None:
    """Whether a person may do something now, and if not, which rule says no and what helps."""
    assert said in world.command(f"/ops can {asked}", by=by).text
    assert world.recorded == ()


def test_can_names_the_rule_that_says_no(world: World) -> None:
    """The line of slipway.yaml, who may, and the way forward stand there."""
    said = world.command(f"/ops can <@{EVE}> deploy checkout").text
    assert f"<@{EVE}> cannot do this now: Deploy checkout" in said
    assert f"`policies.prod.request, slipway.yaml:{line_of(world, 'request')}`" in said
    assert "What helps:" in said
    assert re.search(r"Ask: .*S0DEVS", said)


def test_can_approve_is_asked_of_what_waits(world: World) -> None:
    """Who may approve what waits may; its requester may not."""
    world.asked()
    assert (
        "can do this now: Approve checkout"
        in world.command("/ops can approve checkout", by=BOB).text
    )
    assert "cannot do this now" in world.command("/ops can approve checkout", by=ANN).text


def test_a_refusal_names_its_line(world: World) -> None:
    """Every refusal that a line of slipway.yaml decides names it."""
    said = world.command("/deploy checkout 1.4.0", by=EVE).text
    assert f"policies.prod.request, slipway.yaml:{line_of(world, 'request')}" in said


@pytest.mark.parametrize("asked", ["can deploy checkout", "can approve checkout"])
def test_a_target_that_is_not_shown_is_not_there(world: World, asked: str) -> None:
    """Neither about oneself nor about somebody else is anything told of it."""
    world.asked()
    world.edit("  prod:\n", "  prod:\n    visible_to: [S0SRE]\n")
    about_bob = asked.replace("can ", f"can <@{BOB}> ")
    for each in (asked, about_bob):
        assert "[unknown_target]" in world.command(f"/ops {each}", by=EVE).text
    assert "[unknown_target]" not in world.command(f"/ops {asked}", by=BOB).text
