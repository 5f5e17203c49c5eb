"""A strict Huawei Cloud project: its truth, what was asked of it, and its ASGI application."""

import threading
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from bot.sandbox.clouds.authentication import Authentication
from bot.sandbox.clouds.components import Component
from bot.sandbox.clouds.config import HuaweiConfig
from bot.sandbox.clouds.delivery import deliver
from bot.sandbox.clouds.estate import Estate
from bot.sandbox.clouds.faults import Fault, Faults
from bot.sandbox.clouds.gateway import Gateway, Outcome
from bot.sandbox.clouds.jobs import Jobs
from bot.sandbox.clouds.ledger import Asked, Executed, Refused
from bot.sandbox.clouds.servicestage_v3 import ServiceStageV3
from bot.sandbox.clouds.servicestage_views import component_view
from bot.sandbox.clouds.wire import Clock, JsonObject, Request

STRANGER: Final = "somebody-else"


def _new_id() -> str:
    return str(uuid4())


class HuaweiCloud:
    """Everything that one simulated project knows; every look and every request takes a lock.

    *new_id* makes the ids of components and, behind the letters JOB, of jobs.
    """

    def __init__(
        self,
        config: HuaweiConfig,
        clock: Clock = time.time,
        *,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self.config = config
        self._clock = clock
        self._lock = threading.RLock()
        jobs = Jobs()
        self._estate = Estate(config, jobs, now=clock(), new_id=new_id)
        self._gateway = Gateway(
            routes=(*jobs.routes(), *ServiceStageV3(self._estate).routes()),
            authentication=Authentication(config),
        )
        self.faults = LockedFaults(self._gateway.faults, self._lock)

    def handle(self, request: Request) -> Outcome:
        """Answer one request."""
        with self._lock:
            return self._gateway.handle(request, self._clock())

    @property
    def executed(self) -> tuple[Executed, ...]:
        """The mutations that took effect, in their order."""
        with self._lock:
            self._gateway.catch_up(self._clock())
            return tuple(self._gateway.ledger.executed)

    @property
    def requests(self) -> tuple[Asked, ...]:
        """Everything that was asked, with the status it was answered with."""
        with self._lock:
            return tuple(self._gateway.ledger.asked)

    @property
    def strictness(self) -> tuple[Refused, ...]:
        """What was declined; answers made by a fault are not among it."""
        with self._lock:
            self._gateway.catch_up(self._clock())
            return tuple(self._gateway.ledger.refused)

    def component(self, component_id: str) -> JsonObject:
        """Return a component as ServiceStage v3 would show it now.

        Raises:
            LookupError: there is none.
        """
        with self._lock:
            component = self._component(component_id)
            return component_view(component, component.settings)

    def fail_next_deploy(self, component_id: str) -> None:
        """Let the next deploy of a component fail.

        Raises:
            LookupError: there is none.
        """
        with self._lock:
            self._component(component_id).fails_next = True

    def take_seconds(self, component_id: str, seconds: float) -> None:
        """Let the coming jobs of a component take *seconds*; a billion is for ever.

        Raises:
            LookupError: there is none.
        """
        with self._lock:
            self._component(component_id).job_seconds = seconds

    def meddle(self, component_id: str, version: str) -> str:
        """Deploy *version* past Slipway, as somebody in the console would, and return the job id.

        Raises:
            LookupError: there is no such component.
            RefusedError: a job runs on it.
        """
        with self._lock:
            component = self._component(component_id)
            if refusal := self._estate.busy(component):
                raise refusal
            settings = {**component.settings, "version": version}
            return self._estate.deploy(component, settings, at=self._clock(), by=STRANGER).id

    def _component(self, component_id: str) -> Component:
        self._gateway.catch_up(self._clock())
        component = self._estate.find(component_id, self._clock())
        if component is None:
            text = f"there is no component {component_id!r}"
            raise LookupError(text)
        return component


class LockedFaults:
    """The faults of a cloud, to be armed from any thread."""

    def __init__(self, faults: Faults, lock: threading.RLock) -> None:
        self._faults = faults
        self._lock = lock

    def add(self, *faults: Fault) -> None:
        """Arm *faults*, to be used up in this order."""
        with self._lock:
            for fault in faults:
                self._faults.add(fault)

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._faults.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults that have not been used up."""
        with self._lock:
            return self._faults.waiting


def huawei_app(cloud: HuaweiCloud) -> Starlette:
    """Return the application that serves *cloud*."""
    return _Application(cloud)


class _Application(Starlette):
    """Answers every HTTP request itself: faults need the server's own ``send``."""

    def __init__(self, cloud: HuaweiCloud) -> None:
        super().__init__()
        self._cloud = cloud

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        outcome = self._cloud.handle(await _request(scope, receive))
        await deliver(outcome, receive, send)


async def _request(scope: Scope, receive: Receive) -> Request:
    http = HttpRequest(scope, receive)
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return Request(
        method=http.method,
        path=path.partition(b"?")[0].decode("latin-1"),
        query=query.decode("latin-1"),
        headers=tuple((name.lower(), value) for name, value in http.headers.items()),
        body=await http.body(),
    )
