"""The button "Do not": no rollback shall follow the failure by itself."""

from typing import Final

from bot.core.rules.presses import Hold
from bot.core.verbs.verb import Verb

HOLD: Final = Verb(name="hold", press=Hold)
