"""`kill -9` of the bot or the worker at a moment of chance, one deployment after the other."""

import random
from typing import Final

from tests.faults.harm import Harm
from tests.faults.inspection import whole
from tests.faults.people import Errand
from tests.faults.table import Table
from tests.faults.waves import Plan, played, standing

IN_ONE_HOUSE: Final = 25
LONGEST: Final = 2.5  # seconds that an undisturbed deployment takes at most


def kill_plan(seed: int, number: int) -> Plan:
    """Return the deployment of a number, and when what is killed."""
    chance = random.Random(f"{seed}-{number}")  # noqa: S311 - the same seed is the same plan
    what = chance.choice(("bot", "supervisor"))
    kill = Harm(chance.uniform(0, LONGEST), "kill", what, chance.uniform(0.0, 0.5))
    return Plan(f"--kills --only {seed}", (Errand(target=f"t{number:02}"),), (kill,))


def killed(seed: int) -> Table:
    """Play the deployments of one seed in a house of its own."""
    table = Table(f"kills, seed {seed}")
    with standing(job_seconds=0.3) as stand:
        plans = [kill_plan(seed, number) for number in range(IN_ONE_HOUSE)]
        for each in plans:
            table.take(played(stand, each))
        errands = [errand for each in plans for errand in each.errands]
        table.blame(table.title, whole(stand.home, errands))
    return table
