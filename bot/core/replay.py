"""A decision of the past, made again under another slipway.yaml."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.operation import Approval, AwaitingApproval, Operation, Queued
from bot.core.policy import Member, Policy
from bot.core.records import Asked, Record, UserId
from bot.core.reminders import grown_short
from bot.core.rules import (
    RULES,
    Account,
    Change,
    Decided,
    Facts,
    Finding,
    Intent,
    Send,
    TakeTurn,
    heeded,
    stands_in_the_way,
)
from bot.core.target import Target
from bot.core.verbs import BUTTONS

# What these say follows from slipway.yaml and the facts that were kept; all else stays as it was.
_AGAIN: Final = frozenset(
    {"policy", "rights", "requester", "twice", "gate", "reason", "freeze", "approvals"}
)
_AT_GATE: Final = frozenset({"approve", "reject"})
_REASON: Final = "given"  # then; what it was is in the operation
_TEAM: Final = "team"


class Under(Record):
    """What another slipway.yaml says about a decision."""

    target: Target | None
    policy: Policy | None
    aliases: tuple[frozenset[str], ...] = ()


class Outcome(Record):
    """What a decision comes to."""

    is_allowed: bool
    code: str = ""  # why not
    rule: str = ""  # the line of slipway.yaml that decides, or the rule's name


ALLOWED: Final = Outcome(is_allowed=True)


def then(decided: Decided) -> Outcome:
    """Return what was decided."""
    return next((_said(each) for each in decided.found if stands_in_the_way(each)), ALLOWED)


def again(
    decided: Decided, operation: Operation | None, under: Under, at: datetime
) -> Outcome | None:
    """Return what is decided under another slipway.yaml; None: the facts of then do not tell.

    They do not where it names a group that nobody asked for then, or where the operation is gone.
    """
    intent = _intent(decided, operation)
    if intent is None:
        return then(decided)
    if decided.operation is not None and operation is None:
        return None
    if under.target is None and isinstance(intent, Change):
        return Outcome(is_allowed=False, code="unknown_target", rule="known")
    outcomes = {
        _decided(decided, intent, _facts(decided, operation, under, at, joins=joins))
        for joins in (False, True)
    }
    return outcomes.pop() if len(outcomes) == 1 else _same(outcomes)


def _same(outcomes: Iterable[Outcome]) -> Outcome | None:
    """Return a refusal where all refuse, though for different reasons."""
    refused = [each for each in outcomes if not each.is_allowed]
    return refused[0] if len(refused) > 1 else None


def _decided(decided: Decided, intent: Intent, facts: Facts) -> Outcome:
    told = {each.partition(":")[0]: each for each in decided.found}
    for rule in RULES:
        was = told.get(rule.name, "")
        if rule.name in _AGAIN and not _stays(was):
            found = (heeded(each, intent, facts) for each in rule.found(intent, facts))
            stopped = next((each for each in found if not each.lets_pass), None)
            if stopped is not None:
                return _found(stopped)
        elif stands_in_the_way(was):
            return _said(was)
    return ALLOWED


def _stays(was: str) -> bool:
    """Whether a finding stays: it was about what people had done, which no slipway.yaml undoes."""
    return was.startswith("twice:") or was.endswith(":frozen.by_person")


def _found(finding: Finding) -> Outcome:
    code = finding.why.code if finding.why else finding.verdict
    return Outcome(is_allowed=False, code=code, rule=finding.place or finding.rule)


def _said(told: str) -> Outcome:
    rule, _, key = told.split(":", 2)
    return Outcome(is_allowed=False, code=key.partition(".")[0], rule=rule)


def _intent(decided: Decided, operation: Operation | None) -> Intent | None:
    """Return the intent as far as the rules of `_AGAIN` read it; None: they do not judge it."""
    presses = {
        verb.press.model_fields["kind"].default: verb.press for verb in BUTTONS if verb.press
    }
    if decided.intent == "change":
        asked = Asked.model_validate({"action": decided.action, "parameters": {}})
        reason = _REASON if decided.has_reason else ""
        return Change(
            target=decided.target,
            asked=asked,
            reason=reason,
            dry_run=decided.is_dry,
            break_glass=decided.breaks_glass,
        )
    if decided.intent == "take_turn":
        return TakeTurn(operation=decided.operation or "")
    if decided.intent == "send":
        return Send(operation=decided.operation or "", step=decided.step)
    press = presses.get(decided.intent)
    return (
        press.model_construct(kind=decided.intent, operation=operation.id)
        if press and operation
        else None
    )


def _facts(
    decided: Decided, operation: Operation | None, under: Under, at: datetime, *, joins: bool
) -> Facts:
    zones = {each.zone for each in under.policy.freezes} if under.policy else set()

    def member(account: Account | None) -> Member | None:
        return _member(account, under, joins=joins) if account else None

    return Facts(
        now=at,
        team=_TEAM,
        local={zone: at.astimezone(ZoneInfo(zone)) for zone in zones},
        target=under.target,
        policy=under.policy,
        aliases=under.aliases,
        operation=_approved_before(decided, operation, at) if operation else None,
        person=member(decided.person),
        requester=member(decided.requester),
        approvers=tuple(_member(each, under, joins=joins) for each in decided.approvers),
    )


def _approved_before(decided: Decided, operation: Operation, at: datetime) -> Operation:
    """Return *operation* with the approvals that counted at the moment of the decision."""
    if decided.intent == "send":
        late = {each.behalf or each.by for each in operation.approvals if each.is_escalated}
        given = tuple(
            Approval(by=each.id, at=at, digest="", is_escalated=each.id in late)
            for each in decided.approvers
        )
        return operation.model_copy(update={"approvals": given, "phase": Queued()})
    if decided.intent == "take_turn":
        return operation.model_copy(update={"steps": ()})  # nothing was sent then
    by = decided.person.id if decided.person else ""
    given = tuple(each for each in operation.approvals if each.at < at and each.by != by)
    if decided.intent not in _AT_GATE:
        return operation.model_copy(update={"approvals": given})
    left = timedelta() if _was_late(decided, by, operation, at) else operation.approval_window
    phase = AwaitingApproval(expires_at=at + left)
    return operation.model_copy(update={"approvals": given, "phase": phase})


def _was_late(decided: Decided, by: UserId, operation: Operation, at: datetime) -> bool:
    """Whether the time had grown short: the approval says so; else, as early as that can be."""
    own = next((each for each in operation.approvals if each.by == by), None)
    if own is not None and decided.intent == "approve" and decided.is_allowed:
        return own.is_escalated
    return at >= operation.created_at + grown_short(operation.approval_window)


def _member(account: Account, under: Under, *, joins: bool) -> Member:
    """Return the person of then, who *joins* every group that nobody asked for, or none."""
    named = under.policy.groups if under.policy else frozenset()
    unknown = named - set(account.asked) if joins else frozenset()
    return Member(
        id=account.id,
        team=_TEAM,
        is_bot="bot" in account.flags,
        is_guest="guest" in account.flags,
        is_stranger="stranger" in account.flags,
        is_deactivated="deactivated" in account.flags,
        groups=frozenset(account.groups) | unknown,
    )
