"""Changes: a new operation is asked for, decided, and recorded or refused."""

from datetime import timedelta
from typing import Final, Literal, NamedTuple

from bot.core import events as ev
from bot.core.codes import Denied, Reason
from bot.core.codes.service import HeldByOperation, LockedUnreadably, TooManyInAll, TooManyOfPerson
from bot.core.errors import CloudError, CloudRefusedError, ConflictError, IllegalEventError
from bot.core.gates import quorums
from bot.core.operation import AwaitingApproval, BreakGlass, Operation, Passed, Queued
from bot.core.outcomes import Caller, DryRun, Outcome, Recorded, Repeated
from bot.core.plan import Plan, PlanDraft
from bot.core.policy import Policy, approvals_needed
from bot.core.ports import AlreadyDelivered, AuditEntry, Created, LimitReached, TargetLocked
from bot.core.records import Asked, IncidentId
from bot.core.rows import UnreadableOperation
from bot.core.rules import Change, Decision, decide, mended, record_of, warning
from bot.core.target import Target
from bot.service.context import ServiceContext, cloud_denial
from bot.systems import system as system_named


class _Asked(NamedTuple):
    """By whom a change was asked for, in which delivery; why it may be."""

    by: Caller
    delivery: str
    allowed: AuditEntry


REPEAT_WINDOW: Final = timedelta(minutes=10)  # the same words again within it mean the same


def change(context: ServiceContext, wanted: Change, *, by: Caller, delivery: str) -> Outcome:
    """Record the wanted change, show its plan (dry run), or say why not."""
    facts = context.facts.of_change(wanted, by.user, by.channel)
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
        dry = _dry_run(context, wanted.asked, target, policy)
        return dry.model_copy(update={"approvers": may}) if isinstance(dry, DryRun) else dry
    operation = _operation(context, wanted, target, by, mended(facts))
    if wanted.break_glass:
        operation = _unheld(operation, policy, decision)
    allowed = context.allowed(by, operation.id, record_of(wanted, facts, decision))
    made = _recorded(context, operation, _Asked(by, delivery, allowed))
    told = {"warned": warning(facts), "approvers": may}
    return made.model_copy(update=told) if isinstance(made, Recorded) else made


def _dry_run(context: ServiceContext, asked: Asked, target: Target, policy: Policy) -> Outcome:
    informed = asked.model_copy(update={"past": context.journal.operations.past_steps(target.name)})
    flow = system_named(target.system).prepare(target.settings, informed)
    try:
        draft = context.cloud.ask(target, flow)
    except CloudError as error:
        return cloud_denial(error, target.name)
    if isinstance(draft, Denied):
        return draft
    needed = approvals_needed(policy, asked.action)
    passed, says = _checked(context, target, draft)
    return DryRun(
        target=target,
        asked=asked,
        draft=draft,
        policy=policy,
        approvals=needed,
        check=passed,
        check_says=says,
        no_rollback=draft.no_way_back or system_named(target.system).spec.no_rollback,
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


def _operation(
    context: ServiceContext,
    wanted: Change,
    target: Target,
    by: Caller,
    incident: IncidentId | None,
) -> Operation:
    policy = context.catalogue().policy_of(target)
    now, asked = context.clock(), wanted.asked
    needed, window = approvals_needed(policy, asked.action), policy.approval_expires
    return Operation(
        id=context.new_id(),
        target=target.name,
        system=target.system,
        connection=target.connection,
        action=asked.action,
        parameters=asked.parameters,
        policy=policy.name,
        requester=by.user,
        channel=target.channel or by.channel,
        reason=wanted.reason,
        created_at=now,
        rollback_of=wanted.rollback_of,
        follows=wanted.follows,
        incident=incident,
        plan=Plan(
            target=target.name,
            action=asked.action,
            parameters=asked.parameters,
            policy_version=policy.version,
        ),
        phase=AwaitingApproval(expires_at=now + window) if needed else Queued(),
        approvals_needed=needed,
        gates=quorums(policy, asked.action),
        approval_window=window,
        deadline=policy.deadline,
    )


def _unheld(operation: Operation, policy: Policy, decision: Decision) -> Operation:
    """Return *operation* without gates: the glass is broken, and that is reviewed."""
    passed = tuple(Passed(rule=each.rule, why=each.why) for each in decision.passed if each.why)
    broken = BreakGlass(due=operation.created_at + policy.review_within, passed=passed)
    changed = {"phase": Queued(), "approvals_needed": 0, "gates": (), "break_glass": broken}
    return operation.model_copy(update=changed)


def _recorded(context: ServiceContext, operation: Operation, asked: _Asked) -> Outcome:
    by, delivery, allowed = asked
    made, rang = context.engine.begin(
        operation, delivery=delivery, limits=context.limits, noted=allowed
    )
    if isinstance(made, TargetLocked) and _taken_back(context, operation, made.holder, by):
        operation = operation.model_copy(update={"rollback_of": made.holder.id})
        made, rang = context.engine.begin(operation, delivery=delivery, limits=context.limits)
    match made:
        case Created(operation=recorded):
            return Recorded(operation=recorded, queue_is_down=not rang)
        case AlreadyDelivered(operation=known):
            return Repeated(operation=known)
        case TargetLocked(holder=holder):
            return _locked(context, operation, holder, by)
        case LimitReached(scope=scope, pending=pending):
            code = TooManyOfPerson if scope == "person" else TooManyInAll
            return context.denied(by, operation.target, Denied.of(code(limit=pending)))


def _taken_back(
    context: ServiceContext,
    wanted: Operation,
    holder: Operation | UnreadableOperation,
    by: Caller,
) -> bool:
    """End the *holder* of the target if it waits for people to say what *wanted* says.

    False: it does not, or somebody was faster.
    """
    if isinstance(holder, UnreadableOperation):
        return False
    if wanted.action != "rollback" or not holder.waits_for_people:
        return False
    event = ev.TakenBack(at=context.clock(), by=by.user, step=holder.present_step)
    try:
        context.engine.apply_to(holder, event)
    except (ConflictError, IllegalEventError):
        return False
    return True


def _locked(
    context: ServiceContext,
    wanted: Operation,
    holder: Operation | UnreadableOperation,
    by: Caller,
) -> Outcome:
    if isinstance(holder, UnreadableOperation):
        code = LockedUnreadably(target=wanted.target, holder=holder.id)
        return context.denied(by, wanted.target, Denied.of(code))
    is_same = _meant(holder) == _meant(wanted)
    if is_same and wanted.created_at - holder.created_at < REPEAT_WINDOW:
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


def _meant(operation: Operation) -> tuple[object, ...]:
    """Return what two requests have in common that mean the same."""
    return (
        operation.requester,
        operation.action,
        operation.parameters,
        operation.rollback_of,
        operation.follows,
        operation.break_glass is None,
    )
