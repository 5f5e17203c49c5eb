"""The workers of a host: doorbell, poller, outbox and sweeper, each in a process of its own."""

import asyncio
import gc
import logging
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from slack_sdk import WebClient

from bot.app.clouds import TargetClouds, target_reader
from bot.app.parts import Parts, now, open_catalogue, open_parts
from bot.catalogue import LiveCatalogue
from bot.core.errors import JournalUnavailableError, QueueUnavailableError
from bot.doorbell import ADVANCE_JOB, ADVANCE_QUEUE, open_redis
from bot.engine import Engine
from bot.journal import open_engine, require_current
from bot.schedule import Cache, Claims, Marks, Schedule
from bot.settings import Settings, slack_credentials
from workers.horses import run_worker
from workers.jobs import advance
from workers.outbox import send_for
from workers.poller import poll_for
from workers.ports import Desk
from workers.slack import SlackDirectory, SlackMessages, installation, web_client
from workers.supervisor import supervise
from workers.sweeper import sweep

log = logging.getLogger("slipway.worker")

POLL_QUEUE: Final = "slipway-poll"
POLL_JOB: Final = "workers.poller.tick"
OUTBOX_QUEUE: Final = "slipway-outbox"
OUTBOX_JOB: Final = "workers.outbox.tick"
TICK_SECONDS: Final = 8.0  # how long one tick works before it hands over
TICK_LIMIT: Final = 60  # seconds until RQ ends a tick that hangs
SWEEP_SECONDS: Final = 1.0
TEAM_SECONDS: Final = 3600


def run_workers(settings: Settings, processes: int) -> None:
    """Run this host's workers until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: settings or slipway.yaml have faults.
        SchemaError: the database is not at this version.
    """
    slack_credentials(settings, serves=False)
    catalogue = open_catalogue(settings)
    engine = open_engine(settings.database_url)
    require_current(engine)
    engine.dispose()
    home = _Home(settings, catalogue)
    roles: dict[str, Callable[[], None]] = {
        f"doorbell-{number}": partial(_work, home, ADVANCE_QUEUE, {ADVANCE_JOB: home.advance})
        for number in range(1, processes + 1)
    }
    roles["poller"] = partial(_work, home, POLL_QUEUE, {POLL_JOB: home.poll})
    roles["outbox"] = partial(_work, home, OUTBOX_QUEUE, {OUTBOX_JOB: home.send})
    roles["sweeper"] = partial(_sweep_forever, home)
    gc.freeze()  # what is loaded stays shared between the processes that are forked from here
    log.info("workers.ready", extra={"processes": len(roles)})
    supervise(roles)


class _Home:
    """What the processes of this host share before they fork: settings and configuration only."""

    def __init__(self, settings: Settings, catalogue: LiveCatalogue) -> None:
        self.settings = settings
        self.catalogue = catalogue

    def advance(self, operation_id: str) -> None:
        """Advance one operation; the doorbell's job."""
        advance(_desk(self._open()), operation_id)

    def poll(self) -> None:
        """Watch for one tick, then hand over."""
        parts = self._open()
        desk = _desk(parts)

        def work() -> None:
            asyncio.run(_polled(desk, self.catalogue))

        _tick(parts, POLL_QUEUE, POLL_JOB, work)

    def send(self) -> None:
        """Send to Slack for one tick, then hand over."""
        parts = self._open()
        desk, slack = _desk(parts), SlackMessages(_client(parts))
        _tick(parts, OUTBOX_QUEUE, OUTBOX_JOB, lambda: send_for(desk, slack, TICK_SECONDS))

    def sweeper(self) -> tuple[Desk, Parts]:
        """Open what the sweeper needs."""
        parts = self._open()
        return _desk(parts), parts

    def _open(self) -> Parts:
        return open_parts(self.settings, self.catalogue)


async def _polled(desk: Desk, catalogue: LiveCatalogue) -> None:
    async with target_reader(catalogue) as reader:
        await poll_for(desk, reader, TICK_SECONDS)


def _work(home: _Home, queue: str, known: dict[str, Callable[..., None]]) -> None:
    run_worker(open_redis(home.settings.redis_url, read_timeout=15.0), queue, known)


def _tick(parts: Parts, queue: str, job: str, work: Callable[[], None]) -> None:
    """Work under the tick's lease and ring for the next; leave at once where another one works."""
    claims = Claims(parts.redis)
    with claims.hold(f"tick:{queue}") as is_ours:
        if not is_ours:
            return
        work()
    _ring_tick(parts, queue, job)


def _ring_tick(parts: Parts, queue: str, job: str) -> None:
    Queue(queue, connection=parts.redis, serializer=JSONSerializer).enqueue(
        job, job_timeout=TICK_LIMIT, result_ttl=0, failure_ttl=600
    )


def _sweep_forever(home: _Home) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    desk, parts = home.sweeper()
    while not stop.is_set():
        try:
            sweep(desk)
            _revive_ticks(parts)
        except (RedisError, QueueUnavailableError, JournalUnavailableError, OSError) as error:
            log.warning("sweeper.waits", extra={"why": str(error)})
        stop.wait(SWEEP_SECONDS)


def _revive_ticks(parts: Parts) -> None:
    """Enqueue the ticks that nobody works on and nobody waits for."""
    claims, marks = Claims(parts.redis), Marks(parts.redis)
    for queue, job in ((POLL_QUEUE, POLL_JOB), (OUTBOX_QUEUE, OUTBOX_JOB)):
        waiting = Queue(queue, connection=parts.redis, serializer=JSONSerializer).count
        if not waiting and not claims.held([f"tick:{queue}"]) and marks.first(f"tick:{queue}", 2.0):
            log.info("sweeper.revives", extra={"queue": queue})
            _ring_tick(parts, queue, job)


def _client(parts: Parts) -> WebClient:
    token = slack_credentials(parts.settings, serves=False).bot_token.get_secret_value()
    return web_client(token, parts.settings.slack_api_url)


def _desk(parts: Parts) -> Desk:
    client, cache = _client(parts), Cache(parts.redis)
    return Desk(
        engine=Engine(parts.journal, parts.doorbell),
        journal=parts.journal,
        places=parts.catalogue,
        directory=SlackDirectory(client, cache),
        cloud=TargetClouds(parts.catalogue),
        clock=now,
        monotonic=time.monotonic,
        schedule=Schedule(parts.redis),
        claims=Claims(parts.redis),
        marks=Marks(parts.redis),
        ring=parts.doorbell.ring,
        team=lambda: _team(client, cache),
    )


def _team(client: WebClient, cache: Cache) -> str:
    """Return the workspace of the token; asked once in a while, since each job is a new process."""
    known = cache.get_many(["team"])
    if "team" not in known:
        known = {"team": installation(client).team}
        cache.put_many(known, TEAM_SECONDS)
    return known["team"]
