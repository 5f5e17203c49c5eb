"""Rule: what would happen now is what was planned, and approved where approval is needed."""

from bot.core.codes import Code
from bot.core.codes.rules import LiveChanged, PlanChanged, PolicyChanged
from bot.core.plan import Plan
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Send


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Void the plan where the live state leads to another one; asked before the first permit."""
    operation, live = facts.operation, facts.live_plan
    if not isinstance(intent, Send) or operation is None or live is None:
        return None
    is_weightier = live.no_way_back is not None and operation.plan.no_way_back is None
    if operation.plan.digest == live.digest and not is_weightier:
        return Finding.yes()
    return Finding.void(_difference(operation.plan, live))


def _difference(planned: Plan, live: Plan) -> Code:
    before = planned.observed.revision if planned.observed else None
    now = live.observed.revision if live.observed else None
    if before != now:
        return LiveChanged(target=live.target, before=before or "", now=now or "")
    if planned.policy_version != live.policy_version:
        return PolicyChanged()
    return PlanChanged()
