"""The house: both simulators in this process, and Redis, bot and workers as real processes.

Each deployment of a test goes to a component of its own, so that one which is left uncertain on
purpose stands in nobody's way. Processes end with `kill -9` and are started again one by one.
"""

import itertools
import sqlite3
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import httpx
from redis import Redis

from bot.app.resources import now
from bot.core.operation import Operation
from bot.journal import journal_on, open_engine
from bot.redis.doorbell import open_redis
from bot.redis.witness import Witness
from bot.sandbox.clouds import HuaweiCloud, huawei_app
from bot.sandbox.content import CHANNEL
from bot.sandbox.ports import NO_TLS, free_port
from bot.sandbox.redis import await_redis, server_words
from bot.sandbox.slack import (
    Message,
    RateLimits,
    Workspace,
    served_app,
    slack_app,
)
from tests.processes.forks import PATIENCE, Preloaded
from tests.processes.gates import Gate, Gated, Where
from tests.processes.running import Program, children, until
from tests.processes.scenery import component_of, components, people, settings_of

ANN: Final = "U0ANN"
BOB: Final = "U0BOB"
APPROVE: Final = "slipway.approve"
_NOTHING_MORE: Final[Mapping[str, str]] = {}

Role: TypeAlias = Literal["doorbell-1", "doorbell-2", "poller", "outbox", "sweeper"]


