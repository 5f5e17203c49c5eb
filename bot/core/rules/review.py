"""Rule: who breaks the glass is reviewed by somebody else, before it is broken once more."""

from bot.core.codes.rules import NothingToReview, OwnReview, ReviewedAlready, ReviewOverdue
from bot.core.operation import Operation
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent
from bot.core.rules.presses import Review


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Let somebody else say once whether it was right; hold whoever owes a review."""
    match intent:
        case Change(break_glass=True):
            return _owing(facts)
        case Review() if facts.operation is not None:
            return _reviewing(facts.operation, facts)
        case _:
            return None


def _owing(facts: Facts) -> Finding:
    owed = facts.overdue
    if owed is None:
        return Finding.yes()
    code = ReviewOverdue(operation=owed.operation, due=owed.due)
    return Finding.no(code, operation=owed.operation)


def _reviewing(operation: Operation, facts: Facts) -> Finding:
    broken = operation.break_glass
    if broken is not None and broken.review is not None:
        return Finding.moot(ReviewedAlready(by=broken.review.by))
    if not operation.needs_review:
        return Finding.moot(NothingToReview())
    person = facts.person
    if person is not None and facts.is_same(person.id, operation.requester):
        return Finding.no(OwnReview())
    return Finding.yes()
