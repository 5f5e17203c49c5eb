"""The workers of a host: doorbell, poller, outbox and sweeper, each in a process of its own."""

import asyncio
import logging
import signal
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Final

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from slack_sdk import WebClient

from bot.app.anchoring import NO_KEY, anchor_daily, audit_key
from bot.app.clouds import cloud_parts
from bot.app.greeting import counted, greet, workspace_words
from bot.app.naming import NameKeeper
from bot.app.resources import Resources, now, open_configuration, open_parts
from bot.app.restored import JournalWitness, keep_witness, settle_restored
from bot.app.tracing import TracedCalls, TracedMessages
from bot.app.waiting import journal_awaited
from bot.collecting import settle
from bot.core.errors import (
    ConfigurationError,
    ConflictError,
    JournalUnavailableError,
    QueueUnavailableError,
    SlackError,
    SlackRefusedError,
)
from bot.engine import engine_on
from bot.facts import Gatherer
from bot.journal import warm_up
from bot.journal.audit_anchors import AuditKey
from bot.redaction import KnownSecrets
from bot.redis.cache import Cache
from bot.redis.doorbell import ADVANCE_JOB, ADVANCE_QUEUE, open_redis
from bot.redis.due_times import DueTimes
from bot.redis.flags import Flags
from bot.redis.leases import Leases, owner_here
from bot.redis.memory import Memory
from bot.settings import Settings
from workers.advancing.doorbell import answer
from workers.cloud.client import cloud_client, polling_client
from workers.cloud.layers import Layer
from workers.context import WorkerContext
from workers.processes.in_process import work_in_process
from workers.processes.job_limit import JobLimit
from workers.processes.rq_worker import FINISH_SOON, run_worker
from workers.processes.shutdown import Shutdown
from workers.processes.supervisor import REPLACED, supervise
from workers.slack import (
    TIMEOUT_SECONDS,
    SlackDirectory,
    installation,
    team_of,
    web_client,
)
from workers.slack.outbox import send_for
from workers.watching.poller import poll_for
from workers.watching.sweeper import sweep

log = logging.getLogger("slipway.worker")

POLL_QUEUE: Final = "slipway-poll"
POLLERS_MAX: Final = 8
POLL_JOB: Final = "workers.watching.poller.tick"
OUTBOX_QUEUE: Final = "slipway-outbox"
OUTBOX_JOB: Final = "workers.slack.outbox.tick"
TICK_SECONDS: Final = 8.0  # how long the outbox works in one tick before it hands over
POLL_SECONDS: Final = 20.0  # the poller, which has connections to lose
NAMES_SECONDS: Final = 8.0  # who sends and watches permits nothing by what it knows of people
TICK_LIMIT: Final = 60  # seconds until RQ ends a tick that hangs
GREETING_SECONDS: Final = 2  # for Slack to say whom the token is of, at the start
SWEEPER: Final = "sweeper"
SWEEP_SECONDS: Final = 1.0
SEALS_EVERY: Final = 2  # sweeps
_PASSING: Final = (
    RedisError,
    QueueUnavailableError,
    JournalUnavailableError,
    ConfigurationError,
    ConflictError,
    OSError,
)


