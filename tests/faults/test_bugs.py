"""The harness can fail: each seeded bug is found, and none of them stays."""

import pytest

from tests.faults.bugs import BUGS
from tests.faults.finding import LIMIT, found
from tests.faults.schedules import Schedule, run
from tests.faults.stage import Ledger
from tests.faults.swaps import Bug

pytestmark = pytest.mark.usefixtures("unlogged")


@pytest.mark.timeout(2 * LIMIT)
@pytest.mark.parametrize(
    "bug",
    BUGS,
    ids=lambda each: f"{each.name}-{each.what.replace(' ', '-')}",
)
def test_a_seeded_bug_is_found(bug: Bug) -> None:
    """Switched on, it is found within a minute."""
    seen = found(bug)

    assert seen is not None
    assert seen.seconds <= LIMIT


def test_a_bug_ends_with_its_block(book: Ledger) -> None:
    """Whatever is swapped is put back, also where the block fails."""
    for bug in BUGS:
        with bug.switched_on():
            pass
    assert run(Schedule("deploy"), book).findings == ()


def test_every_bug_of_the_list_is_there() -> None:
    """SB1 to SB14, and those about lines, locks, freezes and halts, each once."""
    names = [bug.name for bug in BUGS]
    assert len(names) == len(set(names))
    assert {f"SB{number}" for number in range(1, 24)} <= set(names)
