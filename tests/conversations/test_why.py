"""Why, and who may: every rule speaks, in order, with its line of slipway.yaml."""

import re

import pytest

from bot.sandbox.clouds import Fault
from bot.views.words.naming import REFUSED, SUCCEEDED
from tests.conversations.cards import REJECT, operation_of
from tests.conversations.places import ANN, BOB, CHECKOUT, EVE, GUS, LEA
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


def test_each_thing_that_stands_in_the_way_has_its_way_out(world: World) -> None:
    """Where a lock, a freeze and a gate stand, one remedy would promise too much."""
    world.asked()
    assert "What helps: Ask one of them to press Approve." in why(world, "checkout")
    world.command('/ops lock checkout "Black Friday"', by=LEA)
    world.command('/ops freeze prod "stocktaking"', by=BOB)
    for said in (why(world, "checkout"), world.command("/ops can approve checkout", by=BOB).text):
        _, _, helps = said.partition("What helps:\n")
        named = [each.partition(":")[0] for each in helps.splitlines() if each.startswith("•")]
        assert named[:2] == ["• Lock", "• Freeze"]
        assert f"   Ask: <@{LEA}>" in helps.splitlines()
        assert "`/ops thaw prod`" in helps
        assert '`/ops unlock checkout "reason"`' in helps
    assert "• Approvals: Ask one of them to press Approve." in why(world, "checkout")


def test_can_approve_says_what_holds_it_afterwards(world: World) -> None:
    """An approval is not all: what the next call would wait for stands there, each thing."""
    world.edit("    approvals: 1\n", "    approvals: 2\n")
    world.asked()
    said = world.command("/ops can approve checkout", by=BOB).text
    assert "After that approval, this still holds it:" in said
    assert "It still needs 1 approval" in said
    world.approve(world.card(), by=LEA)
    said = world.command("/ops can approve checkout", by=BOB).text
    assert "still holds it" not in said
    world.command('/ops freeze prod "stocktaking"', by=BOB)
    said = world.command("/ops can approve checkout", by=BOB).text
    assert said.index("still holds it") < said.index("stocktaking")
    assert "cannot do this now" in world.command("/ops can approve checkout", by=ANN).text
    assert "still holds it" not in world.command("/ops can approve checkout", by=ANN).text


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


def test_what_ended_says_by_whom_and_why(world: World) -> None:
    """Both answers tell how it ended, and that what was not sent is not sent any more."""
    card = world.asked()
    assert world.press(REJECT, card).ok
    assert world.submit("not today").ok
    world.settle()
    operation_id = operation_of(card)
    status = world.command(f"/ops status {operation_id}").text
    for said in (why(world, operation_id), status):
        assert f"*Rejected* by <@{BOB}>: not today" in said
    assert "*Deploy* not sent" in status
    operation_id = operation_of(world.asked("/deploy checkout 1.5.0"))
    world.wait(3700, step=600)
    for said in (why(world, operation_id), world.command(f"/ops status {operation_id}").text):
        assert "*Expired*: nobody decided in time" in said
    failed = operation_of(world.done("/deploy flaky 2.1.0"))
    assert "readiness probe failed" in why(world, failed)


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
        ("restart orphan", ANN, "can do this now"),
        (f"<@{EVE}> deploy checkout", ANN, "cannot do this now"),
        (f"<@{GUS}|gus> deploy checkout", ANN, "cannot do this now"),
        (f"<@{BOB}> rollback checkout", ANN, "can do this now"),
        ("scale checkout", EVE, "cannot do this now"),
        ("deploy chekout", ANN, "No target is called chekout"),
        ("explode checkout", ANN, "[usage]"),
        ("deploy", ANN, "[usage]"),
        ("@nobody deploy checkout", ANN, "[usage]"),
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


def test_what_is_asked_about_another_is_not_told_as_of_oneself(world: World) -> None:
    """Ann asks what Eve can do: she reads of Eve, not of "you"; about herself it is "you"."""
    said = world.command(f"/ops can <@{EVE}> rollback checkout", by=ANN).text
    assert f"<@{EVE}> cannot roll back this target." in said
    assert f"have <@{EVE}> added to the policy" in said
    world.asked(by=LEA)
    for who in (EVE, LEA):
        said += world.command(f"/ops can <@{who}> approve checkout", by=ANN).text
    assert f"<@{EVE}> cannot approve this." in said
    assert f"<@{LEA}> requested it; someone else must approve it." in said
    assert "you" not in said.lower().split()
    assert (
        "You cannot deploy this target." in world.command("/ops can deploy checkout", by=EVE).text
    )


def test_can_approve_is_asked_of_what_waits(world: World) -> None:
    """Who may approve what waits may; its requester may not."""
    world.asked()
    assert (
        "can do this now: Approve checkout"
        in world.command("/ops can approve checkout", by=BOB).text
    )
    assert "cannot do this now" in world.command("/ops can approve checkout", by=ANN).text


def test_can_approve_takes_the_id_that_is_named_everywhere(world: World) -> None:
    """What waits is never said not to, and what there is not is said to be unknown."""
    operation_id = operation_of(world.asked())
    said = world.command(f"/ops can approve {operation_id}", by=BOB).text
    assert "can do this now: Approve checkout" in said
    for asked, code in (
        ("can approve op-0123456789", "[unknown_operation]"),
        ("can approve chekout", "Did you mean checkout?"),
        ("can deploy chekout", "Did you mean checkout?"),
        (f"can deploy {operation_id}", "[unknown_target]"),
        ("can approve flaky", "Nothing of flaky waits for an approval"),
    ):
        said = world.command(f"/ops {asked}", by=BOB).text
        assert code in said
        assert "policy" not in said.lower()


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


