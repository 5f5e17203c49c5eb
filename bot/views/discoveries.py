"""What a connection has: lines for people, and entries for slipway.yaml."""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from bot.core.outcomes import Discovered, DiscoveredThing
from bot.views.text import code, escaped, preformatted
from bot.views.words import Locale, say

THINGS_MAX: Final = 25  # in one answer; the rest is counted
_ROOM: Final = 4_500  # characters of the lines, and of the entries for slipway.yaml


def discovered_lines(outcome: Discovered, locale: Locale) -> tuple[str, ...]:
    """Return what there is, then the entries that slipway.yaml lacks."""
    return tuple(_lines(outcome, locale))


def entry(thing: DiscoveredThing, connection: str) -> str:
    """Return the YAML of a target that slipway.yaml lacks, to stand under `targets:`."""
    settings: dict[str, Any] = dict(thing.found.settings or {})
    target = {"system": thing.system, "connection": connection, **settings}
    text: str = yaml.safe_dump(
        {thing.new_name: target}, sort_keys=False, allow_unicode=True, width=1_000
    )
    return "".join(f"  {line}" for line in text.splitlines(keepends=True)).rstrip()


def told(thing: DiscoveredThing) -> tuple[str, ...]:
    """Return the parts of a line about a thing: its kind, name, place and status."""
    found = thing.found
    return found.kind, found.name, found.place, found.status


def _lines(outcome: Discovered, locale: Locale) -> Iterator[str]:
    named, count = outcome.connection, len(outcome.things)
    yield say("discovered.head", locale, connection=named, count=count, words=outcome.words)
    shown = _fitting([_line(each, locale) for each in outcome.things[:THINGS_MAX]])
    yield from shown
    if count > len(shown):
        yield say("discovered.more", locale, more=count - len(shown), connection=named)
    for system, why in outcome.unlisted:
        yield say("discovered.unlisted", locale, system=system, why=why)
    new = [each for each in outcome.things if each.new_name]
    if not new:
        return
    yield say("discovered.new", locale, count=len(new))
    entries = _fitting([preformatted(entry(each, named).splitlines()) for each in new[:THINGS_MAX]])
    yield from entries
    if len(new) > len(entries):
        yield say("discovered.new_more", locale, more=len(new) - len(entries), connection=named)


def _fitting(words: list[str]) -> list[str]:
    """Return as many of *words* as have room in one answer."""
    kept, room = list[str](), _ROOM
    for each in words:
        room -= len(each) + 1
        if room < 0:
            break
        kept.append(each)
    return kept


def _line(thing: DiscoveredThing, locale: Locale) -> str:
    kind, name, place, status = told(thing)
    where = f" ({escaped(place, 80)})" if place else ""
    target = say("discovered.target", locale, target=thing.target) if thing.target else ""
    thing_name = say(f"thing.{kind}", locale)
    parts = (f"• {thing_name} {code(name)}{where}", escaped(status, 80), target)
    return " · ".join(part for part in parts if part)
