"""A rehearsal: what every process runs on the journal, run once and undone before any is forked.

SQLAlchemy compiles a statement at its first run, and keeps it with the engine, which forked
children inherit. RQ forks a process for each job: without the rehearsal each compiles everything
anew, most of it while it holds SQLite's one write lock (10 ms instead of 1).
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.core import events as ev
from bot.core.events import Event
from bot.core.lifecycle import begun, transition
from bot.core.operation import Operation, Queued
from bot.core.plan import Observation, Plan, PlanDraft, PlannedStep
from bot.core.ports import Limits
from bot.core.records import SLIPWAY, Parameters
from bot.journal import commit, outbox_claim, outbox_settle, queries

_NAME: Final = "rehearsal"
_ROWS: Final = 3
_LEASE: Final = timedelta(seconds=1)
_LATER: Final = timedelta(hours=1)


def rehearse(connection: Connection, now: datetime) -> None:
    """Play an operation from its request to its end; whoever calls this undoes it."""
    operation = _requested(connection, now)
    for event in _story(operation, now):
        after, effects = transition(operation, event)
        commit.commit(connection, operation, after, event, effects)
        operation = after
    _shown(connection, now)
    _asked(connection, operation)


def _requested(connection: Connection, now: datetime) -> Operation:
    plan = Plan(target=_NAME, action="deploy", parameters=Parameters(), policy_version="")
    asked = Operation(
        id="op-0000000000",
        target=_NAME,
        system=_NAME,
        connection=_NAME,
        action="deploy",
        parameters=Parameters(),
        policy=_NAME,
        requester=SLIPWAY,
        channel="C00",
        created_at=now,
        plan=plan,
        phase=Queued(),
        approval_window=_LATER,
        deadline=_LATER,
    )
    operation, effects = begun(asked)
    limits = Limits(per_person=1_000_000, total=1_000_000)
    event = ev.Requested(at=now)
    commit.create(connection, operation, event, effects, delivery=_NAME, limits=limits)
    return operation


def _story(operation: Operation, now: datetime) -> tuple[Event, ...]:
    draft = PlanDraft(observed=Observation(), steps=(PlannedStep(name=_NAME),), before="", after="")
    return (
        ev.Planned(at=now, plan=operation.plan.made(draft)),
        ev.PermitGranted(at=now, step=0, attempt=1),
        ev.NotAccepted(at=now, step=0, attempt=1, reason=_NAME, retry_at=now),
        ev.PermitGranted(at=now, step=0, attempt=2),
        ev.TaskAccepted(at=now, step=0, attempt=2, task=_NAME),
        ev.TaskSeen(at=now, step=0, detail=_NAME),
        ev.StepSucceeded(at=now, step=0),
    )


def _shown(connection: Connection, now: datetime) -> None:
    outbox_claim.is_any_due(connection, now)
    for later in (_LATER, 2 * _LATER):  # a reply can only follow its card
        for row in outbox_claim.claim(connection, now + later, _ROWS, _LEASE):
            outbox_claim.claim_followers(connection, row, now, _ROWS, _LEASE)
            outbox_settle.stand_back(connection, row, row.lane, now)
            outbox_settle.postpone(connection, row, now, _NAME, in_doubt=False)
            outbox_settle.sent(connection, row, "1.0", row.sequence, now)
    outbox_claim.next_due(connection)


def _asked(connection: Connection, operation: Operation) -> None:
    queries.load(connection, operation.id)
    queries.load_many(connection, [operation.id])
    queries.history(connection, operation.id)
    queries.holder(connection, operation.target)
    queries.newest(connection, operation.target)
    queries.standing(connection, operation.target)
    queries.rollback_of(connection, operation.id)
    queries.follower_of(connection, operation.id)
    queries.usual_duration(connection, operation.target, operation.action, _NAME)
    queries.past_steps(connection, operation.target)
    queries.open_operations(connection)
    queries.said_not_executed(connection, operation.created_at)
