"""Reports: charts that Slack takes, beside words that are complete."""

import pytest

from bot.core.figures import Report, Spread
from bot.sandbox.slack.strictness import check_message
from bot.views.blocks import faults
from bot.views.reports import LINES_MAX, TARGETS_MAX, drawn_report
from bot.views.text import TEXT_MAX
from tests.views.conftest import Golden
from tests.views.figures import BUSY, EMPTY, QUIET, REPORT
from tests.views.samples import EN


def test_the_charts_of_a_report(golden: Golden) -> None:
    """They change only on purpose, and pass both checks of blocks."""
    drawn = drawn_report(REPORT, EN)
    check_message(drawn.text, list(drawn.blocks))
    assert faults(list(drawn.blocks)) == ()
    golden("reports/charts", {"text": drawn.text, "blocks": list(drawn.blocks)})


def test_nothing_is_drawn_of_nothing() -> None:
    """Words say it."""
    assert drawn_report(EMPTY, EN).blocks == ()
    assert "Nothing was deployed" in drawn_report(EMPTY, EN).text


def test_what_is_quick_is_within_a_second() -> None:
    """Nobody says "within under 1 s"."""
    quick = Spread(p50=0.2, p90=0.7, samples=5)
    whole = BUSY.model_copy(update={"approval": quick, "running": quick})
    report = REPORT.model_copy(update={"whole": whole, "targets": (("checkout", whole),)})
    told = drawn_report(report, EN).text
    assert "half within 1 s, nine in ten within 1 s" in told
    assert "under 1 s" not in told


@pytest.mark.parametrize("count", [1, 2, TARGETS_MAX, 400])
def test_many_targets_have_room(count: int) -> None:
    """What is left out is counted, and neither text nor table grows too long."""
    targets = tuple((f"{number}-{'x' * 58}", BUSY) for number in range(count))
    report = REPORT.model_copy(update={"targets": targets, "policies": ()})
    drawn = drawn_report(report, EN)
    check_message(drawn.text, list(drawn.blocks))
    assert len(drawn.text) <= TEXT_MAX
    tables = [each for each in drawn.blocks if each["type"] == "table"]
    assert len(tables) == (count > 1)
    assert (f"… {count - LINES_MAX} more" in drawn.text) == (count > LINES_MAX)


def test_a_target_with_little_to_tell_has_a_row_all_the_same() -> None:
    """No cell is empty, which Slack would refuse; no time stands there that nobody measured."""
    report: Report = REPORT.model_copy(update={"whole": QUIET.model_copy()})
    drawn = drawn_report(report, EN)
    check_message(drawn.text, list(drawn.blocks))
    assert [each["title"] for each in drawn.blocks if "title" in each] == [
        "Deployments (days in UTC)"
    ]
