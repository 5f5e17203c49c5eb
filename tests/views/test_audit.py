"""What is said in the channel of the audit."""

from bot.views.audit import anchored, broken, reloaded
from bot.views.words import DEFAULT
from tests.journal.builders import NOON, an_id


def test_an_anchor_can_be_copied_whole() -> None:
    """The line stands there as it is kept, so that a file can be made of it."""
    line = '{"at":"2026-11-29T12:00:00Z","hash":"' + "f" * 64 + '","key":"ed25519:' + "A+/=" * 11
    said = anchored(NOON, 7, line, DEFAULT)
    assert f"`{line}`" in said
    assert "record 7" in said


def test_a_change_says_what_it_touches_and_no_more() -> None:
    """Parts without content are left out; foreign words are escaped."""
    assert reloaded((), (), (), DEFAULT) == "slipway.yaml has changed and is in force."
    whole = reloaded(("prod",), ("shop",), (an_id(1), an_id(2)), DEFAULT)
    assert "Policies: prod" in whole
    assert "Targets: shop" in whole
    assert f"{an_id(1)}, {an_id(2)}" in whole


def test_an_alarm_has_all_faults() -> None:
    """Nothing of a fault is interpreted by Slack."""
    said = broken(("line 3: <!channel>", "line 4: b"), DEFAULT)
    assert said.startswith("slipway.yaml has 2 faults; what was in force before stays in force")
    assert "<!channel>" not in said
    assert "line 4: b" in said
