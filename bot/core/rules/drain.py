"""Rule: while Slipway drains, nothing new begins."""

from bot.core.codes.rules import Draining
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent, TakeTurn
from bot.core.rules.presses import Again, Recover, RollBack


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse what would begin an operation, and hold who waits; a dry run begins none."""
    match intent:
        case Recover() if facts.operation is not None and not facts.operation.is_final:
            return Finding.yes()  # a step of what runs, which draining waits for
        case Change(dry_run=False) | RollBack() | Recover() | Again():
            return Finding.no(Draining()) if facts.is_draining else Finding.yes()
        case TakeTurn():
            return Finding.wait(Draining()) if facts.is_draining else Finding.yes()
        case _:
            return None
