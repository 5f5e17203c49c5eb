"""The machines of a world: worker code that is driven by the test, without a moment of waiting."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from rq import Queue
from rq.serializers import JSONSerializer

from bot.app.naming import NameKeeper
from bot.app.resources import Resources
from bot.core.operation import Failed, Operation, Running, Stalled, Uncertain
from bot.redis.doorbell import ADVANCE_JOB, ADVANCE_QUEUE, SCHEDULE_KEY
from tests.conversations import redis_time
from tests.conversations.clock import GivenClock
from workers.advancing.doorbell import answer
from workers.cloud.client import PollingClient
from workers.context import WorkerContext
from workers.processes.rq_worker import job_class
from workers.slack import SlackMessages
from workers.slack.outbox import send_due
from workers.watching.poller import poll_once
from workers.watching.sweeper import sweep

ROUNDS: Final = 500  # of work, before something is said to go on for ever
LONG: Final = 4 * 3600.0  # seconds; what is due later is not waited for by itself
PATIENCE: Final = timedelta(minutes=1)  # for an uncertain operation to be found out by itself
SWEEP: Final = 1.0  # seconds; the sweeper's interval


@dataclass
class Machines:
    """Doorbell workers, poller, outbox and sweeper, and the clock that all live by."""

    clock: GivenClock
    parts: Resources
    context: WorkerContext
    slack: SlackMessages
    runner: asyncio.Runner
    polling: PollingClient
    names: NameKeeper

    def ring(self) -> int:
        """Do the jobs of the queue, also those that come meanwhile; return how many there were."""
        known = {ADVANCE_JOB: lambda subject_id: answer(self.context, subject_id)}
        queue = Queue(
            ADVANCE_QUEUE,
            connection=self.parts.redis,
            serializer=JSONSerializer,
            job_class=job_class(known),
        )
        done = 0
        while raw := self.parts.redis.lpop(queue.key):
            job = queue.fetch_job(_text(raw))
            if job is not None:
                job.func(*job.args)
                job.delete()
            done += 1
        return done

    def poll(self) -> int:
        """Let the poller look once at everything that is due."""
        return self.runner.run(poll_once(self.context, self.polling))

    def send(self) -> int:
        """Let the outbox send everything that is due."""
        sent = 0
        while rows := send_due(self.context, self.slack):
            sent += rows
        return sent

    def sweep(self) -> None:
        """Let the sweeper sweep once, and seal what was added to the audit."""
        sweep(self.context)
        self.parts.journal.audit.seal()
        self.look_up()

    def look_up(self) -> None:
        """Look up the names of slipway.yaml that nobody knows yet, and confirm the others."""
        while self.names.step():
            pass

    def work(self) -> bool:
        """Let every worker do what is due now; return whether there was anything.

        The sweeper sweeps when the others rest, as it does but once a second.
        """
        if self.ring() + self.poll() + self.send():
            return True
        self.sweep()
        return self.ring() + self.send() > 0

    def settle(self) -> None:
        """Work from due time to due time until nothing is due, or only a person."""
        for _ in range(ROUNDS):
            if self.work():
                continue
            due = self._next_due()
            if due is None or due > LONG:
                return
            self.sleep(due)
        msg = "the conversation does not come to rest"
        raise AssertionError(msg)

    def wait(self, seconds: float, *, step: float = SWEEP) -> None:
        """Let time pass while all work, at least once in each *step*."""
        left = seconds
        for _ in range(ROUNDS * 10):
            while self.work():
                pass
            if left <= 0:
                return
            due = self._next_due()
            passed = min(left, step, max(due, 0.01) if due is not None else step)
            self.sleep(passed)
            left -= passed
        msg = "the time does not pass"
        raise AssertionError(msg)

    def sleep(self, seconds: float) -> None:
        """Let time pass while nobody works."""
        step = timedelta(seconds=max(0.001, seconds))
        self.clock.move(step)
        redis_time.move(self.parts.redis, step)

    def _next_due(self) -> float | None:
        """Return in how many seconds a worker has something to do; None: never by itself."""
        now = self.clock()
        dues = [each - now.timestamp() for each in self._looks()]
        row = self.parts.journal.outbox.next_due(now)
        if row is not None:
            dues.append((row - now).total_seconds())
        return max(0.0, min(dues)) if dues else None

    def _looks(self) -> Iterator[float]:
        """Yield when the poller looks at what waits for no person."""
        known: Any = self.parts.redis.zrange(SCHEDULE_KEY, 0, -1, withscores=True)
        for raw, due in known:
            found = self.parts.journal.operations.load_many([_text(raw)]).get(_text(raw))
            if found is not None and not self._waits_for_a_person(found):
                yield float(due)

    def _waits_for_a_person(self, operation: Operation) -> bool:
        if operation.held:
            return True
        match operation.phase:
            case Uncertain(since=since):
                return self.clock() - since > PATIENCE
            case Running(ways=ways):
                return bool(ways)
            case Stalled() | Failed():  # of what was said to have failed, more may come to light
                return True
            case _:
                return False


def _text(raw: object) -> str:
    return raw.decode() if isinstance(raw, bytes) else str(raw)
