"""Every schedule of a change and of a rollback with at most two crashes and two faults.

A schedule says what happens at which point of a run: `kill`, `kill~` (Redis loses everything as
well), `stop` (the process stands still, and goes on when all others are at rest), `alarm` (RQ ends
the job because of its time-out), or how the I/O that begins there goes wrong. The same schedule is
the same run, each time.

Schedules grow from the run in which nothing happens: one more thing, at a later point. So each
is run once, and everything in it comes about. Points between which nothing changes outside of the
process are one: dying there, or a little later, leaves the same behind. Standing still is not the
same: there, what was read before is believed afterwards.
"""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from typing_extensions import override

from bot.core.rules import (
    FreezeBegun,
    FreezeEnded,
    HaltBegun,
    HaltEnded,
    Locked,
    Unlocked,
)
from bot.core.target import ALL, TargetEvent
from tests.conversations.clock import BEGINNING
from tests.faults.content import ANN, BOB, CHECKOUT, EVE, LEA
from tests.faults.incidents import incident_findings, play_incident
from tests.faults.oracle import findings
from tests.faults.play import Play, RestlessError
from tests.faults.points import Point
from tests.faults.stage import Ledger, staged

Scenario: TypeAlias = Literal[
    "deploy",
    "rollback",
    "two",
    "drift",
    "queue",
    "aside",
    "lock",
    "freeze",
    "halt",
    "incident",
    # the same change as "deploy", of the other systems
    "servicestage-v2",
    "cce-cluster",
    "cce-release",
    "cloudpods-release",
]
Tier: TypeAlias = Literal["core", "wide"]

SCENARIOS: Final[tuple[Scenario, ...]] = get_args(Scenario)
ENDS: Final = frozenset({"kill", "kill~", "stop", "alarm"})
JOBS: Final = frozenset({"doorbell", "poller", "outbox"})  # whose work is that of an RQ job
CORE: Final = {
    "put": ("lost-before", "lost-after", "502-after", "429", "timeout-late"),
    "card": ("ambiguous-before", "ambiguous-after"),
    "final": ("ambiguous-before", "ambiguous-after"),
}
WIDE: Final = {
    "create": ("unavailable",),
    "people": ("429", "ambiguous-before"),
    "look": ("lost-before", "502-before", "429"),
    "put": (
        "lost-before", "lost-after", "502-before", "502-after", "409-before", "409-after", "429",
        "garbage-after", "timeout-late", "unreached",
    ),
    "job": ("lost-before", "502-before", "429"),
    "card": ("ambiguous-before", "ambiguous-after", "429"),
    "reply": ("ambiguous-before", "ambiguous-after", "429"),
    "update": ("ambiguous-before", "ambiguous-after", "429"),
    "final": ("ambiguous-before", "ambiguous-after", "429"),
    "lookup": ("ambiguous-before", "429"),
    "step": ("ambiguous-before", "ambiguous-after", "429"),
}  # fmt: skip
TIERS: Final[dict[Tier, dict[str, tuple[str, ...]]]] = {"core": CORE, "wide": WIDE}


class Change(NamedTuple):
    """What is asked for, what runs then, and how many calls that takes."""

    words: str
    version: str
    calls: int = 1


CHANGES: Final[dict[Scenario, Change]] = {
    "deploy": Change("deploy checkout 1.4.0", "1.4.0"),
    "servicestage-v2": Change("deploy billing 2.4.0", "2.4.0"),
    "cce-cluster": Change("upgrade edge v1.30", "v1.30.6-r0", calls=5),
    "cce-release": Change("deploy search 1.2.0", "1.2.0"),
    "cloudpods-release": Change("deploy etcd 8.12.0", "8.12.0"),
}
MUTATIONS: Final[dict[Scenario, int]] = {
    **{name: change.calls for name, change in CHANGES.items()},
    "rollback": 2,
    "two": 1,
    "drift": 1,
    "queue": 2,
    "aside": 3,
    **dict.fromkeys(("lock", "freeze", "halt"), 1),
    "incident": 0,
}
REST: Final = timedelta(minutes=2)  # in which what is held is looked at again
MEDDLED: Final = timedelta(seconds=3)  # until the console's change is done
TWO: Final = 2  # people who have to approve


class Schedule(NamedTuple):
    """What happens at which points of a run, in their order."""

    scenario: Scenario
    things: tuple[tuple[int, str], ...] = ()

    @override
    def __str__(self) -> str:
        return " ".join((self.scenario, *(f"{point}:{what}" for point, what in self.things)))

    @property
    def last(self) -> int:
        """The point at which the last thing happens."""
        return self.things[-1][0] if self.things else -1

    @property
    def crashes(self) -> int:
        """How many processes end or stand still."""
        return sum(what in ENDS for _, what in self.things)

    def then(self, point: int, what: str) -> "Schedule":
        """Return it with one more thing."""
        return self._replace(things=(*self.things, (point, what)))


