"""What people are told of the values in a plan."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.core.codes import Code
from bot.core.codes.systems import Hidden, LabelName, label
from bot.core.plan import Change
from bot.systems._helm.choice import Wanted, has_secrets
from bot.systems._helm.codes import (
    MoreChanges,
    OnlyThese,
    SecretsSent,
    ValuesKept,
    ValuesReplaced,
    ValuesUnread,
    WordDropped,
    WordKept,
)
from bot.systems._helm.differences import changes
from bot.systems._helm.values import Values
from bot.systems._wire.text import plain

_CHANGES_MAX: Final = 100


def value_changes(wanted: Wanted, before: Values | None) -> tuple[Change, ...]:
    """Return what differs from the values *before*; None: nobody knows these."""
    if not wanted.is_sent:
        return (Change(name=label("values"), before="", after=ValuesKept().reason),)
    told = [_change("key_value", WordKept(), WordDropped(), of=word) for word in wanted.dropped]
    if wanted.part is not None:
        told.append(_change("values", ValuesKept(), OnlyThese()))
    elif before is None:
        told.append(_change("values", ValuesUnread(), ValuesReplaced()))
    whole = wanted.values if before is not None else wanted.part or wanted.values
    told += changes(before or {}, whole or {}, are_masked=True)
    if has_secrets(wanted.values if wanted.part is None else wanted.part):
        told.append(_change("secrets", Hidden(), SecretsSent()))
    return cut(told)


def _change(name: LabelName, before: Code, after: Code, of: str = "") -> Change:
    return Change(name=label(name, of), before=before.reason, after=after.reason)


def kept_facts(wanted: Wanted, words: Iterable[str]) -> dict[str, str]:
    """Return as a fact for people which words of earlier commands go on to hold."""
    now = set(words)
    kept = [f"{word}={text}" for word, text in wanted.words.items() if word not in now]
    is_told = wanted.is_sent and bool(kept)
    return {"earlier_words": plain(", ".join(kept))} if is_told else {}


def cut(told: Sequence[Change]) -> tuple[Change, ...]:
    """Keep the record of a plan within bounds; the card shows the first few anyway."""
    more = len(told) - _CHANGES_MAX
    if more <= 0:
        return tuple(told)
    rest = Change(name=label("more_values"), before="", after=MoreChanges(count=more).reason)
    return (*told[:_CHANGES_MAX], rest)
