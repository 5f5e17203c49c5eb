"""English: what the rules say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words

_DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_BARRED: Final[Mapping[str, str]] = {
    "bot": "bots cannot use Slipway.",
    "guest": "guests cannot use Slipway.",
    "stranger": "people of other workspaces cannot use Slipway.",
    "deactivated": "this account is deactivated.",
}
_PAST_GATE: Final[Mapping[str, str]] = {
    "approved": "it is already approved.",
    "rejected": "it was already rejected.",
    "expired": "it has expired.",
    "cancelled": "it was already cancelled.",
    "needs_none": "it needs no approval.",
    "too_late": "the time for approval is over.",
}


def _spelled(params: Params) -> str:
    """Return the action as a verb: a rollback is a noun."""
    return "roll back" if params["action"] == "rollback" else "{action}"


def _frozen(params: Params) -> str:
    weekday = params.get("weekday")
    when = " until {until}" if params.get("until") else ""
    if isinstance(weekday, int) and 0 <= weekday < len(_DAYS):
        when = f" on {_DAYS[weekday]}"
    if params.get("ends"):
        when += ", until {ends:moment}" if weekday is not None else " until {ends:moment}"
        when = when.replace(" until {until}", "")
    return f"changes are frozen{when}" + (" ({words})." if params.get("words") else ".")


_ASK: Final = "Ask one of them."
_ASK_OR_JOIN: Final = "Ask one of them, or have your name added to the policy."
ALONE: Final = "slipway.yaml lists nobody for this: have somebody added there."
_MEND_NAME: Final = (
    "Correct it in slipway.yaml; `slipway doctor` checks every name. "
    "One that is new there is looked up within a minute."
)


def _not_newest(params: Params) -> str:
    return (
        "{newer:code} "
        + ("is changing" if params["is_open"] else "has since changed")
        + " {target}."
    )


RULES: Final[Mapping[str, Words]] = {
    "too_large.to_read": Words(
        "the plan has {length} characters; Slack can show {most} before it is approved.",
        "Change less at once, or put large values into the chart.",
    ),
    "unknown_operation": Words(
        "there is no such operation.", "See {/ops status} for those there are."
    ),
    "wrong_place": Words(
        "this button is not on a card of the operation.", "Use the operation's card."
    ),
    "not_ready": Words(
        "Slipway is still reading what runs now.", "Wait until the card shows the plan."
    ),
    "stale": Words(
        "the plan has changed since this card was drawn.", "Look at the card again, then decide."
    ),
    "not_newest": Words(_not_newest, "See what its card offers, or name a revision to go back to."),
    "rolled_back_lately": Words(
        "{by:person} rolled {target:name} back from {before:reason} to {after:reason} "
        "{at:moment} ({operation:code}), so this would go one further back.",
        "Look at {/ops status <target>} first. If {after:reason} is no good either, name what to "
        "return to: {/rollback <target> REVISION}; {/ops revisions <target>} lists them.",
    ),
    "gone_on_already": Words("it has gone on already"),
    "no_way_on": Words(
        "the operation cannot be continued like this.", "Use the buttons on its card."
    ),
    "too_early": Words(
        "the lost call may still take effect until {until:moment}.",
        "Decide after that; Slipway keeps looking.",
    ),
    "unsupported_action.steps_left": Words(
        "the steps after the lost call need what its answer would have told.",
        "Look again, or press Not executed and start anew.",
    ),
    "no_previous_revision.nothing_changed": Words(
        "there is nothing to roll back.", "See {/ops status <operation>}."
    ),
    "no_previous_revision.nothing_before": Words(
        "Slipway has no record of a version of {target:name} that ran before.",
        "{/rollback <target> <revision>} goes back to one that {/ops revisions <target>} lists.",
    ),
    "no_previous_revision.failed_before": Words(
        "{operation:code} took back a failed version, which would run again.",
        "{/rollback <target> <revision>} goes back to one that {/ops revisions <target>} lists.",
    ),
    "in_progress.not_ended": Words(
        "the operation has not ended yet.", "See {/ops status <operation>}."
    ),
    "unsupported_action.by_system": Words(
        "a {system:system} does not support {action}.", "It supports {can:list}."
    ),
    "not_creatable.no_create": Words(
        "{target:name} has no create template.", "Add `create:` to the target in slipway.yaml."
    ),
    "bad_values": Words(
        "a {system:system} takes no key=value words.",
        "Type {/deploy} {target:code} and the version.",
        "Leave the values empty.",
    ),
    "bad_values.object": Words(
        "a {system:system} takes single values, and {word:code} is an object or a list.",
        "Set each of its members: {word:code}`.member=…`.",
    ),
    "usage.no_strategies": Words(
        "a {system:system} brings versions out in one way only.",
        "Type {/deploy} {target:code} and the version, without --strategy.",
        "Leave out --strategy.",
    ),
    "usage.no_version": Words(
        "no version is named.", "Type {/deploy} <target> <version>.", "Choose a version."
    ),
    "draining": Words(
        "Slipway is draining and accepts no new operations.", "Try again in a minute."
    ),
    "not_allowed.no_policy": Words(
        "{target:name} has no policy, so nobody can change it.",
        "Name a policy for it in slipway.yaml.",
    ),
    "not_allowed.policy_gone": Words(
        "the policy {policy:name} is no longer in slipway.yaml.", "Request the change again."
    ),
    "rights_unknown": Words(
        "your permissions cannot be checked: Slack does not say who you are.",
        "Try again in a minute. If that does not help, the app may lack the scope `users:read`: "
        "`slipway doctor` says so.",
    ),
    "not_allowed.barred": Words(
        lambda params: _BARRED.get(str(params["kind"]), "this account cannot use Slipway."),
        "Ask a member of this workspace.",
    ),
    "not_allowed.lock": Words("you cannot lock this target.", _ASK_OR_JOIN, alone=ALONE),
    "not_allowed.request": Words(
        lambda params: f"you cannot {_spelled(params)} this target.",
        _ASK_OR_JOIN,
        alone=ALONE,
    ),
    "not_allowed.hold": Words(
        "you cannot keep Slipway from rolling back this target.",
        _ASK_OR_JOIN,
        alone=ALONE,
    ),
    "not_allowed.continue": Words(
        "you cannot go on with this change.",
        _ASK_OR_JOIN,
        alone=ALONE,
    ),
    "not_allowed.dismiss": Words(
        "you cannot dismiss what is proposed for this target.",
        _ASK_OR_JOIN,
        alone=ALONE,
    ),
    "not_allowed.unknown_name": Words("Slack knows nobody called {names:list}.", _MEND_NAME),
    "not_approver.unknown_name": Words("Slack knows nobody called {names:list}.", _MEND_NAME),
    "unknown_name.channel": Words("Slack has no channel {name:code}.", _MEND_NAME),
    "unknown_name.approvers": Words(
        "nobody could approve it: Slack knows nobody called {names:list}.", _MEND_NAME
    ),
    "not_allowed.break_glass": Words(
        "you cannot break the glass here.",
        "Ask one of them, or request it without --break-glass.",
        alone="Request it without --break-glass: slipway.yaml lists nobody for that.",
    ),
    "reason_required.break_glass": Words(
        "whoever breaks the glass says why.",
        'Add --reason "why" to the command.',
        "Say why in a few words.",
    ),
    "review_due": Words(
        "{operation:code}, for which you broke the glass, should have been reviewed by "
        "{due:moment}.",
        "Ask an approver to press Review on its card.",
    ),
    "review_due.wanted": Words(
        "{by:person} broke the glass ({operation:code}); a review is due by {due:moment}.",
        "Press Review on its card.",
    ),
    "unchanged.nothing_to_review": Words("there is nothing to review."),
    "unchanged.reviewed_already": Words("{by:person} has already reviewed it."),
    "self_approval.review": Words(
        "you broke the glass; someone else must review it.", "Ask an approver to press Review."
    ),
    "not_approver.review": Words("only approvers can review it.", _ASK, alone=ALONE),
    "not_allowed.cancel": Words(
        "only the requester and approvers can cancel it.", _ASK, alone=ALONE
    ),
    "not_approver.approve": Words(
        "you cannot approve this.", "Ask one of them to press Approve.", alone=ALONE
    ),
    "not_approver.reject": Words(
        "you cannot reject this.", "Ask one of them to press Reject.", alone=ALONE
    ),
    "not_approver.unlock": Words(
        "only the holder of the lock and approvers can unlock it.", _ASK, alone=ALONE
    ),
    "not_approver.freeze": Words("only approvers can freeze and thaw it.", _ASK, alone=ALONE),
    "not_allowed.not_requester": Words(
        "only whoever requested it can do this.", "Ask the requester."
    ),
    "waiting.in_line": Words(
        "it is at place {position} in line for {target:name}[[, behind {holder:code}]]"
        "[[; it is expected to start {expected:moment}]].",
        "See {/ops queue <target>}.",
    ),
    "waiting.would": Words("it would wait in line behind {holder:code}[[, at place {position}]]."),
    "unplanned.in_line": Words(
        "{why:reason}; its plan is made when its turn comes.",
        "Leave out --dry-run to take that place.",
        "Clear the box of the dry run to take that place.",
    ),
    "unchanged.nothing_asked": Words("nobody has asked for a change of {target:name} yet."),
    "waiting.looked_for": Words(
        "Slipway is looking for what was sent; from {at:moment} on people can decide."
    ),
    "waiting.would_replace": Words(
        "it would take the place of {older:code}, which is then cancelled."
    ),
    "waiting.would_repeat": Words(
        "it is recorded already as {known:code}; no second operation would be created."
    ),
    "waiting.for_cloud": Words(
        "the step that was sent runs in the cloud.", "Slipway looks until it ends."
    ),
    "waiting.for_people": Words(
        "the step that was sent waits for a decision.", "Choose on its card how it goes on."
    ),
    "waiting.for_start": Words(
        "its requester has to start it by {until:moment}.",
        "Press *Start now* on its card.",
    ),
    "not_your_turn": Words("its turn has not come", "Wait for the message in its thread."),
    "turn_missed.too_late": Words(
        "the time to start it is over", "Request it again if you still need it."
    ),
    "not_allowed.admins": Words("only admins can do this.", _ASK, alone=ALONE),
    "not_allowed.no_admins": Words(
        "nobody can do this: slipway.yaml lists no admins.",
        "Add `admins:` at the top of slipway.yaml.",
    ),
    "not_approver.decide": Words("only approvers can do this.", _ASK, alone=ALONE),
    "self_approval.lead": Words(
        "you requested it and lead the incident; someone else must approve it in the lead's place.",
        "Hand the lead over with {/incident lead <@user>}: who leads then presses Approve. "
        "The policy's own approval is another person's, too.",
    ),
    "self_approval": Words(
        "you requested it; someone else must approve it.", "Ask an approver to press Approve."
    ),
    "not_allowed.requester_lost": Words(
        lambda params: f"{{requester:person}} can no longer {_spelled(params)} this target.",
        "Have someone who can request the change again.",
    ),
    "not_allowed.more_approvals": Words(
        "the policy now wants {needed:count:approval}[[ at the gate {gate:name}]], {needed_then} "
        "when this was requested.",
        "Request the change again.",
    ),
    "not_found.connection": Words(
        "there is no connection {word:name}.", "Choose one of {known:list}."
    ),
    "usage.no_option": Words(
        "a {system:system} has no option --{option:name} here.",
        lambda params: (
            "Leave it out, or choose among {known:list}." if params["known"] else "Leave it out."
        ),
    ),
    "unsupported_action.cancel": Words(
        "a {system:system} has nothing that could be cancelled.",
        "Cancel an operation by its id; {/ops status <target>} shows it.",
    ),
    "unsupported_action.values": Words(
        "a {system:system} has no values.", "{/ops status <target>} shows what runs."
    ),
    "reason_required.by_policy": Words(
        "a reason is required here.",
        'Add --reason "why" to the command.',
        "Say why in a few words.",
    ),
    "frozen": Words(_frozen, "Wait until the freeze ends; rollbacks and dry runs pass."),
    "deadline_passed": Words(
        "its deadline of {deadline:duration} has passed, so the next step was not sent.",
        "Request the change again.",
    ),
    "not_allowed.approver_lost": Words("{approver:person} can no longer approve it."),
    "changed_meanwhile.live": Words(
        lambda params: (
            "{target:name} now runs "
            + ("{now:name}" if params["now"] else "nothing")
            + ", no longer "
            + ("{before:name}" if params["before"] else "nothing")
            + "."
        )
    ),
    "changed_meanwhile.policy": Words("the policy has changed."),
    "changed_meanwhile.plan": Words("what would be done has changed."),
    "unchanged.past_gate": Words(
        lambda params: _PAST_GATE.get(str(params["how"]), "the gate is closed.")
    ),
    "approvals_missing": Words(
        "it still needs {missing:count:approval}[[ at the gate {gate:name}]] by {until:moment}.",
        "Ask one of them to press Approve.",
        alone=ALONE,
    ),
    "approvals_missing.passed_over": Words(
        "it would need {missing:count:approval}.", "Ask one of them to press Approve."
    ),
    "unchanged.nothing_to_approve": Words("nothing of {target:name} waits for an approval."),
    "unchanged.approved_already": Words("you have already approved it."),
    "unchanged.approved_in_place": Words(
        "{by:person} has already approved it by the right of {of:person}."
    ),
    "unchanged.not_delegated": Words("nobody approves in this person's place."),
    "bad_delegate.self": Words(
        "nobody can delegate to themselves.", "Name somebody else, by another account than yours."
    ),
    "bad_delegate.barred": Words(
        lambda params: (
            "{delegate:person} cannot approve: "
            + _BARRED.get(str(params["kind"]), "this account cannot use Slipway.")
        ),
        "Name a member of this workspace.",
    ),
    "not_approver.delegate": Words(
        "{delegator:person} approves nothing here, so there is nothing to delegate.",
        "Only those whom slipway.yaml lists can delegate: what was delegated is not handed on.",
    ),
    "unchanged.gates_open": Words("{gates:list} needs no more approvals[[; {missing:list} does]]."),
    "unchanged.said_already": Words("you have already said so."),
    "unchanged.not_cancellable": Words(
        lambda params: (
            "it has ended and cannot be cancelled."
            if params["has_ended"]
            else "it has been sent and cannot be cancelled."
        )
    ),
    "unchanged.moved_on": Words("it has moved on; the button no longer has an effect."),
    "unchanged.no_countdown": Words("no automatic rollback is coming any more."),
    "waiting.rollback_coming": Words(
        "{operation:code} failed, and is rolled back at {until:moment} unless somebody says no."
    ),
    "unchanged.rolled_back_already": Words("it already has a rollback: {by:code}."),
    "unchanged.continued_already": Words("{by:code} continues it already."),
    "unchanged.looking_again": Words("Slipway is looking again."),
}