class House:
    """Everything of one product, with handles on each part."""

    def __init__(
        self,
        folder: Path,
        workspace: Workspace,
        cloud: HuaweiCloud,
        gates: tuple[Gated, Gated],
        settings: dict[str, str],
        forks: Preloaded | None,
        hosts: int = 1,
        release: Path | None = None,
    ) -> None:
        self.folder: Final = folder
        self.workspace: Final = workspace
        self.cloud: Final = cloud
        self._slack_gates, self._cloud_gates = gates
        self._database: Final = open_engine(settings["SLIPWAY_DATABASE_URL"])
        self.journal: Final = journal_on(self._database)
        self.url: Final = f"http://{settings['SLIPWAY_LISTEN']}"
        self.redis_url: Final = settings["SLIPWAY_REDIS_URL"]
        self.environment: Final = settings
        self._forks: Final = forks
        port = int(self.redis_url.rpartition(":")[2].removesuffix("/0"))
        words = server_words(port, folder)
        self.redis: Final = Program("redis", words, {"PATH": "/usr/bin:/bin"}, folder)
        self.bot: Final = self.program("bot", "bot", release=release)
        self.worker: Final = self.program("worker", "worker", release=release)
        self.bots: Final = [self.bot]  # one on each host
        self.workers: Final = [self.worker]
        for _ in range(1, hosts):
            self.add_host()
        self._targets: Final = (f"t{number:02}" for number in itertools.count())
        self._others: list[Program] = []
        self.form: Final = threading.Lock()  # a person fills in one at a time

    # Processes.

    def program(
        self, name: str, *verb: str, release: Path | None = None, **changes: str
    ) -> Program:
        """Return a command of ours, or of another *release* of us, not started yet."""
        environment = {**self.environment, **changes}
        forks = None if release else self._forks
        words = verb if forks else (sys.executable, "-P", "-m", "bot.cli", *verb)
        if release:
            environment["PYTHONPATH"] = str(release)
        return Program(name, words, environment, self.folder, forks=forks)

    def add_host(self) -> None:
        """Have a bot and workers on another host, not started yet."""
        number = len(self.bots) + 1
        door = f"127.0.0.1:{free_port()}"
        self.bots.append(self.program(f"bot-{number}", "bot", SLIPWAY_LISTEN=door))
        self.workers.append(self.program(f"worker-{number}", "worker"))

    def lead(self, variable: str, value: str) -> None:
        """Let every process find something elsewhere from its next start on."""
        self.environment[variable] = value
        for each in (*self.bots, *self.workers):
            each.environment[variable] = value

    def another(
        self, name: str, *verb: str, release: Path | None = None, **changes: str
    ) -> Program:
        """Start a further command of ours; it ends with the house."""
        program = self.program(name, *verb, release=release, **changes)
        self._others.append(program)
        program.start()
        return program

    def end_others(self) -> None:
        """End the further commands, which must end well."""
        others, self._others = self._others, []
        for each in others:
            each.terminate()
        for each in others:
            assert each.code() == 0, each.text()

    def start(self) -> None:
        """Start what does not run, and wait until commands are taken and worked on."""
        fresh = self.launch()
        for bot in self.bots:
            if bot in fresh:
                bot.await_start(partial(self.is_ready, bot))
        for worker in self.workers:
            if worker in fresh:
                worker.await_start(partial(_works, worker))

    def launch(self) -> list[Program]:
        """Start what does not run, and return it; it may take a while until it is of use."""
        all_of_it = (self.redis, *self.bots, *self.workers)
        fresh = [each for each in all_of_it if not each.is_running]
        for each in fresh:
            each.start()
            if each is self.redis:
                await_redis(self.redis_url)
        return fresh

    def is_ready(self, bot: Program | None = None) -> bool:
        """Whether the bot says that it could take a command."""
        return self.readiness(bot)[0] == httpx.codes.OK

    def readiness(self, bot: Program | None = None) -> tuple[int, dict[str, Any]]:
        """Return what `/readyz` says; status 0 where nobody listens."""
        try:
            answer = httpx.get(
                f"http://{listens(bot or self.bot)}/readyz", trust_env=False, verify=NO_TLS
            )
        except httpx.TransportError:
            return 0, {}
        return answer.status_code, answer.json()

    def pid(self, role: Role) -> int:
        """Return the process that has a role now."""
        return pid_of(self.worker, role)

    def horse(self, role: Role) -> int:
        """Return the work-horse of a role, waiting until there is one."""
        return until(lambda: next(iter(children(self.pid(role))), None), f"a horse of {role}")

    def busy_doorbell(self) -> Role:
        """Return the doorbell worker that has an operation, waiting until one has."""
        return until(self._busy, "a doorbell's job to be worked on")

    def busy_or_first_doorbell(self) -> Role:
        """Return the doorbell worker that has an operation now, else the first one."""
        return self._busy() or "doorbell-1"

    def _busy(self) -> Role | None:
        """Return a doorbell worker that holds a claim: `owner/pid/…` is its token."""
        client: Any = self.client()
        tokens = [client.get(key) for key in client.scan_iter("slipway:claim:op-*")]
        pids = {int(each.split(b"/")[1]) for each in tokens if each}
        doorbells: tuple[Role, ...] = ("doorbell-1", "doorbell-2")
        return next((each for each in doorbells if self.pid(each) in pids), None)

    def client(self) -> "Redis":
        """Return a client of the house's Redis."""
        return open_redis(self.redis_url)

    def let_go(self) -> None:
        """Keep no connection to the journal, so that its file may be replaced."""
        self._database.dispose()

    def close(self) -> None:
        """Let every held request go, and end all processes."""
        self._slack_gates.open_all()
        self._cloud_gates.open_all()
        programs = [*self._others, *self.workers, *self.bots, self.redis]
        for each in programs[:-1]:
            if each.is_running:
                each.terminate()
        for each in programs:
            each.end()
        self._database.dispose()

    def forget_people(self) -> None:
        """Let the bot ask Slack anew who people are."""
        client = self.client()
        keys = list(client.scan_iter("slipway:cache:*"))
        if keys:
            client.delete(*keys)

    # Gates.

    def hold_cloud(self, method: str, part: str, where: Where = "before") -> Gate:
        """Hold the next request of *method* whose path has *part* in it, before the cloud."""
        return self._cloud_gates.put(lambda m, path, _: m == method and part in path, where)

    def hold_slack(self, method: str, *words: str, where: Where = "before") -> Gate:
        """Hold the next call of a Slack method whose body has all *words* in it."""

        def wanted(_: str, path: str, body: bytes) -> bool:
            return path == f"/api/{method}" and all(word.encode() in body for word in words)

        return self._slack_gates.put(wanted, where)

    # What people do, and what they see.

    def target(self) -> str:
        """Return a target that nobody used yet."""
        return next(self._targets)

    def deploy(self, target: str, version: str = "1.4.0") -> str:
        """Ann asks for a deployment; returns the operation."""
        answer = self.workspace.command(f"/deploy {target} {version}", by=ANN, channel=CHANNEL)
        assert answer.notice is None, answer
        words = answer.text.replace("*", " ").replace("`", " ").split()
        return next(word.strip(".,:;()") for word in words if word.startswith("op-"))

    def card(self, operation_id: str) -> Message | None:
        """Return the card of an operation, once it is there."""
        cards = [each for each in self._messages(operation_id) if not each.is_reply]
        assert len(cards) <= 1, cards
        return cards[0] if cards else None

    def card_with(self, operation_id: str, button: str = "", word: str = "") -> Message:
        """Wait until the card offers *button* and says *word*."""

        def seen() -> Message | None:
            card = self.card(operation_id)
            is_it = card and (not button or button in card.action_ids) and word in card.text
            return card if is_it else None

        return until(seen, f"the card of {operation_id} with {button} {word}")

    def approve(self, operation_id: str, by: str = BOB) -> None:
        """Bob presses Approve as soon as he can."""
        card = self.card_with(operation_id, APPROVE)
        answer = self.workspace.press(APPROVE, ts=card.ts, channel=CHANNEL, by=by)
        assert answer.ok, answer

    def approve_until_watched(self, operation_id: str) -> Gate:
        """Bob presses Approve; returns a gate at which a reading of the remote task stands."""
        target = self.operation(operation_id).target
        self.cloud.take_seconds(component_of(target), 2.0)
        self.approve(operation_id)
        until(lambda: self.operation(operation_id).steps[0].remote_task, "a remote task")
        gate = self.hold_cloud("GET", "/jobs/JOB")
        assert gate.arrived.wait(PATIENCE)
        return gate

    def thread(self, operation_id: str) -> list[str]:
        """Return the replies below the card, oldest first."""
        card = self.card(operation_id)
        assert card is not None
        return [each.text for each in self.workspace.thread(CHANNEL, card.ts)[1:]]

    def reply_with(self, operation_id: str, word: str) -> str:
        """Wait for a reply that has *word* in it."""

        def seen() -> str | None:
            return next((each for each in self.thread(operation_id) if word in each), None)

        return until(seen, f"a reply of {operation_id} with {word}")

    def operation(self, operation_id: str) -> Operation:
        """Return an operation as the journal has it."""
        return self.journal.operations.load(operation_id)

    def until_phase(self, operation_id: str, *phases: str) -> str:
        """Wait until the journal has an operation in one of *phases*."""

        def seen() -> str | None:
            kind = self.operation(operation_id).phase.kind
            return kind if kind in phases else None

        return until(seen, f"{operation_id} to be {' or '.join(phases)}")

    def until_all_told(self) -> None:
        """Wait until nothing is left to be told to Slack."""
        until(lambda: self.journal.outbox.next_due(now()) is None, "Slack to be told everything")

    def until_witnessed(self) -> None:
        """Wait until Redis remembers how far the journal has come by now."""
        audit = self.journal.audit.verify()
        newest, witness = audit.count + audit.unsealed, Witness(self.client())

        def seen() -> bool:
            noted = witness.noted()
            return noted is not None and noted.sequence >= newest

        until(seen, f"Redis to remember record {newest}")

    def executed(self, target: str) -> int:
        """Return how many changes of the target's component took effect."""
        part = component_of(target)
        return sum(part in each.path for each in self.cloud.executed)

    def _messages(self, operation_id: str) -> list[Message]:
        return [
            each
            for each in self.workspace.messages(CHANNEL)
            if (each.metadata or {}).get("event_payload", {}).get("operation_id") == operation_id
        ]


