"""Block Kit: whatever Slack is shown, in any phase and either language, it takes.

Two judge who share nothing with `bot.views.limits`, nor with each other: the simulated Slack, by
its own reading of Slack's pages, and somebody else's package.
"""

from typing import Any

import pytest

from bot.core.outcomes import FormWanted, IncidentFormWanted, ReviewWanted
from bot.core.verbs import verb_of
from bot.sandbox.slack.strictness import UPDATED_TEXT_MAX, check_message, check_view
from bot.views.answers import answer
from bot.views.blocks import card_blocks, line_blocks
from bot.views.card import card
from bot.views.details import details
from bot.views.forms import reason_form, review_form
from bot.views.home import HomeShown, home_blocks
from bot.views.incident_forms import form_about
from bot.views.incidents import card_of
from bot.views.reports import drawn_report
from bot.views.thread import reply
from bot.views.words import Locale
from tests.core.test_incidents import an_incident
from tests.journal.builders import ANN
from tests.peers.block_kit import complaints
from tests.views.figures import BUSY, EMPTY, REPORT
from tests.views.samples import EN, EVENTS, FACTS, SKIP, STORIES, counting, in_line, offering, told
from tests.views.test_answers import OUTCOMES
from tests.views.test_change_forms import forms
from tests.views.test_home import FULL
from tests.views.test_incidents import CARDS
from tests.views.test_languages import ZH

READERS = pytest.mark.parametrize("locale", [EN, ZH], ids=["en", "zh"])


def shown(text: str, blocks: Any) -> None:
    """Assert that Slack takes a message, and its update."""
    check_message(text, list(blocks) or None, text_max=UPDATED_TEXT_MAX)
    assert not complaints([*blocks], "message")


def opened(view: Any, surface: Any = "modal") -> None:
    """Assert that Slack opens a form, or shows a Home."""
    check_view(view, surface)
    assert not complaints(view, surface)


@READERS
def test_a_card_and_its_details_are_legal_in_every_phase(locale: Locale) -> None:
    """With all that can be pressed on it, and with nothing."""
    operations = [*(told(story) for story in STORIES), counting(), in_line()]
    for operation in operations:
        for facts in (FACTS, offering(operation)):
            drawn = card(operation, facts, locale)
            shown(drawn.text, card_blocks(drawn))
        opened(details(operation, locale))


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


@READERS
def test_a_form_is_legal_whatever_it_asks_for(locale: Locale) -> None:
    """Changes and their previews, reasons, reviews, and all about an incident."""
    waiting, broken = told("awaiting_approval"), told("failed_with_ways")
    for view in forms(locale).values():
        opened(view)
    opened(reason_form(verb_of("reject"), FormWanted(operation=waiting), locale))
    opened(reason_form(verb_of("recovery"), FormWanted(operation=broken, option=SKIP), locale))
    opened(review_form(verb_of("review"), ReviewWanted(operation=waiting), locale))
    for verb in ("open", "lead", "update", "close"):
        wanted = IncidentFormWanted(verb=f"incident_{verb}", person=ANN, incident=an_incident())
        opened(form_about(wanted, locale))


@READERS
def test_a_home_is_legal_with_its_table_and_in_words(locale: Locale) -> None:
    """Also an empty one, and with what runs where."""
    runs = OUTCOMES["what_runs"]
    for home in (FULL, HomeShown(now=FULL.now), FULL.model_copy(update={"runs": runs})):
        for in_words in (False, True):
            blocks = home_blocks(home, locale, in_words=in_words)
            opened({"type": "home", "blocks": blocks}, "home")


@READERS
def test_an_incident_s_card_is_legal(locale: Locale) -> None:
    """Open, updated, closed."""
    for incident in CARDS.values():
        drawn = card_of(incident, {"checkout": "1.4.0"}, locale)
        shown(drawn.text, drawn.blocks)