def test_why_of_a_target_is_of_its_operation(world: World) -> None:
    """Nobody has to know an id: a target's is the one that has it, or else its newest."""
    assert "nobody has asked" in world.command("/ops why checkout").text.lower()
    card = world.asked()
    assert "it still needs 1 approval" in why(world, "co").replace("It still", "it still")
    world.approve(card)
    assert operation_of(card) in why(world, "checkout")
    assert "Judged by the policy of" in why(world, "checkout")
    assert "[unknown_target]" in why(world, "chekout")


def test_why_of_what_runs_is_that_it_runs(world: World) -> None:
    """While a step is at the cloud nothing is said to be free, and nothing else judged."""
    world.cloud.take_seconds(CHECKOUT, 600)
    card = world.approved()
    world.machines.ring()
    said = why(world, operation_of(card))
    assert "Nothing stands before its next call" not in said
    assert "runs in the cloud" in said
    assert SUCCEEDED not in said


def test_why_of_what_waits_for_a_decision_names_who_decides(world: World) -> None:
    """What is stalled has a card with its ways: nobody is told to request it again."""
    card = world.approved()
    world.expected.add("SVCSTG.00100429")
    world.breaks(Fault(kind="vanished_job", times=None))
    world.wait(360, step=10)
    world.wait(3 * 3600, step=600)  # past its deadline
    assert world.operation(card).phase.kind == "stalled"
    said = why(world, operation_of(card))
    assert "waits for a decision" in said
    assert "Ask: <!subteam^S0SRE>" in said
    assert "Request the change again" not in said


def test_why_of_a_rollback_is_not_refused_for_its_own_sake(world: World) -> None:
    """Of what has ended, nothing counts that has happened since: least of all itself."""
    world.done()
    world.command("/rollback checkout", by=BOB)
    world.settle()
    assert world.recorded[0].phase.kind == "succeeded"
    assert REFUSED not in world.command("/ops why checkout").text


def test_why_of_a_target_is_of_who_is_next_in_line(world: World) -> None:
    """Where nobody has it, the one that is held back is meant, not one that has ended."""
    card = world.asked()
    world.command("/deploy checkout 1.5.0", by=LEA)
    world.command('/ops lock checkout "stocktaking"', by=BOB)
    world.command(f"/ops cancel {operation_of(card)}")
    world.settle()
    assert "stocktaking" in why(world, "checkout")
    assert world.recorded[0].id in why(world, "checkout")


def test_why_of_a_lost_call_says_from_when_on_people_decide(world: World) -> None:
    """Nobody is sent to a button that is not there yet."""
    world.breaks(Fault(kind="drop", when="before"))
    card = world.approved()
    world.settle()
    assert world.operation(card).phase.kind == "uncertain"
    assert "is looking for what was sent" in why(world, operation_of(card))
    world.wait(3600, step=60)
    assert "waits for a decision" in why(world, operation_of(card))


def test_can_knows_what_would_be_replaced(world: World) -> None:
    """A newer deployment of the same person takes the place of the one that waits."""
    world.asked()
    world.command("/deploy checkout 1.5.0", by=LEA)
    said = world.command("/ops can deploy checkout", by=LEA).text
    assert f"take the place of `{world.recorded[0].id}`" in said


def test_can_knows_the_line(world: World) -> None:
    """Whoever asked now would wait, or is refused where the line is full: that is said."""
    world.asked()
    assert "would wait in line behind" in world.command("/ops can deploy checkout", by=LEA).text
    for word in ("deploy checkout 1.5.0", "ops restart checkout", "ops scale checkout 3"):
        assert "Recorded" in world.command(f"/{word}", by=LEA).text
    said = world.command("/ops can deploy checkout", by=ANN).text
    assert "cannot do this now" in said
    assert "already in line" in said


def test_can_is_asked_where_it_would_be_done(world: World) -> None:
    """In an incident's channel a fix passes the freeze; asked there, it is said so."""
    world.command('/incident open "Checkout is slow" checkout', by=ANN)
    world.settle()
    assert "cannot do this now" in world.command("/ops can deploy checkout", by=ANN).text
    there = world.workspace.channels()[-1].id
    said = world.command("/ops can deploy checkout", by=ANN, channel=there).text
    assert "can do this now" in said
    world.command("/deploy checkout 1.5.0", by=ANN, channel=there)
    world.settle()
    told = why(world, world.recorded[0].id)
    assert "policies.prod.approve, slipway.yaml:" in told
    assert "gates." not in told


def test_people_are_mentioned_as_they_are_typed(world: World) -> None:
    """Slack hands `@bob` over with his id, where the manifest asks for that."""
    assert "can do this now" in world.command("/ops can @bob rollback checkout", by=ANN).text
    assert "Mention the person" not in world.command("/ops delegate @lea --for 2h", by=BOB).text


def test_people_in_a_reason_are_shown_by_name(world: World) -> None:
    """Slack hands them over with their ids; whoever reads the reason sees what was typed."""
    said = world.command('/ops lock checkout "ask @bob or #general"', by=LEA).text
    assert "ask @bob or #general" in said
    assert "U0BOB" not in said


def test_who_may_not_lock_is_told_that(world: World) -> None:
    """It is no deployment that Eve may not do."""
    assert "You cannot lock this target" in world.command('/ops lock checkout "no"', by=EVE).text
