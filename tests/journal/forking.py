"""Writes to a migrated journal, forks, and goes on writing in parent and child at once."""

import os
import sys

from bot.core.ports import AuditEntry
from bot.journal import Journal, journal_on, open_engine
from tests.journal.builders import ANN, NOON

ENTRY = AuditEntry(at=NOON, who=ANN, what="denied")


def write(journal: Journal) -> None:
    """Append twenty records."""
    for _ in range(20):
        journal.audit.add(ENTRY)


def main(url: str) -> None:
    """Fork in the middle of the work."""
    journal = journal_on(open_engine(url))
    journal.audit.add(ENTRY)
    child = os.fork()
    write(journal)
    if child == 0:
        os._exit(0)
    _, status = os.waitpid(child, 0)
    sys.exit(status != 0)
