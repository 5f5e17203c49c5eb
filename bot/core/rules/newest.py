"""Rule: only the newest change of a target can be undone or continued from its card."""

from bot.core.codes.rules import NotNewest
from bot.core.operation import Failed
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Again, Recover, RollBack


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse where something was done to the target since."""
    operation, newest = facts.operation, facts.newest
    if not isinstance(intent, RollBack | Recover | Again) or operation is None:
        return None
    if isinstance(intent, Again) and not isinstance(operation.phase, Failed):
        return Finding.yes()  # what went well may be wanted once more, whatever came after
    if newest is None or newest.id == operation.id:
        return Finding.yes()
    code = NotNewest(newer=newest.id, target=operation.target, is_open=newest.is_open)
    return Finding.no(code, operation=newest.id)
