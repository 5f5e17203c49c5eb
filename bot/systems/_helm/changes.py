"""What people are told of the values in a plan."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.core.plan import Change
from bot.systems._helm.choice import Wanted, has_secrets
from bot.systems._helm.values import Values, changes
from bot.systems._wire.text import plain

_CHANGES_MAX: Final = 100


def value_changes(wanted: Wanted, before: Values | None) -> tuple[Change, ...]:
    """Return what differs from the values *before*; None: nobody knows these."""
    if not wanted.is_sent:
        return (Change(name="values", before="as they are", after="as they are: none are sent"),)
    told = [
        Change(name=f"key=value {word}", before="kept so far", after="dropped: it fits no more")
        for word in wanted.dropped
    ]
    if before is None:
        told.append(Change(name="values", before="unknown", after="replaced as a whole"))
    told += changes(before or {}, wanted.values or {})
    if has_secrets(wanted.values):
        told.append(Change(name="secrets", before="not shown", after="sent, not compared"))
    return cut(told)


def kept_facts(wanted: Wanted, words: Iterable[str]) -> dict[str, str]:
    """Return as a fact for people which words of earlier commands go on to hold."""
    now = set(words)
    kept = [f"{word}={text}" for word, text in wanted.words.items() if word not in now]
    is_told = wanted.is_sent and bool(kept)
    return {"kept from earlier commands": plain(", ".join(kept))} if is_told else {}


def cut(told: Sequence[Change]) -> tuple[Change, ...]:
    """Keep the record of a plan within bounds; the card shows the first few anyway."""
    more = len(told) - _CHANGES_MAX
    if more <= 0:
        return tuple(told)
    rest = Change(name="more values", before="", after=f"{more} more changes")
    return (*told[:_CHANGES_MAX], rest)
