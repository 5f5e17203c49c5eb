"""The grammar of the commands: typed text becomes a request or a question, or a refusal."""

import re
from typing import Final, Literal, TypeAlias

from bot.core.codes import Denied
from bot.core.commands.refusals import (
    SECRET_IN_REASON,
    bad_version,
    nearest,
    refused_words,
    shown,
    too_many,
    unknown_word,
    usage,
)
from bot.core.commands.secrecy import holds_secret
from bot.core.commands.texts import EXAMPLES, SLASH, USAGE, SlashName, under_prefix
from bot.core.commands.words import REASON_MAX, TEXT_MAX, split, unreadable
from bot.core.records import Action, Asked, Parameters, Record
from bot.core.value_words import is_text, miswritten, unquoted

__all__ = [
    "EXAMPLES",
    "OPERATION",
    "OPS_ACTIONS",
    "REASON_MAX",
    "SECRET_IN_REASON",
    "SLASH",
    "TEXT_MAX",
    "TOPICS",
    "USAGE",
    "Cancel",
    "Command",
    "Question",
    "Request",
    "SlashName",
    "Topic",
    "holds_secret",
    "nearest",
    "parse",
    "under_prefix",
]

VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}")  # a chart's may have a +
NUMBER: Final = re.compile(r"[0-9]{1,5}")
REPLICAS_MAX: Final = 1_000
OPERATION: Final = re.compile(r"op-[0-9a-hjkmnp-tv-z]{10}")
VALUE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\[\]/\\-]{0,252}=.*", re.DOTALL)

Topic: TypeAlias = Literal["help", "targets", "status", "history", "revisions"]
TOPICS: Final[tuple[Topic, ...]] = ("help", "targets", "status", "history", "revisions")
OPS_ACTIONS: Final[tuple[Action, ...]] = (
    "restart",
    "start",
    "stop",
    "scale",
    "create",
    "delete",
)
WORDS: Final = (*TOPICS, *OPS_ACTIONS, "cancel")


class Request(Record):
    """Somebody asks for a change."""

    asked: Asked
    target: str  # as typed, in lower case
    reason: str = ""
    dry_run: bool = False


class Question(Record):
    """Somebody asks what is."""

    topic: Topic
    subject: str = ""  # a target or an operation, as typed


class Cancel(Record):
    """Somebody withdraws an operation."""

    operation_id: str


Command: TypeAlias = Request | Question | Cancel


def parse(verb: str, text: str) -> Command | Denied:
    """Read *text* typed after the command *verb* ("deploy", "upgrade", "rollback", "ops")."""
    refused = unreadable(text)
    if refused:
        return refused
    if verb == "ops":
        return _parse_ops(text)
    action: Action = "rollback" if verb == "rollback" else "deploy"
    return _parse_action(action, text)


def _parse_ops(text: str) -> Command | Denied:
    head, rest = (*text.split(maxsplit=1), "", "")[:2]
    word = head.lower()
    if word in {"", "?"}:
        return Question(topic="help")
    for topic in TOPICS:
        if word == topic:
            return _parse_question(topic, rest)
    for action in OPS_ACTIONS:
        if word == action:
            return _parse_action(action, rest)
    if word == "cancel":
        return _parse_cancel(rest)
    return unknown_word(head, WORDS)


def _parse_question(topic: Topic, text: str) -> Command | Denied:
    words = text.split()
    needs = topic in {"history", "revisions"}
    most = 0 if topic in {"help", "targets"} else 1
    if len(words) > most or (needs and not words):
        return usage(topic, "more words than it takes" if words else "no target is named")
    return Question(topic=topic, subject=words[0].lower() if words else "")


def _parse_cancel(text: str) -> Command | Denied:
    words = text.split()
    if len(words) != 1 or not OPERATION.fullmatch(words[0].lower()):
        return usage("cancel", "an operation's id is wanted, such as op-0123456789")
    return Cancel(operation_id=words[0].lower())


def _parse_action(action: Action, text: str) -> Command | Denied:
    words = split(action, text)
    if isinstance(words, Denied):
        return words
    if not words.plain:
        return usage(action, "no target is named")
    target, *rest = words.plain
    parameters = _parameters(action, rest)
    if isinstance(parameters, Denied):
        return parameters
    return Request(
        asked=Asked(action=action, parameters=parameters),
        target=target.lower(),
        reason=words.reason,
        dry_run=words.dry_run,
    )


def _parameters(action: Action, words: list[str]) -> Parameters | Denied:
    match action:
        case "deploy":
            return _deploy_parameters(words)
        case "rollback":
            return _one_version(action, words, as_revision=True)
        case "create":
            return _one_version(action, words, as_revision=False)
        case "scale":
            return _replicas(words)
        case _:
            return too_many(action, words[0]) if words else Parameters()


def _deploy_parameters(words: list[str]) -> Parameters | Denied:
    values: dict[str, str] = {}
    texts: list[str] = []
    version = None
    for position, word in enumerate(words):
        if VALUE.fullmatch(word):
            key, _, value = word.partition("=")
            if key in values:
                return usage("deploy", f"{shown(key)} is set twice")
            fault = miswritten(key, value)
            if fault:
                return Denied.of(fault)
            texts += [key] * is_text(value)
            values[key] = unquoted(value)
        elif position == 0:
            version = word
        else:
            return usage("deploy", f"{shown(word)} is not key=value")
    if version is None and not values:
        return usage("deploy", "no version is named")
    if version is not None and not VERSION.fullmatch(version):
        return bad_version(version)
    return refused_words(values) or Parameters(version=version, values=values, texts=tuple(texts))


def _one_version(action: Action, words: list[str], *, as_revision: bool) -> Parameters | Denied:
    if len(words) > 1:
        return too_many(action, words[1])
    if words and not VERSION.fullmatch(words[0]):
        return bad_version(words[0])
    given = words[0] if words else None
    return Parameters(revision=given) if as_revision else Parameters(version=given)


def _replicas(words: list[str]) -> Parameters | Denied:
    wanted = f"a whole number from 0 to {REPLICAS_MAX} is wanted"
    if len(words) != 1 or not NUMBER.fullmatch(words[0]):
        return usage("scale", wanted)
    number = int(words[0])
    return Parameters(replicas=number) if number <= REPLICAS_MAX else usage("scale", wanted)
