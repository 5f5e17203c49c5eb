"""English: answers to commands and presses, and what people ask for."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.en.service import READ_IT, UNREADABLE
from bot.views.words.template import Params, Template

_BY_ITSELF: Final = "The queue is down; it {} by itself when the queue is back"


def _waiting_for(params: Params) -> str:
    whose = "{connection:name}" if params.get("connection") else "Slack"
    return (
        f"{{operation:name}} waits for {whose}, which has given no usable answer since "
        "{since:clock}[[: {because:reason}]]. Nothing was sent. Slipway keeps trying"
        "[[ until {until:moment}]]; {/ops cancel <operation>} withdraws it."
    )


ANSWERS: Final[Mapping[str, Template]] = {
    "answer.recorded": (
        "Recorded as {operation:name}: {subject}. Its card is in {channel:channel}."
    ),
    "answer.waiting": "Waiting for {needed:count:approval}[[ from {who:people}]].",
    "answer.waiting_queue_down": (
        _BY_ITSELF.format("continues")
        + ", then waits for {needed:count:approval}[[ from {who:people}]]."
    ),
    "answer.in_line": (
        "Waiting in line: place {position}[[, behind {holder:name}]]"
        "[[. Expected to start {at:moment}]]. It is planned when its turn comes."
    ),
    "answer.in_line_queue_down": (
        "Waiting in line: place {position}. The queue is down; it moves on by itself when the "
        "queue is back."
    ),
    "answer.replaces": "It takes the place of {replaces:name}, which is cancelled.",
    "answer.passes": "{passes:name} steps aside for it, and goes on after it.",
    "answer.starting": "Starting now. Follow it on its card.",
    "answer.queue_down": _BY_ITSELF.format("starts") + ". There is no need to repeat it.",
    "answer.repeated": (
        "Already recorded as {operation:name}; its card is in {channel:channel}. "
        "No second operation was created."
    ),
    "answer.done": "Done: {operation:name}.",
    "answer.unchanged": "{operation:name}: {why:reason}.",
    "answer.unchanged_named": "{why:sentence}.",
    "answer.approved_by": "Approved by {who:people}.",
    "answer.form_reject": "Give the reason for rejecting {operation:name} ({subject}) in the form.",
    "answer.form_recovery": (
        "Give the reason for continuing {operation:name} ({subject}) in the form."
    ),
    "answer.parked": (
        f"{{operation:code}} {UNREADABLE}. Nothing of it is sent, and its target stays locked. "
        f"{READ_IT}"
    ),
    "answer.waiting_for": _waiting_for,
    "answer.directly": (
        "Slipway cannot post in {channel:channel} ({code:code}), so you get this here. {text}"
    ),
    "denied.who": "Ask: {who:people}",
    "denied.rule": "Rule: {rule:code:200}",
    "denied.nothing_recorded": "Nothing was recorded.",
    "dry_run.head": "*Dry run: {action} {target:name}*",
    "dry_run.steps": "Steps: {steps:list}",
    "dry_run.more_steps": "Steps: {steps:list}, {more} more",
    "answer.glass_broken": (
        "The glass is broken: this is said in the channel, and somebody else has to review it by "
        "{due:moment}."
    ),
    "dry_run.gate": "Approvals needed at {gate:name}: {approvals}[[ from {who:people}]]",
    "dry_run.approvals": "Approvals needed: {approvals}[[ from {who:people}]]",
    "dry_run.no_approvals": "Approvals needed: none",
    "dry_run.barred": "It would be refused now: {why:reason:500}.",
    "dry_run.passed_over": "It would pass over this: {why:reason:500}.",
    "dry_run.glass_broken": "Approvals needed: none, but somebody else reviews it afterwards",
    "dry_run.check_passed": "The cloud has checked it and has no objection.",
    "dry_run.check_refused": "The cloud would refuse it: {why:reason:300}.",
    "dry_run.check_unknown": "The cloud could not check it: {why:reason:300}.",
    "dry_run.nothing": "Nothing was recorded, and nothing will happen.",
    "dry_run.nothing_yet": "Nothing has been recorded yet.",
    "status.head": "*{target:name}*: {headline:reason}",
    "status.fact": "{name:label}: {value:reason:200}",
    "status.can_cancel": "{/ops cancel <target>} closes the open workflow.",
    "status.operation": "{symbol:text} {subject}: *{state:text}* {operation:code}",
    "status.unreadable": (
        "{symbol:text} {action:action} {target:name}: *cannot be read* {operation:code}; "
        "see {/ops status <operation>}"
    ),
    "status.in_progress": "In progress: {operation}",
    "status.waiting": "In line: {waiting}; see {/ops queue <target>}",
    "queue.head": "*Queue of {target:name}*",
    "queue.free": "Nobody is changing it, and nobody waits.",
    "queue.holder": "In progress: {operation}",
    "queue.spot": (
        "{position}. {operation} · {by:person}, waiting since {since:moment}"
        "[[, expected to start {at:moment}]]"
    ),
    "queue.offered": ("{operation} · {by:person} can start it until {until:moment}"),
    "status.latest": "Latest: {operation}[[ {at:moment}]]",
    "status.requested": "Requested by {by:person} {at:moment}[[: {reason:text:500}]]",
    "status.state": "{state}[[ by {by:person}]][[: {why:reason:500}]]",
    "status.expired": "nobody decided in time",
    "status.card": "{url:link:its card}",
    "history.head": "*What people did*",
    "history.at": "{at:moment}: {words}",
    "history.requested": "{who:person} requested {action:name} ({subject:code})",
    "history.glass_broken": (
        "{who:person} *broke the glass* for {action:name} ({subject:code})[[: {reason:text:120}]]"
    ),
    "history.approval_given": "{who:person} approved {subject:code}[[ for {behalf:person}]]",
    "history.approval_refused": "{who:person} rejected {subject:code}[[: {reason:text:120}]]",
    "history.withdrawn": "{who:person} cancelled {subject:code}",
    "history.reviewed": lambda params: (
        "{who:person} reviewed {subject:code}: "
        + ("justified" if params["verdict"] == "justified" else "not justified")
    ),
    "history.locked": "{who:person} locked {subject:name}[[: {reason:text:120}]]",
    "history.unlocked": "{who:person} unlocked {subject:name}[[: {reason:text:120}]]",
    "history.freeze_begun": "{who:person} froze {subject:name}[[: {reason:text:120}]]",
    "history.freeze_ended": "{who:person} thawed {subject:name}",
    "history.halt_begun": "{who:person} halted everything[[: {reason:text:120}]]",
    "history.halt_ended": "{who:person} resumed everything",
    "entries.history": "*History of {target:name}* ({count})",
    "entries.no_history": "The cloud shows no history of {target:name}.",
    "entries.revisions": "*Revisions {target:name} can roll back to* ({count})",
    "entries.no_revisions": (
        "There is no earlier revision of {target:name} to roll back to[[: {why:reason}]]."
    ),
    "entries.status": "{status:status}",
    "entries.current": "*runs now*",
    "entries.no_way_back": "not available for rollback",
    "discovered.head": "*What {connection:name} has*[[ with {words:list}]] ({count})",
    "discovered.more": (
        "… {more} more. {/ops discover <connection> release} lists those with `release` in them, "
        "and so on with any word"
    ),
    "discovered.target": "target {target:code}",
    "discovered.unlisted": "{system:name} cannot be listed: {why:reason:200}",
    "discovered.new": "*Not in slipway.yaml yet* ({count}). Add what you want under `targets:`",
    "discovered.new_more": (
        "… {more} more. `slipway discover {connection:name}` prints them all, ready to paste"
    ),
    "health.head": "*How Slipway is*",
    "health.part_database": "The journal can be written",
    "health.part_database_lost": "The journal cannot be written ({error:code})",
    "health.part_redis": "Redis can be written",
    "health.part_redis_lost": (
        "Redis cannot be written ({error:code}): changes wait until it is back"
    ),
    "health.part_slack": "Slack accepts the bot's token",
    "health.part_slack_lost": "Slack does not accept the bot's token ({error:code})",
    "health.part_configuration": "slipway.yaml has no faults ({targets:count:target})",
    "health.part_configuration_lost": (
        "slipway.yaml has faults, so its last content without faults is in force; "
        "`slipway config check` lists them"
    ),
    "health.waiting": (
        "{count:count:message} not yet in Slack, the oldest for {age:duration}: "
        "are the workers running?"
    ),
    "health.unknown": "Slack knows nothing called {names:list}: it counts as nobody",
    "health.connection": "{connection:code} answers (asked about {target:name})",
    "health.refused": (
        "{connection:code} gives no usable answer about {target:name}: {why:reason:200}"
    ),
    "health.late": "{connection:code} has not answered about {target:name} in time",
    "health.more": "`slipway doctor` on the bot's host checks more, and says what to do.",
    "versions.head": "*Versions of {target:name}* ({count})",
    "versions.of_history": (
        "*Versions of {target:name}* ({count}), as its history has them: the cloud lists no others"
    ),
    "versions.none": "The cloud lists no version of {target:name}.",
    "values.head": "*Values of {target:name}*[[ with {word:code}]], chart {chart:name}",
    "values.present": "*Set* ({count})",
    "values.no_present": "The cloud does not tell which values are set now.",
    "values.defaults": "*Defaults of the chart* ({count})",
    "values.no_defaults": "The defaults of the chart cannot be read.",
    "values.more": "… {more} more. {/ops values <target> image} lists those with `image` in them",
}
