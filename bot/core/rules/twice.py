"""Rule: one person counts once."""

from bot.core.codes.rules import ApprovedAlready, SaidAlready
from bot.core.operation import Uncertain
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Approve, Executed, NotExecuted


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Say so where the person approved, or spoke about the lost call, before."""
    operation, person = facts.operation, facts.person
    if operation is None or person is None:
        return None
    match intent, operation.phase:
        case Approve(), _:
            is_again = any(facts.is_same(person.id, given.by) for given in operation.approvals)
            return Finding.moot(ApprovedAlready()) if is_again else Finding.yes()
        case NotExecuted() | Executed(), Uncertain(said=said, said_executed=opposite):
            is_again = any(facts.is_same(person.id, each) for each in (*said, *opposite))
            return Finding.moot(SaidAlready()) if is_again else Finding.yes()
        case _:
            return None
