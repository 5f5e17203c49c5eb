"""The buttons of a failure: go on by one of the options that its system offers."""

from typing import Final

from bot.core.rules.presses import Recover
from bot.core.verbs.verb import Verb

RECOVERY: Final = Verb(name="recovery", press=Recover, has_options=True)
