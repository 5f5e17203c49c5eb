"""Policies: who may do what to a target, as slipway.yaml has it; `bot.core.rules` decides."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final, Literal, Self

from pydantic import Field
from typing_extensions import override

from bot.core.records import Action, Record, UserId

ANYONE: Final = "anyone"
_LATER: Final = (  # keys that came after there were versions
    *("gates", "escalate", "review_within", "irreversible", "on_failure", "rollback_after"),
    "led_from",
)
NO_POLICY: Final = "none"  # of a target that names no policy: nobody may change it


# What is no part of what is approved: who waits, who sees a target, and what is asked first.
_OF_THE_LINE: Final = {
    "queue",
    "turn_confirm_after",
    "turn_window",
    "visible_to",
    "rollback_preview",
}


class Freeze(Record):
    """A time in which nothing new is sent: days of the week, dates, or what recurs as cron says."""

    days: tuple[int, ...] = ()  # 0 is Monday
    zone: str = "UTC"
    first: date | None = None
    last: date | None = None
    cron: str | None = None  # when it begins
    length: timedelta = timedelta()  # how long it then lasts
    reason: str = ""


class Gate(Record):
    """A point where people decide: who may open it, and how many of them it takes."""

    name: str = ""  # "": the only one
    approve: tuple[str, ...] = ()
    approvals: int = Field(default=1, ge=0, le=20)


class Policy(Record):
    """The rules of a target, as `slipway.yaml` has them."""

    name: str
    request: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()  # where there are several gates, those of all
    approvals: int = Field(default=1, ge=0, le=400)  # likewise
    gates: tuple[Gate, ...] = ()  # where there are several, or one has a name
    review_within: timedelta = timedelta(days=1)  # of what broke the glass
    escalate: tuple[str, ...] = ()  # who may approve, too, when the time grows short
    self_approval: bool = False
    approval_expires: timedelta = timedelta(hours=1)
    rollback: tuple[str, ...] | None = None  # None: whoever may request
    rollback_approvals: int = Field(default=0, ge=0, le=20)
    irreversible: int = Field(default=0, ge=0, le=20)  # approvals of what nothing undoes, at least
    on_failure: Literal["ask", "rollback"] = "ask"
    rollback_after: timedelta = timedelta(minutes=1)  # a failure, where it is not ask
    reason: Literal["required", "optional"] = "optional"
    freezes: tuple[Freeze, ...] = ()
    break_glass: tuple[str, ...] = ()
    deadline: timedelta = timedelta(hours=2)
    queue: int = Field(default=3, ge=0, le=20)  # so many changes of a target may wait
    turn_confirm_after: timedelta = timedelta(minutes=10)  # who waited longer is asked
    turn_window: timedelta = timedelta(minutes=10)  # and has so long to answer
    visible_to: tuple[str, ...] | None = None  # who is told of its targets; None: everybody
    rollback_preview: bool = True  # whether a rollback is shown before it is asked for
    led_from: str = ""  # the version of slipway.yaml's, where an incident's lead has a gate besides

    @override
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, which has a version of its own."""
        copy = super().model_copy(update=update, deep=deep)
        copy.__dict__.pop("version", None)
        return copy

    @cached_property
    def version(self) -> str:
        """Hex digest over its content: it changes with every change of a rule.

        Who waits, and for how long, is no part of what is approved, nor is who sees the target, nor
        who leads an incident: rights are asked anew at each press and permit.
        """
        if self.led_from:
            return hashlib.sha256(f"{self.led_from}:led".encode()).hexdigest()[:16]
        dumped = self.model_dump(mode="json", exclude=_OF_THE_LINE)
        for freeze in dumped["freezes"]:
            if freeze["cron"] is None:  # as it was dumped before there was cron
                del freeze["cron"], freeze["length"]
        for key in _LATER:  # likewise
            if getattr(self, key) == Policy.model_fields[key].default:
                del dumped[key]
        canonical = json.dumps(dumped, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def groups(self) -> frozenset[str]:
        """The user groups that any of its rules names."""
        named = {
            *self.request,
            *self.approve,
            *self.escalate,
            *(self.rollback or ()),
            *self.break_glass,
            *(self.visible_to or ()),
        }
        return frozenset(name for name in named if name.startswith("S"))

    @property
    def seen_by(self) -> tuple[str, ...]:
        """Whom its targets are shown to, where not everybody: also whoever has a part in them."""
        if self.visible_to is None:
            return (ANYONE,)
        parts = (*self.request, *self.approve, *self.escalate, *(self.rollback or ()))
        taking_part = (each for each in (*parts, *self.break_glass) if each != ANYONE)
        return tuple(dict.fromkeys((*self.visible_to, *taking_part)))


class Member(Record):
    """A person as Slack knows him or her now; an unknown flag is the worst case."""

    id: UserId
    team: str
    is_bot: bool
    is_guest: bool
    is_stranger: bool
    is_deactivated: bool
    groups: frozenset[str] = frozenset()


def gates_of(policy: Policy, action: Action) -> tuple[Gate, ...]:
    """Return the gates that *action* has to pass; a rollback has one, of all who may approve."""
    if action == "rollback":
        return (Gate(approve=policy.approve, approvals=policy.rollback_approvals),)
    return policy.gates or (Gate(approve=policy.approve, approvals=policy.approvals),)


def approvals_needed(policy: Policy, action: Action) -> int:
    """Return how many distinct people must approve *action*."""
    return policy.rollback_approvals if action == "rollback" else policy.approvals


def approvals_of(policy: Policy, action: Action, *, is_irreversible: bool) -> int:
    """Return how many distinct people must approve *action*, where a plan of it is known."""
    return max(approvals_needed(policy, action), policy.irreversible if is_irreversible else 0)
