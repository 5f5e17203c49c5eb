"""Rule: what an open incident holds; who may do what about one says `incident_wishes`.

Rollbacks pass its freeze. A forward change passes if it is asked for in the incident's channel:
its lead then has a gate besides the policy's, unless the lead asks for it. Where several incidents
hold a target, each wants its own lead's word; a change has one channel, so the target has to leave
all but one of them first.
"""

from collections.abc import Sequence
from typing import Final, Literal

from bot.core.codes import Code
from bot.core.codes.incidents import FrozenBesideIncident, FrozenByIncident
from bot.core.gates import LEAD, stood_at
from bot.core.operation import Operation
from bot.core.policy import Gate, Policy
from bot.core.records import ChannelId, IncidentId, UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.incident_wishes import wished
from bot.core.rules.intents import Change, IncidentIntent, Intent, Send, TakeTurn
from bot.core.rules.presses import Recover
from bot.core.target import TargetEvent

APPROVERS: Final = "approvers"  # a policy's only gate, where the lead's stands beside it


class IncidentFreeze(TargetEvent):
    """An open incident lets no change of the target begin."""

    kind: Literal["incident_freeze"] = "incident_freeze"
    incident: IncidentId
    title: str = ""  # "": it is private
    channel: ChannelId | None = None
    is_private: bool = False
    lead: UserId


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse whoever may not, and what an open incident of the target holds."""
    if isinstance(intent, IncidentIntent):
        return wished(intent, facts)
    if not _is_held(intent, facts.operation):
        return None
    lasting = [each for each in facts.all_kept(IncidentFreeze) if not _passes(each, intent, facts)]
    if not lasting:
        return Finding.yes()
    who = (lasting[0].lead,)
    if isinstance(intent, TakeTurn | Send):
        return Finding.wait(freeze_code(lasting[0]), who=who)
    return Finding.no(_refusal(lasting[0], intent, facts), who=who)


def _refusal(freeze: IncidentFreeze, intent: Intent, facts: Facts) -> Code:
    """Say what helps: in the channel of another incident that holds the target, not this one's."""
    here = passed(intent, facts.kept, facts.asked_in) if isinstance(intent, Change) else None
    if here is None:
        return freeze_code(freeze)
    return FrozenBesideIncident(
        incident=freeze.incident,
        title="" if freeze.is_private else freeze.title,
        passes=here.incident,
        target=freeze.target,
        lead=freeze.lead,
        since=freeze.at,
    )


def mended(change: Change, facts: Facts) -> IncidentId | None:
    """Return the incident whose freeze an allowed change passes, since it is asked for there."""
    freeze = passed(change, facts.kept, facts.asked_in)
    return freeze.incident if freeze else None


def passed(
    change: Change, kept: Sequence[TargetEvent], asked_in: ChannelId | None
) -> IncidentFreeze | None:
    """Return the freeze that *change* passes with its lead's approval: of that channel."""
    if change.asked.action == "rollback":
        return None
    inside = (
        each
        for each in kept
        if isinstance(each, IncidentFreeze) and each.channel and each.channel == asked_in
    )
    return next(inside, None)


def freeze_code(freeze: IncidentFreeze) -> Code:
    """Return what an incident's freeze says; of a private one its title and its place stay."""
    return FrozenByIncident(
        incident=freeze.incident,
        title="" if freeze.is_private else freeze.title,
        channel=None if freeze.is_private else freeze.channel,
        lead=freeze.lead,
        since=freeze.at,
    )


def _is_held(intent: Intent, operation: Operation | None) -> bool:
    match intent:
        case Change(dry_run=is_dry, asked=asked):
            return not is_dry and asked.action != "rollback"
        case Recover():  # what runs finishes
            return operation is not None and operation.is_final and operation.action != "rollback"
        case TakeTurn() | Send():
            return (
                operation is not None and not operation.was_sent and operation.action != "rollback"
            )
        case _:
            return False


def _passes(freeze: IncidentFreeze, intent: Intent, facts: Facts) -> bool:
    """Whether it is a mend: asked for in the incident's channel, where its lead has a gate."""
    if isinstance(intent, TakeTurn | Send):
        return facts.operation is not None and facts.operation.incident == freeze.incident
    if facts.is_anybody:
        return True
    return freeze.channel is not None and facts.asked_in == freeze.channel


def written_gates(policy: Policy) -> tuple[Gate, ...]:
    """Return the gates that stand in slipway.yaml: not what an incident's lead has added."""
    added = {LEAD, APPROVERS} if policy.led_from else set()
    return tuple(each for each in policy.gates if each.name not in added)


def is_led(operation: Operation) -> bool:
    """Whether the lead of an incident has a gate of *operation*, besides those of its policy."""
    return operation.incident is not None and any(each.gate == LEAD for each in operation.gates)


def wants_lead(operation: Operation) -> bool:
    """Whether the gate of the incident's lead is the one, or one of those, that is not open yet."""
    return is_led(operation) and LEAD not in stood_at(operation)


def led_by(policy: Policy, lead: UserId, *, is_over: bool = False) -> Policy:
    """Return *policy* for a change that an incident's *lead* has to approve besides its gates.

    Nobody leads what *is_over* from there: whoever may approve opens that gate, too.
    """
    own = policy.gates
    openers = tuple(dict.fromkeys((lead, *policy.approve))) if is_over else (lead,)
    if not own and (policy.approvals or policy.irreversible):
        own = (Gate(name=APPROVERS, approve=policy.approve, approvals=policy.approvals),)
    return policy.model_copy(
        update={
            "gates": (*own, Gate(name=LEAD, approve=openers, approvals=1)),
            "approve": tuple(dict.fromkeys((*policy.approve, lead))),
            "approvals": policy.approvals + 1,
            "led_from": policy.version,
        }
    )
