"""Presses: which a card has, and what becomes of each."""

from collections.abc import Callable
from typing import Final

import pytest

from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import Failed, Operation, RecoveryOption
from bot.core.records import Asked, Parameters
from bot.core.rules import (
    Approve,
    Cancel,
    Change,
    Executed,
    NotExecuted,
    Press,
    Recover,
    Reject,
    RollBack,
    Seen,
)
from bot.core.verbs.keep_waiting import KeepWaiting
from bot.core.verbs.look_again import LookAgain
from tests.core.builders import foreign
from tests.core.rules.found import OPERATIONS
from tests.core.rules.known import RETRY
from tests.journal.builders import ANN, BOB, HOUR, NOON, an_id

OF: Final = OPERATIONS["planned"].id
SKIP: Final = RecoveryOption(
    name="skip", label=foreign("Skip"), explanation=foreign("leave it"), items=("risk-1", "risk-2")
)
OLDER: Final = an_id(9)


def failed() -> Operation:
    """Return a failed way back, which may be gone on with in two ways, one of them twice."""
    operation = OPERATIONS["failed"]
    assert isinstance(operation.phase, Failed)
    ways = (*operation.phase.ways, SKIP, SKIP)
    phase = operation.phase.model_copy(update={"ways": ways})
    return operation.model_copy(update={"phase": phase, "rollback_of": OLDER})


def waiting() -> Operation:
    """Return an operation whose second step waits for people."""
    operation = OPERATIONS["waiting"]
    phase = operation.phase.model_copy(update={"step": 1})
    return operation.model_copy(update={"phase": phase})


def said(*who: str) -> Operation:
    """Return an uncertain operation that takes two, after these people spoke."""
    operation = OPERATIONS["uncertain for two"]
    phase = operation.phase.model_copy(update={"said": who})
    return operation.model_copy(update={"phase": phase})


def a_way_on(name: str, *items: str, reason: str = "") -> Change:
    """Return the change that goes on with the failed one."""
    parameters = Parameters(version="1.4.0", way=name, items=items)
    asked = Asked(action="deploy", parameters=parameters)
    return Change(target="checkout", asked=asked, reason=reason, follows=OF, rollback_of=OLDER)


BECOMES: Final[dict[str, tuple[Press, Operation, Event | Change | None]]] = {
    "approve": (
        Approve(operation=OF),
        OPERATIONS["planned"],
        ev.ApprovalGiven(at=NOON, by=BOB, digest=OPERATIONS["planned"].plan.digest),
    ),
    "reject": (
        Reject(operation=OF, reason="not on a Friday"),
        OPERATIONS["planned"],
        ev.ApprovalRefused(at=NOON, by=BOB, reason="not on a Friday"),
    ),
    "reject without a word": (
        Reject(operation=OF),
        OPERATIONS["planned"],
        ev.ApprovalRefused(at=NOON, by=BOB, reason=""),
    ),
    "cancel": (Cancel(operation=OF), OPERATIONS["queued"], ev.Withdrawn(at=NOON, by=BOB)),
    "roll back": (
        RollBack(operation=OF),
        OPERATIONS["succeeded"],
        Change(
            target="checkout",
            asked=Asked(action="rollback", parameters=Parameters(revision="1.3.0")),
            rollback_of=OF,
        ),
    ),
    "go on": (Recover(operation=OF, option="retry"), failed(), a_way_on("retry")),
    "go on with some": (
        Recover(operation=OF, option="skip", reason="known risks"),
        failed(),
        a_way_on("skip", "risk-1", "risk-2", reason="known risks"),
    ),
    "go on as nothing offers": (Recover(operation=OF, option="gone"), failed(), a_way_on("gone")),
    "go on with what waits": (
        Recover(operation=OF, option="retry", reason="looks good"),
        waiting(),
        ev.StepAdded(
            at=NOON, by=BOB, step=1, option="retry", label=RETRY.label, reason="looks good"
        ),
    ),
    "go on with what waits without a word": (
        Recover(operation=OF, option="retry"),
        waiting(),
        ev.StepAdded(at=NOON, by=BOB, step=1, option="retry", label=RETRY.label, reason=""),
    ),
    "go on with what waits as nothing offers": (
        Recover(operation=OF, option="skip"),
        waiting().model_copy(update={"rollback_of": OLDER}),
        a_way_on("skip"),
    ),
    "not executed": (
        NotExecuted(operation=OF),
        OPERATIONS["uncertain"],
        ev.NotExecuted(at=NOON, by=BOB),
    ),
    "not executed, says the first of two": (
        NotExecuted(operation=OF),
        said(),
        ev.NotExecutedSaid(at=NOON, by=BOB, said=1, needed=2),
    ),
    "not executed, says the second": (
        NotExecuted(operation=OF),
        said(ANN),
        ev.NotExecuted(at=NOON, by=BOB),
    ),
    "executed": (
        Executed(operation=OF),
        OPERATIONS["uncertain"],
        ev.Executed(at=NOON, by=BOB),
    ),
    "executed, says the first of two": (
        Executed(operation=OF),
        said(),
        ev.ExecutedSaid(at=NOON, by=BOB, said=1, needed=2),
    ),
    "executed, says the first, after the opposite": (
        Executed(operation=OF),
        said(ANN),
        ev.ExecutedSaid(at=NOON, by=BOB, said=1, needed=2),
    ),
    "keep waiting": (
        KeepWaiting(operation=OF),
        OPERATIONS["stalled"],
        ev.WaitExtended(at=NOON, by=BOB, extra=2 * HOUR),
    ),
    "look again": (LookAgain(operation=OF), OPERATIONS["stalled"], None),
}


@pytest.mark.parametrize("case", BECOMES)
def test_a_press_becomes_what_its_button_says(case: str) -> None:
    """Who presses when what stands is kept whole: an event, or a change that names its cause."""
    press, operation, becomes = BECOMES[case]
    assert press.becomes(operation, BOB, NOON) == becomes


@pytest.mark.parametrize(
    "kind", [Approve, Reject, Cancel, RollBack, Executed, NotExecuted, KeepWaiting, LookAgain]
)
def test_a_button_carries_what_its_card_showed(kind: Callable[..., Press]) -> None:
    """The press names the operation, its round and its plan's digest, as they are on the card."""
    operation = OPERATIONS["queued"].model_copy(update={"round": 3})
    seen = Seen(round=3, digest=operation.plan.digest)
    assert kind(operation=operation.id).of(operation) == (kind(operation=OF, seen=seen),)


def test_each_way_on_has_one_button() -> None:
    """A failure's options are offered once each, in their order; without a failure none is."""
    operation = failed()
    seen = Seen(round=1, digest=operation.plan.digest)
    assert Recover.of(operation) == tuple(
        Recover(operation=OF, seen=seen, option=name) for name in ("retry", "skip")
    )
    assert Recover.of(OPERATIONS["succeeded"]) == ()
