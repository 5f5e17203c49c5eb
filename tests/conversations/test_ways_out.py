"""Each refusal of policy is reached through Slack's door; its way out is followed, and works."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.conversations.cards import APPROVE, operation_in
from tests.conversations.places import ANN, BOB, EVE, LEA
from tests.conversations.world import World

DEPLOY: Final = "/deploy checkout 1.4.0"
GLASS: Final = f'{DEPLOY} --break-glass --reason "it is down"'
HOUR: Final = 3600.0


def locked(world: World) -> Callable[[], None]:
    """Somebody else has locked it: an approver takes it over."""
    world.command('/ops lock checkout "mine"', by=LEA)
    return lambda: _said(world, '/ops unlock checkout "a fix"', BOB)


def frozen(world: World) -> Callable[[], None]:
    """Somebody has frozen it: it is thawed."""
    world.command('/ops freeze checkout "year end"', by=BOB)
    return lambda: _said(world, "/ops thaw checkout", BOB)


def halted(world: World) -> Callable[[], None]:
    """Everything is halted: an admin resumes."""
    world.command('/ops halt "look"', by=LEA)
    return lambda: _said(world, "/ops resume", LEA)


def without_a_reason(world: World) -> Callable[[], None]:
    """The policy wants a reason: it is given, by whoever edits the policy here."""
    world.edit("    deadline: 30m\n  dev:", "    reason: required\n    deadline: 30m\n  dev:")
    return lambda: world.edit("reason: required", "reason: optional")


def unlisted(world: World) -> Callable[[], None]:
    """The policy lists somebody else: the name is added."""
    listed = "request: [S0DEVS, S0SRE]\n    approve: [S0SRE]\n    approvals: 1"
    world.edit(listed, "request: [S0SRE]\n    approve: [S0SRE]\n    approvals: 1")
    added = f"request: [S0SRE, {ANN}]\n    approve"
    return lambda: world.edit("request: [S0SRE]\n    approve", added)


def draining(world: World) -> Callable[[], None]:
    """The installation is being stopped: it is taken back into service."""
    world.parts.journal.drain.hold("ops:1", world.machines.clock())
    return world.parts.journal.drain.end


def unknown(world: World) -> Callable[[], None]:
    """Slack does not tell who somebody is: it does again."""
    world.expected |= {"internal_error"}
    world.workspace.faults.add("users.info", "internal_error", times=5)
    return world.workspace.faults.clear


def _said(world: World, text: str, by: str) -> None:
    answer = world.command(text, by=by).text
    assert "Nothing was recorded" not in answer, answer


REFUSED: Final[dict[str, tuple[Callable[[World], Callable[[], None]], str]]] = {
    "locked": (locked, "locked"),
    "frozen": (frozen, "frozen"),
    "halted": (halted, "halted"),
    "without a reason": (without_a_reason, "reason_required"),
    "unlisted": (unlisted, "not_allowed"),
    "draining": (draining, "draining"),
    "unknown rights": (unknown, "rights_unknown"),
}


@pytest.fixture
def ruled(world: World) -> World:
    """A world with an admin, and people who may break the glass."""
    glass = f"    break_glass: [{ANN}]\n"
    world.edit("    deadline: 30m\n  dev:", f"{glass}    deadline: 30m\n  dev:")
    with world.configuration.open("a") as file:
        file.write(f"admins: [{LEA}]\n")
    return world


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_of_policy_has_a_way_out(ruled: World, name: str) -> None:
    """The code is said with what helps; after that the same words are recorded and succeed."""
    arrange, code = REFUSED[name]
    way_out = arrange(ruled)
    refused = ruled.command(DEPLOY).text
    assert f"[{code}]" in refused
    assert ruled.recorded == ()
    way_out()
    ruled.machines.sleep(1)
    card = ruled.approved(DEPLOY)
    ruled.settle()
    assert "succeeded" in ruled.card(card).text


def test_a_full_line_has_room_again(ruled: World) -> None:
    """`queue_full` says who waits; where one of them leaves, the next one has a place."""
    ruled.edit("    approvals: 1\n", "    approvals: 1\n    queue: 1\n")
    ruled.asked("/deploy checkout 1.5.0", LEA)
    waits = operation_in(ruled.command("/deploy checkout 1.6.0", by=BOB).text)
    refused = ruled.command(DEPLOY).text
    assert "[queue_full]" in refused
    _said(ruled, f"/ops cancel {waits}", BOB)
    assert "Waiting in line" in ruled.command(DEPLOY).text


@pytest.mark.parametrize("arrange", [locked, frozen], ids=["locked", "frozen"])
def test_break_glass_is_a_way_out(ruled: World, arrange: Callable[[World], object]) -> None:
    """Whoever may break the glass needs nobody's help against locks and freezes."""
    arrange(ruled)
    assert "Nothing was recorded" in ruled.command(DEPLOY).text
    assert "The glass is broken" in ruled.command(GLASS).text
    ruled.settle()
    assert "succeeded" in ruled.card().text


def test_who_may_not_approve_is_named_who_may(ruled: World) -> None:
    """`not_approver` and `self_approval` name the approvers, and one of them does it."""
    card = ruled.asked(by=LEA)
    for by, code in ((EVE, "not_approver"), (LEA, "self_approval")):
        ruled.press(APPROVE, card, by=by)
        ruled.settle()
        assert f"[{code}]" in ruled.whispers(by)[-1]
        assert "<!subteam^S0SRE>" in ruled.whispers(by)[-1]
    assert "succeeded" in ruled.approve(card).text


def test_an_overdue_review_is_given(ruled: World) -> None:
    """`review_due` names the operation; once it is reviewed the glass may be broken again."""
    ruled.command(GLASS)
    ruled.settle()
    card = ruled.card()
    ruled.wait(25 * HOUR, step=3600)
    again = '/ops restart checkout --break-glass --reason "again"'
    assert "[review_due]" in ruled.command(again).text
    ruled.press("slipway.review", ruled.card(card), by=BOB)
    view = ruled.workspace.views(BOB)[-1]
    verdict = {"slipway.review_verdict": {"slipway.review_verdict": "justified"}}
    assert ruled.workspace.submit(view.id, verdict, by=BOB).errors == {}
    assert "The glass is broken" in ruled.command(again).text
