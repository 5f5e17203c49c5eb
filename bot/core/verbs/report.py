"""`/ops report`: how often targets change, how well that goes, and how long it takes."""

import re
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import BadDays
from bot.core.rules.intents import Ask
from bot.core.target import ALL
from bot.core.verbs.line import read_line, shown
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import too_many

DAYS: Final = 30  # where nobody says how many
DAYS_MAX: Final = 365
_NUMBER: Final = re.compile(r"[0-9]{1,5}")  # Python reads no number of thousands of digits


def parse(text: str) -> Ask | Denied:
    """Read a target or a policy, where one is named, and so many days."""
    line = read_line("report", text, ("days",))
    if isinstance(line, Denied):
        return line
    if len(line.words) > 1:
        return too_many("report", line.words[1].text)
    word = line.flags.get("days", str(DAYS))
    days = int(word) if _NUMBER.fullmatch(word) else 0
    if not 1 <= days <= DAYS_MAX:
        return Denied.of(BadDays(verb="report", word=shown(word), most=DAYS_MAX))
    subject = line.words[0].text.lower() if line.words else ""
    return Ask(topic="report", subject="" if subject == ALL else subject, word=str(days))


REPORT: Final = Verb(
    name="report",
    commands=("ops report",),
    usage="[<target>|<policy>] [--days 30]",
    example="checkout",
    parse=parse,
)
