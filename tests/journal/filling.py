"""Writes to a journal until the disk refuses, which a limit on the size of files makes it do.

Usage: filling.py <address of an SQLite database>
"""

import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.core.errors import JournalUnavailableError
from bot.core.ports import AuditEntry
from bot.journal import journal_on, migrate, open_engine
from tests.journal.builders import ANN, NOON

ROOM = 400_000  # bytes


def main(url: str) -> None:
    """Append until the end; say each time when it is on disk."""
    engine = open_engine(url)
    migrate(engine)
    journal = journal_on(engine)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
    for _ in range(2_000):
        try:
            journal.audit.add(AuditEntry(at=NOON, who=ANN, what="denied", detail="x" * 2_000))
        except JournalUnavailableError:
            sys.exit(0)  # it would have gone on
        sys.stdout.write("kept\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
