"""The words of what is held: what it is for, a reason, and for how long."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import (
    BadDuration,
    BadEnd,
    BareDuration,
    NoTarget,
    ReasonMissing,
    TwoEnds,
)
from bot.core.codes.service import SecretInReason
from bot.core.durations import length_of
from bot.core.records import Record
from bot.core.secrecy import holds_secret
from bot.core.verbs.line import read_line, shown
from bot.core.verbs.reasons import kept_reason

_TIME: Final = re.compile(r"2\d{3}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d)?([Zz]|[+-]\d\d:\d\d)?")


class Held(Record):
    """What was typed."""

    subject: str = ""
    reason: str = ""
    length: timedelta | None = None
    until: datetime | None = None
    is_warning: bool = False


def read(verb: str, text: str, *flags: str, has_subject: bool = True) -> Held | Denied:
    """Read a name, a reason in quotes or without, and those of *flags* that are there."""
    line = read_line(verb, text, flags)
    if isinstance(line, Denied):
        return line
    subject, words = line.words[: int(has_subject)], line.words[int(has_subject) :]
    reason = kept_reason(" ".join(word.text for word in words))
    bare = next((each for each in words if not each.is_quoted and length_of(each.text)), None)
    if bare is not None:
        return Denied.of(BareDuration(word=bare.text))
    if holds_secret(reason):
        return Denied.of(SecretInReason())
    ends = ends_of(verb, line.flags)
    if isinstance(ends, Denied):
        return ends
    return ends.model_copy(
        update={
            "subject": subject[0].text.lower() if subject else "",
            "reason": reason,
            "is_warning": "warn" in line.flags,
        }
    )


def named(verb: str, held: Held | Denied, *, wants_reason: bool = False) -> Held | Denied:
    """Want a name and, where it is wanted, a reason."""
    if isinstance(held, Denied):
        return held
    if not held.subject:
        return Denied.of(NoTarget(verb=verb))
    return Denied.of(ReasonMissing(verb=verb)) if wants_reason and not held.reason else held


def ends_of(verb: str, given: Mapping[str, str]) -> Held | Denied:
    """Read `--for` or `--until`, of which one may be there."""
    lasts, until = given.get("for"), given.get("until")
    if lasts is not None and until is not None:
        return Denied.of(TwoEnds(verb=verb))
    if lasts is not None:
        length = length_of(lasts)
        return Held(length=length) if length else Denied.of(BadDuration(word=shown(lasts)))
    if until is None:
        return Held()
    moment = _moment(until)
    return Held(until=moment) if moment else Denied.of(BadEnd(word=shown(until)))


def _moment(written: str) -> datetime | None:
    if not _TIME.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written.upper())
    except ValueError:  # the 30th of February
        return None
