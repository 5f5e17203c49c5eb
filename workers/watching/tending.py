"""What an open incident needs without anybody's doing: its list of suspects stays up to date."""

from datetime import timedelta
from typing import Final

from bot.core.incidents import suspects_in
from workers.context import WorkerContext

FRESH: Final = timedelta(hours=1)  # after the opening, in which the suspects are kept up to date


def tend(context: WorkerContext) -> None:
    """Bring the suspects of each young incident up to date."""
    now = context.clock()
    for incident in context.journal.incidents.open_ones():
        if incident.channel is not None and now - incident.opened_at <= FRESH:
            shown = suspects_in(incident, incident.channel)
            quietly = shown.model_copy(update={"urgency": "background"})
            context.journal.outbox.show(quietly, at=now)
