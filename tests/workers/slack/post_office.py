"""The outbox with everything that it needs, real but for the time, which the test moves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from redis import Redis

from bot.app.clouds import cloud_parts
from bot.catalogue import Catalogue
from bot.engine import engine_on
from bot.facts import Gatherer
from bot.journal import Journal, journal_on, migrate, open_engine
from bot.redis.cache import Cache
from bot.redis.doorbell import RedisDoorbell, open_redis
from bot.redis.due_times import DueTimes
from bot.redis.flags import Flags
from bot.redis.leases import Leases, owner_here
from bot.sandbox.slack import Executed, RateLimits, Workspace, served
from tests.conversations import redis_time
from tests.journal.builders import NOON, SECOND, an_operation, apply, create, to_the_end
from workers.cloud.client import cloud_client
from workers.context import WorkerContext
from workers.slack import SlackDirectory, SlackMessages, web_client
from workers.slack.outbox import send_due

_ROUNDS: Final = 10_000  # of sending, before something is said to go on for ever


class Clock:
    """One time for everybody: it goes by as it does, and faster where the test moves it on."""

    def __init__(self) -> None:
        self._began = NOON - timedelta(seconds=time.monotonic())

    def __call__(self) -> datetime:
        return self._began + timedelta(seconds=time.monotonic())

    def seconds(self) -> float:
        """Return it in seconds since 1970."""
        return self().timestamp()

    def move(self, step: timedelta) -> None:
        """Let time pass at once."""
        self._began += step


@dataclass
class PostOffice:
    """A journal, its outbox, and a Slack that is told."""

    clock: Clock
    journal: Journal
    redis: "Redis"
    workspace: Workspace
    context: WorkerContext
    slack: SlackMessages

    def deploy(self, number: int, *, until: int = 5) -> None:
        """Record a deployment and the first so many events of a good course."""
        operation = an_operation(number, target=f"t{number}", created_at=self.clock())
        create(self.journal, operation)
        apply(self.journal, operation.id, *to_the_end(operation, self.clock())[:until])

    def send(self) -> int:
        """Send all that may be sent now; return how many rows that were."""
        return sum(iter(lambda: send_due(self.context, self.slack), 0))

    def pass_time(self, seconds: float) -> None:
        """Let time pass, sending whenever something is due."""
        until = self.clock() + timedelta(seconds=seconds)
        for _ in range(_ROUNDS):
            self.send()
            left = until - self.clock()
            if left <= timedelta():
                return
            due = self.journal.outbox.next_due(self.clock())
            self.sleep(min(left, max(due - self.clock(), SECOND / 100)) if due else left)
        msg = "time does not pass"
        raise AssertionError(msg)

    def sleep(self, step: timedelta) -> None:
        """Let time pass while nobody sends."""
        self.clock.move(step)
        redis_time.move(self.redis, step)

    def posts(self) -> list[Executed]:
        """Return the messages that Slack took, in their order."""
        return [each for each in self.workspace.executed if each.method == "chat.postMessage"]

    def refusals(self) -> int:
        """Return how often Slack said that it was too much."""
        return sum(each.error == "ratelimited" for each in self.workspace.refused)


@contextmanager
def post_office(
    folder: Path, redis_url: str, limits: RateLimits | None = None
) -> Iterator[PostOffice]:
    """Open one in *folder*, at a Slack with these limits."""
    clock = Clock()
    engine = open_engine(f"sqlite:///{folder / 'journal.db'}")
    migrate(engine)
    journal = journal_on(engine)
    redis = open_redis(redis_url)
    redis.flushall()
    workspace = Workspace(clock=clock.seconds, limits=limits)
    with served(workspace):
        client = web_client(workspace.config.bot_token, workspace.api_url)
        clouds = cloud_parts(_no_catalogue, redis, clock)
        context = WorkerContext(
            engine=engine_on(journal, RedisDoorbell(redis)),
            journal=journal,
            catalogue=Catalogue,
            facts=Gatherer(
                catalogue=Catalogue,
                journal=journal,
                directory=SlackDirectory(client, Cache(redis)),
                clock=clock,
                team=lambda: workspace.config.team_id,
            ),
            cloud=cloud_client(clouds),
            limiter=clouds.limiter,
            clock=clock,
            monotonic=clock.seconds,
            schedule=DueTimes(redis),
            claims=Leases(redis, owner_here()),
            flags=Flags(redis),
            cache=Cache(redis),
            ring=lambda _: None,
        )
        yield PostOffice(clock, journal, redis, workspace, context, SlackMessages(client))
    redis.close()
    engine.dispose()


def _no_catalogue() -> Catalogue:
    msg = "the outbox asks no cloud"
    raise AssertionError(msg)
