"""The charts of a report, for the one person who asked for it."""

from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from bot.core.figures import Scope
from bot.core.rows import OutboxRow
from bot.report_facts import Wanted, report
from bot.views.layout import Drawn
from bot.views.reports import drawn_report
from workers.context import WorkerContext

_SCOPE: Final[TypeAdapter[Scope]] = TypeAdapter(Scope)


def charts(context: WorkerContext, row: OutboxRow) -> Drawn:
    """Return what was measured until it was asked for."""
    body, seen = row.body, context.facts.seen_by(row.user).targets
    wanted = Wanted(
        scope=_SCOPE.validate_python(body["report"]),
        name=str(body["name"]),
        days=int(str(body["days"])),
        until=datetime.fromisoformat(str(body["until"])),
        hidden=frozenset(context.catalogue().targets.keys() - seen.keys()),
    )
    found = report(context.journal, wanted)
    return drawn_report(found, context.reader(row))
