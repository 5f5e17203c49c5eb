"""What a release's history means."""

from typing import Any, Final

import pytest

from bot.core.errors import UnreadableReplyError
from bot.core.flow import Reply
from bot.systems.cloudpods_release.examples import (
    HISTORY,
)
from bot.systems.cloudpods_release.revisions import previous, returnable, running
from bot.systems.cloudpods_release.wire import Revision, parse_history
from tests.systems.cloudpods_scripts import (
    BACK,
    FAILED,
    FIRST_FAILED,
    FIRST_PENDING,
    INSTALLED,
    STUCK,
    UPGRADED,
    revision,
    wrapped,
)

VERSIONS: Final = [
    ("etcd-8.11.1", "etcd", "8.11.1"),
    ("k8s-2-proxy-1.0.0-rc.1", "k8s-2-proxy", "1.0.0-rc.1"),
    ("redis-6-7.0.0", "etcd", "6-7.0.0"),
    ("redis-v7.0.0", "etcd", "v7.0.0"),
    ("MISSING", "etcd", ""),
    ("", "etcd", ""),
]


@pytest.mark.parametrize(("chart", "name", "version"), VERSIONS)
def test_a_version_is_what_follows_the_charts_name(chart: str, name: str, version: str) -> None:
    """Names have digits and dashes: the known name is cut off, else what is before a digit."""
    row = Revision.model_validate({"revision": 1, "chart": chart})
    assert row.version(name) == version


def rows(*given: dict[str, Any]) -> tuple[Revision, ...]:
    """A history, parsed."""
    return parse_history(Reply(status=200, body=wrapped(*given)), "read")


def test_the_history_of_the_documents_is_understood() -> None:
    """12.6: a bare array, ascending, all deployed; the newest runs, the others can be named."""
    history = parse_history(Reply(status=200, body=HISTORY), "read")
    assert [row.number for row in history] == [3, 2, 1]
    assert history[0].updated_at is not None
    present = running(history)
    assert present is history[0]
    assert [row.number for row in returnable(history)] == [2, 1]


def test_a_history_is_sorted_by_number() -> None:
    """6.3: the API sorts as text; a revision that is listed twice is no history."""
    text_order = sorted(range(1, 13), key=str, reverse=True)
    history = rows(*(revision(each, "superseded") for each in text_order))
    assert [row.number for row in history] == list(range(12, 0, -1))
    with pytest.raises(UnreadableReplyError, match="twice"):
        rows(INSTALLED, INSTALLED)


@pytest.mark.parametrize(
    "row",
    [
        {"revision": 0},
        {"revision": "x"},
        {"revision": None},
        {"status": "deployed"},
        {"revision": 1, "status": []},
        {"revision": 1, "chart": {}},
        {"revision": 10**12},
        7,
        None,
    ],
)
def test_a_garbled_row_makes_the_history_unreadable(row: Any) -> None:
    """Nothing is decided on half a history."""
    with pytest.raises(UnreadableReplyError):
        parse_history(Reply(status=200, body=[INSTALLED, row]), "read")


FAILED_TWICE: Final = (
    revision(3, "failed", "8.11.1", 'Rollback "f" failed: forbidden'),
    revision(2, "superseded", "8.12.0", 'Upgrade "f" failed: forbidden'),
    revision(1, "deployed", description="Install complete"),
)
BROKE: Final = 'Rollback "etcd-release" failed: forbidden'
UPDATED: Final = revision(1, "superseded", description="Install complete")
LINEAGE: Final[dict[str, tuple[tuple[dict[str, Any], ...], int | None, int | None, list[int]]]] = {
    "installed": ((INSTALLED,), 1, None, []),
    "upgraded": (UPGRADED, 2, 1, [1]),
    "stuck": (STUCK, 2, 2, [2, 1]),
    "failed": (FAILED, 2, 2, [2, 1]),
    "rolled back": (BACK, 4, None, [3, 2, 1]),
    "failed twice": (FAILED_TWICE, 1, 1, [1]),
    "first failed": (FIRST_FAILED, 1, None, []),
    "first pending": (FIRST_PENDING, None, None, []),
    "nothing": ((), None, None, []),
    "a rollback that failed": (
        (revision(3, "failed", "8.11.1", BROKE), revision(2, "superseded", "8.12.0"), UPDATED),
        3,
        1,
        [2, 1],
    ),
    "a rollback over two that failed": (
        (
            revision(4, "failed", "8.11.1", BROKE),
            revision(3, "superseded", "8.12.0"),
            revision(2, "superseded", "8.11.2"),
            UPDATED,
        ),
        4,
        1,
        [3, 2, 1],
    ),
    "a rollback that failed twice": (
        (
            revision(4, "failed", "8.11.1", BROKE),
            revision(3, "superseded", "8.11.1", BROKE),
            revision(2, "superseded", "8.12.0"),
            UPDATED,
        ),
        4,
        1,
        [2, 1],
    ),
    "a rollback of values that failed": (
        (revision(3, "failed", "8.11.1", BROKE), revision(2, "superseded"), UPDATED),
        3,
        1,
        [2, 1],
    ),
    "a rollback that hangs": (
        (
            revision(3, "pending-rollback", "8.11.1", "Rollback to 1"),
            revision(2, "deployed", "8.12.0"),
            UPDATED,
        ),
        2,
        1,
        [2, 1],
    ),
    "an upgrade that failed after a rollback that did": (
        (
            revision(4, "failed", "8.13.0", 'Upgrade "etcd-release" failed: forbidden'),
            revision(3, "superseded", "8.11.1", BROKE),
            revision(2, "superseded", "8.12.0"),
            UPDATED,
        ),
        4,
        1,
        [2, 1],
    ),
    "rolled back, upgraded": (
        (
            revision(4, "deployed", "8.13.0"),
            revision(3, "superseded", "8.11.1", "Rollback to 1"),
            revision(2, "superseded", "8.12.0"),
            UPDATED,
        ),
        4,
        3,
        [3, 2, 1],
    ),
    "rolled back, named again, upgraded": (
        (
            revision(5, "deployed", "8.13.0"),
            revision(4, "superseded", "8.12.0", "Rollback to 2"),
            revision(3, "superseded", "8.11.1", "Rollback to 1"),
            revision(2, "superseded", "8.12.0"),
            UPDATED,
        ),
        5,
        4,
        [4, 3, 2, 1],
    ),
    "returned to the unknown": (
        (revision(4, "deployed", description="Rollback to 9"), *UPGRADED[1:]),
        4,
        1,
        [1],
    ),
}


@pytest.mark.parametrize("case", LINEAGE.values(), ids=list(LINEAGE))
def test_what_runs_and_where_one_can_return(
    case: tuple[tuple[dict[str, Any], ...], int | None, int | None, list[int]],
) -> None:
    """Section 11: a failed revision never ran; a rollback by default leads to what ran before."""
    given, runs, back, there = case
    history = rows(*given)
    present, before = running(history), previous(history)
    assert (present.number if present else None) == runs
    assert (before.number if before else None) == back
    assert [row.number for row in returnable(history)] == there
