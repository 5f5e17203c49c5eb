"""Rule: who waits for a target begins when its turn has come."""

from bot.core.codes import Code
from bot.core.operation import Operation, Waiting
from bot.core.records import Moment, OperationId, TargetName
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Send, TakeTurn
from bot.core.rules.presses import StartNow


class InLine(Code):
    """Others have the target, or come before."""

    key = "waiting.in_line"
    target: TargetName
    position: int
    holder: OperationId | None = None
    expected: Moment | None = None


class WaitsForStart(Code):
    """Its turn has come, and its requester has to start it."""

    key = "waiting.for_start"
    until: Moment


class NotYourTurn(Code):
    """Its turn has not come."""

    key = "not_your_turn"


class TurnIsOver(Code):
    """The time in which it could be started has passed."""

    key = "turn_missed.too_late"


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Let begin who is next and finds the target free, or was asked in time; nobody else."""
    operation = facts.operation
    if operation is None or not isinstance(operation.phase, Waiting):
        return None
    match intent:
        case StartNow():
            return _starting(operation.phase, facts)
        case TakeTurn():
            return _waiting(operation, operation.phase, facts)
        case Send():
            return Finding.wait(NotYourTurn())
        case _:
            return None


def _starting(phase: Waiting, facts: Facts) -> Finding:
    if phase.starts_by is None:
        return Finding.moot(NotYourTurn())
    return Finding.moot(TurnIsOver()) if facts.now >= phase.starts_by else Finding.yes()


def _waiting(operation: Operation, phase: Waiting, facts: Facts) -> Finding:
    if phase.starts_by is not None:
        asked = WaitsForStart(until=phase.starts_by)
        return Finding.wait(asked, who=(operation.requester,), until=phase.starts_by)
    line = facts.line
    spot = line.of(operation.id) if line else None
    if line is None or spot is None or (line.holder is None and spot.position == 1):
        return Finding.yes()
    code = InLine(
        target=operation.target,
        position=spot.position,
        holder=line.holder.id if line.holder else None,
        expected=spot.expected_start,
    )
    return Finding.wait(code, until=spot.expected_start)
