"""The answer to Slack when things are hard: how late it comes at most, and whether it is true.

The bare handler gets the same commands, at other moments or beside ours. What Slipway said is
compared with what its journal holds: whoever was told "recorded" finds the operation there, once;
whoever was told anything else does not.
"""

import multiprocessing
import os
import re
import signal
import sqlite3
import statistics
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.house import House, running
from tests.bench.load import Answer, Command, load

AT_ONCE: Final = 500
STREAM: Final = 200
RATE: Final = 20.0  # commands a second
LATEST: Final = 2.5  # seconds
QUESTION: Final = 5  # one of so many commands is a question that the slow cloud has to answer
CLOUD_SECONDS: Final = 5.0
STOP_SECONDS: Final = 1.5
HOLD_SECONDS: Final = 0.25  # of the database's one write lock, again and again
FREE_SECONDS: Final = 0.05
LONG_HOLD_SECONDS: Final = 3.0
_RECORDED: Final = re.compile(r"Recorded as \W*(op-[0-9a-z]{10})")
_REFUSED: Final = "Nothing was recorded"

Trouble = Callable[[House, threading.Event], None]


class Case(NamedTuple):
    """What is sent, and what goes wrong meanwhile."""

    about: str
    commands: int
    rate: float  # a second; 0: all at once
    trouble: Trouble
    cloud_seconds: float = 0.0
    recorded_least: float = 0.0  # share
    p95_most: float = 0.0  # times the bare handler's; 0: any


def _no_trouble(_house: House, _ends: threading.Event) -> None:
    return


def _stop_redis(house: House, ends: threading.Event) -> None:
    """Let Redis stand still twice."""
    pid = house.redis_pid()
    for _ in range(2):
        if ends.wait(2.0):
            return
        os.kill(pid, signal.SIGSTOP)
        try:
            ends.wait(STOP_SECONDS)
        finally:
            os.kill(pid, signal.SIGCONT)


def _keep_writing(house: House, ends: threading.Event) -> None:
    """Hold the write lock of both databases most of the time, and once for long."""
    with (
        closing(sqlite3.connect(house.journal, isolation_level=None, timeout=30)) as ours,
        closing(sqlite3.connect(house.rows, isolation_level=None, timeout=30)) as other,
    ):
        turn = 0
        while not ends.wait(FREE_SECONDS):
            turn += 1
            for each in (ours, other):
                each.execute("BEGIN IMMEDIATE")
            ends.wait(LONG_HOLD_SECONDS if turn == 12 else HOLD_SECONDS)
            for each in (ours, other):
                each.execute("COMMIT")


CASES: Final = {
    "burst": Case("500 at once", AT_ONCE, 0.0, _no_trouble, recorded_least=0.96, p95_most=0.8),
    "cloud": Case(
        f"20/s, the cloud takes {CLOUD_SECONDS:g} s, every {QUESTION}th asks it",
        STREAM,
        RATE,
        _no_trouble,
        CLOUD_SECONDS,
    ),
    "redis": Case(
        f"20/s, Redis stands still twice for {STOP_SECONDS:g} s", STREAM, RATE, _stop_redis
    ),
    "database": Case(
        f"20/s, the database is written by another for {HOLD_SECONDS:g} of every "
        f"{HOLD_SECONDS + FREE_SECONDS:g} s, once for {LONG_HOLD_SECONDS:g} s",
        STREAM,
        RATE,
        _keep_writing,
    ),
}


def measured(name: str) -> bool:
    """Measure one case and print it; return whether it holds."""
    case = CASES[name]
    with (
        tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder,
        running(Path(folder), case.commands, cloud_seconds=case.cloud_seconds) as house,
    ):
        _warm(house)
        answers = _at_once(house, case) if case.rate == 0 else _streamed(house, case)
        journalled = _journalled(house)
    return _print(name, case, answers, journalled)


def _warm(house: House) -> None:
    for kind in ("bare", "slipway"):
        commands = [
            Command(house.ports[kind], f"warm-{kind}-{number}", "ops", "help", number * 0.02)
            for number in range(20)
        ]
        _sent(commands)


def _at_once(house: House, case: Case) -> dict[str, list[Answer]]:
    """Send everything at once, first to the one and then to the other."""
    return {kind: _sent(_commands(house, case, kind)) for kind in ("bare", "slipway")}


def _streamed(house: House, case: Case) -> dict[str, list[Answer]]:
    """Send to both beside each other."""
    commands = [each for kind in ("bare", "slipway") for each in _commands(house, case, kind)]
    with _troubled(house, case.trouble):
        answers = _sent(commands)
    return {
        kind: [each for each in answers if each.trigger.startswith(kind)]
        for kind in ("bare", "slipway")
    }


