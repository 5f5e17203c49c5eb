"""Redis' part in one process: queue, schedule, claims and marks, all of which may be lost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.core.ports import Taken
from bot.core.records import OperationId
from bot.redis.due_times import LOOK_LEASE
from bot.redis.leases import CLAIM_SECONDS
from tests.faults.points import Points, Process

LEASE: Final = timedelta(seconds=CLAIM_SECONDS)


@dataclass
class _Claim:
    holder: Process | None
    until: datetime  # while the holder is stopped; one that works beats


@dataclass
class Memory:
    """What Redis holds, and the ports that the product reaches it by; every call is an I/O."""

    points: Points
    clock: Callable[[], datetime]
    queue: list[OperationId] = field(default_factory=list)
    due: dict[OperationId, datetime] = field(default_factory=dict)
    claims: dict[str, _Claim] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    flags: dict[str, datetime] = field(default_factory=dict)
    cached: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def lose_everything(self) -> None:
        """Forget it all, as a Redis without its data does."""
        for part in (self.queue, self.due, self.claims, self.wanted, self.flags, self.cached):
            part.clear()
        self.notes.clear()

    def pop(self) -> OperationId:
        """Take the next job; whoever takes it and dies takes it along."""
        return self.points.io("queue.pop", lambda: self.queue.pop(0), changes=True)

    # The doorbell.

    def ring(self, *operation_ids: OperationId) -> None:
        """Enqueue "advance this operation" for each."""
        self._changed("queue.push", lambda: self.queue.extend(operation_ids))

    def look_again(self, operation_id: OperationId, at: datetime | None) -> None:
        """Put the operation on the poll schedule."""
        self.put(operation_id, at or datetime.fromtimestamp(0, tz=self.clock().tzinfo))

    def wake_outbox(self) -> None:
        """Wake nobody: the outbox looks at every turn."""

    # The schedule.

    def claim(self, now: datetime, limit: int) -> tuple[OperationId, ...]:
        """Return what is due, and put it off by a lease."""

        def taken() -> tuple[OperationId, ...]:
            found = sorted((at, each) for each, at in self.due.items() if at <= now)[:limit]
            self.due.update({each: now + LOOK_LEASE for _, each in found})
            return tuple(each for _, each in found)

        return self.points.io("schedule.claim", taken, changes=bool)

    def put(self, operation_id: OperationId, at: datetime) -> None:
        """Look at the operation at *at*."""
        self._changed("schedule.put", lambda: self.due.update({operation_id: at}))

    def ensure(self, operation_ids: Sequence[OperationId], at: datetime) -> None:
        """Schedule those that are not."""
        missing = {each: at for each in operation_ids if each not in self.due}
        if missing:
            self._changed("schedule.ensure", lambda: self.due.update(missing))

    def settle(self, told: Mapping[OperationId, datetime | None]) -> None:
        """Look at each operation at its moment, and forget those that have none."""

        def put() -> None:
            for each, at in told.items():
                self.due.pop(each, None)
                if at is not None:
                    self.due[each] = at

        if told:
            self._changed("schedule.settle", put)

    def size(self) -> int:
        """Return how many operations are scheduled."""
        return len(self.due)

    def drop(self, operation_id: OperationId) -> None:
        """Forget the operation."""
        self._changed("schedule.drop", lambda: self.due.pop(operation_id, None))

    def known(self) -> frozenset[OperationId]:
        """Return all that are scheduled."""
        return frozenset(self.due)

    # Claims.

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold *name*; a holder that died or is silent for too long holds nothing."""
        process = self.points.process
        is_ours = self.points.io("claim.take", lambda: self._take(name, process), changes=bool)
        try:
            yield is_ours
        finally:
            if is_ours and not (process and process.is_dead):
                self._changed("claim.release", lambda: self._release(name, process))

    def was_wanted(self, name: str) -> bool:
        """Return whether somebody wanted *name* while it was held."""
        if name not in self.wanted:
            return False
        self._changed("claim.wanted", lambda: self.wanted.discard(name))
        return True

    def held(self, names: Sequence[str]) -> frozenset[str]:
        """Return those that somebody holds."""
        return frozenset(name for name in names if self._is_held(name))

    def _take(self, name: str, process: Process | None) -> bool:
        if self._is_held(name):
            self.wanted.add(name)
            return False
        self.claims[name] = _Claim(process, self.clock() + LEASE)
        return True

    def _release(self, name: str, process: Process | None) -> None:
        claim = self.claims.get(name)
        if claim is not None and claim.holder is process:
            del self.claims[name]

    def _is_held(self, name: str) -> bool:
        claim = self.claims.get(name)
        if claim is None or claim.holder is None or claim.holder.is_dead:
            return False
        return not claim.holder.is_stopped or claim.until > self.clock()

    # Everything else is read often and proves nothing: no points.

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        return {name: self.cached[name] for name in names if name in self.cached}

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:  # noqa: ARG002 - a port
        """Keep *values*; a run is shorter than they last."""
        self.cached.update(values)

    def _changed(self, what: str, do: Callable[[], object]) -> None:
        self.points.io(what, do, changes=True)


@dataclass
class MemoryMarks:
    """Small facts with an end; `hold` means something else here than for claims."""

    memory: Memory

    def first(self, name: str, seconds: float) -> bool:
        """Return whether nobody set this mark lately, and set it."""
        if self.held_for(name):
            return False
        self.hold(name, seconds)
        return True

    def hold(self, name: str, seconds: float) -> None:
        """Hold *name* for so long."""
        until = self.memory.clock() + timedelta(seconds=seconds)
        put = {name: until}
        self.memory.points.io("mark.set", lambda: self.memory.flags.update(put), changes=True)

    def held_for(self, name: str) -> float:
        """Return for how many seconds *name* is still held."""
        until = self.memory.flags.get(name)
        return max(0.0, (until - self.memory.clock()).total_seconds()) if until else 0.0

    def take(self, name: str, interval: float, slack: float) -> Taken:
        """Take one turn of *name*, unless it has to be waited for."""
        return self.memory.points.io(
            "turn.take",
            lambda: self._take(name, interval, slack),
            changes=lambda taken: taken.is_ours,
        )

    def _take(self, name: str, interval: float, slack: float) -> Taken:
        ahead = self.held_for(name)
        if ahead > slack:
            return Taken(is_ours=False, next_in=ahead - slack)
        until = self.memory.clock() + timedelta(seconds=ahead + interval)
        self.memory.flags[name] = until
        return Taken(is_ours=True, next_in=max(0.0, ahead + interval - slack))

    def noted(self, names: Sequence[str], seconds: float) -> tuple[tuple[str, float], ...]:
        """Return the notes of these names, which live so many *seconds*, each with its age."""
        return tuple(self._noted(name, seconds) for name in names)

    def _noted(self, name: str, seconds: float) -> tuple[str, float]:
        words, at = self.memory.notes.get(name, ("", self.memory.clock()))
        age = (self.memory.clock() - at).total_seconds()
        return (words, age) if age < seconds else ("", 0.0)

    def note(self, name: str, seconds: float, write: Callable[[str, float], str]) -> str:
        """Replace a note by what *write* makes of it and its age; return what it is now."""
        words = write(*self._noted(name, seconds))
        put = {name: (words, self.memory.clock())}
        self.memory.points.io("note.set", lambda: self.memory.notes.update(put), changes=True)
        return words

    def wait_for_outbox(self, seconds: float) -> bool:
        """Wait for nobody."""
        del seconds
        return False
