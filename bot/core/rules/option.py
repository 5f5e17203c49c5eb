"""Rule: what failed, or waits for people, goes on by an option that it offers, once."""

from bot.core.codes.rules import ContinuedAlready, GoneOnAlready, NoSuchOption, RolledBackAlready
from bot.core.operation import Operation, Running
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Again, Recover


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse an option that is not offered; say which operation continues it, or undoes it."""
    if isinstance(intent, Again) and isinstance(facts.operation, Operation):
        return _again(facts.operation)
    if not isinstance(intent, Recover) or facts.operation is None:
        return None
    if facts.continued_by is not None:
        by = facts.continued_by
        return Finding.moot(ContinuedAlready(by=by), operation=by)
    if facts.rolled_back_by is not None:
        by = facts.rolled_back_by
        return Finding.moot(RolledBackAlready(by=by), operation=by)
    if isinstance(facts.operation.phase, Running) and _is_over(intent, facts.operation):
        return Finding.moot(GoneOnAlready())
    if facts.operation.option(intent.option) is None:
        return Finding.no(NoSuchOption())
    return Finding.yes()


def _again(operation: Operation) -> Finding | None:
    """Refuse to repeat what happens once, or goes on by options of its own."""
    if not isinstance(operation.phase, Again.phases):
        return None
    return Finding.yes() if Again.of(operation) else Finding.no(NoSuchOption())


def _is_over(intent: Recover, operation: Operation) -> bool:
    """Whether somebody chose since the pressed card was drawn: a second press is no second step."""
    was_drawn_before = intent.seen is not None and intent.seen.round < operation.round
    return was_drawn_before or not operation.waits_for_people
