"""Bad input of forms has numbers, M1 to M13: each is named by a test that plays it."""

import re
from pathlib import Path
from typing import Any, Final, cast

from bot.core.outcomes import IncidentFormWanted
from bot.views.incident_forms import form_about
from tests.core.test_incidents import an_incident
from tests.views.samples import EN
from tests.views.test_change_forms import forms

TESTS: Final = Path(__file__).parent
ROWS: Final = frozenset(range(1, 14))
NAMED: Final = re.compile(r"\bM(\d+)(?=[,:])")
# What forms may ask with: no date or time, which people type, and no word that confirms.
ASKED_WITH: Final = frozenset(
    {
        *("plain_text_input", "number_input", "external_select", "multi_external_select"),
        *("checkboxes", "static_select", "users_select"),
    }
)
INCIDENTS: Final = tuple(
    IncidentFormWanted(verb=f"incident_{verb}", person="U0ANN", incident=an_incident())
    for verb in ("open", "lead", "update", "close")
)


def test_every_row_has_its_test() -> None:
    """By the docstring of the test, as "M7: …"."""
    texts = (each.read_text("utf-8") for each in sorted(TESTS.rglob("test_*.py")))
    named = {int(row) for text in texts for row in NAMED.findall(text)}
    assert named >= ROWS, sorted(ROWS - named)


def test_no_form_asks_for_a_date_or_a_word_that_confirms() -> None:
    """M6: what destroys is confirmed by Slack's own dialogue, for which nobody types a word."""
    drawn = [*forms(EN).values(), *(form_about(each, EN) for each in INCIDENTS)]
    blocks: list[Any] = [each for form in drawn for each in cast("list[Any]", form["blocks"])]
    asked = {each["element"]["type"] for each in blocks if each["type"] == "input"}
    assert asked == ASKED_WITH
