"""Where a lock, a freeze or a halt holds an operation before a permit: it goes on by itself."""

from datetime import timedelta
from typing import Final

from bot.core import events as ev
from bot.core.operation import Operation
from bot.core.rules import Finding
from workers.context import WorkerContext

LOOK_AGAIN: Final = timedelta(minutes=1)  # whoever ends what holds it rings as well


def hold(context: WorkerContext, operation: Operation, found: Finding) -> None:
    """Leave *operation* where it stands, and look again when what holds it may have ended.

    What holds it is told once.

    Raises:
        ConflictError: something happened to it meanwhile.
    """
    now, why = context.clock(), found.why
    is_known = operation.held is not None and operation.held.reason == why
    if why is not None and not is_known:
        context.engine.apply_to(operation, ev.HeldBack(at=now, reason=why))
    again = now + LOOK_AGAIN
    if found.until is not None and now < found.until < again:
        again = found.until
    if not context.is_ending():
        context.schedule.put(operation.id, again)
