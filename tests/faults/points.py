"""Points: before and after each I/O of the product, where its process can be ended or stopped.

A point is reached by whoever is at work. What a process does between two points is memory alone,
so ending it at a point is the same as ending it anywhere until the next one.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeVar

from rq.timeouts import JobTimeoutException

T = TypeVar("T")

PATIENCE: Final = 30.0  # seconds of the real clock; a stopped process waits no longer


class Crash(BaseException):  # nothing of the product may catch it
    """The process ends here, as `kill -9` ends it."""


class Point(NamedTuple):
    """One point that was reached: by whom, before or after what."""

    who: str
    where: Literal["before", "after"]
    what: str
    changes: bool  # whether something outside the process is different from here on
    place: str = ""  # what can go wrong with the I/O that begins here: "put", "final" …


class Points:
    """The points of one run, numbered in the order in which they are reached.

    At each number of *fates* the process at work is ended or stopped, or its I/O goes wrong.
    """

    def __init__(self, fates: Mapping[int, str]) -> None:
        self.reached: Final[list[Point]] = []
        self.met: Final[dict[int, str]] = {}  # those of *fates* that came about
        self.faults: Final[Counter[tuple[str, str]]] = Counter()  # place and kind of those
        self.on_loss: Callable[[], None] = _nothing  # what else a death may take along
        self._fates: Final = fates
        self._is_watched = False
        self._here = threading.local()

    def watch(self) -> None:
        """Count points from now on; what came before was no part of the schedule."""
        self._is_watched = True

    def enter(self, process: "Process | None") -> None:
        """Let the present thread be *process* from now on; None: the harness itself."""
        self._here.process = process

    @property
    def process(self) -> "Process | None":
        """The process at work in the present thread; None: somebody who cannot die."""
        found: Process | None = getattr(self._here, "process", None)
        return found

    def io(self, what: str, do: Callable[[], T], *, changes: Callable[[T], bool] | bool) -> T:
        """Do an I/O between two points."""
        return self.risky_io(what, "", lambda _: do(), changes=changes)

    def risky_io(
        self,
        what: str,
        place: str,
        do: Callable[[str | None], T],
        *,
        changes: Callable[[T], bool] | bool,
    ) -> T:
        """Do an I/O that is told how it goes wrong, if it does."""
        process = self.process
        if process is None:
            return do(None)
        fault = self._pass(Point(process.name, "before", what, changes=False, place=place))
        if fault is not None:
            self.faults[place, fault] += 1
        result = do(fault)
        changed = changes(result) if callable(changes) else changes
        self._pass(Point(process.name, "after", what, changes=changed))
        return result

    def _pass(self, point: Point) -> str | None:
        process = self.process
        if process is None or process.is_dead:
            raise Crash(point.what)  # what a `finally` would do, a killed process does not
        if not self._is_watched:
            return None
        number = len(self.reached)
        self.reached.append(point)
        fate = self._fates.get(number)
        if fate is None:
            return None
        self.met[number] = fate
        match fate:
            case "kill" | "kill~":
                process.is_dead = True
                if fate == "kill~":
                    self.on_loss()
                raise Crash(point.what)
            case "alarm":
                raise JobTimeoutException(point.what)
            case "stop":
                process.stop()
                return None
            case fault:
                return fault


def _nothing() -> None:
    """Lose nothing else."""


class Process:
    """What one process of the product does in one go; its memory ends with it."""

    def __init__(self, name: str, number: int) -> None:
        self.name: Final = name
        self.number: Final = number
        self.is_dead = False
        self.is_stopped = False
        self._resumed: Final = threading.Event()
        self._at_rest: Final = threading.Event()  # stopped or ended
        self._thread: threading.Thread | None = None
        self._raised: BaseException | None = None
        self._result: Any = None

    def run(self, points: Points, work: Callable[[], T]) -> T | None:
        """Do *work* until it ends, dies or takes too long for RQ; None where it did not end."""
        points.enter(self)
        try:
            return work()
        except Crash:
            return None
        except JobTimeoutException:
            self.is_dead = True  # the job's process ends with it
            return None
        finally:
            points.enter(None)

    def run_apart(self, points: Points, work: Callable[[], T]) -> T | None:
        """Do *work* in a thread, which may be stopped; None where it died or stands still."""
        self._thread = threading.Thread(target=self._apart, args=(points, work), daemon=True)
        self._thread.start()
        self._await_rest()
        return None if self.is_stopped else self._ended()

    def stop(self) -> None:
        """Stand still until `resume`; called by the process itself."""
        self.is_stopped = True
        self._at_rest.set()
        self._resumed.wait(PATIENCE)

    def resume(self) -> None:
        """Let it go on, and wait for its end."""
        self.is_stopped = False
        self._at_rest.clear()
        self._resumed.set()
        self._await_rest()
        self._ended()

    def _apart(self, points: Points, work: Callable[[], Any]) -> None:
        try:
            self._result = self.run(points, work)
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits for it
            self._raised = error
        finally:
            self._at_rest.set()

    def _await_rest(self) -> None:
        if not self._at_rest.wait(PATIENCE):
            msg = f"{self.name} neither ends nor stands still"
            raise TimeoutError(msg)

    def _ended(self) -> Any:
        if self._thread is not None:
            self._thread.join(PATIENCE)
        if self._raised is not None:
            raise self._raised
        return self._result
