"""Rule: the operation stands where the intent can have an effect."""

from bot.core.codes.rules import NotReady, PastGate
from bot.core.operation import AwaitingApproval, Operation
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Press
from bot.core.rules.presses import GatePress


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Say how things stand where the press comes too late."""
    operation = facts.operation
    if not isinstance(intent, Press) or operation is None or not intent.phases:
        return None
    if not isinstance(operation.phase, intent.phases):
        return Finding.moot(intent.too_late(operation))
    return _gate(operation, facts) if isinstance(intent, GatePress) else Finding.yes()


def _gate(operation: Operation, facts: Facts) -> Finding:
    phase = operation.phase
    if isinstance(phase, AwaitingApproval) and facts.now >= phase.expires_at:
        return Finding.moot(PastGate(how="too_late"))
    return Finding.yes() if operation.plan.is_made else Finding.no(NotReady())
