"""Rule: before each permit, whoever asked for the change may still ask for it."""

from bot.core.codes.rules import RequesterLost
from bot.core.records import SLIPWAY
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.gates import lists
from bot.core.rules.intents import Intent, Send
from bot.core.rules.membership import barred
from bot.core.rules.rights import asked_right


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse where the right to ask is gone; Slipway's own operations need none."""
    operation, policy = facts.operation, facts.policy
    if not isinstance(intent, Send) or operation is None or policy is None:
        return None
    if operation.requester == SLIPWAY:
        return Finding.yes()
    right = asked_right(policy, operation)
    place = f"policies.{policy.name}.{right.key}"
    person = facts.requester
    if person is not None and not barred(person, facts.team) and lists(right.listed, person):
        return Finding.yes(place)
    lost = RequesterLost(requester=operation.requester, action=operation.action)
    return Finding.no(lost, place=place, who=right.listed)
