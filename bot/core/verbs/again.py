"""The button "Same again": ask once more for what was asked for."""

from typing import Final

from bot.core.rules.presses import Again
from bot.core.verbs.verb import Verb

AGAIN: Final = Verb(name="again", press=Again)