class Bounds(NamedTuple):
    """Which schedules are meant by "all"."""

    crashes: int = 2
    faults: int = 2
    things: int = 4  # crashes and faults together
    tier: Tier = "core"
    ends: tuple[str, ...] = ("kill", "kill~")


class Outcome(NamedTuple):
    """How a run ended."""

    schedule: Schedule
    findings: tuple[str, ...]
    reached: tuple[Point, ...]
    phase: str
    rest: float  # seconds of the given clock until everything was at rest

    def grown(self, bounds: Bounds) -> Iterator[Schedule]:
        """Yield all schedules that have one more thing, later."""
        before = self.schedule
        crashes, faults = before.crashes, len(before.things) - before.crashes
        if len(before.things) >= bounds.things:
            return
        for number, point in enumerate(self.reached[before.last + 1 :], before.last + 1):
            if point.where == "after" and crashes < bounds.crashes:
                ends = (end for end in bounds.ends if _may_end(point, end))
                yield from (before.then(number, end) for end in ends)
            if point.place and faults < bounds.faults:
                kinds = TIERS[bounds.tier].get(point.place, ())
                yield from (before.then(number, kind) for kind in kinds)


def _may_end(point: Point, end: str) -> bool:
    """Whether an end right there is another than the one before it."""
    if end == "alarm" and point.who not in JOBS:
        return False
    return point.changes or end == "stop"


def read(words: str) -> Schedule:
    """Return the schedule that *words* say."""
    name, *things = words.split()
    [scenario] = [each for each in SCENARIOS if each == name]
    pairs = (each.partition(":") for each in things)
    return Schedule(scenario, tuple((int(point), what) for point, _, what in pairs))


def run(schedule: Schedule, book: Ledger) -> Outcome:
    """Play one schedule, and judge it."""
    fates = dict(schedule.things)
    stage = staged(book, fates, approvals=TWO if schedule.scenario == "two" else 1)
    play = Play(stage, may_stop="stop" in fates.values())
    versions: dict[str, str] = {}
    try:
        _PLAYS[schedule.scenario](play, versions)
        wrong = findings(play, versions, mutations=MUTATIONS[schedule.scenario])
        if schedule.scenario == "incident":
            wrong += incident_findings(play)
    except RestlessError as error:
        wrong = [f"lost final: {error}"]
    except Exception as error:  # noqa: BLE001 - whatever the product raises here is a finding
        wrong = [f"other: {type(error).__name__}: {error}"]
    finally:
        play.release()
    if stage.points.met != fates:
        wrong.append(f"other: only {stage.points.met} came about")
    last = stage.journal.operations.recent(1)
    return Outcome(
        schedule=schedule,
        findings=tuple(wrong),
        reached=tuple(stage.points.reached),
        phase=last[0].phase.kind if last else "nothing",
        rest=play.seconds_at_work,
    )


def _change(scenario: Scenario, play: Play, versions: dict[str, str]) -> None:
    change = CHANGES[scenario]
    play.stage.points.watch()
    operation_id = play.ask(change.words, by=ANN)
    play.settle()
    if operation_id is not None:
        versions[operation_id] = change.version
        play.approve(operation_id, EVE, ANN, BOB)
        play.settle()
    _finish(play)


def _rollback(play: Play, versions: dict[str, str]) -> None:
    first = play.ask("deploy checkout 1.4.0", by=ANN)
    play.settle()
    if first is None:
        raise RestlessError
    play.approve(first, BOB)
    play.settle()
    play.stage.points.watch()
    second = play.roll_back(first)
    play.settle()
    if second is not None:
        versions[second] = "1.3.0"
    _finish(play)


def _two(play: Play, versions: dict[str, str]) -> None:
    """Two have to approve; Bob tries to be both of them."""
    play.stage.points.watch()
    operation_id = play.ask("deploy checkout 1.4.0", by=ANN)
    play.settle()
    if operation_id is not None:
        versions[operation_id] = "1.4.0"
        play.approve(operation_id, BOB, BOB)
        play.settle()
        if play.stage.clouds.executed:
            play.unapproved.append("Bob alone opened a gate of two")
        play.approve(operation_id, LEA)
        play.settle()
    _finish(play)


