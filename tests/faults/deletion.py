"""Redis killed and its data deleted, while operations stand in every phase that there is."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bot.sandbox.clouds import Fault
from bot.sandbox.content import CHANNEL
from tests.conversations.cards import KEEP_WAITING
from tests.faults.harm import Harm, Harmer
from tests.faults.inspection import whole
from tests.faults.people import Errand, component, finish_errand, run_errand
from tests.faults.table import Table
from tests.faults.waves import Plan, Standing, judged, standing
from tests.processes.forks import PATIENCE
from tests.processes.gates import Gate
from tests.processes.house import APPROVE, BOB, House
from tests.processes.running import until

DOORBELLS: Final = 2  # that a house has: so many calls can be under way at once
ENDED: Final = "succeeded"
LONG: Final = 12.0  # seconds that a job takes which is to be watched meanwhile
LOST: Final = Fault(kind="drop", when="before")
LATE: Final = Fault(kind="later", status=504, seconds=20)
FORBIDDEN: Final = Fault(
    kind="answer",
    match="GET */jobs/*",
    status=403,
    body={"error_code": "APIGW.0302", "error_msg": "not authorized"},
    times=None,
)


def deleted(operations: int, name: str) -> Table:
    """Let so many operations come to all phases, delete Redis' data, and judge what comes."""
    with standing() as stand:
        errands = tuple(Errand(target=f"t{number:02}") for number in range(operations))
        scene = _Scene(stand, errands)
        scene.set_up()
        phases = _census(stand.home, errands)
        harmer = Harmer(stand.home, stand.line)
        undo = harmer.do(Harm(0, "redis", "data lost"))
        assert undo is not None
        undo()
        began = time.monotonic()
        scene.go_on()
        table = judged(stand.home, Plan(name, errands, ()), [began], harmer)
        table.blame(name, whole(stand.home, errands))
        table.title = f"{name}, with operations {phases}"
        return table


class _Scene:
    """Operations in every phase, and the gates that hold some of them there."""

    def __init__(self, stand: Standing, errands: tuple[Errand, ...]) -> None:
        self._home = stand.home
        self._gates: list[Gate] = []
        rest = iter(errands)
        part = max(1, len(errands) // 12)
        self._stalled = list(itertools.islice(rest, part // 2 or 1))
        self._lost = list(itertools.islice(rest, part))
        self._late = list(itertools.islice(rest, part))
        self._telling = list(itertools.islice(rest, part))
        self._sending = list(itertools.islice(rest, DOORBELLS))
        self._queued = list(itertools.islice(rest, part))
        self._unplanned = list(itertools.islice(rest, part))
        self._waiting = list(itertools.islice(rest, 2 * part))
        self._watched = list(rest)

    def set_up(self) -> None:
        """Bring everybody where they are to stand; whoever blocks the way for others comes last."""
        self._ask(
            *self._stalled, *self._lost, *self._late, *self._telling, *self._sending,
            *self._queued, *self._waiting, *self._watched,
        )  # fmt: skip
        self._stall()
        for fault, errands in ((LOST, self._lost), (LATE, self._late)):
            for each in errands:
                self._home.cloud.faults.add(fault)
                self._approve(each)
                self._home.until_phase(_first(each), "uncertain")
        self._watch(self._watched, LONG)
        self._hold()

    def go_on(self) -> None:
        """Let everything go on, and people do what is theirs."""
        for gate in self._gates:
            gate.open()
        home = self._home
        with ThreadPoolExecutor(len(self._waiting) + len(self._unplanned)) as people:
            for each in (*self._waiting, *self._unplanned):
                people.submit(finish_errand, home, each, _first(each))
        for each in self._stalled:
            card = home.card_with(_first(each), KEEP_WAITING)
            home.workspace.press(KEEP_WAITING, ts=card.ts, channel=CHANNEL, by=BOB)
        home.cloud.faults.clear()
        for each in self._stalled:
            until(_has_ended(home, _first(each)), "the stalled to be read again")

    def _ask(self, *errands: Errand) -> None:
        with ThreadPoolExecutor(4) as people:
            for each in errands:
                people.submit(run_errand, self._home, each, until_asked=True)
        for each in errands:
            self._home.card_with(_first(each), APPROVE)

    def _approve(self, errand: Errand) -> None:
        errand.pressed.append((BOB, _first(errand)))
        self._home.approve(_first(errand))

    def _stall(self) -> None:
        self._home.cloud.faults.add(FORBIDDEN)
        for each in self._stalled:
            self._approve(each)
            self._home.until_phase(_first(each), "stalled")
        self._home.cloud.faults.clear()
        for each in self._stalled:
            task = self._home.operation(_first(each)).steps[0].remote_task
            fault = FORBIDDEN.model_copy(update={"match": f"GET */jobs/{task}"})
            self._home.cloud.faults.add(fault)
            self._home.card_with(_first(each), KEEP_WAITING)

    def _watch(self, errands: list[Errand], seconds: float) -> None:
        for each in errands:
            self._home.cloud.take_seconds(component(each), seconds)
            self._approve(each)
        for each in errands:
            until(_is_watched(self._home, _first(each)), "a remote task")

    def _hold(self) -> None:
        """Hold one end on its way to its thread, and two calls whose answers are on their way."""
        self._gates.append(self._home.hold_slack("chat.postMessage", f" {ENDED}*"))
        for each in self._telling:
            self._approve(each)
        for each in self._telling:
            self._home.until_phase(_first(each), ENDED)
        gates = [self._home.hold_cloud("PUT", component(each), "after") for each in self._sending]
        self._gates += gates
        for each in self._sending:
            self._approve(each)
        for gate in self._gates:
            assert gate.arrived.wait(PATIENCE)
        for each in self._queued:
            self._approve(each)
        for each in self._unplanned:
            run_errand(self._home, each, until_asked=True)


def _first(errand: Errand) -> str:
    assert errand.told, errand.wrongs
    return next(iter(errand.told))


def _is_watched(home: House, operation_id: str) -> Callable[[], bool]:
    return lambda: home.operation(operation_id).steps[0].remote_task is not None


def _has_ended(home: House, operation_id: str) -> Callable[[], bool]:
    return lambda: home.operation(operation_id).is_final


def _census(home: House, errands: tuple[Errand, ...]) -> str:
    counts = Counter(_words(home, _first(each)) for each in errands)
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def _words(home: House, operation_id: str) -> str:
    operation = home.operation(operation_id)
    phase = operation.phase
    return " ".join(_named(phase.kind, getattr(phase, "stage", ""), operation.plan.is_made))


def _named(kind: str, stage: str, is_planned: bool) -> Iterator[str]:  # noqa: FBT001 - a fact
    yield kind
    if stage:
        yield stage
    if not is_planned:
        yield "without a plan"
