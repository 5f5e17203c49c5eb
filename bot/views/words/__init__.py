"""Words, made last: what a code says in the language of whoever reads it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from string import Formatter
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from typing_extensions import override

from bot.core.codes import Reason, Stated
from bot.core.codes.systems import LABELS
from bot.core.records import Json, Record
from bot.views.text import (
    NAME_MAX,
    VENDOR_MAX,
    code,
    duration,
    escaped,
    fallback_text,
    mention,
    mentions,
    moment,
    plain,
    stopped,
)
from bot.views.words.en import ENGLISH
from bot.views.words.template import Template, Words
from bot.views.words.zh import CHINESE

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[Mapping[Language, Mapping[str, Words]]] = {"en": ENGLISH, "zh": CHINESE}


class Locale(Record):
    """Who reads: the language, and how the commands are called in this workspace."""

    language: Language = "en"
    prefix: str = ""  # "" or what stands before the names of commands: "ship-"

    def command(self, words: str) -> str:
        """Return a command of ours as it is typed here: "ops status" → "/ship-ops status"."""
        return f"/{self.prefix}{words}"


class Said(NamedTuple):
    """What a reason says, and what can be done about it."""

    says: str
    remedy: str = ""


def said(reason: Reason, locale: Locale, *, is_plain: bool = False) -> Said:
    """Return *reason* in words: mrkdwn, or text for a `plain_text` object.

    A key that this version does not know is said by its code and parameters.
    """
    words = LANGUAGES[locale.language].get(reason.key) or ENGLISH.get(reason.key)
    speaker = _Speaker(locale, is_plain=is_plain)
    if words is None:
        values = ", ".join(f"{name}: {value}" for name, value in reason.params.items())
        return Said(speaker.foreign(f"{reason.key} {values}".strip()))
    return Said(
        stopped(speaker.filled(words.says, reason.params)),
        stopped(speaker.filled(words.remedy, reason.params)),
    )


def phrase(reason: Reason, locale: Locale, *, is_plain: bool = False) -> str:
    """Return *reason* for the inside of a line: without its full stop."""
    return said(reason, locale, is_plain=is_plain).says.removesuffix(".")


def label(name: str, locale: Locale, *, is_plain: bool = False) -> str:
    """Return what a fact is called: "artifact:web" → "artifact web"; foreign names stay."""
    ours, _, of = name.partition(":")
    if ours in LABELS:
        return phrase(Reason(key=f"label.{ours}", params={"of": of}), locale, is_plain=is_plain)
    return plain(name, NAME_MAX) if is_plain else escaped(name, NAME_MAX)


class _Speaker(Formatter):
    """Fills templates: see `bot.views.words.template` for what may stand in them."""

    def __init__(self, locale: Locale, *, is_plain: bool) -> None:
        self._locale = locale
        self._is_plain = is_plain

    def filled(self, template: Template, params: Mapping[str, Json]) -> str:
        """Return the template with its parameters in it."""
        text = template(params) if callable(template) else template
        return self.vformat(text, (), params)

    def foreign(self, words: str, most: int = VENDOR_MAX) -> str:
        """Return foreign words as they may be shown."""
        return plain(words, most) if self._is_plain else escaped(words, most)

    @override
    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        if field_name.startswith("/"):
            return _Ours(self._locale.command(field_name[1:])), field_name
        return kwargs[field_name], field_name

    @override
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, _Ours):
            return value if self._is_plain or format_spec == "plain" else f"`{value}`"
        kind, _, more = format_spec.partition(":")
        shape: Callable[[Any, str], str] | None = getattr(self, f"_{kind or 'text'}", None)
        if shape is None:
            msg = f"a template asks for {format_spec!r}"
            raise ValueError(msg)
        return shape(value, more)

    def _text(self, value: Any, _: str) -> str:
        return self.foreign("" if value is None else str(value))

    def _name(self, value: Any, _: str) -> str:
        return self.foreign(str(value), NAME_MAX)

    def _code(self, value: Any, _: str) -> str:
        return plain(str(value)) if self._is_plain else code(str(value))

    def _person(self, value: Any, _: str) -> str:
        return plain(str(value)) if self._is_plain else mention(str(value))

    def _people(self, value: Any, _: str) -> str:
        return plain(", ".join(value)) if self._is_plain else mentions(value)

    def _list(self, value: Any, _: str) -> str:
        return ", ".join(self.foreign(str(each), NAME_MAX) for each in value)

    def _moment(self, value: Any, _: str) -> str:
        at = datetime.fromisoformat(str(value))
        return f"{at:%Y-%m-%d %H:%M} UTC" if self._is_plain else moment(at)

    def _duration(self, value: Any, _: str) -> str:
        return duration(timedelta(seconds=float(value)))

    def _label(self, value: Any, _: str) -> str:
        return label(str(value), self._locale, is_plain=self._is_plain)

    def _reason(self, value: Any, _: str) -> str:
        reason = Reason.model_validate(value)
        return phrase(reason, self._locale, is_plain=self._is_plain)

    def _count(self, value: Any, more: str) -> str:
        one, _, many = more.partition("|")
        return f"{value} {one if value == 1 else many or one + 's'}"


class _Ours(str):
    """A command of ours, which needs no escape."""

    __slots__ = ()


def worded(stated: Stated, most: int = VENDOR_MAX, locale: Locale | None = None) -> str:
    """Return what was stated for the inside of a line; foreign words are escaped."""
    if isinstance(stated, Reason):
        return fallback_text(phrase(stated, locale or Locale()), most)
    return escaped(stated, most)


def spelled(stated: Stated, locale: Locale | None = None) -> str:
    """Return what was stated as plain text, which is not escaped yet."""
    if isinstance(stated, Reason):
        return phrase(stated, locale or Locale(), is_plain=True)
    return stated
