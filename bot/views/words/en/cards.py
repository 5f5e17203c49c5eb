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


def _cause(params: Params) -> str:
    """Say what the row that failed says; without one, what is known of the whole."""
    if params.get("words"):
        return "{words:text:300}"
    return "job ended with status {status:text:60}[[: {row:text:80}]]"


def _progress(params: Params) -> str:
    """Count tasks; the vendor's word says no more than that it runs, and is in Details."""
    if params.get("done") is None:
        return ""
    return "{done:count:task} done"


def _step(params: Params) -> str:
    """Say which nodes are upgraded now; the percentage has its place beside."""
    if params.get("nodes") and params.get("upgrading"):
        more = " and {more} more" if params["more"] else ""
        return "{upgrading:list}" + more + " of {nodes:count:node} upgrading"
    return "" if params.get("progress") else "{status:text:60}"


def _found(params: Params) -> str:
    """Count what a precheck found; the card and the reply list it below."""
    counts = [name for name in ("exceptions", "risks") if params[name]]
    what = " and ".join("{" + name + ":count:" + name[:-1] + "}" for name in counts)
    return "the precheck found " + (what or "nothing")


_ADOPTED: Final = (  # why a remote task is the lost call's; Details and the thread tell it
    *("adopted.known", "adopted.task", "adopted.step", "adopted.change", "adopted.revision"),
    *("adopted.deletion", "adopted.release", "adopted.gone", "adopted.component"),
)
_DOING: Final[Mapping[str, str]] = {
    "deploy": "Deploying",
    "cce-cluster.deploy": "Upgrading",
    "rollback": "Rolling back",
    "restart": "Restarting",
    "start": "Starting",
    "stop": "Stopping",
    "scale": "Scaling",
    "create": "Creating",
    "delete": "Deleting",
}
_DONE: Final[Mapping[str, str]] = {
    "deploy": "*{target:name}* is on *{after}*[[ (was {before})]]",
    "rollback": "*{target:name}* is back on *{after}*[[ (was {before})]]",
    "restart": "*{target:name}* was restarted",
    "start": "*{target:name}* was started",
    "stop": "*{target:name}* was stopped",
    "scale": "*{target:name}* has *{after}*[[ (was {before})]]",
    "create": "*{target:name}* was created[[: *{after}*]]",
    "delete": "*{target:name}* was deleted",
}
_UNDONE: Final[Mapping[str, str]] = {
    "deploy": "*{target:name}* did not reach *{after}*",
    "rollback": "*{target:name}* did not get back to *{after}*",
    "restart": "*{target:name}* did not restart",
    "start": "*{target:name}* did not start",
    "stop": "*{target:name}* did not stop",
    "scale": "*{target:name}* did not reach *{after}*",
    "create": "*{target:name}* was not created",
    "delete": "*{target:name}* was not deleted",
}

