"""Rule: who may do what about an incident, and what an open one holds.

Rollbacks pass its freeze. A forward change passes if it is asked for in the incident's channel:
its lead then has a gate besides the policy's, unless the lead asks for it.
"""

from collections.abc import Sequence
from typing import Final, Literal

from bot.core.codes import Code
from bot.core.codes.incidents import (
    AlreadyClosed,
    AlreadyOpen,
    FrozenByIncident,
    MayNotEnd,
    MayNotOpen,
    NoChannelYet,
    NothingToChange,
)
from bot.core.codes.rules import NamesUnknown
from bot.core.incidents import Incident
from bot.core.names import ids_in, names_in
from bot.core.operation import Operation
from bot.core.policy import ANYONE, Gate, Member, Policy
from bot.core.records import ChannelId, IncidentId, UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.incident_intents import (
    AddTargets,
    ExportIncident,
    LeadIncident,
    RemoveTarget,
    SetSeverity,
)
from bot.core.rules.intents import Change, IncidentIntent, Intent, Send, TakeTurn
from bot.core.rules.presses import Recover
from bot.core.target import TargetEvent

LEAD: Final = "lead"  # the gate of an incident's lead
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
        return _about(intent, facts)
    if not _is_held(intent, facts.operation):
        return None
    lasting = [each for each in facts.all_kept(IncidentFreeze) if not _passes(each, intent, facts)]
    if not lasting:
        return Finding.yes()
    code = freeze_code(lasting[0])
    who = (lasting[0].lead,)
    if isinstance(intent, TakeTurn | Send):
        return Finding.wait(code, who=who)
    return Finding.no(code, who=who)


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


def _about(intent: IncidentIntent, facts: Facts) -> Finding | None:
    incident, person = facts.incident, facts.person
    if intent.begins or (intent.wants == "closed" and incident and not incident.is_open):
        listed = facts.openers
        is_listed = facts.is_anybody or (person is not None and _lists(listed, person))
        place = "incidents.open"
        if is_listed:
            return Finding.yes(place)
        unknown = names_in(listed)
        refusal = NamesUnknown(names=unknown) if unknown else MayNotOpen()
        return Finding.no(refusal, place=place, who=ids_in(listed))
    if incident is None:
        return None
    if intent.wants == "open" and not incident.is_open:
        return Finding.no(AlreadyClosed(incident=incident.id))
    if intent.wants == "closed":
        return Finding.no(AlreadyOpen(incident=incident.id))
    if isinstance(intent, ExportIncident) and incident.channel is None:
        return Finding.no(NoChannelYet(incident=incident.id))
    if not _changes(intent, incident, facts):
        return Finding.no(NothingToChange(incident=incident.id))
    return _ending(incident, facts) if intent.ends else Finding.yes()


def _changes(intent: IncidentIntent, incident: Incident, facts: Facts) -> bool:
    match intent:
        case LeadIncident(lead=lead):
            return (lead or (facts.person.id if facts.person else None)) != incident.lead
        case SetSeverity(severity=severity):
            return severity != incident.severity
        case AddTargets():
            return any(each not in incident.targets for each in facts.named)
        case RemoveTarget():
            return any(each in incident.targets for each in facts.named)
        case _:
            return True


def _ending(incident: Incident, facts: Facts) -> Finding:
    """Want the opener, the lead, or somebody who may approve on a target of it."""
    person = facts.person
    if facts.is_anybody:
        return Finding.yes()
    own = (incident.opener, incident.lead)
    if person is not None and any(facts.is_same(person.id, each) for each in own):
        return Finding.yes("opener" if facts.is_same(person.id, incident.opener) else "lead")
    if person is not None and _lists(facts.ending, person):
        return Finding.yes("approve")
    return Finding.no(MayNotEnd(), who=tuple(dict.fromkeys((*own, *facts.ending))))


def _lists(listed: tuple[str, ...], person: Member) -> bool:
    return ANYONE in listed or person.id in listed or bool(person.groups & set(listed))


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


def led_by(policy: Policy, lead: UserId) -> Policy:
    """Return *policy* for a change that an incident's *lead* has to approve besides its gates."""
    own = policy.gates
    if not own and policy.approvals:
        own = (Gate(name=APPROVERS, approve=policy.approve, approvals=policy.approvals),)
    return policy.model_copy(
        update={
            "gates": (*own, Gate(name=LEAD, approve=(lead,), approvals=1)),
            "approve": tuple(dict.fromkeys((*policy.approve, lead))),
            "approvals": policy.approvals + 1,
        }
    )
