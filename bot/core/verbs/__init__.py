"""The one table of verbs: commands, buttons and forms, help, manifest and README follow from it."""

import re
from collections.abc import Iterator
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import ButtonWord, TooLong, UnknownWord
from bot.core.near import differs_by_one, nearest
from bot.core.operation import Operation
from bot.core.rules import Facts, allows
from bot.core.rules.intents import Ask, Press
from bot.core.verbs.again import AGAIN
from bot.core.verbs.approve import APPROVE
from bot.core.verbs.cancel import CANCEL
from bot.core.verbs.create import CREATE
from bot.core.verbs.delegate import DELEGATE
from bot.core.verbs.delete import DELETE
from bot.core.verbs.deploy import DEPLOY
from bot.core.verbs.details import DETAILS
from bot.core.verbs.discover import DISCOVER
from bot.core.verbs.doctor import DOCTOR
from bot.core.verbs.executed import EXECUTED
from bot.core.verbs.freeze import FREEZE, THAW
from bot.core.verbs.halt import HALT, RESUME
from bot.core.verbs.help import HELP
from bot.core.verbs.history import HISTORY
from bot.core.verbs.hold import HOLD
from bot.core.verbs.incident import INCIDENT_BUTTONS, INCIDENT_VERBS, MARK
from bot.core.verbs.incident_texts import (
    filled_in,
    marked,
    people_in,
    said_in,
    told_in_form,
    with_names,
)
from bot.core.verbs.incident_words import INCIDENT
from bot.core.verbs.keep_waiting import KEEP_WAITING
from bot.core.verbs.keyboards import dashed, plain
from bot.core.verbs.lock import LOCK, UNLOCK
from bot.core.verbs.look_again import LOOK_AGAIN
from bot.core.verbs.not_executed import NOT_EXECUTED
from bot.core.verbs.proposals import (
    DEPLOY_PROPOSED,
    DISMISS,
    OPEN_PROPOSED,
    proposal_value,
)
from bot.core.verbs.queue import QUEUE
from bot.core.verbs.recovery import RECOVERY
from bot.core.verbs.reject import REJECT
from bot.core.verbs.report import REPORT
from bot.core.verbs.restart import RESTART
from bot.core.verbs.review import REVIEW
from bot.core.verbs.revisions import REVISIONS
from bot.core.verbs.rollback import ROLLBACK
from bot.core.verbs.scale import SCALE
from bot.core.verbs.start import START
from bot.core.verbs.status import STATUS
from bot.core.verbs.stop import STOP
from bot.core.verbs.targets import TARGETS
from bot.core.verbs.text import TEXT_MAX, unreadable
from bot.core.verbs.token import Token, choice, press_of, read_choice, read_token, token_of
from bot.core.verbs.values import VALUES
from bot.core.verbs.verb import PREFIX, Typed, Verb
from bot.core.verbs.versions import VERSIONS
from bot.core.verbs.why import CAN, WHY
from bot.core.verbs.words import OPERATION

__all__ = [
    "BUTTONS",
    "DEPLOY_PROPOSED",
    "DISMISS",
    "INCIDENT",
    "INCIDENTS",
    "INCIDENT_BUTTONS",
    "INCIDENT_VERBS",
    "MARK",
    "MORE",
    "OPEN_PROPOSED",
    "OPERATION",
    "PROPOSAL_BUTTONS",
    "SLASH",
    "VERBS",
    "Token",
    "Typed",
    "Verb",
    "action_id",
    "choice_of",
    "filled_in",
    "marked",
    "offers",
    "parse",
    "people_in",
    "press_of",
    "proposal_value",
    "read_choice",
    "read_token",
    "said_in",
    "token_of",
    "told_in_form",
    "verb_of",
    "with_names",
]

# In this order they are listed for people, and stand on a card.
VERBS: Final[tuple[Verb, ...]] = (
    DEPLOY,
    ROLLBACK,
    HELP,
    TARGETS,
    STATUS,
    QUEUE,
    HISTORY,
    REVISIONS,
    VERSIONS,
    VALUES,
    DISCOVER,
    REPORT,
    RESTART,
    START,
    STOP,
    SCALE,
    CREATE,
    DELETE,
    LOCK,
    UNLOCK,
    FREEZE,
    THAW,
    HALT,
    RESUME,
    DELEGATE,
    WHY,
    CAN,
    DOCTOR,
    *INCIDENT_VERBS,
    APPROVE,
    REJECT,
    KEEP_WAITING,
    LOOK_AGAIN,
    EXECUTED,
    NOT_EXECUTED,
    RECOVERY,
    HOLD,
    REVIEW,
    DETAILS,
    AGAIN,
    CANCEL,
    DEPLOY_PROPOSED,
    OPEN_PROPOSED,
    DISMISS,
)
MORE: Final = f"{PREFIX}more"  # the menu whose options each stand for a button
OPS: Final = "ops"  # the command before most words
INCIDENTS: Final = "incident"  # the one before those about incidents
_HELP: Final = {OPS: "help", INCIDENTS: "incident_help"}  # by the command: what it says alone
BUTTONS: Final = tuple(verb for verb in VERBS if verb.press)
PROPOSAL_BUTTONS: Final = tuple(verb for verb in VERBS if verb.reads)
_TYPED: Final = {command: verb for verb in VERBS for command in verb.commands}
SLASH: Final[tuple[str, ...]] = (
    *(name for name in _TYPED if " " not in name),
    *_HELP,
)
_ALIKE: Final = 0.75  # how like a question a word must be
_QUOTATION: Final = re.compile(r'"[^"]*"')
_QUOTED: Final = '""'
_REASON: Final = '--reason "…"'  # whose words have to be in quotes
_HELPS: Final = frozenset({"help", "--help", "?"})
_NO_WORD: Final = frozenset({"", "?"})


