"""Rule: one person counts once."""

from bot.core.codes.rules import ApprovedAlready, ApprovedInPlace, SaidAlready
from bot.core.operation import Operation, Uncertain
from bot.core.policy import Member
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.gates import entitled, is_free
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Approve, Executed, NotExecuted


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Say so where the person approved, or spoke about the lost call, before."""
    operation, person = facts.operation, facts.person
    if operation is None or person is None:
        return None
    match intent, operation.phase:
        case Approve(), _:
            return _approving(operation, person, facts)
        case NotExecuted() | Executed(), Uncertain(said=said, said_executed=opposite):
            is_again = any(facts.is_same(person.id, each) for each in (*said, *opposite))
            return Finding.moot(SaidAlready()) if is_again else Finding.yes()
        case _:
            return None


def _approving(operation: Operation, person: Member, facts: Facts) -> Finding:
    """Count a person once, and a right once: whoever lends it, and who uses it, are one of both."""
    for given in operation.approvals:
        if facts.is_same(person.id, given.by):
            return Finding.moot(ApprovedAlready())
        if given.behalf is not None and facts.is_same(person.id, given.behalf):
            return Finding.moot(ApprovedInPlace(by=given.by, of=given.behalf))
    rights = entitled(facts)
    if not rights or any(is_free(each, facts) for each in rights):
        return Finding.yes()
    used = next(each.behalf for each in rights if each.behalf is not None)
    by = next(
        each.by
        for each in operation.approvals
        if facts.is_same(used, each.by) or (each.behalf and facts.is_same(used, each.behalf))
    )
    return Finding.moot(ApprovedInPlace(by=by, of=used))
