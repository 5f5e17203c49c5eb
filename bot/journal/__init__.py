"""The journal: operations, events, permits, locks, audit and outbox in a database."""

from bot.journal.audit_chain import AuditReport
from bot.journal.database import open_engine
from bot.journal.incident_timeline import timeline
from bot.journal.journal import Journal, journal_on, ping, unreadable_records
from bot.journal.migrations import current, migrate, require_current
from bot.journal.statement_cache import warm_up

__all__ = [
    "AuditReport",
    "Journal",
    "current",
    "journal_on",
    "migrate",
    "open_engine",
    "ping",
    "require_current",
    "timeline",
    "unreadable_records",
    "warm_up",
]
