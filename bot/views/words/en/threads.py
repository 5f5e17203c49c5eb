"""English: the replies in an operation's thread."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

THREADS: Final[Mapping[str, Template]] = {
    "thread.named": "{named}: {words}",
    "thread.nothing_sent": "Nothing was sent",
    "thread.request": "Request ID {request:code}",
    "thread.to_decide": "Decision needed from {who:people}",
    "thread.to_know": "For {who:people}",
    "thread.look_at": "Look at remote task {task:code} in the cloud console",
    "thread.seen_last": "Last seen: {detail}",
    "thread.ran_late": "*{named} is late*: hardly any took so long[[ ({usual})]]",
    "thread.seemed_stuck": (
        "*{named} may be stuck* at {step}: nothing has moved since {moved:moment}, and none took "
        "longer than {most:duration}"
    ),
    "thread.quarter": "*{step}* is past {quarter} %[[: {seen}]]",
    "thread.decision_awaited": (
        "*{named} still waits for a decision*, since {since:moment}. {who:person}, choose what "
        "happens next"
    ),
    "thread.more_findings": (
        "… {more} more, listed by `slipway operations show --json {operation:name}`"
    ),
    "thread.approval_wanted": "*{subject}* needs {needed:count:approval}",
    "thread.glass_broken": "*{by:person} breaks the glass*: {subject}[[, “{why:text:500}”]]",
    "thread.review_until": "A review is due by {due:moment}",
    "thread.review_reminded": (
        "*Review wanted*[[ from {who:people}]] by {due:moment}: was it right to break the glass?"
    ),
    "thread.review_overdue": (
        "*Review overdue* since {due:moment}[[, wanted from {who:people}]]: was it right to break "
        "the glass?"
    ),
    "thread.justified": "{by:person} reviewed it: *justified*[[, “{note:text:500}”]]",
    "thread.not_justified": "{by:person} reviewed it: *not justified*[[, “{note:text:500}”]]",
    "thread.approval_reminded": lambda params: (
        "*Still waiting for {missing:count:approval}*[[ from {who:people}]], due by {until:moment}"
        + (". From now on {escalated:people} can approve, too" if params["escalated"] else "")
    ),
    "thread.plan_refused": "*{word:text}*: {why:reason} [{code:text:60}]",
    "thread.approved": "Approved by {by:named}[[ for {of:named}]][[ ({place} of {needed})]]",
    "thread.approved_last": (
        "Approved by {by:named}[[ for {of:named}]] ({place} of {needed}): *all approvals are in*"
    ),
    "thread.approvals_voided": "*Approvals voided*: {why:reason:500}",
    "thread.plan_changed": "*Plan changed*: {why:reason:500}",
    "thread.would_be": "The change is now {change}",
    "thread.rejected": "*Rejected* by {by:named}: {why:reason:500}",
    "thread.rejected_without_reason": "*Rejected* by {by:named}; no reason given",
    "thread.approval_lapsed": "*Expired*: nobody decided in time. Nothing was sent.",
    "thread.cancelled": "*Cancelled* by {by:named}[[: {why:reason:500}]]",
    "thread.held_back": ("*Held back*: {reason:reason:500}. It goes on by itself when that ends"),
    "thread.turn_came": (
        "{requester:person}, *it is the turn of {named}*. Slipway is reading the live state"
    ),
    "thread.turn_taken": "{by:person} starts *{named}* now. Slipway is reading the live state",
    "thread.turn_offered": (
        "{requester:person}, *it is the turn of {named}*. It has waited a long time: press "
        "*Start now* by {until:moment}, or it expires"
    ),
    "thread.turn_lapsed": (
        "*Expired*: {requester:person} did not start it in time. Nothing was sent"
    ),
    "thread.stepped_aside": (
        "*Stepped aside* for the rollback {rollback:code} by {by:person}. The plan and approvals "
        "are void; it goes on after that, with a new plan"
    ),
    "thread.extended": "Added *{steps:list}* first: {why:reason}",
    "thread.not_accepted": "*{step}* was not accepted: {why:reason}",
    "thread.retrying": "Nothing was executed. Retrying {at:moment}",
    "thread.accepted": "*{step}* was accepted as remote task {task:code}",
    "thread.call_rejected": "*{named} failed* at {step}: the API rejected the call",
    "thread.rejection": "{why:reason} [{code:text:60}]",
    "thread.answer_lost": (
        "*{named} is uncertain* at {step}: the request was sent {sent:moment} and got no usable "
        "answer: {why:reason}"
    ),
    "thread.checking": (
        "Slipway will not resend it and is checking what it started. "
        "Approvers can decide from {at:moment} on"
    ),
    "thread.adopted": "The lost call of *{step}* had started remote task {task:code}",
    "thread.watching": "Slipway is watching it now",
    "thread.no_trace": "*No trace of the lost call was found*: {why:reason}",
    "thread.may_decide": (
        "Approvers can check the cloud console and press *Not executed* or *It was executed*"
    ),
    "thread.said_not_executed": (
        "{by:named} says the lost call *was not executed* ({said} of {needed})"
    ),
    "thread.must_confirm": "{left:count:more approver} must confirm",
    "thread.not_executed": (
        "*{named} failed*: {by:named} decided that the lost call was not executed"
    ),
    "thread.said_executed": ("{by:person} says the lost call *was executed* ({said} of {needed})"),
    "thread.executed": ("*{named} succeeded*: {by:person} decided that the lost call was executed"),
    "thread.unlocked": "The target is unlocked",
    "thread.executed_late": (
        "*The lost call of {named} was executed after all*: the cloud shows remote task {task:code}"
    ),
    "thread.not_tracked": "Slipway does not track it. Run {/ops status <target>} to see what runs",
    "thread.rollback_held": "{by:named} stops it: *{target:name} is not rolled back by itself*",
    "thread.rollback_begun": (
        "Nobody said no: *Slipway rolls {target:name} back*, by {rollback:code}"
    ),
    "thread.rollback_forgone": "*{target:name} is not rolled back by itself*: {reason:reason:500}",
    "thread.rollback_coming": (
        "*Slipway rolls {target:name} back to {version:text:60}* at {until:clock} by itself. Press "
        "*Do not* to keep it as it is"
    ),
    "thread.stalled": "*{named} is stalled* at {step}: {why:reason}",
    "thread.may_still_run": "It may still be running. Check it, then keep waiting or look again",
    "thread.wait_extended": "{by:named} extended the wait by {extra:duration}",
    "thread.wait_until": "Until {until:moment}",
    "thread.seen": "*{step}*: {note:reason}",
    "thread.waits": (
        "*{named} waits for a decision*: {detail:reason}. {who:person}, choose what happens next"
    ),
    "thread.step_added": "{by:named} continues: *{option}*[[, because {why:text:500}]]",
    "thread.taken_back": "{by:named} is rolling *{named}* back before its end",
    "thread.own_card": "The rollback has its own card",
    "thread.succeeded": "*{subject} succeeded*[[ in {length:duration}]]",
    "thread.step_succeeded": "*{step}* succeeded[[ in {length:duration}]]. Next: {next}",
    "thread.failed": "*{subject} failed* at {step}[[ after {length:duration}]]: {why}",
}
