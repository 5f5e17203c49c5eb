"""The grammar of the commands: typed text becomes a request or a question, or a refusal."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final, Literal, TypeAlias

from bot.core.records import Action, Asked, Denied, Parameters, Record

TEXT_MAX: Final = 4_000  # characters of a whole command
REASON_MAX: Final = 500  # characters kept of a reason
VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
NUMBER: Final = re.compile(r"[0-9]{1,5}")
REPLICAS_MAX: Final = 1_000
OPERATION: Final = re.compile(r"op-[0-9a-hjkmnp-tv-z]{10}")
VALUE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\[\]/-]{0,252}=.*", re.DOTALL)

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

USAGE: Final[dict[str, str]] = {
    "deploy": '/deploy <target> <version> [key=value …] [--reason "…"] [--dry-run]',
    "rollback": '/rollback <target> [<revision>] [--reason "…"] [--dry-run]',
    "ops": "/ops help | targets | status [<target>|<op>] | history <target> | revisions <target> "
    "| restart|start|stop <target> | scale <target> <n> | create|delete <target> | cancel <op>",
    "status": "/ops status [<target>|<op>]",
    "history": "/ops history <target>",
    "revisions": "/ops revisions <target>",
    "restart": '/ops restart <target> [--reason "…"] [--dry-run]',
    "start": '/ops start <target> [--reason "…"] [--dry-run]',
    "stop": '/ops stop <target> [--reason "…"] [--dry-run]',
    "scale": '/ops scale <target> <n> [--reason "…"] [--dry-run]',
    "create": '/ops create <target> [<version>] [--reason "…"] [--dry-run]',
    "delete": '/ops delete <target> [--reason "…"] [--dry-run]',
    "cancel": "/ops cancel <op>",
    "help": "/ops help",
    "targets": "/ops targets",
}


class SlashName(Record):
    """A slash command as Slack's manifest names it, without its slash and prefix."""

    name: str
    description: str
    usage_hint: str


SLASH: Final[tuple[SlashName, ...]] = (
    SlashName(
        name="deploy",
        description="Deploy a version to a target",
        usage_hint=USAGE["deploy"].removeprefix("/deploy "),
    ),
    SlashName(
        name="upgrade",
        description="The same as /deploy",
        usage_hint=USAGE["deploy"].removeprefix("/deploy "),
    ),
    SlashName(
        name="rollback",
        description="Return to the version before, or to a named revision",
        usage_hint=USAGE["rollback"].removeprefix("/rollback "),
    ),
    SlashName(
        name="ops",
        description="Help, status, history, and everything else",
        usage_hint="help | targets | status | history | revisions | restart | scale | cancel …",
    ),
)


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


class _Words(Record):
    plain: tuple[str, ...]
    reason: str
    dry_run: bool


def parse(verb: str, text: str) -> Command | Denied:
    """Read *text* typed after the command *verb* ("deploy", "upgrade", "rollback", "ops")."""
    refused = _unreadable(text)
    if refused:
        return refused
    if verb == "ops":
        return _parse_ops(text)
    action: Action = "rollback" if verb == "rollback" else "deploy"
    return _parse_action(action, text)


def nearest(word: str, known: Sequence[str], *, most: int = 5) -> tuple[str, ...]:
    """Return up to *most* of *known* that look like *word*, nearest first."""
    return tuple(get_close_matches(word.lower(), known, n=most, cutoff=0.5))


def _parse_ops(text: str) -> Command | Denied:
    head, _, rest = text.strip().partition(" ")
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
    return _unknown_word(head)


def _parse_question(topic: Topic, text: str) -> Command | Denied:
    words = text.split()
    needs = topic in {"history", "revisions"}
    most = 0 if topic in {"help", "targets"} else 1
    if len(words) > most or (needs and not words):
        return _usage(topic, "more words than it takes" if words else "no target is named")
    return Question(topic=topic, subject=words[0].lower() if words else "")


def _parse_cancel(text: str) -> Command | Denied:
    words = text.split()
    if len(words) != 1 or not OPERATION.fullmatch(words[0].lower()):
        return _usage("cancel", "an operation's id is wanted, such as op-0123456789")
    return Cancel(operation_id=words[0].lower())


def _parse_action(action: Action, text: str) -> Command | Denied:
    words = _split(action, text)
    if isinstance(words, Denied):
        return words
    if not words.plain:
        return _usage(action, "no target is named")
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
            return _usage(action, f"{words[0]!r} is one word too many") if words else Parameters()


def _deploy_parameters(words: list[str]) -> Parameters | Denied:
    values: dict[str, str] = {}
    version = None
    for position, word in enumerate(words):
        if VALUE.fullmatch(word):
            key, _, value = word.partition("=")
            if key in values:
                return _usage("deploy", f"{key!r} is set twice")
            values[key] = value
        elif position == 0:
            version = word
        else:
            return _usage("deploy", f"{word!r} is not key=value")
    if version is None and not values:
        return _usage("deploy", "no version is named")
    if version is not None and not VERSION.fullmatch(version):
        return _bad_version(version)
    return Parameters(version=version, values=values)