@contextmanager
def _troubled(house: House, trouble: Trouble) -> Iterator[None]:
    ends = threading.Event()
    thread = threading.Thread(target=trouble, args=(house, ends))
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def _commands(house: House, case: Case, kind: str) -> list[Command]:
    asks = case.cloud_seconds > 0
    offset = 0.5 / case.rate if case.rate and kind == "slipway" else 0.0
    return [
        Command(
            port=house.ports[kind],
            trigger=f"{kind}-{number}",
            command="deploy",
            text=f"bench-{number} 1.4.0"
            + (" --dry-run" if asks and number % QUESTION == 0 else ""),
            due=offset + (number / case.rate if case.rate else 0.0),
        )
        for number in range(case.commands)
    ]


def _sent(commands: Sequence[Command]) -> list[Answer]:
    """Send from a process of its own, so that its work slows nothing that is measured here."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(load, (commands,))


def _journalled(house: House) -> list[tuple[str, str]]:
    """Return the deliveries and operations of the journal."""
    with closing(sqlite3.connect(house.journal)) as database:
        return database.execute(
            "SELECT key, id FROM operations LEFT JOIN requests "
            "ON requests.subject_kind = 'operation' AND requests.subject = operations.id"
        ).fetchall()


def _faults(case: Case, answers: list[Answer], journalled: list[tuple[str, str]]) -> Iterator[str]:
    held = dict(journalled)
    if len(held) != len(journalled):
        yield "a command was recorded twice"
    late = [each.seconds for each in answers if each.seconds > LATEST]
    if late:
        yield f"{len(late)} answers later than {LATEST:g} s, the last after {max(late):.2f} s"
    for each in answers:
        said = _RECORDED.search(each.text)
        if each.status != 200:
            yield f"{each.trigger}: HTTP {each.status} {each.text[:80]}"
        elif said and held.get(each.trigger) != said[1]:
            yield f"{each.trigger}: said recorded, is not: {each.text[:80]}"
        elif not said and each.trigger in held:
            yield f"{each.trigger}: is recorded, said {each.text[:80]}"
    share = sum(_is_recorded(each) for each in answers) / len(answers)
    if share < case.recorded_least:
        yield f"only {share:.0%} were recorded"


def _is_recorded(answer: Answer) -> bool:
    return "ecorded as" in answer.text or answer.text == "recorded"


def _code(answer: Answer) -> str:
    """Return what an answer is, for counting: its code, or its HTTP status."""
    found = re.search(r"\[(\w+)\]", answer.text)
    return found[1] if found else "dry run" if answer.status == 200 else f"HTTP {answer.status}"


def _p95(given: Sequence[Answer]) -> float:
    return statistics.quantiles([each.seconds for each in given], n=100)[94]


def _print(
    name: str,
    case: Case,
    answers: dict[str, list[Answer]],
    journalled: list[tuple[str, str]],
) -> bool:
    print(f"\n{name}: {case.about}")  # noqa: T201
    names = ("p50", "p95", "p99", "latest", "recorded")
    print(f"{'':10}" + "".join(f"{each:>10}" for each in names) + "  the rest")  # noqa: T201
    for kind, given in answers.items():
        times = sorted(each.seconds for each in given)
        cuts = statistics.quantiles(times, n=100)
        shown = "".join(f"{each:8.3f} s" for each in (cuts[49], cuts[94], cuts[98], times[-1]))
        rest = Counter(_code(each) for each in given if not _is_recorded(each))
        told = ", ".join(f"{count} {code}" for code, count in rest.most_common()) or "none"
        recorded = sum(map(_is_recorded, given))
        print(f"{kind:10}{shown}{recorded:>10}  {told}")  # noqa: T201
    faults = list(_faults(case, answers["slipway"], journalled))
    ratio = _p95(answers["slipway"]) / _p95(answers["bare"])
    print(f"p95 is {ratio:.2f} times the bare handler's")  # noqa: T201
    if case.p95_most and ratio > case.p95_most:
        faults.append(f"p95 is wanted to be at most {case.p95_most:g} times the bare handler's")
    for each in faults[:10]:
        print(f"FAULT {each}")  # noqa: T201
    wanted = f"wanted: all true, none later than {LATEST:g} s"
    if case.recorded_least:
        wanted += f", at least {case.recorded_least:.0%} recorded"
    print(f"{wanted}: {'does not hold' if faults else 'holds'}")  # noqa: T201
    return not faults
