"""`/ops delegate`: let somebody else approve in one's place, until a time."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import NoEnd, NotAPerson
from bot.core.records import UserId
from bot.core.rules import Delegate, DelegateForOther, Undelegate, UndelegateForOther
from bot.core.target import ALL
from bot.core.verbs.holding import ends_of
from bot.core.verbs.line import read_line
from bot.core.verbs.verb import Verb
from bot.core.verbs.why import PERSON
from bot.core.verbs.words import too_many

_DAY: Final = re.compile(r"2\d{3}-\d\d-\d\d")
_OFF: Final = "off"


def parse(text: str) -> Delegate | Undelegate | Denied:
    """Read a person, until when, and under which policy; or that it ends."""
    line = read_line("delegate", text, ("for", "until", "from"))
    if isinstance(line, Denied):
        return line
    words = [word.text for word in line.words]
    owner = line.flags.get("from")
    found = PERSON.fullmatch(owner) if owner is not None else None
    if owner is not None and found is None:
        return Denied.of(NotAPerson(verb="delegate"))
    delegator = found[1] if found else None
    if words and words[0].lower() == _OFF:
        return _off(words, line.flags, delegator)
    return _on(words, line.flags, delegator)


def _off(
    words: list[str], flags: Mapping[str, str], delegator: UserId | None
) -> Undelegate | Denied:
    more = (*words[1:], *(f"--{flag}" for flag in flags if flag != "from"))
    if more:
        return too_many("delegate", more[0])
    return UndelegateForOther(delegator=delegator) if delegator else Undelegate()


def _on(words: list[str], flags: Mapping[str, str], delegator: UserId | None) -> Delegate | Denied:
    found = PERSON.fullmatch(words[0]) if words else None
    if found is None:
        return Denied.of(NotAPerson(verb="delegate"))
    if len(words) > 2:  # noqa: PLR2004 - a person and a policy
        return too_many("delegate", words[2])
    ends = ends_of("delegate", {name: _whole_day(word) for name, word in flags.items()})
    if isinstance(ends, Denied):
        return ends
    if ends.length is None and ends.until is None:
        return Denied.of(NoEnd(verb="delegate"))
    kind = DelegateForOther if delegator else Delegate
    return kind(
        target=words[1].lower() if words[1:] else ALL,
        delegate=found[1],
        delegator=delegator,
        length=ends.length,
        until=ends.until,
    )


def _whole_day(word: str) -> str:
    """Return the end of the day that is named: that day is meant with it, as in freezes."""
    if not _DAY.fullmatch(word):
        return word
    try:
        following = date.fromisoformat(word) + timedelta(days=1)
    except ValueError:  # the 30th of February
        return word
    return f"{following.isoformat()}T00:00"


DELEGATE: Final = Verb(
    name="delegate",
    commands=("ops delegate",),
    usage="<@user> --until 2026-12-01 [<policy>] [--from <@other>] | off [--from <@other>]",
    example="<@U0BOB|bob> --until 2026-12-01",
    parse=parse,
)
