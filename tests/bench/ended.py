"""What a journal costs in which very many operations have ended, before and after a prune.

It is filled by SQL, with a chain that holds; nothing else runs. First come figures of the journal:
what an answer writes, what a tick of the sweeper reads, what `/ops history` reads, and the whole of
`slipway audit verify` and `slipway prune` as processes, with the most memory they took. Then a
whole Slipway over it is asked through Slack's door, from the command to its answer, and draws
somebody's Home. A journal of few operations is measured beside it.

    python -m tests.bench.ended [--operations 200000] [--keep 2000]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, insert

from bot.core.events import Requested
from bot.core.operation import Operation, Step, Succeeded
from bot.core.plan import PlannedStep
from bot.core.rows import OutboxRow
from bot.core.surfaces import Subject
from bot.journal import Journal, columns, journal_on, migrate, open_engine
from bot.journal.audit_chain import WHOLE, Head, Link
from bot.journal.schema import (
    audit,
    audit_head,
    events,
    operations,
    permits,
    requests,
    step_times,
    surfaces,
)
from bot.sandbox.clouds.huawei.content import SHOP_ID
from bot.sandbox.processes import Processes
from bot.sandbox.redis import start_redis
from tests.conversations.clock import GivenClock
from tests.conversations.places import ANN, configuration
from tests.conversations.stage import beginning, opened
from tests.conversations.world import DATABASE, World
from tests.journal.builders import CHANNEL, NOON, an_id, an_operation, create
from workers.slack.home_surfaces import home

TARGETS: Final = 200
BATCH: Final = 2_000
EVENTS: Final = 4  # of each operation, and as many records of the audit
PAUSE: Final = timedelta(seconds=170)  # between two operations: 200,000 are a year and a month
KEY: Final = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="  # 32 bytes, of nobody
TIMES: Final = 60
ASKED: Final = 30  # times through the door
FEW: Final = 400  # two of each target


class Ran(NamedTuple):
    """A process that has ended."""

    seconds: float
    cpu: float  # seconds
    megabytes: float  # the most at once
    said: str


def main() -> None:
    """Fill, measure, prune, measure again."""
    words = argparse.ArgumentParser()
    words.add_argument("--operations", type=int, default=200_000)
    words.add_argument("--keep", type=int, default=2_000)
    asked = words.parse_args()
    with _filled(FEW) as few:
        _measure("few", few, first=FEW + 1)
    with _filled(asked.operations) as many:
        _measure("before", many, first=asked.operations + 1)
        archive = many.folder / "a.jsonl"
        until = NOON + PAUSE * (asked.operations - asked.keep)
        pruned = _slipway(
            many.environment, "prune", "--before", until.isoformat(), "--archive", str(archive)
        )
        _say("prune", _cost(pruned), pruned.said)
        _say("archive", f"{_size(archive):.0f} MB")
        _measure("after", many, first=asked.operations + 1_001)


class Filled(NamedTuple):
    """A journal, and how processes find it."""

    folder: Path
    url: str
    environment: dict[str, str]
    journal: Journal
    now: datetime  # a while after the last operation


@contextmanager
def _filled(count: int) -> Iterator[Filled]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / DATABASE}"
        engine = open_engine(url)
        migrate(engine)
        began = time.monotonic()
        with engine.connect() as connection:
            _fill(connection, count)
        took = f"{time.monotonic() - began:.0f} s"
        _say(f"filled: {count:,} operations", took, f"{_size(folder / DATABASE):.0f} MB")
        environment = {**os.environ, "SLIPWAY_DATABASE_URL": url, "SLIPWAY_AUDIT_KEY": KEY}
        now = NOON + PAUSE * count + timedelta(hours=1)
        yield Filled(folder, url, environment, journal_on(engine), now)
        engine.dispose()


def _measure(when: str, filled: Filled, *, first: int) -> None:
    journal, environment = filled.journal, filled.environment
    answers = [_timed(partial(_record, journal, first + n)) for n in range(TIMES)]
    _say(f"{when}: answer's transaction", *_shares(answers))
    _say(
        f"{when}: sweeper's reads", *_shares(_timed(lambda: _sweep(journal)) for _ in range(TIMES))
    )
    history = (_timed(partial(_history, journal, n)) for n in range(TIMES))
    _say(f"{when}: reads of a history", *_shares(history))
    recent = (_timed(lambda: journal.operations.recent(20)) for _ in range(TIMES))
    _say(f"{when}: newest of all", *_shares(recent))
    journal.audit.seal()
    ran = _slipway(environment, "audit", "verify")
    _say(f"{when}: audit verify", _cost(ran), ran.said)
    _through_the_door(when, filled)


def _through_the_door(when: str, filled: Filled) -> None:
    """Ask a whole Slipway over this journal, as people do."""
    clock = GivenClock(filled.now)
    begins = beginning()._replace(clock=clock)
    processes = Processes(filled.folder)
    try:
        redis_url = start_redis(processes, filled.folder)
        with opened(
            filled.folder, redis_url, configured=_with_targets, begins=begins, database=filled.url
        ) as world:
            world.settle()
            asked = {
                "/deploy": lambda n: world.command(f"/deploy target-{n} 1.0.{n} --dry-run"),
                "/ops history": lambda n: world.command(f"/ops history target-{n}"),
                "/ops status": lambda n: world.command(f"/ops status target-{n}"),
                "/ops report": lambda n: world.command(f"/ops report target-{n}"),
                "Home drawn": _homes(world),
            }
            for what, ask in asked.items():
                times = (_timed(partial(ask, n)) for n in range(ASKED))
                _say(f"{when}: {what}", *_shares(times))
    finally:
        processes.stop()


def _homes(world: World) -> Callable[[int], object]:
    """Return what draws the Home of somebody who has opened it, as the outbox does it."""
    assert world.workspace.open_home(by=ANN).ok
    row = OutboxRow(
        id=f"home:{ANN}", kind="home", subject=Subject(kind="person", id=ANN), channel=ANN,
        wanted=1, lane=ANN, urgency="notable", claim="bench",
    )  # fmt: skip

    def draw(_: int) -> object:
        drawn = home(world.machines.context, (row,))
        assert drawn is not None
        return drawn

    return draw


def _with_targets(clouds: str, lab: str) -> str:
    """Return slipway.yaml with all targets that the journal tells of."""
    more = "".join(
        f"  target-{n}:\n    system: servicestage-v3\n    connection: huawei\n"
        f"    application_id: {SHOP_ID}\n    component_id: {UUID(int=n + 1)}\n"
        f'    source_url: "swr.cn-north-4.myhuaweicloud.com/shop/t{n}:{{version}}"\n'
        f"    policy: dev\n"
        for n in range(TARGETS)
    )
    return configuration(clouds, lab).replace("targets:\n", f"targets:\n{more}", 1)


def _record(journal: Journal, number: int) -> None:
    create(journal, an_operation(number, target=f"new-{number}"), delivery=f"new-{number}")


def _sweep(journal: Journal) -> None:
    now = NOON + timedelta(days=800)
    journal.operations.all_open()
    journal.operations.to_remind(now)
    journal.operations.reviews_due()
    journal.operations.said_not_executed(now)
    journal.outbox.next_due(now)
    journal.outbox.backlog(now)
    journal.audit.unsealed()


def _history(journal: Journal, number: int) -> None:
    target = f"target-{number % TARGETS}"
    found = journal.operations.listed(20, target)
    journal.audit.about([target, *(each.id for each in found)], ["requested"], 20)
    journal.operations.standing(target)
    journal.operations.past_steps(target)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def _shares(milliseconds: Any) -> tuple[str, str]:
    found = sorted(milliseconds)
    cuts = statistics.quantiles(found, n=20)
    return f"p50 {statistics.median(found):.1f} ms", f"p95 {cuts[18]:.1f} ms"


def _slipway(environment: dict[str, str], *words: str) -> Ran:
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *words],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    said = process.stdout.read() if process.stdout else ""
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    took, cpu = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    return Ran(took, cpu, usage.ru_maxrss / 1_024, said.strip().replace("\n", "; "))


def _cost(ran: Ran) -> str:
    return f"{ran.seconds:.1f} s, {ran.cpu:.1f} s of CPU, {ran.megabytes:.0f} MB"


def _fill(connection: Connection, count: int) -> None:
    head, numbers = WHOLE, iter(range(1, count + 1))
    while batch := list(islice(numbers, BATCH)):
        rows = [_ended(number) for number in batch]
        head = _write(connection, rows, head)
        connection.commit()
    connection.execute(audit_head.update().values(sequence=head.sequence, hash=head.hash))
    connection.commit()


def _write(connection: Connection, rows: list[dict[str, Any]], head: Head) -> Head:
    for table, key in (
        (operations, "operation"), (permits, "permit"), (requests, "request"), (step_times, "time"),
    ):  # fmt: skip
        connection.execute(insert(table), [each[key] for each in rows])
    for table, key in ((events, "events"), (surfaces, "cards"), (surfaces, "replies")):
        connection.execute(insert(table), [row for each in rows for row in each[key]])
    links = []
    for record in (record for each in rows for record in each["audit"]):
        link = Link(sequence=head.sequence + 1, previous=head.hash, **record)
        head = Head(link.sequence, link.hash)
        links.append({**link._asdict(), "hash": head.hash})
    connection.execute(insert(audit), links)
    return head


def _ended(number: int) -> dict[str, Any]:
    at = NOON + number * PAUSE
    step = Step(name="deploy", phase="succeeded", attempt=1, started_at=at, finished_at=at)
    operation: Operation = an_operation(
        number, target=f"target-{number % TARGETS}", created_at=at, phase=Succeeded(at=at)
    )
    planned = operation.plan.model_copy(update={"steps": (PlannedStep(name="deploy"),)})
    operation = operation.model_copy(update={"steps": (step,), "plan": planned})
    of, subject = {"operation_id": operation.id}, {"subject": operation.id}
    event = columns.event_row(operation, Requested(at=at))
    shows = {
        "subject_kind": "operation", "channel": CHANNEL, "user": "", "wanted": 6, "shown": 6,
        "touched": 0, "created_at": at, **subject,
    }  # fmt: skip
    card = f"operation_card:{an_id(number)}:{CHANNEL}"
    took = {"system": "s", "target": operation.target, "action": "deploy", "name": "deploy"}
    record = {"what": "requested", "who": "U0ANN", "detail": '{"action":"deploy"}', "at": at}
    return {
        "operation": {
            **columns.identity(operation), **columns.state(operation, at), "fence": number,
        },
        "events": [{**event, "sequence": each} for each in range(1, EVENTS + 1)],
        "permit": {
            **of, "step": 0, "attempt": 1, "granted_at": at, "outcome": "task_accepted", "at": at,
        },
        "request": {"key": f"r{number}", "subject_kind": "operation", **subject, "at": at},
        "cards": [{**shows, "id": card, "kind": "operation_card", "parent": None,
                   "ts": f"{number}.1"}],
        "replies": [{**shows, "id": f"{card}:{each}", "kind": "operation_reply", "parent": card,
                     "ts": f"{number}.{each + 2}"} for each in range(2)],
        "time": {**of, **took, "step": 0, "seconds": 1.0, "at": at},
        "audit": [{**record, **subject} for _ in range(EVENTS)],
    }  # fmt: skip


def _size(path: Path) -> float:
    return path.stat().st_size / 1_000_000


def _say(what: str, *told: str) -> None:
    sys.stdout.write(f"{what:<32}{'   '.join(told)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
