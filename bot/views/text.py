"""Text for Slack: the one escape, and the marks that only we may write.

Whatever comes from outside (people's words, vendors' words, names, ids) reaches a message
through `escaped`, `code`, `plain` or `mention` and in no other way.

Source: https://docs.slack.dev/messaging/formatting-message-text/
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

from bot.core.policy import ANYONE
from bot.core.records import SLIPWAY

VENDOR_MAX: Final = 300  # characters kept of what an API or a person says, after the escape
REASON_MAX: Final = 500  # characters kept of a person's reason, after the escape
NAME_MAX: Final = 80  # characters kept of a name, version or id, after the escape
TEXT_MAX: Final = 3_900  # characters of a message's text: Slack advises 4,000
NOTHING: Final = "—"  # where a value is empty
MARK: Final = "…"  # where something was cut

Unit: TypeAlias = Literal["d", "h", "min", "s"]
_UNITS: Final[tuple[tuple[int, Unit], ...]] = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOKALIKES: Final = str.maketrans({"&": "\uff06", "<": "\u2039", ">": "\u203a"})
_BACKTICK: Final = str.maketrans({"`": "\u02cb"})  # opens no code span, looks the same
_JOINERS: Final = frozenset("\u200c\u200d")  # inside words of some scripts, and inside emoji
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_USER: Final = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL: Final = re.compile(r"[CDG][A-Z0-9]{2,20}")
_GROUP: Final = re.compile(r"S[A-Z0-9]{2,20}")
_LINK: Final = re.compile(r"https?://[A-Za-z0-9.:-]+/[A-Za-z0-9/_.?=&-]*")
_READ_MAX: Final = 4_000  # characters looked at: a vendor's answer may be a megabyte
_PART: Final = 480  # characters of what is shown whole, in one line
_BOTH_ENDS: Final = 60  # from so much room on, a cut keeps the end as well
_EMOJI: Final = re.compile(r"(?<!\d\d):(?=[\w+'-]+:)|:(?=[\w+'-]+:)(?!\d\d:\d\d)")
_MARKS: Final = {  # what draws bold, struck out or slanted letters, unless inside a word
    mark: re.compile(rf"(?<![^\W_])[{mark}]+|[{mark}]+(?![^\W_])") for mark in "*~_"
}
_SHOWN: Final = {"*": "\u2217", "~": "\u223c", "_": "\u02cd", ":": "\u2236", ">": "\u203a"}
_SAME_DAY: Final = timedelta(hours=12)  # in which a time of day is enough
_TIMESTAMP_MAX: Final = 9_999_999_999
_PLAIN: Final = re.compile(r"[A-Za-z0-9./-]+( [A-Za-z0-9./-]+)*")
_HALF_TOKEN: Final = re.compile(r"(<[^<>]*|&[a-z]{0,4})\Z")


def escaped(words: str, most: int = VENDOR_MAX) -> str:
    """Return foreign *words* as one line of mrkdwn of at most *most* characters.

    Mentions, links, code spans, emoji and marks in it are plain letters; what reads from right to
    left is isolated, so that it cannot turn round what stands beside it. Of what is too long, both
    ends are kept.
    """
    if _is_plain(words, most):
        return words
    return _entities(_unmarked(_tame(words).translate(_BACKTICK)), most)


def _is_plain(words: str, most: int) -> bool:
    """Whether *words* are letters, digits and single blanks, as most are: shown as they are."""
    return len(words) <= most and _PLAIN.fullmatch(words) is not None


def _entities(tame: str, most: int) -> str:
    if tame.isascii() or not any(map(_turns, tame)):
        return _cut([_ENTITIES.get(char, char) for char in tame], most)
    inside = _cut([_ENTITIES.get(char, char) for char in tame], most - 2)
    return f"{_ISOLATE}{inside}{_END_ISOLATE}"


def plain(words: str, most: int = NAME_MAX) -> str:
    """Return foreign *words* for a `plain_text` object: one line without entities."""
    if _is_plain(words, most):
        return words
    return _cut(list(_tame(words).translate(_LOOKALIKES)), most)


def code(words: str, most: int = NAME_MAX) -> str:
    """Return foreign *words* as a code span, or a dash where there are none."""
    inside = _entities(_tame(words).translate(_BACKTICK), most)
    return f"`{inside}`" if inside else NOTHING


def preformatted(lines: Iterable[str], most: int = 200) -> str:
    """Return foreign *lines* as a block that keeps their indents; each of *most* characters."""
    shown = (
        " " * (len(line) - len(line.lstrip(" ")))
        + _entities(_tame(line).translate(_BACKTICK), most)
        for line in lines
    )
    return "```" + "\n".join(shown) + "```"


def whole(words: str) -> tuple[str, ...]:
    """Return foreign *words* to their last letter, as code spans in as many lines as it takes.

    What a line of words cannot show, such as line ends and several blanks, is written as in JSON.
    """
    shown = words if _line(words) == words else json.dumps(words).replace("  ", " \\u0020")
    parts = [shown[at : at + _PART] for at in range(0, len(shown), _PART)]
    return tuple(code(part, 6 * _PART) for part in parts) or (NOTHING,)


def mention(who: str) -> str:
    """Return the mention of a user or a user group by its id; other words stay words."""
    if _USER.fullmatch(who):
        return f"<@{who}>"
    if _GROUP.fullmatch(who):
        return f"<!subteam^{who}>"
    if who in {SLIPWAY, ANYONE}:
        return who.title() if who == SLIPWAY else who
    return code(who, 30)


def is_id(who: str) -> bool:
    """Return whether it is the id of a user or a user group."""
    return any(each.fullmatch(who) for each in (_USER, _GROUP))


def is_direct(which: str) -> bool:
    """Return whether it is the id of a direct message."""
    return which.startswith("D") and _CHANNEL.fullmatch(which) is not None


def channel(which: str) -> str:
    """Return a channel by its id; other words stay words."""
    return f"<#{which}>" if _CHANNEL.fullmatch(which) else code(which, 30)


def link(url: str, words: str) -> str:
    """Return a link to *url* that reads as our own *words*; nothing for what is no address."""
    if not _LINK.fullmatch(url):
        return ""
    return f"<{url.replace('&', '&amp;')}|{words}>"


def moment(at: datetime, shape: str = "{date_short} {time}") -> str:
    """Return a moment that everybody reads in the own time zone, in RFC 3339 elsewhere.

    *shape* is made of Slack's words for the parts of a date. What begins with one that ends in
    `_pretty` begins with a capital, "Today": that is for no inside of a sentence.
    """
    fallback = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    seconds = int(at.timestamp())
    if not 0 <= seconds <= _TIMESTAMP_MAX:
        return fallback
    return f"<!date^{seconds}^{shape}|{fallback}>"


def date_shape(at: datetime, now: datetime | None, day: str = "{date_short}") -> str:
    """Return which parts of a moment have to be said, in Slack's words for them."""
    is_near = now is not None and abs(at - now) < _SAME_DAY
    return "{time}" if is_near else f"{day} {{time}}"


