"""Rule: a policy says who may; without one, nobody may."""

from bot.core.codes.rules import NoPolicy, PolicyGone
from bot.core.policy import NO_POLICY
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Ask, IncidentIntent, Intent, Press, TargetIntent


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse where the target names no policy, or the operation's own is gone."""
    needs_none = isinstance(intent, Press) and intent.right is None
    is_of_all = isinstance(intent, TargetIntent) and intent.right in {"admin", "own"}
    if isinstance(intent, Ask | IncidentIntent) or needs_none or is_of_all:
        return None
    policy, target = facts.policy, facts.target
    if policy is not None and policy.name != NO_POLICY:
        return Finding.yes()
    if policy is not None and target is not None:
        return Finding.no(NoPolicy(target=target.name), place=f"targets.{target.name}.policy")
    name = facts.operation.policy if facts.operation else ""
    return Finding.no(PolicyGone(policy=name), place=f"policies.{name}")
