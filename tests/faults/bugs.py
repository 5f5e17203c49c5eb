"""The seeded bugs: what the harness must find, each switched on alone.

Each swaps one function of the product for one that has the bug, as long as a block runs. That is
what tests here do nowhere else; but a bug must sit in the product itself to be worth finding, and
leave everything around it as it is.
"""

# ruff: noqa: SLF001 - a bug sits where nobody else should reach

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection

from bot.core import events as ev
from bot.core import queue, rules
from bot.core.codes.clouds import Broken, ForeignAnswer
from bot.core.effects import ReleaseLock, RingDoorbell
from bot.core.errors import CloudError, JournalUnavailableError
from bot.core.flow import Call
from bot.core.flow import Reply as Answer
from bot.core.lifecycle import Next, gate, sent
from bot.core.operation import Approval, Operation, Queued, Uncertain
from bot.core.ports import AuditEntry, Created
from bot.core.records import TargetName
from bot.core.rows import OpenOperation, OutboxRow
from bot.core.surfaces import Tell
from bot.engine import Engine
from bot.journal import audit, commits, outbox_write
from bot.journal.entering import Entered, Moved, NewOperation
from bot.journal.operations import loaded
from bot.journal.outbox_settle import Sent
from tests.faults.swaps import Bug, Swap
from workers.advancing import submitting
from workers.context import SlackWriter, WorkerContext
from workers.slack import calls, messages, outbox
from workers.slack.calling import call
from workers.slack.kinds import Kind
from workers.slack.lease import Leased
from workers.slack.rate_limits import Lanes
from workers.watching import sweeper
from workers.watching.sweeper import _is_forgotten

# SB1: no permit. What was sent is recorded afterwards.


def _sent_then_permitted(self: submitting._Sending, call: Call) -> Answer:
    if not call.mutates:
        return self.context.cloud.send(self.target, call)
    self.sent_at = self.context.clock()
    answer = self.context.cloud.send(self.target, call)
    permit = ev.PermitGranted(at=self.sent_at, step=self.step, attempt=self.attempt)
    self.operation = self.context.engine.apply_to(self.operation, permit)
    return answer


# SB2, SB3: a lost answer is taken for a refusal, and the call is sent again.

_lost = submitting._lost


def _again_where(key: str) -> Callable[..., None]:
    def lost(sending: submitting._Sending, error: CloudError) -> None:
        if error.reason.key == key:
            submitting._not_accepted(sending, error, submitting.UNREACHED_AGAIN)
        else:
            _lost(sending, error)

    return lost


# SB4: the end is recorded, and nobody is told.

_tell = outbox_write.tell


def _ends_untold(connection: Connection, tells: Tell, at: datetime) -> None:
    if not tells.is_last:
        _tell(connection, tells, at)


# SB5: whether a permit was granted is looked up before; the database does not decide it.
# SB6: a write of somebody who was overtaken meanwhile is taken.

_commit = commits.commit


def _permit_believed(connection: Connection, move: Moved) -> None:
    present = loaded(connection, move.before.id)
    if isinstance(move.event, ev.PermitGranted) and present.sequence != move.before.sequence:
        return
    _commit(connection, move)


def _stale_taken(connection: Connection, move: Moved) -> None:
    present = loaded(connection, move.before.id)
    forced = move.after.model_copy(update={"sequence": present.sequence + 1})
    _commit(connection, move._replace(before=present, after=forced))


# SB7: what makes two presses one is the text of the button, not who pressed.


def _counted(operation: Operation, event: ev.ApprovalGiven) -> Next:
    given = Approval(by=event.by, at=event.at, digest=event.digest)
    after = operation.model_copy(update={"approvals": (*operation.approvals, given)})
    if len(after.approvals) < operation.approvals_needed:
        return Next(after, ())
    opened = after.model_copy(update={"phase": Queued()})
    return Next(opened, (RingDoorbell(),))


# SB8: an approval holds for whatever is done in the end: the rule about the live state is silent.

# SB9: the target is free once something goes wrong.

_uncertain = sent._lost


def _lost_and_released(operation: Operation, event: ev.AnswerLost) -> Next:
    after, effects = _uncertain(operation, event)
    return Next(after, (*effects, ReleaseLock()))


# SB10: "recorded" is said whether or not the journal took it.

_begin_all = Engine.begin_all


def _begun_regardless(
    self: Engine, wanted: Sequence[NewOperation], noted: Sequence[AuditEntry] = ()
) -> tuple[list[Entered], bool]:
    try:
        return _begin_all(self, wanted, noted)
    except JournalUnavailableError:
        return [Created(operation=each.operation) for each in wanted], True


# SB11: the permit's record comes into the audit with the outcome's.

_append = audit.append
_put_off: dict[str, AuditEntry] = {}


def _appended_later(connection: Connection, *entries: AuditEntry) -> None:
    for entry in entries:
        if entry.what == "permit_granted":
            _put_off[entry.subject] = entry
            continue
        waiting = _put_off.pop(entry.subject, None)
        if waiting is not None:
            _append(connection, waiting)
        _append(connection, entry)


# SB12: a line is crossed off before Slack has it.


_show = outbox._show


def _crossed_off_first(
    context: WorkerContext,
    writer: SlackWriter,
    kind: Kind,
    rows: tuple[OutboxRow, ...],
    lanes: Lanes,
) -> tuple[Sent, ...]:
    row = rows[0]
    if not kind.goes_together or kind.draw is None:
        return _show(context, writer, kind, rows, lanes)
    drawn = kind.draw(context, (row,))
    context.journal.outbox.sent(row, None, row.wanted, context.clock())
    if drawn is not None:
        call(writer, row, drawn, None, context.flags)
    return ()


