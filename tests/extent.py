"""How much of the suite is played: in continuous integration, all of it.

At a desk people run it between two thoughts, so it has to end in minutes. What is left out is more
of the same: rows of long tables that talk to real parts. Each is played for every commit, and
wherever a file or a folder is named.
"""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

CONTINUOUS_INTEGRATION: Final = "CI"  # the variable that such services set
IS_WHOLE: Final = bool(os.environ.get(CONTINUOUS_INTEGRATION))
TESTS: Final = Path(__file__).parent
LONG: Final = 3  # rows; shorter tables are played whole
# Of the long tables in these folders every so-many-th row is played; those of others are quick.
EVERY: Final[Mapping[str, int]] = {
    "conversations": 4,
    "processes": 4,
    "faults": 8,
    "peers": 4,
    "workers": 4,
    "sandbox": 4,
    "journal": 2,
    "cli": 2,
}


def is_all_asked_for(config: pytest.Config) -> bool:
    """Whether no file, folder or test was named."""
    return {(config.rootpath / each).resolve() for each in config.args} == {TESTS}


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return what is not played at a desk."""
    tables: dict[str, list[pytest.Item]] = defaultdict(list)
    for each in items:
        name, _, row = each.nodeid.partition("[")
        if row:
            tables[name].append(each)
    long = (rows for rows in tables.values() if len(rows) > LONG)
    return [row for rows in long for at, row in enumerate(rows) if at % _every(row)]


def folder_of(item: pytest.Item) -> str:
    """Return the folder of `tests` in which a test is, or its file where it is in none."""
    return item.path.relative_to(TESTS).parts[0]


def _every(item: pytest.Item) -> int:
    return EVERY.get(folder_of(item), 1)
