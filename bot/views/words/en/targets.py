"""English: what targets are called by, where they are, and what people do about them."""

from collections.abc import Mapping
from typing import Final

from bot.core.target import ALL
from bot.views.words.template import Params, Template, Words


def _unknown_target(params: Params) -> str:
    return "Did you mean {near:list}?" if params.get("near") else "See {/ops targets}."


def _unknown_policy(params: Params) -> str:
    return "Did you mean {near:list}?" if params.get("near") else "Leave it out to mean all."


_FROZEN: Final[Mapping[str, str]] = {  # of an event, its name is its target's
    "target": "{name:name}",
    "policy": "all targets of the policy {name:name}",
    "all": "all targets",
}

TARGETS: Final[Mapping[str, Words]] = {
    "locked.by_person": Words(
        "{by:person} has locked the target since {since:moment}[[, until {until:moment}]]: "
        "{words:reason}.",
        'Ask them to unlock it; approvers can take it over with {/ops unlock <target> "reason"}.',
    ),
    "locked.warning": Words(
        "{by:person} warns against changes since {since:moment}[[, until {until:moment}]]: "
        "{words:reason}.",
        "Ask them before you go on.",
    ),
    "halted": Words(
        "{by:person} has halted everything since {since:moment}: {words:reason}.",
        "Wait until an admin types {/ops resume}.",
    ),
    "frozen.by_person": Words(
        lambda params: (
            "{by:person} has frozen "
            + _FROZEN.get(str(params["scope"]), "{name:name}")
            + " since {since:moment}[[, until {until:moment}]]: {words:reason}."
        ),
        lambda params: (
            "Wait until the freeze ends, or ask "
            + ("an admin" if params["scope"] == "all" else "an approver")
            + " to thaw it: {/ops thaw <name>}. Rollbacks and dry runs pass."
        ),
    ),
    "unchanged.not_locked": Words("{target:name} is not locked."),
    "unchanged.not_frozen": Words(
        "no command has frozen {name:name}; freezes in slipway.yaml end by themselves."
    ),
    "unchanged.not_halted": Words("nothing is halted."),
    "bad_end.no_such_time": Words(
        "{typed} does not exist in {zone:name}: the clocks skip that hour.",
        "Give a time before or after it.",
    ),
    "bad_end.passed": Words(
        "{until:moment}[[ ({zone:name})]] has already passed.", "Give a time in the future."
    ),
    "bad_end.too_far": Words(
        "{until:moment} is more than {days} days away.", "Give a time within a year."
    ),
    "told.lock_taken": Words(
        "{by:person} has unlocked {target:name}, which you held: {words:reason}."
    ),
    "told.approves_for": Words(
        "you can approve for {delegator:person} until {until:moment}, except what they asked for."
    ),
    "told.lock_held": Words(
        "you have held the lock on {target:name} since {since:moment}: {words:reason}. "
        "Type {/ops unlock <target>} when you are done."
    ),
    "unknown_target.named": Words("no target is called {word:name}.", _unknown_target),
    "unknown_target.scope": Words(
        "no target and no policy is called {word:name}.", _unknown_target
    ),
    "unknown_target.policy": Words("no policy is called {word:name}.", _unknown_policy),
    "not_allowed.target_moved": Words(
        "{target:name} is now on {connection:name} ({system:name}), no longer on "
        "{connection_then:name} ({system_then:name}).",
        "Request the change again.",
    ),
}
TARGET_PHRASES: Final[Mapping[str, Template]] = {
    "noted.locked": lambda params: (
        "Locked {target:name}[[ until {until:moment}]]: {reason:text:500}. "
        + (
            "Others are warned, and can still change it."
            if params["is_warning"]
            else "Nobody else can change it."
        )
    ),
    "noted.unlocked": "Unlocked {target:name}.",
    "noted.freeze_begun": lambda params: (
        f"Froze {_FROZEN[params['scope']]}"
        "[[ until {until:moment}]][[ (read in {zone:name})]]: {reason:text:500}. "
        "Rollbacks and dry runs pass; what was sent finishes."
    ),
    "noted.freeze_ended": lambda params: f"Thawed {_FROZEN[params['scope']]}.",
    "noted.delegated": lambda params: (
        "{delegate:person} can approve for {delegator:person} until {until:moment}"
        "[[ (read in {zone:name})]]"
        + (", everywhere." if params["target"] == ALL else ", under the policy {target:name}.")
    ),
    "noted.delegation_ended": "Nobody approves for {delegator:person} any more.",
    "noted.halt_begun": (
        "Halted everything: {reason:text:500}. Nothing starts until {/ops resume}; what was sent "
        "is still watched."
    ),
    "noted.halt_ended": "Resumed: changes can start again.",
    "targets.none": "There are no targets you can see.",
    "targets.head": "*Targets*[[ with {word:code}]] ({count})",
    "targets.more": (
        "… {more} more. {/ops targets <word>} lists those that have the word in their name, alias, "
        "system, connection or policy."
    ),
    "status.title": "{title:system} on {connection:text:60}",
}
