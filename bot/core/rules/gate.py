"""Rule: of several gates an approval opens a closed one; one person counts at one of them."""

from bot.core.codes.rules import GatesOpen
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.gates import chosen, entitled, states
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Approve


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Say so where all that the person could open is open already."""
    operation, policy = facts.operation, facts.policy
    if not isinstance(intent, Approve) or operation is None or policy is None:
        return None
    rights = entitled(facts)
    if not operation.gates or facts.person is None or not rights:
        return None
    if chosen(facts) is not None:
        return Finding.yes()
    theirs = tuple(dict.fromkeys(gate for each in rights for gate in each.gates))
    closed = tuple(each.gate for each in states(operation, policy, facts.now) if each.missing)
    return Finding.moot(GatesOpen(gates=theirs, missing=closed))