def _one_version(action: Action, words: list[str], *, as_revision: bool) -> Parameters | Denied:
    if len(words) > 1:
        return _usage(action, f"{words[1]!r} is one word too many")
    if words and not VERSION.fullmatch(words[0]):
        return _bad_version(words[0])
    given = words[0] if words else None
    return Parameters(revision=given) if as_revision else Parameters(version=given)


def _replicas(words: list[str]) -> Parameters | Denied:
    wanted = f"a whole number from 0 to {REPLICAS_MAX} is wanted"
    if len(words) != 1 or not NUMBER.fullmatch(words[0]):
        return _usage("scale", wanted)
    number = int(words[0])
    return Parameters(replicas=number) if number <= REPLICAS_MAX else _usage("scale", wanted)


_TOKEN: Final = re.compile(
    r"""--(?P<flag>[A-Za-z-]+)(?:[=\s]+"(?P<quoted>[^"]*)")?(?=\s|$)   # --reason "…", --dry-run
      | (?P<key>[^\s"=]+)="(?P<value>[^"]*)"(?=\s|$)                    # key="with blanks"
      | (?P<word>[^\s"]+)(?=\s|$)""",
    re.VERBOSE,
)
_PHONE_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


def _split(action: Action, text: str) -> _Words | Denied:
    """Split into words and flags; phones' quotes count as quotes, long dashes as `--`."""
    line = re.sub(r"(?<!\S)[\u2013\u2014](?=[A-Za-z])", "--", text.translate(_PHONE_QUOTES)).strip()
    plain: list[str] = []
    flags: dict[str, str | None] = {}
    at = 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if not found:
            return _usage(action, f"the quotes do not match at column {at + 1}")
        if found["flag"]:
            if found["flag"] in flags:
                return _usage(action, f"--{found['flag']} is there twice")
            flags[found["flag"]] = found["quoted"]
        else:
            plain.append(found["word"] or f"{found['key']}={found['value']}")
        at = len(line) - len(line[found.end() :].lstrip())
    return _flagged(action, tuple(plain), flags)


def _flagged(
    action: Action, plain: tuple[str, ...], flags: dict[str, str | None]
) -> _Words | Denied:
    for flag in flags:
        if flag not in {"reason", "dry-run"}:
            return _usage(action, f"--{flag} is not known")
    if flags.get("dry-run") is not None:
        return _usage(action, "--dry-run takes no value")
    if "reason" in flags and not (flags["reason"] or "").strip():
        return _usage(action, '--reason wants words in quotes: --reason "why"')
    return _Words(plain=plain, reason=_kept(flags.get("reason") or ""), dry_run="dry-run" in flags)


def _kept(reason: str) -> str:
    reason = " ".join(reason.split())
    return reason if len(reason) <= REASON_MAX else reason[: REASON_MAX - 1] + "…"


_HARMLESS: Final = frozenset(" \n\t")
_TYPED_BY_PHONES: Final = frozenset("\u2013\u2014\u2026\u201c\u201d\u201e\u00ab\u00bb")


def _unreadable(text: str) -> Denied | None:
    if len(text) > TEXT_MAX:
        return Denied(
            code="too_long",
            reason=f"the command has {len(text)} characters, at most {TEXT_MAX} are read",
            way_out="Shorten it.",
        )
    outside_quotes = re.sub(r'["“„«][^"”«»]*["”»]', lambda found: " " * len(found[0]), text)
    for position, char in enumerate(text, start=1):
        is_control = unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
        is_foreign = not outside_quotes[position - 1].isascii() and char not in _TYPED_BY_PHONES
        if (is_control and char not in _HARMLESS) or is_foreign:
            return Denied(
                code="bad_character",
                reason=f"the character \\u{ord(char):04x} at position {position} is not allowed",
                way_out="Type the command with plain letters; a reason in quotes may use any.",
            )
    return None


def _unknown_word(word: str) -> Denied:
    near = nearest(word, (*WORDS, "deploy", "rollback"), most=1)
    meant = "" if not near else f"/{near[0]}" if near[0] not in WORDS else f"/ops {near[0]}"
    guess = f"Did you mean {meant}? It was not executed." if meant else "See /ops help."
    return Denied(code="unknown_command", reason=f"there is no /ops {word[:40]}", way_out=guess)


def _bad_version(version: str) -> Denied:
    shown = version if len(version) <= 40 else version[:39] + "…"  # noqa: PLR2004 - for reading
    return Denied(
        code="bad_version",
        reason=f"{shown!r} cannot be a version",
        way_out="Use letters, digits, '.', '_' and '-', at most 128 of them: 1.4.0",
    )


def _usage(word: str, why: str) -> Denied:
    return Denied(code="usage", reason=why, way_out=f"Type it as {USAGE[word]}")
