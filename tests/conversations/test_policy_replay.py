"""`slipway policy test`: what people did is decided again under a file that is not in force yet."""

import json
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.core.rules import Decided
from tests.conversations.cards import APPROVE, REJECT, operation_of
from tests.conversations.places import ANN, BOB, DEVELOPERS, ENVIRONMENT, EVE, LEA, RELIABILITY
from tests.conversations.test_incidents import opened, place
from tests.conversations.world import World

REQUEST: Final = (
    f"    request: [{DEVELOPERS}, {RELIABILITY}]\n    approve: [{RELIABILITY}]\n    approvals: 1\n"
)


def tried(world: World, *words: str, old: str = "", new: str = "") -> Result:
    """Run the command on the world's own file, with *old* replaced."""
    text = world.configuration.read_text()
    assert old in text
    path = world.configuration.with_name("new.yaml")
    path.write_text(text.replace(old, new, 1) if old else text)
    settings = world.parts.settings
    there = {**ENVIRONMENT, "SLIPWAY_DATABASE_URL": settings.database_url}
    asked = ["policy", "test", str(path), "--days", "36500", *words]
    return CliRunner().invoke(main, asked, env=there, catch_exceptions=False)


def compared(world: World, old: str = "", new: str = "") -> dict[str, Any]:
    """Return what it prints as JSON."""
    done = tried(world, "--json", old=old, new=new)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """Return of each difference who wished what, and what it was and is."""
    return [(each["intent"], each["by"], each["was"], each["now"]) for each in found]


def rules(request: str, approve: str, approvals: int = 1) -> str:
    """Return the first lines of the policy."""
    return f"    request: {request}\n    approve: {approve}\n    approvals: {approvals}\n"


def test_under_the_same_file_nothing_differs(world: World) -> None:
    """Every decision comes out as it did, refusals included; exit 0 also with --fail-on-change."""
    world.done()
    world.command("/deploy checkout 1.5.0", by=EVE)
    found = compared(world)
    assert (found["would_block"], found["would_allow"], found["unknown"]) == ([], [], [])
    assert found["same"] >= 4
    assert tried(world, "--fail-on-change").exit_code == 0


def test_the_gate_of_an_incidents_lead_is_there_in_the_replay(world: World) -> None:
    """A fix that the lead approved then would be approved again, whoever leads since."""
    world.expected.add("already_in_channel")
    channel = place(world, opened(world))
    world.workspace.set_members(channel, (ANN, BOB, LEA, EVE, "U0SLIPWAY"))
    world.command("/deploy checkout 1.4.1", by=LEA, channel=channel)
    world.settle()
    fix = world.card()
    for each in (BOB, ANN):
        world.press(APPROVE, world.card(fix), by=each)
        world.settle()
    assert "succeeded" in world.card(fix).text
    world.wait(5)
    world.command("/incident lead", by=EVE, channel=channel)
    found = compared(world)
    assert (found["would_block"], found["would_allow"], found["unknown"]) == ([], [], [])
    [blocked] = compared(world, REQUEST, rules(f"[{RELIABILITY}]", f"[{EVE}]"))["would_block"][:1]
    assert (blocked["intent"], blocked["by"]) == ("approve", BOB)


def test_who_approved_since_the_time_grew_short_would_again(world: World) -> None:
    """Those of `escalate` count from three quarters on, also when it is decided again."""
    world.edit("    approve: [S0SRE]\n", f"    approve: [S0SRE]\n    escalate: [{EVE}]\n")
    card = world.asked()
    world.press(APPROVE, card, by=EVE)
    world.wait(46 * 60, step=60)
    world.press(APPROVE, world.card(card), by=EVE)
    world.settle()
    assert "succeeded" in world.card(card).text
    late = world.asked("/deploy checkout 1.5.0")
    world.wait(46 * 60, step=60)
    world.press(REJECT, world.card(late), by=EVE)
    world.submit("not tonight", by=EVE)
    world.settle()
    assert "rejected" in world.card(late).text
    found = compared(world)
    assert (found["would_block"], found["would_allow"], found["unknown"]) == ([], [], [])
    old, new = f"escalate: [{EVE}]", f"escalate: [{LEA}]"
    assert ("approve", EVE, "allowed", "not_approver") in told(
        compared(world, old, new)["would_block"]
    )


def test_the_days_have_an_end(world: World) -> None:
    """What reaches back before all dates is a wrong use."""
    done = tried(world, "--days", "1000000")
    assert done.exit_code == 2
    assert "is not in the range" in done.stderr


