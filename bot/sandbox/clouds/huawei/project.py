"""A strict Huawei Cloud project: its truth, what was asked of it, and its ASGI application."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

from starlette.applications import Starlette

from bot.sandbox.clouds.http.ledger import Asked, Executed, Refused
from bot.sandbox.clouds.http.outcome import Outcome
from bot.sandbox.clouds.http.serving import Application, LockedFaults
from bot.sandbox.clouds.http.wire import Clock, JsonObject, Request
from bot.sandbox.clouds.huawei.authentication import Authentication
from bot.sandbox.clouds.huawei.cce_clusters.hooks import ClusterHooks
from bot.sandbox.clouds.huawei.cce_clusters.service import CceClusters
from bot.sandbox.clouds.huawei.cce_clusters.state import Clusters
from bot.sandbox.clouds.huawei.cce_gateway import Throttle, cce_routes
from bot.sandbox.clouds.huawei.cce_releases.estate import ReleaseEstate
from bot.sandbox.clouds.huawei.cce_releases.hooks import ReleaseHooks
from bot.sandbox.clouds.huawei.cce_releases.service import CceReleases
from bot.sandbox.clouds.huawei.config import HuaweiConfig
from bot.sandbox.clouds.huawei.gateway import Gateway
from bot.sandbox.clouds.huawei.iam import Iam, Login
from bot.sandbox.clouds.huawei.seeds.cce_clusters import ClusterSeed as UpgradedCluster
from bot.sandbox.clouds.huawei.seeds.cce_releases import ClusterSeed as ReleaseCluster
from bot.sandbox.clouds.huawei.servicestage.jobs import Jobs
from bot.sandbox.clouds.huawei.servicestage_v2.estate import EstateV2
from bot.sandbox.clouds.huawei.servicestage_v2.hooks import InstanceHooks
from bot.sandbox.clouds.huawei.servicestage_v2.service import ServiceStageV2
from bot.sandbox.clouds.huawei.servicestage_v3.actions import Asked as ComponentAction
from bot.sandbox.clouds.huawei.servicestage_v3.actions import act
from bot.sandbox.clouds.huawei.servicestage_v3.bodies import ActionBody
from bot.sandbox.clouds.huawei.servicestage_v3.components import Component
from bot.sandbox.clouds.huawei.servicestage_v3.estate import Estate
from bot.sandbox.clouds.huawei.servicestage_v3.service import ServiceStageV3
from bot.sandbox.clouds.huawei.servicestage_v3.views import component_view

STRANGER: Final = "somebody-else"


def _new_id() -> str:
    return str(uuid4())


def _with_all_clusters(config: HuaweiConfig) -> HuaweiConfig:
    """Return *config* with every cluster of the project among those of either service."""
    upgraded, released = config.cce_clusters, config.cce_releases
    known = {each.id for each in upgraded.clusters}
    others = [each for each in released.clusters if each.id not in known]
    plain = (UpgradedCluster(id=each.id, name=each.name, flavour=each.flavour) for each in others)
    there = {each.id for each in released.clusters}
    more = [each for each in upgraded.clusters if each.id not in there]
    bare = (ReleaseCluster(id=each.id, name=each.name, flavour=each.flavour) for each in more)
    clusters = {"clusters": (*upgraded.clusters, *plain)}
    releases = {"clusters": (*released.clusters, *bare)}
    return config.model_copy(
        update={
            "cce_clusters": upgraded.model_copy(update=clusters),
            "cce_releases": released.model_copy(update=releases),
        }
    )


class HuaweiCloud:
    """Everything that one simulated project knows; every look and every request takes a lock.

    *new_id* makes the ids of components and, behind the letters JOB, of jobs. Credentials are
    judged by *wall*, which goes on where *clock* has been stopped.
    """

    def __init__(
        self,
        config: HuaweiConfig,
        clock: Clock = time.time,
        *,
        wall: Clock | None = None,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self.config = config
        self._clock = clock
        self._wall = wall or clock
        self._lock = threading.RLock()
        jobs = Jobs()
        self._estate = Estate(config, jobs, now=clock(), new_id=new_id)
        estate_v2 = EstateV2(
            config.servicestage_v2,
            jobs,
            project_id=config.project_id,
            job_seconds=config.job_seconds,
            now=clock(),
            new_id=new_id,
        )
        self.instances = InstanceHooks(estate_v2, self._reach)
        throttle = Throttle(config.cce_writes_a_minute)
        config = _with_all_clusters(config)
        releases = ReleaseEstate(config.cce_releases, now=clock())
        self.releases = ReleaseHooks(releases, self._reach)
        clusters = Clusters(config.cce_clusters, now=clock(), new_id=new_id)
        self.clusters = ClusterHooks(clusters, self._reach)
        self._authentication = Authentication(config)
        self._iam = Iam(config, self._authentication)
        self._gateway = Gateway(
            routes=(
                *self._iam.routes(),
                *jobs.routes(),
                *ServiceStageV3(self._estate).routes(),
                *ServiceStageV2(estate_v2, config).routes(),
                *cce_routes(CceClusters(clusters).routes(), throttle),
                *cce_routes(CceReleases(releases).routes(), throttle),
            ),
            authentication=self._authentication,
        )
        self.faults = LockedFaults(self._gateway.faults, self._lock)

    def handle(self, request: Request) -> Outcome:
        """Answer one request."""
        with self._lock:
            return self._gateway.handle(request, self._clock(), self._wall())

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
    def logins(self) -> tuple[Login, ...]:
        """Who logged in with a password, or tried to."""
        with self._lock:
            return tuple(self._iam.logins)

    def expire_tokens(self) -> None:
        """Let every token that IAM has given out have ended."""
        with self._lock:
            self._authentication.expire_given(self._clock())

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

    def meddle(self, component_id: str, version: str, **settings: Any) -> str:
        """Deploy *version* past Slipway, as somebody in the console would, and return the job id.

        *settings* are changed with it.

        Raises:
            LookupError: there is no such component.
            RefusedError: a job runs on it.
        """
        with self._lock:
            component = self._component(component_id)
            if refusal := self._estate.busy(component):
                raise refusal
            wanted = {**component.settings, "version": version, **settings}
            return self._estate.deploy(component, wanted, at=self._clock(), by=STRANGER).id

    def act(self, component_id: str, action: str) -> str:
        """Let somebody in the console do *action* to a component, and return the job id.

        Raises:
            LookupError: there is no such component.
            RefusedError: it cannot be now.
        """
        with self._lock:
            asked = ComponentAction(
                estate=self._estate,
                component=self._component(component_id),
                parameters={},
                at=self._clock(),
                by=STRANGER,
            )
            return act(ActionBody(action=action), asked).id

    def fail_next_check(self, component_id: str) -> None:
        """Let the next check of a component's gray release fail.

        Raises:
            LookupError: there is no such component.
        """
        with self._lock:
            self._component(component_id).fails_next_check = True

    @contextmanager
    def _reach(self) -> Iterator[float]:
        """Hold the cloud as it is now, and tell the time."""
        with self._lock:
            now = self._clock()
            self._gateway.catch_up(now)
            yield now

    def _component(self, component_id: str) -> Component:
        self._gateway.catch_up(self._clock())
        component = self._estate.find(component_id, self._clock())
        if component is None:
            text = f"there is no component {component_id!r}"
            raise LookupError(text)
        return component


def huawei_app(cloud: HuaweiCloud) -> Starlette:
    """Return the application that serves *cloud*."""

    async def answer(request: Request) -> Outcome:
        return cloud.handle(request)

    return Application(answer)
