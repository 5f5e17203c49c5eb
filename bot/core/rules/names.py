"""Rule: what a change depends on is known in Slack: its channel, and somebody who may approve."""

from bot.core.codes.rules import ApproverNamesUnknown, ChannelNameUnknown
from bot.core.names import names_in
from bot.core.policy import gates_of
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse a change whose card has no channel, or whose gate nobody could ever open."""
    target, policy = facts.target, facts.policy
    if not isinstance(intent, Change) or target is None or policy is None or intent.dry_run:
        return None
    if target.channel is None and target.channel_name:
        unknown = ChannelNameUnknown(name=target.channel_name)
        return Finding.no(unknown, place=f"targets.{target.name}.channel")
    if intent.break_glass:  # no approval holds it
        return Finding.yes()
    late = () if intent.asked.action == "rollback" else policy.escalate
    for gate in gates_of(policy, intent.asked.action):
        names = names_in((*gate.approve, *late))
        if gate.approvals and names and len(names) == len((*gate.approve, *late)):
            place = f"policies.{policy.name}.{'gates' if gate.name else 'approve'}"
            return Finding.no(ApproverNamesUnknown(names=names), place=place)
    return Finding.yes()
