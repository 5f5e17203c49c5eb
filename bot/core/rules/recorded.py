"""What is kept of a decision: every finding, and the facts of then that a policy decides by.

Ids and codes alone, and small. `bot.core.replay` decides it again under another policy.
"""

from typing import Any

from bot.core.operation import Operation
from bot.core.policy import ANYONE, Member
from bot.core.records import OperationId, Record, UserId
from bot.core.rules.decision import Decision, Finding
from bot.core.rules.facts import Facts
from bot.core.rules.gates import chosen
from bot.core.rules.intents import Change, Intent, Prepare, Press, Send, TakeTurn, TargetIntent
from bot.core.rules.presses import Approve
from bot.core.rules.rights import approve_right, asked_right, right_of


class Account(Record):
    """A person as Slack told of him or her then."""

    id: UserId
    flags: tuple[str, ...] = ()  # what kept the account from acting
    groups: tuple[str, ...] = ()  # of those that were asked for
    asked: tuple[str, ...] = ()  # the groups that were asked for: of others nothing is known


class Decided(Record):
    """A decision, as the audit keeps it."""

    intent: str  # its kind
    target: str = ""
    operation: OperationId | None = None  # that it was about
    action: str = ""
    step: int = 0
    is_dry: bool = False
    breaks_glass: bool = False
    has_reason: bool = False  # or names the operation it undoes or follows
    policy: str = ""
    version: str = ""  # of the policy
    person: Account | None = None  # by whose right: for whom somebody stands in, that one
    requester: Account | None = None
    approvers: tuple[Account, ...] = ()
    found: tuple[str, ...] = ()  # "rule", or "rule:verdict:key" where it does not say yes

    @property
    def is_allowed(self) -> bool:
        """Whether every rule said yes."""
        return not any(stands_in_the_way(each) for each in self.found)


def record_of(intent: Intent, facts: Facts, decision: Decision) -> Decided:
    """Return what is kept of *decision*."""
    policy, operation = facts.policy, facts.operation
    known: dict[str, Any] = {
        "target": facts.target.name if facts.target else facts.word[:63],
        "operation": operation.id if operation else None,
        "action": operation.action if operation else "",
        "policy": policy.name if policy else "",
        "version": policy.version if policy else "",
        "person": _account(_owner(intent, facts), _listed(intent, facts), facts.team),
        "found": tuple(_told(each) for each in decision.findings),
    }
    match intent:
        case Change(asked=asked, dry_run=is_dry):
            named = intent.rollback_of or intent.follows or intent.proposal
            has_reason = bool(intent.reason or named)
            known |= {"action": asked.action, "is_dry": is_dry, "has_reason": has_reason}
            known |= {"breaks_glass": intent.break_glass}
        case Send(step=step):
            known |= {"step": step, **_people(facts, operation)}
            known |= {"breaks_glass": bool(operation and operation.break_glass)}
        case TargetIntent() | Press() | TakeTurn() | Prepare():
            pass
        case _:
            pass
    return Decided(intent=intent.kind, **known)


def _people(facts: Facts, operation: Operation | None) -> dict[str, Any]:
    """Return whose rights the permit was decided by."""
    if facts.policy is None or operation is None:
        return {}
    asks = asked_right(facts.policy, operation).listed
    approves = approve_right(facts.policy, operation.action).listed
    return {
        "requester": _account(facts.requester, asks, facts.team),
        "approvers": tuple(_account(each, approves, facts.team) for each in _owners(facts)),
    }


def _owner(intent: Intent, facts: Facts) -> Member | None:
    """Return by whose right the person acts."""
    used = chosen(facts) if isinstance(intent, Approve) else None
    if used is None or used.behalf is None:
        return facts.person
    return next((each for each in facts.delegators if each.id == used.behalf), facts.person)


def _owners(facts: Facts) -> tuple[Member, ...]:
    """Return by whose right each approval was given."""
    if not facts.principals:
        return facts.approvers
    pairs = zip(facts.approvers, facts.principals, strict=True)
    return tuple(principal or person for person, principal in pairs)


def _listed(intent: Intent, facts: Facts) -> tuple[str, ...]:
    right = right_of(intent, facts.policy, facts.operation) if facts.policy else None
    return right.listed if right else ()


def _account(person: Member | None, listed: tuple[str, ...], team: str) -> Account | None:
    if person is None:
        return None
    flags = {
        "bot": person.is_bot,
        "guest": person.is_guest,
        "stranger": person.is_stranger or person.team != team,
        "deactivated": person.is_deactivated,
    }
    is_named = ANYONE in listed or person.id in listed  # then no group was asked for
    asked = () if is_named else tuple(sorted(name for name in listed if name.startswith("S")))
    return Account(
        id=person.id,
        flags=tuple(name for name, is_so in flags.items() if is_so),
        groups=tuple(sorted(person.groups)),
        asked=asked,
    )


def stands_in_the_way(told: str) -> bool:
    """Whether *told* is what kept it from happening."""
    _, said, rest = told.partition(":")
    return bool(said) and not rest.startswith("passed:")


def _told(finding: Finding) -> str:
    if finding.verdict == "yes":
        return finding.rule
    key = finding.why.key if finding.why else ""
    return f"{finding.rule}:{finding.verdict}:{key}"
