"""Whoever holds a lock for long is reminded of it, in a direct message."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.codes.service import LockHeldLong
from bot.core.rules import Locked
from bot.core.surfaces import Subject, told_directly
from workers.context import WorkerContext

LONG: Final = timedelta(hours=3)


def nag(context: WorkerContext) -> None:
    """Remind each holder after three hours; again and again where the lock has no end."""
    now = context.clock()
    for event in context.journal.target_facts.everywhere():
        if isinstance(event, Locked) and not event.is_over(now):
            _remind(context, event, now)


def _remind(context: WorkerContext, lock: Locked, now: datetime) -> None:
    times = (now - lock.at) // LONG
    if times < 1 or (times > 1 and lock.until is not None):
        return
    subject = Subject(kind="target", id=lock.target)
    name = f"lock:{lock.at.isoformat()}:{times}"
    if not context.journal.notices.first(subject, name, now):
        return
    code = LockHeldLong(target=lock.target, since=lock.at, words=lock.reason)
    context.journal.outbox.show(told_directly(lock.by, subject, code, name=name), at=now)
