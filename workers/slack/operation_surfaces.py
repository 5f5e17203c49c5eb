"""What surfaces of an operation show: its card, the replies of its thread, a direct message."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import Reason
from bot.core.errors import UnknownOperationError
from bot.core.estimates import whole
from bot.core.operation import AwaitingApproval, Cancelled, Failed, Operation, Rejected, Uncertain
from bot.core.queue import Line
from bot.core.records import UserId
from bot.core.rows import OutboxRow
from bot.core.rules import (
    Facts,
    delegates,
    held_from,
    held_once_approved,
    held_until,
    late_approvers,
    several,
    warning,
)
from bot.core.target import Target
from bot.core.verbs import offers
from bot.systems import system as system_named
from bot.views.answers import directly
from bot.views.blocks import line_blocks
from bot.views.card import CardFacts, card, drawn
from bot.views.card_time import hold_changes_at
from bot.views.layout import Drawn
from bot.views.text import fallback_text
from bot.views.thread import fresh, reply, seen, tells_more, together
from bot.views.words.naming import phase_reason
from workers.context import WorkerContext
from workers.watching.outcomes import outcome

_OF_VERSIONS: Final = frozenset({"deploy", "rollback"})  # actions that lead from one to another


def operation_card(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return the card as it is now."""
    operation = _operation(context, rows[0])
    return drawn(operation, facts(context, operation), context.reader(rows[0]))


def operation_replies(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn | None:
    """Return what *rows* of one thread have to say, in order; None: they have nothing to say."""
    operation = _operation(context, rows[0])
    events = dict(context.journal.operations.events(operation.id))
    told = {row.wanted: events[row.wanted] for row in rows if row.wanted in events}
    if operation.is_in_line or any(tells_more(operation, each) for each in told.values()):
        known = facts(context, operation)
    else:  # who asked and who decided is all that is read of them
        known = CardFacts(now=context.clock(), names=names(context, operation))
    others = [each.by for each in told.values() if each.by not in known.names]
    called = {**known.names, **context.facts.directory.names(others)}
    known = known.model_copy(update={"names": called})
    locale = context.reader(rows[0])
    policy = context.catalogue().policies.get(operation.policy)
    approvers = (*policy.approve, *_delegates(context, operation)) if policy else ()
    lines = [
        reply(operation, told[each], locale, approvers, known, seen(events, each))
        for each in sorted(fresh(operation, told))
    ]
    said = [line for line in lines if line is not None]
    if not said:
        return None
    line = together(said)
    is_loud = any(row.broadcast for row in rows)
    return Drawn(
        text=line.text,
        blocks=tuple(line_blocks(line)),
        sequence=rows[-1].wanted,
        broadcast=is_loud,
        again_at=hold_changes_at(operation, known) if line.buttons else None,
    )


def operation_directly(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return what the card would say, for whoever cannot read it in its channel."""
    operation, body = _operation(context, rows[0]), rows[0].body
    locale = context.reader(rows[0])
    words = card(operation, facts(context, operation), locale).text
    text = directly(words, str(body["channel"]), str(body["error"]), locale)
    return Drawn(text=fallback_text(text), sequence=operation.sequence)


def facts(context: WorkerContext, operation: Operation) -> CardFacts:
    """Return what a card shows beyond its operation."""
    known = context.facts.of_card(operation)
    spec = system_named(operation.system).spec
    times = context.journal.step_times.of(
        operation.target, operation.action, (step.name for step in operation.steps)
    )
    now, line = known.now, _line(context, operation)
    ahead = line.holder.requester if line and isinstance(line.holder, Operation) else ""
    return CardFacts(
        now=now,
        offers=offers(operation, known),
        rolled_back_by=known.rolled_back_by,
        is_rolled_back=_is_rolled_back(context, known),
        gone_on_with=known.continued_by,
        is_gone_on=_is_gone_on(context, known),
        undone=known.undone,
        no_rollback_reason=spec.no_rollback,
        usual=whole(operation, times),
        title=spec.title,
        names=names(context, operation, ahead),
        compare=_compared(operation, known.target),
        console=known.target.console if known.target else "",
        warned=warning(known),
        holds=held_once_approved(known),
        held_until=held_until(known),
        held_from=held_from(known),
        opens_incident=_opens_incident(context, operation),
        left=outcome(context, operation),
        may_decide=_may_decide(operation, known),
        gates=several(operation, known),
        line=line,
        is_previewed=known.policy is None or known.policy.rollback_preview,
    )


def _opens_incident(context: WorkerContext, operation: Operation) -> bool:
    """Whether a failure may be made an incident: slipway.yaml has a section for them."""
    if not isinstance(operation.phase, Failed) or not operation.was_sent:
        return False
    if not context.catalogue().incidents.are_used:
        return False
    known = context.journal.incidents.open_ones()
    return not any(operation.target in each.targets for each in known)


def _is_gone_on(context: WorkerContext, known: Facts) -> bool:
    found = known.continued_by and context.journal.operations.find(known.continued_by)
    return bool(found and found.was_sent)


def _is_rolled_back(context: WorkerContext, known: Facts) -> bool:
    operation = known.operation if known.rolled_back_by else None
    return operation is not None and context.journal.operations.is_rolled_back(operation.id)


def _delegates(context: WorkerContext, operation: Operation) -> tuple[str, ...]:
    """Return who may approve in somebody's place, where an approval is wanted."""
    if not isinstance(operation.phase, AwaitingApproval):
        return ()
    kept = context.journal.target_facts.of(operation.target, operation.policy)
    return delegates(Facts(now=context.clock(), kept=kept))


def _may_decide(operation: Operation, known: Facts) -> tuple[str, ...]:
    """Return who may approve, and who may since the time has grown short."""
    if known.policy is None:
        return ()
    listed = (*known.policy.approve, *late_approvers(operation, known.policy, known.now))
    approved = (each for given in operation.approvals for each in (given.by, given.behalf) if each)
    return known.wanted(listed, operation.requester, *approved)


def _compared(operation: Operation, target: Target | None) -> str:
    """Return where what changes can be read, while people may still want to."""
    plan = operation.plan
    if operation.action not in _OF_VERSIONS:
        return ""
    before, after = (each if isinstance(each, str) else "" for each in (plan.before, plan.after))
    return target.compared(before, after) if target else ""


def names(context: WorkerContext, operation: Operation, *others: UserId) -> Mapping[UserId, str]:
    """Return what those are called who asked for *operation*, or decided about it, and *others*."""
    phase = operation.phase
    by = phase.by if isinstance(phase, Rejected | Cancelled) else ""
    said = phase.said if isinstance(phase, Uncertain) else ()
    held = operation.held.reason if operation.held else None
    reasons = (each for each in (phase_reason(operation), held) if isinstance(each, Reason))
    told = (str(each.params.get("by", "")) for each in reasons)
    approved = (each for given in operation.approvals for each in (given.by, given.behalf) if each)
    stopped = phase.countdown.held_by if isinstance(phase, Failed) and phase.countdown else None
    who = dict.fromkeys((operation.requester, by, stopped, *said, *approved, *told, *others))
    return context.facts.directory.names([each for each in who if each])


def _line(context: WorkerContext, operation: Operation) -> Line | None:
    """Return where it waits for its turn, if it does."""
    if not operation.is_in_line:
        return None
    return context.journal.queues.line(operation.target, context.clock())


def _operation(context: WorkerContext, row: OutboxRow) -> Operation:
    if row.subject.kind != "operation":
        msg = f"{row.id} is about no operation"
        raise UnknownOperationError(msg)
    return context.journal.operations.load(row.subject.id)
