"""Words, made last: what a code says in the language of whoever reads it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from bot.core.codes import Reason, Value
from bot.views.text import VENDOR_MAX, date_shape, escaped, fallback_text, moment
from bot.views.words.locale import Language, Locale
from bot.views.words.speaker import STOPS, VOCABULARIES, Marked, Speaker

__all__ = [
    "DEFAULT",
    "Language",
    "Locale",
    "Marked",
    "Said",
    "brief",
    "duration",
    "label",
    "pair",
    "people",
    "phrase",
    "phrases",
    "said",
    "say",
    "say_plain",
    "sentence",
    "sentences",
    "spelled",
    "started",
    "stopped",
    "when",
    "worded",
]

_SENTENCE_MAX: Final = 300  # characters of our own around foreign words, which are cut before

DEFAULT: Final = Locale()  # of whoever is known no better


class Said(NamedTuple):
    """What a reason says, and what can be done about it."""

    says: str
    remedy: str = ""


def said(
    reason: Reason,
    locale: Locale,
    *,
    who: Sequence[str] | None = None,
    is_plain: bool = False,
    is_in_form: bool = False,
) -> Said:
    """Return *reason* in words: mrkdwn, or text for a `plain_text` object, such as a form's fault.

    Who reads it in a form is told what helps there: nothing is typed behind a command. A key that
    this version does not know is said by its code and parameters. *who* are those that may do it;
    None: nobody knows.
    """
    speaker = Speaker(locale, is_plain=is_plain)
    says = speaker.says(reason, is_start=True)
    is_alone = who is not None and not who
    remedy = speaker.remedy(reason, is_in_form=is_in_form, is_alone=is_alone)
    return Said(speaker.stopped(says), speaker.stopped(remedy))


def phrase(reason: Reason, locale: Locale, *, is_plain: bool = False) -> str:
    """Return *reason* for the inside of a line: without its full stop."""
    return Speaker(locale, is_plain=is_plain).clause(reason)


def say(key: str, locale: Locale, **params: Any) -> Marked:
    """Return one of the views' own phrases as mrkdwn; what is not `Marked` in it is escaped."""
    return Marked(Speaker(locale).phrase(key, params))


def phrases(locale: Locale) -> frozenset[str]:
    """Return the keys of all that can be said to this reader."""
    return _phrases(locale.language)


@cache
def _phrases(language: Language) -> frozenset[str]:
    return frozenset({*VOCABULARIES["en"].phrases, *VOCABULARIES[language].phrases})


def say_plain(key: str, locale: Locale, **params: Any) -> str:
    """Return one of the views' own phrases for a `plain_text` object."""
    return Speaker(locale, is_plain=True).phrase(key, params)


def worded(value: Value | None, locale: Locale, most: int = VENDOR_MAX) -> Marked:
    """Return *value* for the inside of a line; foreign words are escaped."""
    if isinstance(value, Reason):
        return Marked(fallback_text(phrase(value, locale), most + _SENTENCE_MAX))
    return Marked(escaped(value or "", most))


def brief(value: Value | None, locale: Locale) -> Marked:
    """Return *value* for a card: without what only Details needs, where the words know how."""
    if isinstance(value, Reason) and f"brief.{value.key}" in phrases(locale):
        return say(f"brief.{value.key}", locale, **value.params)
    return worded(value, locale)


def spelled(value: Value | None, locale: Locale = DEFAULT) -> str:
    """Return *value* as plain text, which is not escaped yet; in English for a terminal."""
    return phrase(value, locale, is_plain=True) if isinstance(value, Reason) else value or ""


def label(name: str, locale: Locale, *, is_plain: bool = False) -> str:
    """Return what a fact is called: "artifact:web" → "artifact web"; foreign names stay."""
    return Speaker(locale, is_plain=is_plain).label(name)


def people(who: Sequence[str], locale: Locale) -> Marked:
    """Return the mentions of several, with the number of those left out."""
    return Marked(Speaker(locale).people(who))


def duration(length: timedelta, locale: Locale = DEFAULT) -> str:
    """Return a length of time in its two largest units: "1 min 12 s", "2 h 5 min"."""
    return Speaker(locale).duration(length)


def stopped(words: str, locale: Locale) -> str:
    """Return *words* with a full stop at the end, the rest as it is."""
    return Speaker(locale).stopped(words)


def started(words: str, locale: Locale) -> str:
    """Return *words* as a sentence starts in the reader's language."""
    return Speaker(locale).started(words)


def pair(name: str, value: str, locale: Locale) -> Marked:
    """Return what something is called and what it is: "image: 1.4.0"."""
    return say("list.pair", locale, name=Marked(name), value=Marked(value))


def sentences(parts: Iterable[str], locale: Locale) -> str:
    """Return whole sentences one after the other, those that are there.

    Behind a full stop of its own, Chinese has no blank; what ends without one stands apart.
    """
    gap, whole = say("sentence.gap", locale), ""
    for part in filter(None, parts):
        between = gap if whole.endswith(STOPS) else " "
        whole = f"{whole}{between}{part}" if whole else part
    return whole


def sentence(words: str, locale: Locale) -> str:
    """Return our own *words* as a sentence; foreign ones may begin with a name, which stays."""
    speaker = Speaker(locale)
    return speaker.stopped(speaker.started(words))


def when(at: datetime, now: datetime) -> Marked:
    """Return a moment in the reader's zone, as short as it is clear from *now*."""
    return Marked(moment(at, date_shape(at, now)))
