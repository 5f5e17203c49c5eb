"""English: proposals of hooks, and what is said of those that are over."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template, Words

_OPEN: Final = "Type {/incident open} to open an incident all the same."

PROPOSALS: Final[Mapping[str, Words]] = {
    "unknown_proposal": Words(
        "this proposal is no longer kept.", "Type {/deploy <target> <version>} instead."
    ),
    "told.alerts_over": Words(
        "resolved, says hook {hook:code}: {titles:list}[[ and {more:count:more alert}]]."
    ),
    "told.confirm_subscription": Words(
        "hook {hook:code} gets nothing of {topic:code:300} until somebody opens this address: "
        "{url:code:1500}."
    ),
    "proposal_over.taken": Words("{by:person} has already asked for it: {operation:code}."),
    "proposal_over.dismissed": Words(
        "{by:person} has dismissed it.", "Type {/deploy <target> <version>} to deploy it anyway."
    ),
    "proposal_over.superseded": Words(
        "a newer version was proposed meanwhile.",
        "Look at the card again, or type {/deploy <target> <version>}.",
    ),
    "proposal_over.alert_taken": Words("{by:person} has already taken it up in {incident:code}."),
    "proposal_over.alert_dismissed": Words("{by:person} has dismissed it.", _OPEN),
    "proposal_over.alert_superseded": Words(
        "a newer alert has come since, and has a card of its own.",
        "Look at that card, or type {/incident open}.",
    ),
    "proposal_over.alert_expired": Words("nobody opened an incident in time.", _OPEN),
    "proposal_over.resolved": Words("the alert is over.", _OPEN),
    "proposal_over.expired": Words(
        "the proposal has expired.", "Type {/deploy <target> <version>} to deploy it anyway."
    ),
}
PROPOSAL_PHRASES: Final[Mapping[str, Template]] = {
    "noted.dismissed": "Dismissed what was proposed for {name:name}.",
    "proposal.head": "*{version:name}* of *{target:name}* can be deployed",
    "proposal.head_over": "*{version:name}* of *{target:name}* was proposed",
    "proposal.text": "{version:name} of {target:name} can be deployed ({hook:name}).",
    "proposal.text_over": "{version:name} of {target:name} was proposed ({hook:name}).",
    "proposal.from": "Proposed by hook {hook:code}[[ for {by:text:200}]], {at:moment}",
    "proposal.note": "{note:text:200}",
    "proposal.digest": "Built as {digest:code}; a tag may have moved since.",
    "proposal.until": "Expires {until:moment}",
    "alert.head": "*{title:text:200}*",
    "alert.text": "{title:text:200}: {targets:list} ({hook:name}).",
    "alert.targets": "{firing:count:alert} firing on {targets:list}, severity {severity}",
    "alert.targets_over": "Fired on {targets:list}, severity {severity}",
    "alert.from": "Seen by hook {hook:code}, {at:moment}",
    "alert.more": "{count:count:alert} so far",
    "alert.taken": "{by:person} took it up in {incident:code}",
    "alert.joined": (
        "{incident:name} is open for it already[[, in {channel:channel}]]: its timeline has the "
        "alert now."
    ),
    "alert.resolved": "Resolved: nothing fires any more",
    "button.open_proposed": "Open incident",
    "button.alert_label": "{button:text}: {targets:list}",
    "proposal.taken": "{by:person} asked for it: {operation:code}",
    "proposal.dismissed": "Dismissed by {by:person}",
    "proposal.superseded": "Replaced by a newer proposal",
    "proposal.expired": "Expired: nobody asked for it",
    "button.deploy_proposed": "Deploy {version:text:60}",
    "button.dismiss": "Dismiss",
    "button.proposal_label": "{button:text}: {version:text:40} of {target:text}",
}
