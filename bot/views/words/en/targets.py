"""English: what targets are called by, where they are, and what people do about them."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template, Words


def _unknown_target(params: Params) -> str:
    return "Did you mean {near:list}?" if params.get("near") else "See {/ops targets}."


TARGETS: Final[Mapping[str, Words]] = {
    "locked.by_person": Words(
        "{by:person} has locked the target since {since:moment}: {words}.",
        "Ask them to unlock it.",
    ),
    "unknown_target.named": Words("no target is called {word:name}.", _unknown_target),
    "not_allowed.target_moved": Words(
        "{target:name} is now on {connection:name} ({system:name}), no longer on "
        "{connection_then:name} ({system_then:name}).",
        "Request the change again.",
    ),
}
TARGET_PHRASES: Final[Mapping[str, Template]] = {
    "noted.locked": "Locked {target:name}: {reason:text:500}. Nobody else can change it.",
    "noted.unlocked": "Unlocked {target:name}.",
    "targets.none": "There are no targets you can see.",
    "targets.head": "*Targets*[[ with {word:code}]] ({count})",
    "targets.more": (
        "… {more} more. {/ops targets <word>} lists those that have the word in their name, alias, "
        "system, connection or policy."
    ),
    "status.title": "{title:text:60} on {connection:text:60}",
}
