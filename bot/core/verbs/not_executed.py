"""The button "Not executed": say that a lost call had no effect."""

from typing import Final

from bot.core.rules.presses import NotExecuted
from bot.core.verbs.verb import Verb

NOT_EXECUTED: Final = Verb(name="not_executed", press=NotExecuted)
