"""A whole Slipway in one process, cheap enough to be built thousands of times."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from sqlalchemy import Engine as Database

from bot.catalogue import Catalogue
from bot.core.ports import Limits
from bot.core.records import CROCKFORD, IncidentId, OperationId
from bot.engine import Engine
from bot.facts import Gatherer
from bot.journal import Journal, journal_on, migrate, open_engine
from bot.sandbox.clouds import CloudpodsCloud, HuaweiCloud
from bot.sandbox.slack import RateLimits
from bot.sandbox.slack.state import State
from bot.service import Service, ServiceContext
from tests.conversations.clock import GivenClock
from tests.faults.books import WatchedCommits, watched
from tests.faults.clouds import Clouds
from tests.faults.content import catalogue, cloud_config, lab_config, workspace_config
from tests.faults.memory import Memory, MemoryMarks
from tests.faults.neighbours import (
    NearMessages,
    NearSlack,
    NearTransport,
    NearWorkspace,
    near_parts,
)
from tests.faults.points import Points
from workers.cloud.client import CloudClient, PollingClient, layered
from workers.cloud.questions import CloudQuestions
from workers.context import WorkerContext
from workers.slack import SlackDirectory, SlackMessages

UNHURRIED: Final = 60.0  # seconds of the real clock for a question; none passes here
_QUICK: Final = Path("/dev/shm")  # noqa: S108 - memory: what a power cut leaves is no question here


class Ledger:
    """An empty journal's file, which every run begins with."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder
        self._empty: Final = folder / "empty.db"
        self.path: Final = folder / "journal.db"
        first = open_engine(f"sqlite:///{self._empty}")
        migrate(first)
        first.dispose()
        shutil.copy(self._empty, self.path)
        self.database: Final[Database] = open_engine(f"sqlite:///{self.path}")

    def empty(self) -> None:
        """Let the file hold nothing again."""
        with (
            closing(sqlite3.connect(self._empty)) as source,
            closing(sqlite3.connect(self.path)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def content(self) -> bytes:
        """Return all bytes that the journal has on disk."""
        parts = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return b"".join(each.read_bytes() for each in parts if each.exists())


@contextmanager
def ledger() -> Iterator[Ledger]:
    """Give a journal's file for as many runs as wanted, one after the other."""
    where = _QUICK if _QUICK.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="slipway-faults-", dir=where) as folder:
        given = Ledger(Path(folder))
        try:
            yield given
        finally:
            given.database.dispose()


@dataclass
class Stage:
    """One run's Slipway, its neighbours, and what the harness knows of them by itself."""

    points: Points
    clock: GivenClock
    clouds: Clouds
    workspace: NearWorkspace
    memory: Memory
    journal: Journal  # the harness' own: no points
    ledger: Ledger
    context: WorkerContext
    polling: PollingClient
    slack: SlackMessages
    service: Service
    unaudited: list[str] = field(default_factory=list)  # executions without a permit in the audit


def staged(
    ledger: Ledger,
    fates: Mapping[int, str],
    *,
    approvals: int = 1,
) -> Stage:
    """Build a run's Slipway on an empty journal, where so many have to approve."""
    ledger.empty()
    clock, points = GivenClock(), Points(fates)
    clouds = Clouds(
        HuaweiCloud(cloud_config(), clock=clock.seconds, new_id=_Ids().remote),
        CloudpodsCloud(lab_config(), clock=clock.seconds, new_id=_Ids().remote),
    )
    workspace = NearWorkspace(State(workspace_config(), clock.seconds, RateLimits(enabled=False)))
    memory = Memory(points, clock)
    points.on_loss = memory.lose_everything
    journal = watched(ledger.database, points)
    commits = WatchedCommits(ledger.database, points)
    engine = Engine(journal, commits, memory)
    plain = journal_on(ledger.database)
    unaudited: list[str] = []

    def at_execution() -> None:
        told = [each for each in plain.audit.export() if each["what"] == "permit_granted"]
        executed = [each for each in clouds.executed if each.method != "GET"]
        if len(told) < len(executed):
            unaudited.append(executed[-1].path)

    def present() -> Catalogue:
        return catalogue(approvals)

    parts = near_parts(present, clock)
    layers = layered(parts, NearTransport(points, clouds, at_execution))
    client = CloudClient(parts, layers)
    slack = NearSlack(points, workspace)
    directory = SlackDirectory(slack, memory)
    facts = Gatherer(
        catalogue=present,
        journal=journal,
        directory=directory,
        clock=clock,
        team=lambda: workspace.config.team_id,
    )
    context = WorkerContext(
        engine=engine,
        journal=journal,
        catalogue=present,
        facts=facts,
        cloud=client,
        limiter=parts.limiter,
        clock=clock,
        monotonic=clock.seconds,
        schedule=memory,
        claims=memory,
        flags=MemoryMarks(memory),
        cache=memory,
        ring=memory.ring,
    )
    service = ServiceContext(
        catalogue=present,
        journal=journal,
        engine=engine,
        facts=facts,
        cloud=CloudQuestions(client, UNHURRIED),
        cache=memory,
        clock=clock,
        team_url="",
        new_id=_Ids().operation,
        new_incident_id=_Ids().incident,
        limits=Limits(),
    )
    return Stage(
        points=points,
        clock=clock,
        clouds=clouds,
        workspace=workspace,
        memory=memory,
        journal=plain,
        ledger=ledger,
        context=context,
        polling=PollingClient(parts, layers),
        slack=NearMessages(points, workspace, slack),
        service=Service(service),
        unaudited=unaudited,
    )


class _Ids:
    """Ids in their order, so that a schedule is the same each time."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def operation(self) -> OperationId:
        """Return an operation's id."""
        return "op-" + "0" * 9 + CROCKFORD[next(self._numbers)]

    def incident(self) -> IncidentId:
        """Return an incident's id."""
        return "inc-" + "0" * 5 + CROCKFORD[next(self._numbers)]

    def remote(self) -> str:
        """Return one of the cloud's."""
        return f"00000000-0000-4000-8000-{next(self._numbers):012}"
