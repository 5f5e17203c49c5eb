"""What is refused since it would go too far, or be too long: the whole of what is said."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.codes import rules as codes
from bot.core.rules import Facts, Undone
from tests.core.rules.found import OPERATIONS, YES, Table, cases, found, no, wish, world
from tests.core.rules.known import AFTER, a_change
from tests.journal.builders import BOB, SECOND, an_id

OTHER: Final = an_id(9)
AGO: Final = timedelta(minutes=10)
BACK: Final = a_change("rollback")
PLAN: Final = OPERATIONS["queued"].plan
MOST: Final = 130_000


def undone(ago: timedelta, **more: Any) -> Facts:
    """Return what is known where Bob rolled the target back so long ago."""
    done = Undone(operation=OTHER, by=BOB, at=AFTER - ago, before="1.5.0", after="1.4.0")
    return world("succeeded", undone=done, **more)


def lately(ago: timedelta) -> codes.RolledBackLately:
    """Return what is said of that."""
    return codes.RolledBackLately(
        target="checkout", operation=OTHER, by=BOB, at=AFTER - ago, before="1.5.0", after="1.4.0"
    )


def long(length: int, **more: Any) -> Facts:
    """Return what is known of a plan that takes so many characters."""
    room = length - PLAN.model_copy(update={"policy_version": ""}).length
    plan = PLAN.model_copy(update={"policy_version": "x" * room})
    operation = OPERATIONS["planned"].model_copy(update={"plan": plan})
    return world(**{"operation": operation, "live_plan": plan, **more})


FAR: Final[Table] = {
    "undone": {
        "a moment ago": (BACK, undone(AGO - SECOND), no(lately(AGO - SECOND), operation=OTHER)),
        "long enough ago": (BACK, undone(AGO), YES),
        "never": (BACK, world("succeeded"), YES),
        "to a revision": (a_change("rollback", revision="3"), undone(SECOND), YES),
        "for a deployment": (a_change("deploy", version="1"), undone(SECOND), None),
        "for a dry run": (BACK.model_copy(update={"dry_run": True}), undone(SECOND), None),
        "for a press": (wish("roll back"), undone(SECOND), None),
        "without a target": (BACK, undone(SECOND, target=None), YES),
    },
    "readable": {
        "an approval": (wish("approve"), long(MOST), YES),
        "an approval of more": (
            wish("approve"),
            long(MOST + 1),
            no(codes.TooLargeToRead(length=MOST + 1, most=MOST)),
        ),
        "a plan": (wish("prepare"), long(MOST), YES),
        "a plan of more": (
            wish("prepare"),
            long(MOST + 1),
            no(codes.TooLargeToRead(length=MOST + 1, most=MOST)),
        ),
        "no plan yet": (wish("prepare"), long(MOST + 1, live_plan=None), YES),
        "an approval of nothing": (wish("approve"), long(MOST + 1, operation=None), YES),
        "a rejection": (wish("reject"), long(MOST + 1), None),
        "a permit": (wish("send"), long(MOST + 1), None),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(FAR))
def test_too_far_back_and_too_long_to_read(rule: str, case: str) -> None:
    """A second rollback in ten minutes, and a plan that no view shows whole, are refused."""
    intent, known, said = FAR[rule][case]
    assert found(rule, intent, known) == said
