"""Who may do what, decided as values: hard denies, then what the policy allows, else no."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Final, Literal

from pydantic import Field

from bot.core.codes import Denied
from bot.core.operation import Operation
from bot.core.records import SLIPWAY, Action, Allowed, Record, UserId

ANYONE: Final = "anyone"
OWN_ACTIONS: Final[dict[Action, str]] = {"rollback": "rollback"}


class Freeze(Record):
    """A time in which nothing new is sent: by days of the week, or by dates."""

    days: tuple[int, ...] = ()  # 0 is Monday
    zone: str = "UTC"
    first: date | None = None
    last: date | None = None
    reason: str = ""


class Policy(Record):
    """The rules of a target, as `slipway.yaml` has them."""

    name: str
    request: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    approvals: int = Field(default=1, ge=0, le=20)
    self_approval: bool = False
    approval_expires: timedelta = timedelta(hours=1)
    rollback: tuple[str, ...] | None = None  # None: whoever may request
    rollback_approvals: int = Field(default=0, ge=0, le=20)
    reason: Literal["required", "optional"] = "optional"
    freezes: tuple[Freeze, ...] = ()
    break_glass: tuple[str, ...] = ()
    deadline: timedelta = timedelta(hours=2)

    @property
    def version(self) -> str:
        """Hex digest over its content: it changes with every change of a rule."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def groups(self) -> frozenset[str]:
        """The user groups that any of its rules names."""
        named = {*self.request, *self.approve, *(self.rollback or ()), *self.break_glass}
        return frozenset(name for name in named if name.startswith("S"))


class Member(Record):
    """A person as Slack knows him or her now; an unknown flag is the worst case."""

    id: UserId
    team: str
    is_bot: bool
    is_guest: bool
    is_stranger: bool
    is_deactivated: bool
    groups: frozenset[str] = frozenset()


def may_ask(person: Member, team: str) -> Allowed | Denied:
    """Return whether *person* may ask questions: every full member of the workspace may."""
    return _barred(person, team) or Allowed(rule="members")


def approvals_needed(policy: Policy, action: Action) -> int:
    """Return how many distinct people must approve *action*."""
    return policy.rollback_approvals if action == "rollback" else policy.approvals


def may_request(policy: Policy, action: Action, person: Member, team: str) -> Allowed | Denied:
    """Return whether *person* may ask for *action* under *policy*."""
    barred = _barred(person, team)
    if barred:
        return barred
    key = "rollback" if action == "rollback" and policy.rollback is not None else "request"
    listed = (
        policy.rollback if key == "rollback" and policy.rollback is not None else policy.request
    )
    rule = f"policies.{policy.name}.{key}"
    if _is_listed(person, listed):
        return Allowed(rule=rule)
    return Denied(
        code="not_allowed",
        reason=f"you may not {action} this target",
        who=listed,
        way_out="Ask one of them, or have your name added to the policy.",
        rule=rule,
    )


def may_approve(
    policy: Policy, operation: Operation, person: Member, team: str
) -> Allowed | Denied:
    """Return whether *person*'s approval of *operation* counts."""
    barred = _barred(person, team)
    if barred:
        return barred
    rule = f"policies.{policy.name}.approve"
    if not _is_listed(person, policy.approve):
        return Denied(
            code="not_approver",
            reason="you may not approve this",
            who=policy.approve,
            way_out="Ask one of them to press Approve.",
            rule=rule,
        )
    if person.id == operation.requester and not policy.self_approval:
        return Denied(
            code="self_approval",
            reason="you asked for it, so somebody else must approve it",
            way_out="Ask an approver to press Approve.",
            who=policy.approve,
            rule=f"policies.{policy.name}.self_approval",
        )
    return Allowed(rule=rule)


def may_reject(policy: Policy, operation: Operation, person: Member, team: str) -> Allowed | Denied:
    """Return whether *person* may say no: approvers may, whoever asked cancels instead."""
    if person.id == operation.requester:
        return may_cancel(policy, operation, person, team)
    return may_approve(policy, operation, person, team)


def may_cancel(policy: Policy, operation: Operation, person: Member, team: str) -> Allowed | Denied:
    """Return whether *person* may withdraw it: who asked, and who may approve."""
    barred = _barred(person, team)
    if barred:
        return barred
    if person.id == operation.requester:
        return Allowed(rule="requester")
    rule = f"policies.{policy.name}.approve"
    if _is_listed(person, policy.approve):
        return Allowed(rule=rule)
    return Denied(
        code="not_allowed",
        reason="only who asked for it and its approvers may cancel it",
        who=(operation.requester, *policy.approve),
        way_out="Ask one of them.",
        rule=rule,
    )


def may_resolve(
    policy: Policy, operation: Operation, person: Member, team: str
) -> Allowed | Denied:
    """Return whether *person* may decide about an uncertain or stalled operation: approvers may.

    Where a policy needs no approver, whoever may request may decide.
    """
    if not policy.approve:
        return may_request(policy, operation.action, person, team)
    barred = _barred(person, team)
    if barred:
        return barred
    rule = f"policies.{policy.name}.approve"
    if _is_listed(person, policy.approve):
        return Allowed(rule=rule)
    return Denied(
        code="not_approver",
        reason="only approvers may decide this",
        who=policy.approve,
        way_out="Ask one of them.",
        rule=rule,
    )


def frozen(policy: Policy, local: dict[str, datetime]) -> Denied | None:
    """Return the denial where a freeze covers the present; *local*: zone name → present moment."""
    for freeze in policy.freezes:
        now = local[freeze.zone]
        by_day = now.weekday() in freeze.days
        by_date = bool(freeze.first and freeze.last and freeze.first <= now.date() <= freeze.last)
        if by_day or by_date:
            why = f" ({freeze.reason})" if freeze.reason else ""
            until = f"until {freeze.last}" if by_date else f"on {now:%A}s"
            return Denied(
                code="frozen",
                reason=f"changes are frozen {until}{why}",
                way_out="Wait until the freeze ends.",
                rule=f"policies.{policy.name}.freezes",
            )
    return None


def _barred(person: Member, team: str) -> Denied | None:
    kinds = (
        (person.is_bot, "bots may not use Slipway"),
        (person.is_guest, "guests may not use Slipway"),
        (
            person.is_stranger or person.team != team,
            "people of other workspaces may not use Slipway",
        ),
        (person.is_deactivated, "this account is deactivated"),
    )
    for is_so, reason in kinds:
        if is_so:
            way_out = "Ask a member of this workspace."
            return Denied(code="not_allowed", reason=reason, way_out=way_out, rule="members only")
    return None


def _is_listed(person: Member, listed: tuple[str, ...]) -> bool:
    return person.id != SLIPWAY and (
        ANYONE in listed or person.id in listed or bool(person.groups & set(listed))
    )
