"""Rule: a rollback returns to something that ran before, by a call that the API has."""

from bot.core.codes.rules import (
    FailedBefore,
    NotEnded,
    NothingBefore,
    NothingToRollBack,
    RolledBackAlready,
    Unsupported,
)
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Abilities, Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import RollBack


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse the rollback of what changed nothing, was rolled back, or leads to what failed."""
    operation = facts.operation
    if not isinstance(intent, RollBack) or operation is None:
        return None
    if facts.rolled_back_by is not None:
        by = facts.rolled_back_by
        return Finding.moot(RolledBackAlready(by=by), operation=by)
    if not (operation.is_final or operation.waits_for_people):
        return Finding.no(NotEnded(operation=operation.id))
    if not (operation.changed_what_runs or operation.waits_for_people):
        return Finding.no(NothingToRollBack(operation=operation.id))
    system = facts.abilities
    if system is not None and "rollback" not in system.actions:
        return _unsupported(system)
    if facts.replaces_what_failed:
        return Finding.no(FailedBefore(operation=operation.id, target=operation.target))
    if operation.revision_before is None:
        return Finding.no(NothingBefore(target=operation.target))
    return Finding.yes()


def _unsupported(system: Abilities) -> Finding:
    if system.no_rollback:
        return Finding.because(system.no_rollback)
    can = tuple(sorted(system.actions))
    return Finding.no(Unsupported(action="rollback", system=system.title, can=can))
