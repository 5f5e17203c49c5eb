"""A strict Cloudpods installation: its truth, what was asked of it, and its ASGI application."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from pydantic import JsonValue
from starlette.applications import Starlette

from bot.sandbox.clouds.cloudpods.charts import version_of
from bot.sandbox.clouds.cloudpods.config import CloudpodsConfig
from bot.sandbox.clouds.cloudpods.estate import Pods, Row
from bot.sandbox.clouds.cloudpods.gateway import PodGateway, Step
from bot.sandbox.clouds.cloudpods.helm import Records, Revision
from bot.sandbox.clouds.cloudpods.identity import Identity, Login
from bot.sandbox.clouds.cloudpods.lists import Lists
from bot.sandbox.clouds.cloudpods.releases import Releases
from bot.sandbox.clouds.cloudpods.tasks import Tasks
from bot.sandbox.clouds.cloudpods.views import details, history_view
from bot.sandbox.clouds.http.ledger import Asked, Executed, Refused
from bot.sandbox.clouds.http.outcome import Outcome
from bot.sandbox.clouds.http.serving import Application, LockedFaults
from bot.sandbox.clouds.http.wire import Clock, JsonObject, Request

_TICK: Final = 0.05  # seconds between two looks at the clock
HOOK_FAILED: Final = "pre-upgrade hooks failed: job failed: BackoffLimitExceeded"


def _new_id() -> str:
    return str(uuid4())


class CloudpodsCloud:
    """Everything that one simulated installation knows; looks and requests take a lock.

    Releases are named by id or by a name that only one has. The hooks for tests raise a
    DeclinedError where there is no such release.
    """

    def __init__(
        self,
        config: CloudpodsConfig,
        clock: Clock = time.time,
        *,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self.config = config
        self._clock = clock
        self._lock = threading.RLock()
        self._pods = Pods(config, new_id)
        self._pods.seed(clock())
        self._tasks = Tasks(self._pods)
        self._identity = Identity(config, new_id)
        releases, lists = Releases(self._pods, self._tasks), Lists(self._pods, self._tasks)
        self._gateway = PodGateway(
            pods=self._pods,
            identity=self._identity,
            routes=(*self._tasks.routes(), *releases.routes(), *lists.routes()),
        )
        self.faults = LockedFaults(self._gateway.faults, self._lock)

    def handle(self, request: Request) -> Step:
        """Answer one request, or say how long the answer takes."""
        with self._lock:
            return self._gateway.handle(request, self._clock())

    def now(self) -> float:
        """Return the time of its clock."""
        return self._clock()

    def resume(self, step: Step) -> Step:
        """Go on with an answer that has taken its time."""
        if isinstance(step, Outcome):
            return step
        with self._lock:
            now = self._clock()
            self._pods.timeline.run(now)
            return step.resume(now)

    @property
    def executed(self) -> tuple[Executed, ...]:
        """The mutations that took effect, in their order; a failed upgrade did, too."""
        with self._lock:
            self._catch_up()
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
            self._catch_up()
            return tuple(self._gateway.ledger.refused)

    @property
    def logins(self) -> tuple[Login, ...]:
        """The logins that were asked for, and how they ended."""
        with self._lock:
            return tuple(self._identity.logins)

    def release(self, named: str) -> JsonObject:
        """Return a release as kubeserver would show it now."""
        with self._lock:
            return details(self._pods, self._row(named))

    def history(self, named: str) -> list[JsonValue]:
        """Return the history of a release as kubeserver would show it now."""
        with self._lock:
            return history_view(self._row(named))

    def values(self, named: str) -> JsonObject:
        """Return the values that really run: those of the newest deployed revision."""
        with self._lock:
            running = self._running(named)
            return running.values if running else {}

    def chart_version(self, named: str) -> str:
        """Return the chart's version that really runs; "" where none does."""
        with self._lock:
            running = self._running(named)
            return running.version if running else ""

    def fail_next(self, named: str, why: str = HOOK_FAILED) -> None:
        """Let the next upgrade, rollback, installation or removal of a release fail."""
        with self._lock:
            self._row(named).fails_next = why

    def take_seconds(self, named: str, seconds: float) -> None:
        """Let the hooks of a release take so long from now on; a billion is for ever."""
        with self._lock:
            self._row(named).hook_seconds = seconds

    def meddle(
        self,
        named: str,
        version: str = "",
        values: JsonObject | None = None,
        *,
        seconds: float = 0.0,
    ) -> int:
        """Upgrade past Cloudpods, as somebody with helm would; return the new revision.

        Raises:
            HelmError: something is pending.
        """
        with self._lock:
            row, now = self._row(named), self._clock()
            version = version_of(self._pods.chart(row), version)
            change = row.helm.begin_upgrade(row.chart, version, values, now)
            self._pods.timeline.at(now + seconds, change.end)
            self._catch_up()
            return change.revision.number

    def stick_pending(self, named: str, status: str = "pending-upgrade") -> int:
        """Leave a pending revision behind, as a kubeserver that dies midway; return its number."""
        with self._lock:
            row, now = self._row(named), self._clock()
            newest = row.helm.last
            version = "" if newest is None else newest.version
            change = row.helm.begin_upgrade(row.chart, version, None, now)
            change.revision.status = status
            change.has_ended = True
            return change.revision.number

    def set_status(self, named: str, status: str) -> None:
        """Give the newest revision of a release another status."""
        with self._lock:
            last = self._row(named).helm.last
            if last is not None:
                last.status = status

    def expire_tokens(self) -> None:
        """Let every token that was given out until now have ended."""
        with self._lock:
            self._identity.expire_all(self._clock())

    def unreachable(self, cluster: str, *, away: bool = True) -> None:
        """Let a cluster not answer kubeserver any more, or again."""
        with self._lock:
            self._catch_up()
            name = self._pods.cluster(cluster).name
            (self._pods.unreachable.add if away else self._pods.unreachable.discard)(name)

    def twin(self, named: str, cluster: str, namespace: str = "default") -> str:
        """Install a release of the same name in another cluster, and return its id."""
        with self._lock:
            row, now = self._row(named), self._clock()
            there = self._pods.cluster(cluster)
            last = row.helm.last
            twin = Row(
                id=_new_id(),
                name=row.name,
                cluster=there,
                namespace=self._pods.namespace(there, namespace),
                repo=row.repo,
                chart=row.chart,
                chart_version=row.chart_version,
                config={},
                status="deployed",
                created_at=now,
                helm=Records(row.name),
            )
            version = row.chart_version if last is None else last.version
            twin.helm.begin_install(row.chart, version, {}, now).end(now)
            self._pods.rows.append(twin)
            return twin.id

    def sync(self, cluster: str) -> None:
        """Sync a cluster now, as it happens every half an hour."""
        with self._lock:
            self._catch_up()
            self._tasks.sync(self._pods.cluster(cluster), self._clock())

    def _running(self, named: str) -> Revision | None:
        newest = sorted(self._row(named).helm.revisions, key=lambda each: -each.number)
        return next((each for each in newest if each.status == "deployed"), None)

    def _row(self, named: str) -> Row:
        self._catch_up()
        return self._pods.one(named)

    def _catch_up(self) -> None:
        self._pods.timeline.run(self._clock())


def cloudpods_app(cloud: CloudpodsCloud) -> Starlette:
    """Return the application that serves *cloud*: identity under /v3, kubeserver under /api."""

    async def answer(request: Request) -> Outcome:
        step = cloud.handle(request)
        while not isinstance(step, Outcome):
            until = cloud.now() + step.seconds
            while (left := until - cloud.now()) > 0:  # noqa: ASYNC110 - a stopped clock rings nobody
                await asyncio.sleep(min(left, _TICK))
            step = cloud.resume(step)
        return step

    return Application(answer)
