"""What is done to a house while people work in it: deaths, standstills, broken lines, faults."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import FaultKind
from tests.faults.line import Line
from tests.faults.neighbours import CLOUD_FAULTS
from tests.processes.house import House, Role
from tests.processes.running import children, until

ROLES: Final[dict[str, Role]] = {
    "doorbell": "doorbell-1",
    "other doorbell": "doorbell-2",
    "poller": "poller",
    "outbox": "outbox",
    "sweeper": "sweeper",
}
HORSE: Final = "'s horse"
PROCESSES: Final = ("bot", "supervisor", *ROLES, *(f"{each}{HORSE}" for each in list(ROLES)[:-1]))
LONG: Final = 14.0  # seconds: longer than a silent process keeps its claims
CALLS: Final[dict[str, Fault]] = {
    **{name: each.model_copy(update={"match": None}) for name, each in CLOUD_FAULTS.items()},
    "timeout-late": Fault(kind="later", status=504, seconds=6),
}
READS: Final[dict[str, Fault]] = {
    "reset": Fault(kind="drop", match="GET *", times=2),
    "502": Fault(kind="answer", match="GET *", status=502, raw=b"<html>no</html>", times=2),
    "429": Fault(kind="throttled", match="GET *", retry_after="1"),
}
METHODS: Final = ("chat.postMessage", "chat.update")
KINDS: Final[tuple[FaultKind, ...]] = (
    "drop_before",
    "drop_after",
    "ratelimited",
    "internal_error_after",
    "server_error",
)
WAYS: Final = ("kill", "kill", "stop", "stop", "redis", "call", "call", "read", "slack", "slack")


class Harm(NamedTuple):
    """One thing that is done at a moment, and undone some seconds later, where it can be."""

    at: float  # seconds after the beginning
    way: str  # of WAYS
    what: str
    lasts: float = 0.0


def planned(chance: random.Random, count: int, seconds: float) -> list[Harm]:
    """Return so many harms within so many seconds, in their order."""
    return sorted(_harm(chance, chance.uniform(0.0, seconds)) for _ in range(count))


def _harm(chance: random.Random, at: float) -> Harm:
    way = chance.choice(WAYS)
    match way:
        case "kill":
            return Harm(at, way, chance.choice((*PROCESSES, "everything")), chance.uniform(0, 2))
        case "stop":
            lasts = LONG if chance.random() < 0.1 else chance.uniform(0.2, 3)
            return Harm(at, way, chance.choice(PROCESSES), lasts)
        case "redis":
            what = chance.choice(("data lost", "cut", "answer lost", "held"))
            return Harm(at, way, what, chance.uniform(0.1, 2))
        case "call":
            return Harm(at, way, chance.choice(list(CALLS)))
        case "read":
            return Harm(at, way, chance.choice(list(READS)))
        case _:
            return Harm(at, way, f"{chance.choice(METHODS)} {chance.choice(KINDS)}")


class Harmer:
    """Does harm to a house, and undoes it."""

    def __init__(self, home: House, line: Line) -> None:
        self._home = home
        self._line = line
        self.done: Final[Counter[str]] = Counter()

    def do(self, harm: Harm) -> Callable[[], None] | None:
        """Do it; return what undoes it. What finds nothing to harm is not counted."""
        match harm.way:
            case "kill":
                undo = self._kill(harm.what)
            case "stop":
                undo = self._stop(harm.what)
            case "redis":
                undo = self._redis(harm.what)
            case "call" | "read":
                faults = CALLS if harm.way == "call" else READS
                self._home.cloud.faults.add(faults[harm.what])
                undo = _nothing
            case _:
                method, kind = harm.what.split()
                self._slack(method, kind)
                undo = _nothing
        if undo is not None:
            self.done[f"{harm.way} {harm.what}"] += 1
        return undo

    def end(self) -> None:
        """Let nothing go wrong any more, and everything run; what never befell does not count."""
        for fault in self._home.cloud.faults.waiting:
            self._uncount("call", CALLS, fault)
            self._uncount("read", READS, fault)
        for method in METHODS:
            while (spared := self._home.workspace.faults.take(method)) is not None:
                self.done[f"slack {method} {spared.kind}"] -= 1
        self._home.cloud.faults.clear()
        self._line.release()
        self._home.start()
        until(self._home.is_ready, "the bot to be ready")

    def _uncount(self, way: str, faults: dict[str, Fault], fault: Fault) -> None:
        for name, each in faults.items():
            if each == fault:
                self.done[f"{way} {name}"] -= 1

    def _kill(self, what: str) -> Callable[[], None] | None:
        home = self._home
        programs = {"bot": [home.bot], "supervisor": [home.worker]}
        programs["everything"] = [home.bot, home.worker, home.redis]
        if what in programs:
            running = [each for each in programs[what] if each.is_running]
            for each in running:
                each.kill()
            return self._launch if running else None
        return _nothing if self._signal(what, signal.SIGKILL) else None

    def _launch(self) -> None:
        """Start what does not run, without waiting: it may have to wait for what is held now."""
        self._home.launch()

    def _stop(self, what: str) -> Callable[[], None] | None:
        pid = self._signal(what, signal.SIGSTOP)
        return partial(_go_on, pid) if pid else None

    def _redis(self, what: str) -> Callable[[], None] | None:
        match what:
            case "data lost":
                if not self._home.redis.is_running:
                    return None
                self._home.redis.kill()
                return self._launch
            case "cut":
                self._line.cut()
            case "answer lost":
                self._line.lose_an_answer()
            case _:
                self._line.hold()
                return self._line.release
        return _nothing

    def _slack(self, method: str, word: str) -> None:
        [kind] = [each for each in KINDS if each == word]
        self._home.workspace.faults.add(method, kind, retry_after=2, status=503)

    def _signal(self, what: str, number: signal.Signals) -> int:
        """Send a signal to whoever has that name now; 0 where nobody does."""
        pid = self._pid(what)
        return pid if pid and _send(pid, number) else 0

    def _pid(self, what: str) -> int:
        home = self._home
        if what == "bot":
            return home.bot.pid if home.bot.is_running else 0
        if not home.worker.is_running:
            return 0
        if what == "supervisor":
            return home.worker.pid
        role = ROLES[what.removesuffix(HORSE)]
        started = [each for each in home.worker.events("worker.started") if each["role"] == role]
        if not started:
            return 0
        pid = int(started[-1]["child"])
        return next(iter(children(pid)), 0) if what.endswith(HORSE) else pid


def _go_on(pid: int) -> None:
    _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _nothing() -> None:
    """There is nothing to undo."""
