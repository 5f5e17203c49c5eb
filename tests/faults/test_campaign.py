"""The campaigns' short form: real processes, harmed at moments of chance.

Each death stands for what ends a process at once: FM-6, FM-11, FM-15, FM-27, FM-28 and FM-119.
"""

import random

import pytest

from tests.faults.harm import DATABASE, LOSES_REDIS, WAYS, WAYS_OF_HOSTS, planned
from tests.faults.inspection import whole
from tests.faults.waves import played, random_plan, standing, standing_on_hosts
from tests.journal.postgres import excused
from tests.processes.forks import Preloaded

LONGEST = 120
SEED_OF_HOSTS = 396


@pytest.mark.timeout(2 * LONGEST)
def test_whatever_is_done_to_the_processes(forks: Preloaded) -> None:
    """Killed, stopped, cut off, misled: each deployment ends right, was sent once, and is told."""
    plan = random_plan(seed=385, deployments=4, harms=7)
    with standing(forks) as stand:
        table = played(stand, plan)
        table.blame(plan.name, whole(stand.home, plan.errands))
    assert table.is_clean, str(table)
    assert table.runs >= 3, str(table)


@pytest.mark.timeout(2 * LONGEST)
def test_whatever_is_done_to_two_hosts(forks: Preloaded) -> None:
    """Two bots and two supervisors over one PostgreSQL: as on one host, also when it fails over."""
    plan = random_plan(SEED_OF_HOSTS, deployments=4, harms=7, hosts=2)
    assert {each.what for each in plan.harms} >= {"switched over"}
    with excused(), standing_on_hosts(2, forks) as stand:
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


def test_every_way_of_harm_on_hosts_is_taken() -> None:
    """On several hosts each of them is harmed, and their database in each way."""
    chance = random.Random(1)  # noqa: S311 - the same seed is the same plan
    harms = planned(chance, 400, 10.0, hosts=2)
    assert {each.way for each in harms} == set(WAYS_OF_HOSTS)
    assert {each.what for each in harms if each.way == "database"} == set(DATABASE)
    assert {each.host for each in harms} == {0, 1}


@pytest.mark.parametrize("seed", range(50))
def test_no_seed_takes_away_both_memories_at_once(seed: int) -> None:
    """Redis is lost before the journal is set back, never while it has to tell of that."""
    chance = random.Random(seed)  # noqa: S311 - the same seed is the same plan
    harms = [each.what for each in planned(chance, 12, 10.0, hosts=2)]
    behind = harms.index("failed over behind") if "failed over behind" in harms else len(harms)
    assert LOSES_REDIS.isdisjoint(harms[behind:])
