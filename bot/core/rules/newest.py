"""Rule: only the newest change of a target can be undone or continued.

What only waits for people is in no rollback's way.
"""

from bot.core.codes.rules import NotNewest
from bot.core.operation import Failed, Operation
from bot.core.records import OperationId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, TakeTurn
from bot.core.rules.presses import Again, Recover, RollBack


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse where something was done to the target since."""
    operation, newest = facts.operation, facts.newest
    if not isinstance(intent, RollBack | Recover | Again | TakeTurn) or operation is None:
        return None
    if isinstance(intent, Again) and not isinstance(operation.phase, Failed):
        return Finding.yes()  # what went well may be wanted once more, whatever came after
    of = _before(operation) if isinstance(intent, TakeTurn) else operation.id
    if newest is None or of is None or newest.id in {of, operation.id}:
        return Finding.yes()
    if isinstance(intent, RollBack) and newest.makes_way and newest.sent is not None:
        return _ended(newest.sent, operation)
    code = NotNewest(newer=newest.id, target=operation.target, is_open=newest.is_open)
    return Finding.no(code, operation=newest.id)


def _ended(newer: OperationId, operation: Operation) -> Finding:
    """Say what was sent last: what makes way for a rollback changes nothing so far."""
    if newer == operation.id:
        return Finding.yes()
    code = NotNewest(newer=newer, target=operation.target, is_open=False)
    return Finding.no(code, operation=newer)


def _before(operation: Operation) -> OperationId | None:
    """Return the operation that it goes on with, or undoes; None: it means the same whenever."""
    return operation.follows or operation.rollback_of
