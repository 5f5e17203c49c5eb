"""What incidents need without anybody's doing: fresh suspects, questions, in the end an archive."""

from datetime import timedelta
from typing import Final

from bot.core.incidents import Incident, about_incident, archive_of, suspects_in
from bot.core.records import Moment
from workers.context import WorkerContext
from workers.watching.asking import ask

FRESH: Final = timedelta(hours=1)  # after the opening, in which the suspects are kept up to date
LOOK_AGAIN: Final = 110.0  # seconds between two looks into the clouds' own histories
NEWEST: Final = 100  # incidents that are looked through for those to archive


def tend(context: WorkerContext) -> None:
    """Bring the suspects of young incidents up to date, and archive the channels of old ones."""
    now = context.clock()
    for incident in context.journal.incidents.open_ones():
        if incident.channel is not None:
            ask(context, incident, now)
        if incident.channel is not None and now - incident.opened_at <= FRESH:
            shown = suspects_in(incident, incident.channel)
            quietly = shown.model_copy(update={"urgency": "background"})
            context.journal.outbox.show(quietly, at=now)
            if context.flags.first(f"outside:{incident.id}", LOOK_AGAIN):
                context.ring(incident.id)
    if after := context.catalogue().incidents.archive_after:
        for incident in context.journal.incidents.newest(NEWEST):
            _archive(context, incident, now, after)


def _archive(context: WorkerContext, incident: Incident, now: Moment, after: timedelta) -> None:
    """Archive the channel once for each time that it was closed."""
    channel, closed_at = incident.channel, incident.closed_at
    if channel is None or closed_at is None or now < closed_at + after:
        return
    if context.journal.notices.first(about_incident(incident), f"archive:{incident.sequence}", now):
        context.journal.outbox.show(archive_of(incident, channel), at=now)
