"""The poller's ticks: what it looks at when clouds answer, and when one does not."""

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.app.resources import now
from bot.catalogue import Catalogue
from bot.core import events as ev
from bot.core.flow import Call, Reply
from bot.core.lifecycle import begun
from bot.core.operation import Operation, Running, Step
from bot.core.plan import Plan, PlannedStep
from bot.core.records import Json, Parameters
from bot.core.target import Target
from bot.engine import engine_on
from bot.facts import Gatherer
from bot.journal import journal_on, migrate, open_engine
from bot.journal.database import writing
from bot.journal.entering import begin
from bot.redis.cache import Cache
from bot.redis.doorbell import RedisDoorbell, open_redis
from bot.redis.due_times import DueTimes
from bot.redis.flags import Flags
from bot.redis.leases import Leases, owner_here
from bot.systems import system as system_named
from tests.journal.builders import an_id, an_operation
from tests.systems.connections import huawei
from tests.workers.cloud.direct import Room
from workers.cloud.client import PollingClient, cloud_client
from workers.cloud.layers import Request
from workers.cloud.parts import CloudParts, Place
from workers.cloud.rate_limits import RateLimiter
from workers.context import WorkerContext
from workers.slack import SlackDirectory, web_client
from workers.watching.poller import CROWDED, LOOK_SECONDS, LOOKS, poll_for, poll_once

MANY: Final = CROWDED + 200
FEW: Final = 5
TICK: Final = 3.0  # seconds


class Clouds:
    """One says the same of all jobs, that they are done or how they are; the other one hangs."""

    def __init__(self, status: str = "SUCCEEDED") -> None:
        self.hanging = 0
        self._status = status

    async def send(self, request: Request) -> Reply:
        """Answer, or never answer."""
        if request.target.connection == "hanging":
            self.hanging += 1
            await asyncio.Event().wait()
        job = request.call.path.rpartition("/")[2]
        body: Json = {"job": {"job_id": job, "execution_status": self._status}, "tasks": []}
        return Reply(status=200, body=body)


def _watched(number: int, connection: str) -> Operation:
    """An operation whose job has been started."""
    step = Step(name="restart", phase="watching", attempt=1, remote_task=f"JOB{number:08}")
    planned = PlannedStep(name="restart", parameters={"component_id": "c"})
    plan = Plan(
        target=f"t{number}",
        action="restart",
        parameters=Parameters(),
        policy_version="v1",
        steps=(planned,),
    )
    return an_operation(
        number,
        target=f"t{number}",
        plan=plan,
        connection=connection,
        created_at=now(),
        phase=Running(step=0, stage="watching"),
        steps=(step,),
        deadline_at=now() + timedelta(hours=1),
    )


def _without_a_plan(number: int) -> Operation:
    operation = _watched(number, "prompt")
    return operation.model_copy(update={"plan": operation.plan.model_copy(update={"steps": ()})})


def _target(operation: Operation) -> Target:
    return Target(
        name=operation.target,
        system=operation.system,
        connection=operation.connection,
        policy="prod",
    )


def _place(target: Target, _call: Call) -> Place:
    return huawei(), system_named(target.system)


@pytest.fixture
def context(tmp_path: Path, valkey_url: str) -> Iterator[WorkerContext]:
    """Return what a poller works with: MANY hang, FEW do not, and one makes no sense."""
    watched = [_watched(number, "hanging") for number in range(MANY)]
    watched += [_watched(MANY + number, "prompt") for number in range(FEW)]
    watched.append(_without_a_plan(MANY + FEW))
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    migrate(engine)
    with writing(engine) as connection:
        for each in watched:
            operation, _ = begun(each)
            event = ev.Requested(at=now(), by=each.requester)
            begin(connection, operation, event, delivery=each.id)
    catalogue = Catalogue(targets={each.target: _target(each) for each in watched})
    redis = open_redis(valkey_url)
    redis.flushall()
    schedule = DueTimes(redis)
    schedule.ensure([each.id for each in watched], now())
    client = web_client("xoxb-none", "http://127.0.0.1:9/api/")
    journal = journal_on(engine)
    limiter = RateLimiter(Room())
    yield WorkerContext(
        engine=engine_on(journal, RedisDoorbell(redis)),
        journal=journal,
        catalogue=lambda: catalogue,
        facts=Gatherer(
            catalogue=lambda: catalogue,
            journal=journal,
            directory=SlackDirectory(client, Cache(redis)),
            clock=now,
            team=lambda: "T0SANDBOX",
        ),
        cloud=cloud_client(CloudParts(_place, limiter, now)),
        limiter=limiter,
        clock=now,
        monotonic=time.monotonic,
        schedule=schedule,
        claims=Leases(redis, owner_here()),
        flags=Flags(redis),
        cache=Cache(redis),
        ring=lambda _: None,
    )
    redis.close()
    engine.dispose()


def test_what_hangs_or_breaks_holds_back_only_its_own(context: WorkerContext) -> None:
    """However many hang, or break our own code, the others are seen to their end.

    None is forgotten.
    """
    clouds, began = Clouds(), time.monotonic()
    asyncio.run(
        poll_for(context, PollingClient(CloudParts(_place, context.limiter, now), clouds), TICK)
    )
    ended = [
        context.journal.operations.load(an_id(MANY + number)).phase.kind for number in range(FEW)
    ]
    assert ended == ["succeeded"] * FEW
    assert clouds.hanging == CROWDED
    assert context.schedule.size() == MANY + 1  # each has its time to be looked at again
    assert time.monotonic() - began < LOOK_SECONDS  # the next tick is not kept waiting so long


@pytest.mark.parametrize(("pollers", "seconds"), [(1, 6), (3, 2)])
def test_pollers_share_what_is_to_be_looked_at(
    context: WorkerContext, pollers: int, seconds: int
) -> None:
    """The more there is to do, and the fewer do it, the longer is the pause after a look."""
    running, began = an_id(MANY), now()
    context.schedule.settle({an_id(number): None for number in range(MANY + FEW + 1)})
    others = [f"other-{number}" for number in range(6 * LOOKS)]
    context.schedule.ensure(others, began + timedelta(hours=1))
    context.schedule.put(running, began)
    cloud = PollingClient(CloudParts(_place, context.limiter, now), Clouds("RUNNING"))
    asyncio.run(poll_for(context, cloud, TICK / 10, pollers=pollers))
    least = timedelta(seconds=seconds)
    assert context.schedule.claim(began + least, MANY) == ()
    assert context.schedule.claim(now() + least, MANY) == (running,)


def test_nothing_is_committed_on_the_loop(context: WorkerContext) -> None:
    """While the journal commits, looks go on: threads wait for it, and share a commit."""
    threads: set[int] = set()
    journal, loop = context.journal, threading.get_ident()
    engine = engine_on(journal, Unheard(), lambda *_: threads.add(threading.get_ident()))
    cloud = PollingClient(CloudParts(_place, context.limiter, now), Clouds())
    context.schedule.settle({an_id(number): None for number in range(MANY)})
    asyncio.run(poll_once(replace(context, engine=engine), cloud))
    assert threads
    assert loop not in threads


class Unheard:
    """A doorbell that nobody hears."""

    def ring(self, *operation_ids: str) -> None: ...
    def look_again(self, operation_id: str, at: datetime | None) -> None: ...
    def wake_outbox(self) -> None: ...
