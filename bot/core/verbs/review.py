"""The button "Review": say whether it was right to break the glass."""

from typing import Final

from bot.core.rules.presses import Review
from bot.core.verbs.verb import Verb

VERDICT_INPUT: Final = "slipway.review_verdict"  # block_id and action_id of the form's choice
NOTE_INPUT: Final = "slipway.review_note"  # likewise of its words
REVIEW: Final = Verb(name="review", press=Review)
