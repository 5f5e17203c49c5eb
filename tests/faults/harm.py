"""What is done to a house while people work in it: deaths, standstills, broken lines, faults."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import FaultKind
from tests.faults.cluster import Cluster
from tests.faults.line import Line
from tests.faults.neighbours import CLOUD_FAULTS
from tests.processes.house import House, Role, pid_of
from tests.processes.running import children, until

ROLES: Final[dict[str, Role]] = {
    "doorbell": "doorbell-1",
    "other doorbell": "doorbell-2",
    "poller": "poller",
    "outbox": "outbox",
    "sweeper": "sweeper",
}
HORSE: Final = "'s horse"
TICKING: Final = ("poller", "outbox")  # whose jobs are forked
PROCESSES: Final = ("bot", "supervisor", *ROLES, *(f"{each}{HORSE}" for each in TICKING))
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
LOST: Final = 1.5  # seconds of commits, at least: that it is noticed by
NOTICED: Final = 10.0  # seconds after a fail-over, at most: what else is harmed may delay it
LOSES_REDIS: Final = frozenset({"everything", "data lost"})
DATABASE: Final = (
    "restarted",
    "crashed",
    "sessions ended",
    "read only",
    "cut",
    "answer lost",
    "held",
    "failed over",
    "switched over",
    "failed over behind",
)
WAYS: Final = ("kill", "kill", "stop", "stop", "redis", "call", "call", "read", "slack", "slack")


WAYS_OF_HOSTS: Final = (*WAYS, *("database",) * 4)


class Harm(NamedTuple):
    """One thing that is done at a moment, and undone some seconds later, where it can be."""

    at: float  # seconds after the beginning
    way: str  # of WAYS
    what: str
    lasts: float = 0.0
    host: int = 0


def planned(chance: random.Random, count: int, seconds: float, hosts: int = 1) -> list[Harm]:
    """Return so many harms within so many seconds, in their order.

    Several *hosts* have a database of their own, which is harmed as well.
    """
    if hosts == 1:
        return sorted(_harm(chance, chance.uniform(0.0, seconds), WAYS) for _ in range(count))
    found = [_harm(chance, chance.uniform(0.0, seconds), WAYS_OF_HOSTS) for _ in range(count)]
    placed = sorted(each._replace(host=chance.randrange(hosts)) for each in found)
    return [each for each in placed if not _loses_both(each, placed)]


def _loses_both(harm: Harm, harms: Sequence[Harm]) -> bool:
    """Whether Redis forgets what the journal has just forgotten: nobody knows of it then.

    What was sent is known in these two places; losing both at once is what README rules out.
    """
    return harm.what in LOSES_REDIS and any(
        each.at <= harm.at <= each.at + each.lasts + NOTICED
        for each in harms
        if each.what == "failed over behind"
    )


def _harm(chance: random.Random, at: float, ways: Sequence[str]) -> Harm:
    way = chance.choice(ways)
    match way:
        case "kill":
            return Harm(at, way, chance.choice((*PROCESSES, "everything")), chance.uniform(0, 2))
        case "stop":
            lasts = LONG if chance.random() < 0.1 else chance.uniform(0.2, 3)
            return Harm(at, way, chance.choice(PROCESSES), lasts)
        case "redis":
            what = chance.choice(("data lost", "cut", "answer lost", "held"))
            return Harm(at, way, what, chance.uniform(0.1, 2))
        case "database":
            what = chance.choice(DATABASE)
            least = LOST if what == "failed over behind" else 0.1
            return Harm(at, way, what, chance.uniform(least, 3))
        case "call":
            return Harm(at, way, chance.choice(list(CALLS)))
        case "read":
            return Harm(at, way, chance.choice(list(READS)))
        case _:
            return Harm(at, way, f"{chance.choice(METHODS)} {chance.choice(KINDS)}")


class Harmer:
    """Does harm to a house, and undoes it."""

    def __init__(self, home: House, line: Line, cluster: Cluster | None = None) -> None:
        self._home = home
        self._line = line
        self._cluster = cluster
        self.done: Final[Counter[str]] = Counter()

    def do(self, harm: Harm) -> Callable[[], None] | None:
        """Do it; return what undoes it. What finds nothing to harm is not counted."""
        match harm.way:
            case "kill":
                undo = self._kill(harm.what, harm.host)
            case "stop":
                undo = self._stop(harm.what, harm.host)
            case "redis":
                undo = self._redis(harm.what)
            case "database":
                undo = self._database(harm.what)
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
        if self._cluster is not None:
            self._cluster.heal()
        self._home.start()
        for bot in self._home.bots:
            until(partial(self._home.is_ready, bot), "the bot to be ready")

    def _uncount(self, way: str, faults: dict[str, Fault], fault: Fault) -> None:
        for name, each in faults.items():
            if each == fault:
                self.done[f"{way} {name}"] -= 1

    def _kill(self, what: str, host: int) -> Callable[[], None] | None:
        home = self._home
        programs = {"bot": [home.bots[host]], "supervisor": [home.workers[host]]}
        programs["everything"] = [*home.bots, *home.workers, home.redis]
        if what in programs:
            running = [each for each in programs[what] if each.is_running]
            for each in running:
                each.kill()
            return self._launch if running else None
        return _nothing if self._signal(what, host, signal.SIGKILL) else None

    def _launch(self) -> None:
        """Start what does not run, without waiting: it may have to wait for what is held now."""
        self._home.launch()

    def _stop(self, what: str, host: int) -> Callable[[], None] | None:
        pid = self._signal(what, host, signal.SIGSTOP)
        return partial(_go_on, pid) if pid else None

    def _redis(self, what: str) -> Callable[[], None] | None:
        if what != "data lost":
            return _harmed(self._line, what)
        if not self._home.redis.is_running:
            return None
        self._home.redis.kill()
        return self._launch

    def _slack(self, method: str, word: str) -> None:
        [kind] = [each for each in KINDS if each == word]
        self._home.workspace.faults.add(method, kind, retry_after=2, status=503)

    def _database(self, what: str) -> Callable[[], None] | None:
        cluster = self._cluster
        assert cluster is not None
        match what:
            case "restarted":
                cluster.restart()
            case "crashed":
                cluster.crash()
                return cluster.start
            case "sessions ended":
                cluster.end_sessions()
            case "read only":
                cluster.be_read_only(read_only=True)
                return partial(cluster.be_read_only, read_only=False)
            case "failed over":
                return _nothing if cluster.fail_over() else None
            case "switched over":
                return _nothing if cluster.switch_over() else None
            case "failed over behind":
                return partial(_take_over, cluster) if cluster.fall_behind() else None
            case _:
                return _harmed(cluster.line, what)
        return _nothing

    def _signal(self, what: str, host: int, number: signal.Signals) -> int:
        """Send a signal to whoever has that name now; 0 where nobody does."""
        pid = self._pid(what, host)
        return pid if pid and _send(pid, number) else 0

    def _pid(self, what: str, host: int) -> int:
        bot, worker = self._home.bots[host], self._home.workers[host]
        if what == "bot":
            return bot.pid if bot.is_running else 0
        if not worker.is_running:
            return 0
        if what == "supervisor":
            return worker.pid
        pid = pid_of(worker, ROLES[what.removesuffix(HORSE)])
        return next(iter(children(pid)), 0) if pid and what.endswith(HORSE) else pid


def _harmed(line: Line, what: str) -> Callable[[], None]:
    """Harm a line; return what undoes it."""
    match what:
        case "cut":
            line.cut()
        case "answer lost":
            line.lose_an_answer()
        case _:
            line.hold()
            return line.release
    return _nothing


def _go_on(pid: int) -> None:
    _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _take_over(cluster: Cluster) -> None:
    cluster.fail_over()


def _nothing() -> None:
    """There is nothing to undo."""
