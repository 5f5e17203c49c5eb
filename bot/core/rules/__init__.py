"""The one decision: whether something may happen now."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from bot.core.rules import (
    approvals,
    deadline,
    digest,
    drain,
    freeze,
    known,
    live,
    lock,
    membership,
    newest,
    option,
    phase,
    place,
    policy,
    readable,
    reason,
    requester,
    rights,
    secrecy,
    settle,
    supported,
    target,
    twice,
    undone,
    way_back,
)
from bot.core.rules.decision import Decision, Finding
from bot.core.rules.facts import Abilities, Facts, Newest, Undone
from bot.core.rules.intents import Ask, Change, Intent, Prepare, Press, Seen, Send, TargetIntent
from bot.core.rules.lock import Locked, Unlocked
from bot.core.rules.presses import Approve, Cancel, NotExecuted, Recover, Reject, RollBack
from bot.core.rules.rights import approve_right, is_approver, is_requester, request_right, right_of

__all__ = [
    "RULES",
    "Abilities",
    "Approve",
    "Ask",
    "Cancel",
    "Change",
    "Decision",
    "Facts",
    "Finding",
    "Intent",
    "Locked",
    "Newest",
    "NotExecuted",
    "Prepare",
    "Press",
    "Recover",
    "Reject",
    "RollBack",
    "Rule",
    "Seen",
    "Send",
    "TargetIntent",
    "Undone",
    "Unlocked",
    "approve_right",
    "decide",
    "is_approver",
    "is_requester",
    "request_right",
    "right_of",
]

Judge: TypeAlias = Callable[[Intent, Facts], Finding | None]


class Rule(NamedTuple):
    """A rule by its name; it says nothing about intents that are none of its business."""

    name: str
    judge: Judge


# In this order they speak, and the first that does not say yes decides.
RULES: Final = (
    Rule("known", known.judge),
    Rule("place", place.judge),
    Rule("phase", phase.judge),
    Rule("digest", digest.judge),
    Rule("way_back", way_back.judge),
    Rule("option", option.judge),
    Rule("target", target.judge),
    Rule("newest", newest.judge),
    Rule("drain", drain.judge),
    Rule("policy", policy.judge),
    Rule("membership", membership.judge),
    Rule("rights", rights.judge),
    Rule("requester", requester.judge),
    Rule("settle", settle.judge),
    Rule("twice", twice.judge),
    Rule("supported", supported.judge),
    Rule("undone", undone.judge),
    Rule("reason", reason.judge),
    Rule("secrecy", secrecy.judge),
    Rule("lock", lock.judge),
    Rule("freeze", freeze.judge),
    Rule("deadline", deadline.judge),
    Rule("readable", readable.judge),
    Rule("approvals", approvals.judge),
    Rule("live", live.judge),
)


def decide(intent: Intent, facts: Facts) -> Decision:
    """Return what every rule has to say about *intent*."""
    found = ((rule.name, rule.judge(intent, facts)) for rule in RULES)
    return Decision(
        findings=tuple(
            finding.model_copy(update={"rule": name}) for name, finding in found if finding
        )
    )
