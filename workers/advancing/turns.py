"""Whose turn it is: who is next in line takes the target, unless something holds that one."""

from bot.core import events as ev
from bot.core.queue import turn
from bot.core.records import SLIPWAY, TargetName
from bot.core.rules import TakeTurn, decide, record_of
from bot.journal.audit_entries import entry_of_decision
from workers.advancing.holding import hold
from workers.context import WorkerContext


def give_turn(context: WorkerContext, target: TargetName) -> None:
    """Let the first in line begin that nothing holds; who may not begin any more leaves the line.

    Raises:
        ConflictError: somebody else took the target, or moved one of them on.
    """
    if context.journal.operations.holder(target) is not None:
        return
    for each in context.journal.queues.of(target):
        intent, facts = TakeTurn(operation=each.id), context.facts.of_turn(each)
        decision = decide(intent, facts)
        found = decision.decisive
        if found is not None and found.verdict == "wait":
            hold(context, each, found)
            continue
        decided = record_of(intent, facts, decision)
        noted = entry_of_decision(decided, at=facts.now, by=SLIPWAY, subject=each.id)
        if found is None and facts.policy is not None:
            context.engine.apply_to(each, turn(each, facts.policy, facts.now), noted=noted)
            return
        withdrawn = ev.Withdrawn(at=facts.now, reason=found.why if found else None)
        context.engine.apply_to(each, withdrawn, noted=noted)
