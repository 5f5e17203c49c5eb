"""What `why` and `can` call a rule: each has words, in each language."""

import pytest

from bot.core.rules import RULES
from bot.views.words import Language, Locale, say

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", [each.name for each in RULES])
def test_a_rule_has_words(rule: str, language: Language) -> None:
    """Nobody is shown the name of a module."""
    assert say(f"rule.{rule}", Locale(language=language))