def parse(slash: str, text: str) -> Typed | Denied:
    """Read *text* typed after the slash command *slash*: "deploy", "ops" or "incident", say."""
    if len(text) > TEXT_MAX:
        return Denied.of(TooLong(length=len(text), most=TEXT_MAX))
    typed = plain(text)
    refused = unreadable(typed)
    if refused:
        return refused
    text = dashed(typed)
    helped = _help_asked(slash, text)
    if helped is not None:
        return helped
    if slash not in _HELP:
        return _read(_TYPED[slash], text)
    head, rest = (*text.split(maxsplit=1), "", "")[:2]
    if head in _NO_WORD:
        return Ask(topic=_HELP[slash])
    verb = _TYPED.get(f"{slash} {head.lower()}")
    if verb is None or head.lower() in _HELPS:  # help about a word that there is was given above
        return _unknown(slash, rest.split()[0] if verb and rest else head)
    return _read(verb, rest)


def _help_asked(slash: str, text: str) -> Ask | None:
    """Return the question that `help` and `--help` are after any word, outside of quotes.

    `help` ends what is typed; within a person's text it is a word like any other.
    """
    words = _QUOTATION.sub(_QUOTED, text).lower().split()
    path = [slash]
    if slash in _HELP and words and words[0] not in _HELPS:
        path.append(words.pop(0))
    named = words[1:] if words[:1] == ["help"] else []
    if slash in _HELP and named and len(path) == 1:  # /ops help restart, /ops help /deploy
        meant = "help" if named[0] in _HELPS else " ".join(named).lstrip("/")
        if meant in _HELP:
            return Ask(topic=_HELP[meant])
        verb = _TYPED.get(meant) or _TYPED.get(f"{slash} {meant.split()[0]}")
        return Ask(topic="help", subject=verb.name) if verb else None
    verb = _TYPED.get(" ".join(path))
    if words != ["?"] and "--help" not in words and not _ends_in_help(words, verb):
        return None
    return Ask(topic="help", subject=verb.name) if verb else Ask(topic=_HELP.get(slash, "help"))


def _ends_in_help(words: list[str], verb: Verb | None) -> bool:
    """Tell whether the last of *words* asks for help, and is not the end of a person's text."""
    usage = verb.usage.replace(_REASON, "") if verb else ""
    if '"' in usage:  # text, which is read without quotes, too
        return words[-1:] == ["help"] and len(words) <= 1 + usage.startswith("<target")
    return words[-1:] == ["help"]


def verb_of(name: str) -> Verb:
    """Return the verb of this name.

    Raises:
        KeyError: there is none.
    """
    return {verb.name: verb for verb in VERBS}[name]


def action_id(press: Press) -> str:
    """Return the name of the button that does *press*."""
    verb = next(each for each in BUTTONS if each.press is type(press))
    return verb.action_id(token_of(press).option)


def choice_of(press: Press) -> str:
    """Return the value of the menu's option that does *press*."""
    verb = next(each for each in BUTTONS if each.press is type(press))
    return choice(verb.name, token_of(press))


def offers(operation: Operation, facts: Facts) -> tuple[Press, ...]:
    """Return what can be done about *operation* now, by anybody whom `decide` would allow."""
    shown = facts.model_copy(
        update={"operation": operation, "is_anybody": True, "person": None, "is_on_card": True}
    )
    pressed = (each for verb in BUTTONS if verb.press for each in verb.press.of(operation))
    return tuple(each for each in pressed if allows(each, shown))


def _read(verb: Verb, text: str) -> Typed | Denied:
    if verb.parse is None:
        msg = f"{verb.name} cannot be typed"
        raise ValueError(msg)
    return verb.parse(text)


def _unknown(slash: str, word: str) -> Denied:
    """Refuse *word*, with what may have been meant: hardly ever what would change something."""
    if slash == OPS and any(each.name == word.lower() and not each.commands for each in BUTTONS):
        return Denied.of(ButtonWord(word=word))
    asking = dict(_words_of(slash, asks=True))
    changing = dict(_words_of(slash, asks=False))
    near = nearest(word, tuple(asking), most=1, alike=_ALIKE) or tuple(
        each for each in nearest(word, tuple(changing)) if differs_by_one(word.lower(), each)
    )
    known = {**asking, **changing}
    exact = (word.lower(),) if word.lower() in SLASH and word.lower() in known else ()
    meant = (*exact, *near)
    return Denied.of(
        UnknownWord(word=word[:40], near=known[meant[0]] if meant else "", slash=slash)
    )


def _words_of(slash: str, *, asks: bool) -> Iterator[tuple[str, str]]:
    """Yield what may be typed after the command, or after /ops by itself, with the whole of it."""
    for command, verb in _TYPED.items():
        is_here = command.startswith(f"{slash} ") or (slash == OPS and " " not in command)
        if is_here and verb.asks is asks:
            yield command.removeprefix(f"{slash} "), command
