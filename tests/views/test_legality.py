"""Block Kit: whatever Slack is shown, in any phase and either language, it takes.

The simulated Slack judges by its own reading of Slack's pages, which shares nothing with
`bot.views.limits`.
"""

from typing import Any

import pytest

from bot.sandbox.slack.strictness import check_message, check_view
from bot.views.answers import answer
from bot.views.blocks import card_blocks, line_blocks
from bot.views.card import card
from bot.views.details import details
from bot.views.reports import drawn_report
from bot.views.thread import reply
from bot.views.words import Locale
from tests.views.figures import BUSY, EMPTY, REPORT
from tests.views.samples import EN, EVENTS, FACTS, STORIES, counting, in_line, offering, told
from tests.views.test_answers import OUTCOMES
from tests.views.test_languages import ZH

READERS = pytest.mark.parametrize("locale", [EN, ZH], ids=["en", "zh"])


def shown(text: str, blocks: Any) -> None:
    """Assert that Slack takes a message."""
    check_message(text, list(blocks) or None)


@READERS
def test_a_card_and_its_details_are_legal_in_every_phase(locale: Locale) -> None:
    """With all that can be pressed on it, and with nothing."""
    operations = [*(told(story) for story in STORIES), counting(), in_line()]
    for operation in operations:
        for facts in (FACTS, offering(operation)):
            drawn = card(operation, facts, locale)
            shown(drawn.text, card_blocks(drawn))
        check_view(details(operation, locale), "modal")


@READERS
def test_a_reply_is_legal_after_every_event(locale: Locale) -> None:
    """With the buttons of the card where it has any, and with those whom it calls."""
    for operation, event in EVENTS.values():
        line = reply(operation, event, locale, ("S0SRE", "U0SUE"), offering(operation))
        if line is not None:
            shown(line.text, line_blocks(line))


@READERS
def test_an_answer_is_legal_for_every_outcome(locale: Locale) -> None:
    """Tables and buttons included."""
    for outcome in OUTCOMES.values():
        message = answer(outcome, locale)
        shown(message.text, message.blocks)


@READERS
def test_a_report_is_legal_whatever_was_measured(locale: Locale) -> None:
    """With each time left out, too: no chart is without its numbers."""
    times = ("lead", "approval", "running", "restore", "error")
    for left_out in ((), *((each,) for each in times), times):
        whole = BUSY.model_copy(update=dict.fromkeys(left_out))
        drawn = drawn_report(REPORT.model_copy(update={"whole": whole}), locale)
        shown(drawn.text, drawn.blocks)
    assert drawn_report(EMPTY, locale).blocks == ()
