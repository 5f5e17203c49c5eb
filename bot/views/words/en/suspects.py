"""English: which changes may have caused an incident, and why."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template, Words


def _content(params: Params) -> str:
    if params["action"] == "deploy":
        return "version {before:reason:60} → {after:reason:60}"
    return "{action:name}: {before:reason:60} → {after:reason:60}"


SUSPECTS: Final[Mapping[str, Words]] = {
    "suspect.ended_before": Words("ended {gap:duration} before the onset"),
    "suspect.ran_at_onset": Words("under way at the onset"),
    "suspect.on_target": Words("on {target:name} itself"),
    "suspect.beneath": Words("on {target:name}, the cluster beneath"),
    "suspect.beside": Words("on {target:name}, a neighbour"),
    "suspect.content": Words(_content),
    "suspect.scaled_down": Words("scaled down"),
    "suspect.restarted": Words("restarted"),
    "suspect.scaled_up": Words("scaled up"),
    "suspect.same_again": Words("the same again"),
    "suspect.carries": Words("carries {targets} targets"),
    "suspect.several": Words("several things at once"),
    "suspect.major": Words("major step"),
    "suspect.minor": Words("minor step"),
    "suspect.values": Words("{values} values at once"),
    "suspect.first_change": Words("first change in {days} days"),
    "suspect.ended_badly": Words("{phase:name}"),
    "suspect.still_ran": Words("not over at the onset"),
    "suspect.slow": Words("slower than usual"),
    "suspect.cut_corners": Words("passed what holds others"),
    "suspect.approved_alone": Words("approved by its requester"),
    "suspect.known_bad": Words("{version:reason:60} was rolled back {at:moment}"),
    "suspect.often_trouble": Words("two of the last ten changes were rolled back"),
    "suspect.undone": Words("already rolled back {at:moment} ({operation:code})"),
    "suspect.back_to_quiet": Words("goes back to what ran quietly for a day"),
    "suspect.replaced": Words("replaced {at:moment} ({operation:code})"),
}
SUSPECT_PHRASES: Final[Mapping[str, Template]] = {
    "suspects.head": "*What changed before this?* The likeliest first; you decide.",
    "suspects.none_stands_out": "*What changed before this?* No recent change stands out.",
    "suspects.none": "*What changed before this?* Slipway knows of no change that came before.",
    "suspects.no_targets": (
        "*What changed before this?* It has no targets: {/incident add <target>} adds one."
    ),
    "suspects.strong": "strong lead",
    "suspects.possible": "possible",
    "suspects.weak": "weak",
    "suspects.suspect": (
        "*{band}*: {subject} by {by:person} ({operation:code})[[, {times} times]]"
    ),
    "suspects.no_way_back": "No way back from here: {why:reason:200}.",
    "suspects.more": "… {more} more",
    "suspects.after": "After the onset: {operations}[[ and {more} more]]",
    "suspects.after_unread": "{operation:code}",
    "suspects.after_one": "{subject} ({operation:code})",
    "suspects.outside": (
        "*Changed outside Slipway*: {target:name}, revision {revision:name}"
        "[[ ({description:reason:100})]], {length:duration} before the onset\n"
        "Slipway did not make this change and has no button for it: {/rollback <target>} goes back."
    ),
    "suspects.outside_after": (
        "*Changed outside Slipway*, after the onset: {target:name}, revision {revision:name}"
        "[[ ({description:reason:100})]], {length:duration} later"
    ),
    "suspects.unread": "The cloud's own history of {targets:list} could not be read.",
    "suspects.small": (
        "Changes to the incident's targets and their neighbours in the last {hours} h, by Slipway "
        "and in the clouds' own histories; the opening counts as the onset."
    ),
    "suspects.small_known": (
        "Changes to the incident's targets and their neighbours in the {hours} h before the alert, "
        "by Slipway and in the clouds' own histories."
    ),
}