CARDS: Final[Mapping[str, Template]] = {
    "card.to": "*{target:name}* → *{after}*[[   _from {before}_]]",
    "card.back_to": "*{target:name}* back to *{after}*[[   _from {before}_]]",
    "card.does": "*{action} {target:name}*[[   {what}]]",
    "card.did": "*{action} {target:name}*[[ ({what})]]",
    "card.nothing_sent": "Nothing was sent",
    "card.replicas": "{replicas:count:replica}",
    "card.needs": ("*Needs {missing:count:approval}*[[ from {who:people}]] · open until {until}"),
    "card.needs_more": (
        "*Needs {missing:count:more approval}*[[ from {who:people}]] · open until {until}"
    ),
    "card.gate_missing": ("{gate:name}: {count} of {needed}[[ from {who:people}]]"),
    "card.gate_open": "{gate:name}: {count} of {needed}[[, by {given:all_named}]]",
    "card.needs_gates": "*Needs {missing:count:approval}* · open until {until}",
    "card.doing": "*{doing}*[[ · step {step} of {total}]][[{done}]]",
    "card.waits": "*Waiting for a decision*: {detail:reason}",
    "card.uncertain": "*Uncertain*: the answer to *{step}* was lost, so it may have been executed",
    "card.stalled": "*Stalled* at {step} since {since}: {why:reason}",
    "card.done": "{words}[[ · {length:duration}]]",
    "card.failed": "{words} — *{why}*",
    "card.cause": "{why:reason:500}",
    "card.left": "Runs as of {at:moment}:[[ *{version:name}* ·]] {health}",
    "card.quiet": "{headline}: {why:reason:500}",
    "card.rejected": "{headline} was rejected by {by:named}: {why:reason:500}",
    "card.rejected_without_reason": "{headline} was rejected by {by:named}; no reason given",
    "card.expired": "{headline} expired: nobody decided in time",
    "card.turn_lapsed": "{headline} expired: {why:reason:500}",
    "card.cancelled": "{headline} was cancelled by {by:named}[[: {why:reason:500}]]",
    "card.asked": "Asked by {by:named} {at}",
    "card.approver": "{by:named}[[ for {of:named}]]",
    "card.people_in_place": "{by:named}, approved by {who}[[ and {more} more]]",
    "card.people": "{by:named}[[, approved by {who:all_named}]][[ and {more} more]]",
    "card.as_of": "as of {at}",
    "card.because": "“{reason:text:500}”",
    "card.started": "Started {at}",
    "card.failed_at": ("Failed at {step}[[, {at} of {of}]][[, after {length:duration}]]"),
    "card.way_back": ":leftwards_arrow_with_hook: can be rolled back to {version}",
    "card.compare": "{url:link:what changed}",
    "card.console": "{url:link:console}",
    **{f"doing.{action}": words for action, words in _DOING.items()},
    **{f"done.{action}": words for action, words in _DONE.items()},
    **{f"undone.{action}": words for action, words in _UNDONE.items()},
    "cause.task_failed.ended": _cause,
    "cause.task_failed.findings": _found,
    "brief.task_failed.findings": _found,
    "brief.task_failed.ended": (
        "Job {task:text:80} ended with status {status:text:60}[[ at {row:text:80}]]"
    ),
    **{f"brief.{each}": "its answer was lost, but what it started was found" for each in _ADOPTED},
    "brief.task.progress": _progress,
    "brief.task.step": _step,
    "card.text": "{symbol} {subject}: {state}{time}",
    "card.requested": "Requested by {by:named}[[: {reason:text:500}]]",
    "card.more_changes": "… {more:count:more change}, see Details",
    "card.more_findings": "… {more} more, see Details",
    "time.in": " in {length:duration}",
    "time.after": " after {length:duration}",
    "time.so_far": ", {length:duration} so far",
    "time.usual": "usually {half:duration} to {most:duration}",
    "time.usual_minutes": "usually {half}\u2013{most} min",
    "time.usual_one": "usually {half:duration}",
    "time.due": "done about *{at}*[[ ({usual})]]",
    "time.due_most": "nine of ten are done by *{at}*[[ ({usual})]]",
    "time.percent": "{percent} %",
    "time.last": "last time {length:duration}",
    "step.line": "*{title}* {word}",
    "step.took": ", {length:duration}",
    "step.since": ", since {at:moment}",
    "step.task": "remote task {task:code}",
    "step.rows": "{done} of {total:count:task}",
    "note.held": "Held back: {why:reason:500}. It goes on by itself when that ends.",
    "note.will_be_held": "{why:sentence:500}. This will be held back until that ends.",
    "note.glass_broken": "{by:person} *broke the glass*.",
    "note.passed_over": "Passed over: {why:reason:300}.",
    "note.review_due": "A review by somebody else is due by {due:moment}.",
    "note.justified": "Reviewed by {by:person}: *justified*[[, “{note:text:500}”]].",
    "note.not_justified": "Reviewed by {by:person}: *not justified*[[, “{note:text:500}”]].",
    "note.in_line": (
        "Place {position} in line for {target:name}[[, behind {holder}]][[ by {by:named}]]"
        "[[. Expected to start {at:moment}]]."
    ),
    "note.offered": (
        "{who:named} can press *Start now* until {until:moment}; after that it expires, and the "
        "next one in line starts."
    ),
    "note.stepped_aside": (
        "Stepped aside for the rollback {rollback:code}: its plan and approvals are void. It goes "
        "on after that, with a new plan."
    ),
    "note.awaits": _awaits,
    "note.behind": (
        "{by:named} rolled {target:name} back from {before:reason} to {after:reason} {at:moment} "
        "({operation:code}); this goes one further back."
    ),
    "note.nothing_sent": "Nothing was sent.",
    "note.late": "*Late*: hardly any took longer than {most:duration}",
    "note.stuck": "*Stuck?* Nothing has moved since {moved}; none took longer than {most:duration}",
    "note.said_not_executed": (
        "Reported as not executed by {said:all_named}; {left:count:more approver} must confirm."
    ),
    "note.said_executed": (
        "Reported as executed by {said:all_named}; {left:count:more approver} must confirm."
    ),
    "note.by_word": (
        "The answer of its API was lost; {who:all_named} decided that the call was executed."
    ),
    "note.may_decide": (
        "If the cloud console shows no trace of it, press *Not executed*; otherwise press "
        "*It was executed*. That takes {deciders:count:approver}."
    ),
    "note.decide_later": (
        "Slipway will not resend it and is checking what it started; the target stays locked. "
        "Approvers can press *Not executed* from {at} on."
    ),
    "note.stalled": (
        "It may still be running: check the cloud console, then press *Keep waiting* or "
        "*Look again*."
    ),
    "note.failed": "{why:sentence:500}. [{code:text:60}]",
    "note.surfaced": (
        "It was executed after all: the cloud shows remote task {task:code}. "
        "Run {/ops status <target>} to see what runs."
    ),
    "note.call_rejected": "The API rejected *{step:text:60}*; nothing changed.",
    "note.continuation_asked": "{operation:code} is to continue it.",
    "note.continued_by": "Continued by {operation:code}.",
    "note.recovery": "*{option}*: {explanation:reason:200}.",
    "note.rolled_back_by": "Rolled back by {operation:code}.",
    "note.rollback_asked": "A rollback was requested: {operation:code}.",
    "note.countdown": "*Rolls back to {version:text:60}* at {until:clock} by itself.",
    "note.countdown_held": "{by:named} stopped the rollback: *not rolled back by itself*.",
    "note.countdown_forgone": "*Not rolled back by itself*: {why:reason:300}.",
    "note.no_way_back": "*No way back*: {why:reason}.",
}
