"""The button "It was executed": say that a lost call took effect."""

from typing import Final

from bot.core.rules.presses import Executed
from bot.core.verbs.verb import Verb

EXECUTED: Final = Verb(name="executed", press=Executed)
