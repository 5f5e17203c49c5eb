"""Who reads decides the language: a channel has the one of slipway.yaml, a person their own."""

from typing import Final

import pytest

from bot.catalogue import Catalogue
from bot.core.languages import Language
from bot.readers import Readers

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
