"""Reads once what runs after a failure: its card says what people were left with."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from pydantic import ValidationError

from bot.core.errors import QueueUnavailableError
from bot.core.operation import Failed, Operation
from bot.core.outcomes import LiveState
from bot.core.records import OperationId
from bot.core.surfaces import Show, about
from bot.live_states import StateReader, live_states
from workers.cloud.questions import CloudQuestions
from workers.context import WorkerContext

OUTCOME: Final = "outcome:"  # before the operation's id, where a doorbell asks for this
READ_SECONDS: Final = 4.0
KEPT_SECONDS: Final = 7 * 24 * 3600
AGAIN: Final = 60.0  # seconds between two tries, each of which a drawing of the card asks for


def outcome(context: WorkerContext, operation: Operation) -> LiveState | None:
    """Return what ran right after *operation* failed; where that is not known yet, it is read."""
    if not isinstance(operation.phase, Failed) or not operation.was_sent:
        return None
    name = _kept_as(operation.id)
    found = context.cache.get_many([name]).get(name)
    if found is not None:
        with suppress(ValidationError):
            return LiveState.model_validate_json(found)
    if context.clock() - operation.phase.at < timedelta(seconds=AGAIN * 10):
        with suppress(QueueUnavailableError):
            if context.flags.first(name, AGAIN):
                context.ring(name)
    return None


def read_outcome(context: WorkerContext, subject_id: str) -> None:
    """Ask the cloud what runs after a failure, and have every card of it say so."""
    operation = context.journal.operations.find(subject_id.removeprefix(OUTCOME))
    target = context.catalogue().targets.get(operation.target) if operation else None
    if operation is None or target is None:
        return
    questions = CloudQuestions(context.cloud, READ_SECONDS)
    reader = StateReader(questions, context.cache, context.clock, timedelta())
    state = live_states(reader, [target], READ_SECONDS).get(target.name)
    if state is None or not state.headline:
        return
    context.cache.put_many({_kept_as(operation.id): state.model_dump_json()}, KEPT_SECONDS)
    for each in context.journal.surfaces.cards_of(operation.id):
        card = Show(kind="operation_card", subject=about(operation), channel=each.channel)
        drawn = card.model_copy(update={"urgency": "notable"})
        context.journal.outbox.show(drawn, at=context.clock())


def _kept_as(operation: OperationId) -> str:
    return f"{OUTCOME}{operation}"
