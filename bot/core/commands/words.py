"""Typed text as words and flags, or why it cannot be read."""

import re
import unicodedata
from typing import Final

from bot.core.codes import Denied
from bot.core.commands.refusals import SECRET_IN_REASON, shown, usage
from bot.core.commands.secrecy import holds_secret
from bot.core.commands.texts import EXAMPLES
from bot.core.records import Action, Record
from bot.core.value_words import quoted

TEXT_MAX: Final = 16_000  # characters of a whole command; no message in Slack is longer
REASON_MAX: Final = 500  # characters kept of a reason


class Words(Record):
    """The words of an action, and what its flags say."""

    plain: tuple[str, ...]
    reason: str
    dry_run: bool


_TOKEN: Final = re.compile(
    r"""--(?P<flag>[A-Za-z-]+)(?:[=\s]+"(?P<quoted>[^"]*)")?(?=\s|$)   # --reason "…", --dry-run
      | (?P<key>[^\s"=]+)="(?P<value>[^"]*)"(?=\s|$)                    # key="with blanks"
      | (?P<word>[^\s"]+)(?=\s|$)""",
    re.VERBOSE,
)
_PHONE_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


def split(action: Action, text: str) -> Words | Denied:
    """Split into words and flags; phones' quotes count as quotes, long dashes as `--`."""
    line = re.sub(r"(?<!\S)[\u2013\u2014](?=[A-Za-z])", "--", text.translate(_PHONE_QUOTES)).strip()
    plain: list[str] = []
    flags: dict[str, str | None] = {}
    at = 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if not found:
            return usage(action, f"the quotes do not match at column {at + 1}")
        if found["flag"]:
            if found["flag"] in flags:
                return usage(action, f"{shown('--' + found['flag'])} is there twice")
            flags[found["flag"]] = found["quoted"]
        elif found["word"] and found["word"].startswith("--"):
            return usage(action, f"{shown(found['word'].partition('=')[0])} is not known")
        else:
            plain.append(found["word"] or f"{found['key']}={quoted(found['value'])}")
        at = len(line) - len(line[found.end() :].lstrip())
    return _flagged(action, tuple(plain), flags)


def _flagged(
    action: Action, plain: tuple[str, ...], flags: dict[str, str | None]
) -> Words | Denied:
    for flag in flags:
        if flag not in {"reason", "dry-run"}:
            return usage(action, f"{shown('--' + flag)} is not known")
    if flags.get("dry-run") is not None:
        return usage(action, "--dry-run takes no value")
    if "reason" in flags and not (flags["reason"] or "").strip():
        return usage(action, '--reason wants words in quotes: --reason "why"')
    reason = flags.get("reason") or ""
    if holds_secret(reason):
        return SECRET_IN_REASON
    return Words(plain=plain, reason=_kept(reason), dry_run="dry-run" in flags)


def _kept(reason: str) -> str:
    reason = " ".join(reason.split())
    return reason if len(reason) <= REASON_MAX else reason[: REASON_MAX - 1] + "…"


_LINE_BREAKS: Final = frozenset("\n\t")  # harmless in a reason; elsewhere nobody means them
_QUOTED: Final = re.compile(r'["“„«][^"“”„«»]*["”»]')
_TYPED_BY_PHONES: Final = frozenset("\u2013\u2014\u2026\u201c\u201d\u201e\u00ab\u00bb")


def unreadable(text: str) -> Denied | None:
    """Refuse what is too long, or has characters that nobody types on purpose."""
    if len(text) > TEXT_MAX:
        return Denied(
            code="too_long",
            reason=f"the command has {len(text)} characters, at most {TEXT_MAX} are read",
            way_out=f"Shorten it to the like of {EXAMPLES['deploy']}",
        )
    text = text.rstrip(" \n\t")
    outside_quotes = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    for position, char in enumerate(text, start=1):
        outside = outside_quotes[position - 1]
        is_control = unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
        is_foreign = not outside.isascii() and char not in _TYPED_BY_PHONES
        is_break = char in _LINE_BREAKS
        if is_foreign or (is_control and not is_break) or outside in _LINE_BREAKS:
            return Denied(
                code="bad_character",
                reason=f"the character \\u{ord(char):04x} at position {position} is not allowed",
                way_out="Type the command on one line with plain letters, such as "
                f'{EXAMPLES["deploy"]} --reason "why"; other letters may stand in the quotes.',
            )
    return None
