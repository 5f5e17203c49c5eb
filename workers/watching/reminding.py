"""Looks at what waits for people: a gate, a review, or a rollback that nobody stopped."""

import logging
from collections.abc import Iterator

from bot.core import events as ev
from bot.core.errors import (
    ConflictError,
    DirectoryError,
    IllegalEventError,
    SlackError,
    UnknownFormatError,
)
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation
from bot.core.records import Moment, OperationId
from bot.core.reminders import escalates_at, gate_reminder_at, review_reminder_at
from bot.core.rules import Facts, delegates, reviewers, states
from workers.context import WorkerContext
from workers.parking import park
from workers.watching.returning import roll_back_by_itself

log = logging.getLogger("slipway.sweeper")


def remind(context: WorkerContext, now: Moment) -> None:
    """Call people about every operation whose time has come: once, whoever else sweeps."""
    for operation_id in context.journal.operations.to_remind(now):
        try:
            _remind(context, operation_id, now)
        except (ConflictError, IllegalEventError) as error:
            # somebody decided, or another sweeper was first
            log.info("sweeper.conflict", extra={"operation_id": operation_id, "why": str(error)})
        except UnknownFormatError:
            park(context, [operation_id])
        except (DirectoryError, SlackError) as error:  # nobody can be judged now: the next sweep
            log.warning("sweeper.unjudged", extra={"operation_id": operation_id, "why": str(error)})


def _remind(context: WorkerContext, operation_id: OperationId, now: Moment) -> None:
    operation = context.journal.operations.load(operation_id)
    if operation.countdown is not None and operation.countdown.until <= now:
        roll_back_by_itself(context, operation, now)
        return
    facts = context.facts.of_card(operation)
    for event in _due(operation, facts, now):
        operation = context.engine.apply_to(operation, event)


def _due(operation: Operation, facts: Facts, now: Moment) -> Iterator[Event]:
    at = gate_reminder_at(operation)
    if at is not None and at <= now and isinstance(operation.phase, AwaitingApproval):
        yield _of_gate(operation, operation.phase, facts, now)
    at = review_reminder_at(operation)
    if at is not None and at <= now and operation.break_glass is not None:
        due = operation.break_glass.due
        yield ev.ReviewReminded(at=now, who=reviewers(operation, facts.policy), due=due)


def _of_gate(operation: Operation, phase: AwaitingApproval, facts: Facts, now: Moment) -> Event:
    policy = facts.policy
    closed = [each for each in states(operation, policy, now) if each.missing] if policy else []
    at, lent = escalates_at(operation), delegates(facts)
    is_late = policy is not None and at is not None and now >= at
    return ev.ApprovalReminded(
        at=now,
        who=tuple(dict.fromkeys((*(who for each in closed for who in each.who), *lent))),
        escalated=policy.escalate if policy and is_late else (),
        missing=sum(each.missing for each in closed),
        until=phase.expires_at,
    )
