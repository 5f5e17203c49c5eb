"""In which order tests are played, where several processes share them.

pytest-xdist's `worksteal` gives each process as many tests as any other, one after the other in
their order, and whoever is done takes the last ones of another. Many tests of some folders wait for
real processes, browsers and clocks. Each of those folders begins a share of its own, so that its
waiting is spread over the whole run, beside processes that never wait.
"""

import os
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, TypeVar

# Which folders begin the shares of the first processes.
WAITING: Final = (("processes",), ("faults", "sandbox"))
PROCESSES: Final = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
T = TypeVar("T")


def side_by_side(tests: Sequence[T], folder_of: Callable[[T], str], processes: int) -> list[T]:
    """Return *tests* so that what waits begins the shares of that many *processes*."""
    if processes == 1:
        return list(tests)
    begun = WAITING[:processes]
    waiting = {name for names in begun for name in names}
    others = (each for each in tests if folder_of(each) not in waiting)
    ordered: list[T] = []
    for number in range(processes):
        end = len(ordered) + (len(tests) - len(ordered)) // (processes - number)
        names = begun[number] if number < len(begun) else ()
        ordered += [each for each in tests if folder_of(each) in names]
        ordered += islice(others, max(0, end - len(ordered)))
    return [*ordered, *others]
