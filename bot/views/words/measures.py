"""Lengths of time and plurals, as the Unicode CLDR has them for each language."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import babel
from babel.units import format_unit

from bot.core.languages import Language
from bot.views.text import largest_units

# English takes the symbols that all languages share, "12 s", and not "12 sec".
_UNITS: Final[Mapping[Language, str]] = {"en": "root", "zh": "zh"}
_LANGUAGES: Final[Mapping[Language, babel.Locale]] = {
    language: babel.Locale.parse(language) for language in _UNITS
}
_NAMES: Final[Mapping[str, str]] = {"d": "day", "h": "hour", "min": "minute", "s": "second"}
_UNSPACED: Final = re.compile(r"(?<=\d)(?=[\u4e00-\u9fff])")  # CLDR sets none; our Chinese does


def duration(length: timedelta, language: Language) -> str:
    """Return a length of time in its two largest units; "" where it is under a second."""
    parts = (
        format_unit(number, f"duration-{_NAMES[unit]}", "short", locale=_UNITS[language])
        for number, unit in largest_units(length)
    )
    return _UNSPACED.sub(" ", " ".join(parts))


def is_one(number: float, language: Language) -> bool:
    """Whether *number* is counted in the singular."""
    return _LANGUAGES[language].plural_form(number) == "one"
