"""A journal that commit f09dbbd wrote, with operations in every phase, as text.

Later versions of Slipway have to read it, to migrate it and to drive what it holds to its end.

* `journal.sql`: the database, as SQLite dumps it;
* `slipway.yaml`: the configuration that it was written under;
* `expected.json`: each operation as it stands in the journal, oldest first;
* `clouds.py`: what the simulated clouds held;
* `past.py`: plants what clouds and Slack knew of them, so that they can be driven to their end;
* `generate.py.txt`: how it was made. That runs with the code of f09dbbd alone.

Nothing here is ever made anew: what it is good for is that nobody but f09dbbd wrote it.
"""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
WRITTEN: Final = datetime(2026, 11, 28, 8, tzinfo=UTC)  # the moment of its first record


def restore(path: Path) -> str:
    """Make the SQLite file from the dump, and return the database's address."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FOLDER / "journal.sql").read_text())
    return f"sqlite:///{path}"


def expected() -> list[dict[str, Any]]:
    """Return what is known of each operation, oldest first."""
    known: list[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text())
    return known


def configuration(huawei: str, lab: str) -> str:
    """Return slipway.yaml for clouds at these addresses."""
    text = (FOLDER / "slipway.yaml").read_text()
    return text.replace("https://huawei.test", huawei).replace("https://lab.test", lab)