def test_what_would_be_blocked_is_named_with_its_rule(world: World) -> None:
    """A right that is taken away blocks the request, and each permit that it led to."""
    card = world.done()
    found = compared(world, REQUEST, rules(f"[{RELIABILITY}]", f"[{RELIABILITY}]"))
    assert told(found["would_block"]) == [
        ("change", ANN, "allowed", "not_allowed"),
        ("send", "slipway", "allowed", "not_allowed"),
    ]
    assert {each["rule"] for each in found["would_block"]} == {"policies.prod.request"}
    assert {each["operation"] for each in found["would_block"]} == {operation_of(card)}
    failing = tried(
        world,
        "--fail-on-change",
        old=REQUEST,
        new=rules(f"[{RELIABILITY}]", f"[{RELIABILITY}]"),
    )
    assert failing.exit_code == 1
    assert "2 would be blocked" in failing.stdout


def test_an_approval_by_somebody_else_would_not_count(world: World) -> None:
    """Approvers are judged at the press, and again before the permit."""
    world.done()
    found = compared(world, REQUEST, rules(f"[{DEVELOPERS}]", "[U0LEAD]"))
    assert told(found["would_block"])[0] == ("approve", BOB, "allowed", "not_approver")
    assert told(found["would_block"])[1][:2] == ("send", "slipway")


def test_what_would_be_allowed_is_named(world: World) -> None:
    """Somebody who was refused may, where the new file lists everybody."""
    world.command("/deploy checkout 1.5.0", by=EVE)
    found = compared(world, REQUEST, rules("[anyone]", f"[{RELIABILITY}]"))
    assert told(found["would_allow"]) == [("change", EVE, "not_allowed", "allowed")]
    assert (found["would_allow"][0]["operation"], found["would_block"]) == (None, [])
    assert found["would_allow"][0]["rule"] == "rights"


@pytest.mark.parametrize(
    ("more", "code", "rule"),
    [
        ("    freezes: [{days: mon-sun}]\n", "frozen", "policies.prod.freezes"),
        ("    reason: required\n", "reason_required", "policies.prod.reason"),
    ],
)
def test_what_else_a_policy_says_is_judged(world: World, more: str, code: str, rule: str) -> None:
    """Freezes and reasons block what was asked for then."""
    world.done()
    found = compared(world, REQUEST, REQUEST + more)
    blocked = found["would_block"][0]
    assert (blocked["intent"], blocked["now"], blocked["rule"]) == ("change", code, rule)


def test_more_approvals_would_hold_the_permit(world: World) -> None:
    """What was sent with one approval would not be sent where two are wanted."""
    world.done()
    found = compared(world, REQUEST, rules(f"[{DEVELOPERS}]", f"[{RELIABILITY}]", 2))
    assert [each["intent"] for each in found["would_block"]] == ["send"]


def test_a_group_that_nobody_asked_for_is_not_guessed(world: World) -> None:
    """Who was in it then, nobody knows: neither blocked nor allowed, and said so."""
    world.done()
    found = compared(world, REQUEST, rules("[S0NEWBIES]", f"[{RELIABILITY}]"))
    assert [each["intent"] for each in found["unknown"]] == ["change", "send"]
    assert (found["would_block"], found["would_allow"]) == ([], [])
    known = compared(world, REQUEST, rules(f"[S0NEWBIES, {DEVELOPERS}]", f"[{RELIABILITY}]"))
    assert known["unknown"] == []


def test_what_has_left_the_journal_is_no_difference(world: World) -> None:
    """`slipway prune` takes the operation of a permit away: under the same file nothing differs."""
    world.done()
    before = compared(world)
    there = {**ENVIRONMENT, "SLIPWAY_DATABASE_URL": world.parts.settings.database_url}
    gone = CliRunner().invoke(main, ["prune", "--before", "9000-01-01"], env=there)
    assert gone.exit_code == 0, gone.output
    assert not world.recorded
    found = compared(world)
    assert (found["would_block"], found["would_allow"], found["unknown"]) == ([], [], [])
    assert (found["left"], found["same"] + found["left"]) == (2, before["same"])
    failing = tried(world, "--fail-on-change")
    assert failing.exit_code == 0
    assert "2 decisions about operations that have left." in failing.stdout


def test_a_decision_is_kept_whole_and_small(world: World) -> None:
    """Each has every finding and the facts of then, and small, without values or reasons."""
    world.asked('/deploy checkout 1.4.0 env.MODE=hunter2 --reason "secret plans"')
    rows = list(world.parts.journal.audit.export())
    [row] = [each for each in rows if each["what"] == "allowed"]
    detail = str(row["detail"])
    assert len(detail) < 1_000
    assert "hunter2" not in detail
    assert "secret plans" not in detail
    decided = Decided.model_validate(json.loads(detail)["decided"])
    assert decided.found[:3] == ("known", "newest", "drain") or "rights" in decided.found
    assert decided.person is not None
    assert (decided.person.id, decided.person.groups) == (ANN, (DEVELOPERS,))
    assert decided.person.asked == (DEVELOPERS, RELIABILITY)
