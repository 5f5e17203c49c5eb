"""Rule: a failure is rolled back by itself, if its policy says so and nobody says no in time."""

from bot.core.codes.rules import NoCountdown, RollbackComing
from bot.core.operation import Operation
from bot.core.rules import newest, way_back
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, TakeTurn
from bot.core.rules.presses import Hold, RollBack


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Say that there is nothing to say no to; let those wait who know nothing of the failure."""
    operation = facts.operation
    if operation is None:
        return None
    match intent:
        case Hold():
            is_coming = operation.countdown is not None and _may_come(operation, facts)
            return Finding.yes() if is_coming else Finding.moot(NoCountdown())
        case TakeTurn():
            return _waiting(operation, facts)
        case _:
            return None


def _may_come(operation: Operation, facts: Facts) -> bool:
    """Whether the rollback would be allowed now, as far as it is not about people."""
    if facts.policy is None or facts.policy.on_failure != "rollback":
        return False
    wish = RollBack(operation=operation.id)
    found = (way_back.judge(wish, facts), newest.judge(wish, facts))
    return all(each is None or each.lets_pass for each in found)


def _waiting(operation: Operation, facts: Facts) -> Finding:
    coming = facts.counting
    if coming is None or operation.action == "rollback":
        return Finding.yes()
    code = RollbackComing(operation=coming.operation, until=coming.until)
    return Finding.wait(code, until=coming.until)
