"""Foreign text as it is kept: on one line, or in its own, and of what is too long both ends."""

import re
import unicodedata
from typing import Final

KEPT_MAX: Final = 4_000  # characters of any text; the views show as much as fits
_BOTH_ENDS: Final = 60  # from so much room on, a cut keeps the end as well
_GAP: Final = re.compile(r"\n{3,}")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def one_line(text: str, longest: int = KEPT_MAX) -> str:
    """Return *text* on one line, without control characters, of at most *longest*.

    Where there is room for it, a cut keeps the end as well: causes are told last.
    """
    if len(text) > 2 * longest:
        text = f"{text[:longest]} … {text[-longest:]}"  # an answer may be a megabyte
    line = " ".join(_seen(text).split())
    return line if len(line) <= longest else _cut(line, longest)


def own_lines(text: str, longest: int = KEPT_MAX) -> str:
    """Return *text* in the lines that its writer gave it, each as `one_line` has it.

    Of empty lines one is kept between two others.
    """
    lines = (one_line(each, longest) for each in text.splitlines())
    return _GAP.sub("\n\n", "\n".join(lines)).strip("\n")


def _seen(text: str) -> str:
    if text.isprintable():  # nearly always, and told at once
        return text
    return "".join(" " if unicodedata.category(char) in _UNSEEN else char for char in text)


def _cut(line: str, longest: int) -> str:
    tail = longest // 3
    if longest < _BOTH_ENDS:
        return line[: longest - 1] + "…"
    return f"{line[: longest - tail - 3].rstrip()} … {line[-tail:].lstrip()}"