def _drift(play: Play, versions: dict[str, str]) -> None:
    """Somebody changes the target in the console between approval and permit."""
    play.stage.points.watch()
    operation_id = play.ask("deploy checkout 1.4.0", by=ANN)
    play.settle()
    if operation_id is not None:
        versions[operation_id] = "1.4.0"
        play.approve(operation_id, BOB)
        play.stage.clouds.huawei.meddle(CHECKOUT, "9.9.9")
        play.stage.clock.move(MEDDLED)
        play.settle()
        if play.stage.clouds.executed:
            play.unapproved.append("9.9.9 was replaced, though the approved plan began at 1.3.0")
        play.approve(operation_id, BOB)
        play.settle()
    _finish(play)


def _queue(play: Play, versions: dict[str, str]) -> None:
    """Bob's change waits for Ann's, and is sent after it."""
    play.stage.points.watch()
    first = play.ask("deploy checkout 1.4.0", by=ANN)
    second = play.ask("deploy checkout 1.5.0", by=BOB)
    play.settle()
    for operation_id in filter(None, (first, second)):
        play.approve(operation_id, LEA)
        play.settle()
    if second is not None:
        versions[second] = "1.5.0"
    _finish(play)


def _aside(play: Play, versions: dict[str, str]) -> None:
    """A rollback goes before what waits for approval, which comes back after it."""
    done = play.ask("deploy checkout 1.4.0", by=ANN)
    play.settle()
    play.approve(done or "", LEA)
    play.settle()
    asked = play.ask("deploy checkout 1.5.0", by=ANN)
    play.settle()
    play.stage.points.watch()
    back = play.ask("rollback checkout", by=BOB)
    play.settle()
    if back is not None and not play.stage.journal.operations.load(back).was_sent:
        play.unapproved.append(f"{back} was kept back by what only waits for approval")
    if asked is not None:
        versions[asked] = "1.5.0"
        play.approve(asked, LEA)
    _finish(play)


def _held(holds: TargetEvent, ends: TargetEvent, play: Play, versions: dict[str, str]) -> None:
    """Something holds the target from the approval on, and ends a minute later."""
    play.stage.points.watch()
    operation_id = play.ask("deploy checkout 1.4.0", by=ANN)
    play.settle()
    play.tell(holds.model_copy(update={"at": play.stage.clock()}))
    if operation_id is not None:
        versions[operation_id] = "1.4.0"
        play.approve(operation_id, BOB)
    play.settle()
    play.stage.clock.move(REST)
    play.tell(ends.model_copy(update={"at": play.stage.clock()}))
    for _ in range(2):  # who died at its look comes again after a minute
        play.settle()
        play.stage.clock.move(REST)
    _finish(play)


_LOCK: Final = Locked(target="checkout", by=LEA, at=BEGINNING, reason="stocktaking")
_UNLOCK: Final = Unlocked(target="checkout", by=LEA, at=BEGINNING, holder=LEA)
_FREEZE: Final = FreezeBegun(
    target="checkout", scope="target", by=LEA, at=BEGINNING, reason="stocktaking"
)
_THAW: Final = FreezeEnded(target="checkout", scope="target", by=LEA, at=BEGINNING)
_HALT: Final = HaltBegun(target=ALL, by=LEA, at=BEGINNING, reason="down")
_RESUME: Final = HaltEnded(target=ALL, by=LEA, at=BEGINNING)


def _finish(play: Play) -> None:
    play.wake()
    play.settle()


_PLAYS: Final[dict[Scenario, Callable[[Play, dict[str, str]], None]]] = {
    **{name: partial(_change, name) for name in CHANGES},
    "rollback": _rollback,
    "two": _two,
    "drift": _drift,
    "queue": _queue,
    "aside": _aside,
    "lock": partial(_held, _LOCK, _UNLOCK),
    "freeze": partial(_held, _FREEZE, _THAW),
    "halt": partial(_held, _HALT, _RESUME),
    "incident": play_incident,
}


def explored(
    start: Schedule, bounds: Bounds, book: Ledger, *, share: tuple[int, int] = (0, 1)
) -> Iterator[Outcome]:
    """Run *start* and everything that grows from it; of its children, every so-many-th."""
    outcome = run(start, book)
    if share[0] == 0:
        yield outcome
    for child in islice(outcome.grown(bounds), share[0], None, share[1]):
        yield from explored(child, bounds, book)


def sampled(
    start: Schedule, bounds: Bounds, book: Ledger, seed: int, runs: int
) -> Iterator[Outcome]:
    """Run schedules that grow from *start* by chance, so many in all."""
    chance = random.Random(seed)  # noqa: S311 - the same seed is the same sample
    base = run(start, book)
    done = 0
    while done < runs:
        outcome = base
        while done < runs and (children := list(outcome.grown(bounds))):
            outcome = run(chance.choice(children), book)
            done += 1
            yield outcome
