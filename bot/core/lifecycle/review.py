"""After the glass was broken: a review, and reminders of it, whatever phase it is in."""

from bot.core import events as ev
from bot.core.events import Event
from bot.core.lifecycle.next import Next, refusal
from bot.core.operation import BreakGlass, Operation, Review
from bot.core.reminders import review_reminder_at


def of_review(operation: Operation, event: ev.Reviewed | ev.ReviewReminded) -> Next:
    """Return what *event* makes of it: where it stands, it stays."""
    if operation.break_glass is None or not operation.needs_review:
        raise refusal(operation, event, "there is nothing to review")
    match event:
        case ev.Reviewed(verdict=verdict, note=note):
            review = Review(by=event.by, at=event.at, verdict=verdict, note=note)
            return _kept(operation, operation.break_glass, review=review)
        case ev.ReviewReminded():
            _require_time(operation, event)
            reminded = operation.break_glass.reminded + 1
            return _kept(operation, operation.break_glass, reminded=reminded)


def _require_time(operation: Operation, event: Event) -> None:
    at = review_reminder_at(operation)
    if at is None or event.at < at:
        raise refusal(operation, event, "it is too early for that")


def _kept(operation: Operation, broken: BreakGlass, **changes: object) -> Next:
    changed = {
        "sequence": operation.sequence + 1,
        "break_glass": broken.model_copy(update=changes),
    }
    return Next(operation.model_copy(update=changed), ())
