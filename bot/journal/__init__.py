"""The journal: operations, events, permits, locks, audit and outbox in a database."""

from bot.journal.audit import AuditReport
from bot.journal.database import open_engine
from bot.journal.journal import SqlJournal
from bot.journal.migrations import current, migrate, require_current

__all__ = [
    "AuditReport",
    "SqlJournal",
    "current",
    "migrate",
    "open_engine",
    "require_current",
]
