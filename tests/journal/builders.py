"""Small valid operations, and the events that move them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.core import events as ev
from bot.core.estimates import Estimate
from bot.core.events import Event
from bot.core.lifecycle import begun
from bot.core.operation import AwaitingApproval, Operation
from bot.core.plan import Observation, Plan, PlanDraft, PlannedStep
from bot.core.ports import Limits
from bot.core.queue import QueueRules
from bot.core.records import CROCKFORD, OperationId, Parameters
from bot.journal import Journal
from bot.journal.commits import Commits
from bot.journal.entering import NO_QUEUE, Entered, NewOperation, moved

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)
ANN: Final = "U0ANN"
BOB: Final = "U0BOB"
CHANNEL: Final = "C0DEPLOYS"
AMPLE: Final = Limits(per_person=1_000, total=10_000)


@dataclass
class Given:
    """A clock that is moved by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def an_id(number: int) -> OperationId:
    """Return the id with this number."""
    digits = (CROCKFORD[(number >> (5 * place)) & 31] for place in range(9, -1, -1))
    return "op-" + "".join(digits)


def an_operation(number: int = 1, target: str = "checkout", **fields: Any) -> Operation:
    """Return an operation as it was just asked for."""
    parameters = Parameters(version="1.4.0")
    plan = Plan(target=target, action="deploy", parameters=parameters, policy_version="v1")
    given: dict[str, Any] = {
        "id": an_id(number),
        "target": target,
        "system": "servicestage-v3",
        "connection": "huawei",
        "action": "deploy",
        "parameters": parameters,
        "policy": "prod",
        "requester": ANN,
        "channel": CHANNEL,
        "created_at": NOON,
        "plan": plan,
        "phase": AwaitingApproval(expires_at=NOON + HOUR),
        "approvals_needed": 1,
        "approval_window": HOUR,
        "deadline": 2 * HOUR,
        "sequence": 1,
    }
    return Operation.model_validate({**given, **fields})


def create(
    journal: Journal,
    operation: Operation,
    *,
    delivery: str | None = None,
    limits: Limits = AMPLE,
    queue: QueueRules = NO_QUEUE,
) -> Entered:
    """Record *operation* as the engine does."""
    asked = new(operation, delivery=delivery, limits=limits, queue=queue)
    [made] = Commits(journal.database).create([asked])
    return made


def new(
    operation: Operation,
    *,
    delivery: str | None = None,
    limits: Limits = AMPLE,
    queue: QueueRules = NO_QUEUE,
) -> NewOperation:
    """Return *operation* as the engine hands it over."""
    first, _ = begun(operation)
    return NewOperation(first, operation.id if delivery is None else delivery, limits, queue)


def apply(journal: Journal, operation_id: OperationId, *events: Event) -> Operation:
    """Move the operation through *events*, each committed; return how it stands."""
    commits = Commits(journal.database)
    operation = journal.operations.load(operation_id)
    for event in events:
        move = moved(operation, event)
        commits.commit(move)
        operation = move.after
    return operation


def planned(operation: Operation, at: datetime = NOON, steps: int = 1) -> ev.Planned:
    """Return the event that makes the plan."""
    draft = PlanDraft(
        observed=Observation(revision="1.3.0"),
        steps=tuple(PlannedStep(name=f"step-{number}") for number in range(steps)),
        before="1.3.0",
        after="1.4.0",
    )
    return ev.Planned(at=at, plan=operation.plan.made(draft))


def approved(operation: Operation, at: datetime = NOON) -> ev.ApprovalGiven:
    """Return Bob's approval of what *operation* will do once it is planned."""
    return ev.ApprovalGiven(at=at, by=BOB, digest=planned(operation).plan.digest)


def permitted(
    attempt: int = 1, step: int = 0, at: datetime = NOON, expected: Estimate | None = None
) -> ev.PermitGranted:
    """Return the permit of an attempt."""
    return ev.PermitGranted(at=at, step=step, attempt=attempt, expected=expected)


def accepted(attempt: int = 1, step: int = 0, at: datetime = NOON) -> ev.TaskAccepted:
    """Return the answer that names the remote task."""
    return ev.TaskAccepted(at=at, step=step, attempt=attempt, task="job-1", request_id="r-1")


def succeeded(step: int = 0, at: datetime = NOON) -> ev.StepSucceeded:
    """Return the cloud's word that the step succeeded."""
    return ev.StepSucceeded(at=at, step=step)


def to_the_end(operation: Operation, at: datetime = NOON) -> tuple[Event, ...]:
    """Return the events of a good course."""
    return (
        planned(operation, at),
        approved(operation, at),
        permitted(at=at),
        accepted(at=at),
        succeeded(at=at),
    )
