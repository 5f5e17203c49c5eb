"""A wave: several deployments at once in a house, while harm is done to it."""

import heapq
import itertools
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from bot.core.errors import JournalUnavailableError
from tests.faults.cluster import Cluster, clustered
from tests.faults.harm import Harm, Harmer, planned
from tests.faults.inspection import findings, is_at_rest, until_told
from tests.faults.line import Line
from tests.faults.patience import Patience
from tests.faults.people import Errand, run_errand
from tests.faults.table import Table
from tests.processes.forks import Preloaded, preloaded
from tests.processes.house import House, house, listens

REST: Final = 120.0  # seconds in which nothing moves; what is not at rest by then, is lost
SECONDS: Final = 10.0  # in which a wave's harm is done
_LOOK: Final = 0.1  # seconds


class Standing(NamedTuple):
    """A house, and the line between its processes and Redis."""

    home: House
    line: Line
    cluster: Cluster | None = None  # where there are several hosts
    door: Line | None = None  # to their bots


class Plan(NamedTuple):
    """What people want in a wave, and what is done to them."""

    name: str  # what to say to have it once more
    errands: tuple[Errand, ...]
    harms: tuple[Harm, ...]


@contextmanager
def standing(forks: Preloaded | None = None, *, job_seconds: float = 0.5) -> Iterator[Standing]:
    """Build a house whose Redis is at the end of a line that can break.

    What starts its programs is loaded for it, unless there is one already.
    """
    with (
        tempfile.TemporaryDirectory(prefix="slipway-campaign-") as folder,
        nullcontext(forks) if forks else preloaded() as starts,
        house(Path(folder), starts, job_seconds=job_seconds, started=False) as home,
        _line_to_redis(home) as line,
    ):
        home.start()
        yield Standing(home, line)


@contextmanager
def standing_on_hosts(
    hosts: int, forks: Preloaded | None = None, *, pooled: bool = False
) -> Iterator[Standing]:
    """Build a house on several hosts over one PostgreSQL, with one front door to its bots.

    Where that is *pooled*, they come to it by a PgBouncer.
    """
    with (
        tempfile.TemporaryDirectory(prefix="slipway-campaign-") as folder,
        nullcontext(forks) if forks else preloaded() as starts,
        clustered(pooled=pooled) as cluster,
        house(Path(folder), starts, started=False, database=cluster.own_url, hosts=hosts) as home,
        _line_to_redis(home) as line,
    ):
        home.lead("SLIPWAY_DATABASE_URL", cluster.url)
        door = Line(*doors(home))
        door.open()
        home.workspace.request_url = f"http://127.0.0.1:{door.port}/slack/events"
        try:
            home.start()
            yield Standing(home, line, cluster, door)
        finally:
            door.close()


def doors(home: House) -> list[int]:
    """Return the ports at which the bots listen."""
    return [int(listens(each).rpartition(":")[2]) for each in home.bots]


@contextmanager
def _line_to_redis(home: House) -> Iterator[Line]:
    """Put a line between Redis and whoever uses it; the house is closed before the line is."""
    address, _, port = home.redis_url.removesuffix("/0").rpartition(":")
    line = Line(int(port))
    line.open()
    home.lead("SLIPWAY_REDIS_URL", f"{address}:{line.port}/0")
    try:
        yield line
    finally:
        line.release()
        home.close()
        line.close()


def random_plan(seed: int, deployments: int, harms: int, hosts: int = 1) -> Plan:
    """Return what one seed means, each time the same."""
    chance = random.Random(seed)  # noqa: S311 - the same seed is the same plan
    errands = tuple(
        Errand(
            target=f"t{number:02}",
            begins=chance.uniform(0, 0.7 * SECONDS),
            rolls_back=chance.random() < 0.2,
            with_eve=chance.random() < 0.2,
            fails=chance.random() < 0.1,
        )
        for number in range(deployments)
    )
    name = f"--only {seed}" if hosts == 1 else f"--hosts --only {seed}"
    return Plan(name, errands, tuple(planned(chance, harms, SECONDS, hosts)))


def played(stand: Standing, plan: Plan) -> Table:
    """Let a wave pass through a house, and return what came of it."""
    home, errands = stand.home, plan.errands
    for errand in errands:
        errand.is_lost = partial(_is_lost, stand)
        errand.was_set_back = partial(_was_set_back, stand)
    harmer = Harmer(home, stand.line, stand.cluster)
    began = time.monotonic()
    with ThreadPoolExecutor(len(errands)) as people:
        doing = [people.submit(run_errand, home, each) for each in errands]
        moments = _harmed(harmer, plan.harms, began)
        for each in doing:
            each.result()
    return judged(home, plan, moments, harmer)


def _was_set_back(stand: Standing) -> bool:
    return stand.cluster is not None and stand.cluster.lost is not None


def _is_lost(stand: Standing, operation_id: str) -> bool:
    """Whether the journal was set back, and knows nothing of an operation."""
    if not _was_set_back(stand):
        return False
    try:
        return stand.home.journal.operations.find(operation_id) is None
    except JournalUnavailableError:
        return False


def judged(home: House, plan: Plan, moments: Sequence[float], harmer: Harmer) -> Table:
    """Wait for everything to come to rest, and judge it."""
    rests = _rests(home, plan.errands)
    _wait(home, lambda: until_told(home), REST)
    table = Table(plan.name)
    table.done.update(+harmer.done)
    for each in plan.errands:
        rest = rests.get(each.target, time.monotonic())
        during = [moment for moment in moments if each.began_at <= moment <= rest]
        last = max((m for m in moments if m <= rest), default=rest)
        name, kind = f"{plan.name} {each.target} {list(each.told)}", _kinds(home, each)
        if during:
            table.add(name, (), findings(home, each), kind, rest - last)
        else:
            table.spared += 1
            table.blame(name, findings(home, each))
    return table


def _kinds(home: House, errand: Errand) -> str:
    found = [home.journal.operations.find(each) for each in errand.told]
    return " and ".join(each.phase.kind if each else "nothing" for each in found) or "nothing"


def _harmed(harmer: Harmer, harms: Sequence[Harm], began: float) -> list[float]:
    """Do what is due when it is due; return the moments at which something was done or undone."""
    numbers = itertools.count()
    due: list[tuple[float, int, Harm | Callable[[], None]]] = []
    for each in harms:
        heapq.heappush(due, (each.at, next(numbers), each))
    moments: list[float] = []
    while due:
        at, _, thing = heapq.heappop(due)
        threading.Event().wait(max(0.0, began + at - time.monotonic()))
        if isinstance(thing, Harm):
            undo = harmer.do(thing)
            if undo is not None and thing.lasts:
                heapq.heappush(due, (at + thing.lasts, next(numbers), undo))
            if undo is None:
                continue
        else:
            thing()
        moments.append(time.monotonic())
    harmer.end()
    moments.append(time.monotonic())
    return moments


def _rests(home: House, errands: Sequence[Errand]) -> dict[str, float]:
    """Return when each errand's operations were at rest; those missing never were."""
    rests: dict[str, float] = {}

    def look() -> bool:
        for each in errands:
            resting = all(is_at_rest(home, operation_id, each) for operation_id in each.told)
            if each.target not in rests and resting:
                rests[each.target] = time.monotonic()
        return len(rests) == len(errands)

    _wait(home, look, REST)
    return rests


def _wait(home: House, seen: Callable[[], bool], seconds: float) -> bool:
    patience = Patience(home, seconds, _LOOK)
    while patience.lasts():
        if seen():
            return True
        threading.Event().wait(_LOOK)
    return False
