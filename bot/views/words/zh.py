"""Chinese: an empty seat. Until it is taken, readers of Chinese are told in English."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template, Words

CHINESE: Final[Mapping[str, Words]] = {}
CHINESE_PHRASES: Final[Mapping[str, Template]] = {}
