"""Decisions: which finding decides, and what of it the person is told."""

from typing import Final

import pytest

from bot.core.codes import Denied
from bot.core.codes import rules as codes
from bot.core.rules import Decision, Finding, decide
from tests.core.rules.found import YES, moot, no, void, wish, world, yes
from tests.core.rules.known import PEOPLE
from tests.journal.builders import ANN, BOB, an_id

MOOT: Final = moot(codes.ApprovedAlready())
VOID: Final = void(codes.PlanChanged())
NEWER: Final = codes.NotNewest(newer=an_id(9), target="checkout", is_open=True)
TOLD: Final = no(NEWER, "policies.prod.request", (ANN, BOB), an_id(9))
OTHER: Final = no(codes.Draining())


@pytest.mark.parametrize(
    ("findings", "decisive"),
    [
        ((), None),
        ((YES, yes("policies.prod.request")), None),
        ((YES, TOLD, OTHER), TOLD),
        ((OTHER, MOOT, YES), OTHER),
        ((MOOT, OTHER), MOOT),
        ((YES, VOID, MOOT), VOID),
    ],
)
def test_the_first_that_is_no_yes_decides(
    findings: tuple[Finding, ...], decisive: Finding | None
) -> None:
    """Something may happen where all say yes; else the first that does not speaks for all."""
    decision = Decision(findings=findings)
    assert decision.decisive == decisive
    assert decision.is_allowed is (decisive is None)


def test_a_refusal_tells_all_that_its_finding_knows() -> None:
    """Why, which line of slipway.yaml decided, who may, and which operation is in the way."""
    refusal = Denied(
        why=NEWER.reason,
        rule="policies.prod.request",
        who=(ANN, BOB),
        operation=an_id(9),
    )
    assert Decision(findings=(YES, TOLD)).denied == refusal


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ({}, "policies.prod.request"),
        ({"policies.prod.request": 57}, "policies.prod.request, slipway.yaml:57"),
        ({"policies.prod": 55}, "policies.prod.request, slipway.yaml:55"),
        (
            {"policies.prod": 55, "policies.prod.request": 57},
            "policies.prod.request, slipway.yaml:57",
        ),
        ({"policies": 3, "targets.checkout": 9}, "policies.prod.request"),
    ],
)
def test_what_decided_is_told_with_its_line(lines: dict[str, int], place: str) -> None:
    """The line of slipway.yaml is that of the rule, or of the policy where the rule has none."""
    denied = decide(wish("deploy"), world(person=PEOPLE["unlisted"], lines=lines)).denied
    assert denied is not None
    assert denied.rule == place


@pytest.mark.parametrize("findings", [(), (YES,), (MOOT, TOLD), (VOID, TOLD)])
def test_what_has_no_effect_is_no_refusal(findings: tuple[Finding, ...]) -> None:
    """How things stand, and that people decide again, are answers of their own."""
    assert Decision(findings=findings).denied is None
