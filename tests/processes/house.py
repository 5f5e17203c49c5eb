"""The house: both simulators in this process, and Redis, bot and workers as real processes.

Each deployment of a test goes to a component of its own, so that one which is left uncertain on
purpose stands in nobody's way. Processes end with `kill -9` and are started again one by one.
"""

import itertools
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from uuid import NAMESPACE_OID, uuid5

import httpx
from redis import Redis

from bot.app.resources import now
from bot.core.operation import Operation
from bot.journal import journal_on, migrate, open_engine
from bot.redis.doorbell import open_redis
from bot.sandbox.clouds import ComponentSeed, HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.config import HuaweiConfig
from bot.sandbox.clouds.huawei.content import PROJECT_ID, REGION, SHOP_ID
from bot.sandbox.content import CHANNEL, SECRETS, workspace_config
from bot.sandbox.redis import await_redis, free_port, server_words
from bot.sandbox.slack import (
    Message,
    Person,
    RateLimits,
    Workspace,
    WorkspaceConfig,
    served_app,
    slack_app,
)
from tests.processes.forks import PATIENCE, Preloaded
from tests.processes.gates import Gate, Gated, Where
from tests.processes.running import Program, children, until

ANN: Final = "U0ANN"
BOB: Final = "U0BOB"
APPROVE: Final = "slipway.approve"
TARGETS: Final = 60
REVIEWERS: Final = tuple(f"U0REV{number:02}" for number in range(20))

Role: TypeAlias = Literal["doorbell-1", "doorbell-2", "poller", "outbox", "sweeper"]

_CONNECTION: Final = """\
connections:
  huawei:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: {clouds}}}
policies:
  prod:
    request: [S0DEVS]
    approve: [S0SRE]
    approvals: 1
    deadline: 30m
targets:
"""
_TARGET: Final = """\
  {name}:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {component}
    source_url: "swr.{region}.myhuaweicloud.com/shop/{name}:{{version}}"
    channel: {channel}
    policy: prod
"""


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
        self.bot: Final = self.program("bot", "bot")
        self.worker: Final = self.program("worker", "worker")
        self._targets: Final = (f"t{number:02}" for number in itertools.count())
        self._others: list[Program] = []

    # Processes.

    def program(self, name: str, *verb: str, **changes: str) -> Program:
        """Return a command of ours, not started yet."""
        environment = {**self.environment, **changes}
        words = verb if self._forks else (sys.executable, "-m", "bot.cli", *verb)
        return Program(name, words, environment, self.folder, forks=self._forks)

    def another(self, name: str, *verb: str, **changes: str) -> Program:
        """Start a further command of ours; it ends with the house."""
        program = self.program(name, *verb, **changes)
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
        if self.bot in fresh:
            self.bot.await_start(self.is_ready)
        if self.worker in fresh:
            self.worker.await_start(lambda: bool(self.worker.events("workers.ready")))

    def launch(self) -> list[Program]:
        """Start what does not run, and return it; it may take a while until it is of use."""
        fresh = [each for each in (self.redis, self.bot, self.worker) if not each.is_running]
        for each in fresh:
            each.start()
            if each is self.redis:
                await_redis(self.redis_url)
        return fresh

    def is_ready(self) -> bool:
        """Whether the bot says that it could take a command."""
        return self.readiness()[0] == httpx.codes.OK

    def readiness(self) -> tuple[int, dict[str, Any]]:
        """Return what `/readyz` says; status 0 where nobody listens."""
        try:
            answer = httpx.get(f"{self.url}/readyz", trust_env=False)
        except httpx.TransportError:
            return 0, {}
        return answer.status_code, answer.json()

    def pid(self, role: Role) -> int:
        """Return the process that has a role now."""
        started = self.worker.events("worker.started")
        return int([each["child"] for each in started if each["role"] == role][-1])

    def horse(self, role: Role) -> int:
        """Return the work-horse of a role, waiting until there is one."""
        return until(lambda: next(iter(children(self.pid(role))), None), f"a horse of {role}")

    def busy_doorbell(self) -> Role:
        """Return the doorbell worker that has a job, waiting until one has."""
        roles: tuple[Role, ...] = ("doorbell-1", "doorbell-2")

        def found() -> Role | None:
            return next((each for each in roles if children(self.pid(each))), None)

        return until(found, "a doorbell's job to be worked on")

    def busy_or_first_doorbell(self) -> Role:
        """Return the doorbell worker that has a job now, else the first one."""
        return "doorbell-2" if children(self.pid("doorbell-2")) else "doorbell-1"

    def client(self) -> "Redis":
        """Return a client of the house's Redis."""
        return open_redis(self.redis_url)

    def close(self) -> None:
        """Let every held request go, and end all processes."""
        self._slack_gates.open_all()
        self._cloud_gates.open_all()
        programs = [*self._others, self.worker, self.bot, self.redis]
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


