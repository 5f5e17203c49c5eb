"""When what waits for people is looked at: a gate, a review, a rollback that they may stop."""

from datetime import timedelta
from typing import Final

from bot.core.operation import AwaitingApproval, BreakGlass, Operation
from bot.core.records import Moment

# Of a review, counted from the request: then again each day.
_OF_REVIEW: Final = (timedelta(hours=4), timedelta(hours=12))
_DAILY: Final = timedelta(days=1)
# How much of the time to approve is left when people are reminded: at the second time, whoever may
# approve from then on is called as well.
_LEFT: Final = (0.5, 0.25)


def remind_at(operation: Operation) -> Moment | None:
    """Return when people are to be reminded of *operation* next, or their time to say no ends."""
    ends = operation.countdown.until if operation.countdown else None
    moments = (gate_reminder_at(operation), review_reminder_at(operation), ends)
    return min((each for each in moments if each is not None), default=None)


def gate_reminder_at(operation: Operation) -> Moment | None:
    """Return when people are to be reminded of the gate next; None: never, or nobody can decide."""
    phase = operation.phase
    if not isinstance(phase, AwaitingApproval) or not operation.plan.is_made:
        return None
    if phase.reminded >= len(_LEFT):
        return None
    return phase.expires_at - operation.approval_window * _LEFT[phase.reminded]


def escalates_at(operation: Operation) -> Moment | None:
    """Return from when on others may approve as well; None: no gate is open."""
    if not isinstance(operation.phase, AwaitingApproval):
        return None
    return operation.phase.expires_at - operation.approval_window * _LEFT[-1]


def grown_short(window: timedelta) -> timedelta:
    """Return how long a gate is open until others may approve as well."""
    return window * (1 - _LEFT[-1])


def review_by(operation: Operation) -> Moment | None:
    """Return when the review of *operation* has to be there; None: it needs none, or is there."""
    if operation.break_glass is None or not operation.needs_review:
        return None
    return operation.break_glass.due


def review_reminder_at(operation: Operation) -> Moment | None:
    """Return when people are to be reminded of the review next."""
    if operation.break_glass is None or not operation.needs_review:
        return None
    return operation.created_at + _after(operation.break_glass)


def _after(broken: BreakGlass) -> timedelta:
    if broken.reminded < len(_OF_REVIEW):
        return _OF_REVIEW[broken.reminded]
    return _OF_REVIEW[-1] + _DAILY * (broken.reminded - len(_OF_REVIEW) + 1)