def pid_of(worker: Program, role: Role) -> int:
    """Return the process that has a role of a supervisor now; 0 where there was none yet."""
    started = (each for each in worker.events("worker.started") if each["role"] == role)
    return next((int(each["child"]) for each in reversed([*started])), 0)


def listens(bot: Program) -> str:
    """Return where a bot listens."""
    return bot.environment["SLIPWAY_LISTEN"]


def _works(worker: Program) -> bool:
    return bool(worker.events("workers.ready"))


@contextmanager
def house(
    folder: Path,
    forks: Preloaded | None,
    *,
    socket_mode: bool = False,
    job_seconds: float = 0.5,
    started: bool = True,
    database: str | None = None,
    hosts: int = 1,
    variables: Mapping[str, str] = _NOTHING_MORE,
    release: Path | None = None,
) -> Iterator[House]:
    """Build a house, and take it down at the end; without *forks*, its programs are executed.

    Its journal is a file, or an empty *database* that is given; it has a bot and workers on each
    of its *hosts*, which have *variables* in their environment besides those of a house. Those of
    another *release* migrate the database themselves.
    """
    workspace = Workspace(people(socket_mode=socket_mode), limits=RateLimits(enabled=False))
    cloud = HuaweiCloud(components(job_seconds))
    gates = Gated(slack_app(workspace)), Gated(huawei_app(cloud))
    with served_app(gates[0]) as slack, served_app(gates[1]) as clouds:
        workspace.base_url = slack
        own = settings_of(folder, workspace, clouds, database, is_migrated=release is None)
        settings = {**own, **variables}
        built = House(folder, workspace, cloud, gates, settings, forks, hosts, release)
        workspace.request_url = f"{built.url}/slack/events"
        try:
            if started:
                built.start()
            yield built
        finally:
            built.close()
            workspace.close()


@contextmanager
def locked(home: House) -> Iterator[None]:
    """Hold the database as another program's long write would."""
    connection = sqlite3.connect(home.folder / "slipway.db", isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()
