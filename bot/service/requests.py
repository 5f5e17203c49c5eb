"""Requests: a change is asked for, checked against the rules, and recorded or refused."""

from datetime import timedelta
from typing import Any, Final

from bot.catalogue import NO_POLICY, Catalogue
from bot.core.codes import Denied
from bot.core.commands import USAGE, Request, nearest
from bot.core.errors import CloudError
from bot.core.operation import AwaitingApproval, Operation, Queued
from bot.core.outcomes import Caller, DryRun, Outcome, Recorded, Repeated
from bot.core.plan import Plan
from bot.core.policy import Policy, approvals_needed, may_request
from bot.core.ports import AlreadyDelivered, Created, LimitReached, TargetLocked
from bot.core.records import Asked, OperationId, Record
from bot.core.system import System
from bot.core.target import Target
from bot.service.context import ServiceContext, cloud_denial
from bot.systems import system as system_named
from bot.views.text import duration

REPEAT_WINDOW: Final = timedelta(minutes=10)  # the same words again within it mean the same


class After(Record):
    """The earlier operation that a request is about, where it is about one."""

    rollback_of: OperationId | None = None
    follows: OperationId | None = None


NOTHING: Final = After()


def request(
    context: ServiceContext,
    wanted: Request,
    *,
    by: Caller,
    delivery: str,
    after: After = NOTHING,
) -> Outcome:
    """Record the wanted change, show its plan (dry run), or say why not."""
    found = allowed(context, wanted, by=by)
    if isinstance(found, Denied):
        return found
    target, policy = found
    if wanted.dry_run:
        return _dry_run(context, wanted.asked, target, policy)
    operation = _operation(context, wanted, target, policy, by, after)
    return _recorded(context, operation, policy, by, delivery)


def allowed(
    context: ServiceContext, wanted: Request, *, by: Caller
) -> tuple[Target, Policy] | Denied:
    """Return what the wanted change is of, and the policy that lets *by* ask for it; or why not."""
    catalogue = context.catalogue()
    target = catalogue.find(wanted.target)
    if target is None:
        return context.denied(by, wanted.target, unknown_target(catalogue, wanted.target))
    policy = catalogue.policy_of(target)
    denial = _denial(context, wanted, target, policy, by)
    return context.denied(by, target.name, denial) if denial else (target, policy)


def unknown_target(catalogue: Catalogue, word: str) -> Denied:
    """Return the refusal for a name that no target has, with those that look like it."""
    near = nearest(word, catalogue.words)
    hint = f"Did you mean {', '.join(near)}?" if near else "See /ops targets."
    return Denied(code="unknown_target", reason=f"no target is called {word[:63]}", way_out=hint)


def _denial(
    context: ServiceContext, wanted: Request, target: Target, policy: Policy, by: Caller
) -> Denied | None:
    if context.is_draining():
        return Denied(
            code="draining",
            reason="Slipway is being stopped and takes nothing new",
            way_out="Try again in a minute.",
        )
    if policy.name == NO_POLICY:
        return Denied(
            code="not_allowed",
            reason=f"{target.name} has no policy, so nobody may change it",
            way_out="Name a policy for it in slipway.yaml.",
            rule=f"targets.{target.name}.policy",
        )
    member = context.member(by, (policy,))
    if isinstance(member, Denied):
        return member
    allowed = may_request(policy, wanted.asked.action, member, context.team)
    if isinstance(allowed, Denied):
        return allowed
    return (
        _unsupported(wanted.asked, target, system_named(target.system))
        or _reason_missing(wanted, policy)
        or context.frozen(policy)
    )


def _unsupported(asked: Asked, target: Target, system: System[Any]) -> Denied | None:
    spec, action = system.spec, asked.action
    if action == "rollback" and spec.no_rollback:
        return Denied(code=spec.no_rollback.code, why=spec.no_rollback)
    if action not in spec.actions:
        can = ", ".join(sorted(spec.actions))
        return Denied(
            code="unsupported_action",
            reason=f"a {spec.title} cannot {action}",
            way_out=f"It can: {can}.",
        )
    if action == "create" and target.create is None:
        return Denied(
            code="not_creatable",
            reason=f"{target.name} has no create template",
            way_out=f"Add targets.{target.name}.create to slipway.yaml.",
        )
    if asked.parameters.values and not spec.takes_values:
        return Denied(
            code="bad_values",
            reason=f"a {spec.title} takes no key=value words",
            way_out=f"Type it as /deploy {target.name} <version>",
        )
    if action == "deploy" and asked.parameters.version is None and not spec.takes_values:
        way_out = f"Type it as {USAGE['deploy']}"
        return Denied(code="usage", reason="no version is named", way_out=way_out)
    return None


def _reason_missing(wanted: Request, policy: Policy) -> Denied | None:
    if policy.reason == "optional" or wanted.reason:
        return None
    return Denied(
        code="reason_required",
        reason="a reason is required here",
        way_out='Add --reason "why" to the command.',
        rule=f"policies.{policy.name}.reason",
    )


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
    return DryRun(target=target, asked=asked, draft=draft, policy=policy, approvals=needed)


def _operation(
    context: ServiceContext,
    wanted: Request,
    target: Target,
    policy: Policy,
    by: Caller,
    after: After,
) -> Operation:
    now = context.clock()
    asked = wanted.asked
    needed = approvals_needed(policy, asked.action)
    window = policy.approval_expires
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
        rollback_of=after.rollback_of,
        follows=after.follows,
        plan=Plan(
            target=target.name,
            action=asked.action,
            parameters=asked.parameters,
            policy_version=policy.version,
        ),
        phase=AwaitingApproval(expires_at=now + window) if needed else Queued(),
        approvals_needed=needed,
        approval_window=window,
        deadline=policy.deadline,
    )


def _recorded(
    context: ServiceContext, operation: Operation, policy: Policy, by: Caller, delivery: str
) -> Outcome:
    made, rang = context.engine.begin(operation, delivery=delivery, limits=context.limits)
    match made:
        case Created(operation=recorded):
            return Recorded(operation=recorded, approvers=policy.approve, queue_is_down=not rang)
        case AlreadyDelivered(operation=known):
            return Repeated(operation=known)
        case TargetLocked(holder=holder):
            return _held(context, operation, holder, by)
        case LimitReached(scope=scope, pending=pending):
            return context.denied(by, operation.target, _full(scope, pending))


def _held(context: ServiceContext, wanted: Operation, holder: Operation, by: Caller) -> Outcome:
    is_same = _meant(holder) == _meant(wanted)
    if is_same and wanted.created_at - holder.created_at < REPEAT_WINDOW:
        return Repeated(operation=holder)
    held = duration(wanted.created_at - holder.created_at)
    what = f"{holder.id} ({holder.action}, {holder.phase.kind.replace('_', ' ')})"
    denial = Denied(
        code="locked",
        reason=f"{holder.target} has been held by {what} for {held}",
        way_out=f"Wait until it ends; see /ops status {holder.id}",
        who=(holder.requester,),
        operation=holder.id,
    )
    return context.denied(by, wanted.target, denial)


def _meant(operation: Operation) -> tuple[object, ...]:
    """Return what two requests have in common that mean the same."""
    return (
        operation.requester,
        operation.action,
        operation.parameters,
        operation.rollback_of,
        operation.follows,
    )


def _full(scope: str, pending: int) -> Denied:
    whose = "you have" if scope == "person" else "there are"
    return Denied(
        code="too_many",
        reason=f"{whose} {pending} operations pending already",
        way_out="Wait until some have ended, or cancel one.",
    )
