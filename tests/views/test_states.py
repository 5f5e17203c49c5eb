"""A state has one sign and one word, wherever it is shown."""

from typing import Final

import pytest

from bot.core.incidents import TimelineEntry
from bot.views.card_ends import ended
from bot.views.home import HomeEntry, HomeShown, home_blocks
from bot.views.incident_words import entry_words
from bot.views.thread import reply
from bot.views.words import Locale
from bot.views.words.naming import NOTHING_DONE, state
from tests.core.test_incidents import an_incident
from tests.views.samples import EVENTS, FACTS, NOON, STORIES, told
from tests.views.seen import texts

EN: Final = Locale()
FINAL: Final = tuple(each for each in STORIES if told(each).is_final)
UNSENT: Final = tuple(
    each for each in FINAL if told(each).phase.kind == "failed" and not told(each).was_sent
)


@pytest.mark.parametrize("story", FINAL)
def test_what_is_over_has_one_sign(story: str) -> None:
    """On the card and on Home: whoever reads both reads the same."""
    operation = told(story)
    sign = state(operation, EN).symbol
    home = HomeShown(now=NOON, mine=(HomeEntry(operation=operation, facts=FACTS),))
    assert next(ended(operation, EN)).split()[0] == sign
    assert [each for each in texts(home_blocks(home, EN)) if each.startswith(f"{sign} *")]


def test_what_was_never_sent_has_not_failed() -> None:
    """There was nothing to do, or it could not be done: in words as in its sign."""
    assert UNSENT
    for story in UNSENT:
        operation = told(story)
        assert state(operation, EN).symbol == NOTHING_DONE
        line = reply(*EVENTS[story], EN)
        assert line is not None
        assert line.words.startswith(f"{NOTHING_DONE} *Nothing to do*")
        assert state(operation, EN).word == "nothing to do"
        ending = TimelineEntry(at=NOON, by="U0ANN", operation=operation, has_ended=True)
        assert "nothing to do" in entry_words(ending, an_incident(), EN)
        assert "failed" not in entry_words(ending, an_incident(), EN, is_plain=True)
