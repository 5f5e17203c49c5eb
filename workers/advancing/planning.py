"""Makes plans from the live state, and checks right before the permit that they still hold."""

from zoneinfo import ZoneInfo

from bot.core.codes import Denied
from bot.core.operation import Operation
from bot.core.plan import Plan
from bot.core.policy import Policy, approvals_needed, frozen, may_approve, may_request
from bot.core.records import Asked, Record
from bot.core.target import Target
from bot.systems import system as system_named
from workers.context import WorkerContext


class Replan(Record):
    """A plan from the live state; `differs` says in what from the approved one, if in anything."""

    plan: Plan
    differs: str = ""


def draw(context: WorkerContext, operation: Operation, target: Target) -> Replan | Denied:
    """Ask the target's system for the plan of *operation* as things are now.

    Raises:
        CloudError: the live state could not be read.
    """
    policy = context.catalogue().policies.get(operation.policy)
    if policy is None:
        return _no_policy(operation)
    denial = _more_approvals(operation, policy) or _moved(operation, target)
    if denial:
        return denial
    asked = Asked(
        action=operation.action,
        parameters=operation.parameters,
        past=context.journal.operations.past_steps(target.name),
    )
    draft = context.cloud.ask(
        target, system_named(operation.system).prepare(target.settings, asked)
    )
    if isinstance(draft, Denied):
        return draft
    blank = operation.plan.model_copy(update={"policy_version": policy.version})
    return Replan(plan=blank.made(draft))


def present_state(context: WorkerContext, operation: Operation) -> Replan | Denied:
    """Return the plan as it would be now, with the difference; or why it may not go on.

    Raises:
        CloudError: the live state could not be read.
        DirectoryError: the people's rights could not be read.
    """
    catalogue = context.catalogue()
    target, policy = (
        catalogue.targets.get(operation.target),
        catalogue.policies.get(operation.policy),
    )
    if target is None:
        reason = f"{operation.target} is not in slipway.yaml any more"
        return Denied(code="not_allowed", reason=reason, way_out="Ask again under its new name.")
    if policy is None:
        return _no_policy(operation)
    denial = _requester_lost(context, operation, policy) or _frozen(context, policy)
    if denial:
        return denial
    drawn = draw(context, operation, target)
    if isinstance(drawn, Denied):
        return drawn
    differs = _approver_lost(context, operation, policy) or _difference(operation.plan, drawn.plan)
    return drawn.model_copy(update={"differs": differs})


def _more_approvals(operation: Operation, policy: Policy) -> Denied | None:
    """Return the denial where the policy wants more approvals than the gate was made for."""
    needed = approvals_needed(policy, operation.action)
    if needed <= operation.approvals_needed:
        return None
    return Denied(
        code="not_allowed",
        reason=f"the policy wants {needed} approvals now, "
        f"{operation.approvals_needed} when this was asked for",
        way_out="Ask for the change again.",
        rule=f"policies.{policy.name}",
    )


def _moved(operation: Operation, target: Target) -> Denied | None:
    """Return the denial where the target's name means something else than when it was asked for."""
    if (target.system, target.connection) == (operation.system, operation.connection):
        return None
    return Denied(
        code="not_allowed",
        reason=f"{target.name} is on {target.connection} ({target.system}) now, "
        f"no longer on {operation.connection} ({operation.system})",
        way_out="Ask for the change again.",
        rule=f"targets.{target.name}",
    )


def _requester_lost(context: WorkerContext, operation: Operation, policy: Policy) -> Denied | None:
    member = context.directory.member(operation.requester, policy.groups)
    judged = may_request(policy, operation.action, member, context.team())
    if isinstance(judged, Denied):
        reason = f"who asked for it may not {operation.action} this target any more"
        return judged.model_copy(update={"code": "not_allowed", "reason": reason})
    return None


def _approver_lost(context: WorkerContext, operation: Operation, policy: Policy) -> str:
    for approval in operation.approvals:
        member = context.directory.member(approval.by, policy.groups)
        if isinstance(may_approve(policy, operation, member, context.team()), Denied):
            return "somebody who approved it may not approve it any more"
    return ""


def _frozen(context: WorkerContext, policy: Policy) -> Denied | None:
    now = context.clock()
    return frozen(
        policy, {each.zone: now.astimezone(ZoneInfo(each.zone)) for each in policy.freezes}
    )


def _difference(approved: Plan, present: Plan) -> str:
    """Say in what the plan changed since it was approved; "": in nothing that counts."""
    if approved.digest == present.digest:
        return ""
    before = approved.observed.revision if approved.observed else None
    now = present.observed.revision if present.observed else None
    if before != now:
        return f"{present.target} runs {now or 'nothing'} now, no longer {before or 'nothing'}"
    if approved.policy_version != present.policy_version:
        return "the policy was changed meanwhile"
    return "what would be done has changed meanwhile"


def _no_policy(operation: Operation) -> Denied:
    return Denied(
        code="not_allowed",
        reason=f"the policy {operation.policy} is not in slipway.yaml any more",
        way_out="Ask for the change again.",
        rule=f"policies.{operation.policy}",
    )
