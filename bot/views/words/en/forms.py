"""English: the forms of changes and what they offer to choose from; plain text but for `_text`."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

FORMS: Final[Mapping[str, Template]] = {
    "change_form.deploy": "Deploy",
    "change_form.rollback": "Roll back",
    "change_form.scale": "Scale",
    "change_form.create": "Create",
    "change_form.ask": "Request approval",
    "change_form.close": "Close",
    "change_form.target": "Target",
    "change_form.target_hint": "Type part of its name",
    "change_form.version": "Version",
    "change_form.version_hint": "Type a version, or choose one",
    "change_form.created_hint": "{version:text:60}, as the template says",
    "change_form.default_hint": "The default, if nothing is chosen",
    "change_form.replicas": "Replicas",
    "change_form.revision": "Version to go back to",
    "change_form.revision_hint": "The one before, if nothing is chosen",
    "change_form.reason": "Reason",
    "change_form.reason_wanted": "Policy {policy:text} requires a reason, except for a dry run.",
    "change_form.reason_public": "Everyone in the channel can read it.",
    "change_form.values": "Values",
    "change_form.values_hint": "One key=value per line",
    "change_form.dry_run": "Dry run",
    "change_form.dry_run_option": "Show the plan first",
    "change_form.dry_run_says": "Nothing is recorded.",
    "change_form.about_text": (
        "*{target:name}* · {title:system}[[ · runs *{runs:text:60}*]]"
        "[[ · {replicas:text:60} ready]]"
    ),
    "change_form.approvals_text": "needs {approvals:count:approval}[[ from {who:people}]]",
    "change_form.no_approval_text": "needs no approval",
    "change_form.held_text": "{why:sentence}.",
    "change_form.no_way_back_text": "{why:sentence}.",
    "preview.head_text": (
        "*{target:name}* on {connection:text:60} goes back from *{now:text:60}* to "
        "*{back:text:60}*."
    ),
    "preview.unread_text": (
        "The cloud has not told what would change. It is read again before anything is sent."
    ),
    "preview.stays_text": (
        "What {version:text:60} has written to databases, queues or files stays as it is."
    ),
    "choice.target": "{title:system}[[ · {policy:text}]]",
    "choice.typed": "As typed",
    "choice.current": "Runs now[[, since {at:moment}]][[ · {says:text}]]",
    "choice.deployed": "Deployed {at:moment}[[ · {says:text}]]",
    "choice.cloud": "{says:text}",
    "choice.listed": "Listed by the cloud",
    "choice.history": "Deployed here[[ {at:moment}]]: {phase:text}",
    "choice.requested": "Requested here[[ {at:moment}]]: {phase:text}",
    "choice.elsewhere": "Deployed to {where:text}",
    "choice.requested_elsewhere": "Requested for {where:text}",
}
