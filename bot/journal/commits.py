"""What writes operations: each write is one transaction, and the engine alone asks for it.

Whoever reads operations has `Operations`, which cannot write.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.core import events as ev
from bot.core.effects import ReleaseLock, TakeLock
from bot.core.errors import ConflictError, JournalUnavailableError, PermitTakenError
from bot.core.events import Event
from bot.core.operation import Operation, Uncertain
from bot.core.ports import AuditEntry, Created
from bot.core.records import Moment, OperationId
from bot.journal import audit, columns, stale_surfaces, step_times, target_holders
from bot.journal.audit_entries import entry_of
from bot.journal.database import reading, writing
from bot.journal.entering import Entered, Moved, NewOperation, begin, enter, let_in
from bot.journal.freezes import halted
from bot.journal.schema import events, operations, permits
from bot.journal.turns import take_turn

_EXISTS: Final = select(operations.c.id).where(operations.c.id == bindparam("wanted"))
_NEW_EVENT: Final = insert(events)
_ADVANCE: Final = (
    update(operations)
    .where(operations.c.id == bindparam("of"), operations.c.sequence == bindparam("seen"))
    .values({name: bindparam(f"new_{name}") for name in (
        "phase", "stage", "step", "sequence", "updated_at", "finished_at", "expires_at",
        "is_planned", "remind_at", "review_by", "sent_at", "format", "record",
    )})
)  # fmt: skip
_GRANT: Final = insert(permits)
_TOLD: Final = (
    update(permits)
    .where(
        permits.c.operation_id == bindparam("of"),
        permits.c.step == bindparam("of_step"),
        permits.c.attempt == bindparam("of_attempt"),
    )
    .values(outcome=bindparam("new_outcome"), at=bindparam("new_at"))
)
_OUTCOME: Final = select(permits.c.outcome).where(
    permits.c.operation_id == bindparam("of"),
    permits.c.step == bindparam("of_step"),
    permits.c.attempt == bindparam("of_attempt"),
)


class Commits:
    """Writes operations with their events, permits, locks, outbox and audit.

    Every method raises JournalUnavailableError where the database cannot do it.
    """

    def __init__(self, database: Engine) -> None:
        self._database = database

    def create(
        self, new: Sequence[NewOperation], noted: Sequence[AuditEntry] = ()
    ) -> list[Entered]:
        """Record new operations, at work or in line, unless something stands in their way.

        All come in one transaction, each as if it came alone, and into the audit; what is *noted*
        beside them comes there as well.

        Raises:
            ConflictError: another operation moved on that has to make way for one of them.
        """
        for operation in (each.operation for each in new):
            if operation.sequence != 1 or operation.is_final:
                msg = f"{operation.id} does not begin: sequence {operation.sequence}"
                raise ValueError(msg)
        made: list[Entered] = []
        try:
            with writing(self._database) as connection:
                made = _created(connection, new, noted)
        except JournalUnavailableError:
            # The connection may have broken after the commit. "Not recorded" is only said if so.
            if not self._is_recorded(made):
                raise
        return made

    def commit(self, *moves: Moved) -> None:
        """Record what events made of operations, all in one transaction, and in the audit.

        Raises:
            ConflictError: an operation is not at the sequence any more that its event was for.
            PermitTakenError: an event is a permit that was granted before.
        """
        for before, after, *_ in moves:
            if after.id != before.id or after.sequence != before.sequence + 1:
                msg = (
                    f"{after.id} at {after.sequence} does not follow "
                    f"{before.id} at {before.sequence}"
                )
                raise ValueError(msg)
        with writing(self._database) as connection:
            for each in moves:
                commit(connection, each)

    def _is_recorded(self, made: Sequence[Entered]) -> bool:
        """Whether what was made is on disk: all of it is, or nothing."""
        first = next((each.operation.id for each in made if isinstance(each, Created)), None)
        if first is None:
            return False
        with reading(self._database) as connection:
            return connection.execute(_EXISTS, {"wanted": first}).one_or_none() is not None


def _created(
    connection: Connection, new: Sequence[NewOperation], noted: Sequence[AuditEntry]
) -> list[Entered]:
    if new:
        take_turn(connection)
    entries = [*noted]
    made: list[Entered] = []
    room = len(new)  # what is read at once: behind what was refused little, else it is read for all
    while len(made) < len(new):
        together = new[len(made) : len(made) + room]
        let = let_in(connection, together)
        made += let
        room *= 2
        if len(let) < len(together):
            made.append(_weighed(connection, new[len(made)]))
            room = 1
    for each, entered in zip(new, made, strict=True):
        if isinstance(entered, Created):
            told = entry_of(entered.operation, each.event)
            entries += [each.noted, told] if each.noted else [told]
    audit.append(connection, *entries)
    return made


def _weighed(connection: Connection, new: NewOperation) -> Entered:
    """Record one operation that something may stand in the way of, and what it moves."""
    made, moved = enter(connection, new)
    for each in moved:
        commit(connection, each)
    if isinstance(made, Created):
        begin(
            connection,
            made.operation,
            new.event,
            delivery=new.delivery,
            asked_in=new.asked_in,
        )
    return made


def commit(connection: Connection, move: Moved) -> None:
    """Record within the transaction what an event made of an operation."""
    before, after, event, effects, noted = move
    takes = any(isinstance(effect, TakeLock) for effect in effects)
    if takes:
        take_turn(connection)  # before anything else: who begins comes here in the same order
    _advance(connection, before, after, event.at)
    connection.execute(_NEW_EVENT, columns.event_row(after, event))
    _keep_permit(connection, before, after, event)
    if isinstance(event, ev.StepSucceeded):
        step_times.keep(connection, after, event.step)
    stale_surfaces.want(connection, after, event)
    if takes:
        target_holders.turn(connection, after)
    if any(isinstance(effect, ReleaseLock) for effect in effects):
        target_holders.release(connection, after)
    told = entry_of(after, event)
    audit.append(connection, *((noted, told) if noted else (told,)))


def _advance(connection: Connection, before: Operation, after: Operation, at: Moment) -> None:
    changed = {f"new_{name}": value for name, value in columns.state(after, at).items()}
    seen = {"of": before.id, "seen": before.sequence}
    if connection.execute(_ADVANCE, {**changed, **seen}).rowcount != 1:
        msg = f"{before.id} is not at sequence {before.sequence} any more"
        raise ConflictError(msg)


def _keep_permit(connection: Connection, before: Operation, after: Operation, event: Event) -> None:
    match event:
        case ev.PermitGranted(step=step, attempt=attempt):
            _grant(connection, after, step, attempt, event.at)
        case (
            ev.TaskAccepted(step=step, attempt=attempt)
            | ev.NotAccepted(step=step, attempt=attempt)
            | ev.CallRefused(step=step, attempt=attempt)
            | ev.AnswerLost(step=step, attempt=attempt)
        ):
            _tell(connection, after.id, step, attempt, event)
        case ev.TaskAdopted(step=step):
            _tell(connection, after.id, step, after.steps[step].attempt, event)
        case ev.NotExecuted() | ev.Executed() if isinstance(before.phase, Uncertain):
            step = before.phase.step
            _tell(connection, after.id, step, before.steps[step].attempt, event)
        case ev.ExecutedLate(step=step):
            _tell(connection, after.id, step, after.steps[step].attempt, event)
        case _:
            pass


def _grant(
    connection: Connection, operation: Operation, step: int, attempt: int, at: Moment
) -> None:
    """Grant the attempt once, to the holder of the target, after proof about the one before.

    Who halts writes as well, so that one of both is first: no permit is granted under a halt.
    """
    if halted(connection):
        msg = f"everything was halted before {operation.id} got its permit"
        raise ConflictError(msg)
    if not target_holders.has(connection, operation):
        msg = f"{operation.id} does not hold {operation.target} any more"
        raise ConflictError(msg)
    if attempt > 1:
        _require_proof(connection, operation.id, step, attempt - 1)
    permit = {"operation_id": operation.id, "step": step, "attempt": attempt, "granted_at": at}
    permit |= {"outcome": None, "at": None}
    try:
        connection.execute(_GRANT, permit)
    except IntegrityError as error:
        msg = f"{operation.id}: attempt {attempt} of step {step} was permitted before"
        raise PermitTakenError(msg) from error


def _require_proof(
    connection: Connection, operation_id: OperationId, step: int, attempt: int
) -> None:
    which = {"of": operation_id, "of_step": step, "of_attempt": attempt}
    outcome = connection.execute(_OUTCOME, which).scalar_one_or_none()
    if outcome != "not_accepted":
        said = outcome or "nothing"
        msg = f"{operation_id}: of attempt {attempt} of step {step} {said} is known, no refusal"
        raise PermitTakenError(msg)


def _tell(
    connection: Connection, operation_id: OperationId, step: int, attempt: int, event: Event
) -> None:
    told = {
        "of": operation_id,
        "of_step": step,
        "of_attempt": attempt,
        "new_outcome": event.kind,
        "new_at": event.at,
    }
    connection.execute(_TOLD, told)
