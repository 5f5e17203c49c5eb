"""The campaigns' short form: real processes, harmed at moments of chance.

Each death stands for what ends a process at once: FM-6, FM-11, FM-15, FM-27, FM-28 and FM-119.
"""

import random

import pytest

from tests.faults.harm import WAYS, planned
from tests.faults.inspection import whole
from tests.faults.waves import played, random_plan, standing

LONGEST = 120


@pytest.mark.timeout(2 * LONGEST)
def test_whatever_is_done_to_the_processes() -> None:
    """Killed, stopped, cut off, misled: each deployment ends right, was sent once, and is told."""
    plan = random_plan(seed=385, deployments=4, harms=7)
    with standing() as stand:
        table = played(stand, plan)
        table.blame(plan.name, whole(stand.home, plan.errands))
    assert table.is_clean, str(table)
    assert table.runs >= 3, str(table)


def test_a_seed_is_the_same_plan_each_time() -> None:
    """What failed once can be tried again with its seed, which says everything but the timing."""
    assert random_plan(5, 3, 4) == random_plan(5, 3, 4)
    assert random_plan(5, 3, 4) != random_plan(6, 3, 4)


def test_every_way_of_harm_is_taken() -> None:
    """A campaign's seeds use all there is."""
    harms = planned(random.Random(1), 400, 10.0)  # noqa: S311 - the same seed is the same plan
    assert {each.way for each in harms} == set(WAYS)
    assert len({each.what for each in harms}) > 30
    assert harms == sorted(harms)
