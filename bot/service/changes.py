"""Changes: a new operation is asked for, decided, and recorded or refused."""

from typing import Literal, NamedTuple

from bot.core.codes import Denied, Reason
from bot.core.codes.service import (
    HeldByOperation,
    LineFull,
    LockedUnreadably,
    NoChannel,
    TooManyInAll,
    TooManyOfPerson,
    TryAgain,
)
from bot.core.errors import CloudError, CloudRefusedError, ConflictError
from bot.core.operation import BreakGlass, Operation, Passed, Queued
from bot.core.outcomes import Caller, DryRun, Outcome, Recorded, Repeated
from bot.core.plan import PlanDraft
from bot.core.policy import Policy, approvals_of
from bot.core.ports import (
    AlreadyAsked,
    AlreadyDelivered,
    AuditEntry,
    Created,
    LimitReached,
    QueueFull,
    TargetLocked,
)
from bot.core.queue import QueueRules, means_the_same
from bot.core.records import Asked
from bot.core.rows import UnreadableOperation
from bot.core.rules import Change, Decision, decide, record_of, warning
from bot.core.target import Target
from bot.core.wanted import Asker, operation_of
from bot.service.context import ServiceContext, cloud_denial
from bot.systems import system as system_named


class _Asked(NamedTuple):
    """By whom a change was asked for, in which delivery; why it may be."""

    by: Caller
    delivery: str
    allowed: AuditEntry


def change(context: ServiceContext, wanted: Change, *, by: Caller, delivery: str) -> Outcome:
    """Record the wanted change, show its plan (dry run), or say why not."""
    facts = context.facts.of_change(wanted, by.user, by.channel or None)
    decision = decide(wanted, facts)
    denied = decision.denied
    if denied is not None:
        return context.denied(by, wanted.target, denied, record_of(wanted, facts, decision))
    target, policy = facts.target, facts.policy
    if target is None or policy is None:
        msg = "a change was allowed without its target or policy"
        raise ValueError(msg)
    may = facts.wanted(policy.approve, by.user)
    if wanted.dry_run:
        dry = dry_run(context, wanted.asked, target, policy)
        return dry.model_copy(update={"approvers": may}) if isinstance(dry, DryRun) else dry
    if not (target.channel or by.channel):
        return context.denied(by, target.name, Denied.of(NoChannel(target=target.name)))
    asker = Asker(context.new_id(), by.user, by.channel)
    operation = operation_of(wanted, target, policy, facts, asker)
    if wanted.break_glass:
        operation = _unheld(operation, policy, decision)
    allowed = context.allowed(by, operation.id, record_of(wanted, facts, decision))
    made = _recorded(context, operation, _Asked(by, delivery, allowed))
    told = {"warned": warning(facts), "approvers": may}
    return made.model_copy(update=told) if isinstance(made, Recorded) else made


def dry_run(context: ServiceContext, asked: Asked, target: Target, policy: Policy) -> Outcome:
    """Return the plan as it would be made now, or why there is none; nothing is recorded."""
    informed = asked.model_copy(update={"past": context.journal.operations.past_steps(target.name)})
    flow = system_named(target.system).prepare(target.settings, informed)
    try:
        draft = context.cloud.ask(target, flow)
    except CloudError as error:
        return cloud_denial(error, target.name)
    if isinstance(draft, Denied):
        return draft
    no_rollback = draft.no_way_back or system_named(target.system).spec.no_rollback
    needed = approvals_of(policy, asked.action, is_irreversible=no_rollback is not None)
    passed, says = _checked(context, target, draft)
    return DryRun(
        target=target,
        asked=asked,
        draft=draft,
        policy=policy,
        approvals=needed,
        check=passed,
        check_says=says,
        no_rollback=no_rollback,
    )


def _checked(
    context: ServiceContext, target: Target, draft: PlanDraft
) -> tuple[Literal["none", "passed", "refused", "unknown"], Reason | None]:
    """Let the API itself check the plan, where it has a call for that which changes nothing."""
    check = system_named(target.system).questions.check
    if check is None:
        return "none", None
    try:
        was_asked = context.cloud.ask(target, check(target.settings, draft))
    except CloudRefusedError as error:
        return "refused", error.reason
    except CloudError as error:
        return "unknown", error.reason
    return ("passed" if was_asked else "none"), None


def _unheld(operation: Operation, policy: Policy, decision: Decision) -> Operation:
    """Return *operation* without gates: the glass is broken, and that is reviewed."""
    passed = tuple(Passed(rule=each.rule, why=each.why) for each in decision.passed if each.why)
    broken = BreakGlass(due=operation.created_at + policy.review_within, passed=passed)
    ungated = {"approvals_needed": 0, "irreversible_approvals": 0, "gates": ()}
    return operation.model_copy(update={"phase": Queued(), **ungated, "break_glass": broken})


def _recorded(context: ServiceContext, operation: Operation, asked: _Asked) -> Outcome:
    by, delivery, allowed = asked
    policy = context.catalogue().policies.get(operation.policy)
    accounts = {by.user}.union(*(each for each in context.catalogue().aliases if by.user in each))
    try:
        made, rang = context.engine.begin(
            operation,
            delivery=delivery,
            limits=context.limits,
            queue=QueueRules(room=policy.queue if policy else 0, accounts=frozenset(accounts)),
            noted=allowed,
        )
    except ConflictError:
        return context.denied(by, operation.target, Denied.of(TryAgain()))
    match made:
        case Created():
            return _begun(context, made, queue_is_down=not rang)
        case AlreadyDelivered(operation=known) | AlreadyAsked(operation=known):
            return Repeated(operation=known)
        case TargetLocked(holder=holder):
            return _locked(context, operation, holder, by)
        case QueueFull(holder=holder, waiting=waiting):
            full = LineFull(target=operation.target, holder=holder.id, waiting=waiting)
            return context.denied(by, operation.target, Denied.of(full, operation=holder.id))
        case LimitReached(scope=scope, pending=pending):
            code = TooManyOfPerson if scope == "person" else TooManyInAll
            return context.denied(by, operation.target, Denied.of(code(limit=pending)))


def _begun(context: ServiceContext, made: Created, *, queue_is_down: bool) -> Recorded:
    operation, line = made.operation, None
    if operation.is_in_line:
        line = context.journal.queues.line(operation.target, context.clock())
    return Recorded(
        operation=operation,
        queue_is_down=queue_is_down,
        line=line,
        replaces=made.replaces,
        passes=made.passes,
    )


def _locked(
    context: ServiceContext,
    wanted: Operation,
    holder: Operation | UnreadableOperation,
    by: Caller,
) -> Outcome:
    if isinstance(holder, UnreadableOperation):
        code = LockedUnreadably(target=wanted.target, holder=holder.id)
        return context.denied(by, wanted.target, Denied.of(code))
    if means_the_same(wanted, holder):
        return Repeated(operation=holder)
    locked = HeldByOperation(
        target=holder.target,
        holder=holder.id,
        action=holder.action,
        phase=holder.phase.kind,
        by=holder.requester,
        since=holder.created_at,
    )
    return context.denied(by, wanted.target, Denied.of(locked, operation=holder.id))
