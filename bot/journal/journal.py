"""The journal: a database, and a store for each subject that is kept in it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, literal, select

from bot.journal.alerts import AlertLog
from bot.journal.audit import Audit
from bot.journal.configurations import Configurations
from bot.journal.database import reading
from bot.journal.delegations import Delegations
from bot.journal.drain import Drain
from bot.journal.freezes import Freezes, Halts
from bot.journal.homes import Homes
from bot.journal.incident_holds import IncidentFreezes
from bot.journal.incidents import Incidents
from bot.journal.names import Names
from bot.journal.notices import Notices
from bot.journal.operations import Operations
from bot.journal.outbox import Outbox
from bot.journal.past import PastOperations
from bot.journal.proposals import Dismissals, Proposals
from bot.journal.pruning import Pruning
from bot.journal.queues import Queues
from bot.journal.step_times import StepTimes
from bot.journal.surfaces import Surfaces
from bot.journal.target_facts import TargetFacts
from bot.journal.target_locks import TargetLocks

_PING: Final = select(literal(1))


@dataclass(frozen=True)
class Journal:
    """The stores of one database, whose schema must be this version's: see `require_current`.

    What writes operations is not among them: `commits.Commits` is the engine's alone.
    """

    database: Engine
    operations: Operations
    surfaces: Surfaces
    outbox: Outbox
    audit: Audit
    step_times: StepTimes
    past: PastOperations
    notices: Notices
    drain: Drain
    configurations: Configurations
    names: Names
    target_facts: TargetFacts
    incidents: Incidents
    proposals: Proposals
    alerts: AlertLog
    queues: Queues
    pruning: Pruning
    homes: Homes


def journal_on(database: Engine) -> Journal:
    """Return the stores of *database*."""
    operations, step_times = Operations(database), StepTimes(database)
    return Journal(
        database=database,
        operations=operations,
        surfaces=Surfaces(database),
        outbox=Outbox(database),
        audit=Audit(database),
        step_times=step_times,
        past=PastOperations(database),
        notices=Notices(database),
        drain=Drain(database),
        configurations=Configurations(database),
        names=Names(database),
        target_facts=TargetFacts(
            database,
            TargetLocks(),
            Freezes(),
            Halts(),
            Delegations(),
            IncidentFreezes(),
            Dismissals(),
        ),
        incidents=Incidents(database),
        proposals=Proposals(database),
        alerts=AlertLog(database),
        queues=Queues(database, operations, step_times),
        pruning=Pruning(database),
        homes=Homes(database),
    )


def unreadable_records(journal: Journal) -> dict[str, float]:
    """Return how much of it this version cannot read, as far as that was noticed."""
    parked = {each.id for each in journal.operations.all_open() if each.is_foreign}
    parked |= set(journal.notices.about("unreadable"))
    found = journal.operations.unreadable(sorted(parked)) if parked else ()
    return {"operations": len(found), "outbox": journal.outbox.unreadable()}


def ping(database: Engine) -> None:
    """Ask the database for a sign of life.

    Raises:
        JournalUnavailableError: it gives none.
    """
    with reading(database) as connection:
        connection.execute(_PING)
