"""`/ops why` and `/ops can`: what every rule says, of an operation or of somebody's wish."""

import re
from typing import Final, get_args

from bot.core.codes import Denied
from bot.core.codes.grammar import NotAnAction, NotAnOperation, NotAPerson, NoTarget
from bot.core.records import Action
from bot.core.rules.intents import Ask
from bot.core.verbs.line import shown
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import OPERATION, too_many

APPROVE: Final = "approve"
_ACTIONS: Final = (*get_args(Action), APPROVE)
_SAME: Final = {"upgrade": "deploy"}
PERSON: Final = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")


def parse_why(text: str) -> Ask | Denied:
    """Read an operation's id, or the target whose operation is meant."""
    words = text.lower().split()
    if len(words) > 1:
        return too_many("why", words[1])
    if not words or (words[0].startswith("op-") and not OPERATION.fullmatch(words[0])):
        return Denied.of(NotAnOperation(verb="why"))
    return Ask(topic="why", subject=words[0])


def parse_can(text: str) -> Ask | Denied:
    """Read a person, where one is mentioned, an action and a target; what waits may be named."""
    words = text.split()
    person: str | None = None
    if words and words[0].startswith(("<", "@")):
        found = PERSON.fullmatch(words.pop(0))
        if not found:
            return Denied.of(NotAPerson(verb="can"))
        person = found[1]
    action = _SAME.get(words[0].lower(), words[0].lower()) if words else ""
    if action not in _ACTIONS:
        return Denied.of(NotAnAction(verb="can", word=shown(action), actions=_ACTIONS))
    if len(words) > 2:  # noqa: PLR2004 - an action and a target
        return too_many("can", words[2])
    if len(words) == 1:
        return Denied.of(NoTarget(verb="can"))
    return Ask(topic="can", subject=words[1].lower(), word=action, person=person)


WHY: Final = Verb(
    name="why",
    commands=("ops why",),
    usage="<op>|<target>",
    example="op-0123456789",
    parse=parse_why,
)
CAN: Final = Verb(
    name="can",
    commands=("ops can",),
    usage="[<@user>] <action> <target>",
    example="deploy checkout",
    parse=parse_can,
)
