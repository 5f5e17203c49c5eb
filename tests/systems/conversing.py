"""A system, the client and a strict simulator over a real socket."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar, overload

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.core.codes import Denied
from bot.core.connection import Connection
from bot.core.errors import OutcomeUnknownError
from bot.core.flow import Call, Flow, Reply, drive
from bot.core.plan import PlanDraft
from bot.core.records import Action, Asked, Parameters, PastStep
from bot.core.system import PollResult, RemoteTask, SentStep, System, Work
from bot.sandbox.clouds import Fault, HuaweiCloud, HuaweiConfig, huawei_app
from bot.sandbox.clouds.http.serving import LockedFaults
from bot.sandbox.clouds.huawei.content import ACCESS_KEY, SECRET_KEY
from bot.systems._huawei.connection import AccessKey, HuaweiConnection
from tests.workers.cloud.direct import Direct

T = TypeVar("T")
WorldT = TypeVar("WorldT", bound="World")

EPOCH: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
JOB_SECONDS: Final = 4.0
_TLS: Final = ssl.create_default_context()  # costs more than a whole conversation


class Hands:
    """A clock that tests move, for both sides."""

    def __init__(self) -> None:
        self.now = EPOCH

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same for the simulator."""
        return self.now.timestamp()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class Conversation:
    """A client that is connected to a simulated cloud, and one system that uses it."""

    def __init__(
        self, connection: Connection, faults: LockedFaults, hands: Hands, system: System[Any]
    ) -> None:
        self.hands = hands
        self.system = system
        self._faults = faults
        self._client = Direct(hands, tls=_TLS)
        self._connection = connection

    def run(self, flow: Flow[T]) -> T:
        """Drive a flow against the simulator."""
        return drive(flow, self._answer)

    def _answer(self, call: Call) -> Reply:
        return self._client.send(self._connection, self.system, call)

    def prepare(
        self, target: Any, action: Action, *, past: tuple[PastStep, ...] = (), **given: Any
    ) -> PlanDraft | Denied:
        """Ask what an action would do."""
        question = Asked(action=action, parameters=Parameters(**given), past=past)
        result: PlanDraft | Denied = self.run(self.system.prepare(target, question))
        return result

    def draft(self, target: Any, action: Action, **given: Any) -> PlanDraft:
        """Plan what can be done."""
        draft = self.prepare(target, action, **given)
        assert isinstance(draft, PlanDraft), draft
        return draft

    def send(self, target: Any, work: Work) -> RemoteTask:
        """Make a step's call."""
        task = self.run(self.system.submit(target, work))
        assert isinstance(task, RemoteTask)
        return task

    def look(self, target: Any, work: Work, task: RemoteTask) -> PollResult:
        """Let a job's time pass, and look."""
        self.hands.advance(JOB_SECONDS + 1)
        seen: PollResult = self.run(self.system.watch(target, work, task))
        return seen

    def carry_out(self, target: Any, action: Action, **given: Any) -> PollResult:
        """Plan, send and watch every step to its end; return the last one's."""
        earlier: tuple[RemoteTask, ...] = ()
        seen: list[PollResult] = []
        for step in self.draft(target, action, **given).steps:
            work = Work(step=step, earlier=earlier)
            task = self.send(target, work)
            seen.append(self.look(target, work, task))
            earlier = (*earlier, task)
        return seen[-1]

    def lose(self, target: Any, fault: Fault, action: Action, **given: Any) -> SentStep:
        """Send an action's first step, whose answer *fault* spoils."""
        return self.lose_step(target, fault, self.draft(target, action, **given))

    def lose_step(
        self, target: Any, fault: Fault, draft: PlanDraft, earlier: tuple[RemoteTask, ...] = ()
    ) -> SentStep:
        """Send the plan's step after those *earlier*; its answer is lost."""
        work = Work(step=draft.steps[len(earlier)], earlier=earlier)
        sent = SentStep(
            work=work,
            observed=draft.observed,
            permitted_at=self.hands.now,
            settle=self.system.spec.settle,
        )
        self._faults.add(fault)
        with pytest.raises(OutcomeUnknownError):
            self.run(self.system.submit(target, work))
        return sent


class World(Conversation):
    """A simulated project of Huawei's, talked to by one system."""

    def __init__(self, url: str, cloud: HuaweiCloud, hands: Hands, system: System[Any]) -> None:
        self.there = cloud
        connection = HuaweiConnection(
            name="huawei",
            region="cn-north-4",
            project_id=cloud.config.project_id,
            auth=AccessKey.model_validate({"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}),
            endpoints={"servicestage": url, "cce": url},
        )
        super().__init__(connection, cloud.faults, hands, system)


class Door:
    """A server on loopback that lets in to whatever project was set up last."""

    def __init__(self) -> None:
        self.url = ""
        self._inside: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._inside is not None, "no project is set up"
        await self._inside(scope, receive, send)

    @overload
    def world(self, system: System[Any], config: HuaweiConfig) -> World: ...

    @overload
    def world(self, system: System[Any], config: HuaweiConfig, kind: type[WorldT]) -> WorldT: ...

    def world(self, system: System[Any], config: HuaweiConfig, kind: type[World] = World) -> World:
        """Set up a fresh project for *system*."""
        hands = Hands()
        cloud = HuaweiCloud(config, hands.seconds)
        self.lead_to(huawei_app(cloud))
        return kind(self.url, cloud, hands, system)

    def lead_to(self, inside: ASGIApp) -> None:
        """Let in to *inside* from now on."""
        self._inside = inside


@contextmanager
def opened() -> Iterator[Door]:
    """A door that is open meanwhile."""
    door = Door()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # asyncio leaves it off for such a socket: on kept connections an answer then takes 40 ms
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        door.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(door, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield door
        finally:
            server.should_exit = True
            thread.join(timeout=10)
