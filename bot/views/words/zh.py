"""Chinese: an empty seat. Until it is taken, readers of Chinese are told in English."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Words

CHINESE: Final[Mapping[str, Words]] = {}
