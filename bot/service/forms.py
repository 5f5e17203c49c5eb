"""Forms of changes: whether one opens, and what it says of the target that was chosen."""

from typing import Any

from bot.core.codes import Denied, Value
from bot.core.codes.rules import UnknownTarget
from bot.core.outcomes import ChangeFormWanted, TargetAbout
from bot.core.policy import approvals_needed
from bot.core.records import UserId
from bot.core.rules import Ask, decide, holds
from bot.core.system import SystemSpec
from bot.core.target import Target
from bot.core.verbs.forms import FormAction
from bot.facts import runs
from bot.live_states import live_states
from bot.service.context import ServiceContext
from bot.systems import system as system_named


def change_form(
    context: ServiceContext, action: FormAction, *, by: UserId, target: str = ""
) -> ChangeFormWanted | Denied:
    """Return the form for *action*, with what there is to say of *target*; or why not."""
    denied = decide(Ask(topic=action), context.facts.of_question(by)).denied
    if denied is not None:
        return denied
    if not target:
        return ChangeFormWanted(action=action)
    found = context.facts.seen_by(by).find(target)
    if found is None:
        return Denied.of(UnknownTarget(word=target[:63], near=()))
    return ChangeFormWanted(action=action, about=_about(context, action, found, by))


def _about(context: ServiceContext, action: FormAction, target: Target, by: UserId) -> TargetAbout:
    facts = context.facts.of_target(target)
    policy = facts.policy or context.catalogue().policy_of(target)
    spec: SystemSpec[Any] = system_named(target.system).spec
    return TargetAbout(
        target=target,
        title=spec.title,
        runs=runs(context.journal, target.name),
        approvals=approvals_needed(policy, action),
        approvers=facts.model_copy(update={"policy": policy}).wanted(policy.approve, by),
        wants_reason=policy.reason == "required",
        takes_values=spec.takes_values,
        replicas=_replicas(context, target) if action == "scale" else "",
        created_version=spec.created_version(target.settings) if action == "create" else None,
        holds=holds(facts),
        no_rollback=spec.no_rollback,
    )


def _replicas(context: ServiceContext, target: Target) -> Value:
    """Return how many run, as the cloud says in time, or has said in the last minute."""
    live = live_states(context.states, [target]).get(target.name)
    return live.replicas if live else ""