# SB13: Slack's client repeats what was reset.

_made = calls.made


def _made_again(method: str, call: Callable[[], Any]) -> Any:
    def tried() -> Any:
        try:
            return call()
        except OSError:
            return call()

    return _made(method, tried)


# SB14: the settle time is told by another clock than everybody's.


def _settled_by_another_clock(operation: Operation, event: ev.AnswerLost) -> Next:
    after, effects = _uncertain(operation, event)
    if not isinstance(after.phase, Uncertain):
        return Next(after, effects)
    settle = event.decide_after - event.at
    until = datetime.fromtimestamp(time.time(), tz=UTC) + settle
    return Next(
        after.model_copy(update={"phase": after.phase.model_copy(update={"decide_after": until})}),
        effects,
    )


# SB15 to SB17: not in the list, but worth the same look.


def _lost_is_failed(sending: submitting._Sending, error: CloudError) -> None:
    submitting._refused(sending, error)


def _whenever(self: Leased) -> None:
    """Send also what was claimed long ago."""


def _sent_again_unread(sending: submitting._Sending, error: CloudError) -> None:
    submitting._not_accepted(sending, error, submitting.BUSY_AGAIN)


def _without(*names: str) -> Swap:
    kept = tuple(rule for rule in rules.RULES if rule.name not in names)
    return Swap(rules, "RULES", kept)


# SB18: whoever ends rings for nobody, and the sweeper looks at no line.


def _no_line(each: OpenOperation, now: datetime, held: frozenset[str]) -> bool:
    return each.phase != "waiting" and _is_forgotten(each, now, held)


def _rings_nobody(self: Engine, target: TargetName) -> None:
    """Let who is next be found by somebody else."""


# SB19: a rollback waits like everybody else.


def _no_way(*_: object) -> None:
    """Let nobody pass."""


# SB20: whoever steps aside keeps plan and approvals, and has the target still.


def _stays(operation: Operation, event: ev.SteppedAside) -> Next:  # noqa: ARG001 - as it is called
    return Next(operation, ())


# SB21 to SB23: rules about locks, freezes and halts are silent; the permit looks at no halt either.


def _never(_: Connection) -> bool:
    return False


BUGS: Final = (
    Bug("SB1", "no permit", "duplicated mutation",
        (Swap(submitting._Sending, "answer", _sent_then_permitted),), likely="stop"),
    Bug("SB2", "retry on reset", "duplicated mutation",
        (Swap(submitting, "_lost", _again_where(Broken.key)),)),
    Bug("SB3", "retry on 5xx", "duplicated mutation",
        (Swap(submitting, "_lost", _again_where(ForeignAnswer.key)),)),
    Bug("SB4", "final forgotten", "lost final",
        (Swap(outbox_write, "tell", _ends_untold),)),
    Bug("SB5", "permit checked by if", "duplicated mutation",
        (Swap(commits, "commit", _permit_believed),), likely="stop"),
    Bug("SB6", "fence not checked", "lost final",
        (Swap(commits, "commit", _stale_taken),), likely="stop"),
    Bug("SB7", "dedupe by the text of the button", "approval without right",
        (_without("twice", "digest", "approvals"), Swap(gate, "_approved", _counted)),
        ("two",)),
    Bug("SB8", "approval not bound to the digest", "approval without right",
        (_without("live"),), ("drift",)),
    Bug("SB9", "lock released where something goes wrong", "other",
        (Swap(sent, "_lost", _lost_and_released),)),
    Bug("SB10", "answer before the journal", "lost final",
        (Swap(Engine, "begin_all", _begun_regardless),)),
    Bug("SB11", "audit after the send", "mutation without audit",
        (Swap(audit, "append", _appended_later),)),
    Bug("SB12", "line crossed off before Slack's ok", "lost final",
        (Swap(outbox, "_show", _crossed_off_first),), likely="kill~"),
    Bug("SB13", "client's own retries left on", "other",
        (Swap(messages, "made", _made_again),)),
    Bug("SB14", "settle time by another clock", "other",
        (Swap(sent, "_lost", _settled_by_another_clock),), likely="502-before"),
    Bug("SB15", "a lost answer is called a failure", "false final",
        (Swap(submitting, "_lost", _lost_is_failed),)),
    Bug("SB16", "an old claim on a line is used", "other",
        (Swap(Leased, "_require", _whenever),)),
    Bug("SB17", "busy is taken for a proof", "duplicated mutation",
        (Swap(submitting, "_busy", _sent_again_unread),)),
    Bug("SB18", "nobody gives turns", "lost final",
        (Swap(sweeper, "_is_forgotten", _no_line), Swap(Engine, "_ring_next", _rings_nobody)),
        ("queue",)),
    Bug("SB19", "a rollback waits for a mere request", "approval without right",
        (Swap(queue, "way_for", _no_way),), ("aside",)),
    Bug("SB20", "who steps aside has the target still", "other",
        (Swap(gate, "stepped_aside", _stays),), ("aside",)),
    Bug("SB21", "a lock holds nothing", "approval without right",
        (_without("lock"),), ("lock",)),
    Bug("SB22", "a freeze holds nothing", "approval without right",
        (_without("freeze"),), ("freeze",)),
    Bug("SB23", "a permit under a halt", "approval without right",
        (_without("halt"), Swap(commits, "halted", _never)), ("halt",)),
)  # fmt: skip
