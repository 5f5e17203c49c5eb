"""The button "Approve": open the gate."""

from typing import Final

from bot.core.rules.presses import Approve
from bot.core.verbs.verb import Verb

APPROVE: Final = Verb(name="approve", press=Approve)
