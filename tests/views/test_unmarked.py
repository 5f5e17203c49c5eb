"""Words beside a field: nothing of Slack's marks is left in them."""

import pytest

from bot.views.unmarked import unmarked
from bot.views.words import DEFAULT

NAMES = {"U0ANN": "Ann", "S0SRE": "@sre"}
WORDS = {
    "flaky is locked by <@U0ANN> with `op-1` since <!date^1794992404^{date} {time}|"
    "2026-11-18T09:00:04Z>.": "flaky is locked by Ann with op-1 since 2026-11-18 09:00 UTC.",
    "Ask: <!subteam^S0SRE>, <@U0EVE>": "Ask: @sre, somebody",
    "Its card is in <#C0DEPLOYS>.": "Its card is in #C0DEPLOYS.",
    "See <https://slipway.example/a?b=1&amp;c=2|the page>": "See the page",
    "*Type* `/incident open &lt;title&gt;`": "Type /incident open <title>",
    "A person said &lt;@U0ANN&gt; &amp; left": "A person said <@U0ANN> & left",
}


@pytest.mark.parametrize("marked", WORDS)
def test_marks_are_words_at_a_field(marked: str) -> None:
    """Mentions are names, moments are dates, and what is code or bold is the letters alone."""
    assert unmarked(marked, DEFAULT.knowing(NAMES)) == WORDS[marked]
