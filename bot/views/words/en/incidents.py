"""English: incidents, what they hold, and what is told of them."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.views.words.en.rules import ALONE
from bot.views.words.template import Params, Template, Words

_STEPS: Final[Mapping[str, str]] = {
    "channel": "create the channel",
    "topic": "set the topic",
    "purpose": "set the purpose",
    "pin": "pin the card",
    "bookmark": "bookmark the card",
    "invite": "invite {who:people}",
    "announcement": "announce it elsewhere",
    "mark": "read a message that was marked",
    "export": "upload the timeline as a file",
    "canvas": "write it into a canvas of the channel",
    "archive": "archive the channel",
}


_BARRED: Final[Mapping[str, str]] = {
    "bot": "bots cannot approve a fix.",
    "guest": "guests cannot approve a fix.",
    "stranger": "people of other workspaces cannot approve a fix.",
    "deactivated": "this account is deactivated.",
}
_GONE: Final[Mapping[str, str]] = {
    "bot": "The lead is a bot",
    "guest": "The lead is a guest now",
    "stranger": "The lead belongs to another workspace now",
    "deactivated": "The lead's account was deactivated",
}


def _barred(params: Params) -> str:
    return _BARRED.get(str(params["kind"]), "this account cannot approve a fix.")


def _either(led: str, unled: str) -> Callable[[Params], str]:
    """Return *led* where a person leads, *unled* where a hook has opened it and nobody does yet."""
    return lambda params: led if params.get("lead") else unled


def _lead_gone(params: Params) -> str:
    happened = _GONE.get(str(params["why"]), "The lead cannot use Slipway any more")
    return (
        f"{happened}. Take the lead: {{/incident lead}}. Until somebody does, no fix can be "
        "approved here; rollbacks pass."
    )


# Source: https://docs.slack.dev/reference/methods/conversations.canvases.create (errors)
_NO_CANVAS: Final[Mapping[str, str]] = {
    "team_tier_cannot_create_channel_canvases": "This workspace's plan has no canvases",
    "canvas_disabled_user_team": "This workspace has switched canvases off",
    "channel_canvas_already_exists": "The channel has a canvas of its own, which stays as it is",
}
_INSTEAD: Final[Mapping[str, str]] = {
    "export": " `slipway incidents export` prints it.",
    "canvas": " The file has it all.",
}


def _step_failed(params: Params) -> str:
    if params["step"] == "canvas" and params["code"] in _NO_CANVAS:
        return (
            f"{_NO_CANVAS[str(params['code'])]} ({{code:code}}): the file has the whole timeline."
        )
    does = _STEPS.get(str(params["step"]), "do {step:name}")
    if not params.get("who"):
        does = does.replace("invite {who:people}", "invite people")
    more = "[[, {detail:text:200}]]" if params.get("detail") else ""
    instead = _INSTEAD.get(str(params["step"]), "")
    refused = f"Slack does not let Slipway {does} ({{code:code}}{more})."
    return f"{refused}{instead} Everything else goes on."


def _marked(params: Params) -> str:
    if params.get("is_edited"):
        return "[[{author:person}: ]]{text:text:500} (edited after {by:person} marked it)"
    return "[[{author:person}: ]]{text:text:500} (marked by {by:person})"


def _frozen(params: Params) -> str:
    named = "[[ ({title:text:150})]]" if params.get("title") else ""
    return f"{{incident:name}}{named} freezes changes while it is open, since {{since:moment}}."


def _way_through(params: Params) -> str:
    where = "{channel:channel}" if params.get("channel") else "its channel"
    return (
        f"Rollbacks pass. To mend something, ask for it in {where}: {{lead:person}}, who leads the "
        "incident, approves it there."
    )


INCIDENTS: Final[Mapping[str, Words]] = {
    "unknown_incident.here": Words(
        "this channel belongs to no incident.",
        "Type it in the incident's channel, or name the incident: {/incident list} shows them.",
    ),
    "unknown_incident": Words(
        "there is no incident {word:code} that you can see.", "See {/incident list}."
    ),
    "not_allowed.incident_open": Words(
        "you cannot open incidents.", "Ask one of them.", alone=ALONE
    ),
    "not_allowed.incident_close": Words(
        "only the opener, the lead and approvers of its targets can close it or remove one.",
        "Ask one of them.",
    ),
    "bad_lead.barred": Words(
        lambda params: "{lead:person} cannot lead: " + _barred(params),
        "Name a member of this workspace, or take the lead: {/incident lead}.",
    ),
    "bad_lead.unknown": Words(
        "{lead:person} cannot lead: Slack does not say who that is.",
        "Name someone else, or try again in a minute.",
    ),
    "unchanged.incident_closed": Words(
        "{incident:name} is closed. {/incident reopen} opens it again."
    ),
    "unchanged.incident_open": Words("{incident:name} is open."),
    "unchanged.incident_same": Words("that changes nothing about {incident:name}."),
    "frozen.by_incident": Words(_frozen, _way_through),
    "frozen.beside_incident": Words(
        "{incident:name}[[ ({title:text:150})]] freezes {target:name} as well, "
        "since {since:moment}.",
        "A fix that is asked for here passes {passes:name} alone. Take the target out of the other "
        "incident first, which {lead:person} leads: {/incident remove <incident> <target>}. "
        "Rollbacks pass.",
    ),
    "no_channel.incident": Words(
        "{incident:name} has no channel for the file.",
        "Print it: `slipway incidents export {incident:name}`.",
    ),
    "told.incident_step": Words(
        "Slack does not let Slipway create the channel of {incident:name} "
        "({word:code}[[, {detail:text:200}]]).[[ It freezes {frozen:list} all the same.]]"
    ),
}

INCIDENT_PHRASES: Final[Mapping[str, Template]] = {
    "incident_shortcut.mark": "Add to timeline",
    "incident_shortcut.mark_text": "Adds the message to the timeline of the incident.",
    "incident_state.open": "open",
    "incident_state.closed": "closed",
    "incident.headline": "*{title:text:150}*",
    "incident.status": "{symbol:text} *{state:text}* · severity {severity} · {incident:name}",
    "incident.text": _either(
        "{symbol:text} Incident {incident:name}, {state:text}, severity {severity}: "
        "{title:text:150}. {lead:person} leads it, since {since:moment}.",
        "{symbol:text} Incident {incident:name}, {state:text}, severity {severity}: "
        "{title:text:150}. Nobody leads it. Opened {since:moment}.",
    ),
    "incident.lead": "Lead",
    "incident.no_lead": "nobody; {/incident lead} makes it you",
    "incident.since": "Since",
    "incident.targets": "Targets",
    "incident.target": "{target:name}[[ runs {version:reason:60}]]",
    "incident.no_targets": "none; {/incident add <target>} adds one",
    "incident.frozen": lambda params: (
        "Changes to its targets are frozen. Rollbacks pass; a fix passes if it is requested "
        + ("in {channel:channel}" if params.get("channel") else "here")
        + " and {lead:person} approves it."
    ),
    "incident.not_frozen": "Its targets are not frozen.",
    "incident.update": "*Latest update:* {text:lines:2000}",
    "incident.summary": "*Summary:* {text:lines:2000}",
    "incident.opened_by": "Opened by {by:person}",
    "incident.topic": (
        "SEV{severity} · {state:text}[[ · lead {lead:text:40}]][[ · {targets:list}]] · since "
        "{since:text}"
    ),
    "incident.purpose": "{title:text:150} ({incident:name})",
    "incident.bookmark": "Incident card",
    "incident_line.channel_made": (
        "{opener:person} opened an incident: *{title:text:150}*. Go to {channel:channel}."
    ),
    "incident_line.step_failed": _step_failed,
    "incident_line.update_given": "*Update* from {by:person}: {text:lines:2000}",
    "incident_line.lead_changed": "{lead:person} leads the incident from here.",
    "incident_line.waiting": "Waiting for approval by the lead: {operations:list}.",
    "incident_line.severity_changed": (
        "{by:person} set the severity from {before} to *{severity}*."
    ),
    "incident_line.targets_added": "{by:person} added {targets:list}.",
    "incident_line.targets_removed": "{by:person} removed {targets:list}.",
    "incident_line.update_asked": _either(
        "{lead:person}, the last update is {length:duration} old. What is new?",
        "[[{whom:people}: ]]nobody leads this incident, and the last update is {length:duration} "
        "old. Take the lead: {/incident lead}.",
    ),
    "incident_line.quiet_asked": _either(
        "{lead:person}, nothing has happened here for {length:duration}. Is the incident over?",
        "[[{whom:people}: ]]nobody leads this incident, and nothing has happened here for "
        "{length:duration}. Is it over?",
    ),
    "incident_line.lead_gone": _lead_gone,
    "incident_line.closed": (
        "*{by:person} closed the incident* after {length:duration}: {summary:lines:2000}"
    ),
    "incident_line.reopened": "{by:person} reopened the incident.",
    "incident_line.frozen": "Changes to the incident's targets are frozen.",
    "incident_line.thawed": "Its targets are thawed.",
    "incident_close.detected": "*Time to detect:* {length:duration} after the alert began",
    "incident_close.decided": "*Time to decide:* {length:duration}",
    "incident_close.restored": "*Time to restore:* {length:duration} ({what})",
    "incident_close.restored_by_none": "*Time to restore:* {length:duration}",
    "incident_close.cause": (
        "The change that was taken back ({cause:name}) was number {rank} of the suspects."
    ),
    "incident_close.operations": "*Operations:* {count}",
    "incident_close.operation": (
        "{what}: {state}, requested by {by:named}[[, approved by {approvers:all_named}]] "
        "({operation:name})"
    ),
    "incident_close.more": "{more} more",
    "incident_close.people": "*Who did what*",
    "incident_close.person": "{by:named}: {done}",
    "incident_did.operations": "{count:count:operation}",
    "incident_did.opened": "opened it",
    "incident_did.closed": "closed it",
    "incident_did.approvals": "{count:count:approval}",
    "incident_did.notes": "{count:count:note}",
    "incident_did.updates": "{count:count:update}",
    "incident_did.others": "{count:count:other step}",
    "incident_said.channel_made": _either(
        "*Incident, severity {severity}*: {title:text:150}[[ ({targets:list})]]. {lead:person} "
        "leads it in {channel:channel}.",
        "*Incident, severity {severity}*: {title:text:150}[[ ({targets:list})]]. Nobody leads it "
        "yet: {channel:channel}.",
    ),
    "incident_said.severity_changed": (
        "*{title:text:150}*: severity {before} → {severity}[[, {channel:channel}]]."
    ),
    "incident_said.closed": (
        "*{title:text:150}*[[ ({channel:channel})]] is closed after {length:duration}: "
        "{summary:lines:1000}"
    ),
    "incident_said.reopened": "*{title:text:150}* is open again[[ ({channel:channel})]].",
    "incident_button.lead": "Change lead",
    "incident_button.update": "Post update",
    "incident_button.close": "Close",
    "incident_form.open": "Open an incident",
    "incident_form.open_yes": "Open",
    "incident_form.lead": "Change the lead",
    "incident_form.lead_yes": "Change",
    "incident_form.update": "Post an update",
    "incident_form.update_yes": "Post",
    "incident_form.close": "Close the incident",
    "incident_form.close_yes": "Close",
    "incident_form.title": "What is wrong?",
    "incident_form.targets": "Which targets are affected?",
    "incident_form.severity": "Severity",
    "incident_form.severity_hint": "1 is the most severe, 4 the least.",
    "incident_form.private": "Private",
    "incident_form.private_option": "Only whoever is invited sees it",
    "incident_form.who": "Who leads it?",
    "incident_form.said": "How does it stand?",
    "incident_form.summary": "What happened, and what helped?",
    "incident_answer.form": "Fill in the form.",
    "incident_answer.opened": "Opened {incident:name}: {title:text:150}.",
    "incident_answer.under_way": "Still under way: {operations:list}.",
    "incident_answer.others": (
        "Its targets also belong to {incidents:list}; they thaw when the last of these closes."
    ),
    "incident_answer.frozen": "Changes to {targets:list} are frozen from now on.",
    "incident_answer.channel_comes": "Its channel follows in a moment, and you are invited.",
    "incident_answer.marked": "Added to the timeline of {incident:name}.",
    "incident_answer.noted": "Written down in {incident:name}.",
    "incident_answer.update_given": "Posted in {incident:name}.",
    "incident_answer.lead_changed": "{lead:person} leads {incident:name}.",
    "incident_answer.severity_changed": "{incident:name} has severity {severity}.",
    "incident_answer.targets_added": "Added {targets:list} to {incident:name}.",
    "incident_answer.targets_removed": "Removed {targets:list} from {incident:name}.",
    "incident_answer.closed": "Closed {incident:name}.",
    "incident_answer.exported": "The timeline of {incident:name} comes as a file in its channel.",
    "incident_answer.reopened": "Reopened {incident:name}.",
    "incident_list.head": "*Incidents* ({count})",
    "incident_list.none": "There are no incidents you can see.",
    "incident_list.line": (
        "{symbol:text} {incident:code} *{title:text:100}*, severity {severity}, {state:text} since "
        "{since:moment}[[, {channel:channel}]]"
    ),
    "incident_list.more": "… {more} more; `slipway incidents list` prints them all",
    "incident_timeline.head": "*Timeline*",
    "incident_timeline.entry": "{at:moment} {words}",
    "incident_timeline.onset": "the alert began to fire",
    "incident_timeline.opened": "{by:person} opened it",
    "incident_timeline.channel_made": "channel #{name:name} was created",
    "incident_timeline.update_given": "Update from {by:person}: {text:text:2000}",
    "incident_timeline.severity_changed": (
        "{by:person} set the severity from {before} to {severity}"
    ),
    "incident_timeline.closed": (
        "{by:person} closed the incident after {length:duration}: {summary:text:2000}"
    ),
    "incident_timeline.marked": _marked,
    "incident_timeline.message_deleted": (
        "[[{author:person}: ]]{text:text:100} (this message was deleted in Slack)"
    ),
    "incident_timeline.unmarked": "a message is not marked any more",
    "incident_timeline.noted": (
        "{by:person}: {text:text:300}[[ (and {more:count:further message} within a minute)]]"
    ),
    "incident_timeline.outside_seen": "changed outside Slipway: {words}",
    "incident_timeline.outside_change": (
        "{target:name}, revision {revision:name}[[ ({description:reason:100})]], "
        "{changed_at:moment}"
    ),
    "incident_timeline.exported": "{by:person} exported the timeline",
    "incident_timeline.operation_began": "{by:person} requested: {what} ({operation:name})",
    "incident_timeline.operation_broke_glass": (
        "{by:person} broke the glass: {what} ({operation:name}). {why:text:500}"
    ),
    "incident_timeline.operation_approved": "{by:person} approved: {what} ({operation:name})",
    "incident_timeline.operation_ended": "{what}: {state} ({operation:name})",
    "incident_export.severity": "Severity",
    "incident_export.state": "State",
    "incident_export.opener": "Opened by",
    "incident_export.lead": "Lead",
    "incident_export.targets": "Targets",
    "incident_export.opened": "Opened",
    "incident_export.closed": "Closed",
    "incident_export.lasted": "Lasted",
    "incident_export.length": "{length:duration}",
    "incident_export.detected": "Time to detect",
    "incident_export.decided": "Time to decide",
    "incident_export.restored": "Time to restore",
    "incident_export.operations": "Operations",
    "incident_export.people": "Who did what",
    "incident_export.none": "none",
    "incident_export.title": "{title:text:150} ({incident:name})",
    "incident_export.comment": "The timeline of {incident:name} as a document.",
    "incident_export.more": "… the file in the channel has the rest",
    "incident_export.summary": "Summary",
    "incident_export.timeline": "Timeline",
    "incident_timeline.more": "… {more} earlier entries",
    "incident_help.head": "*Incidents* freeze their targets, and have a channel of their own.",
    "incident_help.usage": "{usage:code:120} {does}",
    "incident_help.open": "opens one: a channel, its targets frozen",
    "incident_help.status": "how it stands, and its timeline",
    "incident_help.add": "freezes more targets",
    "incident_help.remove": "thaws one of them",
    "incident_help.lead": "you lead it, or someone else",
    "incident_help.severity": "1 is the worst",
    "incident_help.note": "writes into the timeline",
    "incident_help.update": "tells the channel how it stands",
    "incident_help.close": "ends it: its targets are thawed",
    "incident_help.reopen": "it is not over: its targets are frozen again",
    "incident_help.export": "its timeline as a file",
    "incident_help.list": "all incidents, the open ones first",
    "incident_help.help": "this help",
    "incident_help.here": (
        "In an incident's channel no id is typed; elsewhere it comes first: "
        '{/incident note inc-7f3k2a "…"}'
    ),
}
