"""Who waits is played beside who does not, and nobody is left out."""

from collections import Counter

import pytest

from tests.order import WAITING, side_by_side

FOLDERS = {"cli": 5, "core": 30, "faults": 3, "processes": 7, "sandbox": 4, "views": 11}
TESTS = [f"{name}/{number}" for name, count in FOLDERS.items() for number in range(count)]


def folder(test: str) -> str:
    """Return where a test is."""
    return test.partition("/")[0]


@pytest.mark.parametrize("processes", range(1, 9))
def test_each_is_played_once(processes: int) -> None:
    """However many processes there are."""
    assert Counter(side_by_side(TESTS, folder, processes)) == Counter(TESTS)


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_what_waits_begins_the_shares_of_its_own_processes(processes: int) -> None:
    """As `worksteal` cuts them: each of what is left by as many as there are still."""
    ordered, shares = side_by_side(TESTS, folder, processes), []
    for number in range(processes, 0, -1):
        size = len(ordered) // number
        shares.append(ordered[:size])
        ordered = ordered[size:]
    begun = [{folder(each) for each in share[:7]} for share in shares]
    assert begun[:2] == [set(names) for names in WAITING]
    assert not any(names & {"processes", "faults", "sandbox"} for names in begun[2:])


def test_one_process_has_them_in_their_own_order() -> None:
    """As they are collected, and as whoever reads along expects them."""
    assert side_by_side(TESTS, folder, 1) == TESTS
