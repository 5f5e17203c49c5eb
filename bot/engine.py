"""The one write path: load, transition, commit, ring the doorbell."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import replace
from typing import Final, TypeAlias, assert_never

from bot.core.effects import Effect, LookAgain, ReleaseLock, RingDoorbell, TakeLock
from bot.core.errors import ConflictError, JournalUnavailableError, QueueUnavailableError
from bot.core.events import Event
from bot.core.incidents import AnyIncidentEvent, Incident, Opened, happened, opened
from bot.core.lifecycle import begun
from bot.core.operation import Operation
from bot.core.ports import AuditEntry, Created, Doorbell
from bot.core.records import IncidentId, OperationId, TargetName
from bot.core.surfaces import is_awaited, stale
from bot.journal import Journal
from bot.journal.commits import Commits
from bot.journal.entering import Entered, Moved, NewOperation, moved

log = logging.getLogger("slipway.engine")

_TRIES: Final = 8  # optimistic commits that lose this often against others are a fault


Told: TypeAlias = Callable[[Operation, Event], None]  # what was committed


def _to_nobody(_: Operation, __: Event) -> None:
    """Tell nobody."""


class Engine:
    """Changes operations and incidents; nothing else does."""

    def __init__(
        self, journal: Journal, commits: Commits, doorbell: Doorbell, told: Told = _to_nobody
    ) -> None:
        self._operations = journal.operations
        self._queues = journal.queues
        self._incidents = journal.incidents
        self._commits = commits
        self._doorbell = doorbell
        self._told = told
        self._unkept: tuple[Moved, ...] = ()  # what is committed with what comes next

    def begin(self, wanted: NewOperation) -> tuple[Entered, bool]:
        """Record a new operation; also return whether its doorbell could be rung."""
        [made], rang = self.begin_all([wanted])
        return made, rang

    def begin_all(
        self, wanted: Sequence[NewOperation], noted: Sequence[AuditEntry] = ()
    ) -> tuple[list[Entered], bool]:
        """Record new operations in one transaction, each as if it came alone.

        Returns:
            What became of each, and whether the doorbells could be rung.

        Args:
            wanted: what shall begin.
            noted: what comes into the audit beside them.
        """
        new = [replace(each, operation=begun(each.operation)[0]) for each in wanted]
        for _ in range(_TRIES):
            try:
                made = self._commits.create(new, noted)
            except ConflictError:
                continue  # who should make way moved on
            created = [each.operation.id for each in made if isinstance(each, Created)]
            for each, entered in zip(new, made, strict=True):
                if isinstance(entered, Created):
                    self._told(each.operation, each.event)
            return made, self.ring(created)
        raise ConflictError(", ".join(each.operation.target for each in wanted))

    def apply(
        self, operation_id: OperationId, event: Event, *, noted: AuditEntry | None = None
    ) -> Operation:
        """Apply *event* to the operation as it stands, again where somebody else was faster.

        Raises:
            IllegalEventError: the present phase does not accept it.
        """
        self._keep()
        for _ in range(_TRIES):
            try:
                return self.apply_to(self._operations.load(operation_id), event, noted=noted)
            except ConflictError:
                continue
        raise ConflictError(operation_id)

    def apply_to(
        self, operation: Operation, event: Event, *, noted: AuditEntry | None = None
    ) -> Operation:
        """Apply *event* to exactly this state; what is *noted* comes into the audit with it.

        Raises:
            IllegalEventError: the phase does not accept it.
            ConflictError: the operation has moved on; decide again.
        """
        return self._commit(*self._take_unkept(), moved(operation, event, noted))

    @contextmanager
    def together(self, operation: Operation, event: Event) -> Iterator[tuple["Engine", Operation]]:
        """Give the operation after *event*, and an engine that commits it with what comes next.

        Where nothing comes next, it is committed at the end of the block.

        Raises:
            IllegalEventError: the phase does not accept it.
            ConflictError: the operation has moved on; nothing of the block was recorded.
        """
        engine = copy(self)
        engine._unkept = (moved(operation, event),)  # noqa: SLF001 - its own
        try:
            yield engine, engine._unkept[0].after  # noqa: SLF001 - likewise
        finally:
            engine._keep()  # noqa: SLF001 - likewise

    def _keep(self) -> None:
        if unkept := self._take_unkept():
            self._commit(*unkept)

    def _take_unkept(self) -> tuple[Moved, ...]:
        unkept, self._unkept = self._unkept, ()
        return unkept

    def _commit(self, *moves: Moved) -> Operation:
        self._commits.commit(*moves)
        for _, after, event, effects, _ in moves:
            known = {"operation_id": after.id, "phase": after.phase.kind, "by": event.by}
            log.info("operation.%s", event.kind, extra=known)
            self._told(after, event)
            self._follow(after, effects)
        if any(is_awaited(stale(event, after)) for _, after, event, *_ in moves):
            self.wake_outbox()
        return moves[-1].after

    def open_incident(
        self, incident: Incident, event: Opened, *, delivery: str, noted: AuditEntry | None = None
    ) -> Incident:
        """Record a new incident; the same *delivery* twice is one."""
        made = self._incidents.open(opened(incident, event), event, delivery=delivery, noted=noted)
        log.info("incident.opened", extra={"incident": made.id, "by": event.by})
        self.wake_outbox()
        return made

    def apply_to_incident(
        self,
        incident: Incident,
        event: AnyIncidentEvent,
        *,
        delivery: str = "",
        noted: AuditEntry | None = None,
    ) -> Incident:
        """Apply *event* to exactly this state of the incident; the same *delivery* twice is one.

        Raises:
            IllegalEventError: its phase does not accept it.
            ConflictError: the incident has moved on; decide again.
        """
        after = happened(incident, event)
        made = self._incidents.keep(incident, after, event, delivery=delivery, noted=noted)
        log.info("incident.changed", extra={"incident": made.id, "event": event.kind})
        self.wake_outbox()
        return made

    def apply_incident(self, incident_id: IncidentId, event: AnyIncidentEvent) -> Incident:
        """Apply *event* to the incident as it stands, again where somebody else was faster.

        Raises:
            UnknownIncidentError: there is none of this id, or it cannot be read.
            IllegalEventError: its phase does not accept it.
            ConflictError: others were faster every time.
        """
        for _ in range(_TRIES):
            with suppress(ConflictError):
                return self.apply_to_incident(self._incidents.load(incident_id), event)
        msg = f"{incident_id} keeps changing"
        raise ConflictError(msg)

    def look_now(self, operation_id: OperationId) -> None:
        """Let a poller look at the operation at once."""
        try:
            self._doorbell.look_again(operation_id, None)
        except QueueUnavailableError as error:
            log.warning("doorbell.lost", extra={"operation_id": operation_id, "why": str(error)})

    def ring(self, operation_ids: Iterable[OperationId]) -> bool:
        """Let workers look at these operations now; return whether Redis took that."""
        named = tuple(operation_ids)
        try:
            if named:
                self._doorbell.ring(*named)
        except QueueUnavailableError as error:
            for each in named:
                log.warning("doorbell.lost", extra={"operation_id": each, "why": str(error)})
            return False
        return True

    def wake_outbox(self) -> None:
        """Let the outbox send now what it was given; where Redis is away, it looks by itself."""
        try:
            self._doorbell.wake_outbox()
        except QueueUnavailableError as error:
            log.warning("doorbell.lost", extra={"why": str(error)})

    def _follow(self, operation: Operation, effects: Sequence[Effect]) -> None:
        """Do what Redis carries, as far as it takes it. The sweeper makes up for the rest."""
        operation_id = operation.id
        try:
            for effect in effects:
                match effect:
                    case RingDoorbell():
                        self._doorbell.ring(operation_id)
                    case LookAgain(at=at):
                        self._doorbell.look_again(operation_id, at)
                    case ReleaseLock():
                        self._ring_next(operation.target)
                    case TakeLock():
                        pass
                    case _:
                        assert_never(effect)
        except QueueUnavailableError as error:
            log.warning("doorbell.lost", extra={"operation_id": operation_id, "why": str(error)})

    def _ring_next(self, target: TargetName) -> None:
        """Let a worker look at who is next in line, now that the target is free."""
        try:
            waiting = self._queues.of(target)
        except JournalUnavailableError as error:
            log.warning("doorbell.lost", extra={"target": target, "why": str(error)})
            return
        for each in waiting[:1]:
            self._doorbell.ring(each.id)


def engine_on(journal: Journal, doorbell: Doorbell, told: Told = _to_nobody) -> Engine:
    """Return the engine of *journal*: the one place that is given what writes operations."""
    return Engine(journal, Commits(journal.database), doorbell, told)
