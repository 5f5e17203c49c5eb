"""English: what each rule looks at, and whether something may happen."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

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
    "rule.known": "It exists",
    "rule.place": "The button is on a card of it",
    "rule.phase": "It is where this can have an effect",
    "rule.digest": "The plan that was shown is the present one",
    "rule.way_back": "There is a way back",
    "rule.option": "The way on is offered",
    "rule.target": "The target is what it was",
    "rule.newest": "Nothing newer was done to the target",
    "rule.drain": "Slipway is not being stopped",
    "rule.policy": "A policy says who may",
    "rule.membership": "The person is a member of this workspace",
    "rule.rights": "The policy lists the person",
    "rule.names": "Slack knows its channel and approvers",
    "rule.requester": "The requester may still ask for it",
    "rule.settle": "The settle time is over",
    "rule.twice": "The person has not done it before",
    "rule.gate": "The person can open a gate that is closed",
    "rule.supported": "The API can do it",
    "rule.review": "Its review is another person's, and none is overdue",
    "rule.reason": "A reason is given",
    "rule.secrecy": "No secret is in it",
    "rule.ends": "Its end is in the future",
    "rule.delegate": "Somebody who may approve names another member",
    "rule.queue": "Its turn has come",
    "rule.halt": "Nothing is halted",
    "rule.lock": "Nobody else has locked the target",
    "rule.freeze": "Nothing is frozen",
    "rule.incident": "No incident holds it",
    "rule.readable": "Slipway can read it",
    "rule.undone": "Nobody rolled it back a moment ago",
    "rule.proposed": "What was proposed is still open",
    "rule.countdown": "The countdown still runs",
    "rule.deadline": "The deadline has not passed",
    "rule.approvals": "Everybody approved who has to, and still may",
    "rule.live": "What runs is what was planned for",
}
