"""Rule: the target is still what it was when the operation was asked for."""

from bot.core.codes.operations import TargetGone
from bot.core.codes.rules import TargetMoved
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Prepare, Send, TakeTurn
from bot.core.rules.presses import Again, Recover, RollBack


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse where slipway.yaml lost the target, or means something else by its name."""
    operation, target = facts.operation, facts.target
    judged = RollBack | Recover | Again | TakeTurn | Prepare | Send
    if not isinstance(intent, judged) or operation is None:
        return None
    if target is None:
        return Finding.no(TargetGone(target=operation.target))
    if (target.system, target.connection) != (operation.system, operation.connection):
        moved = TargetMoved(
            target=target.name,
            connection=target.connection,
            system=target.system,
            connection_then=operation.connection,
            system_then=operation.system,
        )
        return Finding.no(moved, place=f"targets.{target.name}")
    return Finding.yes()
