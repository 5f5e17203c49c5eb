"""English: cards, with their steps and notes."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _awaits(params: Params) -> str:
    whose = "*{connection:name}*" if params.get("connection") else "Slack"
    sent = "" if params.get("was_sent") else " Nothing was sent."
    return (
        f"Waiting for {whose}, which has given no usable answer since {{since:clock}}"
        f"[[: {{because:reason}}]].{sent} Slipway keeps trying[[ until {{until:moment}}]]."
    )


CARDS: Final[Mapping[str, Template]] = {
    "card.target": "Target",
    "card.where": "{target:name} · {title:text:60} on {connection:text:60}",
    "card.requested_by": "Requested by",
    "card.from_to": "From → To",
    "card.reason": "Reason",
    "card.approved_by": "Approved by",
    "card.waiting_for": "Waiting for",
    "card.rolls_back": "Rolls back",
    "card.continues": "Continues",
    "card.recovery": "({option:text:60})",
    "card.approvals_missing": (
        "{missing:count:approval}[[ from {who:people}]]\nuntil {until:moment}"
    ),
    "card.gate_missing": ("{gate:name}: {count} of {needed}[[ from {who:people}]]"),
    "card.gate_open": "{gate:name}: {count} of {needed}[[, by {given:people}]]",
    "card.gates_until": "until {until:moment}",
    "card.text": "{symbol} {subject}: {state}{time}",
    "card.requested": "Requested by {by:person}[[: {reason:text:500}]]",
    "card.as_of": "as of {now:clock}",
    "card.more_changes": "… {more:count:more change}",
    "card.findings": "*{found:count:finding}*, worst first",
    "card.more_findings": "… {more} more, see the thread",
    "time.in": " in {length:duration}",
    "time.after": " after {length:duration}",
    "time.so_far": ", {length:duration} so far",
    "time.usual": "usually {half:duration} (90 % within {most:duration})",
    "time.last": "last time {length:duration}",
    "time.left": "about {length:duration} left",
    "step.took": ", {length:duration}",
    "step.since": ", since {at:moment}",
    "step.task": "remote task {task:code}",
    "step.rows": "{done} of {total:count:task}",
    "note.held": (
        "Held back since {since:moment}: {why:reason:500}. It goes on by itself when that ends."
    ),
    "note.awaits": _awaits,
    "note.behind": (
        "{by:person} rolled {target:name} back from {before:reason} to {after:reason} {at:moment} "
        "({operation:code}); this goes one further back."
    ),
    "note.nothing_sent": "Nothing was sent.",
    "note.rejected": "Rejected by {by:person}: {why:reason:500}.",
    "note.rejected_without_reason": "Rejected by {by:person}; no reason given.",
    "note.expired": (
        "Nobody decided in time. Nothing was sent. Request it again if you still need it."
    ),
    "note.cancelled": "Cancelled by {by:person}[[: {why:reason:500}]].",
    "note.late": "Slower than usual: 90 % finish within {most:duration}.",
    "note.waits": "Waiting for a decision: {detail:reason}.",
    "note.answer_lost": (
        "The answer to *{step}* was lost, so the call may have been executed. Slipway will not "
        "resend it and is checking what it started; the target stays locked."
    ),
    "note.sent": "Sent {at:moment}[[, request ID {request:code}]][[: {why:reason}]].",
    "note.said_not_executed": (
        "Reported as not executed by {said:people}; {left:count:more approver} must confirm."
    ),
    "note.said_executed": (
        "Reported as executed by {said:people}; {left:count:more approver} must confirm."
    ),
    "note.by_word": (
        "The answer of its API was lost; {who:people} decided that the call was executed."
    ),
    "note.may_decide": (
        "If the cloud console shows no trace of it, press *Not executed*, else *It was executed*: "
        "it takes {deciders:count:approver}."
    ),
    "note.decide_later": "Approvers can press *Not executed* from {at:moment} on.",
    "note.stalled": "Remote task[[ {task:code}]] of *{step}* is stalled: {why:reason}.",
    "note.stalled_since": (
        "Stalled since {since:moment}. It may still be running: check the cloud console, then "
        "press *Keep waiting* or *Look again*."
    ),
    "note.failed": "{why:sentence:500}. [{code:text:60}]",
    "note.surfaced": (
        "It was executed after all: the cloud shows remote task {task:code}. "
        "Run {/ops status <target>} to see what runs."
    ),
    "note.call_rejected": "The API rejected *{step:text:60}*; nothing changed.",
    "note.request": "Request ID for the vendor: {request:code}.",
    "note.continued_by": "Continued by {operation:code}.",
    "note.recovery": "*{option}*: {explanation:reason:200}.",
    "note.rolled_back_by": "Rolled back by {operation:code}.",
    "note.no_way_back": "No way back: {why:reason}.",
    "note.no_rollback": "Rollback is not available: {why:reason}.",
}