def run_workers(
    settings: Settings,
    secrets: KnownSecrets,
    processes: int,
    pollers: int = 1,
    *,
    accepts_clock: bool = False,
) -> None:
    """Run this host's workers until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: settings or slipway.yaml have faults.
        SchemaError: the database is not at this version.
        ClockError: the journal is later than this host's clock, and that is not accepted.
    """
    credentials, catalogue = open_configuration(settings, serves=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as process 1 it would be ignored
    parts = journal_awaited(
        lambda: settle_restored(
            open_parts(settings, catalogue, secrets, accepts_clock=accepts_clock)
        )
    )
    key = audit_key(settings)
    if key is None and catalogue.present.audit.is_anywhere:
        log.warning("audit.no_key", extra={"what": NO_KEY})
    home = _WorkerHost(parts, credentials.bot_token.get_secret_value())
    limits = {f"doorbell-{number}": JobLimit() for number in range(1, processes + 1)}
    roles = {**_doorbells(home, limits), **_ticking(home, poll_queues(pollers), key)}
    warm_up(home.parts.journal.database)
    settle()
    targets = len(catalogue.present.targets)
    log.info("workers.ready", extra={"processes": len(roles), "targets": targets})
    many = f"{counted(targets, 'target')}, {len(roles)} processes"
    greet(settings, f"works for {_workspace(home)}: {many}")
    supervise(roles, told_of_hangup=SWEEPER, limits=limits)


def _doorbells(
    home: "_WorkerHost", limits: Mapping[str, JobLimit]
) -> dict[str, Callable[[], None]]:
    return {role: partial(_advance, home, limit) for role, limit in limits.items()}


def _ticking(
    home: "_WorkerHost", polling: Mapping[str, str], key: AuditKey | None
) -> dict[str, Callable[[], None]]:
    """Return what works in ticks, and the sweeper, which lets none of their chains end."""
    ticks = {OUTBOX_QUEUE: OUTBOX_JOB, **dict.fromkeys(polling.values(), POLL_JOB)}
    pollers = {
        role: partial(_tick, home, queue, {POLL_JOB: partial(home.poll, queue)})
        for role, queue in polling.items()
    }
    return {
        **pollers,
        "outbox": partial(_tick, home, OUTBOX_QUEUE, {OUTBOX_JOB: home.send}),
        SWEEPER: partial(_sweep_forever, home, key, ticks),
    }


def poll_queues(pollers: int) -> dict[str, str]:
    """Return the queue of each of so many pollers by its role, which are the same on all hosts.

    One tick of a queue is at work at a time, whatever host it is on.
    """
    more = range(2, pollers + 1)
    return {"poller": POLL_QUEUE, **{f"poller-{each}": f"{POLL_QUEUE}-{each}" for each in more}}


def _workspace(home: "_WorkerHost") -> str:
    """Return whom the token is of; the workers begin whether Slack answers or not."""
    try:
        where = installation(home.client(timeout=GREETING_SECONDS))
    except SlackRefusedError as error:
        return f"a workspace that Slack does not name ({error.code}; see slipway doctor)"
    except SlackError:
        return "a workspace that Slack does not name now, since it does not answer"
    return workspace_words(where.name, where.team)


class _WorkerHost:
    """What the processes of this host share from before they fork, so that each starts at once.

    Nothing of it is connected: the journal and Redis give every child connections of its own.
    """

    def __init__(self, parts: Resources, token: str) -> None:
        self.parts = parts
        self._tls = ssl.create_default_context()
        # one login serves all that are forked
        self._clouds = cloud_parts(
            parts.catalogue, parts.redis, now, secrets=parts.secrets, tls=self._tls
        )
        self._token = token
        self.owner = owner_here()

    def advance(self, context: WorkerContext, operation_id: str) -> None:
        """Look at what the doorbell names; its job."""
        of = operation_id if operation_id.startswith("op-") else ""
        try:
            with self.parts.traces.within(of, "advance", {}):
                answer(context, operation_id)
        finally:
            self.parts.traces.flush()

    def poll(self, queue: str) -> None:
        """Watch for one tick of *queue*, then hand over."""
        self._tick(queue, POLL_JOB, lambda *turn: asyncio.run(self._polled(*turn)))

    def send(self) -> None:
        """Send to Slack for one tick, then hand over."""
        slack = TracedMessages(self.client(), self.parts.traces)

        def work(context: WorkerContext, inherits: bool) -> None:  # noqa: FBT001 - a tick's two parts
            send_for(context, slack, TICK_SECONDS, inherits=inherits)

        self._tick(OUTBOX_QUEUE, OUTBOX_JOB, work)

    def _traced(self, inner: Layer) -> Layer:
        return TracedCalls(inner, self.parts.traces)

    def context(self, shutdown: Shutdown, *, remembers: float = 0.0) -> WorkerContext:
        """Return what a worker works with; nothing new is begun once it is told of its end.

        What Slack said of people, it *remembers* for so many seconds without asking Redis.
        """
        parts, client = self.parts, self.client()
        cache = Memory(Cache(parts.redis), remembers)
        return WorkerContext(
            engine=engine_on(parts.journal, parts.doorbell, parts.traces.happened),
            journal=parts.journal,
            catalogue=parts.catalogue,
            facts=Gatherer(
                catalogue=parts.catalogue,
                journal=parts.journal,
                directory=SlackDirectory(client, cache),
                clock=now,
                team=lambda: team_of(client, cache),
            ),
            cloud=cloud_client(replace(self._clouds, shutdown=shutdown)).wrapped(self._traced),
            limiter=self._clouds.limiter,
            clock=now,
            monotonic=time.monotonic,
            schedule=DueTimes(parts.redis),
            claims=Leases(parts.redis, self.owner),
            flags=Flags(parts.redis),
            cache=cache,
            ring=parts.doorbell.ring,
            witness=JournalWitness(parts),
            is_ending=shutdown.is_requested,
        )

    def _tick(self, queue: str, job: str, work: Callable[[WorkerContext, bool], None]) -> None:
        """Work under the tick's claim and ring for the next; leave at once where another works.

        *work* is also told whether the tick before died, and left things claimed.
        """
        context = self.context(Shutdown(FINISH_SOON), remembers=NAMES_SECONDS)
        claims = Leases(self.parts.redis, self.owner)
        inherits = claims.free_dead(f"tick:{queue}")
        with claims.hold(f"tick:{queue}") as is_ours:
            if not is_ours:
                return
            work(context, inherits)
        self.parts.traces.flush()
        _ring_tick(self.parts, queue, job)

    async def _polled(self, context: WorkerContext, inherits: bool) -> None:  # noqa: FBT001 - as above
        claims = [f"tick:{queue}" for queue in poll_queues(POLLERS_MAX).values()]
        at_work = len(context.claims.held(claims))
        async with polling_client(self._clouds) as cloud:
            watched = cloud.wrapped(self._traced)
            await poll_for(context, watched, POLL_SECONDS, inherits=inherits, pollers=at_work)

    def client(self, timeout: int = TIMEOUT_SECONDS) -> WebClient:
        """Return a client of Slack with the bot token."""
        url = self.parts.settings.slack_api_url
        return web_client(self._token, url, timeout=timeout, tls=self._tls)


def _advance(home: _WorkerHost, limit: JobLimit) -> None:
    """Take operations on, job after job, until this process is told to end or to be replaced."""
    with _redis_of(home, ADVANCE_QUEUE) as redis:
        context = home.context(Shutdown(FINISH_SOON))
        known = {ADVANCE_JOB: partial(home.advance, context)}
        if work_in_process(redis, ADVANCE_QUEUE, known, limit):
            raise SystemExit(REPLACED)


def _tick(home: _WorkerHost, queue: str, known: dict[str, Callable[..., None]]) -> None:
    with _redis_of(home, queue) as redis:
        run_worker(redis, queue, known)


@contextmanager
def _redis_of(home: _WorkerHost, queue: str) -> Iterator["Redis"]:
    """Give a client that waits for jobs; where Redis is away, the supervisor tries again."""
    try:
        yield open_redis(home.parts.settings.redis_url, read_timeout=15.0)
    except (RedisError, OSError) as error:
        log.warning("redis.unavailable", extra={"queue": queue, "why": str(error)})
        raise SystemExit(1) from error


def _ring_tick(parts: Resources, queue: str, job: str) -> None:
    Queue(queue, connection=parts.redis, serializer=JSONSerializer).enqueue(
        job, job_timeout=TICK_LIMIT, result_ttl=0, failure_ttl=600
    )


def _sweep_forever(home: _WorkerHost, key: AuditKey | None, ticks: Mapping[str, str]) -> None:
    shutdown = Shutdown(signal.SIGTERM)
    signal.signal(signal.SIGHUP, lambda *_: home.parts.catalogue.forget())
    context, parts = home.context(shutdown), home.parts
    keeper = NameKeeper(parts, home.client())
    parts.catalogue.tells = True  # this process lives on; the others of this host do not tell
    for sweeps in count():
        if shutdown.is_requested():
            return
        _chain(parts, seals=sweeps % SEALS_EVERY == 0)
        try:
            parts.catalogue()
            parts.catalogue.keep()
            sweep(context)
            _revive_ticks(home, ticks)
            keeper.step()
            anchor_daily(parts, key, Flags(parts.redis))
        except _PASSING as error:
            log.warning("sweeper.failed", extra={"why": str(error)})
        shutdown.pause(SWEEP_SECONDS)


def _chain(parts: Resources, *, seals: bool) -> None:
    """Chain what was added to the audit, and note how far it is; else, all other work goes on."""
    try:
        if seals:
            parts.journal.audit.seal()
        keep_witness(parts)
    except JournalUnavailableError as error:
        log.error("audit.unsealed", extra={"why": str(error)})  # noqa: TRY400 - no fault of ours
    except _PASSING as error:
        log.warning("sweeper.failed", extra={"why": str(error)})


def _revive_ticks(home: _WorkerHost, ticks: Mapping[str, str]) -> None:
    """Enqueue the *ticks*, a job by its queue, that nobody works on and nobody waits for."""
    parts = home.parts
    claims, flags = Leases(parts.redis, home.owner), Flags(parts.redis)
    for queue, job in ticks.items():
        waiting = Queue(queue, connection=parts.redis, serializer=JSONSerializer).count
        if not waiting and not claims.held([f"tick:{queue}"]) and flags.first(f"tick:{queue}", 2.0):
            log.info("tick.restarted", extra={"queue": queue})
            _ring_tick(parts, queue, job)