def local(text: str) -> str | None:
    """Return a time of the vendor's as a moment; None where *text* is anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment(at) if at.tzinfo else None


def largest_units(length: timedelta) -> tuple[tuple[int, Unit], ...]:
    """Return a length of time in its two largest units; nothing where it is under a second."""
    seconds = max(0, int(length.total_seconds()))
    units: list[tuple[int, Unit]] = []
    for size, unit in _UNITS:
        number, seconds = divmod(seconds, size)
        if number or units:
            units.append((number, unit))
    return tuple(each for each in units[:2] if each[0])


def capitalised(words: str) -> str:
    """Return *words* with a capital first letter, the rest as it is."""
    return words[:1].upper() + words[1:]


def fallback_text(text: str, most: int = TEXT_MAX) -> str:
    """Return a message's *text* for sending alone, where Slack finds the whole too long.

    It is cut with a mark, never inside a mention, a date or an entity.
    """
    if len(text) <= most:
        return text or MARK
    return _HALF_TOKEN.sub("", text[: most - 1]) + MARK


def _tame(words: str) -> str:
    """Return *words* as one line without control, direction and invisible characters."""
    half = _READ_MAX // 2
    read = words if len(words) <= _READ_MAX else f"{words[:half]} {MARK} {words[-half:]}"
    return _line(read)


def _line(words: str) -> str:
    return " ".join("".join(map(_visible, words)).split())


def _turns(char: str) -> bool:
    return unicodedata.bidirectional(char) in _RIGHT_TO_LEFT


def _visible(char: str) -> str:
    if " " <= char <= "~":
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs"} and char not in _JOINERS else char


def _unmarked(line: str) -> str:
    """Return *line* with letters that look like Slack's marks where those would be drawn.

    A time of day stays as it is: no emoji has such a name.
    """
    for mark, drawn in _MARKS.items():
        if mark in line:
            line = drawn.sub(_lookalikes, line)
    if line.startswith(">"):
        line = _SHOWN[">"] + line[1:]
    return _EMOJI.sub(_SHOWN[":"], line) if ":" in line else line


def _lookalikes(found: re.Match[str]) -> str:
    return "".join(_SHOWN[mark] for mark in found[0])


def _cut(characters: list[str], most: int) -> str:
    """Join *characters*, each of which may be an entity, within *most*.

    Where there is room for it, the end is kept as well: causes are told last.
    """
    if sum(map(len, characters)) <= most:
        return "".join(characters)
    tail = most // 3 if most >= _BOTH_ENDS else 0
    head = _fitting(characters, most - tail - len(MARK) - 2 * bool(tail))
    end = _fitting(characters[::-1], tail)[::-1]
    return (
        f"{''.join(head).rstrip()} {MARK} {''.join(end).lstrip()}"
        if end
        else "".join(head).rstrip() + MARK
    )


def _fitting(characters: list[str], room: int) -> list[str]:
    """Return as many of *characters* as have room."""
    kept: list[str] = []
    for char in characters:
        room -= len(char)
        if room < 0:
            break
        kept.append(char)
    return kept
