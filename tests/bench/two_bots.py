"""How much two bots on one PostgreSQL record, against one: throughput, and who has the processor.

Signed /deploy commands, so many under way all the time, each for a target of its own, to one bot
and then to two in turn; no workers. PostgreSQL, Redis and whoever sends the commands are on the
same machine, so what each takes of the processor is printed beside it. With a share, each bot has
only so much of a core, as if on a host of its own that is slower: then the others are no limit.

    python -m tests.bench.two_bots [--commands 400] [--at-once 32] [--rounds 3] [--share 0.2]
"""

import argparse
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.house import running
from tests.bench.load import Answer, Command, in_turn
from tests.journal.databases import Server
from tests.journal.postgres import served

WANTED: Final = 1.7
FEW: Final = range(100)
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PERIOD: Final = 0.05  # seconds, in which a bot runs its share


class Round(NamedTuple):
    """What so many bots did in one round."""

    rate: float  # recorded a second
    p95: float  # seconds
    refused: int
    shares: dict[str, float]  # of one core, by who had it


def main() -> None:
    """Measure rounds in turn, and print their medians; the exit code says whether it is enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=400)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="of a core, for each bot")
    asked = parser.parse_args()
    rounds: dict[int, list[Round]] = {1: [], 2: []}
    for _ in range(asked.rounds):
        for bots, done in rounds.items():
            done.append(measured(bots, asked.commands, asked.at_once, asked.share))
    print(f"{os.cpu_count()} cores, {asked.commands} commands, {asked.at_once} at once")  # noqa: T201
    rates = {bots: _print(bots, done) for bots, done in rounds.items()}
    ratio = rates[2] / rates[1]
    word = "holds" if ratio >= WANTED else "does not hold"
    print(f"two bots record {ratio:.2f} times what one does; wanted >= {WANTED}: {word}")  # noqa: T201
    sys.exit(0 if ratio >= WANTED else 1)


def measured(bots: int, commands: int, at_once: int, share: float) -> Round:
    """Let so many bots take the commands, over a database of their own."""
    with (
        served() as server,
        Server("postgres", server.url).empty() as url,
        tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder,
        running(Path(folder), commands, works=False, database=url, bots=bots) as house,
    ):
        ports = [port for name, port in house.ports.items() if name.startswith("slipway")]
        question = "can deploy bench-0"  # for which Slack is asked who everybody is
        warm = [Command(port, f"warm-{port}-{n}", "ops", question) for port in ports for n in FEW]
        _sent(warm, 4)
        orders = [
            Command(ports[n % bots], f"two-{n}", "deploy", f"bench-{n} 1.4.0")
            for n in range(commands)
        ]
        who = _who(folder, str(server.root))
        before = _spent(who)
        with _shared(who["bots"], share):
            answers, own, took = _sent(orders, at_once)
        after = _spent(_who(folder, str(server.root)))
    recorded = [each for each in answers if "ecorded as" in each.text]
    shares = {name: (after[name] - before[name]) / took for name in who} | {"load": own / took}
    times = [each.seconds for each in answers]
    late = statistics.quantiles(times, n=20)[18]
    return Round(len(recorded) / took, late, len(answers) - len(recorded), shares)


def _sent(commands: Sequence[Command], at_once: int) -> tuple[list[Answer], float, float]:
    """Send from a process of its own; also return what that took: of the processor, and in all.

    Both in seconds, without those in which the process starts.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_timed, (commands, at_once))


def _timed(commands: Sequence[Command], at_once: int) -> tuple[list[Answer], float, float]:
    began, own = time.perf_counter(), time.process_time()
    answers = in_turn(commands, at_once)
    return answers, time.process_time() - own, time.perf_counter() - began


def _who(folder: str, database: str) -> dict[str, list[int]]:
    """Return the processes by who they are, those of this bench alone."""
    who: dict[str, list[int]] = {"bots": [], "PostgreSQL": [], "Redis": []}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            words = (each / "cmdline").read_bytes().decode(errors="replace")
            around = (each / "environ").read_bytes().decode(errors="replace")
            place = str((each / "cwd").readlink())
        except OSError:
            continue
        if "bot.cli" in words and folder in around:
            who["bots"].append(int(each.name))
        elif place.startswith(database):
            who["PostgreSQL"].append(int(each.name))
        elif "redis" in words or "valkey" in words:
            who["Redis"] += [int(each.name)] if folder in words + place else []
    return who


def _spent(who: dict[str, list[int]]) -> dict[str, float]:
    """Return the processor's seconds that everybody had so far."""
    return {name: sum(map(_seconds, pids)) for name, pids in who.items()}


def _seconds(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # whoever waited for it has what it took
    own, ended = stat[11:13], stat[13:15]  # of itself, of its children that have ended
    return sum(map(int, (*own, *ended))) / _TICKS


@contextmanager
def _shared(pids: Sequence[int], share: float) -> Iterator[None]:
    """Let each process run for its *share* of the time."""
    ends = threading.Event()

    def pause_and_go_on() -> None:
        while not ends.wait(_PERIOD * share):
            _told(pids, signal.SIGSTOP)
            ends.wait(_PERIOD * (1 - share))
            _told(pids, signal.SIGCONT)

    thread = threading.Thread(target=pause_and_go_on)
    if share < 1:
        thread.start()
    try:
        yield
    finally:
        ends.set()
        if share < 1:
            thread.join()
            _told(pids, signal.SIGCONT)


def _told(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


def _print(bots: int, done: Sequence[Round]) -> float:
    rate = statistics.median(each.rate for each in done)
    p95 = statistics.median(each.p95 for each in done)
    shares = ", ".join(
        f"{who} {statistics.median(each.shares[who] for each in done):.2f}"
        for who in done[0].shares
    )
    refused = sum(each.refused for each in done)
    told = f"{bots} bot(s): {rate:6.1f} a second, p95 {p95:.3f} s, {refused} refused"
    print(f"{told}; cores: {shares}")  # noqa: T201
    return rate


if __name__ == "__main__":
    main()
