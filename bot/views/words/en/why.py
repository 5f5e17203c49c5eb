"""English: what each rule is about, and whether something may happen."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _request(params: Params) -> str:
    action = "roll back" if params["action"] == "rollback" else "{action}"
    return f"{{person:person}} cannot {action} this target."


WHY: Final[Mapping[str, Template]] = {
    "why.can": "*{who} can do this now: {action} {target:name}*",
    "why.cannot": "*{who} cannot do this now: {action} {target:name}*",
    "why.approve": "Approve",
    "why.then": "Judged by the policy of {at:moment}, when it was requested; groups are today's.",
    "why.then_lost": (
        "The policy of {at:moment}, when it was requested, is not kept: judged by today's."
    ),
    "why.nothing": "Nothing stands before its next call.",
    "why.next": "This stands before its next call:",
    "why.passed": "*Passed over*: the glass was broken.",
    "why.way": "What helps: {remedy}",
    "why.ways": "What helps:",
    "why.later": "After that approval, this still holds it:",
    # What is said to somebody, where another one asks about them.
    "another.not_allowed.request": _request,
    "another.not_allowed.request.way": (
        "Let one of them request it, or have {person:person} added to the policy."
    ),
    "another.not_allowed.break_glass": "{person:person} cannot break the glass here.",
    "another.not_approver.approve": "{person:person} cannot approve this.",
    "another.self_approval": "{person:person} requested it; someone else must approve it.",
    "another.self_approval.lead": (
        "{person:person} requested it and leads the incident; someone else must approve it in the "
        "lead's place."
    ),
    "another.unchanged.approved_already": "{person:person} has already approved it.",
    "another.rights_unknown": (
        "The permissions of {person:person} cannot be checked: Slack does not say who that is."
    ),
    "another.review_due": (
        "{operation:code}, for which {person:person} broke the glass, should have been reviewed by "
        "{due:moment}."
    ),
    "rule.known": "Operation or target",
    "rule.place": "Place",
    "rule.phase": "Phase",
    "rule.digest": "Plan",
    "rule.way_back": "Way back",
    "rule.option": "Way on",
    "rule.target": "Target",
    "rule.newest": "Newer changes",
    "rule.drain": "Shutdown",
    "rule.policy": "Policy",
    "rule.membership": "Membership",
    "rule.rights": "Rights",
    "rule.names": "Names in Slack",
    "rule.requester": "Requester",
    "rule.settle": "Settle time",
    "rule.twice": "Repetition",
    "rule.gate": "Gates",
    "rule.supported": "API",
    "rule.review": "Reviews",
    "rule.reason": "Reason",
    "rule.secrecy": "Secrets",
    "rule.ends": "End",
    "rule.delegate": "Delegation",
    "rule.queue": "Queue",
    "rule.halt": "Halt",
    "rule.lock": "Lock",
    "rule.freeze": "Freeze",
    "rule.incident": "Incident",
    "rule.readable": "Record",
    "rule.undone": "Recent rollback",
    "rule.proposed": "Proposal",
    "rule.countdown": "Countdown",
    "rule.deadline": "Deadline",
    "rule.approvals": "Approvals",
    "rule.live": "Live state",
}
