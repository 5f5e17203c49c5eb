"""Fills templates in one language: see `bot.views.words.template` for what may stand in them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final, NamedTuple

from bot.core.codes import Reason
from bot.core.codes.systems import LABELS
from bot.core.policy import ANYONE
from bot.views.text import (
    MARK,
    NAME_MAX,
    VENDOR_MAX,
    capitalised,
    channel,
    code,
    date_shape,
    escaped,
    fallback_text,
    is_direct,
    is_id,
    link,
    mention,
    moment,
    plain,
)
from bot.views.words.en import ENGLISH, ENGLISH_PHRASES
from bot.views.words.locale import Language, Locale
from bot.views.words.measures import duration, is_one
from bot.views.words.setting import bounded, joined
from bot.views.words.template import ARGUMENT, Params, Template, Words, chosen, parts
from bot.views.words.zh import CHINESE, CHINESE_PHRASES

_PEOPLE_MAX: Final = 10  # mentions in one list; the rest is counted
_COMMAND_MAX: Final = 200  # characters of a command of ours with what stands in it
STOPS: Final = ("。", "！", "？")  # noqa: RUF001 - as Chinese writes them
_FIRST_REASON: Final = re.compile(r"^\{([a-z_]+):reason\b")  # it starts the sentence, too
_ENDS: Final = (".", "!", "?", MARK, *STOPS)


class Vocabulary(NamedTuple):
    """All words of one language: of codes, and of what the views say themselves."""

    codes: Mapping[str, Words]
    phrases: Mapping[str, Template]


VOCABULARIES: Final[Mapping[Language, Vocabulary]] = {
    "en": Vocabulary(ENGLISH, ENGLISH_PHRASES),
    "zh": Vocabulary(CHINESE, CHINESE_PHRASES),
}


class Marked(str):
    """mrkdwn of our own making: it stands in a template as it is."""

    __slots__ = ()


class Speaker:
    """Says things to one reader; a key that the language lacks is said in English."""

    def __init__(self, locale: Locale, *, is_plain: bool = False) -> None:
        self._locale = locale
        self._is_plain = is_plain
        self._words = VOCABULARIES[locale.language]

    def says(self, reason: Reason, *, is_start: bool = False) -> str:
        """Return *reason* in words; an unknown key is said by its code and parameters.

        At the start of a sentence it has a capital, unless it begins with a name.
        """
        words = self._of(reason)
        if words is None:
            values = ", ".join(f"{name}: {value}" for name, value in reason.params.items())
            return self.foreign(f"{reason.key} {values}".strip())
        text = chosen(words.says, reason.params)
        if is_start:
            text = _FIRST_REASON.sub(r"{\1:sentence", self.started(text))
        return self._filled(text, reason.params)

    def remedy(self, reason: Reason, *, is_in_form: bool = False, is_alone: bool = False) -> str:
        """Return what can be done about *reason*, where the words tell it."""
        words = self._of(reason)
        if words is None:
            return ""
        fitting = (is_alone and words.alone) or (is_in_form and words.in_form) or words.remedy
        return self.filled(fitting, reason.params)

    def phrase(self, key: str, params: Params) -> str:
        """Return one of the views' own phrases.

        Raises:
            KeyError: there is no such phrase, or it lacks a parameter.
        """
        template = self._words.phrases.get(key)
        return self.filled(ENGLISH_PHRASES[key] if template is None else template, params)

    def filled(self, template: Template, params: Params) -> str:
        """Return the template with its parameters in it."""
        return self._filled(chosen(template, params), params)

    def _filled(self, text: str, params: Params) -> str:
        pieces = self._pieces(text, params)
        if self._locale.language == "en":
            return "".join(pieces)
        return self._set(reduce(joined, pieces, ""))

    def _pieces(self, text: str, params: Params) -> Iterator[str]:
        for literal, name, shape in parts(text):
            yield literal
            if name is not None:
                yield self._shaped(self._value(name, params), shape)

    def _set(self, words: str) -> str:
        is_drawn = self._locale.language != "en" and not self._is_plain
        return bounded(words) if is_drawn else words

    def foreign(self, words: str, most: int = VENDOR_MAX) -> str:
        """Return foreign words as they may be shown."""
        return plain(words, most) if self._is_plain else escaped(words, most)

    def started(self, words: str) -> str:
        """Return *words* as a sentence starts: with a capital, where the language has any."""
        return capitalised(words) if self._locale.language == "en" else words

    def stopped(self, words: str) -> str:
        """Return *words* with a full stop at the end."""
        is_sentence = not words or words.endswith(_ENDS)
        return words if is_sentence else self._set(words + self.phrase("sentence.end", {}))

    def clause(self, reason: Reason, *, is_start: bool = False) -> str:
        """Return *reason* without its full stop."""
        end = self.phrase("sentence.end", {})
        return self.says(reason, is_start=is_start).removesuffix(end)

    def label(self, name: str) -> str:
        """Return what a fact is called: "artifact:web" → "artifact web"; foreign names stay."""
        ours, _, of = name.partition(":")
        if ours in LABELS:
            return self.clause(Reason(key=f"label.{ours}", params={"of": of}))
        return self.foreign(name, NAME_MAX)

    def people(self, who: Sequence[str]) -> str:
        """Return the mentions of several, with the number of those left out."""
        ids = tuple(dict.fromkeys(who))
        shown, more = ids[:_PEOPLE_MAX], len(ids) - _PEOPLE_MAX
        listed = Marked(self.phrase("list.comma", {}).join(map(self._person, shown)))
        return (
            self.phrase("list.and_more", {"listed": listed, "more": more}) if more > 0 else listed
        )

    def duration(self, length: timedelta) -> str:
        """Return a length of time in its two largest units: "1 min 12 s", "1 分钟 12 秒"."""
        return duration(length, self._locale.language) or self.phrase("unit.none", {})

    def _of(self, reason: Reason) -> Words | None:
        return self._words.codes.get(reason.key) or ENGLISH.get(reason.key)

    def _value(self, name: str, params: Params) -> Any:
        if not name.startswith("/"):
            return params[name]
        typed = ARGUMENT.sub(lambda found: str(params.get(found[1], found[0])), name)
        return _Command(self._locale.command(typed[1:]))

    def _shaped(self, value: Any, wanted: str) -> str:
        if isinstance(value, Marked):
            return value
        if isinstance(value, _Command):
            is_bare = self._is_plain or wanted == "plain"
            return self.foreign(value, _COMMAND_MAX) if is_bare else code(value, _COMMAND_MAX)
        kind, _, more = wanted.partition(":")
        shape: Callable[[Any, str], str] | None = getattr(self, f"_{kind or 'text'}", None)
        if shape is None:
            msg = f"a template asks for {wanted!r}"
            raise ValueError(msg)
        return shape(value, more)

    def _text(self, value: Any, most: str) -> str:
        return self.foreign("" if value is None else str(value), int(most or VENDOR_MAX))

    def _lines(self, value: Any, most: str) -> str:
        """Return the lines that have room; of one that is too long, both ends."""
        room, shown = int(most or VENDOR_MAX), list[str]()
        for each in str(value).splitlines():
            if room < len(MARK):
                shown.append(MARK)
                break
            shown.append(self.foreign(each, room))
            room -= len(shown[-1]) + 1
        return "\n".join(shown)

    def _name(self, value: Any, _: str) -> str:
        return self.foreign(str(value), NAME_MAX)

    def _code(self, value: Any, most: str) -> str:
        length = int(most or NAME_MAX)
        return plain(str(value), length) if self._is_plain else code(str(value), length)

    def _person(self, value: Any, _: str = "") -> str:
        if value == ANYONE:
            return self.phrase("people.anyone", {})
        if self._is_plain:  # pings nobody, and so names whoever is known
            stranger = self._locale.stranger if is_id(str(value)) else ""
            return plain(self._locale.names.get(str(value), stranger or str(value)))
        return mention(str(value))

    def _people(self, value: Any, _: str) -> str:
        if not self._is_plain:
            return self.people(value)
        return self.phrase("list.comma", {}).join(dict.fromkeys(map(self._person, value)))

    def _named(self, value: Any, _: str = "") -> str:
        """Return what somebody is called, who need not act; a mention where nobody knows."""
        name = self._locale.names.get(str(value), "")
        return self.foreign(name, NAME_MAX) if name else self._person(value)

    def _all_named(self, value: Any, _: str) -> str:
        return Marked(self.phrase("list.comma", {}).join(map(self._named, value)))

    def _channel(self, value: Any, _: str) -> str:
        if is_direct(str(value)):  # such a one has no name: Slack would call it unknown
            return self.phrase("channel.direct", {})
        return plain(str(value)) if self._is_plain else channel(str(value))

    def _list(self, value: Any, _: str) -> str:
        comma = self.phrase("list.comma", {})
        return comma.join(self.foreign(str(each), NAME_MAX) for each in value)

    def _moment(self, value: Any, _: str) -> str:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if self._is_plain:
            return f"{at:%Y-%m-%d %H:%M} UTC"
        return moment(at, date_shape(at, self._locale.now))

    def _clock(self, value: datetime, _: str) -> str:
        return moment(value, "{time_secs}")

    def _duration(self, value: Any, _: str) -> str:
        is_length = isinstance(value, timedelta)
        return self.duration(value if is_length else timedelta(seconds=float(value)))

    def _count(self, value: Any, more: str) -> str:
        one, _, many = more.partition("|")
        is_singular = is_one(value, self._locale.language)
        return f"{value} {one if is_singular else many or one + 's'}"

    def _sentence(self, value: Any, most: str) -> str:
        return self._reason(value, most, is_start=True)

    def _reason(self, value: Any, most: str, *, is_start: bool = False) -> str:
        length = int(most or VENDOR_MAX)
        if isinstance(value, Mapping):
            value = Reason.model_validate(value)
        if not isinstance(value, Reason):
            return self.foreign(value, length).removesuffix(".")
        clause = self.clause(value, is_start=is_start)
        return plain(clause, length) if self._is_plain else fallback_text(clause, length)

    def _label(self, value: Any, _: str) -> str:
        return self.label(str(value))

    def _system(self, value: Any, _: str) -> str:
        key = f"system.{value}"
        return self.phrase(key, {}) if key in ENGLISH_PHRASES else self.foreign(str(value))

    def _action(self, value: Any, _: str = "") -> str:
        key = f"action.{value}"
        return self.phrase(key, {}) if key in ENGLISH_PHRASES else self.foreign(str(value))

    def _status(self, value: Any, most: str = "") -> str:
        """Return a vendor's word for how something is: in the reader's, where it is a known one."""
        key = f"vendor_status.{str(value).lower()}"
        return self.phrase(key, {}) if key in ENGLISH_PHRASES else self._text(value, most or "60")

    def _actions(self, value: Any, _: str) -> str:
        return self.phrase("list.comma", {}).join(map(self._action, value))

    def _link(self, value: Any, words: str) -> str:
        return link(str(value), words)


class _Command(str):
    """A command of ours, with what stands in it."""

    __slots__ = ()
