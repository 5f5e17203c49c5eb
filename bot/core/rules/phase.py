"""Rule: the operation stands where the intent can have an effect."""

from bot.core.codes.rules import LookedFor, NotReady, PastGate, WaitsForCloud, WaitsForPeople
from bot.core.operation import AwaitingApproval, Operation, Running, Stalled, Uncertain
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Press, Send
from bot.core.rules.presses import GatePress
from bot.core.rules.rights import decide_right, request_right


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Say how things stand where the press comes too late, or what was sent has not ended."""
    operation = facts.operation
    if isinstance(intent, Send) and operation is not None:
        return _sending(operation, facts)
    if not isinstance(intent, Press) or operation is None or not intent.phases:
        return None
    if not isinstance(operation.phase, intent.phases):
        return Finding.moot(intent.too_late(operation))
    return _gate(operation, facts) if isinstance(intent, GatePress) else Finding.yes()


def _sending(operation: Operation, facts: Facts) -> Finding | None:
    """Let the next step wait for the end of the one that was sent."""
    policy = facts.policy
    match operation.phase:
        case Uncertain(decide_after=at) if facts.now < at:
            return Finding.wait(LookedFor(at=at), until=at)
        case Uncertain() | Stalled():
            who = decide_right(policy, operation.action).listed if policy else ()
            return Finding.wait(WaitsForPeople(), who=who)
        case Running(stage="watching", ways=()):
            return Finding.wait(WaitsForCloud())
        case Running(stage="watching"):
            who = request_right(policy, operation.action).listed if policy else ()
            return Finding.wait(WaitsForPeople(), who=who)
        case _:
            return None


def _gate(operation: Operation, facts: Facts) -> Finding:
    phase = operation.phase
    if isinstance(phase, AwaitingApproval) and facts.now >= phase.expires_at:
        return Finding.moot(PastGate(how="too_late"))
    return Finding.yes() if operation.plan.is_made else Finding.no(NotReady())
