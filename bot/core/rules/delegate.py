"""Rule: who may approve may let somebody else do so in their place, until a time.

Nobody hands on what was handed over: a right is always that of whom slipway.yaml lists.
"""

from typing import ClassVar, Literal

from typing_extensions import override

from bot.core.codes import Code
from bot.core.codes.rules import RightsUnknown
from bot.core.records import Moment, UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, LimitedIntent, RightName, TargetIntent
from bot.core.rules.membership import barred
from bot.core.target import ALL, TargetEvent


class Delegated(TargetEvent):
    """Somebody's approvals count also from somebody else, under a policy or all, for a time."""

    kind: Literal["delegated"] = "delegated"
    delegator: UserId
    delegate: UserId
    until: Moment
    zone: str = ""  # in which its end was typed, where none was named

    def is_over(self, now: Moment) -> bool:
        """Return whether its time has passed."""
        return now >= self.until


class DelegationEnded(TargetEvent):
    """Somebody's approvals count from that person alone again."""

    kind: Literal["delegation_ended"] = "delegation_ended"
    delegator: UserId


class Delegate(LimitedIntent):
    """Let somebody else approve in one's place."""

    right: ClassVar[RightName] = "own"
    is_of_policies: ClassVar[bool] = True
    is_of_targets: ClassVar[bool] = False

    kind: Literal["delegate"] = "delegate"
    target: str = ALL  # or a policy
    delegate: UserId
    delegator: UserId | None = None  # None: whoever wishes it

    @override
    def becomes(self, facts: Facts, by: UserId) -> Delegated:
        if facts.ends is None or facts.ends.at is None:
            msg = "a delegation was allowed without its end"
            raise ValueError(msg)
        return Delegated(
            target=facts.scope.name if facts.scope else self.target,
            by=by,
            at=facts.now,
            delegator=self.delegator or by,
            delegate=self.delegate,
            until=facts.ends.at,
            zone=facts.ends.zone,
        )


class DelegateForOther(Delegate):
    """Let somebody approve in the place of somebody else."""

    right: ClassVar[RightName] = "admin"


class Undelegate(TargetIntent):
    """Let nobody approve in one's place any more."""

    right: ClassVar[RightName] = "own"
    is_of_policies: ClassVar[bool] = True
    is_of_targets: ClassVar[bool] = False

    kind: Literal["undelegate"] = "undelegate"
    target: str = ALL
    delegator: UserId | None = None  # None: whoever wishes it

    @override
    def becomes(self, facts: Facts, by: UserId) -> DelegationEnded:
        return DelegationEnded(target=ALL, by=by, at=facts.now, delegator=self.delegator or by)


class UndelegateForOther(Undelegate):
    """Let nobody approve in the place of somebody else any more."""

    right: ClassVar[RightName] = "admin"


class DelegatedToSelf(Code):
    """Nobody stands in for oneself, nor for another account of one's own."""

    key = "bad_delegate.self"


class DelegatedToBarred(Code):
    """Bots, guests, strangers and deactivated accounts approve nothing, for nobody."""

    key = "bad_delegate.barred"
    delegate: UserId
    kind: str


class NothingToDelegate(Code):
    """Only who is listed as approver has something to hand over."""

    key = "not_approver.delegate"
    delegator: UserId


class NotDelegated(Code):
    """Nobody approves in this person's place."""

    key = "unchanged.not_delegated"


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Want somebody who may approve, and somebody else who is a member."""
    match intent:
        case Delegate():
            return _delegating(facts)
        case Undelegate():
            is_any = bool(facts.all_kept(Delegated))
            return Finding.yes() if is_any else Finding.no(NotDelegated())
        case _:
            return None


def _delegating(facts: Facts) -> Finding:
    delegator, delegate = facts.delegator, facts.delegate
    if delegator is None or delegate is None:
        return Finding.no(RightsUnknown())
    kind = barred(delegate, facts.team)
    if kind:
        return Finding.no(DelegatedToBarred(delegate=delegate.id, kind=kind))
    if facts.is_same(delegator.id, delegate.id):
        return Finding.no(DelegatedToSelf())
    if barred(delegator, facts.team) or not facts.is_listed_approver:
        code = NothingToDelegate(delegator=delegator.id)
        return Finding.no(code, who=facts.approve_somewhere)
    return Finding.yes()
