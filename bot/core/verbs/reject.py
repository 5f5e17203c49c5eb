"""The button "Reject": close the gate, with a reason."""

from typing import Final

from bot.core.rules.presses import Reject
from bot.core.verbs.verb import Verb

REJECT: Final = Verb(name="reject", press=Reject)
