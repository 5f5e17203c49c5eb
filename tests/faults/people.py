"""People in a house where things break: they ask, press, and try again where nothing answers."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from bot.core.errors import JournalUnavailableError
from bot.sandbox.content import CHANNEL
from bot.sandbox.slack import Message
from tests.conversations.cards import (
    APPROVE,
    ROLL_BACK,
    is_card,
    offered,
    operation_in,
    operation_of,
    press_on,
)
from tests.faults.patience import Patience
from tests.processes.house import ANN, BOB, House
from tests.processes.scenery import component_of

T = TypeVar("T")

EVE: Final = "U0EVE"  # may nothing
VERSION: Final = "1.4.0"
BEFORE: Final = "1.3.0"  # what runs at first
PATIENCE: Final = 120.0  # seconds without any move, for each thing that somebody waits for
_LOOK: Final = 0.2  # seconds
_AGAIN: Final = 1.0  # seconds until somebody presses once more
_READS: Final = 3.0  # seconds, in which a form is drawn whole


class ImpatienceError(Exception):
    """Something that a person waited for did not come."""


def _never(_: str) -> bool:
    return False


@dataclass
class Errand:
    """One deployment that Ann wants, and what she and the others know of it."""

    target: str
    begins: float = 0.0  # seconds after everything began
    rolls_back: bool = False
    with_eve: bool = False  # who presses Approve as well
    fails: bool = False  # in the cloud
    told: dict[str, str] = field(default_factory=dict)  # operation → the version it is to bring
    pressed: list[tuple[str, str]] = field(default_factory=list)  # who approved what
    wrongs: list[str] = field(default_factory=list)
    began_at: float = 0.0  # by the monotonic clock
    is_lost: Callable[[str], bool] = _never  # an operation, with a journal that was set back
    was_set_back: Callable[[], bool] = bool  # whether the journal was


def run_errand(home: House, errand: Errand, *, until_asked: bool = False) -> None:
    """Let everybody do their part in *errand*; with *until_asked* only Ann's first."""
    _pause(errand.begins)
    errand.began_at = time.monotonic()
    if errand.fails:
        home.cloud.fail_next_deploy(component(errand))
    try:
        operation_id = _ask(home, errand)
        if until_asked:
            return
        finish_errand(home, errand, operation_id)
    except ImpatienceError as error:
        errand.wrongs.append(f"lost final: {errand.target}: {error}")


def finish_errand(home: House, errand: Errand, operation_id: str) -> None:
    """Approve what was asked for, and roll it back where the errand says so."""
    _approve(home, errand, operation_id)
    if errand.rolls_back and (undone := _roll_back(home, errand, operation_id)):
        errand.told[undone] = BEFORE
        _approve(home, errand, undone)


def component(errand: Errand) -> str:
    """Return the id of the errand's component."""
    return component_of(errand.target)


def cards_of(home: House, operation_id: str) -> list[Message]:
    """Return the cards of an operation: one, if all is well."""
    cards = (each for each in home.workspace.messages(CHANNEL) if is_card(each))
    return [each for each in cards if operation_of(each) == operation_id]


def is_beyond_help(home: House, operation_id: str) -> bool:
    """Whether it ended, or stands where only time or a decision helps."""
    operation = _known(lambda: home.journal.operations.find(operation_id))
    return operation is not None and (
        operation.is_final or operation.phase.kind in {"uncertain", "stalled"}
    )


def _ask(home: House, errand: Errand) -> str:
    patience = Patience(home, PATIENCE, _LOOK)
    while patience.lasts():
        words = f"/deploy {errand.target} {VERSION}"
        answer = home.workspace.command(words, by=ANN, channel=CHANNEL)
        if "op-" in answer.text:
            operation_id = operation_in(answer.text)
            errand.told[operation_id] = VERSION
            return operation_id
        _pause(_LOOK)
    msg = "nobody recorded it"
    raise ImpatienceError(msg)


def _approve(home: House, errand: Errand, operation_id: str) -> None:
    """Press Approve as the card stands there, until the gate is open."""
    people = [EVE, ANN, BOB] if errand.with_eve else [BOB]
    patience = Patience(home, PATIENCE, _LOOK)
    while patience.lasts():
        operation = _known(lambda: home.journal.operations.find(operation_id))
        if operation is not None and operation.phase.kind != "awaiting_approval":
            return
        if errand.is_lost(operation_id):
            return
        cards = cards_of(home, operation_id)
        if not cards or APPROVE not in cards[-1].action_ids:
            _pause(_LOOK)
            continue
        for person in people:
            errand.pressed.append((person, operation_id))
            home.workspace.press(APPROVE, ts=cards[-1].ts, channel=CHANNEL, by=person)
        _pause(_AGAIN)
    msg = f"{operation_id} could not be approved"
    raise ImpatienceError(msg)


def _roll_back(home: House, errand: Errand, operation_id: str) -> str | None:
    patience = Patience(home, PATIENCE, _LOOK)
    while patience.lasts():
        undone = _known(lambda: home.journal.operations.rollback_of(operation_id))
        if undone is not None:
            return undone
        if errand.is_lost(operation_id):
            return None
        cards = cards_of(home, operation_id)
        if cards and ROLL_BACK in offered(cards[-1]):
            with home.form:
                press_on(home.workspace, ROLL_BACK, cards[-1], ANN, lambda: _pause(_READS))
            _pause(_AGAIN)
        elif is_beyond_help(home, operation_id) and not _may_be_undone(home, errand, operation_id):
            return None
        _pause(_LOOK)
    msg = f"{operation_id} could not be rolled back"
    raise ImpatienceError(msg)


def _may_be_undone(home: House, errand: Errand, operation_id: str) -> bool:
    """Whether the card will offer the way back: it succeeded, or will turn out to have."""
    operation = _known(lambda: home.operation(operation_id))
    if operation is None:
        return True
    kind = operation.phase.kind
    return kind == "succeeded" or (kind == "uncertain" and home.executed(errand.target) > 0)


def _known(read: Callable[[], T | None]) -> T | None:
    """Return what the journal says; None also where it is away."""
    try:
        return read()
    except JournalUnavailableError:
        return None


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