def component_of(target: str) -> str:
    """Return the id of the target's component."""
    return str(uuid5(NAMESPACE_OID, target))


@contextmanager
def house(
    folder: Path,
    forks: Preloaded | None,
    *,
    socket_mode: bool = False,
    job_seconds: float = 0.5,
    started: bool = True,
) -> Iterator[House]:
    """Build a house, and take it down at the end; without *forks*, its programs are executed."""
    workspace = Workspace(_people(socket_mode=socket_mode), limits=RateLimits(enabled=False))
    cloud = HuaweiCloud(_components(job_seconds))
    gates = Gated(slack_app(workspace)), Gated(huawei_app(cloud))
    with served_app(gates[0]) as slack, served_app(gates[1]) as clouds:
        workspace.base_url = slack
        settings = _settings(folder, workspace, clouds)
        built = House(folder, workspace, cloud, gates, settings, forks)
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


def _settings(folder: Path, workspace: Workspace, clouds: str) -> dict[str, str]:
    """Write slipway.yaml and the database, and return the environment of every process."""
    (folder / "slipway.yaml").write_text(_configuration(clouds))
    database = f"sqlite:///{folder / 'slipway.db'}"
    engine = open_engine(database)
    migrate(engine)
    engine.dispose()
    config = workspace.config
    door = (
        {"SLACK_APP_TOKEN": config.app_token}
        if config.socket_mode
        else {"SLACK_SIGNING_SECRET": config.signing_secret}
    )
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **inherited,
        **SECRETS,
        **door,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SLACK_BOT_TOKEN": config.bot_token,
        "SLACK_API_URL": workspace.api_url,
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": database,
        "SLIPWAY_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "SLIPWAY_LISTEN": f"127.0.0.1:{free_port()}",
        "SLIPWAY_LOG_FORMAT": "json",
    }


def _configuration(clouds: str) -> str:
    head = _CONNECTION.format(region=REGION, project=PROJECT_ID, clouds=clouds)
    rows = (
        _TARGET.format(
            name=name, component=component_of(name), shop=SHOP_ID, region=REGION, channel=CHANNEL
        )
        for name in _names()
    )
    return head + "".join(rows)


def _components(job_seconds: float) -> HuaweiConfig:
    plain = sandbox_config(job_seconds=job_seconds)
    pattern = plain.components[0]
    seeds = tuple(
        ComponentSeed(
            id=component_of(name),
            application_id=SHOP_ID,
            name=name,
            version="1.3.0",
            image=f"swr.{REGION}.myhuaweicloud.com/shop/{name}:1.3.0",
            history=("1.2.0",),
            settings=pattern.settings,
        )
        for name in _names()
    )
    return plain.model_copy(update={"components": seeds})


def _people(*, socket_mode: bool) -> WorkspaceConfig:
    """Return the sandbox's people, and twenty more who may approve."""
    plain = workspace_config()
    crowd = tuple(Person(id=each, name=each.lower(), real_name=each.title()) for each in REVIEWERS)
    groups = tuple(
        group.model_copy(update={"users": (*group.users, *REVIEWERS)})
        if group.id == "S0SRE"
        else group
        for group in plain.groups
    )
    channels = tuple(
        each.model_copy(update={"members": (*each.members, *REVIEWERS)}) for each in plain.channels
    )
    return plain.model_copy(
        update={
            "people": (*plain.people, *crowd),
            "groups": groups,
            "channels": channels,
            "socket_mode": socket_mode,
        }
    )


def _names() -> list[str]:
    return [f"t{number:02}" for number in range(TARGETS)]
