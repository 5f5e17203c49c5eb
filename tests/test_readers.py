"""Who reads decides the language: a channel has the one of slipway.yaml, a person their own."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from bot.catalogue import Catalogue
from bot.core.languages import Language
from bot.readers import Readers
from bot.views.words import say

CATALOGUE: Final = Catalogue(prefix="ship-", language="zh", languages={"C0OPS": "en"})


def readers(locale: str = "") -> Readers:
    """Return the readers of a workspace, in which everybody uses Slack in *locale*."""
    return Readers(lambda: CATALOGUE, lambda _: locale)


@pytest.mark.parametrize(("channel", "language"), [("C0DEPLOYS", "zh"), ("C0OPS", "en")])
def test_a_channel_is_told_in_its_own_language(channel: str, language: Language) -> None:
    """What slipway.yaml says of a channel goes before what it says of all."""
    assert readers("en-US").in_channel(channel).language == language


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("zh-CN", "zh"),
        ("zh_TW", "zh"),
        ("fr-FR", "zh"),
        ("", "zh"),
    ],
)
def test_a_person_is_told_in_the_language_of_their_slack(locale: str, language: Language) -> None:
    """Who uses Slack in another language, or is not known, is told what channels are told in."""
    assert readers(locale).of("U0ANN").language == language


def test_commands_are_called_as_they_are_here() -> None:
    """Every reader knows the workspace's names of the commands."""
    assert readers().anybody.command("ops help") == "/ship-ops help"
    assert readers("zh-CN").of("U0ANN").prefix == "ship-"


def test_who_reads_now_needs_no_date_of_today() -> None:
    """A time of this day stands alone; another has its date, and never a "Today" in a sentence."""
    now = datetime(2026, 11, 30, 10, tzinfo=UTC)
    here = Readers(lambda: CATALOGUE, clock=lambda: now).in_channel("C0OPS")
    said = [say("runs.as_of", here, at=now), say("report.as_of", here, at=now)]
    said.append(say("report.as_of", here, at=now - timedelta(days=1)))
    assert ["{time}" in each for each in said] == [False, True, True]
    assert ["date_short}" in each for each in said] == [False, False, True]
